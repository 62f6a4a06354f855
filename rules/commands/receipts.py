"""rules: commands on receipts: what came back, what students say to it, what staff decide (規§6.2, 規§6.4)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from rules.commands.command import Command


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


class VerifyReport(Command):
    """A report was verified within three days, with a reasoned answer. 規§6.2."""

    name = "verify_report"
    clause = "規§6.2"
    title = "查核疑義"
    title_en = "verify a report"
    report: str
    outcome: Literal["upheld", "rejected"]
    answer: str = Field(min_length=1)
