"""records: one answer about a file's content, remembered by its hash and by the version of the checks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from records.db import Database, school_now
from records.files.findings import CLAUSE, Fault
from records.files.kinds import look
from records.files.pdf_check import READER
from records.files.reading import Parts
from rules.refusals import Code, Refused, refuse

CHECKS = 1
"""Raised when the checks find something else in the same bytes; they are looked at again then."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file's media type by its content, and the first thing that is wrong with it."""

    media_type: str
    fault: Fault | None = None

    @property
    def lasting(self) -> bool:
        """Whether the same bytes give the same answer next time, whoever brings them."""
        return self.fault is None or self.fault.code not in (Code.FILE_UNCHECKED, Code.FILE_TYPE)

    def refused(self, taken: tuple[str, ...]) -> Refused:
        """The refusal: the fault, or a sound file of a type that its bringer may not bring."""
        if self.fault is not None:
            return self.fault.refused()
        return refuse(Code.FILE_TYPE, clause=CLAUSE, place="file", found=self.media_type, limit=", ".join(taken))


def check_draft(path: Path, size: int, taken: tuple[str, ...]) -> Checked:
    """Walk a file on disk, window by window; a PDF's inside is asked of the limited process. Blocks."""
    handle = os.open(path, os.O_RDONLY)
    try:
        looked = look(Parts(handle, size), taken)
    finally:
        os.close(handle)
    fault = looked.fault
    if fault is None and looked.media_type == "application/pdf":
        fault = READER.fault_of(path)
    return Checked(looked.media_type, fault)


async def known_check(db: Database, school: str, sha256: str) -> Checked | None:
    """What was found in these bytes before, by the checks of now; None for bytes not seen yet."""
    row = await db.pool.fetchrow("select * from known_check($1, $2, $3)", school, sha256, CHECKS)
    if row is None:
        return None
    fault = Fault(Code(row["code"]), row["found"], row["limit_"]) if row["code"] else None
    return Checked(row["media_type"], fault)


async def remember(db: Database, school: str, sha256: str, checked: Checked) -> None:
    """Keep why a file was refused; who looked at the same bytes at the same time found the same."""
    assert checked.fault is not None
    async with db.transaction(school) as connection:
        await connection.execute(
            "insert into file_check (school, sha256, checks, media_type, code, found, limit_, at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            school,
            sha256,
            CHECKS,
            checked.media_type,
            checked.fault.code.value,
            checked.fault.found,
            checked.fault.limit,
            await school_now(connection, school),
        )
