"""Wherever a school keeps its files: what was acknowledged is there, whole, once, and nothing ever writes over it."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from records.files.draft import Draft
from records.files.kinds import TAKEN
from records.files.s3 import S3Shelf
from records.files.shelf import Damaged, ShelfAway, whole
from records.files.store import draft_in, put, put_in
from records.files.stored import check_all, copy_out, lost, opened, read, shelf_of, verify_all
from records.files.uploads import Uploads
from rules.refusals import Refused
from tests.records.builders import MIB, World, pdf
from tests.records.files.conftest import Plant
from tests.records.files.line import Line
from tests.records.files.s3_server import S3Server, reached

SIZES = {"small": 3000, "in parts": 7 * MIB}


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_the_same_bytes_come_back(kept: World, tmp_path: Path, size: int) -> None:
    data = pdf("same", size)
    stored = await put(kept.db, kept.vault, kept.school, data)
    shelf = shelf_of(kept.vault)
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert read(kept.vault, kept.school, stored.sha256) == data
    assert shelf.size(kept.school, stored.sha256) == len(data)
    assert shelf.part(kept.school, stored.sha256, 100, 50) == data[100:150]
    copy_out(kept.vault, kept.school, stored.sha256, tmp_path / "out")
    with pytest.raises(FileNotFoundError):  # the folder is missing, not the stored file
        copy_out(kept.vault, kept.school, stored.sha256, tmp_path / "no folder" / "out")
    assert (tmp_path / "out").read_bytes() == data
    pieces = await opened(kept.vault, kept.school, stored.sha256, len(data))
    assert pieces is not None and b"".join([p async for p in pieces]) == data
    assert await verify_all(kept.db, kept.vault, kept.school) == []
    assert _drafts(kept) == []


async def test_a_file_that_we_made_is_kept_too(kept: World) -> None:
    async with kept.db.transaction(kept.school) as c:
        made = [await put_in(c, kept.vault, kept.school, data, media_type="text/csv") for data in (b"a,b\n", b"")]
    assert [read(kept.vault, kept.school, m.sha256) for m in made] == [b"a,b\n", b""]


async def test_an_identical_file_stands_there_once(kept: World) -> None:
    first = await put(kept.db, kept.vault, kept.school, pdf("once"))
    assert await put(kept.db, kept.vault, kept.school, pdf("once")) == first
    assert list(shelf_of(kept.vault).names(kept.school)) == [first.sha256]
    assert await kept.value("select count(*) from stored_file where school = $1") == 1


async def test_schools_share_nothing(kept: World) -> None:
    stored = await put(kept.db, kept.vault, kept.school, pdf("mine"))
    shelf = shelf_of(kept.vault)
    assert shelf.size("elsewhere", stored.sha256) is None and list(shelf.names("elsewhere")) == []
    with pytest.raises(Refused) as refused:
        read(kept.vault, "elsewhere", stored.sha256)
    assert (refused.value.refusal.code.value, refused.value.refusal.found) == ("file_lost", "0")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_what_stands_there_is_never_written_over(kept: World, lay: Plant, size: int) -> None:
    draft, shelf = _draft(kept, size), shelf_of(kept.vault)
    lay(draft.sha256, b"what stood there before")
    shelf.settle(draft)
    shelf.keep(kept.school, draft)
    assert b"".join(shelf.pieces(kept.school, draft.sha256)) == b"what stood there before"


@pytest.mark.clause("規§5.3.1")
async def test_a_changed_file_is_found_and_given_to_nobody(kept: World, lay: Plant, tmp_path: Path) -> None:
    files = [await kept.file(pdf(f"changed {n}", 300_000)) for n in range(2)]
    for file in files:
        assert (await kept.upload(kept.students[0], files=[file])).accepted
    sha256, size = files[0]["sha256"], files[0]["size"]
    whole_file = read(kept.vault, kept.school, sha256)
    lay(sha256, whole_file[:-1] + b"?")
    assert await verify_all(kept.db, kept.vault, kept.school) == [sha256]
    for reading in (read, lambda *which: copy_out(*which, tmp_path / "out")):
        with pytest.raises(Refused) as refused:
            reading(kept.vault, kept.school, sha256)
        assert (refused.value.refusal.code.value, refused.value.refusal.found) == ("file_lost", "SHA-256")
    assert list(tmp_path.glob("out*")) == []
    sent = b""
    pieces = await opened(kept.vault, kept.school, sha256, size)
    assert pieces is not None
    with pytest.raises(Damaged):
        async for piece in pieces:
            sent += piece
    assert len(sent) < size
    lay(sha256, b"shorter")
    assert await opened(kept.vault, kept.school, sha256, size) is None


_WRITER = """
import sys
sys.path[:0] = [sys.argv[1]]
from pathlib import Path
from records.files.draft import Draft
from records.files.local import LocalShelf
from tests.records.files.s3_server import reached
shelf = reached(int(sys.argv[3])) if sys.argv[3] != "0" else LocalShelf(Path(sys.argv[2]))
number = 0
while True:
    draft = Draft(Path(sys.argv[2]) / sys.argv[4] / "drafts")
    draft.add([(b"%d " % number) * (30_000 if number % 3 else 2_000_000)])
    shelf.settle(draft)
    shelf.keep(sys.argv[4], draft)
    print(draft.sha256, flush=True)
    draft.drop()
    number += 1
