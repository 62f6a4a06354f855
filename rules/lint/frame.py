"""rules: lint: whether the document is whole: lanes, periods, windows, meeting, training. 規§3.0, 規§4.1, 規§9."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lint.case import Case, start_of
from rules.lint.model import Chapter, Hit, Severity
from rules.lint.words import NONE, about, at, at_deadline, at_window, day, when

ERROR, WARNING = Severity.ERROR, Severity.WARNING
frame = Chapter("完整", "Completeness")


@frame.rule(
    "semester-missing", "規§4.1", ERROR,
    ("學年缺少一個學期", "a semester of the year is missing"),
    ("期程每學期規劃;學年度的期程含兩個學期", "the calendar of a year holds both semesters"),
    ("請補上 semesters", "add it to `semesters`"),
)  # fmt: skip
def semester_missing(c: Case) -> Iterator[Hit]:
    """Both semesters have their frame, and no other."""
    wanted = {f"{c.calendar.school_year}-1", f"{c.calendar.school_year}-2"}
    for period in sorted(wanted ^ set(c.calendar.semesters)):
        found = NONE if period in wanted else period
        yield at(f"semesters.{period}", found, " + ".join(sorted(wanted)))


@frame.rule(
    "semester-frame", "規§4.1", ERROR,
    ("學期日期不在法定學期內,或次序不對", "a semester's days lie outside its legal frame or out of order"),
    ("學期為 8/1–1/31 與 2/1–7/31;開學日在休業式之前", "semesters run 8/1–1/31 and 2/1–7/31; the first day precedes the closing ceremony"),
    ("請核對學校行事曆", "check the school's own calendar"),
    "高級中等學校學年學期假期辦法",
)  # fmt: skip
def semester_frame(c: Case) -> Iterator[Hit]:
    """legal first <= first_day < closing_ceremony <= legal last."""
    for period, semester in c.calendar.semesters.items():
        first, last = c.legal(period)
        if not first <= semester.first_day <= last:
            yield at(f"semesters.{period}.first_day", day(semester.first_day), f"{day(first)} … {day(last)}")
        if not first <= semester.closing_ceremony <= last:
            yield at(
                f"semesters.{period}.closing_ceremony", day(semester.closing_ceremony), f"{day(first)} … {day(last)}"
            )
        if semester.closing_ceremony <= semester.first_day:
            yield at(
                f"semesters.{period}.closing_ceremony", day(semester.closing_ceremony), f"> {day(semester.first_day)}"
            )


@frame.rule(
    "before-start", "規§4.1", ERROR,
    ("作業在學期或學年流程開始之前", "a window opens before its process starts"),
    ("流程開始後才能開放;更早的開放不會發生", "nothing opens before the process runs"),
    ("請延後 opens,或提前學期(學年)的 opens", "open it later, or start the semester or year earlier"),
)  # fmt: skip
def before_start(c: Case) -> Iterator[Hit]:
    """opens >= the semester's opens, or the calendar's for the year."""
    for n, w in c.windows():
        semester = c.semester(w.period)
        starts = semester.opens if semester is not None else c.calendar.opens
        if w.opens < starts:
            yield at_window(n, w, "opens", when(w.opens), f">= {when(starts)}")


@frame.rule(
    "window-missing", "規§4.2", ERROR,
    ("缺少一項作業期間", "a window is missing"),
    ("公告要有每一項作業的起迄;缺少的不會開放,也不會提醒", "every operation is announced with start and end; a missing one never opens"),
    ("請為該學期與年級分道補上這項作業", "add this window for that period and lane"),
)  # fmt: skip
def window_missing(c: Case) -> Iterator[Hit]:
    """Every kind of the rule set has a window in every period and lane."""
    for rule in c.rules.windows:
        for period in c.periods.get(rule.process, ()):
            for lane in c.lanes:
                if c.window(period, lane, rule.kind) is None:
                    yield Hit(("windows",), f"{period} {lane} {rule.kind}", NONE, "opens, due, closes")


@frame.rule(
    "unknown-lane", "規§4.1", ERROR,
    ("規則沒有這個年級分道", "the rule set has no such lane"),
    ("沒有學生屬於這個分道,期間對任何人都無效", "nobody belongs to it; the window counts for nobody"),
    ("請更正 lane,或在規則加上分道", "correct `lane`, or add the lane to the rule set"),
)  # fmt: skip
def unknown_lane(c: Case) -> Iterator[Hit]:
    """Lanes are those of the rule set."""
    for n, w in c.windows():
        if w.lane not in c.lanes:
            yield at_window(n, w, "lane", w.lane, ", ".join(c.lanes))
    for n, own in enumerate(c.calendar.school_days):
        for lane in own.lanes:
            if lane not in c.lanes:
                yield Hit(("school_days", n, "lanes"), f"school_days {own.title}", lane, ", ".join(c.lanes))


@frame.rule(
    "unknown-kind", "規§4.1", ERROR,
    ("規則沒有這種作業", "the rule set has no such kind of window"),
    ("引擎不會開放它", "the engine never opens it"),
    ("請更正 kind", "correct `kind`"),
)  # fmt: skip
def unknown_kind(c: Case) -> Iterator[Hit]:
    """Kinds are those of the rule set."""
    kinds = {r.kind for r in c.rules.windows}
    for n, w in c.windows():
        if w.kind not in kinds:
            yield at_window(n, w, "kind", w.kind, ", ".join(sorted(kinds)))


@frame.rule(
    "unknown-period", "規§4.1", ERROR,
    ("期別不屬於這個學年,或與作業不符", "the period does not belong to this year or kind"),
    ("學期作業寫 115-1、115-2,學年作業寫 115", "semester windows say 115-1 or 115-2, yearly ones 115"),
    ("請更正 period", "correct `period`"),
)  # fmt: skip
def unknown_period(c: Case) -> Iterator[Hit]:
    """A window's period is one of its process; a duty's one of the year."""
    periods = c.periods
    process = {r.kind: r.process for r in c.rules.windows}
    for n, w in c.windows():
        if w.kind in process and w.period not in periods[process[w.kind]]:
            yield at_window(n, w, "period", w.period, ", ".join(periods[process[w.kind]]))
    known = [p for found in periods.values() for p in found]
    for n, d in c.deadlines():
        if d.period not in known:
            yield at_deadline(n, d, "period", d.period, ", ".join(known))


@frame.rule(
    "deadline-missing", "規§4.1", ERROR,
    ("一項工作沒有日期", "a duty has no date"),
    ("沒有日期的工作不會提醒任何人", "a duty without a date reminds nobody"),
    ("請在 deadlines 補上", "add it to `deadlines`"),
)  # fmt: skip
def deadline_missing(c: Case) -> Iterator[Hit]:
    """Every duty that hangs on a dated entry has one (meeting and training have rules of their own)."""
    own = {"規§3.0", "規§9.1", "規§9.2"}
    for duty in c.rules.duties:
        if duty.due.deadline is None or duty.optional or duty.clause in own:
            continue
        for period in c.periods.get(duty.process, ()):
            if c.calendar.deadline(period, duty.due.deadline) is None:
                yield Hit(("deadlines",), f"{period} {duty.due.deadline}", NONE, "opens, due")


@frame.rule(
    "deadline-unknown", "規§4.1", WARNING,
    ("沒有工作使用這個日期", "no duty uses this date"),
    ("多半是名稱打錯,該工作因此沒有日期", "mostly a slip in the name, which leaves the duty without a date"),
    ("請更正 duty 或刪除", "correct `duty` or remove it"),
)  # fmt: skip
def deadline_unknown(c: Case) -> Iterator[Hit]:
    """Every dated entry belongs to a duty of the rule set."""
    used = {d.due.deadline for d in c.rules.duties}
    for n, d in c.deadlines():
        if d.duty not in used:
            yield at_deadline(n, d, "duty", d.duty, ", ".join(sorted(x for x in used if x)))


@frame.rule(
    "deadline-twice", "規§4.1", ERROR,
    ("同一項工作有兩個日期", "a duty has two dates"),
    ("只有第一個會被使用,另一個會誤導人", "only the first counts, the other misleads"),
    ("請刪除其中一個", "remove one"),
)  # fmt: skip
def deadline_twice(c: Case) -> Iterator[Hit]:
    """Each duty stands once a period."""
    seen: set[tuple[str, str]] = set()
    for n, d in c.deadlines():
        if (d.period, d.duty) in seen:
            yield at_deadline(n, d, "duty", d.duty, "1")
        seen.add((d.period, d.duty))


@frame.rule(
    "deadline-order", "規§4.1", ERROR,
    ("工作的開始不早於期限", "a duty opens at or after its deadline"),
    ("沒有時間可以完成", "there is no time to do it"),
    ("請更正 opens 或 due", "correct `opens` or `due`"),
)  # fmt: skip
def deadline_order(c: Case) -> Iterator[Hit]:
    """opens < due."""
    for n, d in c.deadlines():
        if d.opens >= d.due:
            yield at_deadline(n, d, "opens", when(d.opens), f"< {when(d.due)}")


@frame.rule(
    "deadline-outside-period", "規§4.1", WARNING,
    ("工作的期限不在該學期(學年)內", "a duty is due outside its period"),
    ("多半是年份打錯", "mostly a slip in the year"),
    ("請核對日期", "check the date"),
)  # fmt: skip
def deadline_outside_period(c: Case) -> Iterator[Hit]:
    """due lies in the period's legal frame."""
    for n, d in c.deadlines():
        first, last = c.legal(d.period)
        if not start_of(first) < d.due <= start_of(last, 1):
            yield at_deadline(n, d, "due", when(d.due), f"{day(first)} … {day(last)}")


