"""rules: commands by which offices and the working group say what they did (規§3.0, 規§3.1, 規§4.2)."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from rules.commands.command import Command
from rules.instants import Model


class CompleteDuty(Command):
    """A post has done its duty."""

    name = "complete_duty"
    clause = "規§3.1"
    title = "完成工作"
    title_en = "complete a duty"
    duty: str
    evidence_sha256: str | None = None
    note: str = ""


class ReturnDuty(Command):
    """A director gives a completed duty back to its post with a reason."""

    name = "return_duty"
    clause = "規§3.1"
    title = "退回工作"
    title_en = "return a duty"
    duty: str
    reason: str = Field(min_length=1)


class LineResult(Model):
    """What the checker found on one line of the checklist; the remark is kept sealed."""

    line: str = Field(min_length=1, max_length=40)
    ok: bool
    remark: str = Field(default="", max_length=1000)


class RecordSelfCheck(Command):
    """The named checker records lines of a self-check and its result; the next gate reads it. 規§4.2.

    Lines may be recorded over days, with `passed` false; it passes once every required line is ok.
    """

    name = "record_self_check"
    clause = "規§4.2"
    title = "登錄自我檢核"
    title_en = "record a self-check"
    duty: str
    passed: bool
    findings: int = Field(default=0, ge=0)
    lines: tuple[LineResult, ...] = ()


class RecordMeeting(Command):
    """A meeting of the working group: who came, which of 規§3.1–3.6 were decided or not due."""

    name = "record_meeting"
    clause = "規§3.0"
    title = "登錄會議"
    title_en = "record a meeting"
    period: str
    held: date
    present: int = Field(ge=0)
    decided: tuple[str, ...]
    not_due: tuple[str, ...] = ()
    minutes_sha256: str | None = None
