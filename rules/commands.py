"""rules: the registry of commands. A command is a wish that becomes a fact or is refused.

The command line, signals, the demo's player and the fuzzers all come from this one registry.
Bodies hold ids, instants and codes; `sealed` fields (free text, file names) reach only sealed columns.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field

from rules.instants import Instant, Model
from rules.moves import Move
from rules.schedule import Closure


class Command(Model):
    """The body of a command. `name` is its name in the registry, `clause` what it rests on."""

    name: ClassVar[str]
    clause: ClassVar[str]
    title: ClassVar[str]
    title_en: ClassVar[str]


class FilePart(Model):
    """One file of an item: its role and what identifies it; the bytes are in the file store already."""

    role: Literal["document", "av"]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    media_type: str
    file_name: str = ""


# -- what students do ------------------------------------------------------------------------------


class Upload(Command):
    """Hand in a new item: a summary and a document and/or audio-video. One item counts once."""

    name = "upload"
    clause = "規§5.3.1"
    title = "上傳"
    title_en = "upload an item"
    item: Literal["outcome", "diverse"]
    period: str
    course: str | None = None
    category: str | None = None
    variant: Literal["regular", "makeup", "retake", "repeat_grade", "transfer", "visiting"] = "regular"
    summary: str
    files: tuple[FilePart, ...]
    link: str | None = None
    fields: dict[str, str | int | float | None] = Field(default_factory=dict)
    """The own fields of the variant or category, by id or column (schools/national/items-<year>.yaml)."""


class Replace(Command):
    """Put other files in place of an item's: before certification, or after a return."""

    name = "replace"
    clause = "規§5.3.1"
    title = "更換檔案"
    title_en = "replace an item's files"
    item: str
    summary: str
    files: tuple[FilePart, ...]
    link: str | None = None
    fields: dict[str, str | int | float | None] | None = None
    """Left out: the fields stay as they are."""


class SaveDraft(Command):
    """Keep a draft: it counts nowhere, and nothing need be complete. `draft` names the one to write again."""

    name = "save_draft"
    clause = "規§5.3.1"
    title = "儲存草稿"
    title_en = "save a draft"
    draft: str | None = None
    item: Literal["outcome", "diverse"]
    period: str
    course: str | None = None
    category: str | None = None
    variant: Literal["regular", "makeup", "retake", "repeat_grade", "transfer", "visiting"] = "regular"
    summary: str = ""
    files: tuple[FilePart, ...] = ()
    link: str | None = None
    fields: dict[str, str | int | float | None] = Field(default_factory=dict)


class UploadDraft(Command):
    """Hand in a draft as it stands; then it is an item like any other."""

    name = "upload_draft"
    clause = "規§5.3.1"
    title = "上傳草稿"
    title_en = "upload a draft"
    draft: str


class DiscardDraft(Command):
    """Throw a draft away."""

    name = "discard_draft"
    clause = "規§5.3.1"
    title = "刪除草稿"
    title_en = "discard a draft"
    draft: str


class Decline(Command):
    """The student says that nothing will be handed in or selected: a choice, not an omission. `undo` takes it back."""

    name = "decline"
    clause = "規§5.3.1"
    title = "聲明不上傳或不勾選"
    title_en = "choose to hand in or select nothing"
    what: Literal["outcome", "diverse", "selection"]
    period: str
    undo: bool = False


class Withdraw(Command):
    """Take an item back; it no longer counts."""

    name = "withdraw"
    clause = "規§5.3.1"
    title = "撤回"
    title_en = "withdraw an item"
    item: str


class RequestCertification(Command):
    """Ask the course teacher to certify an outcome, bound to the hash of its files."""

    name = "request_certification"
    clause = "規§5.3.1"
    title = "送出認證"
    title_en = "request certification"
    item: str


class Select(Command):
    """Choose an item for submission. 規§6.1."""

    name = "select"
    clause = "規§6.1"
    title = "勾選"
    title_en = "select an item"
    item: str


