"""One person's own dates: whose windows, whose extension, whose duty, and what of a diff is new for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rules.admission import CORRECTION, Grant, Standing
from rules.calendar_diff import DateChange
from rules.daily_hours import hours_said
from rules.duties import duties_of
from rules.own_dates import Granted, OwnDate, own_changes, own_duties, own_windows
from rules.schedule import Calendar
from rules.snapshot import DutyState, ExtensionState, Snapshot
from tests.rules.builders import calendar, rule_set, taipei, world

ME = Standing("p", "101", "g10_11")
DUE, CLOSES = taipei("2027-02-03 17:00"), taipei("2027-02-04 00:00")
LATER, LATEST = taipei("2027-02-10 17:00"), taipei("2027-04-01 17:00")
SEMESTER = "semester/999999/115-1"


def granted(
    id_: str, closes: datetime, *, period: str = "115-1", kind: str = "outcome_upload", person: str = "p"
) -> Granted:
    """An extension for one person."""
    return Granted(id_, Grant(period, kind, "person", person, closes), "住院", "director")


def upload(*given: Granted) -> OwnDate:
    """The first semester's upload as this person has it."""
    mine = own_windows(rule_set(), calendar(), ME, given)
    return next(d for d in mine if (d.period, d.kind) == ("115-1", "outcome_upload"))


# -- windows ---------------------------------------------------------------------------------------


@pytest.mark.clause("規§4.2")
def test_a_student_has_the_windows_in_which_students_act_the_nearest_close_first() -> None:
    mine = own_windows(rule_set(), calendar(), ME, ())
    assert [(d.period, d.kind) for d in mine] == [
        ("115-1", "outcome_upload"),
        ("115-1", CORRECTION),
        ("115-1", "semester_receipts"),
        ("115-2", "outcome_upload"),
        ("115", "diverse_upload"),
        ("115-2", CORRECTION),
        ("115", "selection"),
        ("115-2", "semester_receipts"),
        ("115", "yearly_receipts"),
    ]
    assert {(d.what, d.lane, d.base, d.extensions, d.id) for d in mine} == {("window", "g10_11", None, (), "")}
    assert own_windows(rule_set(), calendar(), replace(ME, lane="g12"), ()) == ()
    assert [d.kind for d in own_windows(rule_set(), calendar(), ME, (), kinds={"entry"})] == ["entry", "entry"]


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_window_bears_its_rule_s_words_and_a_correction_its_own_under_the_certification_s_clause() -> None:
    rules = rule_set()
    worded = {"title": "認證", "title_en": "certifying", "clause": "規§5.3.2"}
    rules = rules.model_copy(
        update={
            "windows": tuple(w.model_copy(update=worded) if w.kind == "certification" else w for w in rules.windows)
        }
    )
    mine = {
        d.kind: d for d in own_windows(rules, calendar(), ME, (), kinds={CORRECTION, "certification", "outcome_upload"})
    }
    assert [
        (d.title, d.title_en, d.clause) for d in (mine["certification"], mine[CORRECTION], mine["outcome_upload"])
    ] == [
        ("認證", "certifying", "規§5.3.2"),
        ("退件更正", "correction of returned items", "規§5.3.2"),
        ("outcome_upload", "outcome_upload", "規§4.2"),
    ]


@pytest.mark.clause("規§10.2.2")
def test_an_extension_gives_the_later_date_and_names_itself_and_the_calendar_s_close() -> None:
    plain, later = upload(), upload(granted("e1", LATER))
    assert (plain.opens, plain.due, plain.closes, plain.base, plain.extensions) == (
        taipei("2026-08-31 08:00"), DUE, CLOSES, None, (),
    )  # fmt: skip
    assert (later.opens, later.due, later.closes, later.base, later.extensions) == (
        plain.opens, LATER, LATER, CLOSES, ("e1",),
    )  # fmt: skip


@pytest.mark.clause("規§10.2.2")
def test_only_the_extensions_that_give_the_date_are_named() -> None:
    given = (
        granted("e1", LATER),
        granted("e2", LATER),
        granted("earlier", taipei("2027-02-09 17:00")),
        granted("period", LATER, period="115-2"),
        granted("kind", LATER, kind="selection"),
        granted("person", LATER, person="q"),
    )
    assert upload(*given).extensions == ("e1", "e2")
    # One that ends with the window gives nothing, and one that ends before it leaves even the shown date.
    same, before = upload(granted("e1", CLOSES)), upload(granted("e1", taipei("2027-01-31 17:00")))
    assert (same.due, same.closes, same.base, same.extensions) == (CLOSES, CLOSES, None, ())
    assert before.model_copy(update={"sequence": 1}) == upload()


