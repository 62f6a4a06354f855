"""rules: lint: the authority's floors and windows. 規§5.1.3, 規§5.2.3, 規§5.3.1, 規§6.1, 規§6.2, 規§12."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from rules.instants import DAY
from rules.lint.case import Case, ends, start_of
from rules.lint.model import Chapter, Hit, Severity
from rules.lint.words import NONE, about, at_window, day, when

ERROR, WARNING = Severity.ERROR, Severity.WARNING
SUBMISSIONS = ("semester_submission", "yearly_submission")
RECEIPTS = ("semester_receipts", "yearly_receipts")
floors = Chapter("主管機關的下限與期間", "The authority's floors and windows")


@floors.rule(
    "upload-floor", "規§5.3.1", ERROR,
    ("上傳期間未達休業式後 14 日", "the upload closes before day 14 after the closing ceremony"),
    ("上傳至少開放到休業式後兩週,第 14 日開放到當日結束;三年級第二學期不適用", "uploads stay open at least two weeks after the closing ceremony, day 14 to its end; not grade 12 in semester 2"),
    ("請把 closes 延到界限或更晚", "move `closes` to the limit or later"),
    "教育部問答:學校應辦事項第 9 點;本系統採用的讀法 · our reading",
)  # fmt: skip
def upload_floor(c: Case) -> Iterator[Hit]:
    """closes >= 休業式 + (floor + 1) days, 00:00."""
    for n, w in c.windows("outcome_upload"):
        semester = c.semester(w.period)
        if semester is None or exempt(c, w.period, w.lane):
            continue
        floor = start_of(semester.closing_ceremony, c.national.upload_floor_days_after_closing + 1)
        if w.closes < floor:
            yield at_window(n, w, "closes", when(w.closes), f">= {when(floor)}")


def exempt(c: Case, period: str, lane: str) -> bool:
    """Grade 12 in semester 2 follows the authority's own dates."""
    return period.endswith("-2") and c.final(lane)


@floors.rule(
    "upload-due-floor", "規§5.3.1", WARNING,
    ("公告的上傳期限早於休業式後第 14 日", "the announced upload deadline lies before day 14"),
    ("學生看到的是 due;公告比下限早,等於縮短期間", "students read `due`; an earlier one shortens the window in their eyes"),
    ("請把 due 訂在第 14 日當天", "set `due` on day 14"),
    "教育部問答:學校應辦事項第 9 點",
)  # fmt: skip
def upload_due_floor(c: Case) -> Iterator[Hit]:
    """The day that `due` ends is day 14 or later."""
    for n, w in c.windows("outcome_upload"):
        semester = c.semester(w.period)
        if semester is None or exempt(c, w.period, w.lane):
            continue
        floor = semester.closing_ceremony + c.national.upload_floor_days_after_closing * DAY
        if ends(w.due) < floor:
            yield at_window(n, w, "due", when(w.due), f">= {day(floor)}")


@floors.rule(
    "upload-opens-late", "規§5.3.1", WARNING,
    ("上傳在開學日之後才開放", "the upload opens after the first day of the semester"),
    ("上傳自開學日起開放,學生才有整個學期", "uploads open with the first day, so that students have the whole semester"),
    ("請把 opens 提前到開學日當天", "open it on the first day"),
    "永平高中補充規定",
)  # fmt: skip
def upload_opens_late(c: Case) -> Iterator[Hit]:
    """opens before the first day is over."""
    for n, w in c.windows("outcome_upload"):
        semester = c.semester(w.period)
        if semester is not None and w.opens >= start_of(semester.first_day, 1):
            yield at_window(n, w, "opens", when(w.opens), f"<= {day(semester.first_day)}")


