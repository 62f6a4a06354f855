"""An amendment of the calendar: what it holds, what is refused with place, found and limit, what it moves (規§4.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from rules.closures import ClosureKind, closures_of, proposals
from rules.instants import local_text, taipei_day
from rules.lint.case import Case
from rules.moves import Move, amended, moved_windows, moved_work, need_ahead, need_known, new_errors, new_warnings
from rules.refusals import Code, Refusal, Refused
from rules.refusals.malformed import MINUTE
from rules.refusals.said import said
from rules.refusals.texts import TEXTS
from rules.schedule import Calendar, Closure, NationalWindow
from rules.snapshot import DutyState, Snapshot
from tests.lint.world import case
from tests.lint.world import documents as founding
from tests.rules.builders import basis, calendar, taipei, world
from tests.rules.test_plan import ENTRY, SEMESTER

UPLOAD = {"period": "115-1", "lane": "g10_11", "kind": "outcome_upload"}
BRIEFING = {"period": "115", "kind": "briefing"}
YEAR, UPLOAD_PLACE = "115/briefing", "115-1/g10_11/outcome_upload"


def moved(**edges: str) -> Move:
    """A move of the upload window."""
    return Move.model_validate(UPLOAD | edges)


def briefing(**edges: str) -> Move:
    """A move of the briefing's date."""
    return Move.model_validate(BRIEFING | edges)


def refused(*moves: Move, closed: tuple[Closure, ...] = ()) -> tuple[str, str, str, str, str]:
    """Why an amendment is refused: code, clause, place, found, limit."""
    with pytest.raises(Refused) as error:
        amended(calendar(closures=({"day": "2026-09-10", "title": "颱風"},)), moves, closed, "會議")
    return told(error.value.refusal)


def told(r: Refusal) -> tuple[str, str, str, str, str]:
    """All that a refusal says."""
    return r.code.value, r.clause, r.place, r.found, r.limit


@pytest.mark.clause("規§4.2")
def test_an_amendment_is_the_next_version_with_its_reason_and_every_other_date_left() -> None:
    before = calendar(version=3)
    closed = Closure(day=date(2026, 9, 11), title="颱風")
    moves = [moved(due="2027-02-05 17:00"), moved(closes="2027-02-06 00:00"), briefing(due="2026-12-10 17:00")]
    after = amended(before, moves, [closed], "會議決議")
    upload, dated = after.window("115-1", "g10_11", "outcome_upload"), after.deadline("115", "briefing")
    assert upload is not None
    assert dated is not None
    assert (upload.due, upload.closes) == (taipei("2027-02-05 17:00"), taipei("2027-02-06 00:00"))
    assert (upload.source, upload.assumed) == ("會議決議", False)
    assert (dated.due, dated.source, dated.assumed) == (taipei("2026-12-10 17:00"), "會議決議", False)
    assert (after.version, after.closures) == (4, (closed,))
    assert set(before.windows) - set(after.windows) == {before.window("115-1", "g10_11", "outcome_upload")}


@pytest.mark.clause("規§4.2")
def test_a_closed_day_comes_to_those_that_were_closed() -> None:
    before = calendar(closures=({"day": "2026-09-10", "title": "颱風"},))
    after = amended(before, [], [Closure(day=date(2026, 9, 11), title="颱風")], "颱風")
    assert [c.day for c in after.closures] == [date(2026, 9, 10), date(2026, 9, 11)]


@pytest.mark.clause("規§4.2")
def test_a_date_that_is_moved_is_no_longer_a_guess() -> None:
    dates = calendar(deadlines=[BRIEFING_ROW | {"assumed": True}])
    after = amended(dates, [briefing(due="2026-12-10 17:00")], (), "會議").deadline("115", "briefing")
    assert after is not None
    assert not after.assumed


BRIEFING_ROW = {"period": "115", "duty": "briefing", "opens": "2026-09-01 08:00", "due": "2026-11-30 17:00"}


