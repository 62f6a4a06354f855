"""What `--check` says is what `--apply` does: the same refusals with exit code 2, and the same people told. 規§4.2"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import cli.calendar.extensions as extensions
from cli.calendar.extensions import Wanted
from cli.calendar.moving import carry_out, standing
from cli.place import Place
from rules.closures import ClosureKind, closures_of
from rules.moves import Move
from runtime.settings import Settings
from tests.records.staff.scene import ACADEMIC, SCHOOL, SECRETARY, STRANGER, Scene
from tests.rules.builders import taipei

UPLOAD = {"period": "115-1", "lane": "g10_11", "kind": "outcome_upload"}


def place_of(scene: Scene, folder: Path) -> Place:
    """The scene as a command line has it."""
    return Place(folder, Settings(data_dir=folder), scene.db, scene.operator, scene.vault, scene.seam)


@pytest.fixture
def line(term: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The running term as `calendar extend` opens it."""
    place = place_of(term, tmp_path)

    @asynccontextmanager
    async def opened(_: Path) -> AsyncIterator[Place]:
        yield place

    monkeypatch.setattr(extensions, "opened", opened)
    return place


def wanted(**changes: str) -> Wanted:
    """An extension of the upload for class 101 until 10 February."""
    return Wanted(**{
        "period": "115-1", "kind": "outcome_upload", "closes": "2027-02-10 17:00", "scope": "class", "target": "101",
        "csv": None, "reason": "平臺中斷", "approver": ACADEMIC,
    } | changes)  # type: ignore[arg-type]  # fmt: skip


async def extend(line: Place, who: str, asked: Wanted, *, apply: bool) -> int:
    """`calendar extend … --json` as somebody; the exit code."""
    return await extensions._extend(line.data_dir, SCHOOL, asked, who, None, apply=apply, as_json=True)


async def noticed(term: Scene) -> Counter[str]:
    """How many notices of each kind there are."""
    rows = await term.rows("select template, count(*) as n from notice where school = $1 group by 1")
    return Counter({r["template"]: r["n"] for r in rows})


def told(shown: dict[str, Any]) -> Counter[str]:
    """How many notices of each kind a check names."""
    found: Counter[str] = Counter()
    for row in shown["told"]:
        found[row["notice"]] += row["count"]
    return found


@pytest.mark.clause("規§10.2.2")
@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        ("115002", {}, "no_post"),
        (SECRETARY, {}, "no_post"),
        (ACADEMIC, {"approver": "nobody"}, "no_post"),
        (ACADEMIC, {"reason": ""}, "field_invalid"),
        (ACADEMIC, {"closes": "2027-02-03 17:00"}, "not_later"),
        (ACADEMIC, {"closes": "2027-03-13 17:00"}, "contradiction"),
    ],
    ids=["a student", "another post", "no such approver", "no reason", "not later", "behind what follows"],
)
async def test_a_check_of_an_extension_is_refused_as_granting_it_is(
    term: Scene, line: Place, capsys: pytest.CaptureFixture[str], who: str, changes: dict[str, str], code: str
) -> None:
    name = who if who.isdecimal() else str(await term.holder(who))
    before = await term.tables()
    said = []
    for apply in (False, True):
        assert await extend(line, name, wanted(**changes), apply=apply) == 2
        said.append(json.loads(capsys.readouterr().out)["refusal"])
    (check, applied), same = said, ("code", "clause", "place", "found")
    assert check["code"] == code
    assert [check[x] for x in same] == [applied[x] for x in same]
    assert await term.tables() == before
    # Only what was meant is an attempt.
    assert await term.value("select count(*) from attempt where school = $1") == 1


