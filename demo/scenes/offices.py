"""demo: offices do what they owe, in time or late; receipts, doubts, a moved date, an absence. 規§3–規§6, 規§9"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from demo.scenes import central, leavers
from demo.scenes.teachers import unable_after_ladder
from demo.script import Script
from demo.stage import Stage, chance
from rules.duties import DIFFERENCES, GATES, STUCK, UNNOTICED, Duty
from rules.instants import DAY, at_taipei, taipei_day
from rules.plans.submission import occurrence
from rules.ruleset import Kind
from rules.schedule import Calendar
from rules.self_checks import checklist_of, is_self_check
from rules.snapshot import Snapshot, VersionState

MATTERS = ["規§3.1", "規§3.2", "規§3.3", "規§3.4"]
NOT_DUE = ["規§3.5", "規§3.6"]
LATE_DUTY = "advisory_entry"
"""The office duty that is missed in the second semester until the executive secretary hears of it."""


def react(script: Script, stage: Stage, snapshot: Snapshot, duty: Duty) -> None:
    """Plan when the post that owes a new duty does it."""
    if duty.kind == STUCK:
        return  # nobody plays it: the engine tries again by itself, and the report shows it
    if duty.kind == DIFFERENCES:
        central.decide(script, stage, snapshot, duty)
        return
    if duty.kind == UNNOTICED:
        leavers.decide_silence(script, stage, snapshot, duty)
        return
    if duty.counted:
        unable_after_ladder(script, stage, duty, snapshot.basis)
        return
    act = _self_check(snapshot, duty) if is_self_check(duty) else _ACTS.get(duty.kind, _complete)(duty)
    if duty.kind in GATES:
        act = _while_newest(duty, act)
    script.at(_when(stage, snapshot, duty), f"40 {GATES.index(duty.kind) if duty.kind in GATES else 9} {duty.key}", act)


def _while_newest(duty: Duty, act: Any) -> Any:
    """Nobody goes on with a version that was made anew before it was sent."""

    async def guarded(stage: Stage) -> None:
        rows = await stage.rows(
            "select max(version) as newest from submission_version where school = $1 and submission = $2", duty.process
        )
        if duty.scope == f"v{rows[0]['newest']}":
            await act(stage)

    return guarded


def _when(stage: Stage, snapshot: Snapshot, duty: Duty) -> datetime:
    """A working instant before the deadline, spread by the duty's own words; late for the missed one."""
    days = snapshot.basis.days
    if duty.kind == LATE_DUTY and duty.process.endswith("-2"):
        return days.rung_instant(duty.due, 2, snapshot.rules.ladder("office").rungs[0].at) + timedelta(hours=3)
    if duty.kind == "verify_report":
        return duty.opens + DAY
    if duty.kind == "accept_handover":
        return duty.opens + timedelta(hours=34)
    before = 1 if duty.kind in GATES else 1 + int(chance("early", duty.key) * 6)
    day = days.shift(taipei_day(duty.due - timedelta(microseconds=1)), -before)
    at = at_taipei(day) + timedelta(hours=10 + GATES.index(duty.kind) if duty.kind in GATES else 14)
    return max(at, duty.opens + timedelta(hours=1), stage.now)


def _complete(duty: Duty) -> Any:
    async def act(stage: Stage) -> None:
        person = await stage.holder(duty.post)
        proof = await stage.must(person, "complete_duty", {"duty": duty.key}, key=f"duty/{duty.key}/{duty.opens}")
        if proof.get("late"):
            stage.story(
                f"「{duty.title}」逾期,催辦到執行秘書後補辦完成",
                f"'{duty.kind}' was missed, climbed to the executive secretary and is done now",
                duty.clause,
            )

    return act


def _self_check(snapshot: Snapshot, duty: Duty) -> Any:
    lines = [{"line": line.id, "ok": True} for line in checklist_of(snapshot, duty)]

    async def act(stage: Stage) -> None:
        person = await stage.holder(duty.post)
        body = {"duty": duty.key, "passed": True, "findings": 0, "lines": lines}
        await stage.must(person, "record_self_check", body, key=f"check/{duty.key}")

    return act


