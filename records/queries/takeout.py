"""records: all that a student handed in, to keep a copy of one's own: every version, file by file, with its proofs.

規§10.2.1: students are led to back up their own work; what is given out can be checked against the proofs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from records.db import Connection
from records.sealing import person_key, unseal
from records.seam import Vault, proof


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of one version of an item, by the name under which it was handed in (empty: none was given)."""

    role: str
    sha256: str
    size: int
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """One handed-in version of an item, with what the student wrote about it."""

    version: int
    at: datetime
    digest: str
    text: dict[str, Any]
    files: tuple[KeptFile, ...]


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item with all its versions, oldest first, and every proof about it."""

    id: UUID
    item: str
    period: str
    course: str | None
    category: str | None
    variant: str
    state: str
    versions: tuple[KeptVersion, ...]
    proofs: tuple[dict[str, Any], ...]


_ITEMS = (
    "select id, item, period, course, category, variant, seen_state(i, student) as state from item i"
    " where school = $1 and student = $2 order by id"
)
_VERSIONS = (
    "select v.item, v.version, v.at, v.digest, v.sealed from item_version v join item i on i.school = v.school"
    " and i.id = v.item where v.school = $1 and i.student = $2 order by v.item, v.version"
)
_FILES = (
    "select f.item, f.version, f.ordinal, f.role, f.sha256, f.size, f.media_type from item_file f join item i"
    " on i.school = f.school and i.id = f.item where f.school = $1 and i.student = $2"
    " order by f.item, f.version, f.ordinal"
)
_FACTS = (
    "select f.id, f.kind, f.subject, f.at, f.body from fact f join item i on i.school = f.school"
    " and i.id::text = f.subject where f.school = $1 and i.student = $2"
    " and fact_told(f.school, f.kind, f.subject, i.student) order by f.id"
)


async def takeout_of(connection: Connection, vault: Vault, school: str, student: UUID) -> list[KeptItem]:
    """A student's items, withdrawn ones too: nothing that was handed in is left out. Raises Erased.

    States and proofs are those that the student may know: a decision that is held back is not among them.
    """
    key = await person_key(connection, vault, school, student)
    files: dict[tuple[UUID, int], list[Any]] = {}
    for row in await connection.fetch(_FILES, school, student):
        files.setdefault((row["item"], row["version"]), []).append(row)
    versions: dict[UUID, list[KeptVersion]] = {}
    for row in await connection.fetch(_VERSIONS, school, student):
        text = json.loads(unseal(key, row["sealed"]))
        kept = _files(files.get((row["item"], row["version"]), []), text.pop("names", []))
        versions.setdefault(row["item"], []).append(
            KeptVersion(row["version"], row["at"], row["digest"], {k: v for k, v in text.items() if v}, kept)
        )
    proofs: dict[str, list[dict[str, Any]]] = {}
    for row in await connection.fetch(_FACTS, school, student):
        shown = proof(school, row["id"], row["kind"], row["subject"], row["at"], row["body"])
        proofs.setdefault(row["subject"], []).append(shown)
    items = [
        KeptItem(**dict(row), versions=tuple(versions.get(row["id"], ())), proofs=tuple(proofs.get(str(row["id"]), ())))
        for row in await connection.fetch(_ITEMS, school, student)
    ]
    # Two items of one instant stand in the order of their facts: ids are random.
    return sorted(items, key=lambda i: i.proofs[0]["fact"] if i.proofs else 0)


def _files(rows: list[Any], names: list[str]) -> tuple[KeptFile, ...]:
    padded = [*names, *[""] * (len(rows) - len(names))]
    return tuple(
        KeptFile(r["role"], r["sha256"], r["size"], r["media_type"], name or "")
        for r, name in zip(rows, padded, strict=False)
    )
