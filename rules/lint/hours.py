"""rules: lint: days on which nobody works, and hours that people misread. 規§4.1, 規§4.2; readings "Time"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from rules.instants import TAIPEI, taipei_day
from rules.lint.case import Case, ends, start_of
from rules.lint.model import Chapter, Hit, Path, Severity
from rules.lint.words import NONE, about, at, day, when

ERROR, WARNING = Severity.ERROR, Severity.WARNING
hours = Chapter("日子與鐘點", "Days and hours")


def _edges(c: Case, *names: str) -> Iterator[tuple[Path, str, datetime]]:
    """(path, place, instant) of these edges of every window and dated duty."""
    for n, w in c.windows():
        for name in names:
            instant = getattr(w, name)
            if instant is not None:
                yield ("windows", n, name), f"{w.period} {w.lane} {w.kind} {name}", instant
    for n, d in c.deadlines():
        if "due" in names:
            yield ("deadlines", n, "due"), f"{d.period} {d.duty} due", d.due


def _clock(instant: datetime) -> tuple[int, int]:
    shown = instant.astimezone(TAIPEI)
    return shown.hour, shown.minute


def _make_up(c: Case) -> frozenset[date]:
    return frozenset(x for y in c.national.office_years for x in y.make_up)


@hours.rule(
    "due-on-day-off", "規§4.1", WARNING,
    ("期限落在假日", "a deadline falls on a day off"),
    ("假日沒有人可以問,也沒有人催辦", "nobody can be asked on a day off, nobody reminds"),
    ("請改到前後的上班日", "move it to a working day"),
    "行政程序法第 48 條(未查證)",
)  # fmt: skip
def due_on_day_off(c: Case) -> Iterator[Hit]:
    """The day that each due date ends is a working day (Lunar New Year and closures have rules of their own)."""
    closed = c.calendar.closed_days
    for path, place, instant in _edges(c, "due"):
        last = ends(instant)
        if c.works(last) is False and last not in c.new_year and last not in closed:
            yield Hit(path, place, when(instant), "上班日 · a working day")


@hours.rule(
    "closes-on-day-off", "規§4.1", WARNING,
    ("系統在假日關閉", "a window closes on a day off"),
    ("關閉前的障礙沒有人處理", "nobody mends a fault before the close"),
    ("請改到上班日關閉", "close it on a working day"),
)  # fmt: skip
def closes_on_day_off(c: Case) -> Iterator[Hit]:
    """The day that each close ends is a working day, where due says another day."""
    for n, w in c.windows():
        last = ends(w.closes)
        if c.works(last) is False and last not in c.new_year and last != ends(w.due):
            yield Hit(
                ("windows", n, "closes"),
                f"{w.period} {w.lane} {w.kind} closes",
                when(w.closes),
                "上班日 · a working day",
            )


@hours.rule(
    "in-lunar-new-year", "規§4.1", WARNING,
    ("期限落在春節連假", "a date falls in the Lunar New Year holiday"),
    ("連假期間學校無人上班,學生也在外地", "nobody works, and students are away"),
    ("請改到連假前的上班日,或連假後", "move it before or behind the holiday"),
    "計算:休業式 + 21 日 = 2027-02-10",
)  # fmt: skip
def in_lunar_new_year(c: Case) -> Iterator[Hit]:
    """No due date, correction close or close ends on a day of the holiday."""
    for path, place, instant in _edges(c, "due", "correction_closes", "closes"):
        if ends(instant) in c.new_year:
            yield Hit(
                path,
                place,
                when(instant),
                f"∉ {day(min(c.new_year_around(ends(instant))))} … {day(max(c.new_year_around(ends(instant))))}",
            )


@hours.rule(
    "due-on-make-up-day", "規§4.1", WARNING,
    ("期限落在補行上班日", "a deadline falls on a make-up workday"),
    ("補班的星期六多半沒有課,學生容易忽略", "a make-up Saturday has no lessons as a rule; students miss it"),
    ("請改到一般上班日", "move it to an ordinary working day"),
    "政府行政機關辦公日曆表",
)  # fmt: skip
def due_on_make_up_day(c: Case) -> Iterator[Hit]:
    """No due date ends on a make-up workday."""
    made = _make_up(c)
    for path, place, instant in _edges(c, "due"):
        if ends(instant) in made:
            yield Hit(path, place, when(instant), "≠ 補行上班日 · make-up day")


@hours.rule(
    "due-on-closure", "規§4.1", ERROR,
    ("期限落在停班停課日", "a deadline falls on a day closed by order"),
    ("停班停課日不能要求任何人完成", "nobody can be held to a day on which the school is closed"),
    ("請順延到下一個上班日的同一時刻", "move it to the next working day at the same hour"),
    "本系統採用的讀法 · our reading(颱風)",
)  # fmt: skip
def due_on_closure(c: Case) -> Iterator[Hit]:
    """No due date and no close ends on a closure."""
    closed = {x.day: x.title for x in c.calendar.closures}
    for path, place, instant in _edges(c, "due", "closes"):
        last = ends(instant)
        if last in closed:
            yield Hit(path, place, when(instant), f"≠ {day(last)} {closed[last]}")


@hours.rule(
    "due-in-exam", "規§4.1", WARNING,
    ("學生的期限落在考試或學校自訂的放假日", "a student's deadline falls on an exam or a day without lessons"),
    ("學生當天在考試或不在校", "students sit an exam or are not at school"),
    ("請錯開考試", "move it away from the exam"),
    "學校行事曆",
)  # fmt: skip
def due_in_exam(c: Case) -> Iterator[Hit]:
    """No student window is due on an exam day of its lane."""
    kinds = {"exam", "national_exam", "no_lessons"}
    for n, w in c.windows("outcome_upload", "diverse_upload", "selection"):
        last = ends(w.due)
        for own in c.calendar.school_days:
            if own.kind in kinds and own.holds(last, w.lane):
                yield Hit(("windows", n, "due"), f"{w.period} {w.lane} {w.kind} due", when(w.due), f"≠ {own.title}")


@hours.rule(
    "at-midnight", "規§4.2", WARNING,
    ("期限寫在 24:00", "a deadline stands at 24:00"),
    ("寫 24:00 就是次日 00:00;許多人會看錯一天", "midnight is the next day's 00:00; many read it a day wrong"),
    ("請改為 17:00 或 21:00;確要 24:00,公告須寫出日期", "use 17:00 or 21:00, or print the date beside 24:00"),
    "本系統採用的讀法 · our reading;115 年高三檢視 24:00 止",
)  # fmt: skip
def at_midnight(c: Case) -> Iterator[Hit]:
    """No due date at 00:00; no close at 00:00 unless people read another hour of that day as due."""
    for path, place, instant in _edges(c, "due", "correction_closes"):
        if _clock(instant) == (0, 0):
            yield Hit(path, place, when(instant), "≠ 24:00")
    for n, w in c.windows():
        if _clock(w.closes) == (0, 0) and ends(w.due) != ends(w.closes):
            yield Hit(("windows", n, "closes"), f"{w.period} {w.lane} {w.kind} closes", when(w.closes), "≠ 24:00")


@hours.rule(
    "minute-lost", "規§4.2", WARNING,
    ("期限寫在 23:59", "a deadline stands at 23:59"),
    ("期間是半開的:23:59 關閉,當天最後一分鐘已不算", "windows are half-open: at 23:59 the day's last minute is already lost"),
    ("請寫 24:00,或改用 17:00、21:00", "write 24:00, or use 17:00 or 21:00"),
    "本系統採用的讀法 · our reading",
)  # fmt: skip
def minute_lost(c: Case) -> Iterator[Hit]:
    """No date at 23:59."""
    for path, place, instant in _edges(c, "due", "correction_closes", "closes"):
        if _clock(instant) == (23, 59):
            yield Hit(path, place, when(instant), "≠ 23:59")


@hours.rule(
    "unclear-hour", "規§4.2", WARNING,
    ("期限的鐘點不明確", "a deadline stands at an unclear hour"),
    ("清晨或深夜的期限多半是上午、下午弄錯", "an hour of the night is mostly a.m. and p.m. mixed up"),
    ("請確認上午或下午,改在白天", "check a.m. and p.m.; use an hour of the day"),
    "本系統採用的讀法 · our reading",
)  # fmt: skip
def unclear_hour(c: Case) -> Iterator[Hit]:
    """Due dates lie between the first and the last hour; 00:00 and 23:59 have rules of their own."""
    low, high = (c.limits.first_hour,), (c.limits.last_hour, 0)
    for path, place, instant in _edges(c, "due", "correction_closes"):
        clock = _clock(instant)
        if clock in ((0, 0), (23, 59)):
            continue
        if not low <= clock <= high:
            yield Hit(path, place, when(instant), f"{low[0]:02}:00–{high[0]:02}:00")


@hours.rule(
    "opens-on-day-off", "規§4.1", WARNING,
    ("作業在假日開始", "a window opens on a day off"),
    ("開放當天最多問題,假日沒有人處理", "most questions come on the first day; nobody answers on a day off"),
    ("請改到上班日開始", "open it on a working day"),
)  # fmt: skip
def opens_on_day_off(c: Case) -> Iterator[Hit]:
    """Windows open on working days."""
    for path, place, instant in _edges(c, "opens"):
        if c.works(taipei_day(instant)) is False:
            yield Hit(path, place, when(instant), "上班日 · a working day")


@hours.rule(
    "no-working-day", "規§4.1", ERROR,
    ("期間內沒有任何上班日", "a window holds no working day"),
    ("沒有上班日的期間,承辦與教師無從辦理", "offices and teachers can do nothing in it"),
    ("請延長到至少一個上班日", "make it reach at least one working day"),
)  # fmt: skip
def no_working_day(c: Case) -> Iterator[Hit]:
    """At least one working day from the opening to the due date, both included."""
    for n, w in c.windows():
        if c.between(start_of(taipei_day(w.opens)), w.due) == 0:
            yield Hit(
                ("windows", n),
                f"{w.period} {w.lane} {w.kind}",
                f"{when(w.opens)} … {when(w.due)}",
                ">= 1 個上班日 · working day",
            )


@hours.rule(
    "office-year-missing", "規§4.1", ERROR,
    ("該年的辦公日曆尚未載入", "the office calendar of that year is not loaded"),
    ("催辦以上班日計;沒有辦公日曆,會在假日寄出提醒", "ladders count working days; without the office calendar reminders go out on holidays"),
    ("請以 starter.py calendar office FILE 載入該年的辦公日曆表", "load that year's office calendar: starter.py calendar office FILE"),
    "政府行政機關辦公日曆表",
)  # fmt: skip
def office_year_missing(c: Case) -> Iterator[Hit]:
    """Every year from the first opening to the last close, and the ladders behind it, is loaded."""
    told: set[int] = set()
    for path, place, instant in _edges(c, "opens", "due", "closes"):
        year = ends(instant).year
        if year not in c.days.years and year not in told:
            told.add(year)
            yield Hit(path, place, str(year), ", ".join(str(y) for y in sorted(c.days.years)) or NONE)


@hours.rule(
    "office-year-assumed", "規§4.1", WARNING,
    ("該年的辦公日曆是推算的", "that year's office calendar is computed"),
    ("尚無公告;公布後可能不同", "nothing is announced yet; the real one may differ"),
    ("公布後請以 starter.py calendar office FILE 載入", "load the announced one: starter.py calendar office FILE"),
    "政府行政機關辦公日曆表",
)  # fmt: skip
def office_year_assumed(c: Case) -> Iterator[Hit]:
    """Years that windows use were announced."""
    used = {ends(instant).year for _, _, instant in _edges(c, "due", "closes")}
    for year in c.national.office_years:
        if year.assumed and year.year in used:
            yield about(f"national office_years {year.year}", year.source, "公告 · announced")


@hours.rule(
    "closing-ceremony-day", "規§4.1", WARNING,
    ("休業式或開學日不是上班日", "the closing ceremony or first day is no working day"),
    ("下限由休業式起算;日期寫錯,整學期都錯", "the floor counts from this day; a slip here moves the whole semester"),
    ("請核對學校行事曆", "check the school's own calendar"),
    "學校行事曆",
)  # fmt: skip
def closing_ceremony_day(c: Case) -> Iterator[Hit]:
    """First day and closing ceremony are working days."""
    for period, semester in c.calendar.semesters.items():
        for name, given in (("first_day", semester.first_day), ("closing_ceremony", semester.closing_ceremony)):
            if c.works(given) is False:
                yield at(f"semesters.{period}.{name}", day(given), "上班日 · a working day")
