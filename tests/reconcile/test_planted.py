"""Faults planted by seed in receipts: every one is found, none is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reconcile.planting import LINE_FAULTS, expected, sent, told
from tests.reconcile.samples import cadre_rows, outcome_rows, write_roster


@pytest.mark.clause("規§6.4")
@pytest.mark.parametrize("form", ["workbook", "central_rows", "vendor_list"])
def test_all_planted_faults_are_found_and_none_is_invented(tmp_path: Path, form: str) -> None:
    roster = write_roster(tmp_path / "outcomes.xlsx", outcome_rows(330))
    answer = sent(roster, tmp_path, seed=11, faults=dict.fromkeys(LINE_FAULTS, 60), form=form)
    assert len(answer.planted) == 300
    assert told(answer.outcome()) == expected(answer.planted)


@pytest.mark.clause("規§6.4")
@pytest.mark.parametrize("form", ["workbook", "central_rows"])
def test_a_receipt_without_faults_agrees(tmp_path: Path, form: str) -> None:
    roster = write_roster(tmp_path / "outcomes.xlsx", outcome_rows(60))
    outcome = sent(roster, tmp_path, seed=2, faults={}, form=form).outcome()
    assert outcome.reconciliation is not None and outcome.reconciliation.agree
    assert not outcome.findings


@pytest.mark.clause("規§6.3.3")
def test_a_roster_without_course_codes_has_two_ledgers_and_goes_to_its_own_post(tmp_path: Path) -> None:
    roster = write_roster(tmp_path / "cadre.xlsx", cadre_rows(120), code="24", semester=1)
    answer = sent(roster, tmp_path, seed=5, faults={"missing": 20, "altered": 20, "duplicate_person": 20})
    outcome = answer.outcome()
    assert told(outcome) == expected(answer.planted)
    assert outcome.reconciliation is not None
    assert {d.owner.post for d in outcome.reconciliation.differences} == {"student_life_section"}


def test_places_lead_to_the_very_cells(tmp_path: Path) -> None:
    """A clerk opens sheet and row and finds the values that the difference tells."""
    from python_calamine import CalamineWorkbook

    roster = write_roster(tmp_path / "outcomes.xlsx", outcome_rows(80))
    answer = sent(roster, tmp_path, seed=4, faults={"altered": 30, "wrong_course_code": 10})
    outcome = answer.outcome()
    assert outcome.reconciliation is not None
    sheets = {
        path.name: {n: book.get_sheet_by_name(n).to_python() for n in book.sheet_names}
        for path in (answer.roster, answer.receipt)
        for book in (CalamineWorkbook.from_path(str(path)),)
    }
    for one in outcome.reconciliation.differences:
        for place in one.places.values():
            assert isinstance(place.row, int)
            rows = sheets[place.file][place.sheet]
            assert rows[place.row - 1][rows[0].index("身分證號")] == one.person


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    roster = write_roster(tmp_path / "outcomes.xlsx", outcome_rows(40))
    made = [
        sent(roster, tmp_path / name, seed=seed, faults={"missing": 3, "altered": 3}).receipt.read_bytes()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert made[0] == made[1] != made[2]
