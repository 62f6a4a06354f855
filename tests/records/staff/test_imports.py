"""Base data come in again: checked, shown, then whole or by the clerk's decision. 規§5.1, 規§5.2"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from records.base_data.changes import Changes, preview
from records.queries.completeness import by_class
from records.school_import import import_school
from rules.refusals import Refused
from tests.records.staff.scene import FORMATS, REGISTRAR, ROOT, STRANGER, Scene, import_small, pack, small_school

SAMPLE = ROOT / "schools" / "samples" / "small"
Row = dict[str, str]


def grades(change: Callable[[list[Row]], list[Row]], name: str = "grades.csv") -> dict[str, bytes]:
    """A file of the sample school with its rows changed."""
    rows = list(csv.DictReader(io.StringIO((SAMPLE / name).read_bytes().decode("utf-8-sig"))))
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(change(rows))
    return {name: out.getvalue().encode("utf-8-sig")}


def first(**fields: str) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [rows[0] | fields, *rows[1:]]


async def checked(term: Scene, contents: dict[str, bytes], *, same_person: bool = False) -> Changes:
    return await preview(term.db, term.vault, FORMATS, term.school, pack()[0], contents, same_person=same_person)


async def applied(term: Scene, who: str, contents: dict[str, bytes], **how: bool) -> dict[str, object]:
    files = {name: await term.keep(data) for name, data in contents.items()}
    return await term.must(who, "import_base_data", files=files, **how)


@pytest.mark.clause("規§5.1.1")
async def test_the_same_files_again_change_nothing(term: Scene) -> None:
    contents = {p.name: p.read_bytes() for p in SAMPLE.iterdir() if p.suffix in (".csv", ".xlsx")}
    found = await checked(term, contents)
    assert (found.added, found.changed, found.errors) == ({}, [], 0)
    assert found.same > 200


@pytest.mark.clause("規§5.1.1")
async def test_a_school_that_is_imported_twice_has_every_row_once(term: Scene) -> None:
    """A course once more would be taught, certified and sent twice."""
    counted = "select count(*) from course where school = $1"
    before = await term.value(counted)
    report = await import_small(term.operator, term.vault)
    again = await import_small(term.operator, term.vault)
    assert report.counts == again.counts
    assert await term.value(counted) == before


@pytest.mark.clause("規§5.2.1")
async def test_a_corrected_grade_is_shown_first_and_changes_nothing_until_it_is_applied(term: Scene) -> None:
    contents = grades(first(學期學業成績="88"))
    shown = await checked(term, contents)
    assert [(c.file, c.field, c.old, c.new) for c in shown.changed] == [("grades", "score", "75", "88")]
    again = await checked(term, contents)
    assert again.changed == shown.changed, "a check keeps nothing"
    proof = await applied(term, REGISTRAR, contents)
    assert proof["changed_grades"] == 1
    assert (await checked(term, contents)).changed == []


@pytest.mark.clause("規§5.2.1")
async def test_a_row_with_an_error_refuses_the_whole_unless_the_clerk_keeps_the_good_ones(term: Scene) -> None:
    def spoil(rows: list[Row]) -> list[Row]:
        return [rows[0] | {"學期學業成績": "101"}, rows[1] | {"學期學業成績": "60"}, *rows[2:]]

    contents = grades(spoil)
    found = await checked(term, contents)
    problem = next(p for p in found.problems if p.severity == "error")
    assert (problem.file, problem.row, problem.column, problem.rule) == (
        "grades.csv",
        2,
        "學期學業成績",
        "out_of_range",
    )
    assert problem.remedy and problem.remedy_en
    files = {name: await term.keep(data) for name, data in contents.items()}
    assert (await term.refused(REGISTRAR, "import_base_data", files=files))[0] == "import_errors"
    proof = await term.must(REGISTRAR, "import_base_data", files=files, keep_good=True)
    assert (proof["left_out"], proof["changed_grades"]) == (1, 1)


@pytest.mark.clause("規§5.1.2")
async def test_only_the_posts_that_enter_a_file_bring_it_in(term: Scene) -> None:
    contents = grades(first(學期學業成績="77"))
    files = {name: await term.keep(data) for name, data in contents.items()}
    assert (await term.refused(STRANGER, "import_base_data", files=files))[0] == "no_post"
    assert (await term.refused("student_life_section", "import_base_data", files=files))[0] == "no_post"
    cadre = {"cadre.xlsx": await term.keep((SAMPLE / "cadre.xlsx").read_bytes())}
    for post in ("student_life_section", "student_activities_section"):
        await term.must(post, "import_base_data", files=cadre)
    unknown = {"meals.csv": files["grades.csv"]}
    assert (await term.refused(REGISTRAR, "import_base_data", files=unknown))[0] == "not_found"


@pytest.mark.clause("規§5.1.1")
async def test_a_mistyped_identity_is_corrected_only_by_decision(term: Scene) -> None:
    person = await term.numbered("115001")
    contents = grades(first(身分證號="Y100000028"), "students.csv")
    files = {name: await term.keep(data) for name, data in contents.items()}
    assert (await term.refused(REGISTRAR, "import_base_data", files=files))[0] == "already_exists"
    shown = await checked(term, contents, same_person=True)
    assert [(c.field, c.new) for c in shown.changed] == [("national_id", "Y********8")]
    await term.must(REGISTRAR, "import_base_data", files=files, same_person=True)
    assert await term.numbered("115001") == person, "items, posts and duties stay the person's"


@pytest.mark.clause("規§5.2.2")
async def test_advisory_records_come_in_with_who_was_there(term: Scene) -> None:
    async with term.db.transaction(term.school) as c:
        rows = {r["class"]: r for r in await by_class(c, term.school, "115-1")}
    assert {r["without_advisory"] for r in rows.values()} == {0}
    assert {r["advisory"] for r in rows.values()} == {2}
    assert all(r["grades"] == r["grades_due"] > 0 for r in rows.values())


async def test_a_course_keeps_its_id_when_the_file_is_in_another_order(term: Scene, tmp_path: Path) -> None:
    before = await term.rows("select id, code, class, semester from course where school = $1 order by id")
    shown = await checked(term, {"courses.xlsx": (SAMPLE / "courses.xlsx").read_bytes()})
    assert shown.changed == []
    assert await term.rows("select id, code, class, semester from course where school = $1 order by id") == before


@pytest.mark.clause("規§13")
async def test_a_document_that_may_not_be_adopted_keeps_the_whole_school_as_it_was(term: Scene) -> None:
    rules, calendar, national = pack()
    other = rules.model_copy(update={"title": "另一份"})
    before = await term.tables()
    with pytest.raises(Refused) as refused:
        await import_school(
            term.operator, term.vault, term.school, "改名", other, small_school(), kind="demo", starts=calendar.opens,
            adopting=(calendar, national),
        )  # fmt: skip
    assert refused.value.refusal.code.value == "already_exists"
    assert await term.tables() == before and await term.value("select name from school where school = $1") != "改名"
