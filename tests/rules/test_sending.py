"""Which rosters a submission window takes, and who sends them. 規§6.3"""

from __future__ import annotations

from pathlib import Path

import pytest

from rosters.documents import load_pack
from rules.sending import rosters_in, senders

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.clause("規§6.3.1", "規§6.3.4")
def test_a_window_takes_the_rosters_of_its_cadence_and_their_owners_send_them_once_each() -> None:
    rules = load_pack(ROOT / "schools" / "licheng").rules
    semester, yearly = (rosters_in(rules, f"{x}_submission") for x in ("semester", "yearly"))
    assert [r.id for r in semester][:3] == ["enrolment", "grades", "cadre"]
    assert {r.id for r in yearly} >= {"outcomes", "diverse"}
    assert sorted(r.id for r in (*semester, *yearly)) == sorted(r.id for r in rules.rosters)
    assert senders(rules, "yearly_submission") == tuple(dict.fromkeys(r.owner for r in yearly))
    assert senders(rules, "selection") == () == rosters_in(rules, "certification")
