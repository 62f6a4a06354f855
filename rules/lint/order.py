"""rules: lint: one phase after the other, with time for people in between. 規§5.3.2, 規§6.1, 規§6.2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from rules.instants import taipei_day
from rules.lint.case import Case, ends, start_of
from rules.lint.model import Chapter, Hit, Severity
from rules.lint.words import NONE, at_deadline, at_window, day, days, when
from rules.schedule import WindowDates

ERROR, WARNING = Severity.ERROR, Severity.WARNING
order = Chapter("先後與餘裕", "Order and room")


@order.rule(
    "certification-after-upload", "規§5.3.2", ERROR,
    ("認證早於上傳截止", "the certification closes before the upload"),
    ("最後一刻上傳的成果也要能認證", "what is uploaded in the last minute must still be certified"),
    ("請把認證 closes 延到上傳 closes 之後", "close the certification after the upload"),
)  # fmt: skip
def certification_after_upload(c: Case) -> Iterator[Hit]:
    """certification.closes > outcome_upload.closes."""
    for upload, n, w in c.pairs("outcome_upload", "certification"):
        if w.closes <= upload.closes:
            yield at_window(n, w, "closes", when(w.closes), f"> {when(upload.closes)}")


@order.rule(
    "certification-days", "規§5.3.2", WARNING,
    ("上傳截止後,教師認證的上班日太少", "teachers have too few working days after the upload closes"),
    ("多數成果在最後幾天上傳,教師需要時間逐件看", "most outcomes arrive in the last days; teachers need time for each"),
    ("請延後認證的 due,或提前上傳截止(不低於下限)", "move the certification's `due` later"),
)  # fmt: skip
def certification_days(c: Case) -> Iterator[Hit]:
    """Working days from the upload's close to the certification's due."""
    for upload, n, w in c.pairs("outcome_upload", "certification"):
        left = c.between(upload.closes, w.due)
        if left is not None and left < c.limits.certify_days:
            yield at_window(n, w, "due", days(left), f">= {days(c.limits.certify_days)}")


@order.rule(
    "correction-missing", "規§5.3.2", WARNING,
    ("認證沒有退件更正期限", "the certification has no correction close"),
    ("退件後可以更換;沒有更正期限,教師不知何時是最後一件", "a returned item may be replaced; without this date a teacher never knows the last one"),
    ("請加上 correction_closes", "add `correction_closes`"),
    "本系統採用的讀法 · our reading",
)  # fmt: skip
def correction_missing(c: Case) -> Iterator[Hit]:
    """A certification says until when a returned item may be replaced."""
    for n, w in c.windows("certification"):
        if w.correction_closes is None:
            yield at_window(n, w, "", NONE, "correction_closes")


@order.rule(
    "correction-after-upload", "規§5.3.2", ERROR,
    ("更正期限早於上傳截止", "the correction closes before the upload"),
    ("截止當天被退件的學生要還能更換", "whoever is returned on the last day must still be able to replace it"),
    ("請把 correction_closes 延到上傳 closes 之後", "set `correction_closes` after the upload's close"),
    "本系統採用的讀法 · our reading",
)  # fmt: skip
def correction_after_upload(c: Case) -> Iterator[Hit]:
    """correction_closes > outcome_upload.closes."""
    for upload, n, w in c.pairs("outcome_upload", "certification"):
        if w.correction_closes is not None and w.correction_closes <= upload.closes:
            yield at_window(n, w, "correction_closes", when(w.correction_closes), f"> {when(upload.closes)}")


@order.rule(
    "replace-days", "規§5.3.2", WARNING,
    ("上傳截止後,學生更換退件的上班日太少", "students have too few working days to replace a returned item"),
    ("退件要有人看、學生要有時間改", "a return has to be read and the work redone"),
    ("請延後 correction_closes", "move `correction_closes` later"),
)  # fmt: skip
def replace_days(c: Case) -> Iterator[Hit]:
    """Working days from the upload's close to the correction close."""
    for upload, n, w in c.pairs("outcome_upload", "certification"):
        if w.correction_closes is None:
            continue
        left = c.between(upload.closes, w.correction_closes)
        if left is not None and left < c.limits.replace_days:
            yield at_window(n, w, "correction_closes", days(left), f">= {days(c.limits.replace_days)}")


@order.rule(
    "answer-days", "規§5.3.2", WARNING,
    ("更正期限後,教師再認證的上班日太少", "teachers have too few working days after the correction close"),
    ("最後更換的成果也要認證,否則學生因學校而失去它", "the last replacement has to be certified too, or a student loses it through the school"),
    ("請提前 correction_closes 或延後 closes", "move `correction_closes` earlier or `closes` later"),
    "本系統採用的讀法 · our reading(預設 2 個上班日)",
)  # fmt: skip
def answer_days(c: Case) -> Iterator[Hit]:
    """Working days from the correction close to the close."""
    for n, w in c.windows("certification"):
        if w.correction_closes is None:
            continue
        left = c.between(w.correction_closes, w.closes)
        if left is not None and left < c.limits.answer_days:
            yield at_window(n, w, "closes", days(left), f">= {days(c.limits.answer_days)}")


