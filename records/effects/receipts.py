"""records: receipts shown to students, and what happens when their days are over. 規§6.2, 規§6.4."""

from __future__ import annotations

from datetime import datetime

from asyncpg import Range

from records.effects.journal import Carrying, NotYet, record_fact
from records.effects.notices import notify
from rules.duties import receipts_window
from rules.plans.submission import floor_of, occurrence
from rules.snapshot import first_sent


async def publish_receipts(c: Carrying) -> None:
    """Show a version's receipt to whom it concerns and open their window, at least 72 hours long.

    The first that was sent concerns everyone in the roster; a corrected one those whose report was upheld, and
    those whose line the receipt before it had wrong.
    The in-app notice is there when the window opens: it proves delivery (first-day, "Delivered"). Who has
    left the school cannot read it: without another channel's proof a person decides about their silence.
    """
    step, process = c.deed, c.snapshot.process
    version, closes = int(step.arg("version")), datetime.fromisoformat(step.arg("closes"))
    planned = receipts_window(c.snapshot)
    if planned is not None:
        # What is shown later than planned is shown for as long as any other.
        closes = max(closes, floor_of(c.snapshot.rules, planned, c.at))
    if first_sent(c.snapshot.versions, version):
        sql = "select distinct person from roster_line where school = $1 and submission = $2 and version = $3"
        rows = await c.connection.fetch(sql, c.school, process, version)
    else:
        rows = await c.connection.fetch(
            "select person from report where school = $1 and submission = $2 and version = $3 - 1"
            " and outcome = 'upheld' union select person from difference where school = $1 and submission = $2"
            " and version = $3 - 1 and outcome = 'correct' and person is not null",
            c.school,
            process,
            version,
        )
    people = [r["person"] for r in rows]
    await c.connection.execute(
        "insert into confirmation (school, submission, version, person, state, noticed_at)"
        " select $1, $2, $3, p, 'unseen', case when s.left_on is null"
        " or s.left_on > ($5::timestamptz at time zone 'Asia/Taipei')::date then $5::timestamptz end from unnest($4::uuid[]) p"
        " left join student s on s.school = $1 and s.person = p on conflict do nothing",
        c.school,
        process,
        version,
        people,
        c.at,
    )
    await c.connection.execute(
        "insert into admission_window (school, period, lane, kind, occurrence, during, opens, due, closes, clause)"
        " values ($1, $2, $3, 'receipts', $4, $7, $5, $6, $6, '規§6.2')"
        " on conflict do nothing",
        c.school,
        c.snapshot.period,
        c.snapshot.params["lane"],
        occurrence(process, version),
        c.at,
        closes,
        _during(c, closes),
    )
    await c.connection.execute(
        "update submission_version set published_at = $4, closes_at = $5"
        " where school = $1 and submission = $2 and version = $3",
        c.school,
        process,
        version,
        c.at,
        closes,
    )
    await c.connection.execute(
        "update submission set state = 'published' where school = $1 and id = $2", c.school, process
    )
    reached = await c.connection.fetch(
        "select person from confirmation where school = $1 and submission = $2 and version = $3 and noticed_at is not null",
        c.school,
        process,
        version,
    )
    people = [r["person"] for r in reached]
    told = await notify(
        c, people, batch=step.key, template="receipt_published", subject=step.thing,
        args={"closes": closes.isoformat(), "hours": _daily(c)},
    )  # fmt: skip
    c.detail["told"] = told
    await record_fact(c, "receipt_published", step.thing, {"told": told}, clause="規§6.2")


def _during(c: Carrying, closes: datetime) -> list[Range[datetime]]:
    """The spans in which students confirm or doubt: the calendar's daily hours, else all of it."""
    planned = receipts_window(c.snapshot)
    spans = planned.hours.spans(c.at, closes) if planned is not None and planned.hours else ()
    return [Range(s.opens, s.closes) for s in spans] or [Range(c.at, closes)]


def _daily(c: Carrying) -> dict[str, str]:
    """The hours of the day in which students confirm, as their mail says them; they hold up to the close."""
    planned = receipts_window(c.snapshot)
    return {"daily": planned.hours.text} if planned is not None and planned.hours else {}


async def deem_confirmed(c: Carrying) -> None:
    """Who did not report in time is deemed to have confirmed, given a delivered notice (規§6.2).

    Without one the row waits for a person's decision. Raises NotYet before the window's close.
    """
    step, process = c.deed, c.snapshot.process
    version = int(step.arg("version"))
    name = occurrence(process, version)
    await c.connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{c.school}|receipts|{name}")
    now: datetime = await c.connection.fetchval("select school_now($1)", c.school)
    if now < datetime.fromisoformat(step.arg("closes")):
        raise NotYet
    rows = await c.connection.fetch(
        "update confirmation set decided_at = $4,"
        " state = case when noticed_at is null then 'asks_person' else 'deemed_confirmed' end"
        " where school = $1 and submission = $2 and version = $3 and state in ('unseen', 'seen') returning state",
        c.school,
        process,
        version,
        c.at,
    )
    await c.connection.execute(
        "update submission_version set settled_at = $4 where school = $1 and submission = $2 and version = $3",
        c.school,
        process,
        version,
        c.at,
    )
    counts = {
        "deemed": sum(r["state"] == "deemed_confirmed" for r in rows),
        "asks_person": sum(r["state"] == "asks_person" for r in rows),
    }
    c.detail.update(counts)
    await record_fact(c, "deemed_confirmed", step.thing, counts, clause="規§6.2")
