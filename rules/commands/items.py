"""rules: commands on items: drafts, uploads, replacements, selections and declined ones (規§5.3.1, 規§6.1)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from rules.commands.command import Command
from rules.instants import Model


class FilePart(Model):
    """One file of an item: its role and what identifies it; the bytes are in the file store already."""

    role: Literal["document", "av"]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    media_type: str
    file_name: str = ""


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
