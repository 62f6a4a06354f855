"""Every date of a draft, for a school of two lanes: counted in working days from what is known. 規§4.1, 規§5.1.3, 規§6.1"""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import Any

import pytest

from rules.days import OfficeYear
from rules.instants import local_text
from rules.lint.model import Limits
from rules.proposals.draft import Draft, placed, propose
from rules.proposals.facts import Entry, Facts
from rules.proposals.placement import Placement
from rules.ruleset import RuleSet
from rules.schedule import National, NationalWindow, SchoolDays
from tests.rules.builders import office_years, rule_set

LANES = [
    {"id": "g10_11", "title": "高一二", "title_en": "10-11", "grades": [1, 2], "tracks": ["普通型"]},
    {"id": "g12", "title": "高三", "title_en": "12", "grades": [3], "tracks": ["普通型"], "final_grade": True},
]
COUNTS: dict[str, Any] = {
    "opens_at": "08:00", "due_at": "17:00", "meeting_before": 6, "publication_before": 1, "entry_days": 42,
    "entry_grace": 10, "certify_due": 5, "certify_close": 12, "correction_before": 2, "grades_after": 7,
    "selection_days": 6, "submission_days": 15, "submission_margin": 5, "receipts_after": 3, "receipts_days": 4,
    "training_after": 30, "first_1": "08-31", "closing_1": "01-20", "first_2": "02-11", "closing_2": "06-30",
    "submission_after_period": 30, "final_before_year_end": 40,
}  # fmt: skip
LIMITS = Limits(
    answer_days=2, replace_days=3, certify_days=5, select_days=5, pile_up=5, new_year_days=6, first_hour=7, last_hour=22
)


def duty(kind: str, clause: str, process: str = "semester", **more: Any) -> dict[str, Any]:
    """A duty with a date of its own name, unless it hangs on a window."""
    base = {
        "title": "x",
        "title_en": "x",
        "owner": "registration_section",
        "ladder": "office",
        "due": {"deadline": kind},
    }
    return {**base, "kind": kind, "clause": clause, "process": process, **more}


DUTIES = [
    duty("meeting", "規§3.0"), duty("publication", "規§4.2", owner="instruction_section"), duty("recheck", "規§4.2"),
    duty("accounts", "規§5.0"), duty("grades", "規§5.2.1"), duty("evaluation", "規§11", "school_year"),
    duty("briefing", "規§9.1", "school_year"), duty("training", "規§9.2", "school_year"),
    duty("a", "規§8"), duty("b", "規§8"), duty("c", "規§8", "school_year"), duty("never", "規§8", optional=True),
    duty("entry", "規§5.1.1", due={"window": "entry"}),
]  # fmt: skip


@cache
def rules() -> RuleSet:
    """Two lanes, and a duty of every clause whose date a draft places in a way of its own."""
    return rule_set(lanes=LANES, duties=DUTIES)


def national(*windows: NationalWindow) -> National:
    """Four office calendars, and these windows of the authority."""
    years = (OfficeYear(year=2025, source="test", off=()), *office_years())
    return National(version=1, title="test", windows=windows, office_years=years)


def drafted(
    facts: Facts | None = None, *windows: NationalWindow, by: RuleSet | None = None, **counts: Any
) -> Draft:  # fmt: skip
    """A draft of the year 115 from what was read of the school's calendar; it is not judged."""
    placement = Placement.model_validate(COUNTS | counts)
    return Draft(*placed(facts or Facts(115), by or rules(), national(*windows), placement), {}, ())


@cache
def silent() -> Draft:
    """Where neither the school's calendar nor the authority says anything."""
    return drafted()


def shown(draft: Draft, lane: str) -> dict[str, str]:
    """Of each window of a lane: opens, due, closes."""
    found = [w for w in draft.calendar.windows if w.lane == lane]
    return {f"{w.period} {w.kind}": " … ".join(local_text(x)[2:] for x in (w.opens, w.due, w.closes)) for w in found}


