"""A duty is done by the post that owes it, in the order of its gates, with its evidence."""

from __future__ import annotations

import asyncio

import pytest

from records.sealing import person_key, unseal
from rules.ids import duty_key
from tests.records.staff.scene import (
    ACADEMIC,
    INSTRUCTION,
    IT,
    REGISTRAR,
    SECRETARY,
    SEMESTER,
    STRANGER,
    SUBMISSION,
    Scene,
)

ENTRY = f"{SEMESTER}#enrolment_entry"
LIFE, ACTIVITIES = "student_life_section", "student_activities_section"
CADRE = {LIFE: f"{SEMESTER}#cadre_entry_school", ACTIVITIES: f"{SEMESTER}#cadre_entry_class"}
UPLOAD_CHECK = f"{SEMESTER}#upload_self_check#g10_11"


def gate(kind: str, version: int = 1) -> str:
    """The key of a gate of the enrolment roster."""
    return duty_key(SUBMISSION, kind, f"v{version}")


@pytest.mark.clause("規§5.1.1")
async def test_the_post_that_owes_a_duty_completes_it_once(term: Scene) -> None:
    await term.at("2026-10-01 10:00")
    proof = await term.must(REGISTRAR, "complete_duty", duty=ENTRY)
    fact = await term.fact(proof)
    assert (fact["kind"], fact["wakes"], fact["clause"], fact["on_behalf_of"]) == (
        "duty_completed",
        SEMESTER,
        "規§5.1.1",
        None,
    )
    assert not await term.owed(ENTRY)
    assert await term.refused(REGISTRAR, "complete_duty", duty=ENTRY) == ("already_done", "規§5.1.1", ENTRY)


async def test_a_duty_that_nobody_has_is_not_found(term: Scene) -> None:
    for key in (f"{SEMESTER}#tea", "semester/999901/199-1#meeting", "nonsense"):
        assert await term.refused(REGISTRAR, "complete_duty", duty=key) == ("not_found", "規§3.1", f"duty {key}")


@pytest.mark.clause("規§5.1.1")
async def test_nobody_else_completes_it_and_not_before_it_opens(term: Scene) -> None:
    assert await term.refused(ACADEMIC, "complete_duty", duty=ENTRY) == ("no_post", "規§5.1.1", REGISTRAR)
    assert await term.refused(REGISTRAR, "complete_duty", duty=ENTRY) == ("window_not_open", "規§5.1.1", ENTRY)


@pytest.mark.clause("規§10.1.2")
async def test_a_deputy_completes_it_only_while_the_holder_is_away_and_it_is_on_record(term: Scene) -> None:
    await term.at("2026-10-01 10:00")
    deputy = await term.ranked(REGISTRAR, 1)
    assert await term.refused(deputy, "complete_duty", duty=ENTRY) == ("holder_present", "規§5.1.1", REGISTRAR)
    away = {"person": await term.holder(REGISTRAR), "opens": "2026-10-01 08:00", "closes": "2026-10-02 08:00"}
    await term.must(REGISTRAR, "record_absence", **away, reason="sick")
    fact = await term.fact(await term.must(deputy, "complete_duty", duty=ENTRY))
    assert (fact["actor"], fact["on_behalf_of"]) == (deputy, REGISTRAR)


@pytest.mark.clause("規§5.1.1")
async def test_two_at_once_complete_it_once(term: Scene) -> None:
    await term.at("2026-10-01 10:00")
    answers = await asyncio.gather(*(term.do(REGISTRAR, "complete_duty", duty=ENTRY) for _ in range(6)))
    assert sorted(a.accepted for a in answers) == [False] * 5 + [True]
    assert {a.refusal.code.value for a in answers if a.refusal} == {"already_done"}
    assert await term.value("select count(*) from fact where school = $1 and kind = 'duty_completed'") == 1


@pytest.mark.clause("規§5.1.2")
async def test_a_task_of_two_posts_is_complete_with_the_second(term: Scene) -> None:
    await term.at("2026-10-01 10:00")
    complete = [(await term.must(post, "complete_duty", duty=key))["gate_complete"] for post, key in CADRE.items()]
    assert complete == [False, True]
    assert (await term.refused(STRANGER, "complete_duty", duty=CADRE[ACTIVITIES]))[0] == "no_post"


@pytest.mark.clause("規§3.1")
async def test_a_returned_duty_is_owed_again_and_its_words_are_sealed(term: Scene) -> None:
    await term.at("2026-10-01 10:00")
    await term.must(REGISTRAR, "complete_duty", duty=ENTRY, note="含轉學生")
    refused = await term.refused(STRANGER, "return_duty", duty=ENTRY, reason="x")
    assert refused == ("no_post", "規§5.1.1", f"{ACADEMIC}, {SECRETARY}")
    # The registrar deputises for the director, who is there.
    refused = await term.refused(REGISTRAR, "return_duty", duty=ENTRY, reason="x")
    assert refused == ("holder_present", "規§5.1.1", ACADEMIC)
    await term.must(ACADEMIC, "return_duty", duty=ENTRY, reason="缺二年級王小明")
    assert await term.owed(ENTRY)
    assert (await term.refused(ACADEMIC, "return_duty", duty=ENTRY, reason="x"))[0] == "wrong_state"
    rows = await term.rows("select kind, author, sealed from duty_note where school = $1 order by ordinal")
    words = []
    async with term.db.transaction(term.school) as c:
        for r in rows:
            key = await person_key(c, term.vault, term.school, r["author"])
            words.append((r["kind"], unseal(key, r["sealed"]).decode()))
    assert words == [("completed", "含轉學生"), ("returned", "缺二年級王小明")]
    assert "王小明" not in str(await term.tables(("fact", "command_key", "duty", "notice")))
    await term.must(REGISTRAR, "complete_duty", duty=ENTRY)


