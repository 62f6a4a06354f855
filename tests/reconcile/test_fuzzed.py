"""Spoilt receipts never crash the reader; the long run stands in tests/fuzz/test_receipts.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reconcile.fuzzed import Seeds


@pytest.mark.clause("規§6.4")
def test_spoilt_files_are_refused_or_compared_never_crashed_over(tmp_path: Path) -> None:
    seeds = Seeds(tmp_path)
    compared = sum(seeds.run(seed).reconciliation is not None for seed in range(400))
    assert 20 < compared < 380, "both ends are reached, or the spoilers spoil nothing"
