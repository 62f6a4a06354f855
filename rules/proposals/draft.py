"""rules: a draft calendar: backward from the authority's windows, forward from the school's own days. 規§4.1, 規§6.1.

Every date has its reason. Lanes differ only in what the authority and the rule set say of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rules.days import WorkingDays
from rules.instants import DAY, at_taipei, taipei_day
from rules.lint.book import RULES, lint
from rules.lint.case import Case, ends, start_of
from rules.lint.model import Finding, Limits, Severity
from rules.proposals.facts import Facts
from rules.proposals.pins import Pins, Span, pinned, said_of
from rules.proposals.placement import Placement
from rules.roc import ROC_OFFSET
from rules.ruleset import DutyRule, Kind, Lane, RuleSet
from rules.schedule import Calendar, DeadlineDate, National, SelfCheck, SemesterDates, WindowDates

LONGEST_FLOAT = 20
"""Working days beyond which a date's float is not looked for."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A calendar with the reason of each date, its float in working days, and what the linter still says."""

    calendar: Calendar
    reasons: Mapping[tuple[str, ...], str]
    floats: Mapping[tuple[str, ...], int]
    findings: tuple[Finding, ...]


def propose(
    facts: Facts, rules: RuleSet, national: National, limits: Limits, placement: Placement, pins: Pins | None = None
) -> Draft:
    """A draft of the school year, with these dates of the school's own. Raises CalendarMissing where no office calendar is."""
    calendar, reasons = placed(facts, rules, national, placement, pins)
    case = Case(calendar, rules, national, limits)
    return Draft(calendar, reasons, _floats(case), tuple(lint(case)))


def placed(
    facts: Facts, rules: RuleSet, national: National, placement: Placement, pins: Pins | None = None
) -> tuple[Calendar, dict[tuple[str, ...], str]]:
    """The calendar of a draft and the reason of each date, not judged yet.

    Raises CalendarMissing, and ValidationError where the pins leave a window that ends before it begins.
    """
    maker = _Maker(facts, rules, national, placement, pins or {})
    return maker.make(), maker.reasons


def _floats(case: Case) -> dict[tuple[str, ...], int]:
    """How many working days each window could end later before a rule breaks that holds now."""
    before = broken(case)
    found: dict[tuple[str, ...], int] = {}
    for n, w in enumerate(case.calendar.windows):
        low, high = 0, LONGEST_FLOAT + 1
        while high - low > 1:
            middle = (low + high) // 2
            moved = [*case.calendar.windows]
            moved[n] = _later(w, case.days, middle)
            calendar = case.calendar.model_copy(update={"windows": tuple(moved)})
            if broken(Case(calendar, case.rules, case.national, case.limits)) - before:
                high = middle
            else:
                low = middle
        found[w.period, w.lane, w.kind] = low
    return found


def broken(case: Case) -> set[tuple[str, str]]:
    """The errors of a case: rule and place."""
    return {(r.id, hit.place) for r in RULES.values() if r.severity is Severity.ERROR for hit in r.judge(case)}


def _later(w: WindowDates, days: WorkingDays, count: int) -> WindowDates:
    def move(instant: datetime | None) -> datetime | None:
        if instant is None:
            return None
        return instant + (days.shift(ends(instant), count) - ends(instant))

    return w.model_copy(
        update={"due": move(w.due), "closes": move(w.closes), "correction_closes": move(w.correction_closes)}
    )


