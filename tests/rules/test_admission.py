"""What SQL compares at the last second, compiled and judged in Python."""

from __future__ import annotations

import importlib.util
from dataclasses import astuple
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.admission import (
    TRANSITIONS,
    AdmissionLimit,
    AdmissionVariant,
    AdmissionWindow,
    Grant,
    Standing,
    act_clause,
    effective_close,
    fields_of,
    judge_window,
    limits_of,
    transition,
    window_for,
    windows_of,
)
from rules.instants import Span
from rules.refusals import Code
from rules.schedule import FileLimit
from rules.verdict import Act, Rows, StoredPart, judge
from tests.rules.builders import calendar, rule_set, taipei

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
OPENS, CLOSES = taipei("2026-08-31 08:00"), taipei("2027-02-04 00:00")
WINDOW = AdmissionWindow("115-1", "g10_11", "outcome_upload", OPENS, CLOSES - DAY, CLOSES, "規§5.3.1")
ME = Standing("me", "101", "g10_11")
MIB = 2**20


def at(instant: datetime, *grants: Grant, window: AdmissionWindow = WINDOW, who: Standing = ME) -> Code | None:
    """Why an act at an instant is outside its window."""
    found = judge_window(window, grants, who, at=instant, place="x")
    return found.code if found else None


@pytest.mark.clause("規§4.2")
def test_a_window_is_half_open_to_the_microsecond() -> None:
    assert [at(OPENS - TICK), at(OPENS), at(CLOSES - TICK), at(CLOSES)] == [
        Code.WINDOW_NOT_OPEN, None, None, Code.WINDOW_CLOSED,
    ]  # fmt: skip


@pytest.mark.clause("規§4.2")
def test_without_a_window_nothing_is_admitted() -> None:
    refused = judge_window(None, (), ME, at=OPENS, place="x")
    assert refused is not None and refused.code is Code.NO_WINDOW


def test_a_window_with_daily_hours_is_shut_at_night_and_says_when_it_opens() -> None:
    hours = tuple(Span(opens=OPENS + n * DAY, closes=OPENS + n * DAY + timedelta(hours=13)) for n in range(3))
    daily = AdmissionWindow(
        "115", "g10_11", "selection", hours[0].opens, hours[2].closes, hours[2].closes, "規§6.1", hours
    )
    night = hours[0].closes
    refused = judge_window(daily, (), ME, at=night, place="x")
    assert refused is not None and refused.code is Code.WINDOW_NOT_OPEN and refused.limit == "2026-09-01T00:00:00Z"
    assert [at(night - TICK, window=daily), at(hours[1].opens - TICK, window=daily), at(hours[1].opens, window=daily)] == [
        None, Code.WINDOW_NOT_OPEN, None,
    ]  # fmt: skip
    assert at(hours[2].closes, window=daily) is Code.WINDOW_CLOSED


@pytest.mark.clause("規§10.2.2")
@pytest.mark.parametrize(
    ("scope", "target", "counts"),
    [("person", "me", True), ("person", "other", False), ("class", "101", True), ("class", "102", False),
     ("lane", "g10_11", True), ("lane", "g12_general", False), ("all", "", True)],
)  # fmt: skip
def test_an_extension_counts_where_its_scope_holds_the_person(scope: str, target: str, counts: bool) -> None:
    grant = Grant("115-1", "outcome_upload", scope, target, CLOSES + DAY)
    assert effective_close(WINDOW, [grant], ME) == (CLOSES + DAY if counts else CLOSES)
    assert at(CLOSES + DAY - TICK, grant) == (None if counts else Code.WINDOW_CLOSED)
    assert at(CLOSES + DAY, grant) is Code.WINDOW_CLOSED


def test_an_extension_of_another_window_or_period_does_not_count() -> None:
    for grant in (
        Grant("115-2", "outcome_upload", "all", "", CLOSES + DAY),
        Grant("115-1", "certification", "all", "", CLOSES + DAY),
    ):
        assert at(CLOSES, grant) is Code.WINDOW_CLOSED


@given(st.lists(st.integers(-3, 9), max_size=5))
def test_no_extension_ever_makes_a_close_earlier(days: list[int]) -> None:
    grants = [Grant("115-1", "outcome_upload", "all", "", CLOSES + n * DAY) for n in days]
    assert effective_close(WINDOW, grants, ME) == CLOSES + max([0, *days]) * DAY


