"""rules: the registry of commands: the command line, signals, the demo's player and the fuzzers all read it."""

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
from rules.commands.certification import Certify, CertifyMany, ReleaseResults, Return, ReturnMany
from rules.commands.command import Command
from rules.commands.duties import CompleteDuty, RecordMeeting, RecordSelfCheck, ReturnDuty
from rules.commands.items import (
    Decline,
    DiscardDraft,
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
from rules.commands.school import ImportBaseData, RecordLeaving, StartSemester, StartYear
from rules.commands.submissions import CorrectRoster, RecordSubmission, WaiveCheck

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
        RehearseCalendar,
        ResolveCalendar,
        AdoptNational,
    )
}
