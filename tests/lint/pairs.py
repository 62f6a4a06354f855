"""A passing and a failing calendar for every branch of every lint rule, a minute, a day or one value apart.

Each entry: rule, what passes, what fails. `C` changes the calendar, `R` the rule set, `N` the authority's
document, `P` gives people. Places: `period/lane/kind.field`, `=duty/period.field`, `+list`.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any

from rules.instants import read_instant
from rules.lint.case import Case, People
from rules.posts import Away, Holding
from rules.schedule import DailyHours, NationalWindow
from tests.lint.world import DROP, case, documents

UP1, UP2 = "115-1/g10_11/outcome_upload", "115-2/g10_11/outcome_upload"
UP12 = "115-2/g12_general/outcome_upload"
CERT, CERT2 = "115-1/g10_11/certification", "115-2/g10_11/certification"
SEL, SEL12 = "115/g10_11/selection", "115/g12_general/selection"
DIV = "115/g10_11/diverse_upload"
SUB1, SUBY, SUB12 = (
    "115-1/g10_11/semester_submission",
    "115/g10_11/yearly_submission",
    "115-2/g12_general/semester_submission",
)
SUBY12 = "115/g12_general/yearly_submission"
SUB2 = "115-2/g10_11/semester_submission"
REC1, RECY = "115-1/g10_11/semester_receipts", "115/g10_11/yearly_receipts"
ENTRY = "115-1/g10_11/entry"
YEAR_END = "2027-08-01 00:00"


def cal(**changes: Any) -> Case:
    return case(changes)


def C(*changes: tuple[str, Any]) -> Case:
    return case(dict(changes))


def R(**fields: Any) -> Case:
    return case(rules=fields)


def N(**fields: Any) -> Case:
    return case(national=fields)


_RULES = documents()[1]
_NATIONAL = documents()[2]


def cycle(**fields: Any) -> Case:
    return R(cycle=_RULES.cycle.model_copy(update=fields))


HOURS = DailyHours(opens=time(8), closes=time(17))
EVENING = DailyHours(opens=time(8), closes=time(16, 59))


def with_national(period: str, kind: str, **fields: Any) -> Case:
    """The authority's window of all lanes of a period and kind, changed."""
    windows = tuple(
        w.model_copy(update=fields) if (w.period, w.kind) == (period, kind) and "g10_11" in w.lanes else w
        for w in _NATIONAL.windows
    )
    return N(windows=windows)


def without_national() -> Case:
    return N(windows=tuple(w for w in _NATIONAL.windows if w.kind != "yearly_submission"))


def verified(**fields: Any) -> Case:
    given = {"letter_number": "臺教國署高字第 1150000001 號", "verified": True} | fields
    return N(windows=tuple(w.model_copy(update=given) for w in _NATIONAL.windows))


def no_duty(clause: str) -> Case:
    return R(duties=tuple(d for d in _RULES.duties if d.clause != clause))


def office(
    *, years: tuple[int, ...] = (2026, 2027, 2028), make_up: tuple[date, ...] = (), assumed: bool = False
) -> Case:
    given = tuple(
        y.model_copy(update={"assumed": assumed, "make_up": tuple(d for d in make_up if d.year == y.year)})
        for y in _NATIONAL.office_years
        if y.year in years
    )
    return N(office_years=given)


SINCE = read_instant("2026-07-01 00:00")


def people(*, gap: str | None = None, deputies: int = 2, away: int = 0, opens: Any = SINCE) -> Case:
    """Every post held by a person of its name with deputies; of registration_section something is missing."""
    held = {p.id: tuple(Holding(f"{p.id}{n}", n, SINCE) for n in range(3)) for p in _RULES.posts if p.per == "school"}
    mine = [Holding(f"r{n}", n, opens) for n in range(deputies + 1)]
    held["registration_section"] = tuple(mine if gap is None else mine[1:])
    first, last = read_instant("2027-03-01 12:00"), read_instant("2027-03-02 24:00")
    return case(people=People(held, tuple(Away(f"r{n}", first, last) for n in range(away))))


def staffed(
    *, vacant: str = "", bare: str = "", away: int = 0, first: str = "2027-03-01 12:00", last: str = "2027-03-02 24:00"
) -> Case:
    """Every post with holder and deputies; one vacant, one without anybody, the registrar's people away."""
    held = {p.id: tuple(Holding(f"{p.id}{n}", n, SINCE) for n in range(3)) for p in _RULES.posts if p.per == "school"}
    held[vacant] = held.get(vacant, ())[1:]
    held[bare] = ()
    span = read_instant(first), read_instant(last)
    gone = tuple(Away(f"registration_section{n}", *span) for n in range(away))
    return case(people=People(held, gone))


