"""A missing or failed self-check closes the next gate: upload's and certification's that of the selection, the selection's the roster's."""

from __future__ import annotations

import pytest

from records.queries.self_checks import remarks
from records.queries.snapshot import load_snapshot
from rules.duties import duties_of
from rules.refusals import Code, Refused
from rules.self_checks import readers_of
from tests.records.staff.scene import INSTRUCTION, REGISTRAR, SECRETARY, SEMESTER, STRANGER, YEAR, Scene

UPLOAD = f"{SEMESTER}#upload_self_check#g12_general"
SECOND = UPLOAD.replace("115-1", "115-2")
CERTIFIED = f"{SEMESTER}#certification_self_check#g12_general"
SELECTION = f"{YEAR}#selection_self_check#g12_general"


async def _certified(term: Scene) -> None:
    """The certification of both semesters passes its self-check."""
    for key in (CERTIFIED, CERTIFIED.replace("115-1", "115-2")):
        await term.checked(INSTRUCTION, key)


@pytest.mark.clause("規§4.2")
async def test_a_selection_is_not_checked_off_before_both_uploads_passed_theirs(term: Scene) -> None:
    await term.at("2027-02-03 10:00")
    await term.settle()
    failed = await term.must(SECRETARY, "record_self_check", duty=UPLOAD, passed=False, findings=2)
    assert failed["kind"] == "self_check_failed"
    await term.at("2027-04-20 10:00")
    await term.settle()
    body = {"duty": SELECTION, "passed": True, "lines": await term.lines(SELECTION)}
    answer = await term.do(REGISTRAR, "record_self_check", **body)
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.clause, answer.refusal.limit) == ("gate_closed", "規§4.2", UPLOAD)
    await term.checked(SECRETARY, UPLOAD)
    assert (await term.refused(REGISTRAR, "record_self_check", **body))[0] == "gate_closed"
    await term.checked(SECRETARY, SECOND)
    answer = await term.do(REGISTRAR, "record_self_check", **body)
    assert answer.refusal is not None and answer.refusal.limit == CERTIFIED
    await _certified(term)
    await term.must(REGISTRAR, "record_self_check", **body)
    assert not await term.owed(SELECTION)


@pytest.mark.clause("規§4.2")
async def test_the_years_roster_waits_for_the_selections_self_check(term: Scene) -> None:
    await term.at("2027-02-03 10:00")
    await term.settle()
    await term.checked(SECRETARY, UPLOAD)
    await term.at("2027-04-26 10:00")
    await term.settle()
    roster = f"submission/{YEAR.split('/')[1]}/115/g12_general/outcomes#self_check#v1"
    refused = await term.refused(REGISTRAR, "record_self_check", duty=roster, passed=True)
    assert refused == ("gate_closed", "規§4.2", roster)
    await term.checked(SECRETARY, SECOND)
    await _certified(term)
    await term.checked(REGISTRAR, SELECTION)
    lines = await term.lines(roster)
    answer = await term.do(REGISTRAR, "record_self_check", duty=roster, passed=True, lines=lines)
    # What the data doctor still finds is another gate.
    assert answer.accepted or (answer.refusal is not None and answer.refusal.code == "checks_open")


