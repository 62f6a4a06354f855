"""records: writes the admission rows that rules/admission.py compiles, in the fact's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asyncpg import Range

from records.db import Connection
from rules.admission import TRANSITIONS, AdmissionWindow, fields_of, limits_of, variants_of, windows_of
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National
from rules.verdict import FILES_CLAUSE


async def compile_admission(
    connection: Connection, school: str, rules: RuleSet, calendar: Calendar, national: National
) -> int:
    """Bring a calendar's rows up to date; returns how many windows changed.

    Each changed window is taken exclusively first, so that no command under way sees half of it.
    Rows that the documents no longer hold are removed for the periods of this calendar only;
    occurrences (receipts) and extensions stay as they are.
    """
    periods = [str(calendar.school_year), *sorted(calendar.semesters)]
    changed = await _put_windows(connection, school, periods, windows_of(rules, calendar))
    await _replace(
        connection,
        school,
        "admission_limit",
        ("item", "counts", "period"),
        ("quota", "max", "clause"),
        [(x.item, x.counts, x.period, x.quota, x.max, x.clause) for x in limits_of(rules, calendar)],
        among=("period", periods),
    )
    await _replace(
        connection,
        school,
        "admission_variant",
        ("school_year", "variant", "enrolment"),
        ("clause",),
        [(v.year, v.variant, v.enrolment, v.clause) for v in variants_of(national.items, calendar)],
        among=("school_year", [str(calendar.school_year)]),
    )
    await _replace(
        connection,
        school,
        "admission_transition",
        ("item", "command", "from_state"),
        ("to_state", "window_kind", "clause"),
        [(t.item, t.command, t.from_state, t.to_state, t.window, t.clause) for t in TRANSITIONS],
    )
    await _replace(
        connection,
        school,
        "admission_file",
        ("role", "media_type"),
        ("max_bytes", "clause"),
        [(f.role, f.media_type, f.max_bytes, FILES_CLAUSE) for f in national.file_limits],
    )
    await _replace(connection, school, "post_field", ("post", "field"), (), fields_of(rules))
    return changed


async def _put_windows(
    connection: Connection, school: str, periods: list[str], windows: Sequence[AdmissionWindow]
) -> int:
    """Write what differs and remove what is gone, window by window in the order that all lock in."""
    rows = await connection.fetch(
        "select period, lane, kind, opens, due, closes, clause, during from admission_window"
        " where school = $1 and occurrence = '' and period = any($2)",
        school,
        periods,
    )
    known = {(r["period"], r["lane"], r["kind"]): tuple(r)[3:] for r in rows}
    wanted = {(w.period, w.lane, w.kind): w for w in windows}
    changed = 0
    for name in sorted(known.keys() | wanted.keys()):
        w = wanted.get(name)
        during = [Range(s.opens, s.closes) for s in w.during] if w is not None else []
        if w is not None and known.get(name) == (w.opens, w.due, w.closes, w.clause, during):
            continue
        changed += 1
        await connection.execute("select pg_advisory_xact_lock(window_lock($1, $2, $3, $4))", school, *name)
        await connection.execute(
            "delete from admission_window where school = $1 and period = $2 and lane = $3 and kind = $4"
            " and occurrence = ''",
            school,
            *name,
        )
        if w is not None:
            await connection.execute(
                "insert into admission_window (school, period, lane, kind, during, opens, due, closes, clause)"
                " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                school,
                *name,
                during,
                w.opens,
                w.due,
                w.closes,
                w.clause,
            )
    return changed


async def _replace(
    connection: Connection,
    school: str,
    table: str,
    key: Sequence[str],
    rest: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    among: tuple[str, list[str]] | None = None,
) -> None:
    """Let a table of compiled rows hold these and no others (of what `among` names, where given: a column and its values)."""
    columns = ("school", *key, *rest)
    places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    only = f"({', '.join(('school', *key))})"
    sets = ", ".join(f"{c} = excluded.{c}" for c in rest)
    same_key = f"do update set {sets}" if rest else "do nothing"
    await connection.executemany(
        f"insert into {table} ({', '.join(columns)}) values ({places}) on conflict {only} {same_key}",
        [(school, *row) for row in rows],
    )
    kept = {row[: len(key)] for row in rows}
    found = await connection.fetch(
        f"select {', '.join(key)} from {table} where school = $1"
        + (f" and {among[0]} = any($2)" if among is not None else ""),
        school,
        *([among[1]] if among is not None else []),
    )
    gone = [tuple(r) for r in found if tuple(r) not in kept]
    same = " and ".join(f"{c} = ${n}" for n, c in enumerate(key, start=2))
    await connection.executemany(f"delete from {table} where school = $1 and {same}", [(school, *row) for row in gone])