def _precheck(duty: Duty) -> Any:
    async def act(stage: Stage) -> None:
        person = await stage.holder(duty.post)
        body: dict[str, Any] = {"duty": duty.key}
        evidence = await central.precheck(stage, duty.process, int(duty.scope[1:]))
        if evidence is not None:
            body["evidence_sha256"] = evidence
        await stage.must(person, "complete_duty", body, key=f"duty/{duty.key}/{duty.opens}")

    return act


def _meeting(duty: Duty) -> Any:
    async def act(stage: Stage) -> None:
        person = await stage.holder(duty.post)
        body = {
            "period": duty.process.rsplit("/", 1)[1],
            "held": taipei_day(stage.now).isoformat(),
            "present": 14,
            "decided": MATTERS,
            "not_due": NOT_DUE,
        }
        await stage.must(person, "record_meeting", body, key=f"meeting/{duty.key}")
        stage.story("工作小組召開會議,議決作業期程", "the working group meets and decides the calendar", "規§3.1")

    return act


def _publication(duty: Duty) -> Any:
    async def act(stage: Stage) -> None:
        person = await stage.holder(duty.post)
        period = duty.process.rsplit("/", 1)[1]
        page = await stage.keep(f"<html><title>{period} 作業期程</title></html>".encode())
        body = {"period": period, "url": f"https://school.example/portfolio/{period}", "snapshot_sha256": page.sha256}
        await stage.must(person, "publish_calendar", body, key=f"publish/{duty.key}")
        stage.story(f"{period} 作業期程公告於學校網站", f"the calendar of {period} is published", "規§4.2")

    return act


def _submit(duty: Duty) -> Any:
    async def act(stage: Stage) -> None:
        person = await stage.holder(duty.post)
        version = int(duty.scope[1:])
        body = {
            "submission": duty.process,
            "version": version,
            "evidence_sha256": await central.send(stage, duty.process, version, duty.post),
            "letter_number": f"歷程字第 {int(chance('letter', duty.key) * 10**8):08d} 號",
        }
        proof = await stage.must(person, "record_submission", body, key=f"submit/{duty.key}")
        if version > 1:
            stage.story("更正後的名冊再次提交", "the corrected roster is submitted again", "規§6.2")
        elif await _behalf(stage, proof):
            stage.story(
                "組長請假,由代理人完成名冊提交", "the chief is away; the deputy submits the roster", "規§10.1.2"
            )

    return act


async def _behalf(stage: Stage, proof: dict[str, Any]) -> bool:
    rows = await stage.rows("select on_behalf_of from fact where school = $1 and id = $2", proof["fact"])
    return rows[0]["on_behalf_of"] is not None


def _receive(duty: Duty) -> Any:
    async def act(stage: Stage) -> None:
        person = await stage.holder(duty.post)
        version = int(duty.scope[1:])
        receipt = await stage.keep(await central.receipt(stage, duty.process, version, duty.post))
        body = {"submission": duty.process, "version": version, "receipt_sha256": receipt.sha256}
        await stage.must(person, "receipt_arrived", body, key=f"receipt/{duty.key}")

    return act


def _verify(duty: Duty) -> Any:
    async def act(stage: Stage) -> None:
        person = await stage.holder(duty.post)
        upheld = duty.scope.endswith("!001") and "/outcomes" in duty.process and "g12_general" in duty.process
        body = {
            "report": duty.scope,
            "outcome": "upheld" if upheld else "rejected",
            "answer": "資料確有缺漏,將更正後重新提交" if upheld else "經查與原始資料相符",
        }
        await stage.must(person, "verify_report", body, key=f"verify/{duty.scope}")
        if upheld:
            stage.story(
                "疑義成立:名冊將更正並再次提交",
                "a doubt is upheld: the roster will be corrected and sent again",
                "規§6.2",
            )

    return act


_ACTS: dict[str, Any] = {
    "meeting": _meeting,
    "calendar_publication": _publication,
    "precheck": _precheck,
    "submit": _submit,
    "import_receipt": _receive,
    "verify_report": _verify,
}


def watch(script: Script, stage: Stage, snapshot: Snapshot) -> None:
    """Students look at receipts as soon as they are published."""
    if snapshot.kind is not Kind.SUBMISSION:
        return
    for version in snapshot.versions:
        if version.published_at is not None and version.closes_at is not None:
            name = occurrence(snapshot.process, version.version)
            script.at(version.published_at + timedelta(hours=28), f"60 confirm {name}", _confirm(snapshot, version))
            if version.version == 1 and _doubted(snapshot):
                script.at(version.published_at + timedelta(hours=30), f"61 doubt {name}", _doubt(snapshot, version))
            if version.version == 1 and snapshot.process.endswith("115-1/g10_11/enrolment"):
                script.at(version.closes_at + timedelta(hours=15), f"62 late {name}", _late(snapshot))


