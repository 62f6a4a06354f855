"""records: a roster's frozen lines. The same facts give the same lines, digests and bytes.

The workbook for the central database is made from these lines by rosters/; here stands what must
agree with it: (submission, version, natural key, ordinal, digest, item). 規§6.3.1–6.3.4.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from uuid import UUID

from records.effects.journal import Carrying, record_fact
from records.files.store import put_in
from records.seam import canonical


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a roster: whose, under which natural key, with which content digest."""

    natural_key: str
    person: UUID
    digest: str
    item: UUID | None = None


_STUDENTS = """
select p.id as person, null::uuid as item, p.id::text as natural_key,
       jsonb_build_array(s.class, s.seat, s.grade, s.track, s.left_on) as content
  from lane_member m join student s on s.school = m.school and s.person = m.person
  join person p on p.school = s.school and p.id = s.person
 where m.school = $1 and m.lane = $2 and m.opens <= $4 and (m.closes is null or $4 < m.closes)
"""
_GRADES = """
select g.person, null::uuid as item, g.person || '|' || k.code as natural_key,
       jsonb_build_array(k.code, k.credits, g.score, g.passed, g.makeup) as content
  from grade g join course k on k.school = g.school and k.id = g.course
  join lane_member m on m.school = g.school and m.person = g.person
 where g.school = $1 and m.lane = $2 and k.semester = $3 and m.opens <= $4 and (m.closes is null or $4 < m.closes)
"""
_CADRE = """
select c.person, null::uuid as item, c.person || '|' || c.level as natural_key,
       jsonb_build_array(c.level, c.opens, c.closes, encode(sha256(c.sealed), 'hex')) as content
  from cadre c join lane_member m on m.school = c.school and m.person = c.person
 where c.school = $1 and m.lane = $2 and c.semester = $3 and m.opens <= $4 and (m.closes is null or $4 < m.closes)
"""
_ITEMS = """
select i.student as person, i.id as item, i.student || '|' || coalesce(i.course, i.category, '') as natural_key,
       jsonb_build_array(i.item, i.course, i.category, i.variant, i.digest, i.certified_digest) as content
  from item i where i.school = $1 and i.lane = $2 and i.school_year = $3 and i.state = 'locked' and i.item = '{item}'
   and $4::timestamptz is not null
"""
_SOURCES = {"enrolment": _STUDENTS + " and $3::text is not null", "grades": _GRADES, "cadre": _CADRE}


async def generate_roster(c: Carrying) -> None:
    """Freeze the lines of the next version and store them as a file; its hash is the version's."""
    step = c.deed
    version, params = int(step.arg("version")), c.snapshot.params
    lines = await _lines(c, params["roster"], params["lane"], c.snapshot.period)
    content = _file(lines)
    stored = await put_in(c.connection, c.vault, c.school, content, media_type="application/jsonl")
    await c.connection.execute(
        "insert into submission_version (school, submission, version, generated_at, roster_sha256, lines)"
        " values ($1, $2, $3, $4, $5, $6)",
        c.school,
        c.snapshot.process,
        version,
        c.at,
        stored.sha256,
        len(lines),
    )
    ordinals: dict[str, int] = {}
    rows = []
    for line in lines:
        ordinals[line.natural_key] = ordinals.get(line.natural_key, 0) + 1
        rows.append(
            (
                c.school,
                c.snapshot.process,
                version,
                line.natural_key,
                ordinals[line.natural_key],
                line.digest,
                line.person,
                line.item,
            )
        )
    await c.connection.executemany(
        "insert into roster_line (school, submission, version, natural_key, ordinal, digest, person, item)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        rows,
    )
    await c.connection.execute(
        "update submission set version = $3, state = 'generated' where school = $1 and id = $2",
        c.school,
        c.snapshot.process,
        version,
    )
    c.detail.update({"lines": len(lines), "sha256": stored.sha256})
    await record_fact(c, "roster_generated", step.thing, dict(c.detail))


async def _lines(c: Carrying, roster: str, lane: str, period: str) -> list[Line]:
    item = c.snapshot.rules.roster(roster).item
    sql = _ITEMS.format(item=item) if item else _SOURCES[roster]
    rows = await c.connection.fetch(sql, c.school, lane, period, c.at)
    lines = [
        Line(r["natural_key"], r["person"], hashlib.sha256(canonical(r["content"])).hexdigest(), r["item"])
        for r in rows
    ]
    return sorted(lines, key=lambda x: (x.natural_key, x.digest, str(x.item)))


def _file(lines: list[Line]) -> bytes:
    """JSON Lines of key and digest: ids only, so that the file needs no key of its own."""
    out = io.BytesIO()
    for line in lines:
        out.write(canonical([line.natural_key, line.digest]) + b"\n")
    return out.getvalue()
