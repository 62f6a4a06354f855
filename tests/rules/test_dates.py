"""Until when something is owed, and since when that date has stood. 規§10.2.2, 規§5.3.2"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from rules.dates import extended, shifted, stands_since
from rules.snapshot import Basis, ExtensionState, Snapshot
from tests.rules.builders import basis, taipei

START = taipei("2026-08-01 00:00")
BEFORE, DUE, LATER = taipei("2026-10-29 17:00"), taipei("2026-10-30 17:00"), taipei("2026-11-06 17:00")


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize(
    ("instant", "count", "moved"),
    [
        ("2026-10-30 17:00", 2, "2026-11-03 17:00"),
        # Half an hour after midnight is a time of its day like any other.
        ("2026-10-30 00:30", 0, "2026-10-30 00:30"),
        ("2026-10-30 00:01", 1, "2026-11-02 00:01"),
        ("2026-10-30 17:00", -2, "2026-10-28 17:00"),
        # Friday's midnight is Friday's end, so one working day later is Monday's end.
        ("2026-10-31 00:00", 1, "2026-11-03 00:00"),
        ("2026-10-31 00:00", -1, "2026-10-30 00:00"),
        ("2026-10-31 00:00", 0, "2026-10-31 00:00"),
        # Whoever closes at eight in the morning closes at eight there too.
        ("2026-10-30 08:00", 1, "2026-11-02 08:00"),
        ("2026-10-30 01:00", 1, "2026-11-02 01:00"),
    ],
)
def test_a_date_is_moved_by_working_days_at_the_same_time_of_day(instant: str, count: int, moved: str) -> None:
    assert shifted(basis(), taipei(instant), count) == taipei(moved)


def granted(closes: datetime, *scopes: str, kind: str = "entry", at: str | None = "2026-10-12 10:00") -> ExtensionState:
    """An extension of the entry of base data."""
    return ExtensionState(
        "115-1", kind, frozenset({"g10_11"}), closes, scopes=frozenset(scopes),
        granted_at=taipei(at) if at else None,
    )  # fmt: skip


@pytest.mark.clause("規§10.2.2")
def test_an_extension_moves_a_date_for_those_in_its_scope_and_never_earlier() -> None:
    assert extended(DUE, "entry", "101", ()) == DUE
    assert extended(DUE, "entry", "101", (granted(LATER, "101", "102"),)) == LATER
    assert extended(DUE, "entry", "103", (granted(LATER, "101", "102"),)) == DUE
    assert extended(DUE, "entry", "101", (granted(LATER, "101", kind="certification"),)) == DUE
    assert extended(DUE, "entry", "101", (granted(BEFORE, "101"),)) == DUE


def process(*bases: tuple[str, datetime | None], extensions: tuple[ExtensionState, ...] = ()) -> Snapshot:
    """A process that came under a new basis at each instant; the title of each holds the date that it gives."""
    made = [basis_with(since, due) for since, due in bases]
    return Snapshot("999999", "p", "semester", {}, START, tuple(made), extensions=extensions)


def basis_with(since: str, due: datetime | None) -> Basis:
    """A basis that gives this date."""
    first = basis()
    return replace(first, since=taipei(since), calendar=first.calendar.model_copy(update={"title": str(due or "")}))


def due_of(b: Basis, extensions: tuple[ExtensionState, ...]) -> datetime | None:
    """The date that a basis gives, extended."""
    if not b.calendar.title:
        return None
    return extended(datetime.fromisoformat(b.calendar.title), "entry", "101", extensions)


FIRST, SECOND, THIRD = "2026-08-01 00:00", "2026-10-12 10:00", "2026-10-14 09:00"


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize(
    ("bases", "since"),
    [
        ([(FIRST, DUE)], FIRST),
        # A version that leaves the date alone changes nothing.
        ([(FIRST, DUE), (SECOND, DUE)], FIRST),
        ([(FIRST, DUE), (SECOND, DUE), (THIRD, DUE)], FIRST),
        # A date that was moved counts from the day after the move.
        ([(FIRST, DUE), (SECOND, LATER)], "2026-10-13 00:00"),
        ([(FIRST, DUE), (SECOND, LATER), (THIRD, LATER)], "2026-10-13 00:00"),
        ([(FIRST, DUE), (SECOND, LATER), (THIRD, DUE)], "2026-10-15 00:00"),
        # A date that there was none of before stands from the version that brought it.
        ([(FIRST, None), (SECOND, LATER)], SECOND),
        ([(FIRST, None), (SECOND, LATER), (THIRD, LATER)], SECOND),
    ],
)
def test_a_date_stands_since_the_change_that_gave_it(bases: list[tuple[str, datetime | None]], since: str) -> None:
    assert stands_since(process(*bases), due_of, START) == taipei(since)


@pytest.mark.clause("規§10.2.2")
def test_a_granted_extension_is_a_move_and_one_of_others_is_none() -> None:
    def since(*extensions: ExtensionState) -> datetime:
        return stands_since(process((FIRST, DUE), extensions=extensions), due_of, START)

    assert since(granted(LATER, "101")) == taipei("2026-10-13 00:00")
    assert since(granted(LATER, "102")) == START
    # Without an instant of its own it held from the beginning.
    assert since(granted(LATER, "101", at=None)) == START
    # What was granted at the very instant of a basis holds under it.
    assert since(granted(LATER, "101", at=FIRST)) == START
    # A version that comes after the grant and leaves the date alone changes nothing.
    held = process((FIRST, DUE), (THIRD, DUE), extensions=(granted(LATER, "101"),))
    assert stands_since(held, due_of, START) == taipei("2026-10-13 00:00")


@pytest.mark.clause("規§5.3.2")
def test_nothing_stands_before_what_is_owed_began() -> None:
    first = taipei("2026-10-20 08:00")
    assert stands_since(process((FIRST, DUE)), due_of, first) == first
    assert stands_since(process((FIRST, DUE), (SECOND, LATER)), due_of, first) == first
    assert stands_since(process((FIRST, DUE), (SECOND, DUE)), due_of, first) == first