@pytest.mark.clause("規§5.3.1")
def test_the_correction_window_runs_from_the_upload_s_opening_to_the_correction_close() -> None:
    found = window_for(windows_of(rule_set(), calendar()), period="115-1", lane="g10_11", kind="outcome_correction")
    assert found is not None
    assert (found.opens, found.due, found.closes) == (OPENS, taipei("2027-03-03 17:00"), taipei("2027-03-03 17:00"))


@pytest.mark.clause("規§4.1")
def test_only_windows_that_items_hang_on_are_compiled() -> None:
    kinds = {(w.period, w.kind) for w in windows_of(rule_set(), calendar())}
    semester = {"outcome_upload", "outcome_correction", "certification"}
    assert kinds == {(p, k) for p in ("115-1", "115-2") for k in semester} | {
        ("115", "diverse_upload"),
        ("115", "selection"),
    }


def test_without_a_correction_close_there_is_no_correction_window() -> None:
    windows = tuple(w.model_copy(update={"correction_closes": None}) for w in calendar().windows)
    kinds = {w.kind for w in windows_of(rule_set(), calendar(windows=[w.model_dump() for w in windows]))}
    assert "outcome_correction" not in kinds and "certification" in kinds


@pytest.mark.clause("規§5.3.1")
def test_a_limit_is_the_one_in_force_on_the_period_s_first_day() -> None:
    values = [{"from": "2026-08-01", "value": 15, "source": "x"}, {"from": "2027-02-01", "value": 9, "source": "x"},
              {"from": date(2027, 2, 2), "value": 3, "source": "x"}]  # fmt: skip
    quota = {
        "id": "q",
        "title": "x",
        "item": "outcome",
        "counts": "uploaded",
        "per": "semester",
        "clause": "規§5.3.1",
        "values": values,
    }
    assert [(x.period, x.max) for x in limits_of(rule_set(quotas=[quota]), calendar())] == [("115-1", 15), ("115-2", 9)]


def test_each_command_leads_from_a_state_to_one_state_only() -> None:
    keys = [(t.item, t.command, t.from_state) for t in TRANSITIONS]
    assert len(keys) == len(set(keys))


def test_what_is_locked_withdrawn_or_expired_stays_so() -> None:
    ended = {"locked", "withdrawn", "expired", "expired_uncertified"}
    assert {t.from_state for t in TRANSITIONS} & ended == set()


@pytest.mark.clause("規§5.3.1")
def test_after_a_return_only_the_correction_window_counts() -> None:
    assert {t.window for t in TRANSITIONS if t.from_state == "returned"} == {"outcome_correction"}
    assert {t.from_state for t in TRANSITIONS if t.window == "outcome_correction"} == {"returned"}


@pytest.mark.clause("規§5.3.2")
def test_only_what_was_asked_for_can_be_certified_or_returned() -> None:
    for command in ("certify", "return"):
        assert {t.from_state for t in TRANSITIONS if t.command == command} == {"certification_requested"}
    assert transition("diverse", "certify", "uploaded") is None


PDF = StoredPart("document", "a" * 64, MIB, "application/pdf")
ROWS = Rows(
    windows=(WINDOW, AdmissionWindow("115-1", "g10_11", "certification", OPENS, CLOSES, CLOSES, "規§5.3.2")),
    files=(FileLimit(role="document", media_type="application/pdf", max_bytes=4 * MIB, source="x"),),
    variants=(AdmissionVariant("115", "regular", "regular", "規§5.3.1"),),
)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ((PDF,), None),
        ((), Code.FILE_MISSING),
        ((StoredPart("document", "b" * 64, None),), Code.FILE_MISSING),
        ((StoredPart("document", "b" * 64, 1, "image/gif"),), Code.FILE_TYPE),
        ((StoredPart("av", "b" * 64, 1, "application/pdf"),), Code.FILE_TYPE),
        ((StoredPart("document", "b" * 64, 4 * MIB, "application/pdf"),), None),
        ((StoredPart("document", "b" * 64, 4 * MIB + 1, "application/pdf"),), Code.FILE_SIZE),
        ((PDF, StoredPart("document", "b" * 64, 3 * MIB + 1, "application/pdf")), Code.FILE_SIZE),
    ],
)
@pytest.mark.clause("規§5.3.1")
def test_files_are_there_of_a_kind_and_together_below_the_limit(
    files: tuple[StoredPart, ...], code: Code | None
) -> None:
    act = Act(item="outcome", command="upload", period="115-1", who=ME, files=files)
    refused = judge(act, ROWS, at=OPENS)
    assert (refused.code if refused else None) is code


