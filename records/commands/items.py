"""records: what students and teachers do with items, one function call each (migrations/0002_items.sql)."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
from pydantic_core import to_json

from records.commands.registered import need_registered, repeats_course
from records.db import Connection, Database
from records.item_rules import ItemRules, item_rules
from records.sealing import Erased, person_key, seal, unseal
from records.seam import FAST, Actor, Seam
from records.together import Together
from rules.admission import act_clause
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
from rules.file_names import file_name
from rules.items.check import Value, Written, check
from rules.items.reasons import reasons_text
from rules.refusals import Code, Refusal, Refused, refuse
from rules.text import clean

_UPLOAD = "select upload($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
"""Of as many calls as the lists are long (migrations/0031_upload_leaner.sql)."""
_ACT = "select act_on_item($1, $2, $3, $4, $5, $6, $7, $8, $9)"


class _Keys:
    """The last persons' keys (some 10 MB at most), so that a frequent command stays one round trip.

    A key that was destroyed since seals nothing: the function refuses a person without a key row.
    """

    def __init__(self, most: int = 32_768) -> None:
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
    return hashlib.sha256(to_json(whole)).hexdigest()


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in an item's sealed column: everything that a student wrote, and the files' names."""

    summary: str
    names: tuple[str, ...]
    link: str | None
    fields: dict[str, Value]

    def sealed(self, key: bytes) -> bytes:
        """Readable with the student's key only."""
        text = {"summary": self.summary, "names": self.names, "link": self.link, "fields": self.fields}
        return seal(key, to_json(text))


async def checked_text(
    seam: Seam,
    school: str,
    written: Written,
    files: tuple[FilePart, ...],
    *,
    course: str | None = None,
    complete: bool = True,
) -> Text:
    """What a student wrote, in the form that is kept. Raises Refused that names the field, never its content."""
    rules = await item_rules(seam.db, school, written.period)
    text = text_by(rules, written, files, complete=complete)
    if course is not None and repeats_course(rules, written):
        async with seam.db.transaction(school) as connection:
            await need_registered(connection, school, rules, written, text.fields, course)
    return text


def text_by(rules: ItemRules, written: Written, files: tuple[FilePart, ...], *, complete: bool = True) -> Text:
    """The same by schemas that were read already; a draft need not be `complete`."""
    roles = tuple(f.role for f in files)
    given = Written(written.item, written.period, written.kind, written.summary, written.link, written.fields, roles)
    kept = check(rules.book, given, on=rules.on, complete=complete)
    if isinstance(kept, Refusal):
        raise Refused(kept)
    names = tuple(file_name(f.file_name) if f.file_name else "" for f in files)
    return Text(kept.summary, names, kept.link, kept.fields)


async def _sealed(seam: Seam, school: str, person: UUID, text: Text) -> bytes | None:
    key = await KEYS.of(seam, school, person)
    return text.sealed(key) if key else None


def _shown(files: tuple[FilePart, ...]) -> list[dict[str, str]]:
    return [{"role": f.role, "sha256": f.sha256} for f in files]


async def upload(seam: Seam, school: str, actor: Actor, command: Upload, *, key: str, request: str) -> dict[str, Any]:
    """Hand in an item, together with whoever hands in at this moment. 規§5.3.1, 規§5.4"""
    text = await checked_text(seam, school, written_of(command), command.files, course=command.course)
    sealed = await _sealed(seam, school, actor.person, text)
    together = seam.groups.get(command.name)
    if together is None:
        together = seam.groups[command.name] = Together(partial(hand_in, seam.db.pool))
    given: dict[str, Any] = await together(school, actor.person, HandingIn(actor, command, text, sealed, key, request))
    return given


@dataclass(frozen=True, slots=True)
class HandingIn:
    """An upload whose text is in order; without a key the student was erased, and the function says so."""

    actor: Actor
    command: Upload
    text: Text
    sealed: bytes | None
    key: str
    request: str