@dataclass
class _Maker:
    facts: Facts
    rules: RuleSet
    national: National
    by: Placement
    pins: Pins = field(default_factory=dict)
    reasons: dict[tuple[str, ...], str] = field(default_factory=dict)
    windows: dict[tuple[str, str, str], WindowDates] = field(default_factory=dict)

    def make(self) -> Calendar:
        self.days = WorkingDays(self.national.office_years)
        self.year = self.facts.school_year
        self.semesters = {f"{self.year}-{n}": self._semester(n) for n in (1, 2)}
        for lane in self.rules.lanes:
            self._lane(lane)
        return Calendar(
            school_year=self.year,
            title=f"{self.year} 學年度學習歷程檔案作業期程(草案)",
            opens=start_of(date(self.year + ROC_OFFSET, 8, 1)),
            semesters=self.semesters,
            windows=tuple(
                sorted(self.windows.values(), key=lambda w: (len(w.period) < 5, w.period, w.opens, w.kind, w.lane))
            ),
            deadlines=tuple(self._deadlines()),
            source="由學校行事曆、規則與國教署期間推得的草案",
            school_days=self.facts.school_days,
        )

    # -- days --------------------------------------------------------------------------------------

    def _at_open(self, day: date) -> datetime:
        return at_taipei(day, self.by.opens_at)

    def _at_due(self, day: date) -> datetime:
        return at_taipei(day, self.by.due_at)

    def _semester(self, n: int) -> SemesterDates:
        legal = date(self.year + ROC_OFFSET + (n == 2), 8 if n == 1 else 2, 1)
        found = []
        for known, name, default in (
            (self.facts.first_days, "first_day", self.by.first_1 if n == 1 else self.by.first_2),
            (self.facts.closing, "closing_ceremony", self.by.closing_1 if n == 1 else self.by.closing_2),
        ):
            entry = known.get(n)
            if entry is not None:
                day, reason = entry.first, f"{entry.place}「{entry.title}」"
            else:
                month, of = (int(x) for x in default.split("-"))
                named = date(self.year + ROC_OFFSET + (month < 8), month, of)
                day = self.days.next_working(named)
                reason = "行事曆沒有這一天,暫訂;請確認"
            self.reasons[f"{self.year}-{n}", name] = reason
            found.append(day)
        return SemesterDates(first_day=found[0], closing_ceremony=found[1], opens=start_of(legal))

    # -- windows -----------------------------------------------------------------------------------

    def _put(
        self, period: str, lane: Lane, kind: str, opens: datetime, due: date, closes: datetime, reason: str,
        correction: datetime | None = None,
    ) -> WindowDates:  # fmt: skip
        own = self.pins.get((period, lane.id, kind), ())
        span = pinned(Span(opens, min(self._at_due(due), closes), closes, correction), own, self.days)
        opens, due_at, closes, correction = span.opens, span.due, span.closes, span.correction
        if own:
            due, reason = ends(due_at), f"{said_of(own)};其餘:{reason}"
        check_opens = max(opens, self._at_open(self.days.shift(due, -5)))
        check_closes = min(closes, due_at)
        if kind.endswith("_submission"):
            check_closes = min(check_closes, self._at_due(self.days.shift(due, -6)))
            check_opens = max(opens, self._at_open(self.days.shift(taipei_day(opens), 1)))
        window = WindowDates(
            period=period,
            lane=lane.id,
            kind=kind,
            opens=opens,
            due=due_at,
            closes=closes,
            correction_closes=correction,
            self_check=SelfCheck(opens=check_opens, closes=check_closes, checker=self._checker(kind)),
            source=reason,
            assumed=True,
        )
        self.windows[period, lane.id, kind] = window
        self.reasons[period, lane.id, kind] = reason
        return window

    def _checker(self, kind: str) -> str:
        """Who owes the self-check of that window by the rule set; otherwise who publishes the calendar (規§4.2)."""
        single = {p.id for p in self.rules.posts if p.per == "school"}
        owners = [d.owner for d in self.rules.duties if d.due.window == kind and d.owner in single]
        listed = [d.owner for d in self.rules.duties if d.due.window == kind and d.checklist and d.owner in single]
        publishes = [
            d.owner for d in self.rules.duties if d.clause == "規§4.2" and d.due.deadline and d.owner in single
        ]
        sends = [r.owner for r in self.rules.rosters] if kind.endswith(("_submission", "_receipts")) else []
        return [*listed, *sends, *publishes, *owners, self.rules.working_group.executive_secretary][0]

    def _lane(self, lane: Lane) -> None:
        year = str(self.year)
        first, second = f"{year}-1", f"{year}-2"
        sent = {(p, k): self._submission(p, lane, k) for p, k in (
            (first, "semester_submission"), (second, "semester_submission"), (year, "yearly_submission"))}  # fmt: skip
        for (period, kind), window in sent.items():
            self._receipts(period, lane, kind.replace("submission", "receipts"), window)
        selection = self._selection(year, lane, sent[year, "yearly_submission"])
        for period in (first, second):
            self._entry(period, lane, sent[period, "semester_submission"])
        self._upload(first, lane)
        if lane.final_grade:
            self._final_upload(second, lane, selection)
        else:
            self._upload(second, lane)
        self._diverse(year, lane, selection)

    def _submission(self, period: str, lane: Lane, kind: str) -> WindowDates:
        theirs = self.national.window(period, lane.id, kind)
        _, last = self._legal(period)
        same_year = lane.final_grade and not period.endswith("-1")
        if theirs is not None:
            closes = self.days.shift(ends(theirs.closes), -self.by.submission_margin)
            floor = theirs.opens
            reason = f"國教署期間 {theirs.letter_number or '(未查證)'} 截止前 {self.by.submission_margin} 個上班日"
        elif same_year:
            closes = self.days.shift(last, -self.by.final_before_year_end)
            floor = start_of(self.semesters[f"{self.year}-2"].first_day)
            reason = "國教署期間未知,暫訂在學年結束前;請確認"
        else:
            closes = self.days.shift(last + DAY, self.by.submission_after_period + self.by.submission_days)
            floor = start_of(last, 1)
            reason = "國教署期間未知,暫訂在次學期;請確認"
        earliest = floor if same_year else max(floor, start_of(last, 1))
        opens = max(earliest, self._at_open(self.days.shift(closes, -self.by.submission_days)))
        due = self.days.shift(closes, -1)
        return self._put(period, lane, kind, opens, due, self._at_due(closes), reason)

    def _receipts(self, period: str, lane: Lane, kind: str, sent: WindowDates) -> None:
        first = self.days.shift(ends(sent.closes), self.by.receipts_after)
        last = self.days.shift(first, self.by.receipts_days)
        self._put(
            period, lane, kind, self._at_open(first), last, start_of(last, 1),
            f"提交關閉後 {self.by.receipts_after} 個上班日起,{self.by.receipts_days} 個上班日(至少 {self.national.receipt_floor_hours} 小時)",
        )  # fmt: skip

    def _selection(self, year: str, lane: Lane, sent: WindowDates) -> WindowDates:
        last = self.days.shift(taipei_day(sent.opens), -2)
        first = self.days.shift(last, -self.by.selection_days + 1)
        reason = f"學年名冊提交前 {self.by.selection_days} 個上班日"
        return self._put(year, lane, "selection", self._at_open(first), last, start_of(last, 1), reason)

    def _entry(self, period: str, lane: Lane, sent: WindowDates) -> None:
        semester = self.semesters[period]
        latest = self.days.shift(taipei_day(sent.opens), -1)
        due = min(
            self.days.shift(semester.first_day, self.by.entry_days), self.days.shift(latest, -self.by.entry_grace)
        )
        closes = self.days.shift(due, self.by.entry_grace)
        opens = self._at_open(self.days.shift(semester.first_day, 1))
        self._put(period, lane, "entry", opens, due, self._at_due(closes), "開學後、學期名冊提交前")

    def _upload(self, period: str, lane: Lane) -> None:
        semester = self.semesters[period]
        floor = self.national.upload_floor_days_after_closing
        last = self.days.next_working(semester.closing_ceremony + timedelta(days=floor))
        opens = self._at_open(semester.first_day)
        upload = self._put(
            period,
            lane,
            "outcome_upload",
            opens,
            last,
            start_of(last, 1),
            f"休業式 + {floor} 日(下限),當日開放到 24:00",
        )
        due = self.days.shift(ends(upload.closes), self.by.certify_due)
        closes = self.days.shift(ends(upload.closes), self.by.certify_close)
        self._certification(period, lane, opens, due, closes, f"上傳截止後 {self.by.certify_due} 個上班日")

    def _certification(self, period: str, lane: Lane, opens: datetime, due: date, closes: date, reason: str) -> None:
        correction = self._at_due(self.days.shift(closes, -self.by.correction_before))
        self._put(period, lane, "certification", opens, due, self._at_due(closes), reason, correction)

    def _final_upload(self, period: str, lane: Lane, selection: WindowDates) -> None:
        """Grade 12, semester 2: backward from the selection; the floor does not apply (規§5.1.3)."""
        closes = self.days.shift(taipei_day(selection.opens), -1)
        last = self.days.shift(closes, -self.by.certify_close + 3)
        opens = self._at_open(self.semesters[period].first_day)
        upload = self._put(
            period, lane, "outcome_upload", opens, last, start_of(last, 1), "三年級第二學期:由勾選往回排"
        )
        due = self.days.shift(ends(upload.closes), self.by.certify_due)
        self._certification(period, lane, opens, due, closes, "勾選前認證完畢")

    def _diverse(self, year: str, lane: Lane, selection: WindowDates) -> None:
        last = self.days.shift(taipei_day(selection.opens), -2)
        opens = self._at_open(self.semesters[f"{year}-1"].first_day)
        self._put(year, lane, "diverse_upload", opens, last, start_of(last, 1), "勾選前 2 個上班日")

    def _legal(self, period: str) -> tuple[date, date]:
        start = self.year + ROC_OFFSET
        first = date(start + 1, 2, 1) if period.endswith("-2") else date(start, 8, 1)
        return first, date(start + 1, 1, 31) if period.endswith("-1") else date(start + 1, 7, 31)

    # -- duties ------------------------------------------------------------------------------------

    def _deadlines(self) -> list[DeadlineDate]:
        made: dict[tuple[str, str], DeadlineDate] = {}
        for rule in self.rules.duties:
            name = rule.due.deadline
            if name is None:
                continue
            periods = list(self.semesters) if rule.process is Kind.SEMESTER else [str(self.year)]
            for period in periods:
                if (period, name) not in made and (not rule.optional or (period, name) in self.pins):
                    made[period, name] = self._deadline(rule, period, name)
        return list(made.values())

    def _deadline(self, rule: DutyRule, period: str, name: str) -> DeadlineDate:
        first, last = self._legal(period)
        semester = self.semesters.get(period)
        own = self.pins.get((period, name), ())
        if own:
            return self._dated(period, name, own[0].at, said_of(own))
        opens, due, reason = self._dates(rule, period, name)
        if self._at_due(due) <= self._at_open(opens):
            opens = self.days.shift(due, -1) if due > first else due
        self.reasons[period, name] = reason
        named = semester is not None and rule.clause == "規§5.2.1" and int(period[-1]) in self.facts.grades_due
        return DeadlineDate(
            period=period, duty=name, opens=self._at_open(opens), due=self._at_due(min(due, last)), source=reason, assumed=not named,
        )  # fmt: skip

    def _dated(self, period: str, name: str, due: datetime, reason: str) -> DeadlineDate:
        """A duty on the day that the school's own calendar names; its work begins as many days before as a training's."""
        self.reasons[period, name] = reason
        opens = self._at_open(self.days.shift(ends(due), -self.by.training_after))
        first = self._at_open(self.days.next_working(self._legal(period)[0]))
        opens = max(opens, first) if first < due else self._at_open(self.days.shift(ends(due), 0))
        return DeadlineDate(period=period, duty=name, opens=opens, due=due, source=reason, assumed=False)

    def _dates(self, rule: DutyRule, period: str, name: str) -> tuple[date, date, str]:
        legal_first, legal_last = self._legal(period)
        semester = self.semesters.get(period) or self.semesters[f"{self.year}-1"]
        begins = self.days.next_working(legal_first)
        if rule.clause in ("規§3.0", "規§5.0") or (rule.clause == "規§4.2" and name == self._publication()):
            back = self.by.publication_before if rule.clause != "規§3.0" else self.by.meeting_before
            due = self.days.shift(semester.first_day, -back)
            while due <= begins and back > 1:
                back -= 1
                due = self.days.shift(semester.first_day, -back)
            if rule.clause == "規§3.0" and back == self.by.publication_before:
                back += 1
                due = max(begins, self.days.shift(semester.first_day, -back))
            return begins, due, f"開學前 {back} 個上班日"
        if rule.clause == "規§5.2.1":
            entry = self.facts.grades_due.get(int(period[-1]))
            if entry is not None:
                return min(semester.closing_ceremony, entry.last), entry.last, f"{entry.place}「{entry.title}」"
            due = self.days.shift(semester.closing_ceremony, self.by.grades_after)
            return semester.closing_ceremony, due, f"休業式後 {self.by.grades_after} 個上班日"
        if rule.clause in ("規§9.1", "規§9.2"):
            due = self.days.shift(semester.first_day, self.by.training_after)
            return self.days.shift(semester.first_day, 1), due, f"開學後 {self.by.training_after} 個上班日"
        if rule.clause == "規§11":
            return self.days.shift(legal_last, -self.by.training_after), self.days.shift(legal_last, -6), "學年結束前"
        # Duties of the school's own rules: spread over the semester in the order of the rule set.
        same = [
            d.due.deadline
            for d in self.rules.duties
            if d.clause == rule.clause and d.process is rule.process and d.due.deadline and not d.optional
        ]
        place = same.index(name) + 1
        span = self.days.between(semester.first_day, semester.closing_ceremony)
        due = self.days.shift(semester.first_day, max(1, span * place // len(same)))
        return self.days.shift(semester.first_day, max(1, span * (place - 1) // len(same))), due, "學期內平均分配"

    def _publication(self) -> str:
        """The duty that publishes the calendar: the first dated one of 規§4.2, asked for by one of them."""
        return next(d.due.deadline for d in self.rules.duties if d.clause == "規§4.2" and d.due.deadline)
