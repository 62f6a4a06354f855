"""What schools, the authority and histories keep is read again unchanged: documents, plan files, messages."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from rules import messages
from rules.calendar_diff import DateChange
from rules.exchange import FoundDifference, RosterOrder, RosterRow, Written
from rules.items.schema import ItemBook
from rules.ledgers.closing import Closing
from rules.moves import MovedDate
from rules.own_dates import OwnDate
from rules.plan_diff import Changes, PlanFile
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National
from rules.school_files import Known, SchoolFiles
from rules.why import Link
from tests.rules.contract import HOW, SHAPES, lines, recorded, shapes

KEPT: tuple[type[BaseModel], ...] = (
    RuleSet, Calendar, National, ItemBook, PlanFile, Changes, SchoolFiles, Known, Closing,
    messages.ProcessRef, messages.Ask, messages.DueStep, messages.Due, messages.Do, messages.Done, messages.Stuck,
    messages.Wish, messages.WishOrder,
    OwnDate, DateChange, MovedDate, Link,
)  # fmt: skip
"""Documents of schools and of the authority, files, the payloads that stand in histories, and parts of JSON answers."""


def test_documents_and_messages_are_read_as_they_were_recorded() -> None:
    now, then = list(lines(shapes(KEPT))), list(lines(recorded(SHAPES)))
    assert [x for x in now if x not in then] == [x for x in then if x not in now] == [], HOW


def test_a_roster_that_says_nothing_else_is_not_of_what_students_selected() -> None:
    row = RosterRow("s", UUID(int=1), {})
    order = RosterOrder("cadre", "999999", 115, 1, "", (row,))
    assert (order.selected, row.item, row.salt) == (False, None, b"")


def test_a_roster_without_a_pre_check_has_none() -> None:
    written = Written(b"x", "1", (), 0, ())
    assert (written.precheck_code, written.precheck) == ("", b"")


def test_a_difference_without_a_person_names_nobody() -> None:
    assert FoundDifference("d", "missing", "roster_receipt", "s", 2, None, ()).national_id == ""
