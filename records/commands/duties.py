"""records: a post completes its duty, a director gives it back."""

from __future__ import annotations

from typing import Any

from records.commands.evidence import keep_words, need_stored
from records.commands.rights import director_of, need_one_of, need_post
from records.queries.snapshot import UnknownProcess, load_snapshot
from records.seam import Deed, handles
from rules.commands import CompleteDuty, ReturnDuty
from rules.duties import GATES, STUCK, Duty, duties_of, is_open
from rules.ids import duty_key, duty_process, semester_id, year_id
from rules.refusals import Code, refuse
from rules.ruleset import Kind
from rules.self_checks import is_self_check
from rules.snapshot import Snapshot

EVIDENCED = {
    "submit": "record_submission",
    "import_receipt": "receipt_arrived",
    "verify_report": "verify_report",
    "resolve_differences": "close_difference",
    "decide_unnoticed": "decide_unnoticed",
    "meeting": "record_meeting",
    "calendar_publication": "publish_calendar",
}
"""Duties that are done by a command of their own, which asks for the evidence."""

STATES = {"self_check": "self_checked", "precheck": "prechecked", "approve": "approved"}
"""What a roster is once a gate is passed."""

FINAL = ("submit", "import_receipt", "verify_report")
"""Duties whose effect has left the house: the central database or a student has it."""

BEFORE = {"self_check": "generated", "precheck": "self_checked", "approve": "prechecked"}
"""What it is again once that gate's duty is given back."""


async def find_duty(deed: Deed, key: str) -> tuple[Snapshot, Duty]:
    """The duty of a key, with its process locked against a second completion.

    Raises Refused(not_found).
    """
    process = duty_process(key)
    await deed.connection.execute(
        "select 1 from process where school = $1 and id = $2 for update", deed.school, process
    )
    await deed.now()
    try:
        snapshot = await load_snapshot(deed.connection, deed.school, process)
    except UnknownProcess:
        raise refuse(Code.NOT_FOUND, clause="規§3.1", place=f"duty {key}") from None
    duty = duties_of(snapshot).get(key)
    if duty is None:
        raise refuse(Code.NOT_FOUND, clause="規§3.1", place=f"duty {key}")
    return snapshot, duty


def need_gate(snapshot: Snapshot, duty: Duty) -> None:
    """Raises Refused(gate_closed) while an earlier duty of the same roster version is open (規§6.3)."""
    if duty.kind not in GATES:
        return
    version = next((v for v in snapshot.versions if f"v{v.version}" == duty.scope), None)
    if version is not None and version.checks_open and version.submitted_at is None:
        raise refuse(Code.CHECKS_OPEN, clause="規§4.2", place=duty.key, found=version.checks_open, limit=0)
    for earlier in GATES[: GATES.index(duty.kind)]:
        state = snapshot.duties.get(duty_key(duty.process, earlier, duty.scope))
        if state is None or state.done_at is None:
            raise refuse(Code.GATE_CLOSED, clause=duty.clause, place=duty.key, found=duty.kind, limit=earlier)


async def need_checked(deed: Deed, snapshot: Snapshot, duty: Duty) -> None:
    """Raises Refused(gate_closed) while a self-check that this duty reads is missing or has not passed. 規§4.2"""
    for rule in snapshot.rules.duties:
        if rule.gate != duty.kind or duty.lane is None:
            continue
        yearly = rule.process is Kind.SCHOOL_YEAR
        if yearly and "-" in snapshot.period:
            continue  # a semester's roster is not the year's
        whole_year = sorted(snapshot.calendar.semesters) if "-" not in snapshot.period else [snapshot.period]
        for period in [snapshot.year] if yearly else whole_year:
            window = snapshot.calendar.window(period, duty.lane, rule.due.window or "")
            if window is None or (rule.due.edge == "self_check" and window.self_check is None):
                continue
            process = year_id(deed.school, period) if yearly else semester_id(deed.school, period)
            key = duty_key(process, rule.kind, duty.lane)
            passed = await deed.connection.fetchval(
                "select 1 from duty where school = $1 and key = $2 and state = 'done' and passed", deed.school, key
            )
            if passed is None:
                raise refuse(Code.GATE_CLOSED, clause="規§4.2", place=duty.key, found="not passed", limit=key)


