"""What schools, the authority and histories keep is read again unchanged: documents, plan files, messages."""

from __future__ import annotations

from uuid import UUID

from rules.exchange import FoundDifference, RosterOrder, RosterRow, Written
from tests.rules.contract import HOW, SHAPES, lines, recorded, shapes


def test_documents_and_messages_are_read_as_they_were_recorded() -> None:
    now, then = list(lines(shapes())), list(lines(recorded(SHAPES)))
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