@floors.rule(
    "receipt-floor", "規§6.2", ERROR,
    ("收訖明細確認期間少於 3 日", "the receipt confirmation is shorter than 3 days"),
    ("學校應公告不少於 3 日(72 小時)的確認期間,逾期不得再提出異議", "students have at least 3 days (72 hours); after it no objection is possible"),
    ("請延後 closes 或提前 opens", "move `closes` later or `opens` earlier"),
    "教育部問答:學校應辦事項第 10 點",
)  # fmt: skip
def receipt_floor(c: Case) -> Iterator[Hit]:
    """closes - opens >= the authority's hours; with daily hours, from the first open instant to the last one."""
    floor = timedelta(hours=c.national.receipt_floor_hours)
    for n, w in c.windows(*RECEIPTS):
        spans = w.spans() or (w.span,)
        if spans[-1].closes - spans[0].opens < floor:
            yield at_window(n, w, "closes", when(spans[-1].closes), f">= {when(spans[0].opens + floor)}")


@floors.rule(
    "receipt-due-floor", "規§6.2", WARNING,
    ("公告的收訖確認期限不足 3 日", "the announced end of the receipt confirmation comes within 3 days"),
    ("學生依 due 安排;公告不足 3 日會引起爭議", "students plan by `due`; less than 3 days of it invites dispute"),
    ("請把 due 延到界限或更晚", "move `due` to the limit or later"),
    "教育部問答:學校應辦事項第 10 點",
)  # fmt: skip
def receipt_due_floor(c: Case) -> Iterator[Hit]:
    """due - opens >= the authority's hours."""
    floor = timedelta(hours=c.national.receipt_floor_hours)
    for n, w in c.windows(*RECEIPTS):
        if w.due - w.opens < floor:
            yield at_window(n, w, "due", when(w.due), f">= {when(w.opens + floor)}")


@floors.rule(
    "inside-national", "規§6.1", ERROR,
    ("提交期間超出國教署期間", "the submission lies outside the authority's window"),
    ("名冊只能在國教署的期間內提交;該期間不會因學校而動", "rosters are taken only inside the authority's window, which never moves for a school"),
    ("請把提交期間改在國教署期間之內", "move the submission inside the authority's window"),
    "國教署期程公文",
)  # fmt: skip
def inside_national(c: Case) -> Iterator[Hit]:
    """Both ends inside, and due at an hour at which it takes anything, for every submission that the authority has dated."""
    for n, w in c.windows(*SUBMISSIONS):
        theirs = c.national.window(w.period, w.lane, w.kind)
        if theirs is None:
            continue
        if w.opens < theirs.opens:
            yield at_window(n, w, "opens", when(w.opens), f">= {when(theirs.opens)}")
        if w.closes > theirs.closes:
            yield at_window(n, w, "closes", when(w.closes), f"<= {when(theirs.closes)}")
        if theirs.hours and not theirs.takes(w.due):
            yield at_window(n, w, "due", when(w.due), theirs.hours.text)


@floors.rule(
    "national-missing", "規§4.1", WARNING,
    ("國教署提交期間尚未登錄", "the authority's submission window is not known yet"),
    ("沒有國教署的期間,無法確認提交趕得上;公告前由承辦確認", "without it nobody can say that the submission is in time; a person decides before publication"),
    ("請把公文的期間登錄在主管機關文件", "enter the letter's window in the authority's document"),
    "本系統採用的讀法 · our reading",
)  # fmt: skip
def national_missing(c: Case) -> Iterator[Hit]:
    """Each submission has a window of the authority."""
    for n, w in c.windows(*SUBMISSIONS):
        if c.national.window(w.period, w.lane, w.kind) is None:
            yield at_window(n, w, "", NONE, "national")


@floors.rule(
    "national-unverified", "規§4.1", WARNING,
    ("國教署期間沒有公文依據", "the authority's window has no letter behind it"),
    ("未查證的期間可能與公文不同", "an unverified window may differ from the letter"),
    ("請登錄公文字號、日期與網址,並設為已查證", "enter letter number, date and address, and mark it verified"),
    "本系統採用的讀法 · our reading",
)  # fmt: skip
def national_unverified(c: Case) -> Iterator[Hit]:
    """Each of the authority's windows has its letter, and somebody read it."""
    year = str(c.calendar.school_year)
    for w in c.national.windows:
        if w.period.split("-")[0] == year and not (w.verified and w.letter_number):
            found = w.letter_number or NONE
            yield about(f"national {w.period} {w.kind} {','.join(w.lanes)}", found, "letter_number + verified")


