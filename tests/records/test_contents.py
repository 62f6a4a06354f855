"""What a file is and carries is told by its content; whatever else it is, it is refused and nothing is kept."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import threading
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from demo.media import variant
from records.files.checking import CHECKS
from records.files.kinds import TAKEN
from records.files.pdf_check import READER, PdfReader
from records.files.store import put
from rules.refusals import Refused
from tests.records.builders import World, packed_zeros, pdf

ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as _archive:
    _archive.writestr("a.txt", "x")
PAGE = b"<html><script>alert(1)</script></html>"


def made(change: object = None, **save: object) -> bytes:
    """A PDF of one page with something more in it."""
    document = pikepdf.new()
    document.add_blank_page()
    if callable(change):
        change(document)
    out = io.BytesIO()
    document.save(out, **save)  # type: ignore[arg-type]
    return out.getvalue()


def _script(d: pikepdf.Pdf) -> None:
    d.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _named_script(d: pikepdf.Pdf) -> None:
    d.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array()))


def _hidden_script(d: pikepdf.Pdf) -> None:
    d.pages[0].AA = Dictionary(O=Dictionary(S=Name.GoTo, Next=Array([Dictionary(S=Name.JavaScript, JS=String("1"))])))


def _launch(d: pikepdf.Pdf) -> None:
    d.Root.OpenAction = Dictionary(S=Name.Launch, F=String("calc.exe"))


def _send(d: pikepdf.Pdf) -> None:
    d.pages[0].Annots = Array([Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F=String("x")))])


def _attach(d: pikepdf.Pdf) -> None:
    d.attachments["x.txt"] = b"hello"


def _bomb(d: pikepdf.Pdf) -> None:
    d.pages[0].Contents = pikepdf.Stream(d, packed_zeros(300), Filter=Name.FlateDecode)


def _bomb_in_bomb(d: pikepdf.Pdf) -> None:
    packed = zlib.compress(packed_zeros(300), 9)
    d.pages[0].Contents = pikepdf.Stream(d, packed, Filter=Array([Name.FlateDecode, Name.FlateDecode]))


def _large_picture(d: pikepdf.Pdf) -> None:
    d.Root.P = pikepdf.Stream(d, b"", Subtype=Name.Image, Width=100_000, Height=100_000)


def _no_page(d: pikepdf.Pdf) -> None:
    del d.pages[0]


LOCKED = made(encryption=pikepdf.Encryption(owner="o", user="u"))
PNG, JPG, MP3, MP4 = (variant(kind, 1) for kind in ("png", "jpg", "mp3", "mp4"))
REFUSED = {
    "a PDF with a password": (LOCKED, "pdf_protected"),
    "a script when it opens": (made(_script), "pdf_script"),
    "a script by name": (made(_named_script), "pdf_script"),
    "a script behind another action": (made(_hidden_script), "pdf_script"),
    "a script in an object stream": (made(_script, object_stream_mode=pikepdf.ObjectStreamMode.generate), "pdf_script"),
    "a program to start": (made(_launch), "pdf_launch"),
    "a form that sends": (made(_send), "pdf_launch"),
    "a file attached": (made(_attach), "pdf_attachment"),
    "a zip bomb in a PDF": (made(_bomb), "file_expands"),
    "a zip bomb in a zip bomb": (made(_bomb_in_bomb, compress_streams=False), "file_expands"),  # as it was packed
    "a picture larger than any": (made(_large_picture), "file_expands"),
    "a PDF without a page": (made(_no_page), "file_damaged"),
    "a PDF with a broken table": (pdf(1).replace(b"startxref\n0", b"startxref\n9"), "file_damaged"),
    "a PDF without its end": (pdf(1)[:-30], "file_truncated"),
    "a PDF and an archive": (pdf(1) + ZIP.getvalue(), "file_mixed"),
    "a PDF behind something": (b"GIF89a" + pdf(1), "file_mixed"),
    "nothing": (b"", "file_empty"),
    "zeros": (bytes(500), "file_type"),
    "a program": (b"MZ" + bytes(300), "file_type"),
    "a page": (PAGE, "file_type"),
    "a picture without its end": (PNG[:-5], "file_truncated"),
    "a picture with a wrong byte": (PNG[:60] + b"\x55" + PNG[61:], "file_damaged"),
    "a picture and an archive": (PNG + ZIP.getvalue(), "file_mixed"),
    "a photograph without its end": (JPG[:-40], "file_truncated"),
    "a photograph and an archive": (JPG + ZIP.getvalue(), "file_mixed"),
    "a photograph and a page": (JPG + PAGE, "file_mixed"),
    "a film without its end": (MP4[: len(MP4) // 2], "file_truncated"),
    "sound that is none": (b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"x" * 400, "file_damaged"),
}


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize("what", REFUSED)
async def test_it_is_refused_with_its_own_message_and_nothing_is_kept(world: World, what: str) -> None:
    data, code = REFUSED[what]
    for _ in range(2):  # the second time from memory
        with pytest.raises(Refused) as refused:
            await put(world.db, world.vault, world.school, data, taken=TAKEN)
        told = refused.value.refusal
        assert told.code.value == code
        shown = told.shown()
        assert told.clause == "規§5.3.1" and told.place == "file"
        assert all(shown[k] for k in ("message", "message_en", "remedy", "remedy_en")), shown
    assert await world.rows("select 1 from stored_file where school = $1") == []
    assert [p for p in (world.vault.files / world.school).rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("kind", ["pdf", "jpg", "png", "mp3", "mp4"])
async def test_sound_files_of_every_kind_are_taken(world: World, kind: str) -> None:
    stored = await put(world.db, world.vault, world.school, variant(kind, 5), taken=TAKEN)
    assert stored.media_type in TAKEN


async def test_what_word_processors_write_is_no_fault(world: World) -> None:
    def goto(d: pikepdf.Pdf) -> None:
        d.Root.OpenAction = Array([d.pages[0].obj, Name.Fit])
        d.pages[0].Annots = Array([Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://x.tw")))])

    for data in (made(goto), made(goto, linearize=True), made(encryption=pikepdf.Encryption(owner="o", user=""))):
        await put(world.db, world.vault, world.school, data, taken=TAKEN)


@pytest.mark.clause("規§6.3.1")
async def test_staff_bring_tables_and_texts_and_students_do_not(world: World) -> None:
    table = io.BytesIO()
    with zipfile.ZipFile(table, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "x")
    for data, kind in (
        (table.getvalue(), "spreadsheetml.sheet"), ("名冊,姓名\n".encode("cp950"), "text/plain"), (ZIP.getvalue(), "application/zip"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            await put(world.db, world.vault, world.school, data, taken=TAKEN)
        assert refused.value.refusal.code.value == "file_type"
        assert (await put(world.db, world.vault, world.school, data)).media_type.endswith(kind)
    with pytest.raises(Refused) as refused:  # a type is no fault of the bytes, it depends on who brings them
        await put(world.db, world.vault, world.school, table.getvalue(), taken=TAKEN)
    assert refused.value.refusal.code.value == "file_type"


async def test_the_same_bytes_are_looked_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    real = PdfReader.fault_of
    monkeypatch.setattr(PdfReader, "fault_of", lambda self, path: (asked.append(path), real(self, path))[1])
    for data in (pdf("a"), pdf("a"), made(_script), pdf("a"), pdf("b")):
        try:
            await put(world.db, world.vault, world.school, data)
        except Refused as refused:
            assert refused.refusal.code.value == "pdf_script"
    assert len(asked) == 3
    assert await world.value("select count(*) from file_check where school = $1 and checks = $2", CHECKS) == 3


async def test_a_reader_that_was_killed_is_started_again(world: World) -> None:
    await put(world.db, world.vault, world.school, pdf("before"))
    assert READER._idle
    for process in READER._idle:
        os.kill(process.pid, signal.SIGKILL)
    await put(world.db, world.vault, world.school, pdf("after"))


async def test_without_a_reader_nothing_is_taken_and_nothing_remembered(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "broken.py"
    program.write_text("raise SystemExit(1)")
    monkeypatch.setattr("records.files.checking.READER", PdfReader(program))
    with pytest.raises(Refused) as refused:
        await put(world.db, world.vault, world.school, pdf("c"))
    assert refused.value.refusal.code.value == "file_unchecked"
    assert await world.rows("select 1 from file_check where school = $1") == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [("os.kill(os.getpid(), signal.SIGSEGV)", "file_damaged"), ("bytearray(2 << 30)", "file_expands"),
     ("exec('while True: pass')", "file_expands")],
)  # fmt: skip
def test_a_reader_that_crashes_or_runs_away_is_the_file_s_fault(fault: str, code: str) -> None:
    line = (
        "import os, signal; from records.files import pdf_child as c; c.SECONDS = 1; c.WAITED = 3;"
        f"c.check = lambda path: {fault} or {{}}; print(c._one('x'))"
    )
    told = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True, timeout=20)
    assert f"'{code}'" in told.stdout


def test_the_reader_opens_no_connection_writes_no_file_and_starts_no_program(tmp_path: Path) -> None:
    line = f"""
