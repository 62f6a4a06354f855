"""A difference is closed by evidence and by nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from rules.ledgers.closing import Closing, Evidence, Later, Way, open_after, why_not
from rules.ledgers.line import Book
from rules.ledgers.reconciliation import reconcile
from rules.refusals import Code
from tests.reconcile.samples import OWNER, SHAPES, ledger
from tests.reconcile.test_matching import line

ROSTERED = line("p", "c1", "國語文", "4", "詩", "u1")
RECEIVED = line("p", "c1", "國語文", "3", "詩", "u1")
NEXT, LETTER, RECEIPT = "1" * 64, "2" * 64, "3" * 64


def differing(receipt: object = RECEIVED) -> Any:
    return reconcile(OWNER, ledger(Book.ROSTER, [ROSTERED]), ledger(Book.RECEIPT, [receipt] if receipt else []), SHAPES)  # type: ignore[list-item]


DIFFERENCE = differing().differences[0]


def evidence(kind: str, sha256: str) -> Evidence:
    return Evidence.model_validate(
        {"kind": kind, "sha256": sha256, "at": "2027-05-03 09:00", "reference": "臺教授國字第 1 號"}
    )


def closing(way: Way, *given: Evidence, **changes: Any) -> Closing:
    fields = {"difference": DIFFERENCE.id, "way": way, "evidence": given, "post": "registration_section",
              "approver": "academic_affairs_director", "reason": "經查名冊無誤"}  # fmt: skip
    return Closing.model_validate(fields | changes)


def code(found: object) -> Code | None:
    return getattr(found, "code", None)


@pytest.mark.clause("規§6.4")
def test_nothing_is_closed_without_evidence() -> None:
    for way in Way:
        assert code(why_not(closing(way), DIFFERENCE, version=1)) is Code.EVIDENCE_MISSING


@pytest.mark.clause("規§6.2")
def test_a_correction_is_closed_by_the_later_receipt_that_no_longer_shows_it() -> None:
    later = Later.of(2, NEXT, [])
    done = closing(Way.CORRECTED, evidence("receipt", NEXT))
    assert why_not(done, DIFFERENCE, version=1, later=later) is None
    assert code(why_not(done, DIFFERENCE, version=1)) is Code.EVIDENCE_MISSING
    assert code(why_not(done, DIFFERENCE, version=2, later=later)) is Code.EVIDENCE_MISSING
    other = closing(Way.CORRECTED, evidence("receipt", RECEIPT), evidence("letter", NEXT))
    assert code(why_not(other, DIFFERENCE, version=1, later=later)) is Code.EVIDENCE_MISSING


@pytest.mark.clause("規§6.2")
def test_an_item_that_still_differs_stays_open_even_with_another_value() -> None:
    again = differing(line("p", "c1", "國語文", "2", "詩", "u1")).differences
    assert again[0].id != DIFFERENCE.id
    done = closing(Way.CORRECTED, evidence("receipt", NEXT))
    assert code(why_not(done, DIFFERENCE, version=1, later=Later.of(2, NEXT, again))) is Code.WRONG_STATE
    gone_instead = Later.of(2, NEXT, differing(None).differences)
    assert why_not(done, DIFFERENCE, version=1, later=gone_instead) is None, (
        "a lost line is a new difference of its own"
    )


@pytest.mark.clause("規§6.4")
def test_an_explanation_needs_a_document_a_reason_and_somebody_else_who_approves() -> None:
    letter = evidence("letter", LETTER)
    for document in (letter, evidence("screenshot", LETTER)):
        assert why_not(closing(Way.EXPLAINED, document), DIFFERENCE, version=1) is None
    only_receipt = closing(Way.EXPLAINED, evidence("receipt", LETTER))
    assert code(why_not(only_receipt, DIFFERENCE, version=1)) is Code.EVIDENCE_MISSING
    assert code(why_not(closing(Way.EXPLAINED, letter, reason=" "), DIFFERENCE, version=1)) is Code.REASON_MISSING
    for approver in ("", "registration_section"):
        assert code(why_not(closing(Way.EXPLAINED, letter, approver=approver), DIFFERENCE, version=1)) is Code.NO_POST


@pytest.mark.clause("規§6.3.2")
def test_only_the_post_that_owns_the_roster_closes_its_differences() -> None:
    letter = evidence("letter", LETTER)
    found = why_not(closing(Way.EXPLAINED, letter, post="student_life_section"), DIFFERENCE, version=1)
    assert code(found) is Code.NO_POST
    found = why_not(closing(Way.EXPLAINED, letter, difference="another"), DIFFERENCE, version=1)
    assert code(found) is Code.NOT_FOUND


def test_what_was_closed_is_no_longer_open_and_the_rest_is() -> None:
    assert open_after([DIFFERENCE], {}) == (DIFFERENCE,)
    assert open_after([DIFFERENCE], {DIFFERENCE.id: closing(Way.EXPLAINED)}) == ()
    assert open_after([DIFFERENCE], {"another": closing(Way.EXPLAINED)}) == (DIFFERENCE,)


@pytest.mark.clause("規§6.4")
@pytest.mark.parametrize(
    ("changes", "version", "told"),
    [
        ({"difference": "other"}, 1, ("not_found", "規§6.4", "other", "")),
        ({"post": "it_section"}, 1, ("no_post", OWNER.clause, "it_section", "registration_section")),
        ({"evidence": ()}, 1, ("evidence_missing", "規§6.4", "0", "1")),
        ({"evidence": (evidence("receipt", NEXT),)}, 1, ("evidence_missing", "規§6.4", "", "letter, screenshot")),
        ({"reason": " "}, 1, ("reason_missing", "規§6.4", "", "")),
        ({"approver": "registration_section"}, 1, ("no_post", "規§6.4", "registration_section", "approver")),
        ({"approver": ""}, 1, ("no_post", "規§6.4", "", "approver")),
        ({"way": Way.CORRECTED}, 2, ("evidence_missing", "規§6.4", "2", "> 2")),
        ({"way": Way.CORRECTED}, 1, ("evidence_missing", "規§6.4", "", NEXT)),
    ],
)
def test_what_stays_open_says_which_difference_what_was_found_and_what_is_asked(
    changes: dict[str, Any], version: int, told: tuple[str, ...]
) -> None:
    given = closing(Way.EXPLAINED, evidence("letter", LETTER)).model_copy(update=changes)
    refused = why_not(given, DIFFERENCE, version=version, later=Later.of(2, NEXT, []))
    assert refused is not None
    assert refused.place == f"difference {DIFFERENCE.id}"
    assert (refused.code.value, refused.clause, refused.found, refused.limit) == told


@pytest.mark.clause("規§6.4")
def test_an_item_that_still_differs_is_named_with_how_it_differs() -> None:
    done = closing(Way.CORRECTED, evidence("receipt", NEXT))
    refused = why_not(done, DIFFERENCE, version=1, later=Later.of(2, NEXT, [DIFFERENCE]))
    assert refused is not None
    assert (refused.clause, refused.place) == ("規§6.4", f"difference {DIFFERENCE.id}")
    assert (refused.found, refused.limit) == (DIFFERENCE.kind.value, "corrected")


@pytest.mark.clause("規§6.4")
@pytest.mark.parametrize("sha256", ["1" * 63, "1" * 65, "G" * 64, "A" * 64, ""])
def test_evidence_is_named_by_its_whole_hash(sha256: str) -> None:
    with pytest.raises(ValidationError):
        evidence("letter", sha256)
