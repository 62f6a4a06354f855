"""What a rehearsal reads off a year: days without anybody, too much on one day, the tightest stage. 規§4.1, 規§10.1.2"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from rules.duties import Duty
from rules.plan import next_instant, plan
from rules.posts import Away, Holding
from rules.rehearsal import EveryoneOnTime, NobodyActs, World, rehearse
from rules.rehearsals.coverage import Gap, gaps
from rules.rehearsals.critical_path import Path, paths
from rules.rehearsals.data import Curve, Limits
from rules.rehearsals.load import Overload, overloads
from rules.rehearsals.report import Rehearsed
from rules.rehearsals.script import Addressee, Line
from rules.rehearsals.staffing import Reached, Staffing
from rules.snapshot import StuckState
from tests.rules.builders import basis, structure, taipei, world
from tests.rules.test_rehearsal import year

START = taipei("2026-08-01 00:00")


def duty(post: str = "it_section", due: str = "2026-10-30 17:00", **changes: object) -> Duty:
    """A duty from the 26th (a Monday) to the 30th of October."""
    made = Duty(
        "p#k", "k", "p", "s", None, post, "工作", taipei("2026-10-26 08:00"), taipei(due), "office", "規§5.0", START
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def staffed(*away: Away, until: datetime | None = None) -> Staffing:
    """The post of the IT section with a holder, and those absences."""
    absences: dict[str, list[Away]] = {}
    for a in away:
        absences.setdefault(a.person or "", []).append(a)
    return Staffing({"it_section": [Holding("holder", 0, START, until)]}, absences)


def away(opens: str, closes: str) -> Away:
    """The holder's absence."""
    return Away("holder", taipei(opens), taipei(closes))


def spans(staffing: Staffing, *owed: Duty) -> list[tuple[str, date, date, int, bool]]:
    """(post, first, last, days, vacant) of each gap."""
    found = gaps([(d, d.due) for d in owed or (duty(),)], staffing)
    return [(g.post, g.first, g.last, g.days, g.vacant) for g in found]


@pytest.mark.clause("規§10.1.2")
def test_a_gap_is_the_days_of_a_duty_on_which_everybody_named_is_away() -> None:
    def days(first: int, last: int, count: int, *, vacant: bool = False) -> list[tuple[str, date, date, int, bool]]:
        return [("it_section", date(2026, 10, first), date(2026, 10, last), count, vacant)]

    assert spans(staffed()) == []
    assert spans(staffed(away("2026-10-27 00:00", "2026-10-29 00:00"))) == days(27, 28, 2)
    # Half a day without anybody counts as that day; a duty is missed only while it is owed.
    assert spans(staffed(away("2026-10-27 12:00", "2026-10-27 13:00"))) == days(27, 27, 1)
    assert spans(staffed(away("2026-10-01 00:00", "2026-10-27 00:00"))) == days(26, 26, 1)
    assert spans(staffed(away("2026-10-30 00:00", "2026-12-01 00:00"))) == days(30, 30, 1)
    assert spans(staffed(away("2026-10-30 17:00", "2026-12-01 00:00"))) == []
    assert spans(staffed(away("2026-09-01 00:00", "2026-10-26 08:00"))) == []
    # Two absences that touch are one gap, also over the night; two days apart they are two.
    apart = (away("2026-10-27 00:00", "2026-10-28 00:00"), away("2026-10-29 00:00", "2026-10-30 00:00"))
    assert len(spans(staffed(*apart))) == 2
    touching = (away("2026-10-27 00:00", "2026-10-28 00:00"), away("2026-10-28 09:00", "2026-10-29 00:00"))
    assert spans(staffed(*touching)) == days(27, 28, 2)
    assert spans(staffed(until=taipei("2026-10-29 00:00"))) == days(29, 30, 2, vacant=True)


