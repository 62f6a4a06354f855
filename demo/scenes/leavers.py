"""demo: a student leaves before the receipts come, and applies within the window all the same. 規§6.2, 規§10.3.3"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from demo.scenes.students import students
from demo.script import Script
from demo.stage import Stage
from rules.duties import Duty
from rules.instants import DAY, at_taipei, taipei_day
from rules.ruleset import Lane
from rules.schedule import Calendar
from rules.snapshot import Snapshot

WHO = 7
"""Which student of the lane leaves."""


def plan_leaver(script: Script, calendar: Calendar, lane: Lane) -> None:
    """The registrar records the leaving, and later the application that came by registered letter."""
    semester = sorted(calendar.semesters)[0]
    window = calendar.window(semester, lane.id, "semester_receipts")
    assert window is not None
    who: list[str] = []

    async def leave(stage: Stage) -> None:
        person, _ = (await students(stage, lane.id))[WHO]
        who.append(str(person))
        registrar = await stage.holder("registration_section")
        letter = await stage.keep("轉學證明書".encode())
        body = {
            "person": str(person),
            "day": taipei_day(stage.now).isoformat(),
            "evidence_sha256": letter.sha256,
            "reason": "轉學",
        }
        await stage.must(registrar, "record_leaving", body, key="leaver/left")
        stage.story(
            "一位學生轉學離校,收訖期間仍可申請", "a student leaves and may still apply for receipts", "規§10.3.3"
        )

    async def apply(stage: Stage) -> None:
        registrar = await stage.holder("registration_section")
        letter = await stage.keep("離校生申請書".encode())
        body = {
            "submission": f"submission/{stage.school}/{semester}/{lane.id}/enrolment",
            "person": who[0],
            "text": "學籍異動日期請再確認",
            "evidence_sha256": letter.sha256,
        }
        await stage.must(registrar, "report_for_leaver", body, key="leaver/applies")
        stage.story("離校生於收訖期間內申請,註冊組代為登錄", "the leaver applies within the window", "規§10.3.3")

    script.at(window.opens - 5 * DAY + timedelta(hours=2), "09 leaver", leave)
    script.at(window.opens + 2 * DAY + timedelta(hours=2), "63 leaver applies", apply)


def decide_silence(script: Script, stage: Stage, snapshot: Snapshot, duty: Duty) -> None:
    """The roster's owner asks on the next working day whoever was silent and never told, and records the answer."""
    day = snapshot.basis.days.shift(taipei_day(duty.opens), 1)
    script.at(max(at_taipei(day) + timedelta(hours=11), stage.now), f"46 silence {duty.key}", _decide(duty))


def _decide(duty: Duty) -> Any:
    async def act(stage: Stage) -> None:
        rows = await stage.rows(
            "select person from confirmation where school = $1 and submission = $2 and version = $3"
            " and state = 'asks_person' order by person",
            duty.process,
            int(duty.scope[1:]),
        )
        owner = await stage.holder(duty.post)
        for row in rows:
            letter = await stage.keep(f"電話紀錄 {duty.key}".encode())
            body = {
                "submission": duty.process,
                "person": str(row["person"]),
                "outcome": "confirmed",
                "evidence_sha256": letter.sha256,
                "note": "電話確認無誤",
            }
            await stage.must(owner, "decide_unnoticed", body, key=f"silence/{duty.key}/{row['person']}")
        if rows:
            stage.story(
                f"{len(rows)} 位未收到通知的離校生:不視為確認,由承辦人聯繫後決定",
                f"{len(rows)} who left and were never told: not deemed confirmed, a person asks and decides",
                duty.clause,
            )

    return act
