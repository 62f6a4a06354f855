"""demo: students hand in, ask for certification, correct what was returned. 規§5.3.1, 規§5.4"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from demo.sample_items import CATEGORIES, fields_of
from demo.script import Script
from demo.stage import Stage, chance
from rules.instants import DAY
from rules.ruleset import Lane
from rules.schedule import Calendar, WindowDates

SUMMARIES = (
    "觀察校園植物並記錄成長",
    "以實驗比較兩種材料的強度",
    "專題報告與口頭發表的整理",
    "小組討論後的讀書心得",
    "程式作品與設計說明",
)
KINDS = ("pdf", "pdf", "jpg", "png", "mp3", "mp4")
SECOND = timedelta(seconds=1)


def plan_uploads(script: Script, calendar: Calendar, lanes: tuple[Lane, ...]) -> None:
    """Evenings on which students of a lane upload, spread over the window, the last one crowded."""
    for lane in lanes:
        for semester in sorted(calendar.semesters):
            window = calendar.window(semester, lane.id, "outcome_upload")
            if window is None:
                continue
            for n, at in enumerate(evenings(window, 4)):
                script.at(at, f"20 upload {semester} {lane.id} {n}", _upload_evening(semester, lane.id, n))
        diverse = calendar.window(str(calendar.school_year), lane.id, "diverse_upload")
        if diverse is not None:
            for n, at in enumerate(evenings(diverse, 3)):
                script.at(at, f"21 diverse {lane.id} {n}", _diverse_evening(str(calendar.school_year), lane.id, n))


def evenings(window: WindowDates, count: int) -> list[datetime]:
    """Instants spread over a window; the last one is five hours before it closes."""
    last = window.closes - timedelta(hours=5)
    step = (last - window.opens) / count
    return [window.opens + step * n + timedelta(hours=1) for n in range(1, count)] + [last]


async def students(stage: Stage, lane: str) -> list[tuple[UUID, str]]:
    """The students of a lane who are still here, with their class, in a fixed order."""
    rows = await stage.rows(
        "select s.person, s.class from student s join lane_member m on m.school = s.school and m.person = s.person"
        " where s.school = $1 and m.lane = $2 and s.left_on is null order by s.class, s.seat",
        lane,
    )
    return [(r["person"], r["class"]) for r in rows]


def _upload_evening(semester: str, lane: str, evening: int) -> Any:
    async def act(stage: Stage) -> None:
        for person, class_ in await students(stage, lane):
            if chance("uploads", semester, evening, person) > 0.62:
                continue
            n = int(chance("which", semester, evening, person) * 100)
            await upload_outcome(stage, person, semester, class_, n, f"up/{semester}/{evening}/{person}")

    return act


async def upload_outcome(
    stage: Stage, person: UUID, semester: str, class_: str, n: int, key: str, *, ask: bool = True
) -> str | None:
    """Upload an outcome of the n-th course of the class and ask for its certification; its item id."""
    courses = await courses_of(stage, semester, class_)
    course = courses[n % len(courses)]
    body = {
        "item": "outcome",
        "period": semester,
        "course": course,
        "summary": SUMMARIES[n % len(SUMMARIES)],
        "files": [await stage.file(KINDS[n % len(KINDS)], person)],
    }
    answer = await stage.do(person, "upload", body, key=key)
    if answer.refusal is not None:
        return None
    item = str(answer.proof["item"])
    if ask:
        await stage.must(person, "request_certification", {"item": item}, key=f"{key}/ask")
    return item


async def courses_of(stage: Stage, semester: str, class_: str) -> list[str]:
    """The courses of a class in a semester."""
    rows = await stage.rows(
        "select id from course where school = $1 and semester = $2 and class = $3 order by id", semester, class_
    )
    return [r["id"] for r in rows]


def _diverse_evening(year: str, lane: str, evening: int) -> Any:
    async def act(stage: Stage) -> None:
        for person, _ in await students(stage, lane):
            if chance("diverse", evening, person) > 0.55:
                continue
            n = int(chance("category", evening, person) * 100)
            category = CATEGORIES[n % len(CATEGORIES)]
            body = {
                "item": "diverse",
                "period": year,
                "category": category,
                "fields": fields_of(category, n, year),
                "summary": SUMMARIES[n % len(SUMMARIES)],
                "files": [await stage.file(KINDS[n % len(KINDS)], person)],
            }
            await stage.must(person, "upload", body, key=f"div/{evening}/{person}")

    return act


async def correct_returned(stage: Stage, semester: str, lane: str, when: str) -> int:
    """Students whose outcome was returned put other files in place and ask again."""
    rows = await stage.rows(
        "select i.id, i.student from item i join student s on s.school = i.school and s.person = i.student"
        " where i.school = $1 and i.period = $2 and i.lane = $3 and i.state = 'returned' and s.left_on is null order by i.id",
        semester,
        lane,
    )
    for row in rows:
        body = {
            "item": str(row["id"]),
            "summary": "依退件說明更正後重新上傳",
            "files": [await stage.file("pdf", row["student"])],
        }
        await stage.must(row["student"], "replace", body, key=f"fix/{when}/{row['id']}")
        await stage.must(
            row["student"], "request_certification", {"item": str(row["id"])}, key=f"fix/{when}/{row['id']}/ask"
        )
    return len(rows)


def plan_quota_and_closing(script: Script, calendar: Calendar, lane: str) -> None:
    """The fifteen that are allowed, the sixteenth that is not; the last second, and the closing instant."""
    semester = sorted(calendar.semesters)[0]
    window = calendar.window(semester, lane, "outcome_upload")
    assert window is not None
    limit_day = window.opens + 80 * DAY

    async def fill(stage: Stage) -> None:
        person, class_ = (await students(stage, lane))[0]
        used = await stage.rows(
            "select used from quota_use where school = $1 and person = $2 and period = $3 and counts = 'uploaded'",
            person,
            semester,
        )
        limit = (
            await stage.rows(
                "select max from admission_limit where school = $1 and counts = 'uploaded' and period = $2", semester
            )
        )[0]["max"]
        for n in range(int(used[0]["used"]) if used else 0, limit):
            await upload_outcome(stage, person, semester, class_, n, f"quota/{n}", ask=n % 3 == 0)
        courses = await courses_of(stage, semester, class_)
        body = {
            "item": "outcome",
            "period": semester,
            "course": courses[0],
            "summary": "超過上限的一件",
            "files": [await stage.file("pdf", person)],
        }
        answer = await stage.do(person, "upload", body, key="quota/beyond")
        if answer.refusal is not None:
            stage.story(
                f"一位學生上傳第 {limit + 1} 件課程學習成果,系統拒絕:{answer.refusal.message}(上限 {answer.refusal.limit} 件)",
                f"a student uploads outcome number {limit + 1}; refused: {answer.refusal.message_en} (limit {answer.refusal.limit})",
                answer.refusal.clause,
            )

    async def last_second(stage: Stage) -> None:
        person, class_ = (await students(stage, lane))[2]
        item = await upload_outcome(stage, person, semester, class_, 1, "closing/last-second", ask=True)
        if item is not None:
            stage.story("關閉前最後一秒的上傳被接受", "an upload in the last second is accepted", "規§5.3.1")

    async def at_close(stage: Stage) -> None:
        person, class_ = (await students(stage, lane))[3]
        courses = await courses_of(stage, semester, class_)
        body = {
            "item": "outcome",
            "period": semester,
            "course": courses[0],
            "summary": "關閉那一刻",
            "files": [await stage.file("pdf", person)],
        }
        answer = await stage.do(person, "upload", body, key="closing/at-close")
        if answer.refusal is not None:
            stage.story(
                f"關閉那一刻的上傳被拒絕:{answer.refusal.message}",
                f"an upload at the closing instant is refused: {answer.refusal.message_en}",
                answer.refusal.clause,
            )

    script.at(limit_day, "22 quota", fill)
    script.at(window.closes - SECOND, "23 last second", last_second)
    script.at(window.closes, "24 at close", at_close)


def plan_selection(script: Script, calendar: Calendar, lanes: tuple[Lane, ...]) -> None:
    """Students choose what is submitted; some choose nothing, which is legal and raises no alarm. 規§6.1"""
    year = str(calendar.school_year)
    for lane in lanes:
        window = calendar.window(year, lane.id, "selection")
        if window is None:
            continue
        for n, at in enumerate(evenings(window, 2)):
            script.at(at, f"50 select {lane.id} {n}", _select(year, lane, n))


def _select(year: str, lane: Lane, evening: int) -> Any:
    async def act(stage: Stage) -> None:
        people = await students(stage, lane.id)
        nothing = 0
        for index, (person, _) in enumerate(people):
            mood = chance("selects", person)
            if mood < 0.25:
                nothing += 1
                continue
            if (mood < 0.6) != (evening == 0):
                continue
            await _choose(stage, year, person, everything=index == 0 and evening == 0)
        if evening == 1:
            stage.story(
                f"{lane.title}:{nothing} 位學生選擇不勾選任何一件(合法,不催、不警示)",
                f"{lane.title_en}: {nothing} students choose nothing (legal, no alarm)",
                "規§6.1",
            )

    return act


async def _choose(stage: Stage, year: str, person: UUID, *, everything: bool) -> None:
    rows = await stage.rows(
        "select id, item from item where school = $1 and student = $2 and school_year = $3"
        " and (state = 'certified' or (item = 'diverse' and state = 'uploaded')) order by item, uploaded_at, id",
        person,
        year,
    )
    for item in ("outcome", "diverse"):
        mine = [r["id"] for r in rows if r["item"] == item]
        wanted = len(mine) if everything else min(len(mine), 6 if item == "outcome" else 10)
        for id_ in mine[:wanted]:
            answer = await stage.do(person, "select", {"item": str(id_)}, key=f"sel/{id_}")
            if answer.refusal is not None:
                if answer.refusal.code.value == "quota_exceeded":
                    stage.story(
                        f"勾選第 {int(answer.refusal.limit) + 1} 件被拒絕(每學年上限 {answer.refusal.limit} 件)",
                        f"selection number {int(answer.refusal.limit) + 1} is refused (limit {answer.refusal.limit} a school year)",
                        answer.refusal.clause,
                    )
                break


def plan_extension(script: Script, calendar: Calendar, lane: str) -> None:
    """One student without a network is granted three days more, and uses them. 規§10.2.2"""
    semester = sorted(calendar.semesters)[0]
    window = calendar.window(semester, lane, "outcome_upload")
    assert window is not None
    closes = window.closes + 3 * DAY

    async def grant(stage: Stage) -> None:
        person, _ = (await students(stage, lane))[5]
        director = await stage.holder(stage.basis.rules.working_group.executive_secretary)
        body = {
            "period": semester,
            "kind": "outcome_upload",
            "scope": "person",
            "target": str(person),
            "closes": closes.isoformat(),
            "reason": "住家斷網,無設備",
            "approver": stage.basis.rules.working_group.executive_secretary,
        }
        await stage.must(director, "extend", body, key="extension/grant")
        await stage.settle()
        stage.story(
            "執行秘書核准一位學生延長三日上傳,其他人不變",
            "one student is granted three more days; nobody else's date moves",
            "規§10.2.2",
        )

    async def use(stage: Stage) -> None:
        person, class_ = (await students(stage, lane))[5]
        item = await upload_outcome(stage, person, semester, class_, 2, "extension/use", ask=True)
        if item is not None:
            stage.story(
                "獲准延長的學生在延長期間內完成上傳", "the student with the extension uploads within it", "規§10.2.2"
            )

    script.at(window.due, "10 extension", grant)
    script.at(window.closes + DAY, "25 extension used", use)
