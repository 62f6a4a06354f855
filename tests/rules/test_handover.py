"""A post changes hands: packet, switch, the old account's end, and whose work it is to accept. 規§10.3.1, 規§10.3.2"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from rules.duties import Duty, duties_of
from rules.instants import key_text
from rules.plan import is_over, plan
from rules.plans.step import Step
from rules.ruleset import Kind
from rules.snapshot import DutyState, HandoverState, ReportState, Snapshot
from tests.rules.builders import basis, taipei

PROCESS = "handover/999999/registration_section/2027-02-01"
ANNOUNCED, EFFECTIVE = taipei("2027-01-11 09:00"), taipei("2027-02-01 00:00")
LONGER = taipei("2027-03-01 00:00")
ACCEPT = f"{PROCESS}#accept_handover"


def handover(*, until: datetime | None = None, accepted: str | None = None, done: int = 0) -> Snapshot:
    """A hand-over of the registrar's post, with its first steps done."""
    state = HandoverState("registration_section", ANNOUNCED, EFFECTIVE, until)
    duties = {ACCEPT: DutyState(done_at=taipei(accepted))} if accepted else {}
    s = Snapshot("999999", PROCESS, Kind.HANDOVER, {}, ANNOUNCED, (basis(),), handover=state, duties=duties)
    return replace(s, done=frozenset(x.key for x in plan(s).steps[:done]))


def dated(steps: tuple[Step, ...]) -> list[tuple[str, str, datetime]]:
    """(kind, activity, instant) of each step."""
    return [(x.kind, x.activity, x.at) for x in steps]


@pytest.mark.clause("規§10.3.1", "規§10.3.2.1")
def test_the_packet_is_prepared_the_post_switches_on_its_day_and_the_account_is_closed() -> None:
    steps = plan(handover()).steps
    assert sorted(dated(steps)) == sorted([
        ("packet", "prepare_packet", ANNOUNCED),
        ("switch", "switch_post", EFFECTIVE),
        ("close_account", "close_account", EFFECTIVE),
    ])  # fmt: skip
    packet = steps[0]
    assert packet.key == f"{PROCESS}|packet|{key_text(ANNOUNCED)}"
    assert (packet.thing, packet.phase, packet.summary) == (PROCESS, "packet", "packet packet")


@pytest.mark.clause("規§10.3.2.1")
def test_a_prolonged_account_is_closed_later_and_never_before_the_switch() -> None:
    def closes(until: datetime) -> datetime:
        return next(x.at for x in plan(handover(until=until)).steps if x.kind == "close_account")

    assert closes(LONGER) == LONGER
    assert closes(taipei("2027-01-20 00:00")) == EFFECTIVE


@pytest.mark.clause("規§10.3.1")
def test_the_successor_owes_the_acceptance_within_the_working_days_given() -> None:
    [duty] = duties_of(handover()).values()
    assert duty == Duty(
        key=ACCEPT, kind="accept_handover", process=PROCESS, scope="", lane=None, post="registration_section",
        title="接受交接", opens=EFFECTIVE,
        # Five working days after 1 February: 2, 3, then Lunar New Year, 11, 12 and 15 February.
        due=taipei("2027-02-15 17:00"),
        ladder="office", clause=basis().rules.handover.clause, since=ANNOUNCED,
    )  # fmt: skip


@pytest.mark.clause("規§10.3.1")
def test_a_hand_over_closes_when_it_is_accepted_and_every_step_is_done() -> None:
    assert [x.kind for x in plan(handover(done=3)).steps if x.kind == "closed"] == []
    assert [x.kind for x in plan(handover(accepted="2027-02-03 10:00", done=2)).steps if x.kind == "closed"] == []
    ready = handover(accepted="2027-02-03 10:00", done=3)
    last = plan(ready).steps[-1]
    assert (last.kind, last.at) == ("closed", taipei("2027-02-03 10:00"))
    early = handover(until=LONGER, accepted="2027-02-03 10:00", done=3)
    assert plan(early).steps[-1].at == LONGER
    closed = replace(ready, done=ready.done | {last.key})
    assert [x.kind for x in plan(closed).steps if x.kind == "closed"] == []


@pytest.mark.clause("規§10.3.1")
def test_a_process_is_over_once_it_closed_and_owes_nothing_more() -> None:
    now = taipei("2027-02-04 00:00")
    ready = handover(accepted="2027-02-03 10:00", done=3)
    assert not is_over(ready, plan(ready), now)
    closed = replace(ready, done=ready.done | {plan(ready).steps[-1].key})
    assert is_over(closed, plan(closed), now)
    # A step that came due again, or a report that nobody answered, keeps it.
    again = replace(closed, done=closed.done - {plan(handover()).steps[0].key})
    assert not is_over(again, plan(again), now)
    report = ReportState("r1", 1, now, objection=False)
    assert not is_over(replace(closed, reports=(report,)), plan(closed), now)
    answered = replace(report, answered_at=now)
    assert is_over(replace(closed, reports=(answered,)), plan(closed), now)
    another = replace(ready, done=ready.done | {f"{PROCESS}0|closed|x"})
    assert not is_over(another, plan(another), now)


@pytest.mark.clause("規§10.3.1")
def test_without_a_hand_over_there_is_nothing_to_do() -> None:
    nothing = replace(handover(), handover=None)
    assert (plan(nothing).steps, duties_of(nothing)) == ((), {})
