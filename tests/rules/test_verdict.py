"""The verdict on an act: every reason with all that it says, and the order in which reasons come."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rosters.documents import load_items
from rules.admission import (
    AdmissionLimit,
    AdmissionVariant,
    AdmissionWindow,
    Grant,
    Grants,
    Standing,
    judge_limit,
    judge_state,
    judge_variant,
    judge_window,
    stamp,
    variants_of,
    window_for,
)
from rules.instants import Span
from rules.refusals import Refusal
from rules.schedule import FileLimit
from rules.verdict import Act, Rows, StoredPart, judge
from tests.rules.builders import calendar, taipei

ME = Standing("me", "101", "g10_11")
OPENS, CLOSES = taipei("2026-08-31 08:00"), taipei("2027-02-04 00:00")
NOW = taipei("2026-10-01 10:00")
MINUTE = timedelta(minutes=1)
PDF = StoredPart("document", "0123456789abcdef" * 4, 10, "application/pdf")
LIMITS = (
    FileLimit(role="document", media_type="image/png", max_bytes=5, source="x"),
    FileLimit(role="document", media_type="application/pdf", max_bytes=10, source="x"),
    FileLimit(role="av", media_type="video/mp4", max_bytes=20, source="x"),
)


def window(kind: str, period: str, lane: str = "g10_11", clause: str = "規§4.2") -> AdmissionWindow:
    return AdmissionWindow(period, lane, kind, OPENS, CLOSES, CLOSES, clause)


ROWS = Rows(
    windows=(
        window("outcome_upload", "115-1"), window("certification", "115-1"), window("outcome_correction", "115-1"),
        window("selection", "115"), window("diverse_upload", "115"),
    ),
    limits=(
        AdmissionLimit("u", "outcome", "uploaded", "115-1", 2, "規§5.3.1"),
        AdmissionLimit("s", "outcome", "selected", "115", 1, "規§6.1"),
        AdmissionLimit("d", "diverse", "uploaded", "115", 3, "規§5.4"),
    ),
    files=LIMITS,
    variants=(AdmissionVariant("115", "regular", "regular", "規§5.3.1"), AdmissionVariant("115", "retake", "retake", "規§8")),
)  # fmt: skip


def act(command: str = "upload", item: str = "outcome", **more: Any) -> Act:
    base: dict[str, Any] = {"period": "115-1", "who": ME, "files": (PDF,), "course": "c1"}
    return Act(**{"item": item, "command": command} | base | more)


def told(refused: Refusal | None) -> tuple[str, ...] | None:
    """All that a refusal says."""
    if refused is None:
        return None
    return refused.code.value, refused.clause, refused.place, refused.found, refused.limit


def verdict(given: Act, rows: Rows = ROWS, at: datetime = NOW) -> tuple[str, ...] | None:
    return told(judge(given, rows, at=at))


# -- one reason after the other --------------------------------------------------------------------


@pytest.mark.clause("規§5.3.1", "規§5.3.2", "規§10.1.2")
def test_who_has_no_right_is_told_so_before_anything_else() -> None:
    assert verdict(act(own=False, state="locked", id="i")) == ("not_yours", "規§5.3.1", "item i", "", "")
    assert verdict(act(own=False)) == ("not_yours", "規§5.3.1", "outcome 115-1", "", "")
    for command in ("certify", "return"):
        asked: dict[str, Any] = {
            "state": "certification_requested",
            "id": "i",
            "own": False,
            "post": "course_teacher:c1",
        }
        assert verdict(act(command, **asked)) is None
        assert verdict(act(command, right="deputy", **asked)) is None
        assert verdict(act(command, right="present", **asked)) == (
            "holder_present",
            "規§10.1.2",
            "course_teacher:c1",
            "",
            "",
        )
        assert verdict(act(command, right="", **asked)) == ("not_certifier", "規§5.3.2", "course_teacher:c1", "", "")


@pytest.mark.clause("規§5.3.1")
def test_a_state_that_does_not_allow_it_names_those_that_do() -> None:
    refused = verdict(act("withdraw", state="locked", id="i", period="999-1"))
    assert refused == (
        "wrong_state", "規§5.3.1", "item i", "locked", "certification_requested, certified, returned, uploaded",
    )  # fmt: skip
    assert told(judge_state("diverse", "certify", "uploaded", place="x")) == (
        "wrong_state",
        "規§5.3.2",
        "x",
        "uploaded",
        "",
    )
    assert judge_state("outcome", "upload", "", place="x") is None


@pytest.mark.clause("規§4.2", "規§6.1")
def test_the_window_is_the_item_s_own_lane_s_of_its_semester_or_for_what_a_year_holds_of_its_year() -> None:
    assert verdict(act("select", state="certified", id="i")) is None
    assert verdict(act("unselect", state="selected", id="i")) is None
    assert verdict(act("upload", "diverse", period="115")) is None
    assert verdict(act("replace", "diverse", period="115", state="uploaded", id="i")) is None
    assert verdict(act("replace", "diverse", period="115-1", state="uploaded", id="i")) is None
    # A new item names its own period: a diverse one that names a semester has no window there.
    assert verdict(act("upload", "diverse")) == ("no_window", "規§4.2", "diverse 115-1", "", "")
    assert verdict(act(period="115-2")) == ("no_window", "規§4.2", "outcome 115-2", "", "")
    assert verdict(act(who=Standing("me", "301", "g12"))) == ("no_window", "規§4.2", "outcome 115-1", "", "")
    assert verdict(act("replace", state="returned", id="i")) is None
    assert verdict(act("certify", state="certification_requested", id="i", digest="d", seen="d")) is None


@pytest.mark.clause("規§4.2", "規§10.2.2")
def test_before_and_after_the_window_both_instants_are_told() -> None:
    early, late = OPENS - MINUTE, CLOSES
    assert verdict(act(), at=early) == (
        "window_not_open", "規§4.2", "outcome 115-1", "2026-08-30T23:59:00Z", "2026-08-31T00:00:00Z",
    )  # fmt: skip
    assert verdict(act(), at=late) == (
        "window_closed", "規§4.2", "outcome 115-1", "2027-02-03T16:00:00Z", "2027-02-03T16:00:00Z",
    )  # fmt: skip
    grant = Grant("115-1", "outcome_upload", "person", "me", CLOSES + MINUTE)
    longer = Rows(ROWS.windows, ROWS.limits, (grant,), ROWS.files, ROWS.variants)
    assert verdict(act(), longer, at=late) is None
    assert verdict(act(), longer, at=late + MINUTE) == (
        "window_closed", "規§4.2", "outcome 115-1", "2027-02-03T16:01:00Z", "2027-02-03T16:01:00Z",
    )  # fmt: skip


@pytest.mark.clause("規§4.2")
def test_between_two_spans_the_next_one_s_opening_is_told_and_after_an_extension_it_stays_open() -> None:
    day = timedelta(days=1)
    spans = tuple(Span(opens=OPENS + n * day, closes=OPENS + n * day + 13 * 60 * MINUTE) for n in range(3))
    daily = AdmissionWindow("115-1", "g10_11", "x", spans[0].opens, spans[2].closes, spans[2].closes, "規§6.1", spans)
    assert told(judge_window(daily, (), ME, at=spans[0].closes, place="x")) == (
        "window_not_open", "規§6.1", "x", stamp(spans[0].closes), stamp(spans[1].opens),
    )  # fmt: skip
    grant = Grant("115-1", "x", "all", "", daily.closes + day)
    assert judge_window(daily, [grant], ME, at=daily.closes + 12 * 60 * MINUTE, place="x") is None
    assert daily.during == spans
    assert window("x", "115-1").during == (Span(opens=OPENS, closes=CLOSES),)


@pytest.mark.clause("規§5.3.1", "規§8")
def test_an_outcome_hangs_on_how_the_student_is_enrolled_in_the_course() -> None:
    assert verdict(act(enrolment=None)) == ("not_found", "規§5.3.1", "course c1", "", "")
    assert verdict(act(variant="retake")) == ("course_kind", "規§8", "course c1", "retake", "regular")
    assert verdict(act(variant="other", enrolment="retake")) == (
        "course_kind",
        "規§5.3.1",
        "course c1",
        "other",
        "retake",
    )
    assert verdict(act(variant="retake", enrolment="retake")) is None
    # Only a new outcome is asked for it: neither another command nor a diverse performance.
    assert verdict(act("replace", enrolment=None, state="uploaded", id="i")) is None
    assert verdict(act("upload", "diverse", period="115", enrolment=None)) is None
    last_year = [AdmissionVariant("114", "regular", "regular", "規§5.3.1")]
    refused = judge_variant(last_year, period="115-1", variant="regular", enrolment="regular", place="x")
    assert told(refused) == ("course_kind", "規§5.3.1", "x", "regular", "")
    two = [AdmissionVariant("115", v, "regular", c) for v, c in (("b", "規§8"), ("a", "規§5.4"), ("a", "規§5.3.1"))]
    refused = judge_variant(two, period="115", variant="a", enrolment="makeup", place="x")
    assert told(refused) == ("course_kind", "規§5.3.1", "x", "a", "")
    refused = judge_variant(two[:2], period="115", variant="c", enrolment="regular", place="x")
    assert told(refused) == ("course_kind", "規§5.3.1", "x", "c", "a, b")


@pytest.mark.clause("規§5.3.2")
def test_a_teacher_certifies_the_files_that_were_seen() -> None:
    asked = {"state": "certification_requested", "id": "i", "digest": "a" * 64}
    assert verdict(act("certify", seen="b" * 64, **asked)) == ("hash_changed", "規§5.3.2", "item i", "b" * 12, "a" * 12)
    assert verdict(act("certify", seen="a" * 64, **asked)) is None
    assert verdict(act("certify", **asked)) is None
    assert verdict(act("return", seen="b" * 64, **asked)) is None


@pytest.mark.clause("規§5.3.1", "規§5.4")
@pytest.mark.parametrize(
    ("files", "refused"),
    [
        ((), ("file_missing", "files", "0", "1")),
        ((StoredPart("av", "c" * 64, None),), ("file_missing", "av", "c" * 12, "")),
        ((StoredPart("document", "c" * 64, 1, "image/gif"),), ("file_type", "document", "image/gif", "application/pdf, image/png")),
        ((StoredPart("document", "c" * 64, 1, "video/mp4"),), ("file_type", "document", "video/mp4", "application/pdf, image/png")),
        ((StoredPart("document", "c" * 64, 6, "image/png"),), ("file_size", "document", "6", "5")),
        ((StoredPart("document", "c" * 64, 5, "image/png"),), None),
        ((PDF, StoredPart("av", "c" * 64, 20, "video/mp4")), None),
        ((PDF, StoredPart("document", "c" * 64, 1, "application/pdf")), ("file_size", "document", "11", "10")),
    ],
)  # fmt: skip
def test_files_are_named_by_their_role_with_what_was_found_and_what_is_taken(
    files: tuple[StoredPart, ...], refused: tuple[str, ...] | None
) -> None:
    for given, clause in (
        (act(files=files), "規§5.3.1"),
        (act("replace", files=files, state="uploaded", id="i"), "規§5.3.1"),
        (act("upload", "diverse", period="115", files=files), "規§5.4"),
    ):
        expected = refused and (refused[0], "規§5.3.1" if refused[0] == "file_size" else clause, *refused[1:])
        assert verdict(given) == expected
    # What hands in no files is not asked for any.
    assert verdict(act("withdraw", files=files, state="uploaded", id="i")) is None


@pytest.mark.clause("規§5.3.1", "規§6.1")
def test_one_more_than_the_limit_is_refused_with_both_numbers() -> None:
    assert verdict(act(used=1)) is None
    assert verdict(act(used=2)) == ("quota_exceeded", "規§5.3.1", "outcome 115-1", "2", "2")
    assert verdict(act("select", state="certified", id="i", used=0)) is None
    assert verdict(act("select", state="certified", id="i", used=1)) == (
        "quota_exceeded",
        "規§6.1",
        "outcome 115",
        "1",
        "1",
    )
    # Another item, another count or another period is another limit, and where there is none there is no bound.
    assert verdict(act("upload", "diverse", period="115", used=2)) is None
    assert verdict(act("upload", "diverse", period="115", used=3)) == (
        "quota_exceeded",
        "規§5.4",
        "diverse 115",
        "3",
        "3",
    )
    assert verdict(act("select", "diverse", period="115", state="uploaded", id="i", used=9)) is None
    assert verdict(act("replace", state="uploaded", id="i", used=9)) is None
    assert verdict(act(used=2, files=())) == ("file_missing", "規§5.3.1", "files", "0", "1")
    assert told(judge_limit(ROWS.limits[0], 3, place="x")) == ("quota_exceeded", "規§5.3.1", "x", "3", "2")
    assert judge_limit(None, 99, place="x") is None


# -- the rows ---------------------------------------------------------------------------------------


@pytest.mark.clause("規§5.3.1", "規§8")
def test_each_enrolment_of_each_variant_is_a_row_of_the_calendar_s_year() -> None:
    book = load_items(Path(__file__).parents[2] / "schools" / "national" / "items-115.yaml")
    rows = variants_of(book, calendar())
    assert rows == tuple(AdmissionVariant("115", v.id, e, v.clause) for v in book.variants for e in v.course)
    assert {r.enrolment for r in rows} >= {"regular", "retake"}
    assert variants_of(None, calendar()) == ()


@pytest.mark.clause("規§10.2.2")
def test_the_grants_that_hold_a_person_are_found_by_person_class_lane_and_everybody() -> None:
    def grant(scope: str, target: str) -> Grant:
        return Grant("115-1", "outcome_upload", scope, target, CLOSES)

    mine = [grant("all", ""), grant("lane", "g10_11"), grant("class", "101"), grant("person", "me")]
    others = [
        grant("all", "me"),
        grant("lane", "g12"),
        grant("class", "102"),
        grant("person", "you"),
        grant("list", "me"),
    ]
    assert Grants([*mine, *others, mine[3]]).of(ME) == [mine[3], mine[3], mine[2], mine[1], mine[0]]
    assert Grants([]).of(ME) == []


def test_a_window_is_found_by_period_lane_and_kind_together() -> None:
    found = window_for(ROWS.windows, period="115", lane="g10_11", kind="selection")
    assert found is ROWS.windows[3]
    for period, lane, kind in (
        ("115-1", "g10_11", "selection"),
        ("115", "g12", "selection"),
        ("115", "g10_11", "entry"),
    ):
        assert window_for(ROWS.windows, period=period, lane=lane, kind=kind) is None