@pytest.mark.clause("規§4.2")
def test_what_contradicts_itself_is_refused_with_place_found_and_limit() -> None:
    nothing = "至少一個日期或停課停班日 · at least one date or closed day"
    assert refused() == ("bad_request", "規§4.2", "moves, closures", "", nothing)
    assert refused(briefing()) == ("bad_request", "規§4.2", "opens, due, closes", "nothing to move", "")
    twice = refused(moved(due="2027-02-05 17:00"), moved(due="2027-02-04 17:00", closes="2027-02-06 00:00"))
    once = "同一個日期只改一次 · each date once"
    assert twice == ("contradiction", "規§4.2", f"{UPLOAD_PLACE}.due", "2027-02-04 17:00", once)
    crossed = refused(moved(closes="2027-02-01 00:00"))
    assert crossed[:4] == ("contradiction", "規§4.2", UPLOAD_PLACE, "closes 2027-02-01 00:00")
    assert said(Code.CONTRADICTION, crossed[4]) == "開始 < 期限 ≤ 關閉 · opens < due <= closes"
    late = refused(briefing(opens="2026-12-01 08:00"))
    assert late == ("contradiction", "規§4.2", YEAR, "opens 2026-12-01 08:00", "<= due 2026-11-30 17:00")
    again = Closure(day=date(2026, 9, 10), title="颱風")
    assert refused(closed=(again,)) == ("already_exists", "規§4.2", "closure 2026-09-10", "", "")
    new = Closure(day=date(2026, 9, 11), title="颱風")
    assert refused(closed=(new, new)) == ("already_exists", "規§4.2", "closure 2026-09-11", "", "")


@pytest.mark.clause("規§4.2")
def test_a_duty_may_begin_at_its_very_date() -> None:
    after = amended(calendar(), [briefing(opens="2026-11-30 17:00")], (), "會議").deadline("115", "briefing")
    assert after is not None
    assert after.opens == after.due


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    "move",
    [
        Move(period="115-1", lane="g12", kind="outcome_upload", due=taipei("2027-02-05 17:00")),
        Move(period="115", kind="nothing", due=taipei("2027-02-05 17:00")),
        briefing(closes="2026-12-10 17:00"),
        briefing(due="2026-12-10 17:00", correction_closes="2026-12-10 17:00"),
    ],
)
def test_a_date_that_the_calendar_does_not_have_is_not_moved(move: Move) -> None:
    with pytest.raises(Refused) as error:
        need_known(calendar(), move)
    assert told(error.value.refusal) == ("no_window", "規§4.2", move.place, "", "")


@pytest.mark.clause("規§4.2")
def test_a_duty_moves_with_its_beginning_and_its_date() -> None:
    both = briefing(opens="2026-09-02 08:00", due="2026-12-10 17:00")
    assert need_known(calendar(), both) == calendar().deadline("115", "briefing")
    assert need_known(calendar(), moved(due="2027-02-05 17:00")) == calendar().window(*UPLOAD.values())


@pytest.mark.clause("規§4.2")
def test_what_has_happened_is_not_moved_and_nothing_moves_into_the_past() -> None:
    due, at = taipei("2026-11-30 17:00"), taipei("2026-12-10 17:00")
    need_ahead(calendar(), [briefing(due="2026-12-10 17:00")], at=taipei("2026-11-30 16:59"))
    for now, place, found in (
        (at, "115/briefing.due", "2026-12-10T09:00:00Z"),
        (due, "115/briefing.due (already passed)", "2026-11-30T09:00:00Z"),
    ):
        with pytest.raises(Refused) as error:
            need_ahead(calendar(), [briefing(due="2026-12-10 17:00")], at=now)
        limit = now.strftime("%Y-%m-%dT") + "09:00:00Z"
        assert told(error.value.refusal) == ("before_now", "規§4.2", place, found, limit)
    # A correction's end that the calendar does not have yet may still come.
    need_ahead(calendar(), [moved(correction_closes="2027-01-30 17:00")], at=at)


@pytest.mark.clause("規§4.2")
def test_every_edge_of_a_window_that_moves_is_shown_to_its_lane() -> None:
    old = calendar()
    new = amended(old, [moved(due="2027-02-05 17:00", closes="2027-02-06 00:00")], (), "會議")
    assert [m.model_dump() for m in moved_windows(old, new)] == [
        {
            "what": "window",
            "id": f"{UPLOAD_PLACE}.{edge}",
            "title": "outcome_upload",
            "before": taipei(before),
            "after": taipei(after),
            "to": ("g10_11",),
        }
        for edge, before, after in (
            ("due", "2027-02-03 17:00", "2027-02-05 17:00"),
            ("closes", "2027-02-04 00:00", "2027-02-06 00:00"),
        )
    ]
    # A window that the old version did not have has not moved.
    without = old.model_copy(update={"windows": old.windows[1:]})
    assert moved_windows(without, old) == ()