@pytest.mark.clause("規§10.1.2")
def test_a_gap_names_the_duties_that_are_owed_in_it_and_only_those() -> None:
    early = duty(title="早", due="2026-10-27 17:00")
    found = gaps([(duty(), duty().due), (early, early.due)], staffed(away("2026-10-27 00:00", "2026-10-30 00:00")))
    assert found == (Gap("it_section", date(2026, 10, 27), date(2026, 10, 29), ("工作", "早"), False),)
    late = gaps([(duty(), duty().due), (early, early.due)], staffed(away("2026-10-28 00:00", "2026-10-30 00:00")))
    assert [g.duties for g in late] == [("工作",)]
    # Nothing is missed of what was done before it began, or where nobody's posts are known.
    assert gaps([(duty(), duty().opens)], staffed(away("2026-10-01 00:00", "2026-12-01 00:00"))) == ()
    assert gaps([(duty(), duty().due)], Staffing()) == ()


def line(who: str | None, at: str = "2026-10-26 08:00", **changes: object) -> Line:
    """A reminder to the IT section."""
    made = Line(taipei(at), "reminder", "p", "k", "x", (Addressee("it_section", who, "holder"),))
    return replace(made, **changes)  # type: ignore[arg-type]


def too_much(
    lines: list[Line], duties: list[Duty], pending: dict[str, list[tuple[datetime, int]]] | None = None, **limits: int
) -> list[Overload]:
    """What is above limits of one notice, one duty and one certification a day."""
    given = {"notices_a_day": 1, "duties_due_a_day": 1, "certifications_a_day": 1, "source": "x"} | limits
    return list(overloads(lines, duties, pending or {}, staffed(), basis().days, Limits.model_validate(given)))


MONDAY, FRIDAY = date(2026, 10, 26), date(2026, 10, 30)


@pytest.mark.clause("規§10.2.1")
def test_more_notices_on_a_day_than_the_limit_are_shown_to_whom_they_reach() -> None:
    two = [line("a"), line("a", "2026-10-26 09:00"), line("b")]
    assert too_much(two, []) == [Overload(MONDAY, "a", "notices", 2, 1)]
    assert too_much(two, [], notices_a_day=2) == []
    # One round tells a person once, whatever it holds; what was skipped, a group and the agenda tell nobody.
    assert too_much([line("a"), line("a", key="other")], []) == []
    assert too_much([line("a"), line("a", process="q")], []) == [Overload(MONDAY, "a", "notices", 2, 1)]
    for change in ({"outcome": "skipped"}, {"kind": "open"}, {"to": (Addressee("x", "a", "group"),)},
                   {"to": (Addressee("x", "a", "agenda"),)}):  # fmt: skip
        assert too_much([line("a"), line("a", "2026-10-26 09:00", **change)], []) == []
    escalated = [line("a"), line("a", "2026-10-26 09:00", kind="escalation")]
    assert [o.count for o in too_much(escalated, [])] == [2]
    # Where nobody is known, the post is counted.
    assert [o.who for o in too_much([line(None), line(None, "2026-10-26 09:00")], [])] == ["it_section"]


@pytest.mark.clause("規§10.2.1")
def test_more_duties_due_on_a_working_day_than_the_limit_are_shown() -> None:
    saturday = duty(key="b", due="2026-10-31 17:00")
    assert too_much([], [duty(), saturday]) == [Overload(FRIDAY, "holder", "due", 2, 1)]
    midnight = duty(key="b", due="2026-10-31 00:00")
    assert [(o.day, o.count) for o in too_much([], [duty(), midnight])] == [(FRIDAY, 2)]
    start = [duty(due="2026-10-29 17:00"), duty(key="b", due="2026-10-30 00:00")]
    assert [(o.day, o.count) for o in too_much([], start)] == [(date(2026, 10, 29), 2)]
    other = duty("registration_section", key="b")
    assert too_much([], [duty(), other]) == []
    assert too_much([], [duty(), duty(key="b", counted=True)]) == []


@pytest.mark.clause("規§5.3.2")
def test_what_is_still_to_certify_is_spread_over_the_working_days_that_are_left() -> None:
    certify = duty(counted=True, scope="course")
    start, wednesday = taipei("2026-10-01 00:00"), taipei("2026-10-28 12:00")
    found = too_much([], [certify], {"course": [(start, 6), (wednesday, 4), (taipei("2026-10-30 07:59"), 0)]})
    assert [(o.day, o.count) for o in found] == [
        # Six left over six days are one a day, over five days two; four left over two days two.
        (date(2026, 10, n), 2)
        for n in (26, 27, 28, 29)
    ]
    assert {(o.who, o.what) for o in found} == {("holder", "certifications")}
    assert too_much([], [certify], {"course": [(taipei("2026-10-30 08:01"), 99)]}) == []
    on_the_day = too_much([], [certify], {"course": [(taipei("2026-10-30 08:00"), 9)]})
    assert [(o.day, o.count) for o in on_the_day] == [(FRIDAY, 9)]


