"""Log lines: JSON, readable Chinese, no identity number, no text of an exception."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from runtime.log import mask
from runtime.servers.worker import ROOT

PROGRAM = """
import logging, structlog
from runtime.log import set_up_logging
set_up_logging()
log = structlog.get_logger()
log.info("件已收", school="000000", note="學生 A123456789", deep={"ids": ["AB12345678", 7]})
try:
    raise ValueError("王小明 A123456789")
except ValueError:
    log.exception("step.failed", key="open g1")
    logging.getLogger("asyncio").error("Task exception of a123456789", exc_info=True)
    logging.getLogger("temporalio.activity").warning("Completing activity as failed", exc_info=True)
logging.getLogger("asyncpg.pool").error("Failed to restore the pool connection floor (now 3)")
logging.getLogger("temporalio.core").warning("core says", extra={"temporal_log": object()})
"""


def lines_of(program: str) -> tuple[list[dict[str, object]], str, str]:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stderr.splitlines()], done.stdout, done.stderr


def test_every_event_is_one_json_line_on_standard_error() -> None:
    lines, out, text = lines_of(PROGRAM)
    assert out == ""
    assert [line["event"] for line in lines] == [
        "件已收", "step.failed", "Task exception of <id-masked>", "core says",
    ]  # fmt: skip
    assert "件已收" in text and "\x1b" not in text
    assert all({"level", "timestamp"} <= line.keys() for line in lines)


def test_no_line_holds_an_identity_number_or_the_text_of_an_exception() -> None:
    lines, _, text = lines_of(PROGRAM)
    assert "123456789" not in text.upper().replace("<ID-MASKED>", "") and "王小明" not in text
    assert lines[0]["deep"] == {"ids": ["<id-masked>", 7]}
    assert lines[1]["error"] == "ValueError" and lines[1]["at"]
    assert lines[2]["error"] == "ValueError"


@pytest.mark.parametrize("number", ["A123456789", "A223456789", "A823456789", "A923456789", "FA12345678", "a123456789"])
def test_national_and_resident_numbers_are_masked(number: str) -> None:
    assert mask(f"證號{number}、期限") == "證號<id-masked>、期限"


@pytest.mark.parametrize("text", ["115-1", "A1234567890", "semester/000000/115-1", "XA123456789", "a123456789bcdef0"])
def test_other_words_stand(text: str) -> None:
    assert mask(text) == text


def test_the_engines_own_lines_come_through_our_logger() -> None:
    program = """
import asyncio
from runtime.log import set_up_logging
from runtime.engine import EngineAway, connect
set_up_logging("WARNING")
async def main():
    try:
        await connect("127.0.0.1:1", "default", bytes(32), within=0.2)
    except EngineAway as error:
        print(error)
asyncio.run(main())
"""
    _, out, text = lines_of(program)
    assert out == "no Temporal server answers at 127.0.0.1:1 within 0.2 s\n"
    assert "\x1b" not in text


def test_a_line_before_the_set_up_goes_to_standard_error_too() -> None:
    program = "from runtime.servers.supervisor import log; log.warning('supervisor.died', part='worker')"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "" and "supervisor.died" in done.stderr
