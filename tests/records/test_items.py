"""What students and teachers do with items, as the school's rules say it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from records.seam import Actor
from rules.refusals import Code
from tests.records.builders import (
    CERTIFICATION_CLOSES,
    CORRECTION_CLOSES,
    COURSE,
    INSIDE,
    MICROSECOND,
    SELECTION_CLOSES,
    SELECTION_OPENS,
    SERVICE,
    UPLOAD_CLOSES,
    UPLOAD_OPENS,
    World,
)

DAY = timedelta(days=1)


def code(answer: Any) -> str | None:
    """Why an answer is a refusal; None for an accepted one."""
    return answer.refusal.code.value if answer.refusal else None


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("instant", "refused"),
    [
        (UPLOAD_OPENS - MICROSECOND, "window_not_open"),
        (UPLOAD_OPENS, None),
        (UPLOAD_CLOSES - MICROSECOND, None),
        (UPLOAD_CLOSES, "window_closed"),
        (UPLOAD_CLOSES + MICROSECOND, "window_closed"),
    ],
)
async def test_an_upload_counts_from_the_opening_until_just_before_the_close(
    world: World, instant: datetime, refused: str | None
) -> None:
    await world.at(instant)
    assert code(await world.upload(world.students[0])) == refused


@pytest.mark.clause("規§5.3.1")
async def test_fifteen_outcomes_a_semester_and_no_sixteenth(world: World) -> None:
    me, other = world.students[:2]
    for _ in range(15):
        await world.uploaded(me)
    answer = await world.upload(me)
    assert code(answer) == "quota_exceeded"
    assert answer.refusal is not None and (answer.refusal.found, answer.refusal.limit) == ("15", "15")
    assert answer.refusal.clause == "規§5.3.1" and answer.refusal.place == "outcome 115-1"
    assert code(await world.upload(other)) is None


@pytest.mark.clause("規§5.3.1")
async def test_a_withdrawn_outcome_counts_no_longer_and_a_returned_one_does(world: World) -> None:
    me = world.students[0]
    items = [await world.uploaded(me) for _ in range(14)]
    await world.returned(me)
    assert code(await world.upload(me)) == "quota_exceeded"
    await world.must(me, "withdraw", item=items[0])
    assert code(await world.upload(me)) is None
    assert code(await world.upload(me)) == "quota_exceeded"


@pytest.mark.clause("規§5.4")
async def test_thirty_diverse_performances_a_year_and_no_thirty_first(world: World) -> None:
    me = world.students[0]
    for _ in range(30):
        assert code(await world.diverse(me)) is None
    assert code(await world.diverse(me)) == "quota_exceeded"
    assert code(await world.upload(me)) is None


@pytest.mark.clause("規§6.1")
async def test_six_outcomes_and_ten_diverse_performances_are_selected(world: World) -> None:
    me = world.students[0]
    outcomes = [await world.certified(me) for _ in range(7)]
    diverse = [str((await world.diverse(me)).proof["item"]) for _ in range(11)]
    await world.at(SELECTION_OPENS)
    for chosen, quota in ((outcomes, 6), (diverse, 10)):
        for item in chosen[:quota]:
            await world.must(me, "select", item=item)
        assert code(await world.do(me, "select", item=chosen[quota])) == "quota_exceeded"
        await world.must(me, "unselect", item=chosen[0])
        await world.must(me, "select", item=chosen[quota])


@pytest.mark.clause("規§6.1")
@pytest.mark.parametrize(
    ("instant", "refused"),
    [(SELECTION_OPENS - MICROSECOND, "window_not_open"), (SELECTION_OPENS, None),
     (SELECTION_CLOSES - MICROSECOND, None), (SELECTION_CLOSES, "window_closed")],
)  # fmt: skip
async def test_a_choice_counts_inside_the_selection_only(world: World, instant: datetime, refused: str | None) -> None:
    item = await world.certified(world.students[0])
    await world.at(instant)
    assert code(await world.do(world.students[0], "select", item=item)) == refused


@pytest.mark.clause("規§6.1")
async def test_an_outcome_that_nobody_certified_cannot_be_selected(world: World) -> None:
    me = world.students[0]
    items = [await world.uploaded(me), await world.requested(me), await world.returned(me)]
    await world.at(SELECTION_OPENS)
    for item in items:
        assert code(await world.do(me, "select", item=item)) == "wrong_state"


@pytest.mark.clause("規§5.3.2")
@pytest.mark.parametrize(
    ("instant", "refused"), [(CERTIFICATION_CLOSES - MICROSECOND, None), (CERTIFICATION_CLOSES, "window_closed")]
)
async def test_a_teacher_certifies_until_just_before_the_close(
    world: World, instant: datetime, refused: str | None
) -> None:
    item = await world.requested(world.students[0])
    await world.at(instant)
    assert code(await world.do(world.teacher, "certify", item=item)) == refused


@pytest.mark.clause("規§5.3.1")
async def test_after_the_upload_close_a_returned_item_may_be_corrected_and_a_new_one_not(world: World) -> None:
    me = world.students[0]
    never, returned = await world.uploaded(me), await world.returned(me)
    await world.at(UPLOAD_CLOSES)
    assert code(await world.upload(me)) == "window_closed"
    assert code(await world.do(me, "request_certification", item=never)) == "window_closed"
    again = {"summary": "更正", "files": [await world.file()]}
    await world.at(CORRECTION_CLOSES - MICROSECOND)
    await world.must(me, "replace", item=returned, **again)
    await world.must(me, "request_certification", item=returned)
    await world.must(world.teacher, "certify", item=returned)


@pytest.mark.clause("規§5.3.1")
async def test_at_the_correction_close_it_is_too_late_for_a_returned_item(world: World) -> None:
    me = world.students[0]
    returned = await world.returned(me)
    again = {"summary": "更正", "files": [await world.file()]}
    await world.at(CORRECTION_CLOSES)
    assert code(await world.do(me, "replace", item=returned, **again)) == "window_closed"
    assert code(await world.do(me, "request_certification", item=returned)) == "window_closed"


@pytest.mark.clause("規§5.3.2")
async def test_certification_is_bound_to_the_hash(world: World) -> None:
    me, file, other = world.students[0], await world.file(), await world.file()
    answer = await world.upload(me, files=[file])
    item = str(answer.proof["item"])
    await world.must(me, "request_certification", item=item)
    await world.must(world.teacher, "certify", item=item)
    await world.must(me, "replace", item=item, summary="另一段簡述", files=[file])
    assert await world.state(item) == "certified"
    await world.must(me, "replace", item=item, summary="觀察", files=[other])
    assert await world.state(item) == "uploaded"


@pytest.mark.clause("規§5.3.2")
async def test_a_teacher_certifies_only_what_the_teacher_saw(world: World) -> None:
    item = await world.requested(world.students[0])
    digest = await world.value("select digest from item where school = $1 and id = $2::uuid", item)
    assert code(await world.do(world.teacher, "certify", item=item, digest="0" * 64)) == "hash_changed"
    await world.must(world.teacher, "certify", item=item, digest=digest)


@pytest.mark.clause("規§10.1.2")
async def test_a_deputy_certifies_only_while_the_holder_is_away_and_on_record(world: World) -> None:
    item = await world.requested(world.students[0])
    assert code(await world.do(world.deputy, "certify", item=item)) == "holder_present"
    assert code(await world.do(world.students[1], "certify", item=item)) == "not_certifier"
    await world.operator.pool.execute(
        "insert into absence values ($1, $2, $3, $4, 'sick', $3)", world.school, world.teacher, INSIDE, INSIDE + DAY
    )
    await world.must(world.deputy, "certify", item=item)
    behalf = await world.value("select on_behalf_of from fact where school = $1 and kind = 'certified'")
    assert behalf == f"course_teacher:{COURSE}"


@pytest.mark.clause("規§10.3.2.1")
async def test_the_successor_certifies_what_was_asked_of_the_predecessor(world: World) -> None:
    item = await world.requested(world.students[0])
    post = f"course_teacher:{COURSE}"
    await world.operator.pool.execute(
        "update post_holder set closes = $3 where school = $1 and post = $2 and rank = 0", world.school, post, INSIDE
    )
    await world.operator.pool.execute(
        "insert into post_holder values ($1, $2, 0, $3, $4)", world.school, post, world.deputy, INSIDE
    )
    assert code(await world.do(world.teacher, "certify", item=item)) == "not_certifier"
    await world.must(world.deputy, "certify", item=item)


@pytest.mark.clause("規§5.3.2")
async def test_a_return_needs_a_reason_of_the_list_and_its_words_are_sealed(world: World) -> None:
    item = await world.requested(world.students[0])
    assert code(await world.do(world.teacher, "return", item=item, reason="poor_quality")) == "reason_missing"
    await world.must(world.teacher, "return", item=item, reason="wrong_file", text="請上傳正確的檔案")
    row = (await world.rows("select state, return_reason, return_sealed from item where school = $1"))[0]
    assert (row["state"], row["return_reason"]) == ("returned", "wrong_file")
    assert row["return_sealed"] and "請".encode() not in row["return_sealed"]
    assert "請上傳" not in str(await world.tables())


@pytest.mark.clause("規§5.3.1")
async def test_nobody_acts_on_another_student_s_item(world: World) -> None:
    item = await world.uploaded(world.students[0])
    files = [await world.file()]
    for name, body in (("withdraw", {}), ("request_certification", {}), ("replace", {"summary": "x", "files": files})):
        assert code(await world.do(world.students[1], name, item=item, **body)) == "not_yours"
    assert code(await world.upload(world.teacher)) == "not_yours"


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"summary": ""}, "summary_missing"),
        ({"summary": "字" * 101}, "summary_length"),
        ({"summary": "a\x00b"}, "bad_request"),
        ({"course": "115-1/999/01"}, "not_found"),
        ({"course": None}, "bad_request"),
        ({"period": "115-2"}, "window_not_open"),
        ({"period": "115-1", "item": "diverse", "course": None, "category": "service", "fields": SERVICE}, "no_window"),
        ({"period": "115", "item": "diverse", "course": None, "category": "cooking"}, "bad_request"),
        ({"category": "service"}, "bad_request"),
        ({"files": []}, "file_missing"),
        ({"files": [{"role": "document", "sha256": "0" * 64, "size": 1, "media_type": "application/pdf"}]}, "file_missing"),
    ],
)  # fmt: skip
async def test_a_refused_upload_names_its_reason_changes_nothing_and_is_counted(
    world: World, changes: dict[str, Any], refused: str
) -> None:
    await world.uploaded(world.students[1])
    files = {} if "files" in changes else {"files": [await world.file()]}
    before = await world.tables("attempt")
    assert code(await world.upload(world.students[0], **files, **changes)) == refused
    assert await world.tables("attempt") == before
    assert await world.attempts() == [("upload", refused)]


@pytest.mark.clause("規§5.3.1")
async def test_a_hundred_characters_are_accepted(world: World) -> None:
    assert code(await world.upload(world.students[0], summary="𠮷" * 100)) is None


@pytest.mark.clause("規§5.3.1")
async def test_every_refusal_on_an_item_changes_no_row(world: World) -> None:
    me, other = world.students[:2]
    item = await world.certified(me)
    before = await world.tables("attempt")
    refused = [
        (me, "certify", {}, Code.NOT_CERTIFIER), (world.teacher, "certify", {}, Code.WRONG_STATE), (other, "withdraw", {}, Code.NOT_YOURS),
        (me, "request_certification", {}, Code.WRONG_STATE), (me, "select", {}, Code.WINDOW_NOT_OPEN), (me, "unselect", {}, Code.WRONG_STATE),
        (me, "replace", {"summary": "x", "files": []}, Code.FILE_MISSING),
    ]  # fmt: skip
    for who, name, body, _ in refused:
        await world.do(who, name, item=item, **body)
    await world.do(me, "withdraw", item="nothing")
    assert await world.tables("attempt") == before
    assert await world.attempts() == [(name, c.value) for _, name, _, c in refused] + [("withdraw", "not_found")]


async def test_a_double_click_is_one_fact_and_another_body_under_its_key_is_refused(world: World) -> None:
    me, files = world.students[0], [await world.file()]
    first, second = await asyncio.gather(world.upload(me, "k", files=files), world.upload(me, "k", files=files))
    assert first.proof == second.proof and {first.repeated, second.repeated} == {True, False}
    before = await world.tables("attempt")
    assert code(await world.upload(me, "k", files=files, summary="不同")) == "key_reused"
    assert code(await world.do(me, "withdraw", "k", item=first.proof["item"])) == "key_reused"
    assert await world.tables("attempt") == before
    assert await world.attempts() == [("upload", "key_reused"), ("withdraw", "key_reused")]


async def test_a_refused_key_stays_free(world: World) -> None:
    me, files = world.students[0], [await world.file()]
    await world.at(UPLOAD_OPENS - MICROSECOND)
    assert code(await world.upload(me, "k", files=files)) == "window_not_open"
    await world.at(UPLOAD_OPENS)
    assert code(await world.upload(me, "k", files=files)) is None


async def test_a_key_gives_the_same_item_id_everywhere(world: World) -> None:
    me = world.students[0]
    one = await world.upload(me, "k")
    two = await world.upload(world.students[1], "k")
    assert one.proof["item"] != two.proof["item"]
    again = await world.value(
        "select encode(substring(sha256(convert_to($1 || '|' || $2 || '|k', 'UTF8')) from 1 for 16), 'hex')::uuid::text",
        str(me),
    )
    assert one.proof["item"] == again


@pytest.mark.clause("規§10.2.2")
@pytest.mark.parametrize(
    ("scope", "mine", "others"),
    [("person", None, "window_closed"), ("class", None, None), ("lane", None, None), ("all", None, None)],
)
async def test_an_extension_counts_for_whom_its_scope_holds(
    world: World, scope: str, mine: str | None, others: str | None
) -> None:
    me, other = world.students[:2]
    target = {"person": str(me), "class": "101", "lane": "g10_11", "all": ""}[scope]
    await world.extend("outcome_upload", UPLOAD_CLOSES + DAY, scope=scope, target=target)
    await world.at(UPLOAD_CLOSES + DAY - MICROSECOND)
    assert (code(await world.upload(me)), code(await world.upload(other))) == (mine, others)
    await world.at(UPLOAD_CLOSES + DAY)
    assert code(await world.upload(me)) == "window_closed"


async def test_a_student_who_changes_department_is_judged_by_the_lane_of_the_instant(world: World) -> None:
    me = world.students[0]
    await world.operator.pool.execute(
        "update lane_member set closes = $3 where school = $1 and person = $2", world.school, me, INSIDE + DAY
    )
    assert code(await world.upload(me)) is None
    await world.at(INSIDE + DAY)
    assert code(await world.upload(me)) == "no_window"


@pytest.mark.clause("規§7")
async def test_whose_key_was_destroyed_hands_in_nothing(world: World) -> None:
    me = world.students[0]
    item = await world.uploaded(me)
    await world.operator.pool.execute("delete from person_key where school = $1 and person = $2", world.school, me)
    assert code(await world.upload(me)) == "not_yours"
    assert code(await world.do(me, "replace", item=item, summary="x", files=[await world.file()])) == "not_yours"


async def test_another_school_sees_nothing_even_with_a_forged_id(world: World) -> None:
    item = await world.uploaded(world.students[0])
    async with world.db.transaction("elsewhere") as c:
        for table in ("item", "item_version", "item_file", "stored_file", "quota_use", "fact", "command_key"):
            assert await c.fetch(f"select * from {table} where school = $1", world.school) == [], table
        assert await c.execute("update item set state = 'withdrawn' where id = $1::uuid", item) == "UPDATE 0"
    await world.operator.pool.execute(
        "insert into school (school, name, kind) values ('elsewhere', 'x', 'demo') on conflict do nothing"
    )
    answer = await world.seam.do("elsewhere", Actor(world.students[0]), "withdraw", {"item": item}, key="x")
    assert code(answer) == "not_found"
    assert await world.state(item) == "uploaded"


@pytest.mark.clause("規§5.3.2")
async def test_a_course_is_done_when_nothing_waits_after_the_upload_closed_and_open_when_asked_again(
    world: World,
) -> None:
    me, key = world.students[0], f"semester/{world.school}/115-1#certification#{COURSE}"
    early, late = await world.requested(me), await world.requested(me)
    await world.must(world.teacher, "certify", item=early)
    await world.at(UPLOAD_CLOSES)
    await world.must(world.teacher, "return", item=late, reason="wrong_file")
    duty = "select state from duty where school = $1 and key = $2"
    assert await world.value(duty, key) == "done"
    assert await world.value("select subject from fact where school = $1 and kind = 'certification_completed'") == key
    await world.must(me, "request_certification", item=late)
    assert await world.value(duty, key) == "open"
    await world.must(world.teacher, "certify", item=late)
    assert await world.value(duty, key) == "done"