@frame.rule(
    "meeting-missing", "規§3.0", ERROR,
    ("學期沒有安排工作小組會議", "a semester has no working group meeting"),
    ("工作小組每學期至少開會一次", "the working group meets at least once a semester"),
    ("請在 deadlines 加上 meeting", "add `meeting` to `deadlines`"),
)  # fmt: skip
def meeting_missing(c: Case) -> Iterator[Hit]:
    """Every semester has the date of a duty of 規§3.0."""
    names = {d.due.deadline for d in c.rules.duties if d.clause == "規§3.0"}
    for period in c.calendar.semesters:
        if not any(d.period == period and d.duty in names for _, d in c.deadlines()):
            yield Hit(("deadlines",), f"{period} {', '.join(sorted(n for n in names if n)) or 'meeting'}", NONE, ">= 1")


@frame.rule(
    "meeting-after-publication", "規§3.1", ERROR,
    ("公告在會議之前", "the publication comes before the meeting"),
    ("期程由工作小組研議後才公告", "the working group resolves the calendar before it is published"),
    ("請讓會議期限早於公告期限", "let the meeting come before the publication"),
)  # fmt: skip
def meeting_after_publication(c: Case) -> Iterator[Hit]:
    """meeting.due <= calendar_publication.due in each semester."""
    for n, d in c.deadlines("calendar_publication"):
        meeting = c.calendar.deadline(d.period, "meeting")
        if meeting is not None and d.due < meeting.due:
            yield at_deadline(n, d, "due", when(d.due), f">= {when(meeting.due)}")