class Unselect(Command):
    """Undo a choice while the selection window is open."""

    name = "unselect"
    clause = "規§6.1"
    title = "取消勾選"
    title_en = "unselect an item"
    item: str


class ConfirmReceipt(Command):
    """The student found the receipt right. 規§6.2."""

    name = "confirm_receipt"
    clause = "規§6.2"
    title = "確認收訖明細"
    title_en = "confirm the receipt"
    submission: str


class SeeReceipt(Command):
    """The student looked at the receipt; deciding is another thing. 規§6.2."""

    name = "see_receipt"
    clause = "規§6.2"
    title = "查看收訖明細"
    title_en = "see the receipt"
    submission: str


class ReportDoubt(Command):
    """The student doubts the receipt: an objection inside the window, information after it. 規§6.2."""

    name = "report_doubt"
    clause = "規§6.2"
    title = "反映疑義"
    title_en = "report a doubt"
    submission: str
    item: str | None = None
    text: str = ""


# -- what teachers do ------------------------------------------------------------------------------


class Certify(Command):
    """Certify an outcome as the student's own work of this course; bound to the hash seen."""

    name = "certify"
    clause = "規§5.3.2"
    title = "認證"
    title_en = "certify an outcome"
    item: str
    digest: str | None = None


class Return(Command):
    """Return an outcome with a reason of the list; quality is no reason."""

    name = "return"
    clause = "規§5.3.2"
    title = "退件"
    title_en = "return an outcome"
    item: str
    reason: str
    text: str = ""


class Decided(Model):
    """One item of many, with the digest that the teacher saw."""

    item: str
    digest: str | None = None


class CertifyMany(Command):
    """Certify many outcomes at once: one result a row, what is refused leaves the others standing."""

    name = "certify_many"
    clause = "規§5.3.2"
    title = "整批認證"
    title_en = "certify many outcomes"
    items: tuple[Decided, ...] = Field(min_length=1, max_length=500)


class ReturnMany(Command):
    """Return many outcomes at once with one reason; one result a row."""

    name = "return_many"
    clause = "規§5.3.2"
    title = "整批退件"
    title_en = "return many outcomes"
    items: tuple[Decided, ...] = Field(min_length=1, max_length=500)
    reason: str
    text: str = ""


class ReleaseResults(Command):
    """Show the students of a course what was decided; where the school's rules hold results back until then."""

    name = "release_results"
    clause = "規§5.3.2"
    title = "公布認證結果"
    title_en = "release a course's results"
    course: str


# -- what offices do -------------------------------------------------------------------------------


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


class RecordSelfCheck(Command):
    """The named checker records a self-check's result; the next gate reads it. 規§4.2."""

    name = "record_self_check"
    clause = "規§4.2"
    title = "登錄自我檢核"
    title_en = "record a self-check"
    duty: str
    passed: bool
    findings: int = Field(default=0, ge=0)


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


class ReceiptArrived(Command):
    """The receipt file (收訖明細) of a version arrived and is kept as evidence. 規§6.4."""

    name = "receipt_arrived"
    clause = "規§6.4"
    title = "登錄收訖明細"
    title_en = "record a receipt"
    submission: str
    version: int = Field(ge=1)
    receipt_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    accept_partial: str = ""
    """Why a file of which some rows cannot be read is taken all the same; empty refuses it whole."""


class CloseDifference(Command):
    """What the ledgers do not agree on is decided with evidence: corrected and sent again, or explained. 規§6.4."""

    name = "close_difference"
    clause = "規§6.4"
    title = "處理收訖差異"
    title_en = "close a difference"
    submission: str
    difference: str
    outcome: Literal["correct", "explained"]
    evidence_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    note: str = ""


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


