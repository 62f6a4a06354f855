"""What an item is made of: summary, link, file names and the own fields of each variant and category."""

from __future__ import annotations

import json
from typing import Any

import pytest

from demo.sample_items import CATEGORIES, fields_of
from records.sealing import person_key, unseal
from rules.refusals import Code
from rules.refusals.said import said
from tests.records.builders import ITEMS, SERVICE, World, pdf

RARE = "𠮷"  # outside the basic plane
VARIANTS: dict[str, dict[str, Any]] = {
    "regular": {},
    "makeup": {"due_year": 114, "due_semester": "2", "makeup_mode": "1"},
    "retake": {
        "first_year": 114, "first_semester": "1", "first_course_code": "1" * 23, "first_subject": "數學",
        "first_grade": "1", "first_credits": 4, "retake_mode": "2",
    },
    "repeat_grade": {},
    "transfer": {
        "first_school": "999902", "first_year": 114, "first_semester": "1", "first_course_code": "1" * 23,
        "first_subject": "數學", "first_grade": "1", "first_credits": 4,
    },
    "visiting": {
        "visited_school": "999902", "visit_year": 115, "visit_semester": "1", "visited_course_code": "1" * 23,
        "visited_subject": "數學", "visited_grade": "1", "visited_credits": 4,
    },
}  # fmt: skip


async def text_of(world: World, item: str) -> dict[str, Any]:
    """What stands in the sealed column of an item's newest version."""
    async with world.db.transaction(world.school) as c:
        row = await c.fetchrow(
            "select i.student, v.sealed from item i join item_version v on v.school = i.school and v.item = i.id"
            " and v.version = i.version where i.school = $1 and i.id::text = $2", world.school, item,
        )  # fmt: skip
        key = await person_key(c, world.vault, world.school, row["student"])
    found: dict[str, Any] = json.loads(unseal(key, row["sealed"]))
    return found


def told(answer: Any) -> tuple[str, str, str, str]:
    """Code, place, found and limit of a refusal that says everything in both languages."""
    assert answer.refusal is not None
    shown = answer.refusal.shown()
    assert all(shown[k] for k in ("clause", "message", "message_en", "remedy", "remedy_en"))
    return shown["code"], shown["place"], shown["found"], shown["limit"]


@pytest.mark.clause("規§5.3.1", "規§8")
@pytest.mark.parametrize("variant", VARIANTS)
async def test_each_enrolment_variant_has_its_own_fields(world: World, variant: str) -> None:
    await world.enrol(world.students[0], variant)
    answer = await world.upload(world.students[0], variant=variant, fields=VARIANTS[variant])
    assert answer.accepted, answer.refusal
    schema = ITEMS.schema_of("outcome", variant)
    assert schema is not None
    kept = (await text_of(world, answer.proof["item"]))["fields"]
    assert kept == {schema.by_id[k].column: v for k, v in VARIANTS[variant].items()}
    for name in VARIANTS[variant]:
        less = {k: v for k, v in VARIANTS[variant].items() if k != name}
        refused = told(await world.upload(world.students[0], variant=variant, fields=less))
        assert refused[:2] == ("field_missing", f"fields.{name}")


@pytest.mark.clause("規§5.4")
@pytest.mark.parametrize("category", CATEGORIES)
async def test_each_of_the_ten_categories_has_its_own_fields(world: World, category: str) -> None:
    body = {"item": "diverse", "period": "115", "course": None, "category": category}
    for n in range(3):
        answer = await world.upload(world.students[0], **body, fields=fields_of(category, n, "115"))
        assert answer.accepted, answer.refusal
    assert told(await world.upload(world.students[0], **body, fields={"nothing": 1}))[0] == "field_unknown"
    assert told(await world.upload(world.students[0], **body))[0] == "field_missing"


def test_the_ten_categories_are_the_authority_s() -> None:
    assert {s.id for s in ITEMS.categories} == set(CATEGORIES) and len(CATEGORIES) == 10


