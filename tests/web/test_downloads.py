"""Files go out as attachments, to who may have them and to nobody else. 規§5.3"""

from __future__ import annotations

from urllib.parse import quote
from uuid import uuid4

import pytest

from records.files.stored import read
from tests.records.builders import SELECTION_OPENS, pdf
from tests.rules.builders import taipei
from tests.web.conftest import Web


@pytest.mark.clause("規§5.3.1", "規§5.3.2")
async def test_a_file_is_open_to_its_student_its_teacher_and_the_submitting_office_only(web: Web) -> None:
    w, office = web.world, uuid4()
    me, other = w.students[:2]
    async with w.operator.transaction(w.school) as c:
        await c.execute("insert into person (school, id, sealed, kind) values ($1, $2, '', 'staff')", w.school, office)
        owners = await c.fetchval(
            "select array_agg(distinct r->>'owner') from document d, jsonb_array_elements(d.body->'rosters') r"
            " where d.school = $1 and d.kind = 'rule_set' and r->>'item' = 'outcome'", w.school,
        )  # fmt: skip
        for owner in owners:
            await c.execute(
                "insert into post values ($1, $2, 'office', 'academic_affairs') on conflict do nothing", w.school, owner
            )
            await c.execute(
                "insert into post_holder values ($1, $2, 0, $3, $4)",
                w.school,
                owner,
                office,
                taipei("2026-08-01 00:00"),
            )
    file = await w.file(pdf("mine")) | {"file_name": "𠮷野家 作品.pdf"}
    answer = await w.upload(me, files=[file])
    assert answer.accepted, answer.refusal
    item, path = answer.proof["item"], f"/files/{file['sha256']}"

    def open_to() -> list[bool]:
        return [web.call("GET", path, who=p)[0] == 200 for p in (me, other, w.teacher, w.deputy, office)]

    assert open_to() == [True, False, False, False, False]
    await w.must(me, "request_certification", item=item)
    assert open_to() == [True, False, True, False, False]  # the deputy's turn is while the holder is away
    await w.must(w.teacher, "certify", item=item)
    await w.at(SELECTION_OPENS)
    assert open_to()[4] is False
    await w.must(me, "select", item=item)
    assert open_to() == [True, False, True, False, True]

    status, headers, body = web.call("GET", path, who=me)
    assert status == 200 and body == read(w.vault, w.school, file["sha256"])
    assert headers["content-disposition"].startswith("attachment;")
    assert quote("𠮷野家 作品.pdf") in headers["content-disposition"]
    assert headers["x-content-type-options"] == "nosniff" and headers["content-type"] == "application/pdf"
    assert "sandbox" in headers["content-security-policy"] and "no-store" in headers["cache-control"]


@pytest.mark.clause("規§5.0")
def test_what_is_not_there_and_what_is_not_theirs_look_the_same(web: Web) -> None:
    for path in ("/files/" + "0" * 64, "/files/x", "/files/..%2f..%2fetc"):
        assert web.call("GET", path, who=web.world.students[2])[0] == 404
    assert web.call("GET", "/files/" + "0" * 64)[0] == 401