@pytest.mark.parametrize(
    ("right", "seen", "code"),
    [("holder", None, None), ("deputy", "d", None), ("present", None, Code.HOLDER_PRESENT), ("", None, Code.NOT_CERTIFIER),
     ("holder", "e", Code.HASH_CHANGED)],
)  # fmt: skip
@pytest.mark.clause("規§5.3.2")
@pytest.mark.clause("規§10.1.2")
def test_who_may_certify_and_what(right: str, seen: str | None, code: Code | None) -> None:
    act = Act(
        item="outcome", command="certify", period="115-1", who=ME, state="certification_requested", id="i", post="p",
        digest="d", seen=seen, right=right,  # type: ignore[arg-type]
    )  # fmt: skip
    refused = judge(act, ROWS, at=OPENS)
    assert (refused.code if refused else None) is code


def made_anew() -> set[tuple[str, ...]]:
    """The table of transitions as the module makes it when it is read: made once more, beside the one in use."""
    found = importlib.util.find_spec("rules.admission")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return {astuple(t) for t in module.TRANSITIONS}


@pytest.mark.clause("規§5.3.1", "規§5.3.2", "規§5.4", "規§6.1")
def test_what_may_follow_what_is_this_table_and_nothing_else() -> None:
    up, div, corr, sel = "outcome_upload", "diverse_upload", "outcome_correction", "selection"
    asked = "certification_requested"
    assert made_anew() == {
        ("outcome", "upload", "", "uploaded", up, "規§5.3.1"),
        ("outcome", "replace", "uploaded", "uploaded", up, "規§5.3.1"),
        ("outcome", "replace", "returned", "returned", corr, "規§5.3.1"),
        ("outcome", "replace", "certified", "uploaded", up, "規§5.3.1"),
        ("outcome", "withdraw", "uploaded", "withdrawn", up, "規§5.3.1"),
        ("outcome", "withdraw", "returned", "withdrawn", corr, "規§5.3.1"),
        ("outcome", "withdraw", asked, "withdrawn", up, "規§5.3.1"),
        ("outcome", "withdraw", "certified", "withdrawn", up, "規§5.3.1"),
        ("outcome", "request_certification", "uploaded", asked, up, "規§5.3.1"),
        ("outcome", "request_certification", "returned", asked, corr, "規§5.3.1"),
        ("outcome", "certify", asked, "certified", "certification", "規§5.3.2"),
        ("outcome", "return", asked, "returned", "certification", "規§5.3.2"),
        ("outcome", "select", "certified", "selected", sel, "規§6.1"),
        ("outcome", "unselect", "selected", "certified", sel, "規§6.1"),
        ("diverse", "upload", "", "uploaded", div, "規§5.4"),
        ("diverse", "replace", "uploaded", "uploaded", div, "規§5.4"),
        ("diverse", "withdraw", "uploaded", "withdrawn", div, "規§5.4"),
        ("diverse", "select", "uploaded", "selected", sel, "規§6.1"),
        ("diverse", "unselect", "selected", "uploaded", sel, "規§6.1"),
    }


@pytest.mark.clause("規§5.3.1", "規§6.1")
def test_each_limit_keeps_its_name_and_counts_in_its_semester_or_its_school_year() -> None:
    def quota(id_: str, item: str, counts: str, per: str, clause: str, value: int) -> dict[str, object]:
        values = [{"from": "2026-08-01", "value": value, "source": "x"}]
        return {"id": id_, "title": "x", "item": item, "counts": counts, "per": per, "clause": clause, "values": values}

    quotas = [
        quota("up", "outcome", "uploaded", "semester", "規§5.3.1", 15),
        quota("sel", "diverse", "selected", "school_year", "規§6.1", 10),
    ]
    assert limits_of(rule_set(quotas=quotas), calendar()) == (
        AdmissionLimit("up", "outcome", "uploaded", "115-1", 15, "規§5.3.1"),
        AdmissionLimit("up", "outcome", "uploaded", "115-2", 15, "規§5.3.1"),
        AdmissionLimit("sel", "diverse", "selected", "115", 10, "規§6.1"),
    )