@pytest.mark.clause("規§6.3.1", "規§5.1.3")
async def test_the_gates_of_a_roster_open_one_after_the_other(roster: Scene) -> None:
    assert await roster.refused(REGISTRAR, "complete_duty", duty=gate("precheck")) == (
        "gate_closed",
        "規§5.1.3",
        gate("precheck"),
    )
    assert (await roster.refused(ACADEMIC, "complete_duty", duty=gate("approve")))[0] == "gate_closed"
    assert await roster.refused(REGISTRAR, "record_submission", **await roster.sent()) == (
        "gate_closed",
        "規§6.3.1",
        gate("submit"),
    )
    assert (await roster.refused(REGISTRAR, "receipt_arrived", **await roster.received()))[0] == "gate_closed"
    await roster.pass_gates("approve")
    assert await roster.value("select state from submission where school = $1 and id = $2", SUBMISSION) == "approved"


@pytest.mark.clause("規§6.3.1")
@pytest.mark.parametrize("kind", ["submit", "import_receipt"])
async def test_what_needs_evidence_is_not_completed_by_word(roster: Scene, kind: str) -> None:
    await roster.pass_gates("approve")
    code, _, place = await roster.refused(REGISTRAR, "complete_duty", duty=gate(kind))
    assert (code, place) == ("evidence_missing", gate(kind))


@pytest.mark.clause("規§5.3.2")
async def test_certification_is_done_by_certifying(term: Scene) -> None:
    course, post = tuple(
        (await term.rows("select id, post from course where school = $1 and semester = '115-1' order by id limit 1"))[0]
    )
    code, clause, _ = await term.refused(post, "complete_duty", duty=f"{SEMESTER}#certification#{course}")
    assert (code, clause) == ("wrong_state", "規§5.3.2")


@pytest.mark.clause("規§4.2")
async def test_a_failed_self_check_is_recorded_and_opens_no_gate(roster: Scene) -> None:
    proof = await roster.must(REGISTRAR, "record_self_check", duty=gate("self_check"), passed=False, findings=3)
    assert (proof["kind"], proof["passed"], proof["findings"]) == ("self_check_failed", False, 3)
    assert await roster.owed(gate("self_check"))
    assert (await roster.refused(REGISTRAR, "complete_duty", duty=gate("precheck")))[0] == "gate_closed"
    await roster.checked(REGISTRAR, gate("self_check"))
    await roster.must(REGISTRAR, "complete_duty", duty=gate("precheck"))


@pytest.mark.clause("規§4.2")
async def test_the_named_checker_or_the_owner_checks_and_nobody_else(term: Scene) -> None:
    await term.at("2027-01-26 10:00")
    assert (await term.refused(INSTRUCTION, "record_self_check", duty=UPLOAD_CHECK, passed=True))[0] == "no_post"
    assert (await term.refused(REGISTRAR, "record_self_check", duty=ENTRY, passed=True))[0] == "wrong_state"
    await term.checked(SECRETARY, UPLOAD_CHECK)
    assert not await term.owed(UPLOAD_CHECK)
    assert (await term.refused(SECRETARY, "record_self_check", duty=UPLOAD_CHECK, passed=False))[0] == "already_done"


@pytest.mark.clause("規§6.3.1")
async def test_a_gate_that_is_given_back_closes_what_follows(roster: Scene) -> None:
    await roster.pass_gates("approve")
    assert (await roster.refused(SECRETARY, "return_duty", duty=gate("precheck"), reason="x"))[0] == "wrong_state"
    await roster.must(SECRETARY, "return_duty", duty=gate("approve"), reason="人數不符")
    assert await roster.value("select state from submission where school = $1 and id = $2", SUBMISSION) == "prechecked"
    assert (await roster.refused(REGISTRAR, "record_submission", **await roster.sent()))[0] == "gate_closed"
    await roster.must(ACADEMIC, "complete_duty", duty=gate("approve"))
    await roster.must(REGISTRAR, "record_submission", **await roster.sent())


@pytest.mark.clause("規§6.3.1")
async def test_what_was_sent_cannot_be_given_back(roster: Scene) -> None:
    await roster.pass_gates("submit")
    for kind in ("submit", "approve"):
        assert (await roster.refused(SECRETARY, "return_duty", duty=gate(kind), reason="x"))[0] == "wrong_state"


async def test_evidence_that_is_named_must_be_stored(term: Scene) -> None:
    await term.at("2026-10-01 10:00")
    duty = f"{SEMESTER}#platform_accounts"
    code, _, place = await term.refused(IT, "complete_duty", duty=duty, evidence_sha256="0" * 64)
    assert (code, place) == ("evidence_missing", "evidence_sha256")
    await term.must(IT, "complete_duty", duty=duty, evidence_sha256=await term.file())
