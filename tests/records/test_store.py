"""The file store: what was acknowledged is there; a killed writer leaves nothing that anybody accepts."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from demo.media import variant
from records.files.kinds import media_type
from records.files.local import LocalShelf
from records.files.shelf import LARGEST
from records.files.store import put
from records.files.stored import read, verify_all
from records.queries.files import open_file
from records.seam import Actor, Vault
from rules.refusals import Refused
from tests.records.builders import COURSE, INSIDE, MIB, World, pdf

TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "mp3": "audio/mpeg", "mp4": "video/mp4"}


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize("kind", TYPES)
def test_a_file_is_what_its_first_bytes_say(kind: str) -> None:
    assert media_type(variant(kind, 1)) == TYPES[kind]


@pytest.mark.parametrize(
    "head",
    [b"MZ\x90\x00", b"PK\x03\x04", b" %PDF-1.4", b"\x00%PDF-1.4", b"<html>", b"GIF89a", b"\xff\xd8", b"\xff", b"", b"%PDF",
     b"\x00\x00\x00\x18ftypheic", b"\x00\x00\x00\x18ftypavif", b"\x00\x00\x00\x14ftypqt  ", b"\xff\xe0\x00\x00", b"\xff\xff"],
)  # fmt: skip
def test_everything_else_is_nothing_that_we_take(head: bytes) -> None:
    assert media_type(head) == "application/octet-stream"


async def test_a_stored_file_reads_back_under_its_hash(world: World) -> None:
    data = pdf("whole", 3 * MIB)
    stored = await put(world.db, world.vault, world.school, data)
    assert (stored.sha256, stored.size, stored.media_type) == (
        hashlib.sha256(data).hexdigest(),
        len(data),
        "application/pdf",
    )
    assert read(world.vault, world.school, stored.sha256) == data
    assert _drafts(world.vault, world.school) == []


async def test_a_stream_is_stored_as_the_whole_is(world: World) -> None:
    data = pdf("stream", 100_000)

    async def pieces() -> AsyncIterator[bytes]:
        for n in range(0, len(data), 7):
            yield data[n : n + 7]

    one = await put(world.db, world.vault, world.school, pieces())
    assert one == await put(world.db, world.vault, world.school, data)


async def test_what_stands_there_is_never_overwritten(world: World) -> None:
    stored = await put(world.db, world.vault, world.school, pdf("once"))
    before = _path(world.vault, world.school, stored.sha256).stat()
    await put(world.db, world.vault, world.school, pdf("once"))
    after = _path(world.vault, world.school, stored.sha256).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


async def test_schools_do_not_share_files(world: World) -> None:
    stored = await put(world.db, world.vault, world.school, pdf("mine"))
    with pytest.raises(Refused) as refused:
        read(world.vault, "elsewhere", stored.sha256)
    assert refused.value.refusal.code.value == "file_lost"


async def _stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@pytest.mark.clause("規§5.3.1")
async def test_an_empty_or_oversized_file_is_refused_and_leaves_nothing(world: World) -> None:
    large = b"%PDF-" + b"x" * LARGEST
    for data, code in (
        (b"", "file_empty"),
        (large, "file_size"),
        (_stream(), "file_empty"),
        (_stream(large[:-9], large[:9]), "file_size"),
    ):
        with pytest.raises(Refused) as refused:
            await put(world.db, world.vault, world.school, data)
        assert refused.value.refusal.code.value == code
    assert _drafts(world.vault, world.school) == []
    assert await world.rows("select 1 from stored_file where school = $1") == []


async def test_a_broken_stream_leaves_nothing(world: World) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"%PDF-1.4"
        raise ConnectionError("the line broke")

    with pytest.raises(ConnectionError):
        await put(world.db, world.vault, world.school, broken())
    assert _drafts(world.vault, world.school) == []


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("role", "kind", "size", "refused"),
    [
        ("document", "pdf", 4 * MIB, None),
        ("document", "pdf", 4 * MIB + 1, "file_size"),
        ("document", "png", 4 * MIB + 1, "file_size"),
        ("av", "mp4", 10 * MIB, None),
        ("av", "mp4", 10 * MIB + 1, "file_size"),
        ("av", "mp3", 10 * MIB + 1, "file_size"),
        ("document", "mp4", 1000, "file_type"),
        ("av", "pdf", 1000, "file_type"),
    ],
)
async def test_what_a_role_may_hold(world: World, role: str, kind: str, size: int, refused: str | None) -> None:
    whole = pdf(7, size) if kind == "pdf" else variant(kind, 7)
    if kind == "png":
        whole = whole[:-12] + _filling(size - len(whole)) + whole[-12:]
    file = await world.file(whole.ljust(size, b"\x00"), role)
    answer = await world.upload(world.students[0], files=[file])
    assert (answer.refusal.code.value if answer.refusal else None) == refused


@pytest.mark.clause("規§5.3.1")
async def test_a_name_does_not_make_a_document(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.file(b"MZ\x90\x00 a program\x00")
    assert (refused.value.refusal.code.value, refused.value.refusal.found) == ("file_type", "application/octet-stream")
    text = await world.file("一段文字".encode()) | {"media_type": "application/pdf", "file_name": "作品.pdf"}
    answer = await world.upload(world.students[0], files=[text])
    assert answer.refusal is not None
    assert (answer.refusal.code.value, answer.refusal.found) == ("file_type", "text/plain")


async def test_lost_and_changed_files_are_found(world: World) -> None:
    files = [await world.file(pdf(n)) for n in range(3)]
    for file in files:
        assert (await world.upload(world.students[0], files=[file])).accepted
    assert await verify_all(world.db, world.vault, world.school) == []
    gone, changed = (_path(world.vault, world.school, f["sha256"]) for f in files[:2])
    gone.unlink()
    changed.write_bytes(b"something else")
    assert await verify_all(world.db, world.vault, world.school) == sorted(f["sha256"] for f in files[:2])


_WRITER = """
import asyncio, os, sys
from pathlib import Path
from records.files.store import draft_in
from records.seam import Vault
draft = draft_in(Vault(Path(sys.argv[1]), b""), "s")
draft.add([b"%PDF-1.4"])
print("writing", flush=True)
while True:
    draft.add([b"x" * 4096])
