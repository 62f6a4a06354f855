"""rules: lint: self-checks, owners and the people who reach them. 規§2, 規§4.2, 規§5, 規§6.3, 規§10.1.2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rules.instants import DAY, at_taipei, taipei_day
from rules.lint.case import Case, ends
from rules.lint.model import Chapter, Hit, Severity
from rules.lint.words import NONE, about, at_window, day, when
from rules.posts import reach

ERROR, WARNING = Severity.ERROR, Severity.WARNING
checks = Chapter("自我檢核與分工", "Self-checks and owners")

CHECKED = ("outcome_upload", "certification", "selection", "semester_submission", "yearly_submission")
"""Operations whose result the next gate reads: without a self-check the gate has nothing to read."""

OWED = (
    ("規§3.0", "meeting"), ("規§4.2", "calendar_publication"), ("規§5.1.1", "enrolment_entry"), ("規§5.1.2", "cadre_entry"),
    ("規§5.2.1", "grades_entry"), ("規§5.2.2", "advisory_entry"), ("規§5.3.2", "certification"),
    ("規§9.1", "briefing"), ("規§9.2", "system_training"),
)  # fmt: skip
"""Clauses that give somebody a duty, with the name of that duty."""

SENT = ("規§6.3.1", "規§6.3.2", "規§6.3.3", "規§6.3.4")


@checks.rule(
    "self-check-missing", "規§4.2", ERROR,
    ("作業沒有自我檢核", "an operation has no self-check"),
    ("公告要有起迄與自我檢核時間;下一關要讀檢核結果", "start, end and self-check are announced; the next gate reads its result"),
    ("請加上 self_check", "add `self_check`"),
)  # fmt: skip
def self_check_missing(c: Case) -> Iterator[Hit]:
    """Upload, certification, selection and submissions have a self-check."""
    for n, w in c.windows(*CHECKED):
        if w.self_check is None:
            yield at_window(n, w, "", NONE, "self_check")


@checks.rule(
    "self-check-unset", "規§4.2", WARNING,
    ("其他作業沒有自我檢核", "another operation has no self-check"),
    ("每項作業都應規劃自我檢核", "each operation has self-check work"),
    ("請加上 self_check,或由工作小組決議不需要", "add `self_check`, or let the group decide that none is needed"),
)  # fmt: skip
def self_check_unset(c: Case) -> Iterator[Hit]:
    """Each kind of the remaining windows has a self-check in every lane; told once a period and kind."""
    told: set[tuple[str, str]] = set()
    for n, w in c.windows():
        if w.kind in CHECKED or w.self_check is not None or (w.period, w.kind) in told:
            continue
        told.add((w.period, w.kind))
        yield at_window(n, w, "", NONE, "self_check")


@checks.rule(
    "self-check-outside", "規§4.2", ERROR,
    ("自我檢核不在作業期間內", "the self-check lies outside its window"),
    ("檢核要在作業進行時做,才來得及補救", "a check helps only while the window is open"),
    ("請把自我檢核改在 opens 與 closes 之間", "move it between `opens` and `closes`"),
)  # fmt: skip
def self_check_outside(c: Case) -> Iterator[Hit]:
    """opens <= self_check.opens and self_check.closes <= closes."""
    for n, w in c.windows():
        if w.self_check is None:
            continue
        if w.self_check.opens < w.opens:
            yield at_window(n, w, "self_check.opens", when(w.self_check.opens), f">= {when(w.opens)}")
        if w.self_check.closes > w.closes:
            yield at_window(n, w, "self_check.closes", when(w.self_check.closes), f"<= {when(w.closes)}")


@checks.rule(
    "self-check-order", "規§4.2", ERROR,
    ("自我檢核的開始不早於結束", "the self-check opens at or after its end"),
    ("沒有時間可以檢核", "there is no time for it"),
    ("請更正 self_check", "correct `self_check`"),
)  # fmt: skip
def self_check_order(c: Case) -> Iterator[Hit]:
    """self_check.opens < self_check.closes."""
    for n, w in c.windows():
        if w.self_check is not None and w.self_check.opens >= w.self_check.closes:
            yield at_window(n, w, "self_check.closes", when(w.self_check.closes), f"> {when(w.self_check.opens)}")


@checks.rule(
    "self-check-no-working-day", "規§4.2", WARNING,
    ("自我檢核期間沒有上班日", "the self-check holds no working day"),
    ("檢核的人當時不在校", "the checker is not at school then"),
    ("請改到上班日", "move it to working days"),
)  # fmt: skip
def self_check_no_working_day(c: Case) -> Iterator[Hit]:
    """A working day lies between the self-check's opening and its end, both included."""
    for n, w in c.windows():
        if w.self_check is None:
            continue
        first, last = taipei_day(w.self_check.opens), ends(w.self_check.closes)
        if first <= last and c.between(at_taipei(first), w.self_check.closes) == 0:
            yield at_window(n, w, "self_check", f"{day(first)} … {day(last)}", ">= 1 個上班日 · working day")


@checks.rule(
    "checker-unknown", "規§4.2", ERROR,
    ("自我檢核的人不是全校一人的職務", "the checker is no post of the school held by one person"),
    ("檢核要有具名的人;班級、課程的教師有許多位", "a check has one named person; class and course teachers are many"),
    ("請填規則中全校一人的職務", "name a post of the rule set of which the school has one"),
)  # fmt: skip
def checker_unknown(c: Case) -> Iterator[Hit]:
    """checker is a post of the rule set, one a school."""
    posts = {p.id for p in c.rules.posts if p.per == "school"}
    for n, w in c.windows():
        if w.self_check is not None and w.self_check.checker not in posts:
            yield at_window(n, w, "self_check.checker", w.self_check.checker, "rules posts (per: school)")


