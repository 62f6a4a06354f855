"""demo: teachers certify and return; one does nothing, one leaves. 規§5.3.2, 規§10.1.2, 規§10.3"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from demo.scenes.students import correct_returned
from demo.script import Script
from demo.stage import Stage, chance
from rules.duties import Duty
from rules.instants import DAY
from rules.ruleset import Lane
from rules.schedule import Calendar
from rules.snapshot import Basis


def plan_certification(script: Script, calendar: Calendar, lanes: tuple[Lane, ...], inactive: str) -> None:
    """Rounds in which the teachers of a lane work through their queues, and students correct between them."""
    first = sorted(calendar.semesters)[0]
    for lane in lanes:
        for semester in sorted(calendar.semesters):
            upload = calendar.window(semester, lane.id, "outcome_upload")
            window = calendar.window(semester, lane.id, "certification")
            if upload is None or window is None:
                continue
            middle = upload.opens + (upload.closes - upload.opens) * 0.55
            last = window.due - timedelta(hours=3)
            moments = [middle, upload.closes + timedelta(hours=34), last - DAY, last]
            for n, at in enumerate(moments):
                who = inactive if semester == first else ""
                script.at(at, f"30 certify {semester} {lane.id} {n}", _certify(semester, lane.id, n, who))
                if n < 3:
                    script.at(
                        at + timedelta(hours=6), f"31 correct {semester} {lane.id} {n}", _correct(semester, lane.id, n)
                    )


def _correct(semester: str, lane: str, n: int) -> Any:
    async def act(stage: Stage) -> None:
        await correct_returned(stage, semester, lane, f"{semester}/{n}")

    return act


def _certify(semester: str, lane: str, n: int, inactive: str) -> Any:
    async def act(stage: Stage) -> None:
        idle = await stage.person(inactive) if inactive else None
        rows = await stage.rows(
            "select i.id, i.version, k.post from item i join course k on k.school = i.school and k.id = i.course"
            " where i.school = $1 and i.period = $2 and i.lane = $3 and i.state = 'certification_requested' order by k.id, i.id",
            semester,
            lane,
        )
        teachers: dict[str, UUID] = {}
        for row in rows:
            post = row["post"]
            if post not in teachers:
                teachers[post] = await stage.holder(post)
            if teachers[post] != idle:
                await judge(stage, teachers[post], row["id"], row["version"], f"cert/{semester}/{n}/{row['id']}")

    return act


async def judge(stage: Stage, teacher: UUID, item: Any, version: int, key: str) -> None:
    """Certify, or return a first version with a reason (quality is none)."""
    if version == 1 and chance("returned", item) < 0.08:
        reasons = stage.basis.rules.return_reasons
        reason = reasons[int(chance("reason", item) * len(reasons))]
        await stage.must(teacher, "return", {"item": str(item), "reason": reason}, key=key)
        return
    await stage.must(teacher, "certify", {"item": str(item)}, key=key)


def unable_after_ladder(script: Script, stage: Stage, duty: Duty, basis: Basis) -> None:
    """When the ladder has reached the director and work is still pending, the deputy takes over."""
    ladder = basis.rules.ladder(duty.ladder)
    director = next(r for r in ladder.rungs if any(t.endswith("_director") for t in r.to))
    at = basis.days.rung_instant(duty.due, director.offset, director.at) + timedelta(hours=2)
    post_of_director = next(t for t in director.to if t.endswith("_director"))

    async def act(stage: Stage) -> None:
        pending = await _pending(stage, duty.scope)
        if not pending:
            return
        reached = await stage.rows(
            "select 1 from effect where school = $1 and duty = $2 and outcome = 'done' and detail->>'offset' = $3",
            duty.key,
            str(director.offset),
        )
        if not reached:
            # The deadline was moved meanwhile: the director has not heard of it yet.
            script.at(stage.now + DAY, f"35 unable {duty.key} {stage.now}", act)
            return
        boss = await stage.holder(post_of_director)
        window = basis.calendar.window(duty.process.rsplit("/", 1)[1], str(duty.lane), "certification")
        assert window is not None
        body = {"post": duty.post, "closes": window.closes.isoformat(), "reason": "任課教師經催辦仍未認證"}
        await stage.must(boss, "record_unable", body, key=f"unable/{duty.key}")
        stage.story(
            f"催辦已到教務主任,{len(pending)} 件仍未認證:主任登錄「無法執行」,由代理教師接手",
            f"the ladder has reached the director, {len(pending)} still wait: recorded as unable, the deputy takes over",
            "規§10.1.2",
        )
        deputy = await stage.holder(duty.post)
        for item in pending:
            await stage.must(deputy, "certify", {"item": str(item)}, key=f"deputy/{item}")
        await stage.settle()
        stage.story(
            f"代理教師代為認證 {len(pending)} 件", f"the deputy certifies {len(pending)} items on behalf", "規§10.3.2.1"
        )

    script.at(at, f"35 unable {duty.key}", act)


async def _pending(stage: Stage, course: str) -> list[Any]:
    rows = await stage.rows(
        "select id from item where school = $1 and course = $2 and state = 'certification_requested' order by id",
        course,
    )
    return [r["id"] for r in rows]


def plan_leaving(script: Script, calendar: Calendar, leaving: str, successor: str) -> None:
    """A teacher leaves in mid-semester; the successor certifies, one old account is prolonged. 規§10.3.2"""
    first = sorted(calendar.semesters)[0]
    window = calendar.window(first, next(w.lane for w in calendar.windows), "outcome_upload")
    assert window is not None
    announced = window.opens + 77 * DAY + timedelta(hours=2)
    day = (announced + 15 * DAY).date()

    async def act(stage: Stage) -> None:
        person, heir = await stage.person(leaving), await stage.person(successor)
        boss = await stage.holder("academic_affairs_director")
        rows = await stage.rows(
            "select post from post_holder where school = $1 and person = $2 and rank = 0 and closes is null order by post",
            person,
        )
        for n, row in enumerate(rows):
            body: dict[str, Any] = {"post": row["post"], "successor": str(heir), "day": day.isoformat()}
            if n == 0:
                body |= {"prolong_until": (day + 45 * DAY).isoformat(), "prolong_reason": "協助完成已收件之認證"}
            await stage.must(boss, "hand_over", body, key=f"leaving/{row['post']}")
            await stage.settle()
        stage.story(
            f"一位教師離職:{len(rows)} 個職務交接給接任教師,原帳號減緩消滅",
            f"a teacher leaves: {len(rows)} posts are handed to a successor, the old account is prolonged",
            "規§10.3.2.2",
        )

    script.at(announced, "05 leaving", act)