async def write_done(
    deed: Deed,
    duty: Duty,
    behalf: str | None,
    *,
    passed: bool | None = None,
    evidence: str | None = None,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Write the duty as done and the fact that wakes its process; returns the proof."""
    await deed.connection.execute(
        "insert into duty (school, key, process, state, done_at, done_by, on_behalf_of, passed, evidence)"
        " values ($1, $2, $3, 'done', $4, $5, $6, $7, $8)"
        " on conflict (school, key) do update set state = 'done', done_at = $4, done_by = $5,"
        " on_behalf_of = $6, passed = $7, evidence = $8",
        deed.school,
        duty.key,
        duty.process,
        deed.at,
        deed.actor.person,
        behalf,
        passed,
        evidence,
    )
    if duty.kind in STATES:
        await set_state(deed, duty.process, STATES[duty.kind])
    shown = {"duty": duty.key, "kind": duty.kind, "late": deed.at > duty.due} | (body or {})
    return await deed.record(
        "duty_completed", duty.key, shown, wakes=duty.process, on_behalf_of=behalf, clause=duty.clause
    )


@handles(CompleteDuty)
async def complete_duty(deed: Deed) -> dict[str, Any]:
    """The owning post (or its deputy) has done the duty; gates and evidence are asked for."""
    assert isinstance(deed.command, CompleteDuty)
    snapshot, duty = await find_duty(deed, deed.command.duty)
    behalf = await need_post(deed, duty.post, clause=duty.clause)
    evidence = deed.command.evidence_sha256
    if duty.kind in EVIDENCED:
        raise refuse(Code.EVIDENCE_MISSING, clause=duty.clause, place=duty.key, limit=EVIDENCED[duty.kind])
    if is_self_check(duty):
        # Its lines and the checker's result are asked for, never a word alone.
        raise refuse(Code.EVIDENCE_MISSING, clause="規§4.2", place=duty.key, limit="record_self_check")
    if duty.counted or duty.kind == STUCK:
        raise refuse(Code.WRONG_STATE, clause=duty.clause, place=duty.key, found=duty.kind, limit="certify")
    if not is_open(snapshot, duty):
        raise refuse(Code.ALREADY_DONE, clause=duty.clause, place=duty.key)
    if deed.at < duty.opens:
        raise refuse(Code.WINDOW_NOT_OPEN, clause=duty.clause, place=duty.key, found=deed.at, limit=duty.opens)
    need_gate(snapshot, duty)
    await need_checked(deed, snapshot, duty)
    if evidence is not None:
        await need_stored(deed, evidence, place="evidence_sha256", clause=duty.clause)
    body = {"gate_complete": _joined_done(snapshot, duty)} if duty.joined else None
    await keep_words(deed, duty.key, "completed", deed.command.note)
    return await write_done(deed, duty, behalf, passed=True, evidence=evidence, body=body)


def _joined_done(snapshot: Snapshot, duty: Duty) -> bool:
    """Whether every other duty of the same gate and scope is done already (cadre records have two owners)."""
    gate = (duty.joined, duty.scope)
    others = [d for d in duties_of(snapshot).values() if (d.joined, d.scope) == gate and d.key != duty.key]
    return all(not is_open(snapshot, d) for d in others)


@handles(ReturnDuty)
async def return_duty(deed: Deed) -> dict[str, Any]:
    """A director or the executive secretary gives a completed duty back; its ladder counts again.

    What went out of the house (a sent roster, an arrived receipt, an answer to a student) cannot be
    given back, nor what a later gate was passed on. The reason is kept sealed.
    """
    assert isinstance(deed.command, ReturnDuty)
    snapshot, duty = await find_duty(deed, deed.command.duty)
    group = snapshot.rules.working_group
    behalf = await need_one_of(
        deed, [director_of(snapshot.basis, duty.post), group.executive_secretary], clause=duty.clause
    )
    if duty.counted or duty.kind == STUCK or is_open(snapshot, duty):
        raise refuse(Code.WRONG_STATE, clause=duty.clause, place=duty.key, found="open", limit="done")
    later = _passed_on(snapshot, duty)
    if later or duty.kind in FINAL:
        raise refuse(Code.WRONG_STATE, clause=duty.clause, place=duty.key, found=", ".join(later) or duty.kind)
    if await _is_over(deed, duty.process):
        raise refuse(Code.WRONG_STATE, clause=duty.clause, place=duty.process, found="over")
    await deed.connection.execute(
        "update duty set state = 'open', returned_at = $3 where school = $1 and key = $2",
        deed.school,
        duty.key,
        deed.at,
    )
    if duty.kind in BEFORE:
        await set_state(deed, duty.process, BEFORE[duty.kind])
    await keep_words(deed, duty.key, "returned", deed.command.reason)
    return await deed.record(
        "duty_returned", duty.key, {"duty": duty.key}, wakes=duty.process, on_behalf_of=behalf, clause=duty.clause
    )


def _passed_on(snapshot: Snapshot, duty: Duty) -> list[str]:
    """The later gates of the same roster version that are done already."""
    if duty.kind not in GATES:
        return []
    after = GATES[GATES.index(duty.kind) + 1 :]
    states = {kind: snapshot.duties.get(duty_key(duty.process, kind, duty.scope)) for kind in after}
    return [kind for kind, state in states.items() if state is not None and state.done_at is not None]


async def _is_over(deed: Deed, process: str) -> bool:
    """Whether a process has ended: nobody would hear of a duty that opens again."""
    return (
        await deed.connection.fetchval(
            "select over_at from process where school = $1 and id = $2", deed.school, process
        )
        is not None
    )


async def set_state(deed: Deed, submission: str, state: str) -> None:
    """What a roster is now, as its screens show it; the gates read the duties."""
    await deed.connection.execute(
        "update submission set state = $3 where school = $1 and id = $2", deed.school, submission, state
    )
