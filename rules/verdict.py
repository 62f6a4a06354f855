"""rules: the whole verdict on an act on an item, from the rows that SQL compares with. Pure.

Explanations and rehearsals ask here, commands ask the function in SQL; a property test holds that both
say the same, in the same order: right, state, window, what was seen, files, quota.
Sources: 規§5.3.1, 規§5.3.2, 規§5.4, 規§6.1, 規§10.1.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.admission import (
    AdmissionLimit,
    AdmissionVariant,
    AdmissionWindow,
    Grant,
    Standing,
    act_clause,
    judge_limit,
    judge_state,
    judge_variant,
    judge_window,
    transition,
    window_for,
)
from rules.ids import year_of
from rules.refusals import Code, Refusal
from rules.schedule import FileLimit

FILES_CLAUSE = "規§5.3.1"
CERTIFIER_COMMANDS = ("certify", "return")
YEAR_WINDOWS = ("selection", "diverse_upload")
"""Windows of a school year; every other window that items hang on is a semester's."""

Right = Literal["", "holder", "deputy", "present"]


@dataclass(frozen=True, slots=True)
class Rows:
    """The compiled rows of a school."""

    windows: tuple[AdmissionWindow, ...]
    limits: tuple[AdmissionLimit, ...] = ()
    grants: tuple[Grant, ...] = ()
    files: tuple[FileLimit, ...] = ()
    variants: tuple[AdmissionVariant, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A file of an item as the store knows it; `size` None: it never arrived. Size in bytes."""

    role: str
    sha256: str
    size: int | None
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody wants to do with an item.

    `state` is the item's, empty for a new one; `used` how many live records count already; `right`
    what may_act says of a teacher; `own` whether the actor is the item's student; `seen` the digest
    that a teacher looked at; `enrolment` how the student is enrolled in the course, None: not at all.
    """

    item: str
    command: str
    period: str
    who: Standing
    state: str = ""
    id: str = ""
    used: int = 0
    own: bool = True
    right: Right = "holder"
    post: str = ""
    course: str = ""
    variant: str = "regular"
    enrolment: str | None = "regular"
    digest: str = ""
    seen: str | None = None
    files: tuple[StoredPart, ...] = ()

    @property
    def place(self) -> str:
        """What a refusal is about."""
        return f"item {self.id}" if self.state else f"{self.item} {self.period}"


def judge(act: Act, rows: Rows, *, at: datetime) -> Refusal | None:
    """The first reason why an act at `at` is refused, or None where it is admitted."""
    refused = _right(act) or judge_state(act.item, act.command, act.state, place=act.place)
    found = transition(act.item, act.command, act.state)
    if refused is not None or found is None:
        return refused
    period = year_of(act.period) if act.state and found.window in YEAR_WINDOWS else act.period
    window = window_for(rows.windows, period=period, lane=act.who.lane, kind=found.window)
    refused = judge_window(window, rows.grants, act.who, at=at, place=act.place) or _what(act, rows)
    if refused is None and act.command in ("upload", "replace"):
        refused = judge_files(act.files, rows.files, clause=found.clause)
    if refused is None and act.command in ("upload", "select"):
        refused = _quota(act, rows)
    return refused


def judge_files(given: tuple[StoredPart, ...], limits: tuple[FileLimit, ...], *, clause: str) -> Refusal | None:
    """Why an item's files are refused: none, not arrived, a kind not allowed, too large together in a role."""
    if not given:
        return Refusal(code=Code.FILE_MISSING, clause=clause, place="files", found="0", limit="1")
    together: dict[str, int] = {}
    for part in given:
        if part.size is None:
            return Refusal(code=Code.FILE_MISSING, clause=clause, place=part.role, found=part.sha256[:12])
        allowed = {x.media_type: x.max_bytes for x in limits if x.role == part.role}
        together[part.role] = together.get(part.role, 0) + part.size
        if part.media_type not in allowed:
            return Refusal(
                code=Code.FILE_TYPE,
                clause=clause,
                place=part.role,
                found=part.media_type,
                limit=", ".join(sorted(allowed)),
            )
        if together[part.role] > (limit := allowed[part.media_type]):
            return Refusal(
                code=Code.FILE_SIZE,
                clause=FILES_CLAUSE,
                place=part.role,
                found=str(together[part.role]),
                limit=str(limit),
            )
    return None


def _right(act: Act) -> Refusal | None:
    if act.command not in CERTIFIER_COMMANDS:
        return None if act.own else Refusal(code=Code.NOT_YOURS, clause=act_clause(act.command), place=act.place)
    if act.right == "present":
        return Refusal(code=Code.HOLDER_PRESENT, clause="規§10.1.2", place=act.post)
    if not act.right:
        return Refusal(code=Code.NOT_CERTIFIER, clause="規§5.3.2", place=act.post)
    return None


def _what(act: Act, rows: Rows) -> Refusal | None:
    """Whether it is the student's course, and the files that the teacher has seen."""
    if act.command == "upload" and act.item == "outcome":
        return judge_variant(
            rows.variants, period=act.period, variant=act.variant, enrolment=act.enrolment, place=f"course {act.course}"
        )
    if act.command == "certify" and act.seen is not None and act.seen != act.digest:
        return Refusal(
            code=Code.HASH_CHANGED, clause="規§5.3.2", place=act.place, found=act.seen[:12], limit=act.digest[:12]
        )
    return None


def _quota(act: Act, rows: Rows) -> Refusal | None:
    counts, period = ("uploaded", act.period) if act.command == "upload" else ("selected", year_of(act.period))
    limit = next((x for x in rows.limits if (x.item, x.counts, x.period) == (act.item, counts, period)), None)
    return judge_limit(limit, act.used, place=f"{act.item} {period}")
