"""records: to whom a file of the store is open: its student, its certifier, the office that submits it. 規§5.3, 規§6.3"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from records.db import Connection
from records.sealing import Erased, person_key, unseal
from records.seam import Vault
from rules.file_names import shown_name


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that somebody may have, with the name under which it is saved."""

    sha256: str
    size: int
    media_type: str
    name: str


async def open_file(
    connection: Connection, vault: Vault, school: str, person: UUID, sha256: str, *, at: datetime
) -> OpenFile | None:
    """The file for a person at `at`, or None: not there and not theirs look the same.

    Open to the student who handed it in or brought it, to who may certify the course at `at` (the holder, the
    deputy while the holder is away), and to the posts that submit such items, once the student has selected it.
    """
    row = await connection.fetchrow(
        "select f.item, f.version, f.ordinal, f.size, f.media_type, i.student from item_file f"
        " join item i on i.school = f.school and i.id = f.item left join course k on k.school = i.school and k.id = i.course"
        " where f.school = $1 and f.sha256 = $2 and (i.student = $3"
        "  or (i.state not in ('uploaded', 'withdrawn') and k.post is not null"
        "      and may_act(i.school, k.post, $3, $4) in ('holder', 'deputy'))"
        "  or (i.state in ('selected', 'locked') and exists (select from document d,"
        "       jsonb_array_elements(d.body->'rosters') r where d.school = i.school and d.kind = 'rule_set'"
        "       and d.version = (select max(version) from document where school = d.school and kind = 'rule_set')"
        "       and r->>'item' = i.item and may_act(i.school, r->>'owner', $3, $4) in ('holder', 'deputy'))))"
        " order by i.student = $3 desc, f.version desc limit 1",
        school,
        sha256,
        person,
        at,
    )
    if row is not None:
        name = await _name(connection, vault, school, row)
        return OpenFile(sha256, row["size"], row["media_type"], shown_name(name, row["media_type"], sha256))
    own = await connection.fetchrow(
        "select s.size, s.media_type from file_sender f join stored_file s on s.school = f.school"
        " and s.sha256 = f.sha256 where f.school = $1 and f.sha256 = $2 and f.person = $3",
        school,
        sha256,
        person,
    )
    if own is None:
        return None
    return OpenFile(sha256, own["size"], own["media_type"], shown_name("", own["media_type"], sha256))


async def _name(connection: Connection, vault: Vault, school: str, row: Any) -> str:
    """The name that the student gave the file; empty for an erased person's or one without a name."""
    sealed = await connection.fetchval(
        "select sealed from item_version where school = $1 and item = $2 and version = $3",
        school,
        row["item"],
        row["version"],
    )
    try:
        key = await person_key(connection, vault, school, row["student"])
    except Erased:
        return ""
    names: list[str] = json.loads(unseal(key, sealed)).get("names", [])
    place = row["ordinal"] - 1
    return names[place] if 0 <= place < len(names) else ""
