"""records: drafts: kept whole and sealed, counted nowhere, handed in as they stand. 規§5.3.1"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid5

from records.commands.items import KEYS, HandingIn, hand_in, text_by, written_of
from records.commands.registered import need_registered, repeats_course
from records.db import Connection
from records.item_rules import item_rules, item_rules_in
from records.sealing import Erased, person_key, unseal
from records.seam import FAST, Actor, Deed, Seam, handles
from rules.commands import DiscardDraft, FilePart, SaveDraft, Upload, UploadDraft
from rules.items.check import Written
from rules.items.schema import limit_on
from rules.refusals import Code, Refused, refuse

_CLAUSE = "規§5.3.1"
_NAMES = UUID("6f0d9a52-6f1c-4d1b-9d0e-7f6a3c1b2e50")


@handles(SaveDraft)
async def save_draft(deed: Deed) -> dict[str, Any]:
    """Keep a draft, new or written again; the answer comes once it is on disk."""
    c = deed.command
    assert isinstance(c, SaveDraft)
    key = await _own_key(deed)
    rules = await item_rules_in(deed.connection, deed.school, c.period)
    kind = c.variant if c.item == "outcome" else c.category or ""
    text = text_by(rules, Written(c.item, c.period, kind, c.summary, c.link, c.fields), c.files, complete=False)
    await _need_files(deed, c.files)
    files = [f.model_dump(mode="json") | {"file_name": name} for f, name in zip(c.files, text.names, strict=True)]
    shown = [{k: f[k] for k in ("role", "sha256", "size", "media_type")} for f in files]
    values = (c.item, c.period, c.course, c.category, c.variant, shown, text.sealed(key))
    if c.draft is None:
        id_ = await _room_for_one(deed, limit_on(rules.book.drafts, rules.on).value)
        await deed.now()
        await deed.connection.execute(
            "insert into draft (school, id, student, item, period, course, category, variant, files, sealed, saved_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            deed.school, id_, deed.actor.person, *values, deed.at,
        )  # fmt: skip
    else:
        id_ = (await _open_draft(deed.connection, deed.school, deed.actor.person, c.draft))["id"]
        await deed.now()
        await deed.connection.execute(
            "update draft set item = $3, period = $4, course = $5, category = $6, variant = $7, files = $8, sealed = $9,"
            " saved_at = $10, version = version + 1 where school = $1 and id = $2",
            deed.school, id_, *values, deed.at,
        )  # fmt: skip
    return await deed.record("draft_saved", str(id_), {"draft": str(id_), "item_kind": c.item, "period": c.period})


@handles(DiscardDraft)
async def discard_draft(deed: Deed) -> dict[str, Any]:
    """Throw a draft away; its files stay in the store until nobody owns them."""
    assert isinstance(deed.command, DiscardDraft)
    row = await _open_draft(deed.connection, deed.school, deed.actor.person, deed.command.draft)
    await deed.connection.execute("delete from draft where school = $1 and id = $2", deed.school, row["id"])
    return await deed.record("draft_discarded", str(row["id"]), {"draft": str(row["id"])})


async def upload_draft(
    seam: Seam, school: str, actor: Actor, command: UploadDraft, *, key: str, request: str
) -> dict[str, Any]:
    """Hand in a draft by the same rules as anything else; draft and item change in one transaction."""
    own = await KEYS.of(seam, school, actor.person)
    async with seam.db.transaction(school) as connection:
        row = await _draft(connection, school, actor.person, command.draft)
    if own is None or row is None:
        raise _unknown(command.draft)
    rules = await item_rules(seam.db, school, row["period"])
    async with seam.db.transaction(school) as connection:
        row = await _draft(connection, school, actor.person, command.draft)
        if row is None:
            raise _unknown(command.draft)
        if row["uploaded"] is not None and not await _same_key(connection, school, actor, key):
            raise refuse(Code.ALREADY_DONE, clause=_CLAUSE, place=f"draft {row['id']}", found=str(row["uploaded"]))
        given = _upload_of(row, json.loads(unseal(own, row["sealed"])))
        written = written_of(given)
        text = text_by(rules, written, given.files)
        if given.course is not None and repeats_course(rules, written):
            await need_registered(connection, school, rules, written, text.fields, given.course)
        handing_in = HandingIn(actor, given, text, text.sealed(own), key, request)
        (answer,) = await hand_in(connection, school, [handing_in])
        if "answer" in answer:
            await connection.execute(
                "update draft set uploaded = $3::uuid where school = $1 and id = $2 and uploaded is null",
                school,
                row["id"],
                UUID(answer["answer"]["subject"]),
            )
    return answer


FAST[UploadDraft.name] = upload_draft


async def drafts_of(connection: Connection, vault: Any, school: str, student: UUID) -> list[dict[str, Any]]:
    """A student's own drafts as they were saved, the newest last."""
    key = await person_key(connection, vault, school, student)
    rows = await connection.fetch(
        "select * from draft where school = $1 and student = $2 and uploaded is null order by saved_at, id",
        school,
        student,
    )
    shown = ("id", "item", "period", "course", "category", "variant", "files", "saved_at", "version")
    return [{k: r[k] for k in shown} | json.loads(unseal(key, r["sealed"])) for r in rows]


