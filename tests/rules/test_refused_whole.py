"""A refusal names clause, place, found and limit: the whole of it is compared, so that no part can go wrong unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rules.admission import (
    TRANSITIONS,
    AdmissionLimit,
    AdmissionVariant,
    AdmissionWindow,
    Grant,
    Standing,
    Transition,
    judge_limit,
    judge_state,
    judge_window,
    windows_of,
)
from rules.refusals import Code, Refusal
from rules.schedule import FileLimit
from rules.verdict import Act, Rows, StoredPart, judge
from tests.rules.builders import calendar, rule_set, taipei

OPENS, CLOSES = taipei("2026-08-31 08:00"), taipei("2027-02-04 00:00")
SELECTION = taipei("2027-08-16 08:00")
DAY = timedelta(days=1)
ME = Standing("me", "101", "g10_11")
SHA, OTHER = "0123456789abcdef" * 4, "fedcba9876543210" * 4
PDF = FileLimit(role="document", media_type="application/pdf", max_bytes=10, source="x")
JPEG = FileLimit(role="document", media_type="image/jpeg", max_bytes=10, source="x")
ROWS = Rows(
    windows=(
        AdmissionWindow("115-1", "g10_11", "outcome_upload", OPENS, CLOSES, CLOSES, "規§5.3.1"),
        AdmissionWindow("115-1", "g10_11", "certification", OPENS, CLOSES, CLOSES, "規§5.3.2"),
        AdmissionWindow("115", "g10_11", "diverse_upload", OPENS, CLOSES, CLOSES, "規§5.4"),
        AdmissionWindow("115", "g10_11", "selection", SELECTION, SELECTION + DAY, SELECTION + DAY, "規§6.1"),
    ),
    limits=(
        AdmissionLimit("a", "outcome", "uploaded", "115-1", 15, "規§5.3.1"),
        AdmissionLimit("b", "diverse", "uploaded", "115", 30, "規§5.4"),
        AdmissionLimit("c", "outcome", "selected", "115", 6, "規§6.1"),
        AdmissionLimit("d", "diverse", "selected", "115", 10, "規§6.1"),
    ),
    files=(JPEG, PDF),
    variants=(
        AdmissionVariant("115", "regular", "regular", "規§5.3.1"),
        AdmissionVariant("115", "makeup", "makeup", "規§5.3.1"),
        AdmissionVariant("115", "repeat_grade", "repeat_grade", "規§8"),
        AdmissionVariant("115", "repeat_grade", "regular", "規§8"),
        AdmissionVariant("114", "visiting", "regular", "規§8"),
    ),
)
GOOD = StoredPart("document", SHA, 1, "application/pdf")


def act(command: str, **more: Any) -> Act:
    """An act that is lawful as it stands."""
    base: dict[str, Any] = {
        "item": "outcome",
        "command": command,
        "period": "115-1",
        "who": ME,
        "files": (GOOD,),
        "post": "p",
    }
    if command != "upload":
        base |= {"id": "i", "digest": SHA}
    return Act(**base | more)


def told(code: Code, clause: str, place: str, found: str = "", limit: str = "") -> Refusal:
    return Refusal(code=code, clause=clause, place=place, found=found, limit=limit)


@pytest.mark.clause("規§5.3.1", "規§5.3.2", "規§6.1", "規§10.1.2")
@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (act("upload", own=False), told(Code.NOT_YOURS, "規§5.3.1", "outcome 115-1")),
        (act("withdraw", state="uploaded", own=False), told(Code.NOT_YOURS, "規§5.3.1", "item i")),
        (act("certify", state="uploaded", right="present"), told(Code.HOLDER_PRESENT, "規§10.1.2", "p")),
        (act("return", state="uploaded", right=""), told(Code.NOT_CERTIFIER, "規§5.3.2", "p")),
        (
            act("certify", state="uploaded"),
            told(Code.WRONG_STATE, "規§5.3.2", "item i", "uploaded", "certification_requested"),
        ),
        (
            act("withdraw", state="locked"),
            told(
                Code.WRONG_STATE,
                "規§5.3.1",
                "item i",
                "locked",
                "certification_requested, certified, returned, uploaded",
            ),
        ),
        (
            act("certify", state="certification_requested", seen=OTHER),
            told(Code.HASH_CHANGED, "規§5.3.2", "item i", OTHER[:12], SHA[:12]),
        ),
        (act("upload", enrolment=None, course="k"), told(Code.NOT_FOUND, "規§5.3.1", "course k")),
        (
            act("upload", variant="makeup", course="k"),
            told(Code.COURSE_KIND, "規§5.3.1", "course k", "makeup", "regular, repeat_grade"),
        ),
        (
            act("upload", variant="repeat_grade", enrolment="makeup", course="k"),
            told(Code.COURSE_KIND, "規§8", "course k", "repeat_grade", "makeup"),
        ),
        (
            act("upload", variant="visiting", course="k"),
            told(Code.COURSE_KIND, "規§5.3.1", "course k", "visiting", "regular, repeat_grade"),
        ),
        (act("upload", period="115-2"), told(Code.NO_WINDOW, "規§4.2", "outcome 115-2")),
        (act("upload", files=()), told(Code.FILE_MISSING, "規§5.3.1", "files", "0", "1")),
        (
            act("upload", files=(StoredPart("document", SHA, None),)),
            told(Code.FILE_MISSING, "規§5.3.1", "document", SHA[:12]),
        ),
        (
            act("upload", files=(StoredPart("document", SHA, 1, "image/gif"),)),
            told(Code.FILE_TYPE, "規§5.3.1", "document", "image/gif", "application/pdf, image/jpeg"),
        ),
        (
            act("replace", state="uploaded", files=(GOOD, StoredPart("document", OTHER, 10, "image/jpeg"))),
            told(Code.FILE_SIZE, "規§5.3.1", "document", "11", "10"),
        ),
        (act("upload", used=15), told(Code.QUOTA_EXCEEDED, "規§5.3.1", "outcome 115-1", "15", "15")),
        (
            act("upload", item="diverse", period="115", used=30),
            told(Code.QUOTA_EXCEEDED, "規§5.4", "diverse 115", "30", "30"),
        ),
    ],
)
def test_who_is_refused_is_told_clause_place_found_and_limit(given: Act, refusal: Refusal) -> None:
    assert judge(given, ROWS, at=OPENS) == refusal


@pytest.mark.clause("規§6.1")
@pytest.mark.parametrize(
    ("item", "period", "state", "limit"), [("outcome", "115-1", "certified", 6), ("diverse", "115", "uploaded", 10)]
)
def test_choices_are_counted_in_the_school_year_whatever_the_semester(
    item: str, period: str, state: str, limit: int
) -> None:
    choice = {"item": item, "period": period, "state": state}
    assert judge(act("select", used=limit - 1, **choice), ROWS, at=SELECTION) is None
    refused = told(Code.QUOTA_EXCEEDED, "規§6.1", f"{item} 115", str(limit), str(limit))
    assert judge(act("select", used=limit, **choice), ROWS, at=SELECTION) == refused
    late = told(Code.WINDOW_CLOSED, "規§6.1", "item i", "2027-08-17T00:00:00Z", "2027-08-17T00:00:00Z")
    assert judge(act("select", **choice), ROWS, at=SELECTION + DAY) == late


@pytest.mark.clause("規§5.3.1")
def test_one_below_the_limit_is_admitted_and_giving_up_is_never_a_question_of_quota() -> None:
    assert judge(act("upload", used=14), ROWS, at=OPENS) is None
    assert judge(act("withdraw", state="uploaded", used=99), ROWS, at=OPENS) is None
    assert judge(act("unselect", state="selected", used=99), ROWS, at=SELECTION) is None


@pytest.mark.clause("規§5.3.1")
def test_each_role_has_room_of_its_own_and_a_teacher_needs_no_files() -> None:
    media = FileLimit(role="av", media_type="video/mp4", max_bytes=10, source="x")
    rows = Rows(ROWS.windows, ROWS.limits, files=(*ROWS.files, media), variants=ROWS.variants)
    both = (StoredPart("document", SHA, 10, "application/pdf"), StoredPart("av", OTHER, 10, "video/mp4"))
    assert judge(act("upload", files=both), rows, at=OPENS) is None
    assert judge(act("certify", state="certification_requested", files=(), seen=SHA), ROWS, at=OPENS) is None
    assert judge(act("upload", variant="repeat_grade"), rows, at=OPENS) is None
    assert judge(act("upload", item="diverse", period="115", enrolment=None), ROWS, at=OPENS) is None
    assert judge(act("withdraw", state="uploaded", enrolment=None, files=()), ROWS, at=OPENS) is None


@pytest.mark.clause("規§4.2")
def test_a_window_tells_when_it_opens_and_when_it_closed_for_this_person() -> None:
    window, before = ROWS.windows[0], OPENS - timedelta(seconds=1)
    early = told(Code.WINDOW_NOT_OPEN, "規§5.3.1", "x", "2026-08-30T23:59:59Z", "2026-08-31T00:00:00Z")
    assert judge_window(window, (), ME, at=before, place="x") == early
    grant = Grant("115-1", "outcome_upload", "class", "101", CLOSES + DAY)
    late = told(Code.WINDOW_CLOSED, "規§5.3.1", "x", "2027-02-04T16:00:00Z", "2027-02-04T16:00:00Z")
    assert judge_window(window, [grant], ME, at=CLOSES + DAY, place="x") == late
    assert judge_window(None, (), ME, at=OPENS, place="x") == told(Code.NO_WINDOW, "規§4.2", "x")


def test_limits_and_states_refuse_with_what_was_found_and_what_is_allowed() -> None:
    limit = AdmissionLimit("q", "outcome", "uploaded", "115-1", 2, "規§5.3.1")
    assert [judge_limit(limit, n, place="x") for n in (0, 1)] == [None, None]
    assert judge_limit(limit, 2, place="x") == told(Code.QUOTA_EXCEEDED, "規§5.3.1", "x", "2", "2")
    assert judge_limit(limit, 3, place="x") == told(Code.QUOTA_EXCEEDED, "規§5.3.1", "x", "3", "2")
    assert judge_limit(None, 99, place="x") is None
    assert judge_state("diverse", "certify", "uploaded", place="x") == told(
        Code.WRONG_STATE, "規§5.3.2", "x", "uploaded"
    )
    assert judge_state("outcome", "select", "uploaded", place="x") == told(
        Code.WRONG_STATE, "規§6.1", "x", "uploaded", "certified"
    )
    assert judge_state("outcome", "unselect", "uploaded", place="x") == told(
        Code.WRONG_STATE, "規§6.1", "x", "uploaded", "selected"
    )


@pytest.mark.clause("規§4.1")
def test_a_compiled_window_is_the_calendar_s_own_to_every_field() -> None:
    found = [w for w in windows_of(rule_set(), calendar()) if w.period in ("115-1", "115")]
    upload, corrections = taipei("2026-08-31 08:00"), taipei("2027-03-03 17:00")
    assert found == [
        AdmissionWindow("115-1", "g10_11", "outcome_upload", upload, taipei("2027-02-03 17:00"), CLOSES, "規§4.2"),
        AdmissionWindow("115-1", "g10_11", "certification", upload, taipei("2027-02-19 17:00"), taipei("2027-03-05 17:00"), "規§4.2"),
        AdmissionWindow("115-1", "g10_11", "outcome_correction", upload, corrections, corrections, "規§5.3.1"),
        AdmissionWindow("115", "g10_11", "diverse_upload", upload, taipei("2027-07-30 17:00"), taipei("2027-08-01 00:00"), "規§4.2"),
        AdmissionWindow("115", "g10_11", "selection", SELECTION, taipei("2027-09-03 17:00"), taipei("2027-09-04 00:00"), "規§4.2"),
    ]  # fmt: skip


@pytest.mark.clause("規§5.3.1", "規§5.4")
@pytest.mark.parametrize(
    ("item", "window", "clause"), [("outcome", "outcome_upload", "規§5.3.1"), ("diverse", "diverse_upload", "規§5.4")]
)
def test_both_kinds_are_handed_in_replaced_and_withdrawn_in_their_own_window(
    item: str, window: str, clause: str
) -> None:
    assert {
        Transition(item, "upload", "", "uploaded", window, clause),
        Transition(item, "replace", "uploaded", "uploaded", window, clause),
        Transition(item, "withdraw", "uploaded", "withdrawn", window, clause),
    } <= set(TRANSITIONS)