def deadlines(draft: Draft, duty: str) -> list[str]:
    """Of each date of a duty: period, opens, due, reason."""
    found = [d for d in draft.calendar.deadlines if d.duty == duty]
    return [f"{d.period} {local_text(d.opens)[5:]} … {local_text(d.due)[5:]} {d.source}" for d in found]


@pytest.mark.clause("規§4.1", "規§5.3.1", "規§6.1", "規§6.2")
def test_a_lane_that_goes_on_submits_in_the_next_period_and_each_window_is_counted_from_its_neighbour() -> None:
    assert shown(silent(), "g10_11") == {
        # First day to the first working day from day 14 after the closing ceremony, open to its end.
        "115-1 outcome_upload": "26-08-31 08:00 … 27-02-03 17:00 … 27-02-04 00:00",
        # Five working days after 3 February (Lunar New Year lies between), closed after twelve.
        "115-1 certification": "26-08-31 08:00 … 27-02-17 17:00 … 27-02-25 17:00",
        # From the second day, due after 42 working days, ten more until the close.
        "115-1 entry": "26-09-01 08:00 … 26-10-29 17:00 … 26-11-12 17:00",
        # 30 + 15 working days after 1 February, open for the last 15, due one before the close.
        "115-1 semester_submission": "27-03-19 08:00 … 27-04-08 17:00 … 27-04-09 17:00",
        # Three working days after the submission, for four.
        "115-1 semester_receipts": "27-04-14 08:00 … 27-04-20 17:00 … 27-04-21 00:00",
        "115-2 outcome_upload": "27-02-11 08:00 … 27-07-14 17:00 … 27-07-15 00:00",
        "115-2 certification": "27-02-11 08:00 … 27-07-21 17:00 … 27-07-30 17:00",
        "115-2 entry": "27-02-12 08:00 … 27-04-09 17:00 … 27-04-23 17:00",
        "115-2 semester_submission": "27-09-10 08:00 … 27-09-30 17:00 … 27-10-01 17:00",
        "115-2 semester_receipts": "27-10-06 08:00 … 27-10-12 17:00 … 27-10-13 00:00",
        # Six working days, of which the last lies two before the submission.
        "115 selection": "27-09-01 08:00 … 27-09-08 17:00 … 27-09-09 00:00",
        "115 diverse_upload": "26-08-31 08:00 … 27-08-30 17:00 … 27-08-31 00:00",
        "115 yearly_submission": "27-09-10 08:00 … 27-09-30 17:00 … 27-10-01 17:00",
        "115 yearly_receipts": "27-10-06 08:00 … 27-10-12 17:00 … 27-10-13 00:00",
    }


@pytest.mark.clause("規§5.1.3", "規§6.1")
def test_a_final_grade_submits_within_its_year_and_its_second_semester_is_placed_backward() -> None:
    found, other = shown(silent(), "g12"), shown(silent(), "g10_11")
    # Forty working days before 31 July.
    sent = "27-05-17 08:00 … 27-06-04 17:00 … 27-06-07 17:00"
    receipts = "27-06-10 08:00 … 27-06-16 17:00 … 27-06-17 00:00"
    assert {k: v for k, v in found.items() if other[k] != v} == {
        "115-2 semester_submission": sent,
        "115 yearly_submission": sent,
        "115-2 semester_receipts": receipts,
        "115 yearly_receipts": receipts,
        "115 selection": "27-05-06 08:00 … 27-05-13 17:00 … 27-05-14 00:00",
        "115 diverse_upload": "26-08-31 08:00 … 27-05-04 17:00 … 27-05-05 00:00",
        # The certification closes the working day before the selection, the upload nine working days before that.
        "115-2 certification": "27-02-11 08:00 … 27-04-29 17:00 … 27-05-05 17:00",
        "115-2 outcome_upload": "27-02-11 08:00 … 27-04-22 17:00 … 27-04-23 00:00",
    }


