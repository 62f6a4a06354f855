"""records: what a PDF carries, asked of a limited process that lives as long as we do (pdf_child.py).

The file never enters our memory; a reader that crashes is the file's fault, never ours. 規§5.3.1
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from records.files.findings import Fault
from rules.refusals import Code

_PROGRAM = Path(__file__).with_name("pdf_child.py")


class PdfReader:
    """One limited process, started at the first question; questions wait for each other."""

    def __init__(self, program: Path = _PROGRAM) -> None:
        self._program = program
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def fault_of(self, path: Path) -> Fault | None:
        """Why a PDF is refused, or None. `file_unchecked` where no reader can be had; nothing is stored then."""
        with self._lock:
            for _ in range(2):
                told = self._ask(path)
                if told is not None:
                    break
                self.close()
            else:
                return Fault(Code.FILE_UNCHECKED, found="reader")
        return Fault(Code(told["code"]), told.get("found", ""), told.get("limit", "")) if told else None

    def close(self) -> None:
        """End the process; the next question starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def _ask(self, path: Path) -> dict[str, str] | None:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(self._program)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd="/",
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                start_new_session=True,
            )
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(str(path.resolve())) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            found: dict[str, str] | None = json.loads(line) if line else None
        except (OSError, ValueError):
            return None
        return found


READER = PdfReader()
atexit.register(READER.close)
