"""rules: commands: a command is a wish that becomes a fact or is refused. One module a field.

Bodies hold ids, instants and codes; `sealed` fields (free text, file names) reach only sealed columns.
"""

from __future__ import annotations

from rules.commands.calendar import (
    AdoptCalendar,
    AdoptNational,
    AmendDate,
    Extend,
    MoveDates,
    PublishCalendar,
    RehearseCalendar,
    ResolveCalendar,
)
from rules.commands.certification import Certify, CertifyMany, Decided, ReleaseResults, Return, ReturnMany
from rules.commands.command import Command
from rules.commands.duties import CompleteDuty, LineResult, RecordMeeting, RecordSelfCheck, ReturnDuty
from rules.commands.items import (
    Decline,
    DiscardDraft,
    FilePart,
    Replace,
    RequestCertification,
    SaveDraft,
    Select,
    Unselect,
    Upload,
    UploadDraft,
    Withdraw,
)
from rules.commands.posts import HandOver, RecordAbsence, RecordHolder, RecordUnable
from rules.commands.receipts import (
    CloseDifference,
    ConfirmReceipt,
    DecideUnnoticed,
    ReceiptArrived,
    ReportDoubt,
    ReportForLeaver,
    SeeReceipt,
    VerifyReport,
)
from rules.commands.registry import REGISTRY
from rules.commands.school import ImportBaseData, RecordLeaving, StartSemester, StartYear
from rules.commands.submissions import CorrectRoster, RecordSubmission, WaiveCheck

__all__ = [
    "REGISTRY",
    "AdoptCalendar",
    "AdoptNational",
    "AmendDate",
    "Certify",
    "CertifyMany",
    "CloseDifference",
    "Command",
    "CompleteDuty",
    "ConfirmReceipt",
    "CorrectRoster",
    "DecideUnnoticed",
    "Decided",
    "Decline",
    "DiscardDraft",
    "Extend",
    "FilePart",
    "HandOver",
    "ImportBaseData",
    "LineResult",
    "MoveDates",
    "PublishCalendar",
    "ReceiptArrived",
    "RecordAbsence",
    "RecordHolder",
    "RecordLeaving",
    "RecordMeeting",
    "RecordSelfCheck",
    "RecordSubmission",
    "RecordUnable",
    "RehearseCalendar",
    "ReleaseResults",
    "Replace",
    "ReportDoubt",
    "ReportForLeaver",
    "RequestCertification",
    "ResolveCalendar",
    "Return",
    "ReturnDuty",
    "ReturnMany",
    "SaveDraft",
    "SeeReceipt",
    "Select",
    "StartSemester",
    "StartYear",
    "Unselect",
    "Upload",
    "UploadDraft",
    "VerifyReport",
    "WaiveCheck",
    "Withdraw",
]