@pytest.mark.clause("規§5.3.2")
def test_the_correction_closes_two_working_days_before_the_certification_and_only_there() -> None:
    found = {(w.period, w.lane): w.correction_closes for w in silent().calendar.windows if w.correction_closes}
    assert {k: local_text(v) for k, v in found.items()} == {
        ("115-1", "g10_11"): "2027-02-23 17:00",
        ("115-1", "g12"): "2027-02-23 17:00",
        ("115-2", "g10_11"): "2027-07-28 17:00",
        ("115-2", "g12"): "2027-05-03 17:00",
    }
    assert {w.kind for w in silent().calendar.windows if w.correction_closes} == {"certification"}


@pytest.mark.clause("規§4.2")
def test_a_self_check_takes_the_last_five_working_days_and_that_of_a_roster_ends_six_before_it_is_due() -> None:
    found = {
        f"{w.period} {w.kind}": f"{local_text(w.self_check.opens)[2:]} … {local_text(w.self_check.closes)[2:]}"
        for w in silent().calendar.windows
        if w.lane == "g10_11" and w.self_check is not None
    }
    assert {k: v for k, v in found.items() if k.startswith("115-1") or "115 " in k} == {
        "115-1 certification": "27-02-03 08:00 … 27-02-17 17:00",
        "115-1 outcome_upload": "27-01-27 08:00 … 27-02-03 17:00",
        "115-1 entry": "26-10-22 08:00 … 26-10-29 17:00",
        "115-1 semester_submission": "27-03-22 08:00 … 27-03-31 17:00",
        "115-1 semester_receipts": "27-04-14 08:00 … 27-04-20 17:00",
        "115 diverse_upload": "27-08-23 08:00 … 27-08-30 17:00",
        "115 selection": "27-09-01 08:00 … 27-09-08 17:00",
        "115 yearly_submission": "27-09-13 08:00 … 27-09-22 17:00",
        "115 yearly_receipts": "27-10-06 08:00 … 27-10-12 17:00",
    }


@pytest.mark.clause("規§4.2")
def test_who_checks_is_who_has_the_list_sends_the_roster_publishes_or_owes_the_work_in_that_order() -> None:
    def checkers(*duties: dict[str, Any], **changes: Any) -> dict[str, str]:
        made = drafted(by=rule_set(lanes=LANES[:1], duties=list(duties), **changes))
        return {w.kind: w.self_check.checker for w in made.calendar.windows if w.self_check}

    by = checkers(*DUTIES)
    assert {kind for kind, who in by.items() if who == "registration_section"} == {
        "semester_submission", "yearly_submission", "semester_receipts", "yearly_receipts",
    }  # fmt: skip
    assert {by[k] for k in ("entry", "outcome_upload", "certification", "selection")} == {"instruction_section"}
    entry = duty("entry", "規§5.1.1", due={"window": "entry"}, owner="it_section")
    assert checkers(entry)["entry"] == "it_section"
    assert checkers(entry)["selection"] == "counselling_director", "the executive secretary, where nobody owes it"
    listed = duty("sent", "規§6.3.1", due={"window": "semester_submission"}, owner="it_section", checklist=["看"])
    assert checkers(listed)["semester_submission"] == "it_section"
    assert checkers({**listed, "checklist": []})["semester_submission"] == "registration_section"
    assert checkers(listed)["yearly_submission"] == "registration_section"
    # Course teachers are many: none of them is named.
    many = duty("certification", "規§5.3.2", due={"window": "certification"}, owner="course_teacher", checklist=["看"])
    assert checkers(many)["certification"] == "counselling_director"
    published = duty("publication", "規§4.2", owner="course_teacher")
    assert checkers(published)["selection"] == "counselling_director"
    on_window = duty("checks", "規§4.2", due={"window": "entry"}, owner="it_section")
    assert checkers(on_window)["selection"] == "counselling_director", "a duty on a window publishes nothing"
    other = duty("accounts", "規§5.0", owner="it_section")
    assert checkers(other)["selection"] == "counselling_director"
    assert checkers(other, rosters=[])["semester_submission"] == "counselling_director"


