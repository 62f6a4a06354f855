"""A short run of crowds at a close; the long one stands in tests/fuzz."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.records.crowd import PLANS, play

SHORT = settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))


def run_crowds(url: str, how: settings) -> Counter[str]:
    """Play crowds by generated plans; what became of all acts."""
    became: Counter[str] = Counter()

    @how
    @given(PLANS)
    def one(plan: Any) -> None:
        became.update(asyncio.run(play(url, *plan)))

    one()
    return became


@pytest.mark.clause("規§5.3.1")
@pytest.mark.clause("規§6.1")
def test_whatever_a_crowd_does_at_a_close_no_quota_window_or_file_is_wronged(migrated: str) -> None:
    assert run_crowds(migrated, SHORT)