def dated(**changes: dict[str, object]) -> list[dict[str, object]]:
    """The first semester's windows, some of them changed by their kind."""
    first = [w for w in calendar().windows if w.period == "115-1"]
    return [w.model_dump() | changes.get(w.kind, {}) for w in first]


@pytest.mark.clause("規§5.3.1")
def test_a_returned_item_is_handed_in_from_the_upload_s_opening_at_the_upload_s_hours() -> None:
    hours = {"opens": "08:00", "closes": "21:00"}
    upload: dict[str, object] = {"hours": hours, "closes": "2027-02-03 21:00", "opens": "2026-09-01 08:00"}
    windows = windows_of(rule_set(), calendar(windows=dated(outcome_upload=upload)))
    by_kind = {w.kind: w for w in windows}
    correction, handed_in = by_kind["outcome_correction"], by_kind["outcome_upload"]
    assert (correction.opens, correction.closes) == (taipei("2026-09-01 08:00"), taipei("2027-03-03 17:00"))
    assert (handed_in.hours[0].opens, handed_in.hours[-1].closes) == (handed_in.opens, handed_in.closes)
    first, second, *_, last = correction.hours
    assert (first.opens, first.closes) == (correction.opens, taipei("2026-09-01 21:00"))
    assert (second.opens, second.closes) == (taipei("2026-09-02 08:00"), taipei("2026-09-02 21:00"))
    assert (last.opens, last.closes) == (taipei("2027-03-03 08:00"), correction.closes)
    assert by_kind["certification"].hours == ()


@pytest.mark.clause("規§5.3.1")
def test_where_nothing_is_uploaded_corrections_open_with_the_certification() -> None:
    windows = [w for w in dated() if w["kind"] != "outcome_upload"]
    found = window_for(
        windows_of(rule_set(), calendar(windows=windows)), period="115-1", lane="g10_11", kind="outcome_correction"
    )
    assert found is not None and (found.opens, found.hours) == (taipei("2026-08-31 08:00"), ())


@pytest.mark.clause("規§6.3.1", "規§5.3.2")
def test_offices_their_directors_and_whoever_looks_over_a_certification_see_their_field_and_no_other() -> None:
    posts = {f: {p for p, field in fields_of(rule_set()) if field == f} for f in ("enrolment", "outcomes", "outcome")}
    office = {"registration_section", "academic_affairs_director", "counselling_director"}
    assert posts == {"enrolment": office, "outcomes": office, "outcome": office | {"instruction_section"}}
    found = fields_of(rule_set())
    assert list(found) == sorted(set(found)) and {field for _, field in found} == set(posts)


@pytest.mark.clause("規§6.4")
def test_whoever_confirms_the_whole_sees_every_receipt() -> None:
    given = rule_set()
    steps = [
        s.model_copy(update={"owner": "it_section"}) if s.kind == "confirm_receipts" else s for s in given.cycle.steps
    ]
    changed = given.model_copy(update={"cycle": given.cycle.model_copy(update={"steps": tuple(steps)})})
    mine = {field for post, field in fields_of(changed) if post == "it_section"}
    assert mine == {"enrolment", "outcomes"}


@pytest.mark.clause("規§6.4")
def test_whoever_does_another_step_of_the_cycle_sees_no_receipt_for_that() -> None:
    given = rule_set()
    steps = [s.model_copy(update={"owner": "it_section"}) if s.kind == "approve" else s for s in given.cycle.steps]
    changed = given.model_copy(update={"cycle": given.cycle.model_copy(update={"steps": tuple(steps)})})
    assert "it_section" not in {post for post, _ in fields_of(changed)}


def test_an_act_on_a_new_item_names_none() -> None:
    assert Act(item="outcome", command="create", period="115-1", who=ME).id == ""


@pytest.mark.clause("規§5.3.1", "規§5.3.2", "規§6.1")
def test_an_act_rests_on_the_clause_of_handing_in_of_certifying_or_of_choosing() -> None:
    assert {t.command: act_clause(t.command) for t in TRANSITIONS} == {
        "upload": "規§5.3.1", "replace": "規§5.3.1", "withdraw": "規§5.3.1", "request_certification": "規§5.3.1",
        "certify": "規§5.3.2", "return": "規§5.3.2", "select": "規§6.1", "unselect": "規§6.1",
    }  # fmt: skip