def renamed(clause: str, name: str) -> Case:
    """The rule set's duty of a clause hangs on a date of another name."""
    changed = tuple(
        d.model_copy(update={"due": d.due.model_copy(update={"deadline": name})}) if d.clause == clause else d
        for d in _RULES.duties
    )
    return R(duties=changed)


def unruled(clause: str, *changes: tuple[str, Any]) -> Case:
    """A rule set without the duty of a clause, and a calendar with changes."""
    return case(dict(changes), rules={"duties": tuple(d for d in _RULES.duties if d.clause != clause)})


def unloaded(*changes: tuple[str, Any]) -> Case:
    """The same calendar while the office calendar of 2027 is not loaded."""
    return case(dict(changes), national={"office_years": tuple(y for y in _NATIONAL.office_years if y.year != 2027)})


def dropped(kind: str, period: str = "", *changes: tuple[str, Any]) -> Case:
    """A calendar without the windows of a kind (of a period), and with changes."""
    gone = [w for w in documents()[0]["windows"] if w["kind"] == kind and w["period"].startswith(period)]
    return case({f"{w['period']}/{w['lane']}/{kind}": DROP for w in gone} | dict(changes))


def on_window(clause: str, *changes: tuple[str, Any]) -> Case:
    """The rule set's duty of a clause hangs on a window and has no date of its own."""
    due = {"deadline": None, "window": "entry"}
    changed = tuple(
        d.model_copy(update={"due": d.due.model_copy(update=due)}) if d.clause == clause else d for d in _RULES.duties
    )
    return case(dict(changes), rules={"duties": changed})


EXAM = {"kind": "exam", "first": "2027-02-02", "last": "2027-02-02", "title": "定期考", "lanes": ["g10_11"]}
TYPHOON = {"day": "2027-02-03", "title": "颱風停班停課"}


def check(opens: str, closes: str, checker: str = "instruction_section") -> dict[str, str]:
    return {"opens": opens, "closes": closes, "checker": checker}


def deadline(period: str, duty: str, opens: str = "2026-09-01 08:00", due: str = "2026-09-30 17:00") -> dict[str, str]:
    return {"period": period, "duty": duty, "opens": opens, "due": due}


