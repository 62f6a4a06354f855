"""records: what students and teachers do with items, one function call each (migrations/0002_items.sql)."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from records.db import Database
from records.sealing import Erased, person_key, seal
from records.seam import FAST, Actor, Seam, canonical
from rules.commands import (
    Certify,
    Command,
    FilePart,
    Replace,
    RequestCertification,
    Return,
    Select,
    Unselect,
    Upload,
    Withdraw,
)
from rules.refusals import Code, refuse
from rules.text import clean, length, summary_problems

SUMMARY_LIMIT = 100
"""Chinese characters of a summary (the authority's limit, regulation 1.5)."""

CATEGORIES = (
    "cadre",
    "competition",
    "licence",
    "service",
    "flexible",
    "group_activity",
    "workplace",
    "work",
    "advanced_course",
    "other",
)
"""The ten kinds of 多元表現 (regulation 1.4)."""

_UPLOAD = "select upload($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
_ACT = "select act_on_item($1, $2, $3, $4, $5, $6, $7, $8, $9)"


class _Keys:
    """The last few persons' keys, so that a frequent command stays one round trip.

    A key that was destroyed since seals nothing: the function refuses a person without a key row.
    """

    def __init__(self, most: int = 4096) -> None:
        self._kept: WeakKeyDictionary[Database, OrderedDict[tuple[str, UUID], bytes]] = WeakKeyDictionary()
        self._most = most

    async def of(self, seam: Seam, school: str, person: UUID) -> bytes | None:
        """The key of a person, read once; None for somebody who has none."""
        kept = self._kept.setdefault(seam.db, OrderedDict())
        name = (school, person)
        if name in kept:
            kept.move_to_end(name)
            return kept[name]
        try:
            async with seam.db.transaction(school) as connection:
                key = await person_key(connection, seam.vault, school, person)
        except Erased:
            return None
        kept[name] = key
        if len(kept) > self._most:
            kept.popitem(last=False)
        return key

    def forget(self, school: str, person: UUID) -> None:
        """Drop an erased person's key from memory."""
        for kept in self._kept.values():
            kept.pop((school, person), None)


KEYS = _Keys()


def digest_of(files: tuple[FilePart, ...], link: str | None) -> str:
    """The digest that a certification is bound to: the hashes of all files in order, and the link."""
    whole = [[f.role, f.sha256] for f in files], link or ""
    return hashlib.sha256(canonical(whole)).hexdigest()


def _check_summary(summary: str) -> str:
    """The summary as kept. Raises Refused when it is missing, too long or holds control characters."""
    text = clean(summary)
    for problem in summary_problems(text, limit=SUMMARY_LIMIT):
        if problem.code == "summary_empty":
            raise refuse(Code.SUMMARY_MISSING, clause="規§5.3.1", place="summary", found=0, limit=SUMMARY_LIMIT)
        if problem.code == "summary_too_long":
            raise refuse(
                Code.SUMMARY_LENGTH, clause="規§5.3.1", place="summary", found=length(text), limit=SUMMARY_LIMIT
            )
        raise refuse(Code.BAD_REQUEST, clause="規§5.3.1", place="summary", found=problem.code)
    return text


async def _sealed(
    seam: Seam, school: str, person: UUID, summary: str, files: tuple[FilePart, ...], link: str | None
) -> bytes | None:
    """Summary, file names and link: free text, readable with the student's key only."""
    key = await KEYS.of(seam, school, person)
    text = {"summary": summary, "names": [f.file_name for f in files], "link": link}
    return seal(key, json.dumps(text, ensure_ascii=False).encode()) if key else None


def _shown(files: tuple[FilePart, ...]) -> list[dict[str, str]]:
    return [{"role": f.role, "sha256": f.sha256} for f in files]


async def upload(seam: Seam, school: str, actor: Actor, command: Upload, *, key: str, request: str) -> dict[str, Any]:
    """Hand in an item. 規§5.3.1, 規§5.4"""
    summary = _check_summary(command.summary)
    if command.item == "diverse" and command.category not in CATEGORIES:
        raise refuse(
            Code.BAD_REQUEST, clause="規§5.4", place="category", found=command.category, limit=", ".join(CATEGORIES)
        )
    if command.item == "outcome" and not command.course:
        raise refuse(Code.BAD_REQUEST, clause="規§5.3.1", place="course", found="", limit="course id")
    for field, stray in (("course", command.item == "diverse"), ("category", command.item == "outcome")):
        if stray and getattr(command, field):
            raise refuse(Code.BAD_REQUEST, clause="規§5.3.1", place=field, found=command.item, limit="")
    sealed = await _sealed(seam, school, actor.person, summary, command.files, command.link)
    given: dict[str, Any] = await seam.db.pool.fetchval(
        _UPLOAD,
        school,
        actor.person,
        actor.text,
        key,
        request,
        command.item,
        command.period,
        command.course,
        command.category,
        command.variant,
        digest_of(command.files, command.link),
        _shown(command.files),
        sealed,
    )
    return given


async def _act(
    seam: Seam,
    school: str,
    actor: Actor,
    name: str,
    item: str,
    args: dict[str, Any],
    key: str,
    request: str,
    sealed: bytes | None = None,
) -> dict[str, Any]:
    try:
        id_ = UUID(item)
    except ValueError:
        raise refuse(Code.NOT_FOUND, clause="規§5.3.1", place=f"item {item[:40]}") from None
    given: dict[str, Any] = await seam.db.pool.fetchval(
        _ACT, school, actor.person, actor.text, key, request, name, id_, args, sealed
    )
    return given


async def replace(seam: Seam, school: str, actor: Actor, command: Replace, *, key: str, request: str) -> dict[str, Any]:
    """Put other files in place; a certification stands only while the digest is the same."""
    summary = _check_summary(command.summary)
    sealed = await _sealed(seam, school, actor.person, summary, command.files, command.link)
    args = {"digest": digest_of(command.files, command.link), "files": _shown(command.files)}
    return await _act(seam, school, actor, "replace", command.item, args, key, request, sealed)


async def certify(seam: Seam, school: str, actor: Actor, command: Certify, *, key: str, request: str) -> dict[str, Any]:
    """Certify; with `digest` given, only what the teacher has seen. 規§5.3.2"""
    args = {"digest": command.digest} if command.digest else {}
    return await _act(seam, school, actor, "certify", command.item, args, key, request)


async def return_(seam: Seam, school: str, actor: Actor, command: Return, *, key: str, request: str) -> dict[str, Any]:
    """Return with a reason of the school's list; quality is none of them. 規§5.3.2"""
    reasons = await reasons_of(seam, school)
    if command.reason not in reasons:
        raise refuse(
            Code.REASON_MISSING, clause="規§5.3.2", place="reason", found=command.reason, limit=", ".join(reasons)
        )
    sealed = await _sealed_words(seam, school, command) if command.text else None
    return await _act(seam, school, actor, "return", command.item, {"reason": command.reason}, key, request, sealed)


async def _sealed_words(seam: Seam, school: str, command: Return) -> bytes | None:
    """What the teacher wrote beside the reason, readable with the student's key only."""
    async with seam.db.transaction(school) as connection:
        student = await connection.fetchval(
            "select student from item where school = $1 and id::text = $2", school, command.item
        )
    key = await KEYS.of(seam, school, student) if student else None
    return seal(key, clean(command.text).encode()) if key else None


async def reasons_of(seam: Seam, school: str) -> list[str]:
    """The reasons for which the school returns an outcome; quality is none of them. 規§5.3.2"""
    async with seam.db.transaction(school) as connection:
        found: list[str] | None = await connection.fetchval(
            "select body->'return_reasons' from document where school = $1 and kind = 'rule_set'"
            " order by version desc limit 1",
            school,
        )
    return found or []


def _plain(name: str) -> Any:
    async def act(seam: Seam, school: str, actor: Actor, command: Any, *, key: str, request: str) -> dict[str, Any]:
        return await _act(seam, school, actor, name, command.item, {}, key, request)

    return act


_FAST: dict[type[Command], Any] = {
    Upload: upload,
    Replace: replace,
    Certify: certify,
    Return: return_,
    Withdraw: _plain("withdraw"),
    RequestCertification: _plain("request_certification"),
    Select: _plain("select"),
    Unselect: _plain("unselect"),
}
FAST.update({command.name: act for command, act in _FAST.items()})
