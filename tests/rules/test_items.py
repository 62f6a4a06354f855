"""What a student wrote about an item: kept in one form, or refused by field, found and limit. 規§5.3.1, 規§5.4, 規§8"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rosters.documents import load_items
from rules.items.check import Kept, Written, check
from rules.items.evidence import judge_evidence
from rules.items.links import link_fault
from rules.items.reasons import REASONS, reason_words, reasons_text
from rules.items.registered import DIFFERS, Registered, judge_registered
from rules.items.schema import Evidence, Holds, ItemBook, ItemField, ItemSchema, Limit, limit_on
from rules.refusals import Refusal

BOOK = load_items(Path(__file__).parents[2] / "schools" / "national" / "items-115.yaml")
DAY = date(2026, 10, 1)
CADRE: dict[str, Any] = {
    "unit": "班聯會", "first_day": "2026-09-01", "last_day": "2027-01-20", "office": "主席", "level": "1",
}  # fmt: skip
SERVICE: dict[str, Any] = {
    "service": "淨灘", "served": "海巡署", "first_day": "2026-09-01", "last_day": "2026-09-01", "hours": 3,
}  # fmt: skip
LICENCE: dict[str, Any] = {"licence": "A01", "licence_day": "2026-09-01"}
MAKEUP: dict[str, Any] = {"due_year": 115, "due_semester": "1", "makeup_mode": "3"}


def written(kind: str = "cadre", **more: Any) -> Written:
    """A diverse performance in order, with changes."""
    fields = {"cadre": CADRE, "service": SERVICE, "licence": LICENCE}.get(kind, {})
    base: dict[str, Any] = {
        "item": "diverse", "period": "115", "kind": kind, "summary": "成果", "fields": fields, "roles": ("document",),
    }  # fmt: skip
    return Written(**base | more)


def outcome(kind: str = "regular", **more: Any) -> Written:
    """An outcome in order, with changes."""
    return written(kind, **{"item": "outcome", "period": "115-1", **more})


def kept(given: Written, *, complete: bool = True) -> Kept:
    """The form that is kept of something in order."""
    found = check(BOOK, given, on=DAY, complete=complete)
    assert isinstance(found, Kept), found
    return found


def refused(given: Written, *, complete: bool = True) -> tuple[str, str, str, str, str]:
    """All that a refusal says."""
    found = check(BOOK, given, on=DAY, complete=complete)
    assert isinstance(found, Refusal), found
    return found.code.value, found.clause, found.place, found.found, found.limit


@pytest.mark.clause("規§5.4")
def test_each_field_is_kept_under_its_column_whether_named_by_id_or_by_column() -> None:
    by_column = {f.column: CADRE[f.id] for f in BOOK.categories[0].fields}
    expected = {
        "單位名稱": "班聯會", "開始日期": "2026-09-01", "結束日期": "2027-01-20", "擔任職務": "主席", "幹部等級": "1",
    }  # fmt: skip
    assert kept(written()) == kept(written(fields=by_column)) == Kept("成果", None, expected)
    assert kept(written(link="https://example.org/a")).link == "https://example.org/a"
    assert kept(written(link="")).link is None


@pytest.mark.clause("規§5.3.1", "規§5.4")
def test_an_unknown_variant_or_category_is_refused_with_those_that_there_are() -> None:
    variants = ", ".join(s.id for s in BOOK.variants)
    categories = ", ".join(s.id for s in BOOK.categories)
    assert refused(outcome("x" * 50)) == ("bad_request", "規§5.3.1", "variant", "x" * 40, variants)
    assert refused(written("nothing")) == ("bad_request", "規§5.4", "category", "nothing", categories)


@pytest.mark.clause("規§5.3.1", "規§5.4")
@pytest.mark.parametrize(
    ("summary", "told"),
    [
        (" \n ", ("summary_missing", "規§5.4", "summary", "0", "100")),
        ("字" * 101, ("summary_length", "規§5.4", "summary", "101", "100")),
    ],
)
def test_a_summary_has_one_to_a_hundred_characters(summary: str, told: tuple[str, ...]) -> None:
    assert refused(written(summary=summary)) == told
    assert kept(written(summary="字" * 100)).summary == "字" * 100


@pytest.mark.clause("規§5.4")
def test_a_character_that_nobody_sees_is_refused_by_its_place() -> None:
    code, clause, place, found, limit = refused(written(summary="成果\x07"))
    assert (code, clause, limit) == ("bad_request", "規§5.4", "plain characters")
    assert (place, found) == ("summary, 第 3 字元 · character 3", "summary_control_character")
    assert refused(written(summary="\x07成果"))[2] == "summary, 第 1 字元 · character 1"


@pytest.mark.clause("規§5.4")
def test_a_draft_may_lack_what_is_required_but_not_be_wrong() -> None:
    draft = written(summary="", fields={"unit": "班聯會"}, roles=())
    assert kept(draft, complete=False) == Kept("", None, {"單位名稱": "班聯會"})
    assert refused(written(fields={"level": "9"}), complete=False)[:3] == ("field_invalid", "規§5.4", "fields.level")
    assert refused(written(summary="字" * 101), complete=False)[0] == "summary_length"


@pytest.mark.clause("規§5.4")
def test_a_field_is_refused_that_is_unknown_or_named_twice_or_missing() -> None:
    known = ", ".join(CADRE)
    assert refused(written(fields=CADRE | {"x" * 50: 1})) == (
        "field_unknown", "規§5.4", f"fields.{'x' * 40}", "cadre", known,
    )  # fmt: skip
    assert refused(written(fields=CADRE | {"單位名稱": "x"}))[:3] == ("field_unknown", "規§5.4", "fields.單位名稱")
    for nothing in (None, "", " 　"):
        assert refused(written(fields=CADRE | {"unit": nothing})) == (
            "field_missing", "規§5.4", "fields.unit", "", "單位名稱 · unit",
        )  # fmt: skip
    assert kept(written("licence", fields=LICENCE | {"note": ""})).fields.keys() == {"證照代碼", "取得證照日期"}


@pytest.mark.clause("規§5.4")
@pytest.mark.parametrize(
    ("kind", "change", "found", "limit"),
    [
        ("cadre", {"unit": True}, "true/false", "text"),
        ("cadre", {"unit": "字" * 31}, "31", "30"),
        ("cadre", {"unit": "一\n二"}, "line break", "text"),
        ("cadre", {"unit": "一\x07二"}, "summary_control_character", "text"),
        ("cadre", {"unit": "q" + "\u0323" * 31}, "summary_too_many_marks", "text"),
        ("cadre", {"level": "9"}, "code", "1 校級幹部, 2 班級幹部, 3 社團幹部, 4 實習幹部, 5 其他幹部"),
        ("cadre", {"first_day": "2026/09/01"}, "text", "YYYY-MM-DD"),
        ("cadre", {"first_day": "20260901"}, "text", "YYYY-MM-DD"),
        ("cadre", {"first_day": "2026-02-30"}, "2026-02-30", "a day that exists"),
        ("service", {"hours": "many"}, "text", "1–2000, 1 decimals"),
        ("service", {"hours": "\uff13"}, "text", "1–2000, 1 decimals"),
        ("service", {"hours": 0}, "0", "1–2000, 1 decimals"),
        ("service", {"hours": 2001}, "2001", "1–2000, 1 decimals"),
        ("service", {"hours": "1.25"}, "1.25", "1–2000, 1 decimals"),
        ("service", {"hours": "1e3"}, "text", "1–2000, 1 decimals"),
    ],
)
def test_a_field_in_the_wrong_form_is_told_with_the_form(
    kind: str, change: dict[str, Any], found: str, limit: str
) -> None:
    name = next(iter(change))
    given = written(kind)
    told = refused(written(kind, fields=dict(given.fields) | change))
    assert told == ("field_invalid", "規§5.4", f"fields.{name}", found, limit)


@pytest.mark.clause("規§5.3.1")
def test_a_code_of_a_course_is_told_by_its_length_and_a_year_by_its_bounds() -> None:
    retake = {
        "first_year": 114, "first_semester": "1", "first_course_code": "1" * 22, "first_subject": "數學",
        "first_grade": "1", "first_credits": 4, "retake_mode": "2",
    }  # fmt: skip
    assert refused(outcome("retake", fields=retake)) == (
        "field_invalid", "規§5.3.1", "fields.first_course_code", "22 characters",
        "23 碼數字與大寫字母 · 23 digits and capitals",
    )  # fmt: skip
    assert refused(outcome("makeup", fields=MAKEUP | {"due_year": 102}))[3:] == ("102", "103–200")


@pytest.mark.clause("規§5.4")
@pytest.mark.parametrize(
    ("given", "kept_as"), [(1, 1), (2000, 2000), ("2.0", 2), (1.5, 1.5), ("1.50", 1.5), (" 3 ", 3)]
)
def test_a_number_is_kept_as_a_number(given: Any, kept_as: float) -> None:
    value = kept(written("service", fields=SERVICE | {"hours": given})).fields["時數"]
    assert (value, type(value)) == (kept_as, type(kept_as))


@pytest.mark.clause("規§5.4")
def test_a_last_day_is_not_before_the_first() -> None:
    assert refused(written(fields=CADRE | {"last_day": "2026-08-31"})) == (
        "field_invalid", "規§5.4", "fields.last_day", "2026-08-31", ">= 2026-09-01",
    )  # fmt: skip
    assert kept(written("service")).fields["開始日期"] == kept(written("service")).fields["結束日期"]
    half = {"last_day": "2026-08-31"}
    assert kept(written(fields=half), complete=False).fields == {"結束日期": "2026-08-31"}


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("period", "year", "semester", "limit"),
    [
        ("115-1", 115, "1", None), ("115-1", 114, "2", None), ("115-1", 115, "2", "<= 115-1"),
        ("115-2", 115, "2", None), ("115-2", 116, "1", "<= 115-2"), ("115", 115, "2", None),
        ("115", 116, "1", "<= 115-2"), ("115-3", 199, "1", None), ("x", 199, "1", None),
    ],
)  # fmt: skip
def test_a_semester_of_study_is_not_after_the_items_own(
    period: str, year: int, semester: str, limit: str | None
) -> None:
    given = outcome("makeup", period=period, fields=MAKEUP | {"due_year": year, "due_semester": semester})
    if limit is None:
        assert kept(given).fields["應修課學年度"] == year
    else:
        assert refused(given) == ("field_invalid", "規§5.3.1", "fields.due_year", f"{year}-{semester}", limit)


@pytest.mark.clause("規§5.3.1", "規§5.4")
def test_a_link_is_bounded_and_told_by_its_fault_never_by_its_text() -> None:
    long = "https://example.org/" + "a" * 481
    assert refused(written(link=long)) == ("link_invalid", "規§5.4", "link", "501", "500")
    assert kept(written(link=long[:-1])).link == long[:-1]
    told = ("link_invalid", "規§5.3.1", "link", "scheme", "https://, http://")
    assert refused(outcome(link="ftp://example.org")) == told


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("https://example.org", None), ("http://example.org:8080/a?b=c#d", None), ("HTTPS://歷程.例子/作品", None),
        ("https://a b.org", "character"), ("https://example.org/<x>", "character"), ("https://example.org/\x07", "character"),
        *((f"https://example.org/{c}", "character") for c in '"<>\\^`{|}'),
        ("https://example.org:port", "malformed"), ("https://[::1", "malformed"), ("https://example.org:70000", "malformed"),
        ("example.org", "scheme"), ("javascript:alert(1)", "scheme"), ("https:example.org", "scheme"),
        ("https:/example.org", "scheme"), ("ftp://example.org", "scheme"),
        ("https://me@example.org", "credentials"), ("https://:secret@example.org", "credentials"),
        ("https://me:secret@example.org", "credentials"),
        ("https://", "host"), ("https://localhost", "host"), ("https://127.0.0.1", "host"), ("https://example.7", "host"),
        ("https://example.org:0", "host"), ("https://-a.org", "host"), ("https://a..org", "host"),
        ("https://4.example", None), ("https://[::1]/", "host"),
    ],
)  # fmt: skip
def test_a_link_leads_to_a_public_host_and_carries_no_secret(link: str, fault: str | None) -> None:
    assert link_fault(link, schemes=("https", "http")) == fault


@pytest.mark.clause("規§5.3.1", "規§5.4")
@pytest.mark.parametrize(
    ("roles", "complete", "told"),
    [
        (("document", "av", "link"), True, None),
        (("document",), True, None),
        (("av",), True, None),
        (("link",), False, None),
        ((), False, None),
        ((), True, ("file_missing", "document | av", "0", "1")),
        (("link",), True, ("file_missing", "document | av", "0", "1")),
        (("document", "document"), True, ("role_full", "document", "2", "1")),
        (("document", "scan"), False, ("role_not_taken", "scan", "outcome", "document, av, link")),
    ],
)
def test_each_item_takes_its_roles_each_so_often(
    roles: tuple[str, ...], complete: bool, told: tuple[str, ...] | None
) -> None:
    found = judge_evidence(BOOK, "outcome", roles, clause="規§5.3.1", complete=complete)
    assert (found and (found.code.value, found.place, found.found, found.limit)) == told
    assert found is None or found.clause == "規§5.3.1"


@pytest.mark.clause("規§5.4")
def test_a_link_of_its_own_counts_as_evidence_and_a_kind_without_a_rule_takes_what_comes() -> None:
    assert refused(written(roles=(), link="https://example.org"))[0] == "file_missing"
    assert refused(written(roles=("document", "link"), link="https://example.org"))[:2] == ("role_full", "規§5.4")
    free = BOOK.model_copy(update={"evidence": {}})
    assert judge_evidence(free, "outcome", ("scan", "scan"), clause="規§5.3.1") is None


@pytest.mark.clause("規§5.3.1")
def test_a_limit_counts_from_its_day_on_and_the_first_one_before_that() -> None:
    limits = tuple(Limit(since=date(2026, m, 1), value=m, source="x") for m in (9, 8))
    days = [date(2026, 7, 31), date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 1)]
    assert [limit_on(limits, day).value for day in days] == [8, 8, 8, 9]


FIELD: dict[str, Any] = {"id": "a", "column": "甲", "title_en": "a", "source": "guidance"}
SCHEMA: dict[str, Any] = {
    "id": "b", "title": "乙", "title_en": "b", "clause": "規§5.4", "source": "guidance",
    "fields": [FIELD, FIELD | {"id": "c", "column": "丙"}],
}  # fmt: skip


@pytest.mark.clause("規§5.4")
@pytest.mark.parametrize(
    ("model", "base", "change", "said"),
    [
        (ItemField, FIELD, {"holds": "code"}, "a code, and nothing else"),
        (ItemField, FIELD, {"codes": "grade"}, "a code, and nothing else"),
        (ItemField, FIELD, {"holds": "number"}, "a number needs least <= most"),
        (ItemField, FIELD, {"holds": "number", "least": 1}, "a number needs least <= most"),
        (ItemField, FIELD, {"holds": "number", "most": 1}, "a number needs least <= most"),
        (ItemField, FIELD, {"holds": "number", "least": 2, "most": 1}, "a number needs least <= most"),
        (ItemField, FIELD, {"pattern": "[", "form": "x"}, "no regular expression"),
        (ItemField, FIELD, {"pattern": "x"}, "needs its form in words"),
        (ItemField, FIELD, {"max_length": 0}, "greater than 0"),
        (ItemField, FIELD, {"decimals": 3}, "less than or equal to 2"),
        (ItemField, FIELD, {"decimals": -1}, "greater than or equal to 0"),
        (ItemField, FIELD, {"id": "A"}, "should match pattern"),
        (ItemSchema, SCHEMA, {"id": "B1"}, "should match pattern"),
        (ItemSchema, SCHEMA, {"fields": [FIELD, FIELD | {"column": "丙"}]}, "stands twice"),
        (ItemSchema, SCHEMA, {"fields": [FIELD, FIELD | {"id": "c"}]}, "stands twice"),
        (ItemSchema, SCHEMA, {"spans": [["a", "z"]]}, "no such field: z"),
        (ItemSchema, SCHEMA, {"past": ["y", "z"]}, "no such field: y, z"),
        (ItemSchema, SCHEMA, {"course": "guest"}, "Input should be"),
    ],
)  # fmt: skip
def test_a_schema_that_contradicts_itself_is_not_read(
    model: type[ItemField] | type[ItemSchema], base: dict[str, Any], change: dict[str, Any], said: str
) -> None:
    model.model_validate(base)
    with pytest.raises(ValidationError) as error:
        model.model_validate(base | change)
    assert said in str(error.value)


@pytest.mark.clause("規§5.4")
def test_a_field_holds_one_line_of_text_unless_it_says_otherwise() -> None:
    plain = ItemField.model_validate(FIELD)
    assert (plain.holds, plain.required, plain.max_length, plain.decimals) == (Holds.TEXT, True, 50, 0)
    equal = ItemField.model_validate(FIELD | {"holds": "number", "least": 1, "most": 1, "decimals": 2})
    assert (equal.least, equal.decimals) == (equal.most, 2)
    assert ItemSchema.model_validate(SCHEMA | {"course": "makeup"}).course == ("makeup",)
    assert ItemSchema.model_validate(SCHEMA | {"course": None}).course == ()


NONE_AT_ALL = "Tuple should have at least 1 item after validation, not 0"


@pytest.mark.clause("規§5.4")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"variants": [BOOK.variants[0], BOOK.variants[0]]}, "variants.regular: stands twice"),
        ({"categories": [BOOK.categories[0], BOOK.categories[0]]}, "categories.cadre: stands twice"),
        ({"variants": [BOOK.categories[0]]}, "variants.cadre: a variant, and no category, hangs on a course"),
        ({"categories": [BOOK.variants[0]]}, "categories.regular: a variant, and no category, hangs on a course"),
        ({"code_lists": {}}, "categories.cadre: level: no code list 'cadre_level'"),
        ({"sources": {}}, "sources: 'guidance' is not among them"),
        *(({name: []}, NONE_AT_ALL) for name in ("summary", "link", "drafts", "variants", "categories")),
    ],
)  # fmt: skip
def test_a_book_names_every_contradiction(change: dict[str, Any], said: str) -> None:
    plain = {name: getattr(BOOK, name) for name in ItemBook.model_fields}
    assert ItemBook.model_validate(plain) == BOOK
    with pytest.raises(ValidationError) as error:
        ItemBook.model_validate(plain | change)
    (fault,) = error.value.errors()
    assert said in fault["msg"].removeprefix("Value error, ").split("; ")


@pytest.mark.clause("規§5.4")
@pytest.mark.parametrize(
    "where", ["summary", "link", "drafts", "code_lists", "evidence", "variants", "categories", "fields"]
)
def test_every_value_of_a_book_names_a_source_that_the_book_has(where: str) -> None:
    unknown = {"source": "hearsay"}
    one, variant, category = BOOK.summary[0], BOOK.variants[0], BOOK.categories[0]
    level = BOOK.code_lists["cadre_level"]
    outcome = BOOK.evidence["outcome"]
    role = outcome.roles[0].model_copy(update=unknown)
    change: dict[str, Any] = {
        **{name: (one.model_copy(update=unknown),) for name in ("summary", "link", "drafts")},
        "code_lists": dict(BOOK.code_lists) | {"cadre_level": level.model_copy(update=unknown)},
        "evidence": {"outcome": outcome.model_copy(update={"roles": (role, *outcome.roles[1:])})},
        "variants": (variant.model_copy(update=unknown),),
        "categories": (category.model_copy(update=unknown),),
        "fields": (category.model_copy(update={"fields": (category.fields[0].model_copy(update=unknown),)}),),
    }
    plain = {name: getattr(BOOK, name) for name in ItemBook.model_fields}
    with pytest.raises(ValidationError) as error:
        ItemBook.model_validate(plain | {"categories" if where == "fields" else where: change[where]})
    assert error.value.errors()[0]["msg"] == "Value error, sources: 'hearsay' is not among them"


@pytest.mark.clause("規§5.4")
def test_evidence_names_each_role_once_and_asks_only_for_roles_that_it_takes() -> None:
    role = {"role": "document", "most": 1, "source": "x"}
    Evidence.model_validate({"roles": [role], "one_of": ["document"]})
    for roles, one_of in (([role, role], ["document"]), ([role], ["av"]), ([], ["document"]), ([role], [])):
        with pytest.raises(ValidationError):
            Evidence.model_validate({"roles": roles, "one_of": one_of})
    with pytest.raises(ValidationError):
        Evidence.model_validate({"roles": [role | {"most": 0}], "one_of": ["document"]})


@pytest.mark.clause("規§5.3.1")
def test_evidence_is_judged_as_complete_unless_it_is_a_drafts() -> None:
    refused = judge_evidence(BOOK, "outcome", (), clause="規§5.3.1")
    assert refused is not None and refused.code.value == "file_missing"
    assert judge_evidence(BOOK, "outcome", (), clause="規§5.3.1", complete=False) is None


@pytest.mark.clause("規§5.4")
def test_all_fields_that_are_missing_or_wrong_are_told_at_once() -> None:
    code, _, place, found, limit = refused(written(fields={}))
    required = [f.id for f in BOOK.schema_of("diverse", "cadre").fields if f.required]  # type: ignore[union-attr]
    assert (code, place, found) == ("field_missing", ", ".join(f"fields.{name}" for name in required), "")
    assert limit.startswith("fields.unit: 單位名稱 · unit; ") and limit.count("; ") == len(required) - 1
    code, _, place, found, limit = refused(written(fields=CADRE | {"unit": "", "level": "9"}))
    assert (code, place) == ("field_invalid", "fields.unit, fields.level")
    assert found == "fields.unit: 空白 · empty; fields.level: 不在代碼表內 · not in its list"


@pytest.mark.clause("規§5.3.1", "規§8")
def test_a_field_repeats_what_was_registered_however_it_is_written() -> None:
    schema = BOOK.schema_of("outcome", "visiting")
    assert schema is not None
    course = Registered("1" * 23, "數學 A\u0301", Decimal("4.0"))
    column = {f.id: f.column for f in schema.fields}

    def wrong(**fields: str | float) -> tuple[str, str] | None:
        found = judge_registered(schema, {column[name]: value for name, value in fields.items()}, course)
        return (found.place, found.limit) if found else None

    assert wrong(visited_course_code="1" * 23, visited_subject=" 數學 \u00c1", visited_credits=4.0) is None
    assert wrong(visited_credits=3, visited_course_code="2" * 23) == ("fields.visited_course_code", "1" * 23)
    assert wrong(visited_credits=3) == ("fields.visited_credits", "4")
    said = judge_registered(schema, {column["visited_credits"]: 3}, course)
    assert said is not None
    assert (said.code.value, said.clause, said.found) == ("field_invalid", schema.clause, DIFFERS)
    assert wrong(visited_grade="2", visited_school="000000") is None, "nothing is registered about these"
    assert judge_registered(schema, {column["visited_credits"]: 3}, replace(course, credits=None)) is None


@pytest.mark.clause("規§5.3.2")
def test_a_reason_is_told_in_both_languages_and_one_that_a_school_added_as_it_is() -> None:
    assert list(REASONS) == ["not_own_work", "wrong_course", "unreadable", "wrong_file"]
    assert [reason_words(r) for r in ("wrong_file", "too_dark")] == ["檔案放錯了 · the wrong file", "too_dark"]
    assert reasons_text(("wrong_file", "too_dark")) == "wrong_file 檔案放錯了, too_dark"