"""


async def test_a_killed_writer_leaves_all_that_it_acknowledged_and_nothing_half(
    kept: World, request: pytest.FixtureRequest
) -> None:
    port = request.getfixturevalue("s3").port if kept.vault.shelf is not None else 0
    argv = [sys.executable, "-c", _WRITER, str(Path.cwd()), str(kept.vault.files), str(port), kept.school]
    writer = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(random.Random(5).randrange(4, 12))]
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    acknowledged += writer.stdout.read().split()
    shelf = shelf_of(kept.vault)
    stand = list(shelf.names(kept.school))
    assert set(acknowledged) <= set(stand) and len(stand) <= len(acknowledged) + 1
    assert lost(kept.vault, kept.school, stand) == []


@pytest.mark.clause("規§5.3.1")
async def test_a_full_disk_is_told_and_keeps_nothing(world: World) -> None:
    """A limit of this process stands for the disk's end."""
    uploads, data = Uploads(world.db, world.vault), pdf("full", 2 * MIB)
    begun = await uploads.begin(world.school, world.students[0], len(data))
    given = (world.school, world.students[0], begun.id)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, limits[1]))
    try:
        for asked in (
            lambda: put(world.db, world.vault, world.school, data),
            lambda: uploads.append(*given, 0, _pieces(data), taken=TAKEN),
        ):
            with pytest.raises(Refused) as refused:
                await asked()
            assert (refused.value.refusal.code.value, refused.value.refusal.found) == ("files_away", "EFBIG")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert _drafts(world) == [] and list(shelf_of(world.vault).names(world.school)) == []
    again = await uploads.append(
        *given, (await uploads.stands(*given, taken=TAKEN)).received, _pieces(data), taken=TAKEN
    )
    assert read(world.vault, world.school, str(again.sha256)) == data


def _away(world: World) -> S3Shelf:
    """A store behind a port where nobody listens."""
    return reached(9)


@pytest.mark.clause("規§5.3.1")
async def test_a_store_that_is_away_is_told_and_loses_nothing(world: World) -> None:
    there = world.vault
    file = await world.file(pdf("before"))
    assert (await world.upload(world.students[0], files=[file])).accepted
    gone = dataclasses.replace(there, shelf=_away(world))
    for asked in (
        lambda: put(world.db, gone, world.school, pdf("while away")),
        lambda: verify_all(world.db, gone, world.school),
        lambda: opened(gone, world.school, file["sha256"], file["size"]),
    ):
        with pytest.raises(Refused) as refused:
            await asked()
        told = refused.value.refusal
        assert (told.code.value, told.clause, told.found) == ("files_away", "規§5.3.1", "no answer")
    async with world.db.transaction(world.school) as c:
        with pytest.raises(ShelfAway):
            await put_in(c, gone, world.school, b"a,b\n", media_type="text/csv")
    assert _drafts(world) == []
    assert await world.value("select count(*) from stored_file where school = $1") == 1
    assert await verify_all(world.db, there, world.school) == []
    await put(world.db, there, world.school, pdf("while away"))


