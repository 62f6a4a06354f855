"""The book of rosters refuses what does not fit together, and says which name or place it is. 規§6.3"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from rules.roc import RocRefused
from rules.rosters.checks.catalogue import Area, Desk
from rules.rosters.course_code import CodePart, CourseCodeForm, Withheld
from rules.rosters.days import day_text, read_day
from rules.rosters.rejects import Reject, reject
from rules.rosters.schema import CodeList, ColumnSchema, DateStyle, Holds, RosterBook, RosterSchema, SheetSchema
from tests.rosters.orders import BOOK

Tree = dict[str, Any]


def column(name: str = "身分證號", **fields: Any) -> Tree:
    """A column of text."""
    return {"name": name, "title_en": name, "source": "x", **fields}


def sheet(*columns: Tree, **fields: Any) -> Tree:
    """A sheet that names its person in the first column."""
    return {"id": "s", "name": "學生", "title_en": "s", "columns": columns or (column(),), "source": "x", **fields}


def refused(model: Callable[..., object], given: Tree) -> str:
    """What a model says against it, "" where it takes it."""
    try:
        model(given)
    except ValidationError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"holds": "day", "date_style": "roc7"}, ""),
        ({"holds": "day"}, "身分證號: a day, and nothing else, has a date_style"),
        ({"date_style": "roc7"}, "身分證號: a day, and nothing else, has a date_style"),
        ({"holds": "code", "codes": "sexes"}, ""),
        ({"holds": "codes", "codes": "sexes"}, ""),
        ({"holds": "code"}, "身分證號: a code needs the name of its list"),
        ({"holds": "codes"}, "身分證號: a code needs the name of its list"),
        ({"holds": "number"}, ""),
    ],
)
def test_a_day_has_its_style_and_a_code_its_list(fields: Tree, said: str) -> None:
    found = refused(ColumnSchema.model_validate, column(**fields))
    assert f" {said}" in f" {found}" and bool(said) == bool(found)


@pytest.mark.parametrize(
    ("columns", "fields", "said"),
    [
        (["身分證號"], {}, ""),
        (["身分證號", "出生日期"], {}, ""),
        (["身分證號", "課程代碼"], {}, ""),
        (["出生日期", "身分證號"], {}, "學生: the first column names the person"),
        (["課程代碼"], {}, "學生: the first column names the person"),
        (["身分證號", "分數", "分數"], {}, "學生: a column stands twice"),
        (["身分證號", "a"], {"key": ["a"]}, ""),
        (["身分證號"], {"key": ["a"]}, "學生: no such column: a"),
        (["身分證號"], {"order": ["a"]}, "學生: no such column: a"),
        (["身分證號"], {"links": ["a"]}, "學生: no such column: a"),
        (["身分證號", "a"], {"spans": [["a", "b"]]}, "學生: no such column: b"),
        (["身分證號", "a"], {"past": ["a", "b"]}, "學生: no such column: b"),
        (["身分證號"], {"course": "a"}, "學生: no such column: a"),
        (["身分證號"], {"school": "a"}, "學生: no such column: a"),
        (["身分證號"], {"key": ["b"], "order": ["a"]}, "學生: no such column: a, b"),
    ],
)
def test_a_sheet_names_its_person_first_and_only_columns_that_it_has(
    columns: list[str], fields: Tree, said: str
) -> None:
    found = refused(SheetSchema.model_validate, sheet(*(column(n) for n in columns), **fields))
    assert f" {said}" in f" {found}" and bool(said) == bool(found)


def test_words_lead_only_to_codes_that_are_listed() -> None:
    given = {"title": "x", "values": {"1": "男", "2": "女"}, "source": "x"}
    assert refused(CodeList.model_validate, given | {"words": {"男生": "1"}}) == ""
    found = refused(CodeList.model_validate, given | {"words": {"男生": "1", "乙": "9", "甲": "8"}})
    assert "words lead to codes that are not listed: 8, 9" in found


def test_a_sheet_knows_its_columns_its_person_and_its_natural_key() -> None:
    made = SheetSchema.model_validate(sheet(column(), column("出生日期"), column("a"), key=["a"]))
    assert list(made.by_name) == ["身分證號", "出生日期", "a"]
    assert (made.person, made.natural_key) == (("身分證號", "出生日期"), ("身分證號", "出生日期", "a"))
    assert SheetSchema.model_validate(sheet(column(), column("a"), key=["a"])).natural_key == ("身分證號", "a")


def test_a_division_has_the_columns_of_both_and_its_own() -> None:
    both, day, night = column(), column("學分", division="day"), column("節數", division="continuing")
    made = SheetSchema.model_validate(sheet(both, day, night))
    assert [c.name for c in made.of("day").columns] == ["身分證號", "學分"]
    assert [c.name for c in made.of("continuing").columns] == ["身分證號", "節數"]
    plain = SheetSchema.model_validate(sheet(both))
    assert plain.of("day") is plain
    codes = [{"code": c, "title": "x", "division": d, "precheck": p, "batch": b, "source": "x"}
             for c, d, b, p in (("01", "day", 1, False), ("02", "day", None, True), ("03", "day", None, False),
                                ("04", "continuing", None, False), ("05", "continuing", None, True))]  # fmt: skip
    roster = RosterSchema.model_validate(
        {"id": "r", "title": "x", "title_en": "x", "yearly": False, "owner": "o", "clause": "規§6.3.1", "codes": codes,
         "sheets": [sheet(both, day, night)], "source": "x"}
    )  # fmt: skip
    assert [c.name for c in roster.for_division("continuing").sheets[0].columns] == ["身分證號", "節數"]
    asked = [
        roster.usual_code(),
        roster.usual_code("continuing"),
        roster.precheck_code(),
        roster.precheck_code("continuing"),
    ]
    assert [c and c.code for c in asked] == ["03", "04", "02", "05"]
    bare = roster.model_copy(update={"codes": roster.codes[:1]})
    assert (bare.usual_code(), bare.precheck_code(), bare.usual_code("continuing")) == (None, None, None)
    assert (roster.code("04"), roster.code("99")) == (roster.codes[3], None)
    assert roster.sheet("s") is roster.sheet("學生") is roster.sheets[0]
    assert roster.sheet("other") is None


def test_what_a_column_holds_and_how_it_writes_days_are_the_words_of_the_books_file() -> None:
    assert [h.value for h in Holds] == [
        "text", "person", "day", "number", "code", "codes", "course", "school", "link",
    ]  # fmt: skip
    assert [s.value for s in DateStyle] == ["roc7", "roc_slash", "ad_slash", "ad_digits", "ad_slash_midnight"]
    assert [a.value for a in Area] == ["cover", "layout", "cell", "person", "course", "content"]
    assert [d.value for d in Desk] == ["submitter", "students", "courses", "platform"]


# -- the whole book --------------------------------------------------------------------------------


@cache
def _plain() -> Tree:
    return BOOK.model_dump(mode="json")


def book(spoil: Callable[[Tree], object]) -> str:
    """What the book of rosters says after one change."""
    tree = deepcopy(_plain())
    spoil(tree)
    return refused(RosterBook.model_validate, tree)


def put(*way: str | int, value: Any) -> Callable[[Tree], None]:
    """Change one place of the book."""

    def spoil(tree: Tree) -> None:
        node: Any = tree
        for step in way[:-1]:
            node = node[step]
        node[way[-1]] = value

    return spoil


FIRST = BOOK.rosters[0]
CODED = next((n, k, c) for n, s in enumerate(FIRST.sheets) for k, c in enumerate(s.columns) if c.codes is not None)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (put("version", value=2), ""),
        (put("doctor", "desks", "students", value="nobody"), "doctor.desks.students: no post 'nobody'"),
        (put("rosters", 0, "owner", value="nobody"), f"rosters.{FIRST.id}.owner: 'nobody' is not among the posts"),
        (
            put("rosters", 1, "codes", 0, "code", value=FIRST.codes[0].code),
            f"rosters.{BOOK.rosters[1].id}.codes: {FIRST.codes[0].code} is {FIRST.id}'s already",
        ),
        (
            put("rosters", 0, "sheets", CODED[0], "columns", CODED[1], "codes", value="none"),
            f"rosters.{FIRST.id}.{FIRST.sheets[CODED[0]].name}.{CODED[2].name}: no code list 'none'",
        ),
        *(
            (put(*way, "source", value="hearsay"), f"{name}: 'hearsay' is not among the sources")
            for name, way in {
                FIRST.id: ("rosters", 0),
                FIRST.sheets[0].name: ("rosters", 0, "sheets", 0),
                FIRST.sheets[0].columns[1].name: ("rosters", 0, "sheets", 0, "columns", 1),
                FIRST.codes[0].code: ("rosters", 0, "codes", 0),
                next(iter(BOOK.code_lists)): ("code_lists", next(iter(BOOK.code_lists))),
                "course_code.year": ("course_code", "parts", 0),
                "doctor": ("doctor",),
                "course_code": ("course_code",),
                "course_code.withheld": ("course_code", "withheld"),
            }.items()
        ),
    ],
)  # fmt: skip
def test_a_name_that_the_book_does_not_know_is_refused_with_its_place(
    spoil: Callable[[Tree], object], said: str
) -> None:
    found = book(spoil)
    assert f" {said}" in f" {found}" and bool(said) == bool(found)


def test_all_that_is_wrong_is_told_once() -> None:
    def spoil(tree: Tree) -> None:
        for n in (0, 1):
            tree["rosters"][n]["owner"] = "nobody"
            for each in tree["rosters"][n]["sheets"][0]["columns"][:2]:
                each["source"] = "hearsay"

    found = book(spoil)
    for roster in BOOK.rosters[:2]:
        assert f"rosters.{roster.id}.owner: 'nobody'" in found
    assert found.count("身分證號: 'hearsay'") == 1


def test_columns_are_described_once_and_a_sheet_may_change_their_settings() -> None:
    tree = deepcopy(_plain())
    tree["sources"]["x"] = "test"
    tree["columns"] = [column(), column("分數", required=True)]
    tree["rosters"][0]["sheets"] = [
        sheet(column(), columns=["身分證號", {"name": "分數", "required": False}, column("own")])
    ]
    made = RosterBook.model_validate(tree).rosters[0].sheets[0]
    assert [(c.name, c.required) for c in made.columns] == [("身分證號", False), ("分數", False), ("own", False)]
    tree["rosters"][0]["sheets"][0]["columns"] = ["身分證號", "分數"]
    assert RosterBook.model_validate(tree).rosters[0].sheets[0].columns[1].required
    tree["rosters"][0]["sheets"][0]["columns"] = ["身分證號", "成績"]
    assert "column '成績' is not described under columns" in refused(RosterBook.model_validate, tree)
    assert "valid dictionary" in str(refused(RosterBook.model_validate, [1]))  # type: ignore[arg-type]


def test_a_book_finds_rosters_codes_and_posts() -> None:
    assert BOOK.roster(FIRST.id) is FIRST
    with pytest.raises(KeyError, match="nothing"):
        BOOK.roster("nothing")
    for roster in BOOK.rosters:
        for code in roster.codes:
            assert BOOK.of_code(code.code) == (roster.for_division(code.division), code)
    assert BOOK.of_code("??") is None
    known = next(iter(BOOK.posts))
    assert (BOOK.post(known), BOOK.post("nobody")) == (BOOK.posts[known], ("nobody", "nobody"))


# -- course codes ----------------------------------------------------------------------------------


def form(*parts: tuple[str, int, int], length: int = 6) -> Tree:
    """A form of a code from (name, start, length) of its parts."""
    made = [{"name": n, "title": n, "title_en": n, "start": s, "length": k, "source": "x"} for n, s, k in parts]
    withheld = {"kinds": ["8", "9"], "unless_property": ["D"], "source": "x"}
    return {"length": length, "parts": made, "withheld": withheld, "source": "x"}


@pytest.mark.parametrize(
    ("parts", "length", "said"),
    [
        ((("year", 0, 3), ("kind", 3, 1), ("property", 4, 2)), 6, ""),
        ((("year", 0, 3), ("kind", 4, 1), ("property", 5, 1)), 6, "course_code.kind: it starts at 4, not 3"),
        ((("year", 1, 3),), 4, "course_code.year: it starts at 1, not 0"),
        ((("year", 0, 3), ("kind", 3, 1)), 6, "course_code: the parts have 4 characters, not 6"),
        ((("year", 0, 3), ("kind", 3, 4)), 6, "course_code: the parts have 7 characters, not 6"),
    ],
)
def test_the_parts_of_a_course_code_fill_it_without_a_gap(
    parts: tuple[tuple[str, int, int], ...], length: int, said: str
) -> None:
    found = refused(CourseCodeForm.model_validate, form(*parts, length=length))
    assert f" {said}" in f" {found}" and bool(said) == bool(found)


def test_a_course_is_withheld_by_its_kind_unless_its_property_counts() -> None:
    made = CourseCodeForm.model_validate(form(("year", 0, 3), ("kind", 3, 1), ("property", 4, 1), ("serial", 5, 1)))
    codes = {"1158A1": True, "1159A1": True, "1158D1": False, "1157A1": False, "1158A": False, "1158A11": False}
    assert {code: made.is_withheld(code) for code in codes} == codes
    assert [made.part(n).of("1158A2") for n in ("year", "kind", "property", "serial")] == ["115", "8", "A", "2"]
    with pytest.raises(KeyError, match="domain"):
        made.part("domain")
    for field, least in (("start", 0), ("length", 1)):
        given = {"name": "year", "title": "x", "title_en": "x", "start": 0, "length": 1, "source": "x"}
        assert CodePart.model_validate(given | {field: least})
        assert field in refused(CodePart.model_validate, given | {field: least - 1})
    assert not Withheld.model_validate({"kinds": [], "unless_property": [], "source": "x"}).verified


@pytest.mark.clause("規§6.3.1")
def test_a_row_stays_out_without_a_course_code_or_where_the_sheet_withholds_its_course() -> None:
    made = CourseCodeForm.model_validate(form(("year", 0, 3), ("kind", 3, 1), ("property", 4, 1), ("serial", 5, 1)))
    withholds, carries = (SheetSchema.model_validate(sheet(withholds=w)) for w in (True, False))
    for one in (withholds, carries):
        assert reject(one, made, "") is Reject.NO_COURSE_CODE
        assert reject(one, made, "1151A1") is None
    assert (reject(withholds, made, "1159A1"), reject(carries, made, "1159A1")) == (Reject.WITHHELD_COURSE, None)


# -- days ------------------------------------------------------------------------------------------

DAY = date(2026, 3, 9)
STYLES = {
    DateStyle.ROC7: "1150309",
    DateStyle.ROC_SLASH: "115/03/09",
    DateStyle.AD_SLASH: "2026/03/09",
    DateStyle.AD_DIGITS: "20260309",
    DateStyle.AD_SLASH_MIDNIGHT: "2026/3/9 上午 12:00:00",
}


@pytest.mark.parametrize("style", DateStyle)
def test_a_day_is_written_and_read_in_each_style(style: DateStyle) -> None:
    assert day_text(DAY, style) == STYLES[style]
    assert read_day(STYLES[style]) == (DAY, style)


def test_days_before_the_hundredth_year_and_of_two_digits_are_written_as_the_style_asks() -> None:
    old = date(2010, 11, 23)
    assert {s: day_text(old, s) for s in DateStyle} == {
        DateStyle.ROC7: "0991123", DateStyle.ROC_SLASH: "99/11/23", DateStyle.AD_SLASH: "2010/11/23",
        DateStyle.AD_DIGITS: "20101123", DateStyle.AD_SLASH_MIDNIGHT: "2010/11/23 上午 12:00:00",
    }  # fmt: skip
    assert all(read_day(day_text(old, s)) == (old, s) for s in DateStyle)


@pytest.mark.parametrize(
    "text", ["2026-03-09", "2026-3-9", "2026.3.9", "2026/3/9", "2026-03-09 00:00", "2026-03-09T00:00:00", "2026/3/9 0:00",
             "2026/3/9 00:00:00", "115年3月9日"],
)  # fmt: skip
def test_a_day_in_another_way_of_writing_is_read_without_a_style(text: str) -> None:
    assert read_day(text) == (DAY, None)


@pytest.mark.parametrize(
    "text", ["", "x", "1150230", "2026/02/30", "20260230", "115/02/30", "2026-02-30", "2026/3/9 12:00", "2026-03-09 00:01",
             "11503090", "1826/3/9", "2126-3-9", "114年2月29日"],
)  # fmt: skip
def test_a_text_that_names_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        read_day(text)
    assert not isinstance(caught.value, RocRefused)
    assert Holds("day") is Holds.DAY