def under(*moves: Move, since: str = "2026-10-12 10:00") -> Snapshot:
    """The semester under an amended calendar."""
    w = world()
    w.settle(taipei("2026-10-12 10:00"))
    dates = amended(calendar(), moves, (), "會議") if moves else calendar()
    w.rebase(SEMESTER, replace(basis(dates=dates), since=taipei(since)))
    return w.processes[SEMESTER]


def entry(due: str) -> Move:
    """A move of the entry of base data."""
    return Move(period="115-1", lane="g10_11", kind="entry", due=taipei(due))


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_moved_duty_is_shown_with_its_rungs_and_whom_they_reach() -> None:
    at = taipei("2026-10-12 10:00")
    found = moved_work(under(since="2026-08-01 00:00"), under(entry("2026-11-06 17:00")), at=at)
    duties = [m for m in found if m.what == "duty"]
    assert [m.model_dump() for m in duties] == [
        {
            "what": "duty",
            "id": ENTRY,
            "title": "x",
            "before": taipei("2026-10-30 17:00"),
            "after": taipei("2026-11-06 17:00"),
            "to": ("registration_section",),
        }
    ]
    rungs = {m.id: m for m in found if m.what == "rung" and m.id.startswith(ENTRY)}
    assert {k: (m.before, m.after, m.to) for k, m in rungs.items()} == {
        f"{ENTRY}|rung-2": (taipei("2026-10-28 08:00"), taipei("2026-11-04 08:00"), ("registration_section",)),
        f"{ENTRY}|rung+0": (taipei("2026-10-30 08:00"), taipei("2026-11-06 08:00"), ("registration_section",)),
        f"{ENTRY}|rung+1": (taipei("2026-11-02 08:00"), taipei("2026-11-09 08:00"), ("academic_affairs_director",)),
        f"{ENTRY}|rung+2": (taipei("2026-11-03 08:00"), taipei("2026-11-10 08:00"), ("counselling_director",)),
        f"{ENTRY}|rung+4": (taipei("2026-11-05 08:00"), taipei("2026-11-12 08:00"), ("principal",)),
        f"{ENTRY}|rung+5": (taipei("2026-11-06 08:00"), taipei("2026-11-13 08:00"), ("next_meeting",)),
    }
    assert rungs[f"{ENTRY}|rung-2"].title == "x -2"
    assert moved_work(under(), under(), at=at) == ()


@pytest.mark.clause("規§4.2")
def test_a_self_check_that_moves_is_shown_to_whoever_checks_and_the_window_to_its_lane() -> None:
    def dated(checker: str | None, closes: str, due: str) -> Calendar:
        body = calendar().model_dump()
        check = {"opens": "2027-01-20 08:00", "closes": closes, "checker": checker} if checker else None
        for w in body["windows"]:
            if (w["period"], w["kind"]) == ("115-1", "outcome_upload"):
                w |= {"self_check": check, "due": due}
        return Calendar.model_validate(body)

    old = dated("principal", "2027-01-22 17:00", "2027-02-03 17:00")
    new = dated("it_section", "2027-01-25 17:00", "2027-02-02 17:00")
    assert [(m.what, m.id, m.title, m.before, m.after, m.to) for m in moved_windows(old, new)] == [
        ("window", f"{UPLOAD_PLACE}.due", "outcome_upload", taipei("2027-02-03 17:00"), taipei("2027-02-02 17:00"), ("g10_11",)),
        (
            "window", f"{UPLOAD_PLACE}.self_check_closes", "outcome_upload", taipei("2027-01-22 17:00"),
            taipei("2027-01-25 17:00"), ("it_section",),
        ),
    ]  # fmt: skip
    # One that is gone is told to the lane: nobody checks any more.
    gone = moved_windows(old, dated(None, "2027-01-22 17:00", "2027-02-03 17:00"))
    assert [(m.id.rpartition(".")[2], m.after, m.to) for m in gone] == [
        ("self_check_opens", None, ("g10_11",)), ("self_check_closes", None, ("g10_11",)),
    ]  # fmt: skip
    # A window that only one version has has not moved.
    assert moved_windows(calendar(windows=[]), old) == moved_windows(old, calendar(windows=[])) == ()


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_rung_whose_new_day_is_past_is_shown_as_left_out() -> None:
    at = taipei("2026-10-20 10:00")
    old, new = under(since="2026-08-01 00:00"), under(entry("2026-10-20 17:00"), since="2026-10-20 10:00")
    found = {m.id: (m.before, m.after) for m in moved_work(old, new, at=at) if m.what == "rung"}
    assert found[f"{ENTRY}|rung-2"] == (taipei("2026-10-28 08:00"), None)
    assert found[f"{ENTRY}|rung+1"] == (taipei("2026-11-02 08:00"), taipei("2026-10-21 08:00"))
    # One that was sent already, at this very instant too, is not left out.
    shown = [
        {m.id for m in moved_work(old, new, at=when) if m.what == "rung"}
        for when in (taipei("2026-10-28 07:59"), taipei("2026-10-28 08:00"))
    ]
    assert [f"{ENTRY}|rung-2" in ids for ids in shown] == [True, False]