@pytest.mark.clause("規§3.0", "規§4.2", "規§5.0")
def test_the_meeting_and_what_is_published_come_before_the_first_day() -> None:
    assert deadlines(silent(), "meeting") == [
        "115-1 08-03 08:00 … 08-21 17:00 開學前 6 個上班日",
        # 11 February follows the Lunar New Year: only two working days lie between it and the semester's first.
        "115-2 02-01 08:00 … 02-02 17:00 開學前 2 個上班日",
    ]
    for name in ("publication", "accounts"):
        assert deadlines(silent(), name) == [
            "115-1 08-03 08:00 … 08-28 17:00 開學前 1 個上班日",
            "115-2 02-01 08:00 … 02-03 17:00 開學前 1 個上班日",
        ]
    assert deadlines(silent(), "never") == []
    assert deadlines(silent(), "entry") == []


def entry(title: str, first: date, last: date | None = None) -> Entry:
    """An entry of the school's calendar."""
    return Entry(title, first, last or first, "calendar.csv:3")


def beginning(month: int, day: int) -> Draft:
    """A draft where the first semester begins on that day of 2026."""
    return drafted(Facts(115, first_days={1: entry("開學", date(2026, month, day))}))


@pytest.mark.clause("規§3.0", "規§4.2")
@pytest.mark.parametrize(
    ("first", "meeting", "publication"),
    [
        # The semester's first working day is 3 August, a Monday.
        ((8, 12), "08-03 08:00 … 08-04 17:00 開學前 6 個上班日", "08-03 08:00 … 08-11 17:00 開學前 1 個上班日"),
        ((8, 11), "08-03 08:00 … 08-04 17:00 開學前 5 個上班日", "08-03 08:00 … 08-10 17:00 開學前 1 個上班日"),
        ((8, 6), "08-03 08:00 … 08-04 17:00 開學前 2 個上班日", "08-03 08:00 … 08-05 17:00 開學前 1 個上班日"),
        ((8, 5), "08-03 08:00 … 08-03 17:00 開學前 2 個上班日", "08-03 08:00 … 08-04 17:00 開學前 1 個上班日"),
        ((8, 4), "08-03 08:00 … 08-03 17:00 開學前 2 個上班日", "08-03 08:00 … 08-03 17:00 開學前 1 個上班日"),
        # Nothing is left of the semester before its first day: the Friday before it.
        ((8, 3), "08-03 08:00 … 08-03 17:00 開學前 2 個上班日", "07-31 08:00 … 07-31 17:00 開學前 1 個上班日"),
    ],
)
def test_where_a_semester_begins_early_the_meeting_moves_towards_it_and_stays_before_the_publication(
    first: tuple[int, int], meeting: str, publication: str
) -> None:
    made = beginning(*first)
    assert deadlines(made, "meeting")[0] == f"115-1 {meeting}"
    assert deadlines(made, "publication")[0] == f"115-1 {publication}"


@pytest.mark.clause("規§4.2")
def test_what_is_published_days_before_moves_towards_the_first_day_too() -> None:
    made = drafted(Facts(115, first_days={1: entry("開學", date(2026, 8, 6))}), publication_before=3)
    assert deadlines(made, "accounts")[0] == "115-1 08-03 08:00 … 08-04 17:00 開學前 2 個上班日"


@pytest.mark.clause("規§5.2.1")
def test_grades_are_due_as_the_schools_calendar_says_or_seven_working_days_after_the_closing_ceremony() -> None:
    assert deadlines(silent(), "grades") == [
        "115-1 01-20 08:00 … 01-29 17:00 休業式後 7 個上班日",
        "115-2 06-30 08:00 … 07-09 17:00 休業式後 7 個上班日",
    ]
    said = {1: entry("成績輸入", date(2027, 1, 18), date(2027, 1, 22)), 2: entry("成績登錄", date(2027, 6, 25))}
    made = drafted(Facts(115, grades_due=said))
    assert deadlines(made, "grades") == [
        "115-1 01-20 08:00 … 01-22 17:00 calendar.csv:3「成績輸入」",
        "115-2 06-25 08:00 … 06-25 17:00 calendar.csv:3「成績登錄」",
    ]
    assert {(d.period, d.duty) for d in made.calendar.deadlines if not d.assumed} == {
        ("115-1", "grades"), ("115-2", "grades"),
    }  # fmt: skip
    one = drafted(Facts(115, grades_due={2: said[2]}))
    assert {(d.period, d.duty) for d in one.calendar.deadlines if not d.assumed} == {("115-2", "grades")}


