"""records: the rows of a roster, typed, from the facts as they stand now. 規§5.1.3, 規§5.2.3, 規§6.3

Values are keyed by the columns' names in the central database's rosters (schools/national/); which
columns exist, how they are written and what is required is data there, not here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from records.db import Connection
from records.sealing import unseal
from records.seam import Vault
from rules.exchange import RosterOrder, RosterRow
from rules.snapshot import Snapshot

_IN_LANE = (
    " join lane_member m on m.school = {a}.school and m.person = {a}.person and m.lane = $2"
    " and m.opens <= $3 and (m.closes is null or $3 < m.closes)"
)
_STUDENTS = (
    "select s.person, s.class, s.seat, s.grade, s.left_on, c.name, c.group_code, c.department_code,"
    " c.division_code, c.class_kind from student s left join class c on c.school = s.school and c.id = s.class"
    + _IN_LANE.format(a="s")
    + " where s.school = $1 order by s.class, s.seat, s.person"
)
_GRADES = (
    "select g.person, k.code, k.title, k.credits, k.semester, s.grade, g.score, g.passed, g.makeup from grade g"
    " join course k on k.school = g.school and k.id = g.course join student s on s.school = g.school and s.person = g.person"
    + _IN_LANE.format(a="g")
    + " where g.school = $1 and k.semester = $4 order by g.person, k.code"
)
_CADRE = (
    "select c.person, c.level, c.opens, c.closes, c.sealed from cadre c"
    + _IN_LANE.format(a="c")
    + " where c.school = $1 and c.semester = $4 order by c.person, c.ordinal"
)
_ITEMS = (
    "select i.id, i.student as person, i.variant, i.category, i.period, k.code, k.title, k.credits, s.grade, v.sealed,"
    " array(select f.role || ' ' || f.sha256 from item_file f where f.school = i.school and f.item = i.id"
    "  and f.version = i.version order by f.ordinal) as files"
    " from item i join student s on s.school = i.school and s.person = i.student"
    " join item_version v on v.school = i.school and v.item = i.id and v.version = i.version"
    " left join course k on k.school = i.school and k.id = i.course"
    " where i.school = $1 and i.lane = $2 and $3::timestamptz is not null and i.school_year = $4"
    " and i.item = $5 and i.state = 'locked' order by i.student, i.id"
)
CADRE_LEVELS = {"school": "校級幹部", "class": "班級幹部", "club": "社團幹部"}
SEXES = {"男": "1", "女": "2", "male": "1", "female": "2", "M": "1", "F": "2"}


async def roster_order(connection: Connection, vault: Vault, s: Snapshot, at: datetime) -> RosterOrder:
    """What a submission's roster holds now: cover and rows, as they would be written at `at`."""
    roster = s.rules.roster(s.params["roster"])
    rows = await roster_rows(connection, vault, s.school, roster.id, roster.item, s.params["lane"], s.period, at)
    year, _, semester = s.period.partition("-")
    return RosterOrder(
        roster=roster.id,
        school=s.school,
        year=int(year),
        semester=int(semester or 0),
        code=roster.codes.get(s.params["lane"], ""),
        rows=rows,
        selected=roster.item is not None,
    )


async def roster_rows(
    connection: Connection,
    vault: Vault,
    school: str,
    roster: str,
    item: str | None,
    lane: str,
    period: str,
    at: datetime,
) -> list[RosterRow]:
    """All rows of a roster of a lane at an instant, in an order that the same facts always give."""
    people = _People(connection, vault, school)
    make: Callable[[_People, Any], Awaitable[RosterRow]]
    if item is not None:
        rows = await connection.fetch(_ITEMS, school, lane, at, period, item)
        make = _outcome if item == "outcome" else _diverse
    elif roster == "enrolment":
        rows, make = await connection.fetch(_STUDENTS, school, lane, at), _student
    elif roster == "grades":
        rows, make = await connection.fetch(_GRADES, school, lane, at, period), _grade
    else:
        rows, make = await connection.fetch(_CADRE, school, lane, at, period), _cadre
    made = [await make(people, r) for r in rows]
    return [replace(row, salt=await people.salt(row.person)) for row in made]