PAIRS: list[tuple[str, Case, Case]] = [
    # -- floors
    ("upload-floor", C((f"{UP1}.closes", "2027-02-04 00:00")), C((f"{UP1}.closes", "2027-02-03 23:59"))),
    ("upload-floor", C((f"{UP12}.closes", "2027-03-27 00:00")), C((f"{UP2}.closes", "2027-07-14 23:59"))),
    ("upload-floor", N(upload_floor_days_after_closing=14), N(upload_floor_days_after_closing=15)),
    ("upload-floor", C(("semesters.115-1.closing_ceremony", "2027-01-20")), C(("semesters.115-1.closing_ceremony", "2027-01-21"))),
    ("upload-due-floor", C((f"{UP1}.due", "2027-02-03 00:01")), C((f"{UP1}.due", "2027-02-03 00:00"))),
    ("upload-due-floor", C((f"{UP12}.due", "2027-03-26 17:00")), C((f"{UP2}.due", "2027-07-13 17:00"))),
    ("upload-opens-late", C((f"{UP1}.opens", "2026-08-31 23:59")), C((f"{UP1}.opens", "2026-09-01 00:00"))),
    ("receipt-floor", C((f"{REC1}.closes", "2027-04-22 08:00"), (f"{REC1}.due", "2027-04-22 08:00")), C((f"{REC1}.closes", "2027-04-22 07:59"), (f"{REC1}.due", "2027-04-22 07:59"))),
    ("receipt-floor", C((f"{RECY}.closes", "2027-10-29 17:00")), C((f"{RECY}.opens", "2027-10-27 08:00"), (f"{RECY}.closes", "2027-10-29 17:00"))),
    ("receipt-due-floor", C((f"{REC1}.due", "2027-04-22 08:00")), C((f"{REC1}.due", "2027-04-22 07:59"))),
    ("inside-national", C((f"{SUB1}.closes", "2027-04-16 17:00")), C((f"{SUB1}.closes", "2027-04-16 17:01"))),
    ("inside-national", C((f"{SUB1}.opens", "2027-03-01 08:00")), C((f"{SUB1}.opens", "2027-03-01 07:59"))),
    ("inside-national", C((f"{SUBY}.closes", "2027-10-22 17:00")), C((f"{SUBY}.closes", "2027-10-22 17:01"))),
    ("national-missing", N(), without_national()),
    ("national-unverified", verified(), verified(letter_number="")),
    ("national-unverified", verified(), verified(verified=False)),
    ("national-unverified", N(windows=(NationalWindow(period="114", kind="yearly_submission", lanes=("g10_11",), opens="2026-09-01 08:00", closes="2026-10-01 17:00"),)), N()),
    ("report-days", cycle(verify_days=3), cycle(verify_days=4)),
    ("confirmation-hours", cycle(confirmation_hours=72), cycle(confirmation_hours=71)),
    ("final-grade-same-year", C((f"{SUBY12}.closes", YEAR_END)), C((f"{SUBY12}.closes", "2027-08-01 00:01"))),
    ("final-grade-same-year", C((f"{SUBY}.closes", "2027-10-15 17:00")), C((f"{SUB12}.closes", "2027-08-01 00:01"))),
    ("next-period", C((f"{SUB1}.opens", "2027-02-01 00:00")), C((f"{SUB1}.opens", "2027-01-31 23:59"))),
    ("next-period", C((f"{SUB2}.opens", YEAR_END)), C((f"{SUB2}.opens", "2027-07-31 23:59"))),
    ("next-period", C((f"{SUBY}.opens", YEAR_END)), C((f"{SUBY}.opens", "2027-07-31 23:59"))),
    ("next-period", C((f"{SUBY12}.opens", "2027-04-23 08:00")), C(("115-1/g12_general/semester_submission.opens", "2027-01-31 23:59"))),
    # -- order
    ("certification-after-upload", C((f"{UP1}.closes", "2027-03-12 16:59")), C((f"{UP1}.closes", "2027-03-12 17:00"))),
    ("certification-days", C((f"{CERT}.due", "2027-02-15 17:00")), C((f"{CERT}.due", "2027-02-12 17:00"))),
    ("correction-missing", C(), C((f"{CERT}.correction_closes", DROP))),
    ("correction-after-upload", C((f"{CERT}.correction_closes", "2027-02-04 00:01")), C((f"{CERT}.correction_closes", "2027-02-04 00:00"))),
    ("replace-days", C((f"{CERT}.correction_closes", "2027-02-12 00:01")), C((f"{CERT}.correction_closes", "2027-02-12 00:00"))),
    ("replace-days", C((f"{CERT}.correction_closes", DROP)), C((f"{CERT2}.correction_closes", "2027-07-16 00:00"))),
    ("answer-days", C((f"{CERT}.correction_closes", "2027-03-10 17:00")), C((f"{CERT}.correction_closes", "2027-03-11 17:00"))),
    ("answer-days", C((f"{CERT}.correction_closes", DROP)), C((f"{CERT}.correction_closes", "2027-03-11 00:01"))),
    ("selection-after-certification", C((f"{SEL}.opens", "2027-08-06 17:00")), C((f"{SEL}.opens", "2027-08-06 16:59"))),
    ("selection-after-certification", C((f"{SEL12}.opens", "2027-04-13 17:00")), C(("115-1/g12_general/certification.closes", "2027-04-14 08:01"))),
    ("selection-days", C((f"{SEL}.opens", "2027-09-01 23:00")), C((f"{SEL}.opens", "2027-09-02 00:00"))),
    ("diverse-before-selection", C((f"{DIV}.closes", "2027-09-04 00:00")), C((f"{DIV}.closes", "2027-09-04 00:01"))),
    ("submission-after-selection", C((f"{SUBY}.opens", "2027-09-04 00:00")), C((f"{SUBY}.opens", "2027-09-03 23:59"))),
    ("submission-after-entry", C((f"{ENTRY}.closes", "2027-03-15 08:00")), C((f"{ENTRY}.closes", "2027-03-15 08:01"))),
    ("grades-before-submission", C(("=grades_entry/115-1.due", "2027-03-15 08:00")), C(("=grades_entry/115-1.due", "2027-03-15 08:01"))),
    ("grades-before-submission", C(("=grades_entry/115-2.due", "2027-09-13 08:00")), C(("=grades_entry/115-2.due", "2027-09-13 08:01"))),
    ("cycle-starves", C((f"{SUB1}.opens", "2027-03-25 08:00")), C((f"{SUB1}.opens", "2027-03-26 08:00"))),
    ("cycle-starves", C((f"{SUBY}.opens", "2027-10-01 08:00")), C((f"{SUBY}.opens", "2027-10-04 08:00"))),
    ("receipts-after-submission", C((f"{REC1}.opens", "2027-04-09 17:00")), C((f"{REC1}.opens", "2027-04-09 16:59"))),
    ("receipts-after-submission", C((f"{RECY}.opens", "2027-10-15 17:00")), C((f"{RECY}.opens", "2027-10-15 16:59"))),
    ("semesters-overlap", C((f"{UP2}.opens", "2027-02-04 00:00")), C((f"{UP2}.opens", "2027-02-03 23:59"))),
    ("no-grace", C((f"{UP1}.due", "2027-02-03 23:59")), C((f"{UP1}.due", "2027-02-04 00:00"))),
    ("no-grace", C((f"{REC1}.due", "2027-04-24 00:00")), C((f"{SEL}.due", "2027-09-04 00:00"))),
    ("last-day-pile-up", C((f"{ENTRY}.due", "2026-11-01 17:00")), C(("=briefing/115.due", "2026-10-30 17:00"), ("=system_training/115.due", "2026-10-30 17:00"))),
    ("last-day-pile-up", C(("=briefing/115.due", "2026-10-30 17:00")), C((f"{CERT}.due", "2027-02-03 17:00"), (f"{SUB1}.due", "2027-03-15 08:01"), ("115-2/g10_11/entry.due", "2027-02-03 17:00"), ("115-2/g10_11/entry.opens", "2027-02-01 08:00"))),
    ("students-one-day", case({"115/g12_general/diverse_upload.closes": "2027-03-27 00:01", "115/g12_vocational/diverse_upload.closes": "2027-04-24 00:01"}), C()),
    # -- hours
    ("due-on-day-off", C((f"{ENTRY}.due", "2026-10-30 24:00")), C((f"{ENTRY}.due", "2026-10-31 00:01"))),
    ("due-on-day-off", C((f"{UP1}.due", "2027-02-03 17:00"), (f"{CERT}.due", "2027-02-09 17:00")), C(("=briefing/115.due", "2026-12-25 17:00"))),
    ("due-on-day-off", C(("+closures", {"day": "2026-10-30", "title": "颱風"})), C(("=meeting/115-2.due", "2027-02-20 17:00"))),
    ("closes-on-day-off", case({"115-2/g12_vocational/entry.closes": "2027-04-29 17:00", f"{DIV}.closes": "2027-07-30 24:00"}), C()),
    ("closes-on-day-off", case({"115-2/g12_vocational/entry.closes": "2027-04-29 17:00", f"{DIV}.closes": "2027-07-31 12:00", f"{DIV}.due": "2027-07-31 11:00"}), C()),
    ("in-lunar-new-year", C((f"{CERT}.due", "2027-02-11 00:01")), C((f"{CERT}.due", "2027-02-11 00:00"))),
    ("in-lunar-new-year", C((f"{UP1}.closes", "2027-02-04 00:00")), C((f"{UP1}.closes", "2027-02-04 00:01"))),
    ("in-lunar-new-year", case(limits={"new_year_days": 8}, changes={f"{CERT}.due": "2027-02-09 17:00"}), case(limits={"new_year_days": 7}, changes={f"{CERT}.due": "2027-02-09 17:00"})),
    ("due-on-make-up-day", office(make_up=(date(2027, 3, 13),)), case({"=briefing/115.due": "2027-02-20 17:00"}, national={"office_years": tuple(y.model_copy(update={"make_up": (date(2027, 2, 20),)} if y.year == 2027 else {}) for y in _NATIONAL.office_years)})),
    ("due-on-closure", C(("+closures", TYPHOON | {"day": "2027-02-02"})), C(("+closures", TYPHOON))),
    ("due-on-closure", C(("+closures", TYPHOON | {"day": "2027-02-05"})), C(("+closures", TYPHOON | {"day": "2026-08-21", "offices": False}))),
    ("due-in-exam", C(("+school_days", EXAM)), C(("+school_days", EXAM | {"last": "2027-02-03"}))),
    ("due-in-exam", C(("+school_days", EXAM | {"last": "2027-02-03", "kind": "anniversary"})), C(("+school_days", EXAM | {"last": "2027-02-03", "kind": "no_lessons"}))),
    ("due-in-exam", C(("+school_days", EXAM | {"last": "2027-04-21", "first": "2027-04-19"})), C(("+school_days", EXAM | {"first": "2027-04-21", "last": "2027-04-21", "lanes": []}))),
    ("at-midnight", case({f"{DIV}.closes": "2027-07-31 23:00"}), C()),
    ("at-midnight", case({f"{DIV}.closes": "2027-07-31 23:00", f"{CERT}.correction_closes": "2027-03-10 00:01"}), case({f"{DIV}.closes": "2027-07-31 23:00", f"{CERT}.correction_closes": "2027-03-10 00:00"})),
    ("at-midnight", case({f"{DIV}.closes": "2027-07-31 23:00", "=meeting/115-1.due": "2026-08-21 00:01"}), case({f"{DIV}.closes": "2027-07-31 23:00", "=meeting/115-1.due": "2026-08-21 00:00"})),
    ("minute-lost", C((f"{UP1}.closes", "2027-02-04 00:00")), C((f"{UP1}.closes", "2027-02-03 23:59"))),
    ("unclear-hour", C((f"{UP1}.due", "2027-02-03 07:00")), C((f"{UP1}.due", "2027-02-03 06:59"))),
    ("unclear-hour", C((f"{UP1}.due", "2027-02-03 22:00")), C((f"{UP1}.due", "2027-02-03 22:01"))),
    ("unclear-hour", C((f"{UP1}.due", "2027-02-03 23:59"), (f"{CERT}.correction_closes", "2027-03-10 00:00")), C((f"{CERT}.correction_closes", "2027-03-10 05:00"))),
    ("opens-on-day-off", C((f"{ENTRY}.opens", "2026-09-04 23:59")), C((f"{ENTRY}.opens", "2026-09-05 00:00"))),
    ("no-working-day", C((f"{SEL}.opens", "2027-09-03 16:00")), C((f"{SEL}.opens", "2027-09-04 08:00"), (f"{SEL}.due", "2027-09-05 17:00"), (f"{SEL}.closes", "2027-09-05 18:00"))),
    ("office-year-missing", office(years=(2026, 2027)), office(years=(2027, 2028))),
    ("office-year-missing", office(years=(2026, 2027)), C((f"{RECY}.closes", "2029-01-01 00:01"))),
    ("office-year-assumed", office(), office(assumed=True)),
    ("closing-ceremony-day", C(("semesters.115-1.closing_ceremony", "2027-01-22")), C(("semesters.115-1.closing_ceremony", "2027-01-23"))),
    ("closing-ceremony-day", C(("semesters.115-2.first_day", "2027-02-11")), C(("semesters.115-2.first_day", "2027-02-10"))),
    # -- frame
    ("semester-missing", C(), C(("semesters.115-2", DROP))),
    ("semester-missing", C(), C(("semesters.116-1", {"first_day": "2027-08-30", "closing_ceremony": "2028-01-20", "opens": "2027-08-01 00:00"}))),
    ("semester-frame", C(("semesters.115-1.first_day", "2026-08-01")), C(("semesters.115-1.first_day", "2026-07-31"))),
    ("semester-frame", C(("semesters.115-1.closing_ceremony", "2027-01-31")), C(("semesters.115-1.closing_ceremony", "2027-02-01"))),
    ("semester-frame", C(("semesters.115-2.first_day", "2027-06-29")), C(("semesters.115-2.first_day", "2027-06-30"))),
    ("semester-frame", C(("semesters.115-2.closing_ceremony", "2027-07-31")), C(("semesters.115-2.closing_ceremony", "2027-08-01"))),
    ("before-start", C((f"{ENTRY}.opens", "2026-08-01 00:00")), C((f"{ENTRY}.opens", "2026-07-31 23:59"))),
    ("before-start", C((f"{DIV}.opens", "2026-08-01 00:00")), C((f"{DIV}.opens", "2026-07-31 23:59"))),
    ("before-start", C(("115-2/g10_11/entry.opens", "2027-02-01 00:00")), C(("115-2/g10_11/entry.opens", "2027-01-31 23:59"))),
    ("window-missing", C(), C((SEL, DROP))),
    ("unknown-lane", C(), C((f"{SEL}.lane", "g10"))),
    ("unknown-lane", C(("+school_days", EXAM)), C(("+school_days", EXAM | {"lanes": ["g10"]}))),
    ("unknown-kind", C(), C((f"{SEL}.kind", "selecting"))),
    ("unknown-period", C(), C((f"{SEL}.period", "115-2"))),
    ("unknown-period", C(), C(("=briefing/115.period", "114"))),
    ("deadline-missing", C(), C(("=grades_entry/115-2", DROP))),
    ("deadline-missing", C(("=meeting/115-1", DROP)), C(("=evaluation/115", DROP))),
    ("deadline-unknown", C(("+deadlines", deadline("115", "workshop"))), C(("+deadlines", deadline("115", "workshops")))),
    ("deadline-twice", C(("+deadlines", deadline("115", "workshop"))), C(("+deadlines", deadline("115", "briefing")))),
    ("deadline-order", C(("=briefing/115.opens", "2026-11-30 16:59")), C(("=briefing/115.opens", "2026-11-30 17:00"))),
    ("deadline-outside-period", C(("=evaluation/115.due", YEAR_END)), C(("=evaluation/115.due", "2027-08-01 00:01"))),
    ("deadline-outside-period", C(("=meeting/115-2.due", "2027-02-01 00:01")), C(("=meeting/115-2.due", "2027-02-01 00:00"))),
    ("meeting-missing", C(), C(("=meeting/115-2", DROP))),
    ("meeting-after-publication", C(("=meeting/115-1.due", "2026-08-28 17:00")), C(("=meeting/115-1.due", "2026-08-28 17:01"))),
    ("published-late", case({"=calendar_publication/115-2.due": "2027-02-11 08:00"}), case({"=calendar_publication/115-2.due": "2027-02-11 08:01"})),
    ("briefing-missing", C(), C(("=briefing/115", DROP))),
    ("briefing-missing", C(("=briefing/115.period", "115-2")), C(("=briefing/115.period", "116"))),
    ("training-missing", C(), C(("=system_training/115", DROP))),
    ("training-late", C(("=system_training/115.due", "2027-02-03 17:00")), C(("=system_training/115.due", "2027-02-03 17:01"))),
    ("assumed-dates", case({f"{w['period']}/{w['lane']}/{w['kind']}.assumed": False for w in documents()[0]["windows"]} | {f"={d['duty']}/{d['period']}.assumed": False for d in documents()[0]["deadlines"]}), C()),
    # -- checks
    ("self-check-missing", C(), C((f"{UP1}.self_check", DROP))),
    ("self-check-missing", C(), C((f"{SUBY}.self_check", DROP))),
    ("self-check-unset", case({f"{w['period']}/{w['lane']}/{w['kind']}.self_check": check("2027-10-28 08:00", "2027-10-28 17:00") for w in documents()[0]["windows"] if "self_check" not in w}), C()),
    ("self-check-outside", C((f"{CERT}.self_check.opens", "2026-08-31 08:00")), C((f"{CERT}.self_check.opens", "2026-08-31 07:59"))),
    ("self-check-outside", C((f"{CERT}.self_check.closes", "2027-03-12 17:00")), C((f"{CERT}.self_check.closes", "2027-03-12 17:01"))),
    ("self-check-order", C((f"{CERT}.self_check", check("2027-03-09 16:59", "2027-03-09 17:00"))), C((f"{CERT}.self_check", check("2027-03-09 17:00", "2027-03-09 17:00")))),
    ("self-check-no-working-day", C((f"{CERT}.self_check", check("2027-03-05 23:00", "2027-03-07 17:00"))), C((f"{CERT}.self_check", check("2027-03-06 00:00", "2027-03-07 17:00")))),
    ("checker-unknown", C((f"{CERT}.self_check.checker", "principal")), C((f"{CERT}.self_check.checker", "headmaster"))),
    ("checker-unknown", C((f"{CERT}.self_check.checker", "it_section")), C((f"{CERT}.self_check.checker", "homeroom_teacher"))),
    ("checklist-missing", C(), R(duties=tuple(d.model_copy(update={"checklist": ()}) if d.kind == "certification_self_check" else d for d in _RULES.duties))),
    ("duty-without-owner", C(), no_duty("規§5.2.1")),
    ("roster-without-owner", C(), R(rosters=tuple(r for r in _RULES.rosters if r.clause != "規§6.3.4"))),
    ("post-vacant", people(), people(gap="holder")),
    ("post-vacant", people(opens=read_instant("2026-08-01 00:00")), people(opens=read_instant("2026-08-01 00:01"))),
    ("deputy-missing", people(deputies=1), people(deputies=0)),
    ("nobody-reached", people(away=2), people(away=3)),
    ("nobody-reached", people(deputies=0), people(deputies=0, away=1)),
    # -- branches that mutation showed to be without a pair
    ("semester-frame", C(("semesters.115-1.first_day", "2027-01-31")), C(("semesters.115-1.first_day", "2027-02-01"))),
    ("semester-frame", C(("semesters.115-2.closing_ceremony", "2027-02-01")), C(("semesters.115-2.closing_ceremony", "2027-01-31"))),
    ("deadline-missing", C(("=briefing/115", DROP)), C(("=evaluation/115", DROP))),
    ("deadline-missing", C(("=system_training/115", DROP)), C(("=platform_accounts/115-1", DROP))),
    ("published-late", case({"115-2/g12_general/outcome_upload.opens": "2027-02-03 08:00", "=calendar_publication/115-2.due": "2027-02-03 08:00"}), case({"115-2/g12_general/outcome_upload.opens": "2027-02-03 08:00", "=calendar_publication/115-2.due": "2027-02-03 08:01"})),
    ("training-late", case({"115-1/g12_general/outcome_upload.due": "2027-02-02 17:00", "=system_training/115.due": "2027-02-02 17:00"}), case({"115-1/g12_general/outcome_upload.due": "2027-02-02 17:00", "=system_training/115.due": "2027-02-02 17:01"})),
    ("grades-before-submission", C(("115-1/g12_general/semester_submission.opens", "2027-03-10 08:00"), ("=grades_entry/115-1.due", "2027-03-10 08:00")), C(("115-1/g12_general/semester_submission.opens", "2027-03-10 08:00"), ("=grades_entry/115-1.due", "2027-03-10 08:01"))),
    ("briefing-missing", C(), renamed("規§9.1", "talk")),
    ("training-missing", C(), renamed("規§9.2", "drill")),
    ("briefing-missing", unruled("規§9.1"), unruled("規§9.1", ("=briefing/115", DROP))),
    ("training-missing", unruled("規§9.2"), unruled("規§9.2", ("=system_training/115", DROP))),
    ("meeting-missing", C(), unruled("規§3.0")),
    ("checklist-missing", C(), cycle(steps=tuple(s for s in _RULES.cycle.steps if s.kind != "self_check"))),
    ("post-vacant", staffed(), staffed(vacant="it_section")),
    ("post-vacant", staffed(bare="equipment_section"), staffed(bare="counselling_director")),
    ("deputy-missing", staffed(bare="registration_section"), people(deputies=0)),
    ("nobody-reached", staffed(vacant="principal", away=2), staffed(bare="principal", away=3)),
    ("nobody-reached", staffed(away=3, first="2026-07-01 00:00", last="2026-08-01 00:00"), staffed(away=3, first="2026-07-01 00:00", last="2026-08-04 24:00")),
    ("nobody-reached", staffed(away=3, first="2028-03-01 00:00", last="2028-03-04 00:00"), staffed(away=3, first="2027-10-28 00:00", last="2028-03-04 00:00")),
    ("nobody-reached", staffed(away=3, first="2027-03-02 12:01", last="2027-03-03 12:00"), staffed(away=3, first="2027-03-02 12:00", last="2027-03-02 12:01")),
    ("unclear-hour", C((f"{UP1}.due", "2027-02-03 23:59")), C((f"{UP1}.due", "2027-02-03 23:59"), (f"{CERT2}.correction_closes", "2027-08-04 05:00"))),
    ("unclear-hour", C((f"{CERT}.correction_closes", "2027-03-10 00:00")), C((f"{CERT}.correction_closes", "2027-03-10 00:01"))),
    ("no-grace", C((f"{DIV}.due", "2027-07-31 23:59")), C((f"{DIV}.due", "2027-08-01 00:00"))),
    ("students-one-day", C((f"{DIV}.closes", "2027-09-02 24:00")), C((f"{DIV}.closes", "2027-09-03 24:00"))),
    ("due-in-exam", C(("+school_days", EXAM | {"last": "2027-02-02", "kind": "national_exam"})), C(("+school_days", EXAM | {"last": "2027-02-03", "kind": "national_exam"}))),
    ("answer-days", C((f"{CERT}.correction_closes", DROP)), C((f"{CERT}.correction_closes", DROP), (f"{CERT2}.correction_closes", "2027-08-06 10:00"))),
    ("replace-days", C((f"{CERT}.correction_closes", DROP)), C((f"{CERT}.correction_closes", DROP), (f"{CERT2}.correction_closes", "2027-07-15 10:00"))),
    ("upload-floor", C((f"{UP12}.closes", "2027-03-27 00:00")), C(("115-2/g12_vocational/outcome_upload.closes", "2027-04-24 00:00"), (f"{UP2}.closes", "2027-07-14 23:59"))),
    ("checklist-missing", C(), cycle(steps=tuple(s.model_copy(update={"checklist": ()}) for s in _RULES.cycle.steps))),
    ("inside-national", with_national("115-1", "semester_submission", hours=HOURS), with_national("115-1", "semester_submission", hours=EVENING)),
    ("receipt-floor", C((f"{REC1}.opens", "2027-04-19 08:00"), (f"{REC1}.due", "2027-04-22 08:00"), (f"{REC1}.closes", "2027-04-22 08:00")), C((f"{REC1}.opens", "2027-04-19 08:00"), (f"{REC1}.due", "2027-04-21 17:00"), (f"{REC1}.closes", "2027-04-22 08:00"), (f"{REC1}.hours", {"opens": "08:00", "closes": "21:00"}))),
    # -- what is not there breaks nothing of what is asked of it: a window, a semester, an office calendar, a person
    ("upload-floor", C(("semesters.115-1", DROP), (f"{UP1}.closes", "2027-02-03 23:59")), C((f"{UP1}.closes", "2027-02-03 23:59"))),
    ("upload-due-floor", C(("semesters.115-1", DROP), (f"{UP1}.due", "2027-02-02 17:00")), C((f"{UP1}.due", "2027-02-02 17:00"))),
    ("upload-opens-late", C(("semesters.115-1", DROP), (f"{UP1}.opens", "2026-09-01 00:00")), C((f"{UP1}.opens", "2026-09-01 00:00"))),
    ("inside-national", case({f"{SUBY}.closes": "2027-10-22 17:01"}, national={"windows": tuple(w for w in _NATIONAL.windows if w.kind != "yearly_submission")}), C((f"{SUBY}.closes", "2027-10-22 17:01"))),
    ("certification-days", unloaded((f"{CERT}.due", "2027-02-12 17:00")), C((f"{CERT}.due", "2027-02-12 17:00"))),
    ("replace-days", unloaded((f"{CERT}.correction_closes", "2027-02-12 00:00")), C((f"{CERT}.correction_closes", "2027-02-12 00:00"))),
    ("answer-days", unloaded((f"{CERT}.correction_closes", "2027-03-11 17:00")), C((f"{CERT}.correction_closes", "2027-03-11 17:00"))),
    ("selection-days", unloaded((f"{SEL}.opens", "2027-09-02 08:00")), C((f"{SEL}.opens", "2027-09-02 08:00"))),
    ("cycle-starves", unloaded((f"{SUB1}.opens", "2027-03-26 08:00")), C((f"{SUB1}.opens", "2027-03-26 08:00"))),
    ("correction-after-upload", C((f"{CERT}.correction_closes", DROP)), C((f"{CERT}.correction_closes", DROP), (f"{CERT2}.correction_closes", "2027-07-15 00:00"))),
    ("selection-after-certification", C((CERT2, DROP), (f"{SEL}.opens", "2027-08-06 16:59")), C((f"{SEL}.opens", "2027-08-06 16:59"))),
    ("semesters-overlap", C((UP1, DROP), (f"{UP2}.opens", "2027-02-03 23:59")), C((f"{UP2}.opens", "2027-02-03 23:59"))),
    ("grades-before-submission", dropped("semester_submission", "115-1", ("=grades_entry/115-1.due", "2027-03-15 08:01")), C(("=grades_entry/115-1.due", "2027-03-15 08:01"))),
    ("closes-on-day-off", case({"115-2/g12_vocational/entry.closes": "2027-04-29 17:00", f"{DIV}.closes": "2027-07-30 24:00", f"{UP1}.closes": "2027-02-06 17:00"}), case({"115-2/g12_vocational/entry.closes": "2027-04-29 17:00", f"{DIV}.closes": "2027-07-30 24:00", f"{UP1}.closes": "2027-02-13 17:00"})),
    ("office-year-missing", office(years=(2026, 2027)), office(years=())),
    ("unknown-period", C((f"{SEL}.period", "115-2"), (f"{SEL12}.kind", "selecting")), C((f"{SEL}.period", "115-2"), (f"{SEL12}.period", "115-2"))),
    ("meeting-after-publication", C(("=meeting/115-1.due", "2026-08-28 17:01"), ("=meeting/115-1.period", "115-2")), C(("=meeting/115-1.due", "2026-08-28 17:01"))),
    ("meeting-missing", C(), on_window("規§3.0", ("=meeting/115-1", DROP), ("=meeting/115-2", DROP))),
    ("briefing-missing", on_window("規§9.1"), on_window("規§9.1", ("=briefing/115", DROP))),
    ("published-late", dropped("outcome_upload", "115-2", ("=calendar_publication/115-2.due", "2027-02-11 08:01")), C(("=calendar_publication/115-2.due", "2027-02-11 08:01"))),
    ("training-late", dropped("outcome_upload", "115", ("=system_training/115.due", "2027-02-03 17:01")), C(("=system_training/115.due", "2027-02-03 17:01"))),
    ("self-check-no-working-day", C((f"{CERT}.self_check", check("2027-03-07 17:00", "2027-03-06 00:00"))), C((f"{CERT}.self_check", check("2027-03-06 00:00", "2027-03-07 17:00")))),
    ("post-vacant", C(), people(gap="holder")),
    ("deputy-missing", C(), people(deputies=0)),
    ("nobody-reached", C(), people(away=3)),
    ("self-check-no-working-day", C((f"{CERT}.self_check", check("2027-03-05 08:00", "2027-03-05 17:00"))), C((f"{CERT}.self_check", check("2027-03-06 08:00", "2027-03-06 17:00")))),
]  # fmt: skip
