"""rules: commands on who holds a post, is away or hands it over (規§10.1.2, 規§10.3.1, 規§10.3.2)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from rules.commands.command import Command
from rules.instants import Instant


class RecordAbsence(Command):
    """A person is away; deputies act meanwhile. Sick leave can always be recorded. 規§10.1.2."""

    name = "record_absence"
    clause = "規§10.1.2"
    title = "登錄請假"
    title_en = "record an absence"
    person: str
    opens: Instant
    closes: Instant
    reason: Literal["sick", "leave", "official", "other"] = "leave"


class RecordUnable(Command):
    """A director records that a post's holder does not act, so that the deputy may. 規§10.1.2."""

    name = "record_unable"
    clause = "規§10.1.2"
    title = "登錄無法執行"
    title_en = "record a holder as unable"
    post: str
    opens: Instant | None = None
    closes: Instant
    reason: str = Field(min_length=1)


class RecordHolder(Command):
    """A post's holder or deputy from a day on (rank 0 the holder, 1 and 2 the deputies). 規§10.3.1."""

    name = "record_holder"
    clause = "規§10.3.1"
    title = "登錄任職"
    title_en = "record a holder"
    post: str
    person: str
    rank: int = Field(default=0, ge=0, le=2)
    opens: Instant
    closes: Instant | None = None


class HandOver(Command):
    """A post changes hands: announced, packet, accepted, old account closed. 規§10.3.1, 規§10.3.2."""

    name = "hand_over"
    clause = "規§10.3.1"
    title = "業務交接"
    title_en = "hand a post over"
    post: str
    successor: str
    day: date
    prolong_until: date | None = None
    prolong_reason: str = ""