@pytest.mark.clause("規§10.2.2")
async def test_a_check_of_an_extension_changes_nothing_and_names_who_would_hear_of_it(
    term: Scene, line: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    before, who = await term.tables(), str(await term.holder(ACADEMIC))
    assert await extend(line, who, wanted(), apply=False) == 0
    shown = json.loads(capsys.readouterr().out)
    assert await term.tables() == before
    known, mates = (
        await noticed(term),
        await term.rows("select person from student where school = $1 and class = '101'"),
    )
    (row,) = shown["told"]
    assert len(row["numbers"]) == row["count"] == len(mates) > 0
    assert "2027-02-10 17:00" in row["subject"]
    assert await extend(line, who, wanted(), apply=True) == 0
    assert await noticed(term) - known == told(shown)


async def move(term: Scene, line: Place, who: str, apply: bool, *moves: dict[str, str], closed: str = "") -> int:
    """`calendar amend` or `closure` as the holder of a post; the exit code."""
    days = closures_of([date.fromisoformat(closed)], ClosureKind.BOTH, "颱風") if closed else ()
    found = await standing(line, SCHOOL, None)
    given = [Move.model_validate(m) for m in moves]
    person = str(await term.holder(who))
    return await carry_out(
        line, SCHOOL, person, found, given, days, reason="颱風", apply=apply, key=None, as_json=True
    )  # fmt: skip


@pytest.mark.clause("規§4.1", "規§4.2")
@pytest.mark.parametrize(
    ("who", "moves", "closed", "code"),
    [
        (STRANGER, [UPLOAD | {"closes": "2027-02-06 00:00"}], "", "no_post"),
        (STRANGER, [], "2026-11-17", "no_post"),
        (SECRETARY, [UPLOAD | {"closes": "2027-02-03 00:00"}], "", "contradiction"),
        (SECRETARY, [UPLOAD | {"due": "2027-02-02 17:00", "closes": "2027-02-03 00:00"}], "", "calendar_errors"),
    ],
)
async def test_a_check_of_moved_dates_is_refused_as_moving_them_is(
    term: Scene, line: Place, capsys: pytest.CaptureFixture[str], who: str, moves: list[dict[str, str]], closed: str, code: str
) -> None:  # fmt: skip
    before, said = await term.tables(), []
    for apply in (False, True):
        assert await move(term, line, who, apply, *moves, closed=closed) == 2
        said.append(json.loads(capsys.readouterr().out)["refusal"])
    assert said[0] == said[1]
    assert said[0]["code"] == code
    assert await term.tables() == before


CERTIFY = {"period": "115-1", "lane": "g10_11", "kind": "certification"}


async def teachers(term: Scene, lane: str = "g10_11") -> set[Any]:
    """Who teaches a course of the first semester in a class of a lane."""
    rows = await term.rows(
        "select distinct h.person from course k join post_holder h on h.school = k.school and h.post = k.post"
        " and h.rank = 0 where k.school = $1 and k.semester = '115-1' and k.class in (select s.class from student s"
        " join lane_member m on m.school = s.school and m.person = s.person where m.school = $1 and m.lane = $2)", lane,
    )  # fmt: skip
    return {r["person"] for r in rows}


@pytest.mark.clause("規§4.2", "規§5.3.2")
async def test_a_moved_certification_is_told_to_its_teachers_once_also_while_nothing_waits_for_them(
    term: Scene, line: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    one = await term.value(
        "select id from course where school = $1 and semester = '115-1' and class = '101' order by id limit 1"
    )
    await term.operator.pool.execute(
        "update certification_count set pending = 2 where school = $1 and course = $2", SCHOOL, one
    )
    known = await noticed(term)
    dates = CERTIFY | {"due": "2027-02-26 17:00"}
    assert await move(term, line, SECRETARY, False, dates) == 0
    shown = json.loads(capsys.readouterr().out)
    check = told(shown)
    # The subject names the date that moved, not only the close that stands.
    assert any("期限 2027-02-26 17:00" in row["subject"] for row in shown["told"])
    assert await move(term, line, SECRETARY, True, dates) == 0
    assert await noticed(term) - known == check
    rows = await term.rows("select person, template, args from notice where school = $1 and batch like 'moved|%'")
    assert Counter(r["person"] for r in rows if r["args"].get("kind") in (None, "certification")) == Counter(
        await teachers(term)
    )
    # One owes an open duty and hears of that; to the others the window's dates were announced.
    assert Counter(r["template"] for r in rows) == {"duty_moved": 1, "window_moved": len(await teachers(term)) - 1}


@pytest.mark.clause("規§4.2", "規§5.3.1")
async def test_students_hear_of_a_moved_correction_of_what_is_returned(term: Scene, line: Place) -> None:
    assert await move(term, line, SECRETARY, True, CERTIFY | {"correction_closes": "2027-03-11 17:00"}) == 0
    rows = await term.rows("select person, args from notice where school = $1 and template = 'window_moved'")
    assert {r["person"] for r in rows} == set(await term.students())
    assert {(r["args"]["kind"], r["args"]["closes"]) for r in rows} == {
        ("outcome_correction", taipei("2027-03-11 17:00").isoformat())
    }


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    ("moved", "post", "template"),
    [
        ({"period": "115-2", "kind": "platform_accounts", "due": "2027-02-26 17:00"}, "it_section", "duty_moved"),
        ({"period": "115-1", "lane": "g10_11", "kind": "semester_submission", "due": "2027-04-07 17:00"},
         "registration_section", "window_moved"),
    ],
)  # fmt: skip
async def test_who_will_owe_it_hears_of_a_moved_date_of_what_has_not_started(
    term: Scene, line: Place, capsys: pytest.CaptureFixture[str], moved: dict[str, str], post: str, template: str
) -> None:
    assert await move(term, line, SECRETARY, False, moved) == 0
    shown = [(m["id"], m["after"]) for m in json.loads(capsys.readouterr().out)["moved"]]
    place = "/".join(moved[x] for x in ("period", "lane", "kind") if x in moved)
    assert (f"{place}.due", taipei(moved["due"]).strftime("%Y-%m-%dT%H:%M:%SZ")) in shown
    assert await move(term, line, SECRETARY, True, moved) == 0
    rows = await term.rows("select person, template from notice where school = $1 and batch like 'moved|%'")
    assert (await term.holder(post), template) in {(r["person"], r["template"]) for r in rows}


@pytest.mark.clause("規§4.1", "規§4.2")
async def test_a_check_shows_the_warnings_that_the_change_brings_and_no_others(
    term: Scene, line: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {}
    # 20 March 2027 is a Saturday, 19 March a Friday.
    for closes in ("2027-03-19 17:00", "2027-03-20 17:00"):
        assert await move(term, line, SECRETARY, False, CERTIFY | {"closes": closes}) == 0
        shown = json.loads(capsys.readouterr().out)["warnings"]
        found[closes[:10]] = {(f["rule"], f["where"]["place"]) for f in shown}
    saturday = ("closes-on-day-off", "115-1 g10_11 certification closes")
    assert saturday in found["2027-03-20"]
    assert found["2027-03-20"] - {saturday} == found["2027-03-19"]