def _doubted(snapshot: Snapshot) -> bool:
    return snapshot.process.endswith(("115/g12_general/outcomes", "115-1/g10_11/grades"))


def _confirm(snapshot: Snapshot, version: VersionState) -> Any:
    async def act(stage: Stage) -> None:
        rows = await stage.rows(
            "select person from confirmation where school = $1 and submission = $2 and version = $3 and state = 'unseen'"
            " and noticed_at is not null order by person",
            snapshot.process,
            version.version,
        )
        for row in rows:
            if chance("confirms", snapshot.process, row["person"]) < 0.6:
                body = {"submission": snapshot.process}
                await stage.must(
                    row["person"], "confirm_receipt", body, key=f"confirm/{snapshot.process}/{version.version}"
                )

    return act


def _doubt(snapshot: Snapshot, version: VersionState) -> Any:
    async def act(stage: Stage) -> None:
        rows = await stage.rows(
            "select person from confirmation where school = $1 and submission = $2 and version = $3 and state = 'unseen'"
            " and noticed_at is not null order by person limit 2",
            snapshot.process,
            version.version,
        )
        for row in rows:
            body = {"submission": snapshot.process, "text": "內容與我勾選的不同"}
            await stage.must(row["person"], "report_doubt", body, key=f"doubt/{snapshot.process}")
        if rows:
            stage.story(f"{len(rows)} 位學生在期限內反映疑義", f"{len(rows)} students report a doubt in time", "規§6.2")

    return act


def _late(snapshot: Snapshot) -> Any:
    async def act(stage: Stage) -> None:
        rows = await stage.rows(
            "select person from confirmation where school = $1 and submission = $2 and state = 'deemed_confirmed' order by person limit 1",
            snapshot.process,
        )
        for row in rows:
            body = {"submission": snapshot.process, "text": "截止後才發現"}
            await stage.must(row["person"], "report_doubt", body, key=f"late/{snapshot.process}")
            stage.story(
                "逾期反映不受理為異議,但列為參考並於三日內查核",
                "a report after the deadline is kept as information and checked within 3 days",
                "規§6.2",
            )

    return act


def plan_moved_deadline(script: Script, calendar: Calendar, lane: str) -> None:
    """The schedule's owner moves a certification deadline while the term runs. 規§4.2"""
    semester = sorted(calendar.semesters)[0]
    window = calendar.window(semester, lane, "certification")
    assert window is not None

    async def act(stage: Stage) -> None:
        owner = await stage.holder(stage.basis.rules.working_group.executive_secretary)
        due = stage.basis.days.shift(taipei_day(window.due), 2)
        body = {
            "period": semester,
            "lane": lane,
            "kind": "certification",
            "due": (at_taipei(due) + timedelta(hours=17)).isoformat(),
            "reason": "寒假停課,認證期限順延",
        }
        await stage.must(owner, "amend_date", body, key="moved/certification")
        await stage.settle()
        stage.story(
            "進行中修正認證期限:提醒改依新日期,舊日期的不再寄送",
            "a certification deadline is moved while it runs; reminders follow the new date",
            "規§4.2",
        )

    script.at(window.due - 6 * DAY + timedelta(hours=-5), "06 moved", act)


def plan_absence(script: Script, calendar: Calendar, lane: str) -> None:
    """The registrar is away in the days of a submission; the deputy submits. 規§10.1.2"""
    semester = sorted(calendar.semesters)[0]
    window = calendar.window(semester, lane, "semester_submission")
    assert window is not None

    async def act(stage: Stage) -> None:
        registrar = await stage.holder("registration_section")
        body = {
            "person": str(registrar),
            "opens": (window.closes - 9 * DAY).isoformat(),
            "closes": (window.closes - DAY).isoformat(),
            "reason": "official",
        }
        await stage.must(registrar, "record_absence", body, key="absence/registrar")
        stage.story("註冊組長公假,期間由代理人辦理", "the registration chief is on leave; deputies act", "規§10.1.2")

    script.at(window.opens + 3 * DAY, "07 absence", act)