@pytest.mark.clause("規§5.3.1")
async def test_a_resumed_upload_waits_until_the_store_is_back(world: World) -> None:
    data, there = pdf("resumed"), world.vault
    uploads = Uploads(world.db, dataclasses.replace(there, shelf=_away(world)))
    begun = await uploads.begin(world.school, world.students[0], len(data))
    given = (world.school, world.students[0], begun.id)
    for attempt in (
        lambda: uploads.append(*given, 0, _pieces(data), taken=TAKEN),
        lambda: uploads.stands(*given, taken=TAKEN),
    ):
        with pytest.raises(Refused) as refused:
            await attempt()
        assert refused.value.refusal.code.value == "files_away"
    back = await Uploads(world.db, there).stands(*given, taken=TAKEN)
    assert back.sha256 is not None and read(there, world.school, back.sha256) == data


@pytest.mark.e2e
@pytest.mark.parametrize("config", [{"secret_access_key": "another"}, {"access_key_id": "nobody"}])
async def test_wrong_keys_are_told_as_the_store_s(world: World, s3: S3Server, config: dict[str, str]) -> None:
    barred = dataclasses.replace(world.vault, shelf=reached(s3.port, **config))
    with pytest.raises(Refused) as refused:
        await put(world.db, barred, world.school, pdf("barred"))
    assert (refused.value.refusal.code.value, refused.value.refusal.found) == ("files_away", "403 Forbidden")


_SENDER = """
import sys
sys.path[:0] = [sys.argv[1]]
from pathlib import Path
from records.files.draft import Draft
from tests.records.files.s3_server import reached
draft = Draft.over(Path(sys.argv[2]))
reached(int(sys.argv[3])).keep(sys.argv[4], draft)
"""


@pytest.mark.e2e
@pytest.mark.parametrize("size", [4 * MIB, 12 * MIB], ids=["in one request", "in parts"])
@pytest.mark.parametrize("end", ["killed", "line cut"])
async def test_an_upload_that_stops_in_the_middle_leaves_nothing_visible(
    world: World, s3: S3Server, size: int, end: str
) -> None:
    """The file is brought again afterwards and stands there whole."""
    shelf, draft = reached(s3.port), _draft(world, size)
    line = Line(s3.port, limit=size * 2 // 3)
    argv = [sys.executable, "-c", _SENDER, str(Path.cwd()), str(draft.path), str(line.port), world.school]
    sender = subprocess.Popen(argv, stderr=subprocess.PIPE)
    try:
        assert line.stalled.wait(30)
        if end == "killed":
            os.kill(sender.pid, signal.SIGKILL)
        line.cut()
        assert sender.wait(60) != 0
    finally:
        sender.kill()
        line.cut()
    assert shelf.size(world.school, draft.sha256) is None and list(shelf.names(world.school)) == []
    shelf.keep(world.school, draft)
    assert sum(map(len, whole(shelf, world.school, draft.sha256))) == size


def _draft(world: World, size: int) -> Draft:
    draft = draft_in(world.vault, world.school)
    draft.add([b"%PDF-", random.Random(size).randbytes(size - 5)])
    return draft


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def _drafts(world: World) -> list[Path]:
    folder = world.vault.files / world.school / "drafts"
    return list(folder.iterdir()) if folder.exists() else []


async def test_a_check_tells_lost_files_from_strangers(kept: World, lay: Plant) -> None:
    sound, changed = [(await kept.file(pdf(n)))["sha256"] for n in range(2)]
    stranger = hashlib.sha256(b"never answered").hexdigest()
    lay(changed, b"changed")
    lay(stranger, b"never answered")
    found = await check_all(kept.db, kept.vault, kept.school)
    assert (found.files, found.lost, found.unregistered) == (2, [changed], [stranger])
    assert read(kept.vault, kept.school, sound)