@order.rule(
    "selection-after-certification", "規§6.1", ERROR,
    ("勾選在認證截止前開始", "the selection opens before the certification is over"),
    ("只有認證過的成果可以勾選", "only certified outcomes can be selected"),
    ("請把勾選 opens 延到兩學期認證 closes 之後", "open the selection after both semesters' certification"),
)  # fmt: skip
def selection_after_certification(c: Case) -> Iterator[Hit]:
    """selection.opens >= certification.closes, of both semesters."""
    for n, w in c.windows("selection"):
        for half in ("-1", "-2"):
            certified = c.window(w.period + half, w.lane, "certification")
            if certified is not None and w.opens < certified.closes:
                yield at_window(n, w, "opens", when(w.opens), f">= {when(certified.closes)}")


@order.rule(
    "selection-days", "規§6.1", WARNING,
    ("勾選期間的上班日太少", "the selection has too few working days"),
    ("學生要與家長、導師討論,也要有人可以問", "students talk with parents and teachers, and need somebody to ask"),
    ("請延長勾選期間", "make the selection longer"),
)  # fmt: skip
def selection_days(c: Case) -> Iterator[Hit]:
    """Working days of the selection, its first day included."""
    for n, w in c.windows("selection"):
        left = c.between(start_of(taipei_day(w.opens)), w.due)
        if left is not None and left < c.limits.select_days:
            yield at_window(n, w, "due", days(left), f">= {days(c.limits.select_days)}")


@order.rule(
    "diverse-before-selection", "規§6.1", ERROR,
    ("多元表現上傳晚於勾選截止", "diverse performance is uploaded after the selection"),
    ("勾選截止後上傳的多元表現,當年無法提交", "what is uploaded after the selection cannot be submitted that year"),
    ("請讓多元表現上傳在勾選截止前結束", "close the upload before the selection closes"),
)  # fmt: skip
def diverse_before_selection(c: Case) -> Iterator[Hit]:
    """diverse_upload.closes <= selection.closes."""
    for selection, n, w in c.pairs("selection", "diverse_upload"):
        if w.closes > selection.closes:
            yield at_window(n, w, "closes", when(w.closes), f"<= {when(selection.closes)}")


@order.rule(
    "submission-after-selection", "規§6.1", ERROR,
    ("學年名冊在勾選截止前開始提交", "the yearly submission opens before the selection is over"),
    ("名冊依勾選產生;勾選還會變,名冊就會錯", "the roster is made from the selection, which still changes"),
    ("請把提交 opens 延到勾選 closes 之後", "open the submission after the selection's close"),
)  # fmt: skip
def submission_after_selection(c: Case) -> Iterator[Hit]:
    """yearly_submission.opens >= selection.closes."""
    for selection, n, w in c.pairs("selection", "yearly_submission"):
        if w.opens < selection.closes:
            yield at_window(n, w, "opens", when(w.opens), f">= {when(selection.closes)}")


@order.rule(
    "submission-after-entry", "規§5.1.3", ERROR,
    ("學期名冊在資料登錄截止前開始提交", "the semester submission opens before the data entry is over"),
    ("登錄未完成,名冊不完整", "an unfinished entry makes an incomplete roster"),
    ("請把提交 opens 延到登錄 closes 之後", "open the submission after the entry's close"),
)  # fmt: skip
def submission_after_entry(c: Case) -> Iterator[Hit]:
    """semester_submission.opens >= entry.closes."""
    for entry, n, w in c.pairs("entry", "semester_submission"):
        if w.opens < entry.closes:
            yield at_window(n, w, "opens", when(w.opens), f">= {when(entry.closes)}")


@order.rule(
    "grades-before-submission", "規§5.2.3", WARNING,
    ("成績登錄晚於學期名冊提交", "grades are entered after the semester submission opens"),
    ("成績名冊要有成績", "the score roster needs the grades"),
    ("請把成績登錄期限訂在提交開始之前", "set the grades' deadline before the submission opens"),
)  # fmt: skip
def grades_before_submission(c: Case) -> Iterator[Hit]:
    """grades_entry.due <= the first submission's opening of lanes that follow the usual timing."""
    for n, d in c.deadlines("grades_entry"):
        opens = [
            w.opens
            for _, w in c.windows("semester_submission")
            if w.period == d.period and not (d.period.endswith("-2") and c.final(w.lane))
        ]
        if opens and d.due > min(opens):
            yield at_deadline(n, d, "due", when(d.due), f"<= {when(min(opens))}")


