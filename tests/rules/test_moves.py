"""Under any sequence of moved deadlines and closed days: rungs once, for the date that holds; extensions only later."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.admission import AdmissionWindow, Grant, Standing, effective_close, judge_window
from rules.duties import duties_of
from rules.instants import key_text, taipei_day
from rules.moves import amended, span
from rules.refusals import Code, Refused
from rules.rehearsal import Moment, World
from rules.schedule import Closure, working_days
from rules.snapshot import ExtensionState
from tests.rules.builders import basis, calendar, taipei, world
from tests.rules.test_plan import ENTRY, SEMESTER, replace_due

START = taipei("2026-10-12 10:00")
stops = st.integers(0, 45).map(lambda hours: hours * 11)
changes = st.lists(
    st.tuples(
        stops,
        st.one_of(
            st.integers(-10, 14),
            st.integers(1, 25).map(lambda d: f"closed {d}"),
            st.integers(1, 30).map(lambda d: f"extended {d}"),
        ),
    ),
    min_size=1,
    max_size=4,
)


def is_rung(moment: Moment) -> bool:
    """Whether a moment is a rung of the entry's duty that was sent."""
    return moment.key.startswith(f"{ENTRY}|rung") and moment.outcome == "done"


def extension(until: datetime, at: datetime) -> ExtensionState:
    """The entry extended for the whole lane."""
    lane = frozenset({"g10_11"})
    return ExtensionState("115-1", "entry", lane, until, scopes=lane, granted_at=at)


def walk(w: World, now: datetime, until: datetime) -> datetime:
    """Let time pass without a gap: everything happens at its own instant; the last one before `until`."""
    while (ahead := w.next_instant(now)) is not None and ahead < until:
        now = ahead
        w.settle(now)
    return now


@pytest.mark.clause("規§5.3.2", "規§4.2")
@settings(max_examples=40, deadline=None)
@given(changes=changes)
def test_under_any_sequence_of_moves_a_rung_comes_once_and_only_for_the_date_that_holds(
    changes: list[tuple[int, int | str]],
) -> None:
    w = world()
    w.settle(START)
    dates, first = calendar(), basis()
    holds: list[tuple[datetime, str]] = [
        (START - timedelta(hours=1), key_text(duties_of(w.processes[SEMESTER])[ENTRY].due))
    ]
    for hours, change in sorted(changes, key=lambda c: c[0]):
        at = START + timedelta(hours=hours)
        walk(w, holds[-1][0], at)
        w.settle(at)
        if isinstance(change, str) and change.startswith("extended"):
            until = taipei("2026-10-30 17:00") + timedelta(days=int(change.split()[1]))
            w.extend(extension(until, at))
            holds.append((at, key_text(duties_of(w.processes[SEMESTER])[ENTRY].due)))
            continue
        if isinstance(change, str):
            day = taipei_day(START) + timedelta(days=int(change.split()[1]))
            if day in dates.closed_days:
                continue
            dates = dates.model_copy(update={"closures": (*dates.closures, Closure(day=day, title="x"))})
        else:
            entry = dates.window("115-1", "g10_11", "entry")
            assert entry is not None
            due = entry.due + timedelta(days=change)
            windows = tuple(replace_due(x, due) if x is entry else x for x in dates.windows)
            dates = dates.model_copy(update={"windows": windows})
        days = working_days(first.national, dates)
        w.rebase(SEMESTER, replace(first, calendar=dates, days=days, since=at))
        holds.append((at, key_text(duties_of(w.processes[SEMESTER])[ENTRY].due)))
    walk(w, holds[-1][0], START + timedelta(days=60))
    sent = [m for m in w.trace if is_rung(m)]
    assert max(Counter(m.key for m in sent).values(), default=1) == 1
    for m in sent:
        # What was due at the very instant of a move went out before it.
        assert m.key.endswith(next(key for at, key in reversed(holds) if at < m.at))
    days_of = Counter(taipei_day(m.at) for m in sent)
    assert max(days_of.values(), default=1) == 1


