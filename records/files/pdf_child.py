"""records: the limited process that opens PDFs, in forks that end with the first fault or after `FILES` files.

Started by pdf_check.py as a program of its own; a line in is a path, a line out is what was found. Each fork has
a limit of memory, each file one of computing time; a fork writes no file, opens no connection, starts no program.
What a PDF may not carry: a password, damage, a script, an action that reaches outside, a file, a bomb. 規§5.3.1
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import resource
import select
import signal
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

MEMORY = 1 << 30
"""Bytes of address space of one check."""
SECONDS = 5
"""Computing time of one check; `WAITED` is the time on the clock."""
WAITED = 10
FILES = 64
"""Sound files that one fork reads; a fresh process a file would cost more than reading it."""
DECODED = 256 << 20
"""Bytes that all streams of a document may unfold to together."""
PIXELS = 1 << 28
OBJECTS = 200_000
DEPTH = 60

_SCRIPTS = {"/JavaScript", "/Rendition"}
_REACHING = {"/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR"}
_CALLS = {  # socket, connect, execve, execveat, ptrace
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117)),
}


class Found(Exception):
    """What a document carries that is not taken: code, found, limit."""

    def __init__(self, code: str, found: str = "", limit: str = "") -> None:
        super().__init__(code)
        self.told = {"code": code, "found": found, "limit": limit}


def check(path: str) -> dict[str, str]:
    """The first fault of a PDF as `{code, found, limit}`, or an empty object."""
    try:
        with pikepdf.open(path, attempt_recovery=False, suppress_warnings=True) as document:
            _walk(document)
    except Found as found:
        return found.told
    except pikepdf.PasswordError:
        return {"code": "pdf_protected"}
    except MemoryError:
        return {"code": "file_expands", "found": "memory", "limit": f"{MEMORY >> 20} MiB"}
    except (pikepdf.PdfError, pikepdf.DataDecodingError, RecursionError, ValueError, TypeError, RuntimeError) as error:
        if "bad_alloc" in str(error):
            return {"code": "file_expands", "found": "memory", "limit": f"{MEMORY >> 20} MiB"}
        return {"code": "file_damaged", "found": type(error).__name__}
    return {}


def _walk(document: pikepdf.Pdf) -> None:
    pages = len(document.pages)
    if not pages:
        raise Found("file_damaged", "0 pages", "1 page")
    if len(document.objects) > OBJECTS:
        raise Found("file_expands", f"{len(document.objects)} objects", f"{OBJECTS}")
    names = document.Root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        if "/JavaScript" in names:
            raise Found("pdf_script", "/Names/JavaScript")
        if "/EmbeddedFiles" in names:
            raise Found("pdf_attachment", "/Names/EmbeddedFiles")
    unfolded = 0
    for number, thing in enumerate(document.objects, start=1):
        for part in _parts(thing):
            _judge(part, number)
        if isinstance(thing, pikepdf.Stream):
            unfolded = _unfold(thing, unfolded)


def _parts(thing: Any, depth: int = 0) -> Iterator[Any]:
    """A dictionary and the direct ones inside it; what it refers to is an object of its own."""
    if depth > DEPTH:
        raise Found("file_damaged", "nested", f"{DEPTH}")
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        yield thing
        inside = [v for _, v in (thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing).items()]
    elif isinstance(thing, pikepdf.Array):
        inside = list(thing)
    else:
        return
    for value in inside:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            yield from _parts(value, depth + 1)


def _judge(part: Any, number: int) -> None:
    action, kind = str(part.get("/S", "")), str(part.get("/Type", ""))
    if action in _SCRIPTS or "/JS" in part or "/XFA" in part:
        raise Found("pdf_script", f"object {number}")
    if action in _REACHING:
        raise Found("pdf_launch", f"object {number} {action}")
    shown = str(part.get("/Subtype", ""))
    if (
        shown in ("/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/3D")
        or "/EF" in part
        or kind == "/EmbeddedFile"
    ):
        raise Found("pdf_attachment", f"object {number}")
    if shown == "/Image":
        pixels = int(part.get("/Width", 0)) * int(part.get("/Height", 0))
        if pixels > PIXELS:
            raise Found("file_expands", f"{pixels} pixels", f"{PIXELS} pixels")


def _unfold(stream: pikepdf.Stream, before: int) -> int:
    """Bytes unfolded so far with this stream's; Flate is counted as it runs, never held."""
    filters = stream.get("/Filter")
    if filters is None:
        return before
    names = [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    flates = 0
    for name in names:
        if name not in ("/FlateDecode", "/Fl"):
            break
        flates += 1
    if flates:
        return _flate(stream.read_raw_bytes(), flates, before)
    if names[0] in ("/LZWDecode", "/LZW", "/RunLengthDecode", "/RL", "/ASCIIHexDecode", "/ASCII85Decode"):
        before += len(stream.read_bytes())
        if before > DECODED:
            raise Found("file_expands", f"> {DECODED >> 20} MiB", f"{DECODED >> 20} MiB")
    return before


def _flate(raw: bytes, times: int, before: int) -> int:
    unfold = [zlib.decompressobj() for _ in range(times)]

    def feed(data: bytes, level: int) -> None:
        nonlocal before
        while data:
            out = unfold[level].decompress(data, 1 << 18)
            data = unfold[level].unconsumed_tail
            before += len(out)
            if before > DECODED:
                raise Found("file_expands", f"> {DECODED >> 20} MiB", f"{DECODED >> 20} MiB")
            if level + 1 < times:
                feed(out, level + 1)
            if not out and not data:
                return

    # A page with a broken stream shows nothing, and harms nobody; readers pass over it.
    with contextlib.suppress(zlib.error):
        feed(raw, 0)
    return before


def _limit() -> None:
    """Let this process have little: memory, no file written, no connection, no program."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    close_the_outside()


def _limit_time() -> None:
    """Let this process compute for so many seconds more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + SECONDS, resource.RLIM_INFINITY))


