"""A roster is sent by a person, its receipt compared, each difference decided with evidence, corrected, confirmed."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from demo.central_database.__main__ import main as central_database
from records.files.stored import copy_out, read
from rules.duties import DIFFERENCES
from rules.ids import duty_key
from rules.instants import taipei_day
from rules.refusals import Refused
from tests.records.staff.scene import ACADEMIC, PRINCIPAL, REGISTRAR, STRANGER, SUBMISSION, Scene
from tests.rules.builders import taipei

DECIDE = duty_key(SUBMISSION, DIFFERENCES, "v1")


async def receipt(scene: Scene, folder: Path, *faults: str, version: int = 1) -> str:
    """The hash of what the simulated central database answers to a version of the enrolment roster."""
    sha256 = await scene.value(
        "select roster_sha256 from submission_version where school = $1 and submission = $2 and version = $3",
        SUBMISSION,
        version,
    )
    inbox, outbox = folder / f"in{version}-{len(faults)}", folder / "out"
    inbox.mkdir()
    copy_out(scene.vault, scene.school, sha256, inbox / f"enrolment_v{version}.xlsx")
    given = ["--inbox", str(inbox), "--outbox", str(outbox), "--seed", "7"]
    assert central_database([*given, "--faults", *faults]) == 0
    return await scene.keep(next(outbox.glob(f"*_v{version}_收訖明細.*")).read_bytes())


async def arrived(scene: Scene, folder: Path, *faults: str) -> list[Any]:
    """Version 1 sent and received with these faults; the differences that were found."""
    await scene.at("2027-04-01 10:00")
    await scene.pass_gates("submit")
    sha256 = await receipt(scene, folder, *faults)
    await scene.must(REGISTRAR, "receipt_arrived", submission=SUBMISSION, version=1, receipt_sha256=sha256)
    await scene.settle()
    return await found(scene)


async def found(scene: Scene, version: int = 1) -> list[Any]:
    return await scene.rows(
        "select id, kind, post, person, sheet, roster_row, fields, outcome, evidence_sha256 from difference"
        " where school = $1 and submission = $2 and version = $3 order by kind",
        SUBMISSION,
        version,
    )


async def close(scene: Scene, difference: str, outcome: str) -> dict[str, Any]:
    body = {"submission": SUBMISSION, "difference": difference, "outcome": outcome}
    return await scene.must(REGISTRAR, "close_difference", **body, evidence_sha256=await scene.file())


async def version(scene: Scene, number: int) -> Any:
    rows = await scene.rows(
        "select * from submission_version where school = $1 and submission = $2 and version = $3", SUBMISSION, number
    )
    return rows[0] if rows else None


@pytest.mark.clause("規§6.4")
async def test_what_a_receipt_has_wrong_is_the_roster_owners_within_three_working_days(
    roster: Scene, tmp_path: Path
) -> None:
    rows = await arrived(roster, tmp_path, "missing=1", "altered=1")
    assert [(r["kind"], r["post"], r["outcome"]) for r in rows] == [
        ("altered", REGISTRAR, None),
        ("missing", REGISTRAR, None),
    ]
    assert rows[0]["fields"] and all(r["sheet"] == "學生資料" and r["roster_row"] >= 2 and r["person"] for r in rows)
    duty, owed = await roster.duty(DECIDE)
    assert owed and duty.post == REGISTRAR
    # Friday the 2nd, then a weekend and two holidays, Wednesday the 7th, Thursday the 8th.
    assert taipei_day(duty.due - timedelta(microseconds=1)).isoformat() == "2027-04-08"


@pytest.mark.clause("規§6.4")
async def test_nothing_is_closed_without_evidence_nor_by_another_post(roster: Scene, tmp_path: Path) -> None:
    difference = (await arrived(roster, tmp_path, "missing=1"))[0]["id"]
    body = {"submission": SUBMISSION, "difference": difference, "outcome": "explained"}
    letter = await roster.file()
    assert (await roster.refused(STRANGER, "close_difference", **body, evidence_sha256=letter))[0] == "no_post"
    assert (await roster.refused(REGISTRAR, "close_difference", **body, evidence_sha256="0" * 64))[:2] == (
        "evidence_missing",
        "規§6.4",
    )
    other = body | {"difference": "no-such"}
    assert (await roster.refused(REGISTRAR, "close_difference", **other, evidence_sha256=letter))[0] == "not_found"
    assert (await roster.refused(REGISTRAR, "complete_duty", duty=DECIDE))[0] == "evidence_missing"
    await roster.must(REGISTRAR, "close_difference", **body, evidence_sha256=letter)
    assert not await roster.owed(DECIDE)
    again = await roster.refused(REGISTRAR, "close_difference", **body, evidence_sha256=letter)
    assert again[0] == "already_done"


@pytest.mark.clause("規§6.2", "規§6.4")
async def test_a_difference_to_correct_brings_the_next_version_its_receipt_and_its_own_three_days(
    roster: Scene, tmp_path: Path
) -> None:
    row = (await arrived(roster, tmp_path, "missing=1"))[0]
    await close(roster, row["id"], "correct")
    await roster.at("2027-04-19 08:00")
    await roster.settle()
    assert await version(roster, 2) is None  # the students' days come first
    await roster.at("2027-04-24 00:00")
    await roster.settle()
    assert (await version(roster, 2))["lines"] == (await version(roster, 1))["lines"]
    await roster.at("2027-04-26 10:00")
    await roster.pass_gates("submit", 2)
    sha256 = await receipt(roster, tmp_path, version=2)
    await roster.must(REGISTRAR, "receipt_arrived", submission=SUBMISSION, version=2, receipt_sha256=sha256)
    await roster.settle()
    assert await found(roster, 2) == []
    shown = await roster.rows(
        "select person from confirmation where school = $1 and submission = $2 and version = 2", SUBMISSION
    )
    assert [r["person"] for r in shown] == [row["person"]]
    second = await version(roster, 2)
    assert second["closes_at"] - second["published_at"] == timedelta(hours=72)
    await roster.at(second["closes_at"])
    await roster.settle()
    await roster.must(REGISTRAR, "complete_duty", duty=duty_key(SUBMISSION, "confirm_receipts", "v2"))
    await roster.settle()
    assert await roster.value("select state from submission where school = $1 and id = $2", SUBMISSION) == "closed"


@pytest.mark.clause("規§6.4")
async def test_what_the_other_side_has_to_mend_is_explained_and_asks_for_no_new_version(
    roster: Scene, tmp_path: Path
) -> None:
    rows = await arrived(roster, tmp_path, "duplicate_person=1")
    assert {r["kind"] for r in rows} == {"duplicate_person"}
    for row in rows:
        await close(roster, row["id"], "explained")
    await roster.at("2027-04-19 08:00")
    await roster.settle()
    await roster.at("2027-04-24 00:00")
    await roster.settle()
    assert await version(roster, 2) is None
    await roster.must(REGISTRAR, "complete_duty", duty=duty_key(SUBMISSION, "confirm_receipts", "v1"))


@pytest.mark.clause("規§6.4")
async def test_the_whole_is_not_confirmed_while_a_difference_is_open(roster: Scene, tmp_path: Path) -> None:
    await arrived(roster, tmp_path, "altered=1")
    await roster.at("2027-04-24 00:00")
    await roster.settle()
    key = duty_key(SUBMISSION, "confirm_receipts", "v1")
    assert (await roster.refused(REGISTRAR, "complete_duty", duty=key))[0] == "not_found"


@pytest.mark.clause("規§6.4")
@pytest.mark.parametrize("fault", ["other_school", "older_version"])
async def test_a_receipt_of_something_else_is_refused_whole(roster: Scene, tmp_path: Path, fault: str) -> None:
    await roster.at("2027-04-01 10:00")
    await roster.pass_gates("submit")
    body: dict[str, Any] = {
        "submission": SUBMISSION,
        "version": 1,
        "receipt_sha256": await receipt(roster, tmp_path, fault),
    }
    assert (await roster.refused(REGISTRAR, "receipt_arrived", **body))[:2] == ("receipt_unreadable", "規§6.4")


@pytest.mark.clause("規§6.4")
async def test_a_receipt_that_broke_on_the_way_does_not_enter_the_store(roster: Scene, tmp_path: Path) -> None:
    await roster.at("2027-04-01 10:00")
    await roster.pass_gates("submit")
    with pytest.raises(Refused) as refused:
        await receipt(roster, tmp_path, "truncated")
    assert refused.value.refusal.code.value == "file_truncated"


@pytest.mark.clause("規§6.4")
async def test_rows_that_cannot_be_read_are_left_out_only_by_a_decision_that_is_kept(
    roster: Scene, tmp_path: Path
) -> None:
    await roster.at("2027-04-01 10:00")
    await roster.pass_gates("submit")
    body: dict[str, Any] = {
        "submission": SUBMISSION,
        "version": 1,
        "receipt_sha256": await receipt(roster, tmp_path, "formula=1"),
    }
    assert (await roster.refused(REGISTRAR, "receipt_arrived", **body))[0] == "receipt_unreadable"
    proof = await roster.must(REGISTRAR, "receipt_arrived", **body, accept_partial="中央資料庫已知該列有誤")
    assert (await roster.fact(proof))["body"]["unread"] == 1
    assert await roster.value("select count(*) from duty_note where school = $1 and kind = 'partial'") == 1
    # The row that could not be read is missing from the receipt: it stays somebody's work.
    assert [r["kind"] for r in await found(roster)] == ["missing"]


@pytest.mark.clause("規§6.2")
async def test_after_the_deadline_only_staff_correct_with_an_approver_who_directs_them(receipts: Scene) -> None:
    await receipts.at("2027-04-24 00:00")
    await receipts.settle()
    body: dict[str, Any] = {"submission": SUBMISSION, "version": 1, "reason": "校方登錄錯誤,非學生之過"}
    student = (await receipts.students())[0]
    assert (await receipts.refused(student, "correct_roster", **body))[0] == "no_post"
    assert await receipts.refused(REGISTRAR, "correct_roster", **body) == ("no_post", "規§6.2", "approver")
    registrar, stranger = await receipts.holder(REGISTRAR), await receipts.holder(STRANGER)
    for wrong in (registrar, stranger):
        assert (await receipts.refused(REGISTRAR, "correct_roster", **body, approver=wrong))[0] == "no_post"
    approver = await receipts.holder(ACADEMIC)
    await receipts.must(REGISTRAR, "correct_roster", **body, approver=approver)
    assert (await receipts.refused(REGISTRAR, "correct_roster", **body, approver=approver))[0] == "already_done"
    await receipts.settle()
    assert await version(receipts, 2) is not None
    row = (await receipts.rows("select by, approver from correction where school = $1"))[0]
    assert (row["by"], row["approver"]) == (registrar, approver)


@pytest.mark.clause("規§6.3.1")
async def test_a_frozen_version_stays_as_it_was_and_the_same_facts_give_the_same_bytes(roster: Scene) -> None:
    first = await version(roster, 1)
    await roster.must(REGISTRAR, "correct_roster", submission=SUBMISSION, version=1, reason="重新產製")
    await roster.settle()
    second = await version(roster, 2)
    assert (await version(roster, 1))["roster_sha256"] == first["roster_sha256"] == second["roster_sha256"]
    stale = {"submission": SUBMISSION, "version": 1, "reason": "再一次"}
    assert (await roster.refused(REGISTRAR, "correct_roster", **stale))[0] == "wrong_state"


@pytest.mark.clause("規§5.1.3")
async def test_grades_have_a_pre_check_of_their_own_code_without_scores_and_other_rosters_none(roster: Scene) -> None:
    rows = await roster.rows(
        "select submission, precheck_code, precheck_sha256, lines from submission_version where school = $1"
    )
    assert {r["precheck_code"] for r in rows if r["submission"].endswith("/grades")} == {"41"}
    assert {r["precheck_code"] for r in rows if not r["submission"].endswith("/grades")} == {None}
    grades = next(r for r in rows if r["submission"] == SUBMISSION.replace("enrolment", "grades"))
    file = CalamineWorkbook.from_filelike(io.BytesIO(read(roster.vault, roster.school, grades["precheck_sha256"])))
    assert file.get_sheet_by_name("封面").to_python()[1][3] == "41"
    head, *body = file.get_sheet_by_name("學期成績").to_python()
    assert len(body) == grades["lines"]
    filled = {name for row in body for name, value in zip(head, row, strict=True) if value not in (None, "")}
    assert filled == {"身分證號", "出生日期", "課程代碼", "科目名稱", "開課年級", "修課學分"}


@pytest.mark.clause("規§6.3.1", "規§6.3.2", "規§6.3.3", "規§6.3.4", "規§6.4")
async def test_each_roster_is_sent_by_its_own_post_and_the_registrar_confirms_them_all(roster: Scene) -> None:
    async with roster.db.transaction(roster.school) as connection:
        from records.queries.snapshot import load_snapshot

        rules = (await load_snapshot(connection, roster.school, SUBMISSION)).rules
    owners = {r.id: r.owner for r in rules.rosters}
    assert owners == {
        "enrolment": REGISTRAR,
        "grades": REGISTRAR,
        "cadre": "student_life_section",
        "outcomes": REGISTRAR,
        "diverse": "student_activities_section",
    }
    assert {s.owner for s in rules.cycle.steps if s.kind == "confirm_receipts"} == {REGISTRAR}
    cadre = SUBMISSION.replace("enrolment", "cadre")
    await roster.at("2027-04-01 10:00")
    body = {"submission": cadre, "version": 1, "letter_number": "1", "evidence_sha256": await roster.file()}
    assert (await roster.refused(PRINCIPAL, "record_submission", **body))[0] == "no_post"
    refused = await roster.refused("student_life_section", "record_submission", **body)
    assert refused[:2] == ("gate_closed", "規§6.3.3")


@pytest.mark.clause("規§6.2")
async def test_no_receipt_is_shown_for_less_than_three_days_however_late_it_comes(roster: Scene) -> None:
    await roster.at("2027-04-01 10:00")
    await roster.pass_gates("submit")
    await roster.at("2027-04-23 12:00")
    await roster.must(REGISTRAR, "receipt_arrived", **await roster.received())
    await roster.settle()
    first = await version(roster, 1)
    assert (first["published_at"], first["closes_at"]) == (taipei("2027-04-23 12:00"), taipei("2027-04-26 12:00"))


@pytest.mark.clause("規§6.2")
async def test_a_receipt_that_is_published_late_is_published_once_and_shown_for_three_days(roster: Scene) -> None:
    await roster.at("2027-04-01 10:00")
    await roster.pass_gates("import_receipt")
    # Nothing ran from its day to past its window's close.
    await roster.at("2027-04-24 10:00:03")
    await roster.settle()
    first = await version(roster, 1)
    assert (first["published_at"], first["closes_at"]) == (taipei("2027-04-24 10:00:03"), taipei("2027-04-27 10:00:03"))
    told = await roster.rows(
        "select person, count(*) as n, min(args->>'closes') as closes from notice where school = $1"
        " and template = 'receipt_published' group by person"
    )
    assert {(r["n"], r["closes"]) for r in told} == {(1, taipei("2027-04-27 10:00:03").isoformat())}
    published = "select count(*) from effect where school = $1 and kind = 'publish'"
    assert await roster.value(published) == 1
    student = (await roster.students())[0]
    await roster.at("2027-04-27 10:00:02")
    await roster.settle()
    await roster.must(student, "confirm_receipt", submission=SUBMISSION)
    await roster.at("2027-04-27 10:00:03")
    await roster.settle()
    assert (await version(roster, 1))["settled_at"] == taipei("2027-04-27 10:00:03")
    assert await roster.value(published) == 1


@pytest.mark.clause("規§6.2")
async def test_a_version_made_anew_before_it_was_sent_is_shown_to_everybody_for_the_whole_window(roster: Scene) -> None:
    await roster.must(REGISTRAR, "correct_roster", submission=SUBMISSION, version=1, reason="補登資料")
    await roster.settle()
    await roster.at("2027-04-01 10:00")
    await roster.pass_gates("import_receipt", 2)
    await roster.at("2027-04-19 08:00")
    await roster.settle()
    shown = await roster.rows(
        "select version, person from confirmation where school = $1 and submission = $2 order by person", SUBMISSION
    )
    assert [r["person"] for r in shown] == await roster.students() and {r["version"] for r in shown} == {2}
    assert (await version(roster, 2))["closes_at"] == taipei("2027-04-24 00:00")