class _People:
    """Sealed data of persons, opened once each."""

    def __init__(self, connection: Connection, vault: Vault, school: str) -> None:
        self._connection, self._vault, self._school = connection, vault, school
        self._keys: dict[UUID, bytes] = {}
        self._data: dict[UUID, dict[str, Any]] = {}

    async def key(self, person: UUID) -> bytes:
        if not self._keys:
            rows = await self._connection.fetch(
                "select person, wrapped from person_key where school = $1", self._school
            )
            self._keys = {r["person"]: unseal(self._vault.master_key, r["wrapped"]) for r in rows}
        return self._keys[person]

    async def salt(self, person: UUID) -> bytes:
        """What salts the hashes of a person's lines; it goes with the person's key."""
        return hmac.new(await self.key(person), b"roster line", hashlib.sha256).digest()

    async def of(self, person: UUID) -> dict[str, Any]:
        """What is known of a person: national_id, birth_date, sex, special."""
        if not self._data:
            rows = await self._connection.fetch(
                "select id, sealed from person where school = $1 and kind = 'student'", self._school
            )
            for row in rows:
                self._data[row["id"]] = json.loads(unseal(await self.key(row["id"]), row["sealed"]))
        return self._data[person]

    async def named(self, person: UUID) -> dict[str, Any]:
        """The two columns that every roster begins with."""
        found = await self.of(person)
        return {"身分證號": found["national_id"], "出生日期": date.fromisoformat(found["birth_date"])}


async def _student(people: _People, r: Any) -> RosterRow:
    found = await people.of(r["person"])
    values = await people.named(r["person"]) | {
        "性別代碼": SEXES.get(str(found.get("sex")), ""),
        "群別代碼": r["group_code"],
        "科班學程別代碼": r["department_code"],
        "部別代碼": r["division_code"],
        "班別": r["class_kind"],
        "年級": r["grade"],
        "班級名稱": r["name"],
        "座號": r["seat"],
        "特殊身分別": ",".join(found.get("special") or ()),
        "學籍狀態": "1" if r["left_on"] is None else "2",
        "學籍異動日期": r["left_on"],
    }
    return RosterRow("學生資料", r["person"], values)


async def _grade(people: _People, r: Any) -> RosterRow:
    values = await people.named(r["person"]) | {
        "課程代碼": r["code"],
        "科目名稱": r["title"],
        "開課年級": r["grade"],
        "修課學分": r["credits"],
        "學期學業成績": r["score"],
        "成績及格": r["passed"],
        "補考成績": r["makeup"],
        "是否採計學分": r["passed"],
    }
    return RosterRow("學期成績", r["person"], values)


async def _cadre(people: _People, r: Any) -> RosterRow:
    text = json.loads(unseal(await people.key(r["person"]), r["sealed"]))
    values = await people.named(r["person"]) | {
        "單位名稱": text.get("unit", ""),
        "開始日期": r["opens"],
        "結束日期": r["closes"],
        "擔任職務": text.get("position", ""),
        "幹部等級": CADRE_LEVELS.get(r["level"], r["level"]),
    }
    return RosterRow("幹部經歷紀錄", r["person"], values)


async def _text(people: _People, r: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unseal(await people.key(r["person"]), r["sealed"]))
    return found


def _hashes(r: Any, role: str) -> str:
    return next((f.split()[1] for f in r["files"] if f.startswith(role + " ")), "")


async def _outcome(people: _People, r: Any) -> RosterRow:
    text = await _text(people, r)
    values = await people.named(r["person"]) | {
        "實際修課學期": int(r["period"][-1]),
        "課程代碼": r["code"],
        "科目名稱": r["title"],
        "開課年級": r["grade"],
        "修課學分": r["credits"],
        "節數": r["credits"],
        "成果文件連結": _hashes(r, "document"),
        "成果簡述": text["summary"],
        "成果影音連結": _hashes(r, "av"),
    }
    return RosterRow(r["variant"], r["person"], values | text.get("fields", {}), r["id"])


async def _diverse(people: _People, r: Any) -> RosterRow:
    text = await _text(people, r)
    values = await people.named(r["person"]) | {
        "內容簡述": text["summary"],
        "證明文件連結": _hashes(r, "document"),
        "影音檔案連結": _hashes(r, "av"),
        "外部影音連結": text.get("link") or "",
    }
    return RosterRow(r["category"], r["person"], values | text.get("fields", {}), r["id"])
