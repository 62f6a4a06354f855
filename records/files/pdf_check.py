"""records: what a PDF carries, asked of limited processes that live as long as we do (pdf_child.py).

The file never enters our memory; a reader that crashes is the file's fault, never ours. 規§5.3.1
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from records.files.findings import Fault
from rules.refusals import Code

_PROGRAM = Path(__file__).with_name("pdf_child.py")
AT_ONCE = 2
"""Documents that are read at the same time; a county with more cores has more web processes, each with its own."""
_Process: TypeAlias = "subprocess.Popen[str]"


class PdfReader:
    """Some limited processes, each started when all before it are busy; a question gets one for itself.

    So a document that uses up its computing time does not hold up everybody's.
    """

    def __init__(self, program: Path = _PROGRAM, at_once: int = AT_ONCE) -> None:
        self._program = program
        self._idle: list[_Process] = []
        self._turns = threading.Semaphore(at_once)

    def fault_of(self, path: Path) -> Fault | None:
        """Why a PDF is refused, or None. `file_unchecked` where no reader can be had; nothing is stored then."""
        with self._turns:
            for _ in range(2):
                told = self._ask(str(path.absolute()))
                if told is not None:
                    return Fault(Code(told["code"]), told.get("found", ""), told.get("limit", "")) if told else None
        return Fault(Code.FILE_UNCHECKED, found="reader")

    def close(self) -> None:
        """End the idle processes; the next question starts another."""
        while self._idle:
            _end(self._idle.pop())

    def _ask(self, path: str) -> dict[str, str] | None:
        """What a reader says; None from one that is gone, which reads no other file."""
        try:
            process = self._idle.pop()
        except IndexError:
            process = _start(self._program)
        told = _told(process, path)
        if told is None:
            _end(process)
        else:
            self._idle.append(process)
        return told


def _start(program: Path) -> _Process:
    return subprocess.Popen(
        [sys.executable, "-I", str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd="/",
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        start_new_session=True,
    )


def _told(process: _Process, path: str) -> dict[str, str] | None:
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps(path) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        found: dict[str, str] | None = json.loads(line) if line else None
    except (OSError, ValueError):
        return None
    return found


def _end(process: _Process) -> None:
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


READER = PdfReader()
atexit.register(READER.close)
