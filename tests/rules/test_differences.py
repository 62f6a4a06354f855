"""What the ledgers do not agree on: who owes it, until when, and what follows. 規§6.2, 規§6.4"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from rules.duties import DIFFERENCES, duties_of, is_open
from rules.instants import DAY, local_text
from rules.rehearsal import EveryoneOnTime, World, rehearse
from rules.snapshot import Snapshot
from tests.rules.builders import SCHOOL, taipei, world

ROSTER = f"submission/{SCHOOL}/115-1/g10_11/enrolment"
GENERATED = taipei("2027-03-15 08:00")


@dataclass(frozen=True)
class ReceiptDiffers(EveryoneOnTime):
    """Everyone is on time; the first receipt of one roster differs in two places, closed when `closing` says."""

    correct: bool = False
    closing: datetime | None = None

    def next(self, world: World, now: datetime) -> datetime | None:
        ahead = [EveryoneOnTime.next(self, world, now)] + (
            [self.closing] if self.closing and self.closing > now else []
        )
        return min((x for x in ahead if x is not None), default=None)

    def act(self, world: World, now: datetime) -> None:
        EveryoneOnTime.act(self, world, now)
        roster = world.processes.get(ROSTER)
        if roster is None or not roster.versions:
            return
        first = roster.versions[0]
        if first.receipt_at == now and not first.differences:
            world.receive(ROSTER, 1, now, differences=2)
        if self.closing and now >= self.closing and roster.versions[0].differences_open:
            world.resolve(ROSTER, 1, now, correct=False)
            world.resolve(ROSTER, 1, now, correct=self.correct)


def played(**how: object) -> World:
    w = world()
    rehearse(w, ReceiptDiffers(**how))  # type: ignore[arg-type]
    return w


def version_at(w: World, version: int = 1) -> Snapshot:
    assert len(w.processes[ROSTER].versions) >= version
    return w.processes[ROSTER]


@pytest.mark.clause("規§6.4")
def test_the_owner_of_the_roster_owes_the_differences_within_three_working_days() -> None:
    s = played().processes[ROSTER]
    duty = duties_of(s)[f"{ROSTER}#{DIFFERENCES}#v1"]
    arrived = s.versions[0].receipt_at
    assert arrived is not None
    assert (duty.post, duty.opens) == ("registration_section", arrived)
    assert duty.due.date() == s.basis.days.shift(arrived.date(), s.rules.cycle.difference_days)


@pytest.mark.clause("規§6.4")
def test_a_submission_with_open_differences_never_closes_and_asks_nobody_to_confirm_it() -> None:
    s = played().processes[ROSTER]
    assert is_open(s, duties_of(s)[f"{ROSTER}#{DIFFERENCES}#v1"])
    assert not any("|closed|" in key for key in s.done)
    assert f"{ROSTER}#confirm_receipts#v1" not in duties_of(s)


@pytest.mark.clause("規§6.4")
def test_explained_differences_end_with_the_same_version() -> None:
    s = played(closing=taipei("2027-04-20 10:00")).processes[ROSTER]
    assert len(s.versions) == 1
    assert any("|closed|" in key for key in s.done)


@pytest.mark.clause("規§6.2", "規§6.4")
@pytest.mark.parametrize("closing", ["2027-04-20 10:00", "2027-06-01 10:00"])
def test_a_difference_to_be_corrected_asks_for_another_version_once_both_are_over(closing: str) -> None:
    s = played(correct=True, closing=taipei(closing)).processes[ROSTER]
    first, second = s.versions
    assert first.settled_at is not None
    assert second.generated_at == max(first.settled_at, taipei(closing))
    assert any("|closed|" in key for key in s.done)


@pytest.mark.clause("規§4.2")
def test_a_version_made_anew_before_it_was_sent_leaves_no_duty_behind() -> None:
    w = world()
    w.settle(GENERATED)
    w.correct(ROSTER, 1, GENERATED + timedelta(hours=3))
    w.settle(GENERATED + timedelta(hours=3))
    s = w.processes[ROSTER]
    assert [v.version for v in s.versions] == [1, 2]
    assert {d.scope for d in duties_of(s).values()} == {"v2"}
    submit = duties_of(s)[f"{ROSTER}#submit#v2"]
    first = duties_of(w_before())[f"{ROSTER}#submit#v1"]
    assert local_text(submit.due) == local_text(first.due), "the window's date stands: nothing was sent yet"
    assert submit.due > GENERATED + DAY


def w_before() -> Snapshot:
    w = world()
    w.settle(GENERATED)
    return version_at(w)


@pytest.mark.clause("規§6.2", "規§6.4")
@pytest.mark.parametrize(("unnoticed", "asked"), [(0, True), (1, False)])
def test_nobody_confirms_the_whole_while_one_student_without_a_notice_is_silent(unnoticed: int, asked: bool) -> None:
    s = played(closing=taipei("2027-04-20 10:00")).processes[ROSTER]
    version = replace(s.versions[-1], unnoticed=unnoticed)
    duties = duties_of(replace(s, versions=(*s.versions[:-1], version)))
    assert any(d.kind == "confirm_receipts" for d in duties.values()) is asked
