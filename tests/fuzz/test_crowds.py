"""Crowds at a close with up to 64 connections, many times over, against the real database."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.fuzz.test_items_machine import database as database
from tests.records.test_crowds import run_crowds

CROWDS = int(os.environ.get("LICHENG_FUZZ_CROWDS", "300"))
LONG = settings(max_examples=CROWDS, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@pytest.mark.clause("規§5.3.1")
@pytest.mark.clause("規§6.1")
def test_crowds_never_exceed_a_quota_act_outside_a_window_or_lose_a_file(database: str) -> None:
    became = run_crowds(database, LONG)
    assert {"", "quota_exceeded", "window_closed", "wrong_state"} <= set(became), became