def _upload_of(row: Any, text: dict[str, Any]) -> Upload:
    files = tuple(FilePart(**f, file_name=n) for f, n in zip(row["files"], text["names"], strict=True))
    return Upload(
        item=row["item"], period=row["period"], course=row["course"], category=row["category"], variant=row["variant"],
        summary=text["summary"], files=files, link=text["link"], fields=text["fields"],
    )  # fmt: skip


async def _own_key(deed: Deed) -> bytes:
    student = await deed.connection.fetchval(
        "select 1 from student where school = $1 and person = $2", deed.school, deed.actor.person
    )
    try:
        key = await person_key(deed.connection, deed.vault, deed.school, deed.actor.person)
    except Erased:
        key = None
    if student is None or key is None:
        raise refuse(Code.NOT_YOURS, clause=_CLAUSE, place="draft", limit="student")
    return key


async def _need_files(deed: Deed, files: tuple[FilePart, ...]) -> None:
    """A draft names only files that the student brought; their kinds and sizes are judged when it is handed in."""
    for f in files:
        if not await deed.connection.fetchval(
            "select 1 from file_sender where school = $1 and sha256 = $2 and person = $3",
            deed.school,
            f.sha256,
            deed.actor.person,
        ):
            raise refuse(Code.FILE_MISSING, clause=_CLAUSE, place=f.role, found=f.sha256[:12])


async def _room_for_one(deed: Deed, most: int) -> UUID:
    """The id of a new draft, where the student has room for one more."""
    person = deed.actor.person
    await deed.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 7))", f"{deed.school}|draft|{person}"
    )
    there = await deed.connection.fetchval(
        "select count(*) from draft where school = $1 and student = $2 and uploaded is null", deed.school, person
    )
    if there >= most:
        raise refuse(Code.DRAFTS_FULL, clause=_CLAUSE, place="drafts", found=there, limit=most)
    ordinal = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"draft/{person}")
    return uuid5(_NAMES, f"{deed.school}/{person}/{ordinal}")


async def _draft(connection: Connection, school: str, student: UUID, id_: str) -> Any:
    return await connection.fetchrow(
        "select * from draft where school = $1 and id::text = $2 and student = $3 for update", school, id_, student
    )


async def _open_draft(connection: Connection, school: str, student: UUID, id_: str) -> Any:
    row = await _draft(connection, school, student, id_)
    if row is None:
        raise _unknown(id_)
    if row["uploaded"] is not None:
        raise refuse(Code.ALREADY_DONE, clause=_CLAUSE, place=f"draft {id_}", found=str(row["uploaded"]))
    return row


async def _same_key(connection: Connection, school: str, actor: Actor, key: str) -> bool:
    return bool(
        await connection.fetchval(
            "select 1 from command_key where school = $1 and actor = $2 and key = $3", school, actor.text, key
        )
    )


def _unknown(id_: str) -> Refused:
    return refuse(Code.NOT_FOUND, clause=_CLAUSE, place=f"draft {id_[:40]}")