def at_hours(*kinds: str, correction: str | None = "2027-03-03 17:00") -> Calendar:
    """The calendar in which windows of these kinds are open from 08:00 to 21:00."""
    body = calendar().model_dump()
    for w in body["windows"]:
        if w["kind"] in kinds:
            w |= {"hours": {"opens": "08:00", "closes": "21:00"}}
        if w["kind"] == "outcome_upload":
            w |= {"closes": w["closes"] - timedelta(hours=3)}
        if (w["period"], w["kind"]) == ("115-1", "certification"):
            w |= {"correction_closes": correction}
    return Calendar.model_validate(body)


@pytest.mark.clause("規§4.2")
def test_daily_hours_are_said_of_a_window_that_has_them_and_until_when_before_a_later_close() -> None:
    dates = at_hours("outcome_upload")
    window = dates.window("115-1", "g10_11", "outcome_upload")
    assert window is not None
    tick = timedelta(minutes=1)
    said = [hours_said(dates, "115-1", "g10_11", "outcome_upload", window.closes + n * tick) for n in (-1, 0, 1)]
    assert said == [{"daily": "08:00–21:00"}] * 2 + [{"daily": "08:00–21:00", "until": window.closes.isoformat()}]
    for place in (("115-1", "g10_11", "certification"), ("115-1", "g12", "outcome_upload"), ("115", "g10_11", "entry")):
        assert hours_said(dates, *place, window.closes) == {}


@pytest.mark.clause("規§4.2", "規§5.3.1")
def test_a_correction_is_handed_in_at_the_upload_s_hours_until_its_own_close() -> None:
    dates, close = at_hours("outcome_upload"), taipei("2027-03-03 17:00")
    place = ("115-1", "g10_11", CORRECTION)
    assert hours_said(dates, *place, close) == {"daily": "08:00–21:00"}
    assert hours_said(dates, *place, close + timedelta(minutes=1)) == {
        "daily": "08:00–21:00",
        "until": close.isoformat(),
    }
    # The certification's own hours are none of the correction's, and without an upload there are none.
    assert hours_said(at_hours("certification"), *place, close) == {}
    assert hours_said(calendar(windows=[w for w in dates.windows if w.kind != "outcome_upload"]), *place, close) == {}
    assert hours_said(calendar(windows=[w for w in dates.windows if w.kind != "certification"]), *place, close) == {}
    assert hours_said(at_hours("outcome_upload", correction=None), *place, LATEST) == {"daily": "08:00–21:00"}


@pytest.mark.clause("規§4.2")
def test_a_person_s_own_window_says_its_hours_in_words() -> None:
    dates = at_hours("outcome_upload")
    given = granted("e1", LATER)
    plain, later = (
        next(d for d in own_windows(rule_set(), dates, ME, g) if (d.period, d.kind) == ("115-1", "outcome_upload"))
        for g in ((), (given,))
    )
    assert (plain.daily, later.daily) == ("每日 08:00–21:00", "到 116.2.3(星期三)21:00 為止每日 08:00–21:00")
    assert upload().daily == ""


# -- duties ----------------------------------------------------------------------------------------


def semester(**changes: object) -> Snapshot:
    """The first semester on its first day."""
    w = world()
    w.settle(taipei("2026-08-01 00:00"))
    return replace(w.processes[SEMESTER], **changes)  # type: ignore[arg-type]


ENTRY = f"{SEMESTER}#enrolment_entry"
ENTRY_DUE = taipei("2026-10-30 17:00")