"""


async def test_a_writer_killed_in_the_middle_leaves_no_half_file_that_anybody_accepts(world: World) -> None:
    files = world.vault.files
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(files)], stdout=subprocess.PIPE, cwd=Path.cwd())
    assert writer.stdout is not None
    await asyncio.to_thread(writer.stdout.readline)
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    kept = [p for p in (files / "s").rglob("*") if p.is_file() and p.parent.name != "drafts"]
    assert kept == [] and len(_drafts(world.vault, "s")) == 1
    half = _drafts(world.vault, "s")[0].read_bytes()
    part = {
        "role": "document",
        "sha256": hashlib.sha256(half).hexdigest(),
        "size": len(half),
        "media_type": "application/pdf",
    }
    answer = await world.upload(world.students[0], files=[part])
    assert answer.refusal is not None and answer.refusal.code.value == "file_missing"


def _filling(size: int) -> bytes:
    """PNG chunks of exactly `size` bytes together."""
    chunk = b"tEXt" + b"x" * (size - 12)
    return struct.pack(">I", size - 12) + chunk + struct.pack(">I", zlib.crc32(chunk))


def _path(vault: Vault, school: str, sha256: str) -> Path:
    return LocalShelf(vault.files).path(school, sha256)


def _drafts(vault: Vault, school: str) -> list[Path]:
    folder = vault.files / school / "drafts"
    return list(folder.iterdir()) if folder.exists() else []


@pytest.mark.clause("規§5.3.1")
async def test_knowing_the_hash_of_somebody_elses_file_gives_nothing(world: World) -> None:
    """A hash is printed in queues and proofs: it names a file, and opens none."""
    owner, other = world.students[:2]
    mine = await put(world.db, world.vault, world.school, pdf("only mine"), by=owner)
    part = {"role": "document", "sha256": mine.sha256, "size": mine.size, "media_type": mine.media_type}
    body: dict[str, Any] = {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "x"}
    seam = world.seam
    for name, more in (("upload", body), ("save_draft", body)):
        answer = await seam.do(world.school, Actor(other), name, more | {"files": [part]}, key=f"theft/{name}")
        assert answer.refusal is not None and answer.refusal.code.value == "file_missing"
    theirs = (await world.upload(other)).proof["item"]
    swap = {"item": theirs, "summary": "x", "files": [part]}
    answer = await seam.do(world.school, Actor(other), "replace", swap, key="theft/replace")
    assert answer.refusal is not None and answer.refusal.code.value == "file_missing"
    # Two files at once go by the judge, who asks the same.
    twice = [part, await world.file()]
    await world.brought(other, twice[1]["sha256"])
    answer = await seam.do(world.school, Actor(other), "upload", body | {"files": twice}, key="theft/two")
    assert answer.refusal is not None and answer.refusal.code.value in ("file_missing", "role_full")
    async with world.db.transaction(world.school) as c:
        for person, open_ in ((owner, True), (other, False)):
            found = await open_file(c, world.vault, world.school, person, mine.sha256, at=INSIDE)
            assert (found is not None) is open_
    # Whoever brings the same bytes has a file of their own.
    assert await put(world.db, world.vault, world.school, pdf("only mine"), by=other) == mine
    answer = await seam.do(world.school, Actor(other), "upload", body | {"files": [part]}, key="honest")
    assert answer.accepted, answer.refusal
    assert (await seam.do(world.school, Actor(owner), "upload", body | {"files": [part]}, key="mine")).accepted