def close_the_outside() -> bool:
    """Have the kernel refuse sockets and programs to this process for good; False where it cannot."""
    known = _CALLS.get(platform.machine())
    if not sys.platform.startswith("linux") or known is None:
        return False
    arch, calls = known
    program = [(0x20, 0, 0, 4), (0x15, 1, 0, arch), (0x06, 0, 0, 0x80000000), (0x20, 0, 0, 0)]
    program.append((0x35, len(calls), 0, 0x40000000))  # x86's other numbering is no way around
    program += [(0x15, len(calls) - n, 0, call) for n, call in enumerate(calls)]
    program += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050001)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))

    class _Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    given = _Program(len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0):  # no new privileges
        return False
    return bool(libc.prctl(22, 2, ctypes.byref(given), 0, 0) == 0)


@dataclass(slots=True)
class _Reader:
    """A limited fork: it reads file after file until one of them has a fault, or it has read enough."""

    pid: int
    to: int
    back: int
    left: int = FILES


_readers: list[_Reader] = []
"""The fork of now, or none."""


def _fork() -> _Reader:
    (take, to), (back, give) = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(to)
        os.close(back)
        _read_on(take, give)
    os.close(take)
    os.close(give)
    return _Reader(pid, to, back)


def _read_on(take: int, give: int) -> None:
    """The fork's whole life."""
    try:
        _limit()
        while path := os.read(take, 8192).decode():
            _limit_time()
            try:
                told = check(path)
            except MemoryError:
                told = {"code": "file_expands", "found": "memory", "limit": f"{MEMORY >> 20} MiB"}
            os.write(give, json.dumps(told).encode())
    finally:
        os._exit(0)


def _one(path: str) -> dict[str, str]:
    """Check one file; what kills the fork is the file's fault. A fork that saw a fault reads no other file."""
    if not _readers:
        _readers.append(_fork())
    reader = _readers[0]
    os.write(reader.to, path.encode())
    ready, _, _ = select.select([reader.back], [], [], WAITED)
    told = os.read(reader.back, 8192) if ready else b""
    reader.left -= 1
    answer: dict[str, str] = json.loads(told) if told else {}
    if told and not answer and reader.left > 0:
        return answer
    _readers.clear()
    if not ready or told:
        os.kill(reader.pid, signal.SIGKILL)
    os.close(reader.to)
    os.close(reader.back)
    _, status = os.waitpid(reader.pid, 0)
    if told:
        return answer
    if not ready or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        return {"code": "file_expands", "found": "time", "limit": f"{SECONDS} s"}
    return {"code": "file_damaged", "found": "reader ended"}


def main() -> None:
    """Answer path after path until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        print(json.dumps(_one(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