@pytest.mark.clause("規§4.2")
async def test_a_self_check_passes_only_once_every_required_line_is_ok(term: Scene) -> None:
    await term.at("2027-02-03 10:00")
    await term.settle()
    assert await term.refused(SECRETARY, "record_self_check", duty=UPLOAD, passed=True) == (
        "checklist_open",
        "規§4.2",
        UPLOAD,
    )
    first = [{"line": "announced", "ok": True}, {"line": "accounts", "ok": False, "remark": "三年一班登入失敗"}]
    noted = await term.must(SECRETARY, "record_self_check", duty=UPLOAD, passed=False, lines=first)
    assert [noted[k] for k in ("kind", "ok", "not_ok", "findings", "open")] == [
        "self_check_failed", "announced", "accounts", 1, "accounts, progress",
    ]  # fmt: skip
    rest = [{"line": "progress", "ok": True}]
    answer = await term.do(SECRETARY, "record_self_check", duty=UPLOAD, passed=True, lines=rest)
    assert answer.refusal is not None and (answer.refusal.found, answer.refusal.limit) == ("accounts", "ok")
    assert await term.owed(UPLOAD)
    mended = [*rest, {"line": "accounts", "ok": True}]
    done = await term.must(SECRETARY, "record_self_check", duty=UPLOAD, passed=True, lines=mended)
    assert (done["passed"], done["ok"]) == (True, "progress, accounts")
    assert not await term.owed(UPLOAD)
    rows = await term.rows("select line, ok, sealed from self_check_line where school = $1 order by ordinal")
    assert [(r["line"], r["ok"]) for r in rows] == [
        ("announced", True), ("accounts", False), ("progress", True), ("accounts", True),
    ]  # fmt: skip
    assert rows[1]["sealed"] and "登入".encode() not in rows[1]["sealed"]
    kept = await term.rows("select body::text as body from fact where school = $1")
    assert not any("登入失敗" in r["body"] for r in kept)
    checker, stranger = await term.holder(SECRETARY), await term.holder(STRANGER)
    async with term.db.transaction(term.school) as c:
        snapshot = await load_snapshot(c, term.school, SEMESTER)
        posts = readers_of(snapshot, duties_of(snapshot)[UPLOAD])
        said = await remarks(c, term.vault, term.school, UPLOAD, checker, posts)
        assert [(x["line"], x["ok"], x["remark"]) for x in said] == [("accounts", False, "三年一班登入失敗")]
        with pytest.raises(Refused) as caught:
            await remarks(c, term.vault, term.school, UPLOAD, stranger, posts)
    assert caught.value.refusal.code is Code.NO_POST


@pytest.mark.clause("規§4.2")
async def test_the_director_of_a_checkers_office_reads_the_remarks(term: Scene) -> None:
    async with term.db.transaction(term.school) as c:
        snapshot = await load_snapshot(c, term.school, SEMESTER)
    assert readers_of(snapshot, duties_of(snapshot)[CERTIFIED]) == (INSTRUCTION, "academic_affairs_director")


@pytest.mark.clause("規§4.2")
async def test_a_line_that_the_checklist_lacks_or_that_stands_twice_is_refused(term: Scene) -> None:
    await term.at("2027-02-03 10:00")
    await term.settle()

    async def refused(*lines: str) -> tuple[str, str, str]:
        given = [{"line": x, "ok": True} for x in lines]
        return await term.refused(SECRETARY, "record_self_check", duty=UPLOAD, passed=False, lines=given)

    assert await refused("weather") == ("not_found", "規§4.2", "lines weather")
    assert await refused("announced", "announced") == ("contradiction", "規§4.2", "lines announced")


@pytest.mark.clause("規§4.2")
async def test_a_self_check_is_no_duty_that_one_completes_by_word(term: Scene) -> None:
    await term.at("2027-02-03 10:00")
    await term.settle()
    assert (await term.refused(SECRETARY, "complete_duty", duty=UPLOAD))[:2] == ("evidence_missing", "規§4.2")


@pytest.mark.clause("規§4.2")
async def test_what_was_recorded_before_a_self_check_was_given_back_counts_no_more(term: Scene) -> None:
    await term.at("2027-02-03 10:00")
    await term.settle()
    await term.checked(SECRETARY, UPLOAD)
    await term.at("2027-02-03 11:00")
    await term.must(SECRETARY, "return_duty", duty=UPLOAD, reason="名單不全")
    await term.at("2027-02-03 12:00")
    assert (await term.refused(SECRETARY, "record_self_check", duty=UPLOAD, passed=True))[0] == "checklist_open"
    await term.checked(SECRETARY, UPLOAD)
