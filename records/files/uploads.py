"""records: uploads that go on where the line broke: appended, fsynced, then the offset written (規§5.3.1).

The offset in the database is what was fsynced; what a killed process left behind it is cut off. The client's
length is only an upper bound: the file that arrived is hashed and checked as any other before it counts.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from records.db import Database
from records.files.draft import Draft
from records.files.shelf import STORE, told
from records.files.store import keep_checked
from records.seam import Vault
from rules.refusals import Code, Refusal, Refused, refuse

STEP = 1 << 20
"""Bytes after which what arrived is brought to disk and counted, also while the line is open."""
KEPT = timedelta(hours=48)
"""How long an upload waits for its next byte."""
OPEN = 8
"""Unfinished uploads that one person may have."""
_CLAUSE = "規§5.3.1"
_PASSING = (Code.FILE_UNCHECKED, Code.FILES_AWAY)
"""Refusals of which the file is innocent: what arrived stays, and is looked at again when it is asked for."""
_HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
ALGORITHMS = tuple(_HASHES)
_FIELDS = (
    "id, person, length, received, expires_at, sha256, media_type, refusal, expires_at <= clock_timestamp() as late"
)


@dataclass(frozen=True, slots=True)
class Session:
    """An upload as it stands; `sha256` once the store has the file, `refusal` once it was refused."""

    id: str
    length: int
    received: int
    expires_at: datetime
    sha256: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a part of an upload must hash to."""

    algorithm: str
    digest: bytes


