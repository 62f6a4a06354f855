"""A missing or failed self-check closes the next gate: the upload's that of the selection, the selection's the roster's."""

from __future__ import annotations

import pytest

from tests.records.staff.scene import REGISTRAR, SECRETARY, SEMESTER, YEAR, Scene

UPLOAD = f"{SEMESTER}#upload_self_check#g12_general"
SECOND = UPLOAD.replace("115-1", "115-2")
SELECTION = f"{YEAR}#selection_self_check#g12_general"


@pytest.mark.clause("規§4.2")
async def test_a_selection_is_not_checked_off_before_both_uploads_passed_theirs(term: Scene) -> None:
    await term.at("2027-02-03 10:00")
    await term.settle()
    failed = await term.must(SECRETARY, "record_self_check", duty=UPLOAD, passed=False, findings=2)
    assert failed["kind"] == "self_check_failed"
    await term.at("2027-04-20 10:00")
    await term.settle()
    body = {"duty": SELECTION, "passed": True}
    answer = await term.do(REGISTRAR, "record_self_check", **body)
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.clause, answer.refusal.limit) == ("gate_closed", "規§4.2", UPLOAD)
    await term.must(SECRETARY, "record_self_check", duty=UPLOAD, passed=True)
    assert (await term.refused(REGISTRAR, "record_self_check", **body))[0] == "gate_closed"
    await term.must(SECRETARY, "record_self_check", duty=SECOND, passed=True)
    await term.must(REGISTRAR, "record_self_check", **body)
    assert not await term.owed(SELECTION)


@pytest.mark.clause("規§4.2")
async def test_the_years_roster_waits_for_the_selections_self_check(term: Scene) -> None:
    await term.at("2027-02-03 10:00")
    await term.settle()
    await term.must(SECRETARY, "record_self_check", duty=UPLOAD, passed=True)
    await term.at("2027-04-26 10:00")
    await term.settle()
    roster = f"submission/{YEAR.split('/')[1]}/115/g12_general/outcomes#self_check#v1"
    refused = await term.refused(REGISTRAR, "record_self_check", duty=roster, passed=True)
    assert refused == ("gate_closed", "規§4.2", roster)
    await term.must(SECRETARY, "record_self_check", duty=SECOND, passed=True)
    await term.must(REGISTRAR, "record_self_check", duty=SELECTION, passed=True)
    answer = await term.do(REGISTRAR, "record_self_check", duty=roster, passed=True)
    # What the data doctor still finds is another gate.
    assert answer.accepted or (answer.refusal is not None and answer.refusal.code == "checks_open")
