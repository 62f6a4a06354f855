"""Thousands of spoilt receipt files, and a thousand planted faults of every class."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.reconcile.fuzzed import Seeds
from tests.reconcile.planting import LINE_FAULTS, expected, sent, told
from tests.reconcile.samples import outcome_rows, write_roster

FILES = int(os.environ.get("LICHENG_FUZZ_FILES", "20000"))


@pytest.mark.slow
@pytest.mark.clause("規§6.4")
def test_whatever_is_in_a_file_the_reader_refuses_or_compares_it(tmp_path: Path) -> None:
    seeds = Seeds(tmp_path)
    for seed in range(1000, 1000 + FILES):
        try:
            seeds.run(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error


@pytest.mark.slow
@pytest.mark.clause("規§6.4")
@pytest.mark.parametrize("form", ["workbook", "central_rows", "vendor_list"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_faults_of_every_class_are_all_found_and_none_is_invented(
    tmp_path: Path, form: str, seed: int
) -> None:
    roster = write_roster(tmp_path / "outcomes.xlsx", outcome_rows(5400, seed=seed))
    answer = sent(roster, tmp_path, seed=seed, faults=dict.fromkeys(LINE_FAULTS, 1000), form=form)
    assert len(answer.planted) == 5000
    assert told(answer.outcome()) == expected(answer.planted)