closes = st.integers(-40, 40).map(lambda h: taipei("2027-02-04 00:00") + timedelta(hours=h))
grants = st.lists(
    st.builds(
        Grant, period=st.sampled_from(["115-1", "115-2"]), kind=st.sampled_from(["outcome_upload", "selection"]),
        scope=st.sampled_from(["person", "class", "lane", "all"]),
        target=st.sampled_from(["p", "101", "g10_11", "", "other"]), closes=closes,
    ),
    max_size=6,
)  # fmt: skip


@pytest.mark.clause("規§10.2.2")
@given(base=closes, given_=grants, more=grants, at=closes)
def test_an_extension_never_makes_anyone_earlier(
    base: datetime, given_: list[Grant], more: list[Grant], at: datetime
) -> None:
    opens = taipei("2026-08-31 08:00")
    window = AdmissionWindow("115-1", "g10_11", "outcome_upload", opens, base, base, "規§5.3.1")
    who = Standing("p", "101", "g10_11")
    before, after = effective_close(window, given_, who), effective_close(window, given_ + more, who)
    assert base <= before <= after
    # The page that shows the date and the verdict of the last second are the same function.
    assert (judge_window(window, given_, who, at=at, place="x") is None) == (at < before)


def owed_under(*extensions: ExtensionState) -> datetime:
    """The due date of the entry in a term with these extensions."""
    w = world()
    w.settle(START)
    for one in extensions:
        w.extend(one)
    return duties_of(w.processes[SEMESTER])[ENTRY].due


@pytest.mark.clause("規§10.2.2")
@settings(max_examples=25, deadline=None)
@given(days=st.lists(st.integers(-20, 40), max_size=4), more=st.integers(-20, 40))
def test_no_extension_makes_what_a_post_owes_earlier(days: list[int], more: int) -> None:
    base = taipei("2026-10-30 17:00")
    made = [extension(base + timedelta(days=d), START) for d in days]
    before, after = owed_under(*made), owed_under(*made, extension(base + timedelta(days=more), START))
    assert base <= before <= after
    assert after == max([base, *(e.closes for e in made), base + timedelta(days=more)])
    # One that holds only some of the people leaves the date of the duty where it is.
    assert owed_under(*made, replace(extension(base + timedelta(days=90), START), scopes=frozenset())) == before


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(("day", "kept"), [("2026-07-31", False), ("2026-08-01", True), ("2027-07-31", True), ("2029-08-01", False)])  # fmt: skip
def test_a_closed_day_outside_the_years_dates_is_refused_with_the_first_and_the_last(day: str, kept: bool) -> None:
    closed = (Closure(day=date.fromisoformat(day), title="颱風"),)
    if kept:
        assert amended(calendar(), (), closed, "颱風").closures[-1] == closed[0]
        return
    with pytest.raises(Refused) as caught:
        amended(calendar(), (), closed, "颱風")
    refused = caught.value.refusal
    assert (refused.code, refused.clause, refused.place, refused.found) == (Code.BAD_REQUEST, "規§4.2", "closure", day)
    assert refused.limit == "2026-08-01 … 2027-10-30"


@pytest.mark.clause("規§4.2")
def test_the_days_that_may_be_closed_end_with_july_or_with_the_last_date_that_comes_later() -> None:
    def last(*closes: str, due: str = "2026-11-30 17:00") -> date:
        windows = [w.model_copy(update={"closes": taipei(c)}) for w, c in zip(calendar().windows, closes, strict=False)]
        deadlines = [d.model_copy(update={"due": taipei(due)}) for d in calendar().deadlines]
        return span(calendar().model_copy(update={"windows": tuple(windows), "deadlines": tuple(deadlines)}))[1]

    assert last() == date(2027, 7, 31)
    assert last("2027-07-30 17:00") == date(2027, 7, 31)
    assert last("2027-08-02 17:00", "2027-08-01 17:00") == date(2027, 8, 2)
    assert last("2027-08-02 17:00", due="2027-08-03 17:00") == date(2027, 8, 3)
    assert span(calendar())[0] == date(2026, 8, 1)
