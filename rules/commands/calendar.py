"""rules: commands on the calendar: drafted, resolved, published, moved (規§3.1, 規§4.1, 規§4.2, 規§10.2.2)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from rules.commands.command import Command
from rules.instants import Instant
from rules.moves import Move
from rules.schedule import Closure


class PublishCalendar(Command):
    """The calendar was published: URL, instant and a snapshot of the school's own page. 規§4.2."""

    name = "publish_calendar"
    clause = "規§4.2"
    title = "公告作業期程"
    title_en = "publish the calendar"
    period: str
    url: str = Field(min_length=1)
    snapshot_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    draft: str = ""
    """The resolved draft (`115/2`) that this publication puts in force; empty: the version in force again."""


class Extend(Command):
    """Extend a window for a person, a class, a lane or all; never makes anyone earlier. 規§10.2.2."""

    name = "extend"
    clause = "規§10.2.2"
    title = "延長期限"
    title_en = "extend a window"
    period: str
    kind: str
    scope: Literal["person", "class", "lane", "all", "unfinished", "list"]
    target: str = ""
    targets: tuple[str, ...] = Field(default=(), max_length=5000)
    """The person ids of a list."""
    closes: Instant
    reason: str = Field(min_length=1)
    approver: str


class AmendDate(Command):
    """Move a window's or a deadline's dates: a new calendar version. 規§3.1, 規§4.2."""

    name = "amend_date"
    clause = "規§4.2"
    title = "修正期程"
    title_en = "amend a date"
    period: str
    lane: str | None = None
    kind: str
    opens: Instant | None = None
    due: Instant | None = None
    closes: Instant | None = None
    correction_closes: Instant | None = None
    reason: str = Field(min_length=1)


class MoveDates(Command):
    """Move several dates and close days as one change: a new calendar version, or nothing. 規§3.1, 規§4.2."""

    name = "move_dates"
    clause = "規§4.2"
    title = "移動期程"
    title_en = "move dates"
    year: str = Field(pattern=r"^\d{3}$")
    base: int = Field(ge=1)
    """The calendar version that was looked at: another one in between refuses the change."""
    moves: tuple[Move, ...] = ()
    closures: tuple[Closure, ...] = ()
    reason: str = Field(min_length=1)


class AdoptCalendar(Command):
    """A calendar is stored as a draft with the linter's verdict; errors refuse it. 規§4.1."""

    name = "adopt_calendar"
    clause = "規§4.1"
    title = "登錄期程草案"
    title_en = "store a calendar draft"
    body: dict[str, Any]
    reason: str = Field(min_length=1)


class RehearseCalendar(Command):
    """A draft is played with the school's posts, absences and classes of today; its resolution rests on it. 規§3.1."""

    name = "rehearse_calendar"
    clause = "規§3.1"
    title = "彩排期程草案"
    title_en = "rehearse a calendar draft"
    draft: str = Field(pattern=r"^\d{3}/\d{1,6}$")
    assume: Literal["on-time", "nobody", "arrivals"] = "on-time"


class ResolveCalendar(Command):
    """The working group's meeting decided a draft. 規§3.1."""

    name = "resolve_calendar"
    clause = "規§3.1"
    title = "議決期程"
    title_en = "resolve a calendar draft"
    draft: str = Field(pattern=r"^\d{3}/\d+$")
    meeting: str = Field(pattern=r"^\d{3}-[12]/\d+$")
    quorum_met: bool | None = None
    """Where the rules name no quorum, a person says whether enough members came."""


class AdoptNational(Command):
    """The authority's document of a new version: every open calendar is judged again, owners are told. 規§12."""

    name = "adopt_national"
    clause = "規§12"
    title = "採用主管機關時程"
    title_en = "adopt the authority's document"
    body: dict[str, Any]
    reason: str = Field(min_length=1)