@pytest.mark.clause("規§10.1.2")
def test_whom_work_reaches_is_told_with_their_rank() -> None:
    ranks = {None: "nobody", 0: "holder", 1: "first_deputy", 2: "second_deputy"}
    assert {rank: Reached("x", "p", rank).how for rank in ranks} == ranks
    staffing = staffed(away("2026-10-27 00:00", "2026-10-29 00:00"), until=taipei("2027-02-01 00:00"))
    assert staffing.changes("it_section") == [
        START, taipei("2026-10-27 00:00"), taipei("2026-10-29 00:00"), taipei("2027-02-01 00:00"),
    ]  # fmt: skip
    assert staffing.known
    assert not Staffing().known
    assert staffing.reached("it_section", at=taipei("2026-10-28 00:00")) == Reached("it_section", None, None)
    assert staffing.reached("it_section", at=START) == Reached("it_section", "holder", 0)
    assert staffing.reached("other", at=START) == Reached("other", None, None)


@pytest.mark.clause("規§4.1")
def test_a_curve_gives_the_share_of_the_last_point_passed() -> None:
    points = [{"before": 10, "share": 0.25}, {"before": 3, "share": 0.5}, {"before": -1, "share": 1}]
    curve = Curve.model_validate({"of": "uploads", "points": points, "source": "x"})
    assert [curve.reached(n) for n in (11, 10, 4, 3, 0, -1)] == [0.0, 0.25, 0.25, 0.5, 0.5, 1.0]
    assert [curve.when(q) for q in (0.1, 0.25, 0.3, 0.5, 1.0)] == [10, 10, 3, 3, -1]
    assert Curve.model_validate({"of": "uploads", "points": points[:2], "source": "x"}).when(0.9) is None


@pytest.mark.clause("規§4.1")
def test_the_way_to_each_submission_names_its_stages_and_how_far_each_may_slip() -> None:
    found = {p.period: p for p in paths(basis(), frozenset({"g10_11"}), {})}
    assert {p: [(s.period, s.kind, s.float_days) for s in way.stages] for p, way in found.items()} == {
        "115-1": [("115-1", "entry", FLOAT["entry 1"]), ("115-1", "semester_submission", 2)],
        "115-2": [("115-2", "entry", FLOAT["entry 2"]), ("115-2", "semester_submission", 2)],
        "115": [
            ("115-1", "outcome_upload", 7),
            ("115-1", "certification", FLOAT["certification 1"]),
            ("115-2", "outcome_upload", 7),
            ("115", "diverse_upload", 25),
            ("115-2", "certification", 5),
            ("115", "selection", 5),
            ("115", "yearly_submission", 2),
        ],
    }
    year_ = found["115"]
    assert (year_.lane, year_.last_instant, year_.national) == ("g10_11", taipei("2027-10-15 17:00"), False)
    assert (year_.float_days, year_.tightest.kind) == (2, "yearly_submission")


DAYS = basis().days
FLOAT = {
    "entry 1": DAYS.between(date(2026, 11, 13), date(2027, 3, 14)),
    "entry 2": DAYS.between(date(2027, 5, 14), date(2027, 9, 5)),
    "certification 1": DAYS.between(date(2027, 3, 5), date(2027, 8, 15)),
}


@pytest.mark.clause("規§4.1")
def test_a_submission_that_was_sent_late_holds_its_way() -> None:
    late = {("115", "g10_11", "yearly_submission"): taipei("2027-10-19 17:00")}
    [way] = [p for p in paths(basis(), frozenset({"g10_11"}), late) if p.period == "115"]
    assert isinstance(way, Path)
    assert (way.float_days, way.tightest.kind) == (-2, "yearly_submission")
    assert paths(basis(), frozenset({"g10_11"}), late)[0] == way