import os, socket
from records.files import pdf_child as c
c._limit()
for name, deed in (("connect", lambda: socket.socket()), ("start", lambda: os.execv("/bin/true", ["true"])),
                   ("write", lambda: open({str(tmp_path / "x")!r}, "wb", buffering=0).write(b"x"))):
    try:
        deed(); print(name, "was possible")
    except OSError as error:
        print(name, error.errno)
"""
    told = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, timeout=20)
    assert told.stdout.split() == ["connect", "1", "start", "1", "write", "27"]


async def test_many_at_once_wait_for_one_reader(world: World) -> None:
    done = await asyncio.gather(*(put(world.db, world.vault, world.school, pdf(f"m{n}")) for n in range(8)))
    assert len({d.sha256 for d in done}) == 8


def test_a_document_that_takes_its_time_holds_nobody_else_up(tmp_path: Path) -> None:
    program, enough = tmp_path / "reader.py", tmp_path / "slow"
    program.write_text(
        "import json, os, sys, time\n"
        "for path in map(json.loads, sys.stdin):\n"
        "    while path.endswith('slow') and not os.path.exists(path): time.sleep(0.01)\n"
        "    print('{}', flush=True)\n"
    )
    reader = PdfReader(program, at_once=2)
    slow = threading.Thread(target=reader.fault_of, args=(enough,))
    slow.start()
    try:
        assert [reader.fault_of(tmp_path / "quick") for _ in range(3)] == [None] * 3 and slow.is_alive()
    finally:
        enough.touch()
        slow.join()
        reader.close()