@pytest.mark.clause("規§4.2", "規§10.2.2")
def test_a_date_s_number_only_grows_and_its_instant_is_that_of_the_last_version_or_extension() -> None:
    first, second = taipei("2026-08-01 00:00"), taipei("2026-12-01 08:00")

    def upload_of(dates: Calendar, since: datetime, *given: Granted) -> tuple[int, datetime | None]:
        found = own_windows(rule_set(), dates, ME, given, since=since)
        [d] = [d for d in found if (d.period, d.kind) == ("115-1", "outcome_upload")]
        return d.sequence, d.changed_at

    third = taipei("2027-01-05 08:00")
    grant = replace(granted("e1", LATER), at=third)
    other = replace(granted("e2", LATER, kind="selection"), at=taipei("2027-01-06 08:00"))
    assert upload_of(calendar(), first) == (1, first)
    assert upload_of(calendar(version=2), second) == (2, second)
    assert upload_of(calendar(version=2), second, grant, other) == (3, third)
    # A version after the extension is newer than both, though the extension still gives the date.
    assert upload_of(calendar(version=3), LATER, grant) == (4, LATER)


@pytest.mark.clause("規§10.2.2")
def test_a_duty_s_number_grows_with_the_extensions_of_its_process() -> None:
    at = taipei("2026-10-01 08:00")
    extension = ExtensionState("115-1", "entry", frozenset({"g10_11"}), LATER, granted_at=at)
    s = semester()
    [plain], [more] = (own_duties(x, {"registration_section"}) for x in (s, replace(s, extensions=(extension,))))
    assert (plain.sequence, plain.changed_at) == (1, s.basis.since)
    assert (more.sequence, more.changed_at) == (2, at)


@pytest.mark.clause("規§10.2.2")
def test_what_was_granted_before_an_instant_is_no_news_and_what_came_after_another_does_not_count() -> None:
    first, second = taipei("2026-10-01 08:00"), taipei("2026-10-05 08:00")
    until, further = taipei("2026-11-04 17:00"), taipei("2026-11-06 17:00")
    lane = frozenset({"g10_11"})
    extensions = tuple(
        ExtensionState("115-1", "entry", lane, closes, scopes=lane, granted_at=at)
        for closes, at in ((until, first), (further, second))
    )
    s = replace(semester(), extensions=extensions)

    def dates(since: datetime | None, end: datetime | None) -> tuple[datetime, datetime | None]:
        [d] = own_duties(s, {"registration_section"}, since=since, until=end)
        return d.due, d.base

    minute = timedelta(minutes=1)
    assert dates(None, None) == dates(first, None) == (further, ENTRY_DUE)
    assert dates(first + minute, None) == (further, until)
    assert dates(second + minute, None) == (further, None)
    assert dates(first, second) == (until, ENTRY_DUE)
    assert dates(first + minute, second) == (until, None)


@pytest.mark.clause("規§4.2", "規§5.1.1")
def test_a_post_owes_its_own_open_duties_and_no_others() -> None:
    [mine] = own_duties(semester(), {"registration_section"})
    assert mine == OwnDate(
        what="duty", period="115-1", kind="enrolment_entry", title="x", clause="規§5.1.1",
        opens=taipei("2026-09-01 08:00"), due=ENTRY_DUE, closes=ENTRY_DUE, id=ENTRY,
        sequence=1, changed_at=calendar().opens,
    )  # fmt: skip
    assert own_duties(semester(), {"principal"}) == own_duties(semester(), ()) == ()
    done = semester(duties={ENTRY: DutyState(done_at=taipei("2026-09-02 08:00"))})
    assert own_duties(done, {"registration_section"}) == ()


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_the_most_urgent_duty_comes_first_and_a_teacher_s_names_its_lane() -> None:
    teacher = "course_teacher:115-1/101/01"
    s = semester(pending={"115-1/101/01": 3})
    mine = own_duties(s, {teacher, "registration_section"})
    assert [(d.kind, d.lane, d.due) for d in mine] == [
        ("enrolment_entry", "", ENTRY_DUE),
        ("certification", "g10_11", taipei("2027-02-19 17:00")),
    ]
    both = semester(pending={"115-1/101/01": 1, "115-1/101/02": 1})
    ids = [d.id for d in own_duties(both, {"course_teacher:115-1/101/02", teacher})]
    assert ids == [f"{SEMESTER}#certification#115-1/101/01", f"{SEMESTER}#certification#115-1/101/02"]