@pytest.mark.clause("規§4.1")
def test_everyone_acts_an_hour_before_it_is_due_or_when_it_opens() -> None:
    w = world()
    w.settle(START)
    how = EveryoneOnTime()
    owed = {d.key: d for d in w.owed()}
    entry = next(d for d in owed.values() if d.kind == "enrolment_entry")
    hour = timedelta(hours=1)
    assert how.next(w, START) == min(d.due for d in owed.values()) - hour
    assert how.next(w, entry.due - hour) != entry.due - hour
    how.act(w, entry.due - hour - timedelta(seconds=1))
    assert entry.key in {d.key for d in w.owed()}
    how.act(w, entry.due - hour)
    assert entry.key not in {d.key for d in w.owed()}
    assert NobodyActs().next(w, START) is None
    early = EveryoneOnTime(lead=timedelta(days=400))
    assert early.next(w, START) == min((d.opens for d in w.owed() if d.opens > START), default=None)


@pytest.mark.clause("規§4.1")
def test_a_rehearsal_stops_where_it_is_asked_to_and_goes_on_from_there() -> None:
    half = taipei("2026-11-01 00:00")
    w = world()
    rehearse(w, EveryoneOnTime(), until=half)
    assert max(m.at for m in w.trace) <= half
    whole = world()
    rehearse(whole, EveryoneOnTime())
    rehearse(w, EveryoneOnTime(), since=half)
    assert [(m.at, m.key) for m in w.trace] == [(m.at, m.key) for m in whole.trace]


@pytest.mark.clause("規§4.1")
def test_lines_are_counted_by_kind_and_what_was_skipped_apart() -> None:
    r: Rehearsed = year("nobody")
    counts = r.counts()
    assert sum(counts.values()) == len(r.lines)
    assert counts["skipped"] == sum(x.outcome != "done" for x in r.lines) if "skipped" in counts else True
    made = replace(r, lines=(line("a"), line("b"), line("c", outcome="skipped"), line("d", kind="open")))
    assert made.counts() == {"open": 1, "reminder": 2, "skipped": 1}


@pytest.mark.clause("規§5.0")
def test_a_step_that_is_due_now_is_no_later_instant() -> None:
    w = world()
    w.settle(START)
    s = w.processes["semester/999999/115-1"]
    p = plan(s)
    opening = next(x for x in p.steps if x.key not in s.done)
    later = next_instant(s, p, opening.at)
    assert later is not None
    assert later > opening.at
    assert next_instant(s, p, opening.at - timedelta(seconds=1)) == opening.at
    stuck = replace(s, stuck={opening.key: StuckState(START, opening.at)})
    assert next_instant(stuck, p, opening.at) == later


@pytest.mark.clause("規§10.1.2")
def test_a_duty_that_ended_as_the_absence_began_or_begins_as_it_ends_is_not_missed_in_it() -> None:
    gone = staffed(away("2026-10-27 12:00", "2026-10-28 12:00"))
    before = duty(title="前", opens=taipei("2026-10-26 08:00"), due="2026-10-27 12:00")
    after = duty(title="後", opens=taipei("2026-10-28 12:00"))
    [gap] = gaps([(d, d.due) for d in (before, duty(), after)], gone)
    assert (gap.duties, gap.first, gap.last) == (("工作",), date(2026, 10, 27), date(2026, 10, 28))
    assert gaps([(d, d.due) for d in (before, after)], gone) == ()
    at_once = duty(title="瞬", opens=taipei("2026-10-28 00:00"), due="2026-10-28 00:00")
    assert [g.duties for g in gaps([(d, d.due) for d in (duty(), at_once)], gone)] == [("工作",)]