@checks.rule(
    "checklist-missing", "規§4.2", WARNING,
    ("自我檢核沒有檢核項目", "a self-check has no checklist"),
    ("沒有項目的檢核等於沒有檢核", "a check without items checks nothing"),
    ("請在規則的 duties(名冊為 cycle.steps)為這項作業訂 checklist", "give the duty of this window (a roster: its cycle step) a `checklist` in the rule set"),
)  # fmt: skip
def checklist_missing(c: Case) -> Iterator[Hit]:
    """Each self-checked kind has a duty with a checklist, or a cycle step self_check with one."""
    listed = {d.due.window for d in c.rules.duties if d.checklist}
    if any(s.kind == "self_check" and s.checklist for s in c.rules.cycle.steps):
        listed |= {"semester_submission", "yearly_submission"}
    for kind in sorted({w.kind for _, w in c.windows() if w.self_check is not None} - listed):
        yield about(f"rules duties {kind}", NONE, "checklist")


@checks.rule(
    "duty-without-owner", "規§2", ERROR,
    ("條文的工作沒有負責職務", "a clause's duty has no owner"),
    ("沒有負責的職務,就沒有人會被提醒", "without an owner nobody is reminded"),
    ("請在規則的 duties 加上這項工作與 owner", "add the duty with its `owner` to the rule set"),
)  # fmt: skip
def duty_without_owner(c: Case) -> Iterator[Hit]:
    """Each clause that gives a duty has one in the rule set."""
    given = {d.clause for d in c.rules.duties if not d.optional}
    for clause, name in OWED:
        if clause not in given:
            yield about(f"rules duties {clause} {name}", NONE, "owner")


@checks.rule(
    "roster-without-owner", "規§6.3", ERROR,
    ("名冊沒有提交單位", "a roster has no submitter"),
    ("四款名冊各有提交單位", "each of the four rosters has its submitter"),
    ("請在規則的 rosters 加上", "add it to `rosters` of the rule set"),
    "規§6.3.1–6.3.4",
)  # fmt: skip
def roster_without_owner(c: Case) -> Iterator[Hit]:
    """Each of 規§6.3.1 to 6.3.4 has a roster."""
    given = {r.clause for r in c.rules.rosters}
    for clause in SENT:
        if clause not in given:
            yield about(f"rules rosters {clause}", NONE, "owner")


def _posts(c: Case) -> list[str]:
    """Posts of which the school has one and that owe something, in the rule set's order."""
    owing = {d.owner for d in c.rules.duties if not d.optional} | {r.owner for r in c.rules.rosters}
    owing |= {c.rules.working_group.convener, c.rules.working_group.executive_secretary}
    return [p.id for p in c.rules.posts if p.id in owing and p.per == "school"]


@checks.rule(
    "post-vacant", "規§2", ERROR,
    ("負責職務沒有人", "an owing post has no holder"),
    ("工作屬於職務;職務無人,工作就落空", "work belongs to posts; a vacant post drops it"),
    ("請登錄該職務的現任者", "enter the post's holder"),
)  # fmt: skip
def post_vacant(c: Case) -> Iterator[Hit]:
    """Given the people: every owing post has a holder when the year opens."""
    if c.people is None:
        return
    for post in _posts(c):
        if not any(h.rank == 0 and h.holds(at=c.calendar.opens) for h in c.people.holdings.get(post, ())):
            yield about(f"people {post}", NONE, "1 名現任者 · holder")


@checks.rule(
    "deputy-missing", "規§10.1.2", WARNING,
    ("負責職務沒有代理人", "an owing post has no deputy"),
    ("請假時沒有人可以接手", "nobody takes over during an absence"),
    ("請登錄第一、第二代理人", "enter a first and a second deputy"),
)  # fmt: skip
def deputy_missing(c: Case) -> Iterator[Hit]:
    """Given the people: every owing post has a deputy who is not its holder."""
    if c.people is None:
        return
    for post in _posts(c):
        held = c.people.holdings.get(post, ())
        holders = {h.person for h in held if h.rank == 0}
        if holders and all(h.person in holders for h in held):
            yield about(f"people {post}", NONE, ">= 1 名代理人 · deputy")


@checks.rule(
    "nobody-reached", "規§10.1.2", ERROR,
    ("某日依序找代理人也找不到人", "a day on which following the deputies reaches nobody"),
    ("當天到期的工作沒有人能做", "what is due that day can be done by nobody"),
    ("請登錄第二代理人,或調整請假", "enter a second deputy, or change the absence"),
    "本系統採用的讀法 · our reading",
)  # fmt: skip
def nobody_reached(c: Case) -> Iterator[Hit]:
    """Given people and absences: on every working day of the year holder, first or second deputy is present at noon."""
    if c.people is None:
        return
    last = max((ends(w.closes) for _, w in c.windows()), default=taipei_day(c.calendar.opens))
    away = c.people.away
    for post in _posts(c):
        held = c.people.holdings.get(post, ())
        if not any(h.rank == 0 for h in held):
            continue
        found = [x for x in _absent_days(c, last) if reach(held, away, at=at_taipei(x) + DAY / 2) is None]
        if found:
            yield about(
                f"people {post}", f"{day(found[0])}{' …' if len(found) > 1 else ''} {len(found)} 日 · days", "0"
            )


def _absent_days(c: Case, last: date) -> list[date]:
    """Working days of the year on which anybody is away."""
    assert c.people is not None
    found: set[date] = set()
    for away in c.people.away:
        x = max(taipei_day(away.opens), taipei_day(c.calendar.opens))
        while x <= min(ends(away.closes), last):
            if c.works(x):
                found.add(x)
            x += DAY
    return sorted(found)