@frame.rule(
    "published-late", "規§4.2", WARNING,
    ("公告晚於學生作業開始", "the calendar is published after students' work begins"),
    ("學生在不知道期程時就已開始上傳", "students upload before they know the dates"),
    ("請提前公告", "publish earlier"),
)  # fmt: skip
def published_late(c: Case) -> Iterator[Hit]:
    """calendar_publication.due <= the first upload's opening of that semester."""
    for n, d in c.deadlines("calendar_publication"):
        opens = [w.opens for _, w in c.windows("outcome_upload") if w.period == d.period]
        if opens and d.due > min(opens):
            yield at_deadline(n, d, "due", when(d.due), f"<= {when(min(opens))}")


def _placed(c: Case, clause: str, name: str) -> Iterator[Hit]:
    wanted = {d.due.deadline for d in c.rules.duties if d.clause == clause and d.due.deadline}
    year = str(c.calendar.school_year)
    for duty in sorted(wanted) or [name]:
        if not any(d.duty == duty and d.period.split("-")[0] == year for _, d in c.deadlines()):
            yield Hit(("deadlines",), f"{year} {duty}", NONE, ">= 1")


@frame.rule(
    "briefing-missing", "規§9.1", ERROR,
    ("學年沒有安排宣導說明", "the year has no briefing"),
    ("每學年至少對學生、家長、教職員宣導一次", "students, parents and staff are briefed at least once a year"),
    ("請在 deadlines 加上 briefing", "add `briefing` to `deadlines`"),
)  # fmt: skip
def briefing_missing(c: Case) -> Iterator[Hit]:
    """The year has the date of a duty of 規§9.1."""
    yield from _placed(c, "規§9.1", "briefing")


@frame.rule(
    "training-missing", "規§9.2", ERROR,
    ("學年沒有安排系統操作訓練", "the year has no system training"),
    ("每學年至少對學生與教師辦一次", "students and teachers are trained at least once a year"),
    ("請在 deadlines 加上 system_training", "add `system_training` to `deadlines`"),
)  # fmt: skip
def training_missing(c: Case) -> Iterator[Hit]:
    """The year has the date of a duty of 規§9.2."""
    yield from _placed(c, "規§9.2", "system_training")


@frame.rule(
    "training-late", "規§9.2", WARNING,
    ("系統操作訓練晚於第一次上傳期限", "the training comes after the first upload deadline"),
    ("上傳之後才訓練,幫不了第一學期", "a training after the upload helps nobody in semester 1"),
    ("請提前訓練", "hold it earlier"),
)  # fmt: skip
def training_late(c: Case) -> Iterator[Hit]:
    """system_training.due <= the first upload's due."""
    dues = [w.due for _, w in c.windows("outcome_upload")]
    for n, d in c.deadlines("system_training"):
        if dues and d.due > min(dues):
            yield at_deadline(n, d, "due", when(d.due), f"<= {when(min(dues))}")


@frame.rule(
    "assumed-dates", "規§4.1", WARNING,
    ("有推定的日期", "some dates are assumed"),
    ("推定的日期在公告前要有人確認", "assumed dates are confirmed by a person before publication"),
    ("確認後刪去 assumed", "remove `assumed` once confirmed"),
)  # fmt: skip
def assumed_dates(c: Case) -> Iterator[Hit]:
    """No window or dated duty is assumed; told once, with the count."""
    count = sum(w.assumed for _, w in c.windows()) + sum(d.assumed for _, d in c.deadlines())
    if count:
        yield about("windows + deadlines", str(count), "0")
