"""records: a named checker records the lines of a self-check, and whether it passed. 規§4.2"""

from __future__ import annotations

from typing import Any

from records.commands.duties import find_duty, need_checked, need_gate, write_done
from records.commands.rights import need_one_of
from records.queries.self_checks import standing_lines
from records.sealing import person_key, seal
from records.seam import Deed, handles
from rules.commands import LineResult, RecordSelfCheck
from rules.duties import Duty, is_open
from rules.refusals import Code, refuse
from rules.self_checks import checkers_of, checklist_of, is_self_check, not_ok
from rules.snapshot import Snapshot


@handles(RecordSelfCheck)
async def record_self_check(deed: Deed) -> dict[str, Any]:
    """The checker's lines and result; it passes, and the next gate opens, once every required line is ok.

    Lines recorded before count until the duty is given back. Remarks are kept sealed; facts name lines only.
    """
    c = deed.command
    assert isinstance(c, RecordSelfCheck)
    snapshot, duty = await find_duty(deed, c.duty)
    behalf = await need_one_of(deed, checkers_of(snapshot, duty), clause="規§4.2")
    if not is_self_check(duty):
        raise refuse(Code.WRONG_STATE, clause="規§4.2", place=duty.key, found=duty.kind, limit="self_check")
    if not is_open(snapshot, duty):
        raise refuse(Code.ALREADY_DONE, clause="規§4.2", place=duty.key)
    if deed.at < duty.opens:
        raise refuse(Code.WINDOW_NOT_OPEN, clause="規§4.2", place=duty.key, found=deed.at, limit=duty.opens)
    _need_known(snapshot, duty, c.lines)
    results = await standing_lines(deed.connection, deed.school, duty.key)
    results |= {x.line: x.ok for x in c.lines}
    open_lines = not_ok(checklist_of(snapshot, duty), results)
    if c.passed:
        need_gate(snapshot, duty)
        await need_checked(deed, snapshot, duty)
        if open_lines:
            raise refuse(Code.CHECKLIST_OPEN, clause="規§4.2", place=duty.key, found=", ".join(open_lines), limit="ok")
    await _keep_lines(deed, duty, c.lines, behalf)
    body: dict[str, Any] = {"passed": c.passed, "findings": max(c.findings, sum(not x.ok for x in c.lines))}
    for word, ok in (("ok", True), ("not_ok", False)):
        if named := [x.line for x in c.lines if x.ok is ok]:
            body[word] = ", ".join(named)
    if c.passed:
        return await write_done(deed, duty, behalf, passed=True, body=body)
    if open_lines:
        body["open"] = ", ".join(open_lines)
    return await deed.record(
        "self_check_failed", duty.key, {"duty": duty.key} | body, wakes=duty.process, on_behalf_of=behalf
    )


def _need_known(snapshot: Snapshot, duty: Duty, lines: tuple[LineResult, ...]) -> None:
    """Raises Refused(not_found) for a line that the checklist lacks, (contradiction) for one given twice."""
    known = [line.id for line in checklist_of(snapshot, duty)]
    given = [x.line for x in lines]
    for line in given:
        if line not in known:
            raise refuse(Code.NOT_FOUND, clause="規§4.2", place=f"lines {line}", found=line, limit=", ".join(known))
        if given.count(line) > 1:
            raise refuse(Code.CONTRADICTION, clause="規§4.2", place=f"lines {line}", found=given.count(line), limit=1)


async def _keep_lines(deed: Deed, duty: Duty, lines: tuple[LineResult, ...], behalf: str | None) -> None:
    """One row a result; nothing is written over."""
    remarked = any(x.remark for x in lines)
    key = await person_key(deed.connection, deed.vault, deed.school, deed.actor.person) if remarked else b""
    for x in lines:
        ordinal = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"line/{duty.key}")
        await deed.connection.execute(
            "insert into self_check_line (school, duty, ordinal, line, ok, checked_by, on_behalf_of, at, sealed)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            deed.school, duty.key, ordinal, x.line, x.ok, deed.actor.person, behalf, deed.at,
            seal(key, x.remark.encode()) if x.remark else None,
        )  # fmt: skip
