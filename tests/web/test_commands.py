"""Items over HTTP: a signed ticket, a key, one JSON object; the answer is the command line's. 規§5.3.1, 規§5.3.2"""

from __future__ import annotations

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from records.seam import parse
from rules.refusals import Code
from rules.refusals.said import said as said_of
from tests.records.builders import COURSE, LANE, pdf
from tests.web.conftest import Web
from web.commands import OPEN


def do(web: Web, who: UUID | str | None, name: str, body: Any, key: str | None = "k") -> tuple[int, Any]:
    """One command; its status and its answer. A person comes with a ticket for commands."""
    ticket = web.ticket(who, acts=True) if isinstance(who, UUID) else who
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, _, got = web.call("POST", f"/commands/{name}", sent, ticket, Idempotency_Key=key)
    return status, json.loads(got)


def brought(web: Web, who: UUID, mark: str) -> dict[str, Any]:
    """A file brought by the same server, as part of a command."""
    data = pdf(mark)
    status, headers, body = web.patch(web.begin(who, len(data)), who, 0, data)
    assert status == 204, body
    return {
        "role": "document", "sha256": headers["licheng-sha256"], "size": len(data), "media_type": "application/pdf",
        "file_name": "成果.pdf",
    }  # fmt: skip


def outcome(*files: dict[str, Any]) -> dict[str, Any]:
    """An outcome of the first course."""
    return {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "觀察", "files": list(files)}


@pytest.mark.clause("規§5.3.1")
def test_a_student_brings_a_file_and_hands_it_in_and_has_the_proof_again_by_the_same_key(web: Web) -> None:
    me = web.world.students[0]
    body = outcome(brought(web, me, "mine"))
    status, first = do(web, me, "upload", body)
    assert status == 200 and first["accepted"] and len(first["proof"]["sha256"]) == 64
    status, again = do(web, me, "upload", body)
    assert status == 200 and again["repeated"] and again["proof"] == first["proof"]
    status, other = do(web, me, "upload", body | {"summary": "別的"})
    assert (status, other["refusal"]["code"]) == (422, "key_reused")
    status, asked = do(web, me, "request_certification", {"item": first["proof"]["item"]}, "ask")
    assert status == 200 and asked["proof"]["state"] == "certification_requested"
    status, decided = do(web, web.world.teacher, "certify", {"item": first["proof"]["item"]}, "certify")
    assert status == 200 and decided["proof"]["state"] == "certified"
    status, denied = do(web, web.world.students[1], "withdraw", {"item": first["proof"]["item"]}, "not-mine")
    assert (status, denied["refusal"]["code"]) == (422, "not_yours")


@pytest.mark.clause("規§5.3.1")
async def test_a_class_that_hands_in_at_one_moment_is_taken_each_once(web: Web) -> None:
    students = web.world.students[2:]
    files = {who: brought(web, who, f"class {who}") for who in students}

    def hand_in(who: UUID, n: int) -> tuple[int, Any]:
        return do(web, who, "upload", outcome(files[who]), f"class-{n // 2}")  # each clicked twice

    with ThreadPoolExecutor(16) as hands:
        loop = asyncio.get_running_loop()
        clicks = [(who, n) for who in students for n in range(6)]
        given = await asyncio.gather(*(loop.run_in_executor(hands, hand_in, who, n) for who, n in clicks))
    assert {status for status, _ in given} == {200}
    proofs = {answer["proof"]["sha256"] for _, answer in given}
    assert len(proofs) == len(students) * 3
    used = await web.world.rows("select used from quota_use where school = $1 and person = any($2)", students)
    assert [r["used"] for r in used] == [3] * len(students)


@pytest.mark.clause("規§5.0")
def test_only_a_ticket_for_commands_acts(web: Web) -> None:
    me = web.world.students[1]
    late = web.ticket(me, seconds=-1, acts=True)
    for ticket, found in ((None, "none"), (web.ticket(me), "files only"), (late, "expired"), ("x.y", "form")):
        status, said = do(web, ticket, "withdraw", {"item": "x"})
        assert (status, said["refusal"]["code"], said["refusal"]["found"]) == (
            401, "ticket_invalid", said_of(Code.TICKET_INVALID, found),
        )  # fmt: skip


@pytest.mark.clause("規§5.0")
@pytest.mark.parametrize("name", ["no_such", "start_year", "extend", "register_person", "x" * 500])
def test_what_offices_do_has_no_door_here(web: Web, name: str) -> None:
    status, said = do(web, web.world.teacher, name, {})
    assert (status, said["refusal"]["code"]) == (404, "not_found")
    assert "upload" in said["refusal"]["limit"] and "start_year" not in said["refusal"]["limit"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"null", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused_and_nothing_is_kept(web: Web, body: bytes) -> None:
    status, said = do(web, web.world.students[1], "upload", body)
    assert (status, said["refusal"]["code"], said["refusal"]["place"]) == (400, "bad_request", "body")


def test_a_body_beyond_any_use_is_not_read_to_its_end(web: Web) -> None:
    status, said = do(web, web.world.students[1], "upload", b" " * 1_100_000)
    assert (status, said["refusal"]["limit"]) == (400, "1048576 bytes")


@pytest.mark.parametrize("key", [None, "k" * 201, "two words"])
def test_a_command_without_a_usable_key_is_refused(web: Web, key: str | None) -> None:
    status, said = do(web, web.world.students[1], "upload", {}, key)
    assert (status, said["refusal"]["place"]) == (400, "Idempotency-Key")


@pytest.mark.clause("規§5.3.1")
def test_a_refusal_says_place_limit_and_remedy_in_both_languages(web: Web) -> None:
    status, said = do(web, web.world.students[1], "upload", outcome() | {"period": "999-1", "course": "x"})
    refusal = said["refusal"]
    assert status == 422 and refusal["clause"] == "規§5.3.1" and LANE not in refusal["message"]
    assert all(refusal[k] for k in ("message", "message_en", "remedy", "remedy_en"))


def test_the_documented_bodies_are_commands_and_none_is_left_out() -> None:
    text = (Path(__file__).parents[2] / "docs" / "items.md").read_text(encoding="utf-8")
    bodies = re.findall(r"^\| `(\w+)`[^|]*\| `(\{.*\})` \|$", text, re.MULTILINE)
    assert {name for name, _ in bodies} == set(OPEN)
    for name, body in bodies:
        parse(name, json.loads(body.replace("<64>", "0" * 64)))