class Uploads:
    """The unfinished uploads of all schools on one database and one file store."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self.db, self.vault = db, vault

    async def begin(self, school: str, person: UUID, length: int) -> Session:
        """Open an upload of `length` bytes. Raises Refused(file_empty, file_size, uploads_open)."""
        if length <= 0:
            raise refuse(Code.FILE_EMPTY, clause=_CLAUSE, place="file", found=max(length, 0))
        if length > self.vault.largest:
            raise refuse(Code.FILE_SIZE, clause=_CLAUSE, place="file", found=length, limit=self.vault.largest)
        id_ = secrets.token_hex(16)
        async with self.db.transaction(school) as c:
            await c.execute("select pg_advisory_xact_lock(hashtextextended($1, 6))", f"{school}|{person}")
            unfinished = await c.fetchval(
                "select count(*) from upload_session where school = $1 and person = $2 and sha256 is null"
                " and refusal is null and expires_at > clock_timestamp()",
                school,
                person,
            )
            if unfinished >= OPEN:
                raise refuse(Code.UPLOADS_OPEN, clause=_CLAUSE, place="uploads", found=unfinished, limit=OPEN)
            row = await c.fetchrow(
                "insert into upload_session (school, id, person, length, created_at, expires_at)"
                f" values ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + $5) returning {_FIELDS}",
                school,
                id_,
                person,
                length,
                KEPT,
            )
        return _session(row)

    async def stands(self, school: str, person: UUID, id_: str, *, taken: tuple[str, ...]) -> Session:
        """Where an upload stands; one that is whole is finished now, if a killed process could not.

        Raises Refused(upload_gone) for another's, an unknown, an expired or a refused one (with its own refusal).
        """
        session = await self._known(school, person, id_)
        if session.received == session.length and session.sha256 is None:
            with self._held(school, id_):
                return await self._finish(school, person, await self._known(school, person, id_), taken)
        return session

    async def append(
        self,
        school: str,
        person: UUID,
        id_: str,
        offset: int,
        data: AsyncIterator[bytes],
        *,
        taken: tuple[str, ...],
        checksum: Checksum | None = None,
    ) -> Session:
        """Append bytes at `offset`, which must be where the upload stands. The last byte finishes it.

        With a checksum the part counts whole or not at all; without, what arrived before the line broke counts.
        Raises Refused (upload_offset, upload_busy, upload_checksum, upload_gone, file_size, and what `put` raises).
        """
        await self._known(school, person, id_)
        with self._held(school, id_) as file:
            session = await self._known(school, person, id_)
            if session.sha256 is not None and offset == session.length:
                return session
            if offset != session.received:
                raise refuse(
                    Code.UPLOAD_OFFSET, clause=_CLAUSE, place="Upload-Offset", found=offset, limit=session.received
                )
            await asyncio.to_thread(_cut, file, session.received)
            session = await self._take(school, file, session, data, checksum)
            if session.received < session.length:
                return session
            return await self._finish(school, person, session, taken)

    async def end(self, school: str, person: UUID, id_: str) -> None:
        """Forget an upload and its bytes; a file that the store has stays."""
        await self._known(school, person, id_)
        with self._held(school, id_):
            async with self.db.transaction(school) as c:
                await c.execute("delete from upload_session where school = $1 and id = $2", school, id_)
            upload_path(self.vault, school, id_).unlink(missing_ok=True)

    # -- inside ------------------------------------------------------------------------------------

    async def _take(
        self, school: str, file: int, session: Session, data: AsyncIterator[bytes], checksum: Checksum | None
    ) -> Session:
        total, counted = session.received, session.received
        hasher = _HASHES[checksum.algorithm]() if checksum else None
        try:
            async for part in data:
                if total + len(part) > session.length:
                    raise refuse(
                        Code.FILE_SIZE, clause=_CLAUSE, place="file", found=total + len(part), limit=session.length
                    )
                with told(STORE):
                    await asyncio.to_thread(_write, file, part)
                total += len(part)
                if hasher is not None:
                    hasher.update(part)
                elif total - counted >= STEP:
                    session, counted = await self._count(school, file, session, total), total
            if hasher is not None and checksum is not None and hasher.digest() != checksum.digest:
                raise refuse(Code.UPLOAD_CHECKSUM, clause=_CLAUSE, place="Upload-Checksum", found=checksum.algorithm)
        except BaseException as error:
            whole = checksum is None and not isinstance(error, Refused)
            if whole and total > counted:
                await asyncio.shield(self._count(school, file, session, total))
            raise
        return await self._count(school, file, session, total) if total > counted else session

    async def _count(self, school: str, file: int, session: Session, total: int) -> Session:
        """Bring what arrived to disk, then say that it is there."""
        with told(STORE):
            await asyncio.to_thread(os.fsync, file)
        async with self.db.transaction(school) as c:
            row = await c.fetchrow(
                "update upload_session set received = $3, expires_at = clock_timestamp() + $4"
                f" where school = $1 and id = $2 returning {_FIELDS}",
                school,
                session.id,
                total,
                KEPT,
            )
        if row is None:
            raise _gone(session.id)
        return _session(row)

    async def _finish(self, school: str, person: UUID, session: Session, taken: tuple[str, ...]) -> Session:
        """Give a whole upload to the store with all its checks; the answer stays readable for a while."""
        if session.sha256 is not None:
            return session
        path = upload_path(self.vault, school, session.id)
        draft = await asyncio.to_thread(Draft.over, path)
        try:
            stored = await keep_checked(self.db, self.vault, school, draft, taken=taken, by=person)
        except Refused as refused:
            if refused.refusal.code not in _PASSING:
                await self._over(school, session.id, refusal=refused.refusal.model_dump(mode="json"))
                path.unlink(missing_ok=True)
            raise
        finally:
            draft.file.close()
        row = await self._over(school, session.id, sha256=stored.sha256, media_type=stored.media_type)
        path.unlink(missing_ok=True)
        return _session(row)

    async def _over(self, school: str, id_: str, **told: Any) -> Any:
        async with self.db.transaction(school) as c:
            return await c.fetchrow(
                "update upload_session set sha256 = $3, media_type = $4, refusal = $5 where school = $1 and id = $2"
                f" returning {_FIELDS}",
                school,
                id_,
                told.get("sha256"),
                told.get("media_type"),
                told.get("refusal"),
            )

    async def _known(self, school: str, person: UUID, id_: str) -> Session:
        async with self.db.transaction(school) as c:
            row = await c.fetchrow(
                f"select {_FIELDS} from upload_session where school = $1 and id = $2 and person = $3",
                school,
                id_,
                person,
            )
        if row is None or row["late"]:
            raise _gone(id_)
        if row["refusal"] is not None:
            raise Refused(Refusal.model_validate(row["refusal"]))
        return _session(row)

    @contextmanager
    def _held(self, school: str, id_: str) -> Iterator[int]:
        """The upload's open file, held against every other connection; a killed process lets go by itself."""
        path = upload_path(self.vault, school, id_)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise refuse(Code.UPLOAD_BUSY, clause=_CLAUSE, place=f"upload {id_[:8]}") from None
            yield file
        finally:
            os.close(file)


def upload_path(vault: Vault, school: str, id_: str) -> Path:
    """Where the bytes of an upload under way stand."""
    return vault.files / school / "uploads" / id_


def _cut(file: int, length: int) -> None:
    """Go on behind what counts; a file that lost counted bytes is not the one that we wrote."""
    if os.fstat(file).st_size < length:
        raise refuse(Code.UPLOAD_GONE, clause=_CLAUSE, place="upload", found=os.fstat(file).st_size, limit=length)
    os.ftruncate(file, length)
    os.lseek(file, length, os.SEEK_SET)


def _write(file: int, part: bytes) -> None:
    view = memoryview(part)
    while view:
        view = view[os.write(file, view) :]


def _gone(id_: str) -> Refused:
    return refuse(Code.UPLOAD_GONE, clause=_CLAUSE, place=f"upload {id_[:8]}")


def _session(row: Any) -> Session:
    return Session(row["id"], row["length"], row["received"], row["expires_at"], row["sha256"], row["media_type"])