@pytest.mark.clause("規§10.1.2")
def test_only_gaps_that_touch_are_one_whichever_came_before_them() -> None:
    days = [("2026-10-26 08:00", "2026-10-26 12:00"), ("2026-10-28 08:00", "2026-10-28 12:00"),
            ("2026-10-29 08:00", "2026-10-29 12:00")]  # fmt: skip
    assert [(first.day, last.day) for _, first, last, _, _ in spans(staffed(*(away(*d) for d in days)))] == [
        (26, 26), (28, 29),
    ]  # fmt: skip
    # A day on which everybody is away and one on which nobody is named are two gaps, and so are two posts.
    until = staffed(away("2026-10-28 00:00", "2026-10-29 00:00"), until=taipei("2026-10-29 00:00"))
    assert [(first.day, last.day, vacant) for _, first, last, _, vacant in spans(until)] == [
        (28, 28, False), (29, 30, True),
    ]  # fmt: skip
    two = spans(staffed(away("2026-10-27 00:00", "2026-10-28 00:00")), duty(), duty("a_post", due="2026-10-27 17:00"))
    assert [(post, vacant) for post, _, _, _, vacant in two] == [("a_post", True), ("it_section", False)]
    # A longer gap is not cut short by one that ends before it.
    early = duty(title="早", due="2026-10-27 09:00")
    whole = spans(staffed(away("2026-10-26 00:00", "2026-10-30 00:00")), duty(), early)
    assert [(first.day, last.day) for _, first, last, _, _ in whole] == [(26, 29)]


@pytest.mark.clause("規§5.3.2")
def test_the_pace_of_certifications_is_looked_at_on_the_last_ten_working_days() -> None:
    certify = duty(counted=True, scope="course")
    found = too_much([], [certify], {"course": [(START, 1000)]})
    assert [o.count for o in found] == [100, 112, 125, 143, 167, 200, 250, 334, 500, 1000]
    assert (found[0].day, found[-1].day) == (date(2026, 10, 19), FRIDAY)
    twice = [certify, duty(counted=True, scope="other", key="b")]
    both = too_much([], twice, {"course": [(START, 10)], "other": [(START, 5)]})
    assert (both[-1].count, both[-1].limit) == (15, 1), "a teacher's courses are counted together"
    midnight = too_much([], [duty(counted=True, scope="course", due="2026-10-31 00:00")], {"course": [(START, 9)]})
    assert midnight[-1].day == FRIDAY
    assert too_much([], [certify], {}) == []


@pytest.mark.clause("規§10.2.1")
def test_what_is_due_is_counted_with_whom_it_reaches_at_that_instant() -> None:
    last = taipei("2026-10-30 17:00")
    two = [duty(), duty(key="b")]
    until = Staffing({"it_section": [Holding("first", 0, START, last), Holding("next", 0, last)]})
    given = {"notices_a_day": 1, "duties_due_a_day": 1, "certifications_a_day": 1, "source": "x"}
    limits = Limits.model_validate(given)
    assert [o.who for o in overloads([], two, {}, until, basis().days, limits)] == ["first"]
    assert [o.who for o in overloads([], two, {}, Staffing(), basis().days, limits)] == ["it_section"]
    for field in ("notices_a_day", "duties_due_a_day", "certifications_a_day"):
        with pytest.raises(ValueError, match=field):
            Limits.model_validate(given | {field: 0})


@pytest.mark.clause("規§6.3.1")
def test_whoever_acts_as_early_as_can_be_acts_at_the_instant_at_which_the_work_comes() -> None:
    w = world()
    rehearse(w, EveryoneOnTime(lead=timedelta(days=400)), until=taipei("2027-03-20 00:00"))
    roster = "submission/999999/115-1/g10_11/enrolment"
    [first] = w.processes[roster].versions
    assert [a.at for a in w.acts if a.duty.key == f"{roster}#self_check#v1"] == [first.generated_at]


def test_where_nothing_goes_on_nothing_happens() -> None:
    assert rehearse(World.of("999999", [], structure()), EveryoneOnTime()) == []


@pytest.mark.clause("規§5.3.2", "規§10.1.2")
def test_an_absent_teacher_is_missed_while_the_course_has_something_to_certify() -> None:
    gone = [Away("teacher 01", taipei("2026-10-05 00:00"), taipei("2026-10-06 00:00"))]
    missed = {g.post for g in year("on-time", *gone).gaps}
    assert missed == {"course_teacher:115-1/101/01"}
    before = Away("teacher 01", taipei("2027-03-08 00:00"), taipei("2027-03-09 00:00"))
    assert {g.post for g in year("arrivals", before).gaps} == {"course_teacher:115-2/101/01"}
