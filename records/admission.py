"""records: writes the admission rows that rules/admission.py compiles, in the fact's own transaction."""

from __future__ import annotations

from records.db import Connection
from rules.admission import TRANSITIONS, AdmissionWindow, limits_of, windows_of
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National


async def compile_admission(
    connection: Connection, school: str, rules: RuleSet, calendar: Calendar, national: National
) -> int:
    """Bring a calendar's rows up to date; returns how many windows changed.

    Each changed window is taken exclusively first, so that no command under way sees half of it.
    Occurrences (receipts) and extensions stay as they are.
    """
    changed = 0
    for w in sorted(windows_of(rules, calendar), key=lambda w: (w.period, w.lane, w.kind)):
        changed += await _put_window(connection, school, w)
    for limit in limits_of(rules, calendar):
        await connection.execute(
            "insert into admission_limit (school, quota, item, counts, period, max, clause)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict (school, item, counts, period)"
            " do update set max = excluded.max, quota = excluded.quota, clause = excluded.clause",
            school, limit.quota, limit.item, limit.counts, limit.period, limit.max, limit.clause,
        )
    await connection.executemany(
        "insert into admission_transition (school, item, command, from_state, to_state, window_kind, clause)"
        " values ($1, $2, $3, $4, $5, $6, $7) on conflict (school, item, command, from_state)"
        " do update set to_state = excluded.to_state, window_kind = excluded.window_kind, clause = excluded.clause",
        [(school, t.item, t.command, t.from_state, t.to_state, t.window, t.clause) for t in TRANSITIONS],
    )
    await connection.executemany(
        "insert into admission_file (school, role, media_type, max_bytes, clause) values ($1, $2, $3, $4, '規§5.3.1')"
        " on conflict (school, role, media_type) do update set max_bytes = excluded.max_bytes",
        [(school, f.role, f.media_type, f.max_bytes) for f in national.file_limits],
    )
    return changed


async def _put_window(connection: Connection, school: str, w: AdmissionWindow) -> int:
    known = await connection.fetchrow(
        "select opens, due, closes from admission_window where school = $1 and period = $2 and lane = $3"
        " and kind = $4 and occurrence = ''",
        school, w.period, w.lane, w.kind,
    )
    if known is not None and tuple(known) == (w.opens, w.due, w.closes):
        return 0
    await connection.execute(
        "select pg_advisory_xact_lock(window_lock($1, $2, $3, $4))", school, w.period, w.lane, w.kind
    )
    await connection.execute(
        "insert into admission_window (school, period, lane, kind, occurrence, during, opens, due, closes, clause)"
        " values ($1, $2, $3, $4, '', tstzmultirange(tstzrange($5, $7, '[)')), $5, $6, $7, $8)"
        " on conflict (school, period, lane, kind, occurrence) do update"
        " set during = excluded.during, opens = excluded.opens, due = excluded.due, closes = excluded.closes",
        school, w.period, w.lane, w.kind, w.opens, w.due, w.closes, w.clause,
    )
    return 1