@pytest.mark.clause("規§4.2")
def test_a_duty_that_is_done_moves_for_nobody() -> None:
    at = taipei("2026-10-12 10:00")
    new = under(entry("2026-11-06 17:00"))
    finished = replace(new, duties={ENTRY: DutyState(done_at=at)})
    assert moved_work(under(), finished, at=at) == ()


@pytest.mark.clause("規§4.1", "規§4.2")
def test_a_change_warns_of_what_it_brings_and_not_of_what_was_there() -> None:
    place = "115-1 g10_11 certification closes"
    # 13 and 20 March 2027 are Saturdays.
    first, second = (case({"115-1/g10_11/certification.closes": f"2027-03-{day} 17:00"}) for day in (13, 20))
    for before, after in ((case(), first), (first, second)):
        assert place in {f.hit.place for f in new_warnings(before, after) if f.rule.id == "closes-on-day-off"}
    assert new_warnings(first, first) == []
    # Of what is counted over the whole calendar another number is no news.
    assert {f.hit.place for f in new_warnings(case(), first)} == {place}
    assert place not in {f.hit.place for f in new_warnings(first, case())}
    short = case({f"{UPLOAD_PLACE}.closes": "2027-02-03 00:00", f"{UPLOAD_PLACE}.due": "2027-02-02 17:00"})
    assert new_errors(case(), short) != []
    assert not {f.rule.id for f in new_errors(case(), short)} & {f.rule.id for f in new_warnings(case(), short)}


@pytest.mark.clause("規§4.1", "規§4.2")
def test_what_was_wrong_before_a_change_is_no_reason_to_refuse_it() -> None:
    short = {f"{UPLOAD_PLACE}.closes": "2027-02-03 00:00", f"{UPLOAD_PLACE}.due": "2027-02-02 17:00"}
    fine, wrong = case(), case(short)
    assert new_errors(wrong, wrong) == []
    assert "115-1 g10_11 outcome_upload closes" in {f.hit.place for f in new_errors(fine, wrong)}
    assert new_errors(wrong, fine) == []


def proposed(days: str, kind: ClosureKind, *, at: str = "2026-08-03 08:00") -> dict[str, tuple[Move, str]]:
    """What is proposed for days closed in the small calendar."""
    c = Case(calendar(), basis().rules, basis().national, founding()[3])
    closed = closures_of([date.fromisoformat(d) for d in days.split()], kind, "颱風")
    return {p.move.place: (p.move, p.conflict) for p in proposals(c, closed, at=taipei(at))}


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize(
    "kind", ["outcome_upload", "diverse_upload", "selection", "semester_receipts", "yearly_receipts"]
)
def test_cancelled_lessons_move_each_window_of_students_and_closed_offices_alone_do_not(kind: str) -> None:
    window = next(w for w in calendar().windows if w.kind == kind)
    place, day = f"{window.period}/g10_11/{kind}", window.due.date().isoformat()
    assert place in proposed(day, ClosureKind.LESSONS)
    assert place in proposed(day, ClosureKind.BOTH)
    assert place not in proposed(day, ClosureKind.OFFICES)


@pytest.mark.clause("規§4.1", "規§9.1")
def test_closed_offices_move_what_offices_owe() -> None:
    for kind, moves in ((ClosureKind.OFFICES, True), (ClosureKind.BOTH, True), (ClosureKind.LESSONS, False)):
        assert (YEAR in proposed("2026-11-30", kind)) is moves
    found, conflict = proposed("2026-11-30", ClosureKind.OFFICES)[YEAR]
    assert (found, conflict) == (briefing(due="2026-12-01 17:00"), "")