@floors.rule(
    "report-days", "規§6.2", ERROR,
    ("查核疑義的日數超過主管機關的上限", "reports are verified too late"),
    ("學生反映錯誤,學校應於 3 日內查核", "a school verifies a reported error within 3 days"),
    ("請調降規則的 cycle.verify_days", "lower `cycle.verify_days` in the rule set"),
    "作業要點第四點",
)  # fmt: skip
def report_days(c: Case) -> Iterator[Hit]:
    """cycle.verify_days <= the authority's days."""
    if c.rules.cycle.verify_days > c.national.verify_floor_days:
        found, limit = c.rules.cycle.verify_days, c.national.verify_floor_days
        yield about("rules cycle.verify_days", str(found), f"<= {limit}")


@floors.rule(
    "confirmation-hours", "規§6.2", ERROR,
    ("更正版的收訖確認少於 3 日", "receipts of a corrected roster are confirmed in less than 3 days"),
    ("每一版收訖明細公布後都至少有 72 小時", "each published version has at least 72 hours"),
    ("請調高規則的 cycle.confirmation_hours", "raise `cycle.confirmation_hours` in the rule set"),
    "本系統採用的讀法 · our reading",
)  # fmt: skip
def confirmation_hours(c: Case) -> Iterator[Hit]:
    """cycle.confirmation_hours >= the authority's hours."""
    if c.rules.cycle.confirmation_hours < c.national.receipt_floor_hours:
        found, limit = c.rules.cycle.confirmation_hours, c.national.receipt_floor_hours
        yield about("rules cycle.confirmation_hours", f"{found} h", f">= {limit} h")


@floors.rule(
    "final-grade-same-year", "規§5.1.3", ERROR,
    ("三年級未在當學年提交", "grade 12 is not submitted in the same school year"),
    ("三年級第二學期與學年名冊於當學期、當學年提交,才趕得上招生", "grade 12 submits semester 2 and the year in the same school year, in time for admission"),
    ("請把提交截止改在 7/31 以前", "close the submission by 31 July"),
    "補充規定規§5.1.3、規§6.1 但書",
)  # fmt: skip
def final_grade_same_year(c: Case) -> Iterator[Hit]:
    """Semester 2 and the year of a final grade close by the legal end of the year."""
    for n, w in c.windows(*SUBMISSIONS):
        if w.period.endswith("-1") or not c.final(w.lane):
            continue
        end = start_of(c.legal(w.period)[1], 1)
        if w.closes > end:
            yield at_window(n, w, "closes", when(w.closes), f"<= {when(end)}")


@floors.rule(
    "next-period", "規§5.1.3", ERROR,
    ("名冊未到次學期(學年)即提交", "a roster is submitted before the next semester or year"),
    ("一般年級於次學期(學年)的國教署期間提交;資料還會變動", "other grades submit in the next semester's or year's window; the data still change before"),
    ("請把提交開始改在次學期(學年)以後", "open the submission in the next semester or year"),
    "補充規定規§5.1.3、規§5.2.3、規§6.1",
)  # fmt: skip
def next_period(c: Case) -> Iterator[Hit]:
    """Semester 1 of all, and the rest of all but a final grade, open after the period's legal end."""
    for n, w in c.windows(*SUBMISSIONS):
        if c.final(w.lane) and not w.period.endswith("-1"):
            continue
        floor = start_of(c.legal(w.period)[1], 1)
        if w.opens < floor:
            yield at_window(n, w, "opens", when(w.opens), f">= {day(c.legal(w.period)[1] + DAY)}")