@pytest.mark.clause("規§8", "規§9.1", "規§9.2", "規§11")
def test_briefing_and_training_come_early_the_evaluation_late_and_the_schools_own_duties_are_spread() -> None:
    for name in ("briefing", "training"):
        assert deadlines(silent(), name) == ["115 09-01 08:00 … 10-13 17:00 開學後 30 個上班日"]
    assert deadlines(silent(), "evaluation") == ["115 06-21 08:00 … 07-23 17:00 學年結束前"]
    # Two duties of one clause share the semester's working days; one alone has all of them.
    assert deadlines(silent(), "a") == [
        "115-1 09-01 08:00 … 11-09 17:00 學期內平均分配",
        "115-2 02-12 08:00 … 04-21 17:00 學期內平均分配",
    ]
    assert deadlines(silent(), "b") == [
        "115-1 11-09 08:00 … 01-20 17:00 學期內平均分配",
        "115-2 04-21 08:00 … 06-30 17:00 學期內平均分配",
    ]
    assert deadlines(silent(), "c") == ["115 09-01 08:00 … 01-20 17:00 學期內平均分配"]
    assert deadlines(silent(), "recheck")[0].endswith("01-20 17:00 學期內平均分配")


@pytest.mark.clause("規§6.1")
def test_a_submission_closes_so_many_working_days_before_the_authority_does_and_opens_no_earlier_than_it() -> None:
    def sent(period: str, kind: str, opens: str, closes: str, lane: str = "g10_11") -> tuple[str, str]:
        window = NationalWindow(
            period=period, kind=kind, lanes=(lane,), opens=opens, closes=closes, letter_number="臺教國署高字第1號"
        )
        made = drafted(None, window)
        return shown(made, lane)[f"{period} {kind}"], made.reasons[period, lane, kind]

    reason = "國教署期間 臺教國署高字第1號 截止前 5 個上班日"
    wide = ("27-03-26 08:00 … 27-04-15 17:00 … 27-04-16 17:00", reason)
    assert sent("115-1", "semester_submission", "2027-03-01 08:00", "2027-04-23 17:00") == wide
    assert sent("115-1", "semester_submission", "2027-03-01 08:00", "2027-04-23 24:00") == wide
    late = sent("115-1", "semester_submission", "2027-04-01 09:00", "2027-04-23 17:00")[0]
    assert late == "27-04-01 09:00 … 27-04-15 17:00 … 27-04-16 17:00"
    # Before the period is over nothing is sent, except by a final grade.
    early = ("2027-07-01 08:00", "2027-08-13 17:00")
    assert sent("115", "yearly_submission", *early)[0] == "27-08-01 00:00 … 27-08-05 17:00 … 27-08-06 17:00"
    final = sent("115", "yearly_submission", "2027-07-01 08:00", "2027-07-16 17:00", "g12")[0]
    assert final == "27-07-01 08:00 … 27-07-08 17:00 … 27-07-09 17:00"
    unread = NationalWindow(
        period="115-1", kind="semester_submission", lanes=("g12",), opens="2027-03-01 08:00", closes="2027-04-23 17:00"
    )  # fmt: skip
    assert "(未查證)" in drafted(None, unread).reasons["115-1", "g12", "semester_submission"]