@pytest.mark.clause("規§4.1")
def test_the_enforced_end_never_comes_before_the_shown_one() -> None:
    found, _ = proposed("2026-11-13 2026-10-30", ClosureKind.OFFICES)["115-1/g10_11/entry"]
    assert found == Move.model_validate(
        UPLOAD | {"kind": "entry", "due": "2026-11-02 17:00", "closes": "2026-11-16 17:00"}
    )


def proposed_for(days: str, kind: ClosureKind, changes: dict[str, Any], *, closed: str = "") -> tuple[Move, str] | None:
    """What is proposed for the first semester's certification with some dates of its own."""
    body = calendar(closures=[{"day": d, "title": "x", "offices": False} for d in closed.split()]).model_dump()
    for w in body["windows"]:
        if (w["period"], w["kind"]) == ("115-1", "certification"):
            w |= changes
    c = Case(Calendar.model_validate(body), basis().rules, basis().national, founding()[3])
    shut = closures_of([date.fromisoformat(d) for d in days.split()], kind, "颱風")
    found = {p.move.place: (p.move, p.conflict) for p in proposals(c, shut, at=taipei("2026-08-03 08:00"))}
    return found.get("115-1/g10_11/certification")


@pytest.mark.clause("規§4.1", "規§5.3.2")
def test_an_end_that_stays_is_taken_along_by_a_shown_one_or_a_correction_that_passes_it() -> None:
    dates = {"due": "2027-03-03 17:00", "correction_closes": "2027-03-03 18:00", "closes": "2027-03-04 08:00"}
    found = proposed_for("2027-03-03", ClosureKind.OFFICES, dates)
    assert found is not None
    assert {e: local_text(x) for e, x in found[0].edges.items()} == {
        "due": "2027-03-04 17:00", "correction_closes": "2027-03-04 18:00", "closes": "2027-03-04 18:00",
    }  # fmt: skip
    # Where the end lies further off it stays where it is.
    found = proposed_for("2027-03-03", ClosureKind.OFFICES, dates | {"closes": "2027-03-04 18:00"})
    assert found is not None
    assert set(found[0].edges) == {"due", "correction_closes"}


@pytest.mark.clause("規§4.1")
def test_an_end_at_midnight_belongs_to_the_day_that_it_ends_and_moves_to_such_an_end() -> None:
    dates = {"due": "2027-03-02 17:00", "correction_closes": None, "closes": "2027-03-04 00:00"}
    found = proposed_for("2027-03-03", ClosureKind.OFFICES, dates)
    assert found is not None
    assert {e: local_text(x) for e, x in found[0].edges.items()} == {"closes": "2027-03-05 00:00"}
    assert proposed_for("2027-03-04", ClosureKind.OFFICES, dates) is None


@pytest.mark.clause("規§4.1")
def test_nothing_is_put_on_a_day_on_which_anybody_is_sent_home() -> None:
    dates = {"due": "2027-03-03 17:00", "correction_closes": None}
    found = proposed_for("2027-03-03 2027-03-05", ClosureKind.OFFICES, dates, closed="2027-03-04")
    assert found is not None
    # Thursday has no lessons already, Friday is closed too, then comes the weekend.
    assert local_text(found[0].edges["due"]) == "2027-03-08 17:00"


@pytest.mark.clause("規§4.2")
def test_a_self_check_moves_with_closed_offices_and_never_with_cancelled_lessons() -> None:
    check = {"opens": "2027-02-24 08:00", "closes": "2027-02-26 17:00", "checker": "principal"}
    for day, edges in (
        ("2027-02-24", {"self_check_opens": "2027-02-25 08:00"}),
        ("2027-02-26", {"self_check_closes": "2027-03-02 17:00"}),
    ):
        found = proposed_for(day, ClosureKind.OFFICES, {"self_check": check})
        assert found is not None
        moved_checks = {e: local_text(x) for e, x in found[0].edges.items() if e.startswith("self_check")}
        assert list(moved_checks) == list(edges)
        assert proposed_for(day, ClosureKind.LESSONS, {"self_check": check}) is None


