"""Uploads over slow lines: they go on where the line broke, and what arrives is checked as any other file. 規§5.3.1"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import time
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import pytest

from cli.resumable import PART, send
from records.files.shelf import LARGEST
from records.files.stored import read
from rules.refusals import Refused
from tests.records.builders import MIB, pdf
from tests.web.conftest import Web

WHOLE = pdf("resumable", 3000)
CUTS = {
    "nothing": [0], "one byte": [1], "all but one": [2999], "all at once": [3000], "in the header": [4, 5, 8],
    "byte after byte": list(range(1, 12)), "halves": [1500], "the same place twice": [700, 700],
}  # fmt: skip


def code(body: bytes) -> str:
    """The code of a refusal that says everything in both languages."""
    shown = json.loads(body)["refusal"]
    assert shown["message"] and shown["message_en"] and shown["remedy"] and shown["remedy_en"]
    return str(shown["code"])


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize("cuts", CUTS.values(), ids=CUTS)
def test_an_upload_goes_on_at_every_place(web: Web, cuts: list[int]) -> None:
    me = web.world.students[0]
    path, at = web.begin(me, len(WHOLE)), 0
    for cut in [*cuts, len(WHOLE)]:
        status, headers, body = web.patch(path, me, at, WHOLE[at:cut])
        assert status == 204, body
        at = cut
        assert int(headers["upload-offset"]) == web.offset(path, me) == at
    assert headers["licheng-sha256"] == hashlib.sha256(WHOLE).hexdigest()
    assert web.call("HEAD", path, who=me)[1]["licheng-sha256"] == headers["licheng-sha256"]
    assert read(web.world.vault, web.world.school, headers["licheng-sha256"]) == WHOLE


def test_the_server_says_what_it_can(web: Web) -> None:
    status, headers, _ = web.call("OPTIONS", "/uploads")
    assert (status, headers["tus-version"], headers["tus-max-size"]) == (204, "1.0.0", str(LARGEST))
    assert set(headers["tus-extension"].split(",")) == {"creation", "checksum", "expiration", "termination"}


@pytest.mark.clause("規§10.2.2")
def test_a_killed_server_has_lost_nothing_that_it_acknowledged(web: Web) -> None:
    me = web.world.students[1]
    data = pdf("killed", 2 * MIB)
    path = web.begin(me, len(data))
    assert web.patch(path, me, 0, data[:1000])[0] == 204
    line = _half_a_patch(web, path, me, 1000, data[1000 : 1000 + MIB + 300_000], len(data) - 1000)
    for _ in range(100):
        if web.offset(path, me) > 1000:
            break
        time.sleep(0.05)
    web.kill()
    line.close()
    web.start()
    at = web.offset(path, me)
    assert 1000 < at <= 1000 + MIB + 300_000
    status, headers, body = web.patch(path, me, at, data[at:])
    assert status == 204, body
    assert headers["licheng-sha256"] == hashlib.sha256(data).hexdigest()


def test_what_arrived_before_the_line_broke_counts(web: Web) -> None:
    me = web.world.students[1]
    path = web.begin(me, len(WHOLE))
    line = _half_a_patch(web, path, me, 0, WHOLE[:1234], len(WHOLE))
    time.sleep(0.3)
    line.close()
    for _ in range(100):
        if web.offset(path, me) == 1234:
            break
        time.sleep(0.02)
    assert web.offset(path, me) == 1234
    assert web.patch(path, me, 1234, WHOLE[1234:])[0] == 204


def test_two_lines_do_not_write_the_same_upload(web: Web) -> None:
    me = web.world.students[1]
    path = web.begin(me, len(WHOLE))
    line = _half_a_patch(web, path, me, 0, WHOLE[:500], len(WHOLE))
    time.sleep(0.2)
    status, _, body = web.patch(path, me, 0, WHOLE)
    assert (status, code(body)) == (423, "upload_busy")
    line.close()


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_part_with_another_checksum_is_dropped(web: Web, algorithm: str) -> None:
    me = web.world.students[2]
    path = web.begin(me, len(WHOLE))
    right = base64.b64encode(hashlib.new(algorithm, WHOLE[:900]).digest()).decode()
    status, _, body = web.patch(path, me, 0, WHOLE[1:901], Upload_Checksum=f"{algorithm} {right}")
    assert (status, code(body), web.offset(path, me)) == (460, "upload_checksum", 0)
    assert web.patch(path, me, 0, WHOLE[:900], Upload_Checksum=f"{algorithm} {right}")[0] == 204
    assert web.patch(path, me, 900, WHOLE[900:])[0] == 204


def test_a_wrong_offset_is_refused_and_the_right_one_named(web: Web) -> None:
    me = web.world.students[2]
    path = web.begin(me, len(WHOLE))
    web.patch(path, me, 0, WHOLE[:10])
    for offset in (0, 9, 11, len(WHOLE)):
        status, _, body = web.patch(path, me, offset, WHOLE[offset:])
        assert (status, code(body)) == (409, "upload_offset")
        assert json.loads(body)["refusal"]["limit"] == "10"


def test_more_than_was_said_is_refused_and_less_is_not_whole(web: Web) -> None:
    me = web.world.students[2]
    path = web.begin(me, 100)
    status, _, body = web.patch(path, me, 0, WHOLE)
    assert (status, code(body), web.offset(path, me)) == (413, "file_size", 0)
    assert "licheng-sha256" not in web.patch(path, me, 0, WHOLE[:99])[1]


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"MZ" + bytes(200), "file_type"), ("文字".encode(), "file_type"), (WHOLE[:-60], "file_truncated")],
)
def test_a_whole_upload_is_checked_by_its_content(web: Web, data: bytes, expected: str) -> None:
    me = web.world.students[3]
    path = web.begin(me, len(data))
    status, _, body = web.patch(path, me, 0, data)
    assert (status, code(body)) == (422, expected)
    stays, headers, _ = web.call("HEAD", path, who=me)
    assert (stays, headers["licheng-refusal"]) == (422, expected)  # a HEAD has no body: its header says why
    assert list((web.world.vault.files / web.world.school / "uploads").glob(path.rsplit("/", 1)[1])) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Upload_Length": 0}, 422), ({"Upload_Length": LARGEST + 1}, 413), ({"Upload_Length": "many"}, 400), ({}, 400),
     ({"Upload_Length": "-5"}, 400), ({"Upload_Length": 5, "Tus_Resumable": "0.2"}, 412)],
)  # fmt: skip
def test_a_length_that_cannot_be_is_refused_before_a_byte_comes(web: Web, headers: dict[str, str], status: int) -> None:
    assert web.call("POST", "/uploads", who=web.world.students[3], **headers)[0] == status


def test_an_ended_upload_is_gone_and_another_s_never_was(web: Web) -> None:
    me, other = web.world.students[:2]
    path = web.begin(me, 100)
    assert web.call("HEAD", path, who=other)[0] == 410
    assert web.call("DELETE", path, who=other)[0] == 410
    assert web.call("DELETE", path, who=me)[0] == 204
    assert web.call("HEAD", path, who=me)[0] == 410


async def test_an_expired_upload_is_gone_and_a_ninth_unfinished_one_is_refused(web: Web) -> None:
    me = web.world.students[4]
    paths = [web.begin(me, 100) for _ in range(8)]
    status, _, body = web.call("POST", "/uploads", who=me, Upload_Length=100)
    assert (status, code(body)) == (429, "uploads_open")
    await web.world.rows(
        "update upload_session set expires_at = clock_timestamp() where school = $1 and id = $2",
        paths[0].rsplit("/", 1)[1],
    )
    assert web.call("HEAD", paths[0], who=me)[0] == 410
    assert web.begin(me, 100)


@pytest.mark.clause("規§5.0")
def test_nobody_is_believed_without_a_ticket(web: Web) -> None:
    me = web.world.students[0]
    good = web.ticket(me)
    for who in (None, "x", "a.b", good[:-2], "A" + good[1:], web.ticket(me, -1), web.ticket(uuid4())):
        status, headers, body = web.call("POST", "/uploads", who=who, Upload_Length=100)
        assert (status, code(body), headers["www-authenticate"]) == (401, "ticket_invalid", "Bearer")


@pytest.mark.clause("規§6.3.1")
def test_staff_may_bring_tables(web: Web) -> None:
    data = "學號,姓名\n".encode()
    path = web.begin(web.world.teacher, len(data))
    assert web.patch(path, web.world.teacher, 0, data)[1]["licheng-media-type"] == "text/plain"


def test_our_own_client_goes_on_after_a_restart_and_tells_a_refusal(web: Web, tmp_path: Path) -> None:
    me, data = web.world.students[5], pdf("client", MIB)
    file, notes = tmp_path / "作品.pdf", tmp_path / "notes"
    file.write_bytes(data)
    told: list[int] = []

    def stop(sent: int, _: int) -> None:
        told.append(sent)
        if len(told) == 2:
            raise KeyboardInterrupt

    address = f"127.0.0.1:{web.port}"
    with pytest.raises(KeyboardInterrupt):
        send(address, web.ticket(me), file, notes, tell=stop)
    web.kill()
    web.start()
    told.clear()
    sent = send(address, web.ticket(me), file, notes, tell=lambda at, _: told.append(at))
    assert sent.sha256 == hashlib.sha256(data).hexdigest() and sent.media_type == "application/pdf"
    assert told[0] >= PART and list(notes.iterdir()) == []
    file.write_bytes(b"MZ" + bytes(100))
    with pytest.raises(Refused) as refused:
        send(address, web.ticket(me), file, notes)
    assert refused.value.refusal.code.value == "file_type" and list(notes.iterdir()) == []


def _half_a_patch(web: Web, path: str, who: UUID, offset: int, data: bytes, length: int) -> socket.socket:
    """A PATCH of which only the beginning is sent; the line stays open."""
    line = socket.create_connection(("127.0.0.1", web.port))
    line.sendall(
        f"PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nAuthorization: Bearer {web.ticket(who)}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\nContent-Length: {length}\r\n\r\n".encode()
    )
    sender = Thread(target=line.sendall, args=(data,))
    sender.start()
    sender.join()
    return line