@order.rule(
    "cycle-starves", "規§6.3.1", ERROR,
    ("提交期間容不下自我檢核到提交的各步驟", "the submission is too short for its steps"),
    ("自我檢核、預檢、核可、提交各在截止前若干上班日到期;最早的一步落在開放之前", "self-check, pre-check, approval and sending are due so many working days before the close; the first falls before the opening"),
    ("請延長提交期間,或調整規則的 cycle.steps", "make the window longer or change `cycle.steps`"),
)  # fmt: skip
def cycle_starves(c: Case) -> Iterator[Hit]:
    """Working days of the submission >= the longest step before its close."""
    longest = max((s.before_close for s in c.rules.cycle.steps if s.kind != "import_receipt"), default=0)
    for n, w in c.windows("semester_submission", "yearly_submission"):
        left = c.between(w.opens, w.closes)
        if left is not None and left < longest:
            yield at_window(n, w, "closes", days(left), f">= {days(longest)}")


def _receipts_after(c: Case, submission: str, receipts: str) -> Iterator[Hit]:
    for sent, n, w in c.pairs(submission, receipts):
        if w.opens < sent.closes:
            yield at_window(n, w, "opens", when(w.opens), f">= {when(sent.closes)}")


@order.rule(
    "receipts-after-submission", "規§6.2", ERROR,
    ("收訖確認在提交截止前開始", "the receipt confirmation opens before the submission is over"),
    ("提交後中央資料庫才有收訖明細", "there is no receipt before the submission"),
    ("請把收訖確認 opens 延到提交 closes 之後", "open the confirmation after the submission's close"),
)  # fmt: skip
def receipts_after_submission(c: Case) -> Iterator[Hit]:
    """receipts.opens >= submission.closes, semester and year."""
    yield from _receipts_after(c, "semester_submission", "semester_receipts")
    yield from _receipts_after(c, "yearly_submission", "yearly_receipts")


@order.rule(
    "semesters-overlap", "規§5.3.1", WARNING,
    ("兩學期的上傳期間重疊", "the uploads of both semesters overlap"),
    ("學生容易把成果傳到錯的學期", "students upload into the wrong semester"),
    ("請讓第二學期在第一學期上傳截止後開放", "open semester 2 after semester 1 has closed"),
)  # fmt: skip
def semesters_overlap(c: Case) -> Iterator[Hit]:
    """outcome_upload of semester 2 opens at or after the close of semester 1."""
    year = c.calendar.school_year
    for n, w in c.windows("outcome_upload"):
        before = c.window(f"{year}-1", w.lane, "outcome_upload")
        if w.period.endswith("-2") and before is not None and w.opens < before.closes:
            yield at_window(n, w, "opens", when(w.opens), f">= {when(before.closes)}")


@order.rule(
    "no-grace", "規§4.2", WARNING,
    ("公告期限與系統關閉是同一刻", "the announced deadline is the instant of closing"),
    ("最後一刻的塞車沒有緩衝;due 是公告,closes 是關閉", "a jam in the last minute has no room; `due` is announced, `closes` shuts"),
    ("請讓 closes 晚於 due", "let `closes` come after `due`"),
    "(110 年當機後的處理)",
)  # fmt: skip
def no_grace(c: Case) -> Iterator[Hit]:
    """Student windows close after their due date."""
    for n, w in c.windows("outcome_upload", "diverse_upload", "selection"):
        if w.closes == w.due:
            yield at_window(n, w, "closes", when(w.closes), f"> {when(w.due)}")


@order.rule(
    "last-day-pile-up", "規§4.1", WARNING,
    ("同一天到期的事項太多", "too much is due on one day"),
    ("許多學校把所有期限訂在最後一天,系統與人都擠在一起", "many schools put every deadline on the last day; people and platform jam"),
    ("請把其中幾項錯開", "spread some of them"),
    "(109-2 上傳塞車)",
)  # fmt: skip
def last_day_pile_up(c: Case) -> Iterator[Hit]:
    """Fewer than `pile_up` windows of one lane and duties of the school are due on one day."""
    duties = [ends(d.due) for _, d in c.deadlines()]
    together: dict[tuple[str, date], list[tuple[int, WindowDates]]] = {}
    for n, w in c.windows():
        together.setdefault((w.lane, ends(w.due)), []).append((n, w))
    for (_, last), found in together.items():
        count = len(found) + duties.count(last)
        if count >= c.limits.pile_up:
            n, w = found[0]
            yield at_window(n, w, "due", f"{day(last)} {count} 項 · due", f"< {c.limits.pile_up}")


@order.rule(
    "students-one-day", "規§4.1", WARNING,
    ("學生的上傳與勾選在同一天截止", "a student's uploads and selection close on one day"),
    ("學生同一天要完成兩件事,最後一天的流量加倍", "two things on one day double the load of the last day"),
    ("請把其中一項錯開", "move one of them"),
)  # fmt: skip
def students_one_day(c: Case) -> Iterator[Hit]:
    """No two student windows of one lane close on one day."""
    kinds = ("outcome_upload", "diverse_upload", "selection")
    found = sorted(((w.lane, ends(w.closes), n, w) for n, w in c.windows(*kinds)), key=lambda x: x[:3])
    for before, (lane, last, n, w) in pairwise(found):
        if before[:2] == (lane, last):
            yield at_window(n, w, "closes", day(last), f"≠ {before[3].period} {before[3].kind}")
