"""The variant of an outcome hangs on how the student is enrolled in the course; what is not registered is refused."""

from __future__ import annotations

import pytest

from rules.items.schema import ItemSchema
from tests.records.builders import COURSE, OTHER_COURSE, World
from tests.records.test_item_fields import VARIANTS, told


@pytest.mark.clause("規§5.3.1", "規§8")
@pytest.mark.parametrize("enrolment", VARIANTS)
async def test_only_the_variant_of_the_enrolment_is_admitted(world: World, enrolment: str) -> None:
    me = world.students[0]
    await world.enrol(me, enrolment)
    before = await world.tables("attempt")
    for variant, fields in VARIANTS.items():
        if variant != enrolment:
            refused = await world.upload(me, variant=variant, fields=fields)
            assert told(refused) == ("course_kind", f"course {COURSE}", variant, enrolment)
            assert refused.refusal is not None
            assert refused.refusal.clause == ("規§5.3.1" if variant in ("regular", "makeup", "retake") else "規§8")
    assert await world.tables("attempt") == before, "a refusal changes nothing"
    assert (await world.upload(me, variant=enrolment, fields=VARIANTS[enrolment])).accepted


@pytest.mark.clause("規§8")
async def test_an_enrolment_counts_for_its_student_and_its_course_only(world: World) -> None:
    me, other = world.students[:2]
    await world.enrol(me, "makeup")
    fields = VARIANTS["makeup"]
    for who, course in ((other, COURSE), (me, OTHER_COURSE)):
        assert told(await world.upload(who, course=course, variant="makeup", fields=fields))[0] == "course_kind"
    assert (await world.upload(me, variant="makeup", fields=fields)).accepted
    unknown = await world.upload(me, course="115-1/999/01", variant="makeup", fields=fields)
    assert told(unknown)[:2] == ("not_found", "course 115-1/999/01")


@pytest.mark.clause("規§8")
async def test_a_draft_is_held_against_the_enrolment_when_it_is_handed_in(world: World) -> None:
    me = world.students[0]
    body = {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "借讀", "variant": "visiting"}
    body |= {"fields": VARIANTS["visiting"], "files": [await world.file()]}
    draft = (await world.must(me, "save_draft", **body))["draft"]
    assert told(await world.do(me, "upload_draft", draft=draft))[0] == "course_kind"
    await world.enrol(me, "visiting")
    await world.must(me, "upload_draft", draft=draft)


@pytest.mark.clause("規§8")
async def test_what_a_student_says_of_a_course_from_elsewhere_is_what_was_registered(world: World) -> None:
    me, file = world.students[0], await world.file()
    await world.enrol(me, "visiting")
    await world.operator.pool.execute(
        "update course set kind = 'visiting', code = $3, title = '數學', credits = 4 where school = $1 and id = $2",
        world.school, COURSE, "1" * 23,
    )  # fmt: skip
    other = {"variant": "visiting", "fields": VARIANTS["visiting"] | {"visited_subject": "物理"}}
    differs = ("field_invalid", "fields.visited_subject", "與登錄的課程不同 · not as the course was registered", "數學")
    assert told(await world.upload(me, **other)) == differs
    body = {"item": "outcome", "period": "115-1", "course": COURSE, "summary": "借讀", "files": [file]}
    draft = (await world.must(me, "save_draft", **body | other))["draft"]
    before = await world.tables("attempt")
    assert told(await world.do(me, "upload_draft", draft=draft)) == differs
    assert await world.tables("attempt") == before
    item = (await world.must(me, "upload", **body | other | {"fields": VARIANTS["visiting"]}))["item"]
    changed = {"item": item, "summary": "借讀", "files": [file]}
    assert told(await world.do(me, "replace", **changed, fields=other["fields"])) == differs
    await world.must(me, "replace", **changed)


def test_a_variant_may_hang_on_one_enrolment_or_on_several() -> None:
    words = {"id": "repeat_grade", "title": "重讀", "title_en": "repeat", "clause": "規§8", "source": "x"}
    assert ItemSchema.model_validate(words | {"course": "repeat_grade"}).course == ("repeat_grade",)
    both = ItemSchema.model_validate(words | {"course": ["repeat_grade", "regular"]})
    assert both.course == ("repeat_grade", "regular")
    assert ItemSchema.model_validate(both.model_dump(mode="json")) == both