@pytest.mark.clause("規§5.4")
@pytest.mark.parametrize(
    ("change", "place"),
    [({"hours": "many"}, "hours"), ({"hours": 0}, "hours"), ({"hours": 1.25}, "hours"),
     ({"first_day": "2026-02-30"}, "first_day"), ({"first_day": "115.9.1"}, "first_day"),
     ({"last_day": "2026-09-01"}, "last_day"), ({"service": "x" * 51}, "service"), ({"service": "a\u202eb"}, "service"),
     ({"service": "a\nb"}, "service")],
)  # fmt: skip
async def test_a_field_in_the_wrong_form_is_named(world: World, change: dict[str, Any], place: str) -> None:
    before = await world.tables("attempt")
    body = {"item": "diverse", "period": "115", "course": None, "category": "service", "fields": SERVICE | change}
    code, where, found, _ = told(await world.upload(world.students[0], **body))
    assert (code, where) == ("field_invalid", f"fields.{place}")
    assert found != change.get("service")
    assert await world.tables("attempt") == before


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("summary", "refused"),
    [("字" * 100, None), ("字" * 101, "101"), (RARE * 100, None), (RARE * 101, "101"), ("e\u0301" * 100, None),
     ("e\u0301" * 101, "101"), ("é" * 100, None), ("  " + "字" * 100 + "\n", None), ("👩‍🏫" * 100, None), ("字\r\n" * 50, None),
     ("葛\U000e0100" * 100, None), ("葛\U000e0100" * 101, "101")],
)  # fmt: skip
async def test_a_hundred_characters_and_not_a_hundred_and_one(world: World, summary: str, refused: str | None) -> None:
    answer = await world.upload(world.students[0], summary=summary)
    if refused is None:
        assert answer.accepted, answer.refusal
    else:
        assert told(answer) == ("summary_length", "summary", refused, "100")


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("summary", "code"),
    [("", "summary_missing"), (" \n\u3000", "summary_missing"), ("\u0301", "summary_missing"), ("a\x00b", "bad_request"),
     ("a\u202eb", "bad_request"), ("e" + "\u0301" * 40, "bad_request")],
)  # fmt: skip
async def test_a_summary_without_words_or_with_what_nobody_sees_is_refused(
    world: World, summary: str, code: str
) -> None:
    assert told(await world.upload(world.students[0], summary=summary))[0] == code


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("link", "fault"),
    [("https://youtu.be/abc?t=1", None), ("http://例子.台灣/影片", None), ("javascript:alert(1)", "scheme"),
     ("ftp://a.tw/x", "scheme"), ("https://me:pw@a.tw/", "credentials"), ("https://127.0.0.1/", "host"),
     ("https://localhost/", "host"), ("https://a.tw/ x", "character"), ("https://a.tw/" + "x" * 500, "513")],
)  # fmt: skip
async def test_an_external_link_is_public_and_plain(world: World, link: str, fault: str | None) -> None:
    answer = await world.upload(world.students[0], link=link)
    if fault is None:
        assert answer.accepted and (await text_of(world, answer.proof["item"]))["link"] == link
    else:
        assert answer.refusal is not None and answer.refusal.found == fault
        assert told(answer)[:3] == ("link_invalid", "link", said(Code.LINK_INVALID, fault))


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("name", "kept"),
    [("作品.pdf", "作品.pdf"), (f"{RARE}野家.pdf", f"{RARE}野家.pdf"), ("e\u0301.pdf", "é.pdf"),
     ("C:\\fakepath\\作品.pdf", "作品.pdf"), ("a\u3000b.pdf", "a b.pdf"), ("a\x07.pdf", "name_control_character"),
     ("a\u202efdp.exe", "name_control_character"), ("a\u200bb.pdf", "name_control_character"), ("con.pdf", "name_reserved"),
     ("字" * 70 + ".pdf", "name_too_long"), (" . ", "name_empty"), ("a?.pdf", "name_separator")],
)  # fmt: skip
async def test_a_file_s_name_is_brought_into_one_form_or_refused(world: World, name: str, kept: str) -> None:
    file = await world.file(pdf(name)) | {"file_name": name}
    answer = await world.upload(world.students[0], files=[file])
    if kept.startswith("name_"):
        assert told(answer)[:2] == ("file_name", kept)
        assert name not in json.dumps(answer.shown(), ensure_ascii=False)
    else:
        assert answer.accepted, answer.refusal
        assert (await text_of(world, answer.proof["item"]))["names"] == [kept]


@pytest.mark.clause("規§5.3.1")
async def test_a_replacement_keeps_the_fields_unless_it_brings_others(world: World) -> None:
    me = world.students[0]
    item = str((await world.diverse(me)).proof["item"])
    await world.must(me, "replace", item=item, summary="新的", files=[await world.file()])
    first = await text_of(world, item)
    assert first["summary"] == "新的" and first["fields"]["服務名稱"] == "淨灘"
    await world.must(
        me, "replace", item=item, summary="又新", files=[await world.file()], fields=SERVICE | {"hours": 8}
    )
    assert (await text_of(world, item))["fields"]["時數"] == 8
    answer = await world.do(me, "replace", item=item, summary="字" * 101, files=[await world.file()])
    assert told(answer)[0] == "summary_length"
    other = await world.do(world.students[1], "replace", item=item, summary="x", files=[await world.file()])
    assert told(other)[0] == "not_yours"


@pytest.mark.clause("規§5.3.1")
async def test_what_a_student_wrote_stands_in_sealed_columns_only(world: World) -> None:
    answer = await world.diverse(world.students[0])
    assert answer.accepted
    tables = json.dumps(await world.tables(), ensure_ascii=False)
    assert "淨灘" not in tables and "里辦公處" not in tables and "觀察" not in tables
