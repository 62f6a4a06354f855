"""Students see, confirm or doubt their receipt; silence counts as consent only for who was told. 規§6.2, 規§10.3.3"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from records.sealing import person_key, unseal
from rules.duties import UNNOTICED
from rules.ids import duty_key
from rules.instants import taipei_day
from tests.records.staff.scene import ACADEMIC, REGISTRAR, STRANGER, SUBMISSION, Scene

SILENT = duty_key(SUBMISSION, UNNOTICED, "v1")


async def state(scene: Scene, person: UUID) -> str:
    return str(
        await scene.value(
            "select state from confirmation where school = $1 and submission = $2 and person = $3", SUBMISSION, person
        )
    )


async def leaving(scene: Scene, person: UUID, day: str) -> dict[str, Any]:
    return {"person": person, "day": day, "evidence_sha256": await scene.file("leaving letter")}


async def with_a_leaver(roster: Scene) -> UUID:
    """The enrolment receipt lies before its students; one of them left the week before."""
    await roster.at("2027-04-01 10:00")
    await roster.pass_gates("import_receipt")
    person = (await roster.students())[3]
    await roster.must(REGISTRAR, "record_leaving", **await leaving(roster, person, "2027-04-12"))
    await roster.at("2027-04-19 08:00")
    await roster.settle()
    return person


@pytest.mark.clause("規§6.2")
async def test_a_student_sees_confirms_and_then_no_longer_doubts_twice(receipts: Scene) -> None:
    student, other = (await receipts.students())[:2]
    assert await state(receipts, student) == "unseen"
    await receipts.must(student, "see_receipt", submission=SUBMISSION)
    assert await state(receipts, student) == "seen"
    await receipts.must(student, "confirm_receipt", submission=SUBMISSION)
    assert await receipts.refused(student, "confirm_receipt", submission=SUBMISSION) == (
        "already_done",
        "規§6.2",
        SUBMISSION,
    )
    await receipts.must(other, "report_doubt", submission=SUBMISSION, text="班級不對")
    assert await state(receipts, other) == "objected"
    assert (await receipts.refused(other, "report_doubt", submission=SUBMISSION, text="再一次"))[0] == "already_done"


@pytest.mark.clause("規§6.2")
async def test_everybody_in_the_roster_was_told_when_the_window_opened(receipts: Scene) -> None:
    rows = await receipts.rows(
        "select c.person, c.noticed_at, v.published_at, v.closes_at, n.at from confirmation c"
        " join submission_version v on v.school = c.school and v.submission = c.submission and v.version = c.version"
        " left join notice n on n.school = c.school and n.person = c.person and n.template = 'receipt_published'"
        " and n.subject = c.submission || '@' || c.version where c.school = $1 and c.submission = $2",
        SUBMISSION,
    )
    assert len(rows) == len(await receipts.students())
    assert all(r["noticed_at"] == r["at"] == r["published_at"] for r in rows)


@pytest.mark.clause("規§6.2")
async def test_who_stays_silent_is_deemed_to_have_confirmed_when_the_days_are_over(receipts: Scene) -> None:
    student = (await receipts.students())[0]
    await receipts.at("2027-04-23 23:59")
    await receipts.settle()
    assert await state(receipts, student) == "unseen"
    await receipts.at("2027-04-24 00:00")
    await receipts.settle()
    assert await state(receipts, student) == "deemed_confirmed"
    assert (await receipts.refused(student, "confirm_receipt", submission=SUBMISSION))[0] == "window_closed"


@pytest.mark.clause("規§6.2")
async def test_a_report_after_the_deadline_is_information_with_a_check_within_three_days(receipts: Scene) -> None:
    student = (await receipts.students())[0]
    await receipts.at("2027-04-24 09:00")
    await receipts.settle()
    proof = await receipts.must(student, "report_doubt", submission=SUBMISSION, text="現在才看到")
    assert (await receipts.fact(proof))["kind"] == "late_report"
    assert "objection_late" in str(proof["information"])
    assert await state(receipts, student) == "deemed_confirmed"
    report = await receipts.value("select id from report where school = $1 and not objection")
    duty, owed = await receipts.duty(duty_key(SUBMISSION, "verify_report", report))
    assert owed and duty.post == REGISTRAR
    assert taipei_day(duty.due).isoformat() == "2027-04-28"  # the 27th is open to its end


@pytest.mark.clause("規§6.2")
async def test_an_objection_is_answered_by_the_submitting_post_with_its_reason_sealed(receipts: Scene) -> None:
    student = (await receipts.students())[0]
    await receipts.must(student, "report_doubt", submission=SUBMISSION, text="座號不對")
    report = await receipts.value("select id from report where school = $1")
    body = {"report": report, "outcome": "rejected", "answer": "經查與學籍資料相符"}
    assert (await receipts.refused(STRANGER, "verify_report", **body))[0] == "no_post"
    assert (await receipts.refused(REGISTRAR, "verify_report", **(body | {"answer": ""})))[0] == "field_invalid"
    await receipts.must(REGISTRAR, "verify_report", **body)
    assert (await receipts.refused(REGISTRAR, "verify_report", **body))[0] == "already_done"
    row = (await receipts.rows("select outcome, answer_sealed from report where school = $1"))[0]
    async with receipts.db.transaction(receipts.school) as c:
        key = await person_key(c, receipts.vault, receipts.school, student)
    assert unseal(key, row["answer_sealed"]).decode() == body["answer"]
    told = await receipts.rows("select template, args from notice where school = $1 and person = $2 and subject = $3",
                               student, report)  # fmt: skip
    assert [(r["template"], r["args"]["outcome"]) for r in told] == [("report_answered", "rejected")]


@pytest.mark.clause("規§10.3.3")
async def test_a_student_who_left_applies_inside_the_window_and_not_after_it(roster: Scene) -> None:
    person = await with_a_leaver(roster)
    body: dict[str, Any] = {
        "submission": SUBMISSION,
        "person": person,
        "text": "異動日期有誤",
        "evidence_sha256": await roster.file(),
    }
    assert (await roster.refused(STRANGER, "report_for_leaver", **body))[0] == "no_post"
    here = body | {"person": (await roster.students())[0]}
    assert (await roster.refused(REGISTRAR, "report_for_leaver", **here))[:2] == ("not_found", "規§10.3.3")
    unproven = body | {"evidence_sha256": "0" * 64}
    assert (await roster.refused(REGISTRAR, "report_for_leaver", **unproven))[0] == "evidence_missing"
    await roster.must(REGISTRAR, "report_for_leaver", **body)
    assert await state(roster, person) == "objected"
    await roster.at("2027-04-24 00:00")
    await roster.settle()
    assert await roster.refused(REGISTRAR, "report_for_leaver", **body) == ("window_closed", "規§10.3.3", SUBMISSION)


@pytest.mark.clause("規§10.3.3")
async def test_leaving_is_recorded_once_by_who_keeps_the_enrolment_data_and_deletes_nothing(term: Scene) -> None:
    person = (await term.students())[0]
    body = await leaving(term, person, "2026-10-02")
    assert (await term.refused(STRANGER, "record_leaving", **body))[0] == "no_post"
    assert (await term.refused(REGISTRAR, "record_leaving", **(body | {"person": "no-such"})))[0] == "not_found"
    teacher = await term.holder(ACADEMIC)
    assert (await term.refused(REGISTRAR, "record_leaving", **(body | {"person": teacher})))[0] == "not_found"
    await term.must(REGISTRAR, "record_leaving", **body, reason="遷居")
    assert (await term.refused(REGISTRAR, "record_leaving", **body))[0] == "already_done"
    row = (await term.rows("select left_on from student where school = $1 and person = $2", person))[0]
    assert row["left_on"].isoformat() == "2026-10-02"
    closes = await term.value("select closes_at from account where school = $1 and person = $2", person)
    assert taipei_day(closes).isoformat() == "2026-10-03"


@pytest.mark.clause("規§6.2", "規§10.3.3")
async def test_silence_without_a_delivered_notice_is_nobodys_consent_until_a_person_decides(roster: Scene) -> None:
    person = await with_a_leaver(roster)
    assert (
        await roster.value(
            "select count(*) from notice where school = $1 and person = $2 and template = 'receipt_published'", person
        )
        == 0
    )
    await roster.at("2027-04-24 00:00")
    await roster.settle()
    assert await state(roster, person) == "asks_person"
    duty, owed = await roster.duty(SILENT)
    assert owed and (duty.post, duty.clause) == (REGISTRAR, "規§6.2")
    confirm = duty_key(SUBMISSION, "confirm_receipts", "v1")
    assert (await roster.refused(REGISTRAR, "complete_duty", duty=confirm))[0] == "not_found"

    body: dict[str, Any] = {
        "submission": SUBMISSION,
        "person": person,
        "outcome": "confirmed",
        "evidence_sha256": await roster.file(),
    }
    assert (await roster.refused(STRANGER, "decide_unnoticed", **body))[0] == "no_post"
    unproven = body | {"evidence_sha256": "0" * 64}
    assert (await roster.refused(REGISTRAR, "decide_unnoticed", **unproven))[0] == "evidence_missing"
    told = body | {"person": (await roster.students())[0]}
    assert (await roster.refused(REGISTRAR, "decide_unnoticed", **told))[0] == "wrong_state"
    await roster.must(REGISTRAR, "decide_unnoticed", **body, note="電話確認")
    assert await state(roster, person) == "confirmed"
    await roster.settle()
    await roster.must(REGISTRAR, "complete_duty", duty=confirm)
    await roster.settle()
    assert await roster.value("select state from submission where school = $1 and id = $2", SUBMISSION) == "closed"
