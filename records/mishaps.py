"""records: what keeps a database or a disk from being used, as a refusal that says what to do; it tells no content. 規§5.0"""

from __future__ import annotations

import errno

import asyncpg

from records.migrate import MigrationChanged
from rules.refusals import Code, Refusal

MISHAPS: tuple[type[Exception], ...] = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    MigrationChanged,
    OSError,
)
"""What `mishap` knows."""

_AWAY = ("08", "28", "3D", "57P")
"""Beginnings of the SQL states of a database that is not there for us: connection, login, name, shutting down."""

WORDS = {
    errno.ENOSPC: "磁碟已滿 · the disk is full",
    errno.EDQUOT: "超過磁碟配額 · over the disk quota",
    errno.EFBIG: "超過檔案大小限制 · over the limit for files",
    errno.EACCES: "沒有權限 · no right to it",
    errno.EPERM: "沒有權限 · no right to it",
    errno.EROFS: "唯讀 · read-only",
    errno.ENOENT: "不存在 · not there",
    errno.ENOTDIR: "路徑中有不是資料夾的 · a part of the path is no folder",
    errno.EISDIR: "是資料夾 · a folder",
    errno.EEXIST: "已存在 · there already",
    errno.ENAMETOOLONG: "名稱過長 · the name is too long",
    errno.EADDRINUSE: "埠號已被使用 · the port is in use",
    errno.EMFILE: "開啟的檔案過多 · too many open files",
    errno.EIO: "磁碟讀寫錯誤 · the disk does not read or write",
}
"""What the operating system says, for people."""


def mishap(error: BaseException) -> Refusal | None:
    """The refusal for what a database, a disk or a line did; None for any other error.

    A message of the database may repeat a value, so only the name of its fault is told.
    """
    if isinstance(error, MigrationChanged):
        return Refusal(code=Code.MIGRATION_CHANGED, place=error.name, found=error.found[:12], limit=error.applied[:12])
    if isinstance(error, asyncpg.PostgresError):
        state = getattr(error, "sqlstate", None) or ""
        code = Code.SERVER_AWAY if state.startswith(_AWAY) else Code.DATABASE_FAULT
        return Refusal(code=code, place="PostgreSQL", found=f"{type(error).__name__} {state}".strip())
    if isinstance(error, (asyncpg.InterfaceError, asyncpg.InternalClientError)):
        return Refusal(code=Code.SERVER_AWAY, place="PostgreSQL", found=type(error).__name__)
    if isinstance(error, (ConnectionError, TimeoutError)):
        return Refusal(code=Code.SERVER_AWAY, place="PostgreSQL", found=type(error).__name__)
    if isinstance(error, OSError):
        found = WORDS.get(error.errno or 0) or error.strerror or type(error).__name__
        return Refusal(code=Code.FILE_UNUSABLE, place=str(error.filename or ""), found=found)
    return None