class ReportForLeaver(Command):
    """A student who left applies within the window; the registrar records it with the application. 規§10.3.3."""

    name = "report_for_leaver"
    clause = "規§10.3.3"
    title = "代離校生登錄疑義"
    title_en = "report for a student who left"
    submission: str
    person: str
    item: str | None = None
    text: str = ""
    evidence_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class DecideUnnoticed(Command):
    """Somebody who stayed silent without a delivered notice: reached by another channel, or answered. 規§6.2."""

    name = "decide_unnoticed"
    clause = "規§6.2"
    title = "決定未送達通知者"
    title_en = "decide about someone who was not reached"
    submission: str
    person: str
    outcome: Literal["confirmed", "deemed_confirmed"]
    """`confirmed`: they said so; `deemed_confirmed`: another channel's notice reached them inside the window."""
    evidence_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    note: str = ""


class RecordLeaving(Command):
    """A student leaves the school on a day: transferred, graduated, withdrawn; their account goes with it. 規§10.3.3."""

    name = "record_leaving"
    clause = "規§10.3.3"
    title = "登錄離校"
    title_en = "record a student's leaving"
    person: str
    day: date
    evidence_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    reason: str = ""


class ImportBaseData(Command):
    """Some of the school's files again: enrolment, grades, cadre, advisory records; corrections too. 規§5.1.1."""

    name = "import_base_data"
    clause = "規§5.1.1"
    title = "匯入基本資料"
    title_en = "import base data"
    files: dict[str, str]
    """File name (students.csv …) to the hash of its stored content."""
    keep_good: bool = False
    """The clerk decided to keep the good rows although others have errors."""
    same_person: bool = False
    """The clerk decided that a number with another identity is the same person, mistyped before."""


class VerifyReport(Command):
    """A report was verified within three days, with a reasoned answer. 規§6.2."""

    name = "verify_report"
    clause = "規§6.2"
    title = "查核疑義"
    title_en = "verify a report"
    report: str
    outcome: Literal["upheld", "rejected"]
    answer: str = Field(min_length=1)


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


class StartYear(Command):
    """Start a school year under a rule set, a calendar and the authority's document. 規§13."""

    name = "start_year"
    clause = "規§13"
    title = "開始學年"
    title_en = "start a school year"
    year: str = Field(pattern=r"^\d{3}$")


class StartSemester(Command):
    """Start a semester by hand; a repair tool, since a year start starts its semesters."""

    name = "start_semester"
    clause = "規§4.1"
    title = "開始學期"
    title_en = "start a semester"
    semester: str = Field(pattern=r"^\d{3}-[12]$")


class AdoptCalendar(Command):
    """A calendar is stored as a draft with the linter's verdict; errors refuse it. 規§4.1."""

    name = "adopt_calendar"
    clause = "規§4.1"
    title = "登錄期程草案"
    title_en = "store a calendar draft"
    body: dict[str, Any]
    reason: str = Field(min_length=1)


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


REGISTRY: dict[str, type[Command]] = {
    c.name: c
    for c in (
        Upload,
        SaveDraft,
        UploadDraft,
        DiscardDraft,
        Decline,
        Replace,
        Withdraw,
        RequestCertification,
        Certify,
        Return,
        CertifyMany,
        ReturnMany,
        ReleaseResults,
        Select,
        Unselect,
        ConfirmReceipt,
        ReportDoubt,
        SeeReceipt,
        CompleteDuty,
        ReturnDuty,
        RecordSelfCheck,
        RecordMeeting,
        PublishCalendar,
        RecordAbsence,
        RecordUnable,
        RecordHolder,
        HandOver,
        RecordSubmission,
        ReceiptArrived,
        CloseDifference,
        WaiveCheck,
        CorrectRoster,
        ReportForLeaver,
        DecideUnnoticed,
        RecordLeaving,
        ImportBaseData,
        VerifyReport,
        Extend,
        AmendDate,
        MoveDates,
        StartYear,
        StartSemester,
        AdoptCalendar,
        ResolveCalendar,
        AdoptNational,
    )
}