@pytest.mark.clause("規§4.1")
def test_the_frame_is_what_the_calendar_says_or_a_working_day_to_be_confirmed() -> None:
    days = {n: (s.first_day, s.closing_ceremony, local_text(s.opens)) for n, s in silent().calendar.semesters.items()}
    assert days == {
        "115-1": (date(2026, 8, 31), date(2027, 1, 20), "2026-08-01 00:00"),
        "115-2": (date(2027, 2, 11), date(2027, 6, 30), "2027-02-01 00:00"),
    }
    assert silent().reasons["115-1", "first_day"] == "行事曆沒有這一天,暫訂;請確認"
    said = drafted(Facts(115, {2: entry("開學", date(2027, 2, 15))}, {1: entry("休業式", date(2027, 1, 19))}))
    found = said.calendar.semesters
    assert (found["115-1"].first_day, found["115-1"].closing_ceremony) == (date(2026, 8, 31), date(2027, 1, 19))
    assert (found["115-2"].first_day, found["115-2"].closing_ceremony) == (date(2027, 2, 15), date(2027, 6, 30))
    assert said.reasons["115-2", "first_day"] == said.reasons["115-1", "closing_ceremony"].replace("休業式", "開學")
    assert said.reasons["115-2", "first_day"] == "calendar.csv:3「開學」"
    # 5 September 2026 is a Saturday, 1 January and 7 February 2027 holidays.
    moved = drafted(first_1="09-05", closing_1="01-01", first_2="02-07", closing_2="07-03").calendar.semesters
    assert (moved["115-1"].first_day, moved["115-1"].closing_ceremony) == (date(2026, 9, 7), date(2027, 1, 4))
    assert (moved["115-2"].first_day, moved["115-2"].closing_ceremony) == (date(2027, 2, 11), date(2027, 7, 5))


@pytest.mark.clause("規§4.1")
def test_a_draft_says_what_it_is_and_keeps_the_schools_own_days_and_hours() -> None:
    own = SchoolDays.model_validate({"kind": "exam", "first": "2026-10-13", "last": "2026-10-14", "title": "段考"})
    made = drafted(Facts(115, school_days=(own,)), opens_at="09:30", due_at="16:00").calendar
    assert (made.school_year, made.school_days, local_text(made.opens)) == (115, (own,), "2026-08-01 00:00")
    assert made.title == "115 學年度學習歷程檔案作業期程(草案)"
    assert {local_text(w.due)[11:] for w in made.windows} == {"16:00"}
    assert {local_text(d.opens)[11:] for d in made.deadlines} == {"09:30"}
    assert all(w.assumed and w.source == silent().reasons[w.period, w.lane, w.kind] for w in silent().calendar.windows)
    assert all(d.source == silent().reasons[d.period, d.duty] for d in silent().calendar.deadlines)
    assert Placement.model_validate(COUNTS).opens_at == time(8)


@pytest.mark.clause("規§4.1")
def test_windows_stand_in_the_order_of_semesters_then_the_year_each_by_its_opening() -> None:
    found = [(w.period, w.opens, w.kind, w.lane) for w in silent().calendar.windows]
    halves, year = [x for x in found if x[0] != "115"], [x for x in found if x[0] == "115"]
    assert (halves, year) == (sorted(halves), sorted(year))
    assert found == halves + year


@pytest.mark.clause("規§4.1")
def test_the_float_of_a_window_is_how_far_its_end_may_move_before_a_rule_breaks() -> None:
    judged = propose(Facts(115), rules(), national(), LIMITS, Placement.model_validate(COUNTS))
    floats = {f"{p} {kind}": n for (p, lane, kind), n in judged.floats.items() if lane == "g12"}
    assert floats == {
        # Until the certification has fewer than the five days that it needs, or is over.
        "115-1 outcome_upload": 9, "115-1 certification": 20, "115-1 entry": 20, "115-1 semester_submission": 2,
        "115-1 semester_receipts": 20, "115-2 outcome_upload": 6, "115-2 certification": 0, "115-2 entry": 15,
        "115-2 semester_submission": 2, "115-2 semester_receipts": 20, "115 diverse_upload": 7, "115 selection": 1,
        "115 yearly_submission": 2, "115 yearly_receipts": 20,
    }  # fmt: skip
    assert (judged.calendar, judged.reasons) == (silent().calendar, silent().reasons)
    assert {f.rule.id for f in judged.findings} >= {"national-missing", "assumed-dates"}


@pytest.mark.parametrize("field", sorted(k for k, v in COUNTS.items() if isinstance(v, int)))
def test_every_count_of_a_placement_is_at_least_one(field: str) -> None:
    assert getattr(Placement.model_validate(COUNTS | {field: 1}), field) == 1
    with pytest.raises(ValueError, match=field):
        Placement.model_validate(COUNTS | {field: 0})