@pytest.mark.clause("規§10.2.2")
def test_a_duty_that_an_extension_holds_names_the_date_that_the_calendar_gives() -> None:
    lane = frozenset({"g10_11"})
    until = taipei("2026-11-06 17:00")
    longer = semester(extensions=(ExtensionState("115-1", "entry", lane, until, scopes=lane, granted_at=ENTRY_DUE),))
    assert duties_of(longer)[ENTRY].due == until
    [mine] = own_duties(longer, {"registration_section"})
    assert (mine.due, mine.closes, mine.base) == (until, until, ENTRY_DUE)


# -- what of a diff is new for a person ------------------------------------------------------------


def change(edge: str, *, period: str = "115-1", kind: str = "outcome_upload") -> DateChange:
    """A change of the calendar's."""
    return DateChange(
        what="moved", period=period, lane="g10_11", kind=kind, edge=edge, before=DUE, after=taipei("2027-02-05 17:00")
    )


def own(due: datetime = DUE, closes: datetime = CLOSES, base: datetime | None = None, *by: str) -> OwnDate:
    """A window's dates as a person has them."""
    return OwnDate(
        what="window", period="115-1", lane="g10_11", kind="outcome_upload", title="x", clause="規§4.2",
        opens=taipei("2026-08-31 08:00"), due=due, closes=closes, base=base, extensions=by,
    )  # fmt: skip


def told(found: tuple[DateChange, ...]) -> list[tuple[str, datetime | str | None, datetime | str | None, str]]:
    return [(c.edge, c.before, c.after, c.because) for c in found]


@pytest.mark.clause("規§4.2")
def test_a_person_s_own_ends_stand_in_the_place_of_the_calendar_s() -> None:
    moved = [change("opens"), change("due"), change("closes"), change("correction_closes"), change("due", kind="entry")]
    found = own_changes(moved, [own()], [own(closes=LATER)])
    assert [(c.kind, c.edge, c.after) for c in found] == [
        ("entry", "due", taipei("2027-02-05 17:00")),
        ("outcome_upload", "closes", LATER),
        ("outcome_upload", "correction_closes", taipei("2027-02-05 17:00")),
        ("outcome_upload", "opens", taipei("2027-02-05 17:00")),
    ]
    # The same window of another period is not the person's own.
    other = change("due", period="115-2")
    assert own_changes([other], [own()], [own()]) == (other,)


@pytest.mark.clause("規§4.2")
def test_nothing_changes_for_whom_no_date_moved_and_a_new_window_is_the_calendar_s_news_alone() -> None:
    assert own_changes([change("due"), change("closes")], [own()], [own()]) == ()
    assert own_changes([], [], [own(closes=LATER)]) == ()
    assert told(own_changes([], [own()], [own(due=LATER, closes=LATER)])) == [
        ("closes", CLOSES, LATER, ""), ("due", DUE, LATER, ""),
    ]  # fmt: skip


@pytest.mark.clause("規§10.2.2")
def test_a_date_that_extensions_give_names_them() -> None:
    found = own_changes([], [own()], [own(DUE, LATER, CLOSES, "e1", "e2")])
    assert told(found) == [("closes", CLOSES, LATER, "e1, e2")]
    assert [(c.what, c.period, c.lane, c.kind) for c in found] == [("moved", "115-1", "g10_11", "outcome_upload")]


@pytest.mark.clause("規§10.2.2")
def test_a_duty_that_is_due_later_by_an_extension_is_a_change_and_one_that_is_not_is_none() -> None:
    duty = own(LATER, LATER, DUE).model_copy(update={"what": "duty", "lane": "", "kind": "entry"})
    assert told(own_changes([], [], [duty])) == [("due", DUE, LATER, "extension")]
    assert own_changes([], [], [duty.model_copy(update={"base": None})]) == ()
    # A duty never stands in the place of the calendar's change of a window of its name.
    assert len(own_changes([change("due", kind="entry")], [], [duty.model_copy(update={"base": None})])) == 1


@pytest.mark.clause("規§4.2")
def test_each_change_is_told_once_in_the_order_of_period_lane_kind_and_edge() -> None:
    twice = [change("opens", period="115-2"), change("opens"), change("opens"), change("opens", kind="entry")]
    assert [(c.period, c.kind) for c in own_changes(twice, [], [])] == [
        ("115-1", "entry"), ("115-1", "outcome_upload"), ("115-2", "outcome_upload"),
    ]  # fmt: skip