async def hand_in(connection: Connection | asyncpg.Pool, school: str, calls: list[HandingIn]) -> list[dict[str, Any]]:
    """Ask the function, which decides at the last moment: one answer a call, in their order."""
    commands = [c.command for c in calls]
    given: list[dict[str, Any]] = await connection.fetchval(
        _UPLOAD,
        school,
        [c.actor.person for c in calls],
        [c.actor.text for c in calls],
        [c.key for c in calls],
        [c.request for c in calls],
        [c.item for c in commands],
        [c.period for c in commands],
        [c.course for c in commands],
        [c.category for c in commands],
        [c.variant for c in commands],
        [digest_of(c.files, h.text.link) for c, h in zip(commands, calls, strict=True)],
        [_shown(c.files) for c in commands],
        [c.sealed for c in calls],
    )
    return given


def written_of(command: Upload) -> Written:
    """What a command says about a new item. Raises Refused where outcome and diverse performance are mixed up."""
    outcome = command.item == "outcome"
    if outcome and not command.course:
        raise refuse(Code.BAD_REQUEST, clause="規§5.3.1", place="course", found="", limit="course id")
    for field, stray in (("course", not outcome), ("category", outcome)):
        if stray and getattr(command, field):
            raise refuse(Code.BAD_REQUEST, clause="規§5.3.1", place=field, found=command.item, limit="")
    kind = command.variant if outcome else command.category or ""
    return Written(command.item, command.period, kind, command.summary, command.link, command.fields)


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
        raise refuse(Code.NOT_FOUND, clause=act_clause(name), place=f"item {item[:40]}") from None
    given: dict[str, Any] = await seam.db.pool.fetchval(
        _ACT, school, actor.person, actor.text, key, request, name, id_, args, sealed
    )
    return given


async def replace(seam: Seam, school: str, actor: Actor, command: Replace, *, key: str, request: str) -> dict[str, Any]:
    """Put other files in place; a certification stands only while the digest is the same."""
    before = await _before(seam, school, actor.person, command.item)
    if before is None:  # the function says why: no such item, or another's
        return await _act(seam, school, actor, "replace", command.item, {"digest": "", "files": []}, key, request)
    row, fields = before
    fields = fields if command.fields is None else command.fields
    written = Written(row["item"], row["period"], row["kind"], command.summary, command.link, fields)
    text = await checked_text(seam, school, written, command.files, course=row["course"])
    sealed = await _sealed(seam, school, actor.person, text)
    args = {"digest": digest_of(command.files, text.link), "files": _shown(command.files)}
    return await _act(seam, school, actor, "replace", command.item, args, key, request, sealed)


async def _before(seam: Seam, school: str, person: UUID, item: str) -> tuple[Any, dict[str, Any]] | None:
    """An own item's kind and its present fields; None where the person has no such item."""
    async with seam.db.transaction(school) as connection:
        row = await connection.fetchrow(
            "select i.item, i.period, i.course, coalesce(i.category, i.variant) as kind, v.sealed from item i"
            " join item_version v on v.school = i.school and v.item = i.id and v.version = i.version"
            " where i.school = $1 and i.id::text = $2 and i.student = $3",
            school,
            item,
            person,
        )
    key = await KEYS.of(seam, school, person)
    if row is None or key is None:
        return None
    return row, json.loads(unseal(key, row["sealed"])).get("fields", {})


async def certify(seam: Seam, school: str, actor: Actor, command: Certify, *, key: str, request: str) -> dict[str, Any]:
    """Certify; with `digest` given, only what the teacher has seen. 規§5.3.2"""
    args = {"digest": command.digest} if command.digest else {}
    return await _act(seam, school, actor, "certify", command.item, args, key, request)


async def return_(seam: Seam, school: str, actor: Actor, command: Return, *, key: str, request: str) -> dict[str, Any]:
    """Return with a reason of the school's list; quality is none of them. 規§5.3.2"""
    reasons = await reasons_of(seam, school)
    if command.reason not in reasons:
        raise refuse(
            Code.REASON_MISSING,
            clause="規§5.3.2",
            place="reason",
            found=command.reason[:40],
            limit=reasons_text(reasons),
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
