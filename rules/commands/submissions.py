"""rules: commands on a roster on its way to the central database (規§4.2, 規§6.3.1–6.3.4)."""

from __future__ import annotations

from pydantic import Field

from rules.commands.command import Command


class RecordSubmission(Command):
    """A person sent the roster to the central database: file, hash, letter number. 規§6.3.1–6.3.4."""

    name = "record_submission"
    clause = "規§6.3.1"
    title = "登錄提交佐證"
    title_en = "record a submission"
    submission: str
    version: int = Field(ge=1)
    evidence_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    letter_number: str = Field(min_length=1)


class WaiveCheck(Command):
    """A director lets a roster pass a check that found errors, with a reason. 規§4.2."""

    name = "waive_check"
    clause = "規§4.2"
    title = "豁免檢查"
    title_en = "waive a check"
    submission: str
    version: int = Field(ge=1)
    check: str
    reason: str = Field(min_length=1)


class CorrectRoster(Command):
    """Staff start another version: before sending because data were mended, after it with an approver. 規§6.2."""

    name = "correct_roster"
    clause = "規§6.2"
    title = "更正名冊"
    title_en = "correct a roster"
    submission: str
    version: int = Field(ge=1)
    reason: str = Field(min_length=1)
    approver: str = ""
    """Staff number or id of who approved; needed once the version was sent."""
