"""records: staff to whom a moved date was announced though they owe nothing yet: teachers, owners of what has not started. 規§4.2"""

from __future__ import annotations

from collections.abc import Sequence

from records.commands.moved import reached, tell_owners
from records.seam import Deed
from rules.closures import STUDENTS
from rules.daily_hours import hours_said
from rules.ids import duty_key, semester_id, submission_id, year_id
from rules.moves import MovedDate
from rules.ruleset import RuleSet
from rules.schedule import Calendar, WindowDates
from rules.sending import rosters_in


async def tell_announced(
    deed: Deed, batch: str, rules: RuleSet, old: Calendar, new: Calendar, heard: Sequence[MovedDate]
) -> int:
    """Tell the staff of moved windows and dated duties whom no open duty reached; how many notices.

    `heard` are the open duties that moved: who was told of one is not told the same date twice.
    """
    rows = await deed.connection.fetch("select id from process where school = $1", deed.school)
    started = {r["id"] for r in rows}
    told = 0
    for w in new.windows:
        was = old.window(w.period, w.lane, w.kind)
        if was is None or w.kind in STUDENTS or (was.due, was.closes) == (w.due, w.closes):
            continue
        if w.kind == "certification":
            posts = await _course_posts(deed, w)
            known = [m.to[0] for m in heard if f"/{w.period}#certification#" in m.id]
        else:
            posts, known = _owners(rules, deed.school, w, started), []
        told += await _tell(deed, batch, new, w, posts, known)
    ahead = _dated(rules, deed.school, old, new, started)
    return told + await tell_owners(deed, f"{batch}/ahead", ahead)


async def _tell(
    deed: Deed, batch: str, new: Calendar, w: WindowDates, posts: Sequence[str], known: Sequence[str]
) -> int:
    """One notice a person, also where several lanes have the same new dates."""
    rest = set(posts) - set(known)
    if not rest:
        return 0
    people = set((await reached(deed, rest)).values()) - set((await reached(deed, known)).values())
    args = {
        "kind": w.kind, "due": w.due.isoformat(), "closes": w.closes.isoformat(),
        "hours": hours_said(new, w.period, w.lane, w.kind, w.closes),
    }  # fmt: skip
    rows = await deed.connection.fetch(
        "insert into notice (school, batch, person, template, subject, args, at)"
        " select $1, $2, p, 'window_moved', $4, $5, $6 from unnest($3::uuid[]) p on conflict do nothing"
        " returning person",
        deed.school,
        f"moved|{batch}|staff|{w.period}/{w.kind}|{w.due.isoformat()}|{w.closes.isoformat()}",
        sorted(people),
        w.period,
        args,
        deed.at,
    )
    return len(rows)


async def _course_posts(deed: Deed, w: WindowDates) -> list[str]:
    """The posts of the courses whose students are in the window's lane."""
    rows = await deed.connection.fetch(
        # The classes once, as an array: joined, a planner without statistics looks them up again for each course.
        "select distinct k.post from course k where k.school = $1 and k.semester = $2 and k.class = any(array(select"
        " distinct s.class from student s join lane_member m on m.school = s.school and m.person = s.person"
        " where s.school = $1 and m.lane = $3 and (m.closes is null or $4 < m.closes)))",
        deed.school,
        w.period,
        w.lane,
        deed.at,
    )
    return [r["post"] for r in rows]


def _owners(rules: RuleSet, school: str, w: WindowDates, started: set[str]) -> list[str]:
    """Who will owe what hangs on an office's window of a process that has not started."""
    period = semester_id(school, w.period) if "-" in w.period else year_id(school, w.period)
    owners = [d.owner for d in rules.duties if d.due.window == w.kind and d.per == "school" and period not in started]
    for roster in rosters_in(rules, w.kind):
        if submission_id(school, w.period, w.lane, roster.id) not in started:
            owners.append(roster.owner)
    return owners


def _dated(rules: RuleSet, school: str, old: Calendar, new: Calendar, started: set[str]) -> list[MovedDate]:
    """The dated duties of a process that has not started and that are due elsewhere now."""
    found = []
    for d in new.deadlines:
        was = old.deadline(d.period, d.duty)
        process = semester_id(school, d.period) if "-" in d.period else year_id(school, d.period)
        if was is None or was.due == d.due or process in started:
            continue
        found += [
            MovedDate(
                what="duty", id=duty_key(process, rule.kind), title=rule.title, before=was.due, after=d.due,
                to=(rule.owner,),
            )
            for rule in rules.duties
            if rule.due.deadline == d.duty and rule.per == "school"
        ]  # fmt: skip
    return found
