"""A short run of the machine; the long one stands in tests/fuzz."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.records.machine import ItemsMachine

SHORT = settings(max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.clause("規§5.3.1")
@pytest.mark.clause("規§6.1")
def test_whatever_people_do_the_records_agree_with_the_rules(migrated: str) -> None:
    run_state_machine_as_test(lambda: ItemsMachine(migrated), settings=SHORT)
