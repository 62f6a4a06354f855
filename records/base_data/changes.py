"""records: a school's files again: what they would change is shown first, then done whole or not at all. 規§5.1, 規§5.2"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from records.base_data.known import State, fill, state_of
from records.base_data.people import Import
from records.db import Connection, Database, school_now
from records.school_import import bring_in
from records.seam import Vault
from rules.exchange import BadRow, Formats
from rules.identity import mask
from rules.ruleset import RuleSet
from rules.school_files import SchoolFiles

_NOTHING = SchoolFiles()
PERSONAL = ("national_id", "birth_date", "email", "content")
"""Fields of which a diff shows the first and last character only."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that would be another: in which file, of which row."""

    file: str
    key: str
    field: str
    old: str
    new: str


@dataclass(slots=True)
class Changes:
    """What an import adds and changes, and what is wrong in its files.

    Nothing is removed by one but an enrolment that the clerk takes back: its new value is empty.
    """

    added: dict[str, list[str]] = field(default_factory=dict)
    changed: list[Change] = field(default_factory=list)
    same: int = 0
    problems: tuple[BadRow, ...] = ()

    @property
    def errors(self) -> int:
        """How many rows would be left out."""
        return len({(p.file, p.row) for p in self.problems if p.severity == "error"})

    def counts(self) -> dict[str, int]:
        """Numbers only, for a fact."""
        rows = Counter(c.file for c in self.changed)
        return {f"added_{k}": len(v) for k, v in self.added.items()} | {f"changed_{k}": n for k, n in rows.items()}


class _Undo(Exception):
    """Ends the transaction of a preview without keeping anything."""


async def preview(
    db: Database,
    vault: Vault,
    formats: Formats,
    school: str,
    rules: RuleSet,
    contents: Mapping[str, bytes],
    *,
    same_person: bool = False,
) -> Changes:
    """What the files would change; nothing is kept. Raises Refused as the import itself would."""
    found: Changes | None = None
    try:
        async with db.transaction(school) as connection:
            at = await school_now(connection, school)
            found = await change(connection, vault, formats, school, rules, contents, at, same_person=same_person)
            raise _Undo
    except _Undo:
        pass
    assert found is not None
    return found


async def change(
    connection: Connection,
    vault: Vault,
    formats: Formats,
    school: str,
    rules: RuleSet,
    contents: Mapping[str, bytes],
    at: datetime,
    *,
    same_person: bool = False,
) -> Changes:
    """Bring the good rows in, in the caller's transaction, and say what became other than before."""
    kind = await connection.fetchval("select kind from school where school = $1", school)
    w = Import(connection, vault, school, kind, rules, _NOTHING, at, same_person=same_person)
    known = await fill(w)
    w.files, problems = formats.school_files(contents, school=school, known=known)
    before = await state_of(connection, vault, school)
    await bring_in(w)
    found = compare(before, await state_of(connection, vault, school))
    found.problems = problems
    return found


def compare(before: State, after: State) -> Changes:
    """The rows that are new and the fields that differ, in the order of files and keys."""
    found = Changes()
    for (file, key), row in sorted(after.items()):
        old = before.get((file, key))
        if old is None:
            found.added.setdefault(file, []).append(key)
            continue
        differ = [name for name in row if row[name] != old.get(name)]
        found.changed += [Change(file, key, n, _shown(n, old.get(n)), _shown(n, row[n])) for n in differ]
        found.same += not differ
    for file, key in sorted(k for k in before.keys() - after.keys() if k[0] == "enrolments"):
        gone = before[(file, key)]
        found.changed += [Change(file, key, n, _shown(n, value), "") for n, value in gone.items()]
    return found


def _shown(name: str, value: Any) -> str:
    text = "" if value is None else str(value)
    return mask(text) if name in PERSONAL else text