@pytest.mark.clause("規§4.2")
def test_a_date_amended_to_a_second_is_refused_as_no_file_could_say_it() -> None:
    found = refused(moved(closes="2027-02-04 17:00:30"))
    assert found == ("bad_request", "規§4.2", f"{UPLOAD_PLACE}.closes", "2027-02-04 17:00:30", MINUTE)
    assert refused(briefing(due="2026-12-01T09:00:30+00:00"))[3] == "2026-12-01 17:00:30"


@pytest.mark.clause("規§4.2")
def test_a_date_that_has_seconds_of_old_still_moves_with_them() -> None:
    body = calendar().model_dump()
    held = next(w for w in body["windows"] if (w["lane"], w["kind"]) == ("g10_11", "outcome_upload"))
    held["closes"] += timedelta(seconds=30)
    old = Calendar.model_validate(body)
    later = moved(closes=str(held["closes"] + timedelta(days=1)))
    window = amended(old, [later], (), "颱風").window("115-1", "g10_11", "outcome_upload")
    assert window is not None and window.closes == held["closes"] + timedelta(days=1)


@pytest.mark.clause("規§4.1")
def test_a_conflict_is_told_in_the_school_s_language_with_its_clause_and_rule() -> None:
    ends = calendar().window("115-1", "g10_11", "semester_submission")
    assert ends is not None
    authority = NationalWindow(
        period="115-1", kind="semester_submission", lanes=("g10_11",), opens=ends.opens, closes=ends.closes
    )
    national = basis().national.model_copy(update={"windows": (authority,)})
    c = Case(calendar(), basis().rules, national, founding()[3])
    shut = closures_of([date(2027, 4, 9)], ClosureKind.OFFICES, "颱風")
    found = {p.move.place: p.conflict for p in proposals(c, shut, at=taipei("2026-08-03 08:00"))}
    conflict = found["115-1/g10_11/semester_submission"]
    rule, _, words = conflict.partition(": ")
    assert rule.startswith("規§")
    assert rule.endswith("inside-national")
    assert not words[0].isascii()


@pytest.mark.clause("規§4.2")
def test_a_day_that_is_closed_already_is_no_reason_to_move_anything_and_that_is_said() -> None:
    assert proposed_for("2027-03-05", ClosureKind.OFFICES, {}, closed="2027-03-05") == (
        Move.model_validate(UPLOAD | {"kind": "certification", "closes": "2027-03-08 17:00"}),
        f"規§4.2 closure 2027-03-05: {TEXTS[Code.ALREADY_EXISTS][0]}",
    )


@pytest.mark.clause("規§4.1")
def test_a_date_of_this_very_instant_is_past_and_stays() -> None:
    assert YEAR not in proposed("2026-11-30", ClosureKind.OFFICES, at="2026-11-30 17:00")
    assert YEAR in proposed("2026-11-30", ClosureKind.OFFICES, at="2026-11-30 16:59")


@pytest.mark.clause("規§4.1")
def test_closed_days_are_rows_in_order_each_once() -> None:
    days = [date(2026, 9, 11), date(2026, 9, 10), date(2026, 9, 11)]
    found = closures_of(days, ClosureKind.LESSONS, "颱風")
    assert [(c.day.day, c.offices, c.lessons, c.title) for c in found] == [
        (10, False, True, "颱風"),
        (11, False, True, "颱風"),
    ]


@pytest.mark.clause("規§4.2")
def test_a_self_check_moves_only_where_the_window_has_one() -> None:
    move = moved(self_check_closes="2027-02-02 17:00")
    with pytest.raises(Refused) as error:
        need_known(calendar(), move)
    assert told(error.value.refusal) == ("no_window", "規§4.2", f"{UPLOAD_PLACE}.self_check_closes", "", "")


@pytest.mark.clause("規§4.1", "規§4.2")
def test_a_date_left_on_a_closed_day_is_a_persons_choice_and_one_put_on_it_is_an_error() -> None:
    before = case()
    due = next(d for d in before.calendar.deadlines if d.duty == "briefing")
    shut = [Closure(day=taipei_day(due.due), title="颱風")]
    left = replace(before, calendar=amended(before.calendar, [], shut, "颱風"))
    assert new_errors(before, left) == []
    early = Move(period=due.period, kind=due.duty, due=due.due - timedelta(hours=1))
    put = replace(before, calendar=amended(before.calendar, [early], shut, "颱風"))
    assert [f.rule.id for f in new_errors(before, put)] == ["due-on-closure"]
