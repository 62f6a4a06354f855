"""A calendar as a resolved document: drafted, resolved, published as a version; the authority's document changes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cli.calendar.publishing import Edition, publish
from records.basis import adopt_documents
from records.db import school_now
from records.queries.calendars import judged_by, kept
from rules.instants import taipei_day
from tests.records.staff.scene import PRINCIPAL, REGISTRAR, SCHOOL, SECRETARY, SEMESTER, STRANGER, YEAR, Scene, pack

DECIDED = ["規§3.1"]
NOT_DUE = ["規§3.2", "規§3.3", "規§3.4", "規§3.5", "規§3.6"]


def amended(due: str = "2026-12-10 17:00", *, selected_by: str = "", **window: Any) -> dict[str, Any]:
    """The calendar in force with the briefing moved, and perhaps the selection's dates of grades 10 and 11."""
    _, calendar, _ = pack()
    body = calendar.model_dump(mode="json")
    for d in body["deadlines"]:
        if d["duty"] == "briefing":
            d["due"] = due
    for w in body["windows"]:
        if window and (w["lane"], w["kind"]) == ("g10_11", "selection"):
            w.update(window | ({"due": selected_by} if selected_by else {}))
    return body


async def now(term: Scene) -> datetime:
    """The school's clock."""
    async with term.db.transaction(SCHOOL) as c:
        return await school_now(c, SCHOOL)


async def meeting(term: Scene, **changes: Any) -> str:
    """A recorded meeting of today that decided the calendar; its name."""
    body: dict[str, Any] = {
        "period": "115-1",
        "held": taipei_day(await now(term)).isoformat(),
        "present": 14,
        "decided": DECIDED,
        "not_due": NOT_DUE,
    } | changes
    proof = await term.must(SECRETARY, "record_meeting", **body)
    return str(proof["meeting"])


async def resolved(term: Scene, body: dict[str, Any] | None = None) -> str:
    """A draft that a meeting resolved; its name."""
    proof = await term.must(SECRETARY, "adopt_calendar", body=body or amended(), reason="講師改期")
    draft = str(proof["draft"])
    await term.must(SECRETARY, "rehearse_calendar", draft=draft)
    await term.must(SECRETARY, "resolve_calendar", draft=draft, meeting=await meeting(term), quorum_met=True)
    return draft


async def page(term: Scene, draft: str = "") -> dict[str, Any]:
    return {
        "period": "115-1",
        "url": "https://school.example/portfolio",
        "snapshot_sha256": await term.file("page"),
        "draft": draft,
    }


@pytest.mark.clause("規§3.1", "規§4.1", "規§4.2")
async def test_a_resolved_draft_takes_effect_when_it_is_published(term: Scene) -> None:
    draft = await resolved(term)
    assert await term.value("select count(*) from document where school = $1 and kind = 'calendar'") == 1
    proof = await term.must(SECRETARY, "publish_calendar", **await page(term, draft))
    assert (draft, proof["calendar"]) == ("115/1", 2)
    rows = await term.rows("select process, max(calendar) as v from basis where school = $1 group by 1 order by 1")
    assert [tuple(r) for r in rows] == [(SEMESTER, 2), (YEAR, 2)]
    duty, _ = await term.duty(f"{YEAR}#briefing")
    assert duty.due.isoformat() == "2026-12-10T09:00:00+00:00"
    row = (await term.rows("select * from publication where school = $1"))[0]
    assert (row["url"], row["calendar"], row["at"] is not None) == ("https://school.example/portfolio", 2, True)


@pytest.mark.clause("規§4.2")
async def test_the_pages_of_a_draft_bear_the_version_under_which_it_is_published(term: Scene, tmp_path: Path) -> None:
    """Its file still says version 1; a copy of the page is recognised by the version's own hash."""
    briefing = {"period": "115", "lane": None, "kind": "briefing", "due": "2026-12-01 17:00"}
    await term.must(SECRETARY, "move_dates", year="115", base=1, moves=[briefing], reason="講師改期")
    draft = await resolved(term)

    async def pages(name: str) -> tuple[str, dict[str, Any]]:
        async with term.db.transaction(SCHOOL, snapshot=True) as c:
            found, (rules, authority) = await kept(c, SCHOOL, "115", name), await judged_by(c, SCHOOL)
        page_, document, _ = publish(tmp_path, Edition(found.calendar, rules, authority, found.state))
        return page_.read_text("utf-8"), json.loads(document.read_text("utf-8"))

    before = await pages("d1")
    proof = await term.must(SECRETARY, "publish_calendar", **await page(term, draft))
    html, document = await pages("d1")
    assert (proof["calendar"], document["version"], document["calendar"]["version"]) == (3, 3, 3)
    assert "第 3 版" in html and "第 1 版" not in html
    assert (html, document) == await pages("v3")
    assert before[1]["sha256"] == document["sha256"]


@pytest.mark.clause("規§4.2")
async def test_a_published_version_tells_those_whose_dates_it_moves_and_nobody_else(term: Scene) -> None:
    draft = await resolved(term, amended(selected_by="2027-09-06 17:00", closes="2027-09-07 00:00"))
    await term.must(SECRETARY, "publish_calendar", **await page(term, draft))
    rows = await term.rows("select person, template, args from notice where school = $1 and batch like 'moved|%'")
    students = {r["person"] for r in rows if r["template"] == "window_moved"}
    assert students == set(await term.students("g10_11"))
    owners = {r["person"]: r["args"]["due"] for r in rows if r["template"] == "duty_moved"}
    briefing = await term.holder("resource_section")
    # Whoever checks the selection owes it by the self-check's own close, which stands.
    assert set(owners) == {briefing}
    assert owners[briefing] == "2026-12-10T09:00:00+00:00"


@pytest.mark.clause("規§3.1")
async def test_a_draft_is_not_published_before_a_meeting_resolved_it(term: Scene) -> None:
    draft = (await term.must(SECRETARY, "adopt_calendar", body=amended(), reason="x"))["draft"]
    refused = await term.refused(SECRETARY, "publish_calendar", **await page(term, draft))
    assert refused == ("gate_closed", "規§3.1", draft)


@pytest.mark.clause("規§3.0", "規§3.1")
async def test_without_a_quorum_in_the_rules_a_person_says_whether_enough_came(term: Scene) -> None:
    draft = (await term.must(SECRETARY, "adopt_calendar", body=amended(), reason="x"))["draft"]
    name = await meeting(term)
    for said in (None, False):
        refused = await term.refused(SECRETARY, "resolve_calendar", draft=draft, meeting=name, quorum_met=said)
        assert refused == ("not_decided", "規§3.0", "quorum_met")
    await term.must(SECRETARY, "rehearse_calendar", draft=draft)
    proof = await term.must(SECRETARY, "resolve_calendar", draft=draft, meeting=name, quorum_met=True)
    assert (proof["quorum"], proof["meeting"]) == ("person", name)
    again = await term.refused(SECRETARY, "resolve_calendar", draft=draft, meeting=name, quorum_met=True)
    assert again[0] == "already_done"


@pytest.mark.clause("規§3.0", "規§3.1")
async def test_a_quorum_of_the_rules_is_counted(office: Scene) -> None:
    rules, calendar, national = pack()
    group = rules.working_group.model_copy(update={"quorum": 9})
    stricter = rules.model_copy(update={"version": 2, "working_group": group})
    await adopt_documents(office.operator, SCHOOL, stricter, calendar, national, reason="quorum")
    await office.start_year()
    draft = (await office.must(SECRETARY, "adopt_calendar", body=amended(), reason="x"))["draft"]
    name = await meeting(office, present=9)
    await office.must(SECRETARY, "rehearse_calendar", draft=draft)
    proof = await office.must(SECRETARY, "resolve_calendar", draft=draft, meeting=name)
    assert proof["quorum"] == "met"


@pytest.mark.clause("規§3.1")
async def test_only_a_meeting_that_decided_the_calendar_resolves_it(term: Scene) -> None:
    draft = (await term.must(SECRETARY, "adopt_calendar", body=amended(), reason="x"))["draft"]
    other = await meeting(term, decided=["規§3.2"], not_due=["規§3.1", *NOT_DUE[1:]])
    body = {"draft": draft, "quorum_met": True}
    assert (await term.refused(SECRETARY, "resolve_calendar", meeting=other, **body))[0] == "gate_closed"
    assert (await term.refused(SECRETARY, "resolve_calendar", meeting="115-1/9", **body))[0] == "not_found"


@pytest.mark.clause("規§3.1")
async def test_a_meeting_held_before_the_draft_was_stored_or_rehearsed_does_not_resolve_it(term: Scene) -> None:
    early = await meeting(term)
    await term.at("2026-08-04 09:00")
    draft = (await term.must(SECRETARY, "adopt_calendar", body=amended(), reason="x"))["draft"]
    same_day = await meeting(term, held="2026-08-04")
    await term.at("2026-08-05 10:30")
    await term.must(SECRETARY, "rehearse_calendar", draft=draft)
    body: dict[str, Any] = {"draft": draft, "quorum_met": True}
    for name, held, since in (
        (early, "2026-08-03", "登錄 2026-08-04 09:00"),
        (same_day, "2026-08-04", "彩排 2026-08-05 10:30"),
    ):
        refusal = (await term.do(SECRETARY, "resolve_calendar", meeting=name, **body)).refusal
        assert refusal is not None
        assert (refusal.code, refusal.clause, refusal.place) == ("gate_closed", "規§3.1", name)
        assert held in refusal.found and since in refusal.limit
    assert await term.value("select resolved_at from calendar_draft where school = $1") is None
    await term.must(SECRETARY, "resolve_calendar", meeting=await meeting(term, held="2026-08-05"), **body)


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    "url",
    ["notaurl", "ftp://school.example/x", "https://user:secret@school.example/", "https://intranet/x", "https://a b"],
)
async def test_only_an_address_that_everybody_reads_is_recorded_as_the_publication(term: Scene, url: str) -> None:
    draft = await resolved(term)
    body = await page(term, draft)
    refused = await term.refused(SECRETARY, "publish_calendar", **body | {"url": url})
    assert refused == ("link_invalid", "規§4.2", "url")
    assert await term.value("select count(*) from publication where school = $1") == 0
    assert await term.value("select count(*) from document where school = $1 and kind = 'calendar'") == 1
    await term.must(SECRETARY, "publish_calendar", **body)


@pytest.mark.clause("規§4.1")
async def test_a_draft_whose_dates_have_seconds_is_refused_and_names_the_field(term: Scene) -> None:
    body = amended("2026-12-10T09:00:30Z")
    number = next(n for n, d in enumerate(body["deadlines"]) if d["duty"] == "briefing")
    code, clause, place = await term.refused(SECRETARY, "adopt_calendar", body=body, reason="x")
    assert (code, clause, place) == ("field_invalid", "規§4.1", f"body.deadlines.{number}.due")


@pytest.mark.clause("規§4.1", "規§12")
async def test_a_draft_with_an_error_is_refused_and_names_it(term: Scene) -> None:
    _, calendar, _ = pack()
    body = calendar.model_dump(mode="json")
    for w in body["windows"]:
        if w["period"] == "115-1" and w["kind"] == "outcome_upload" and w["lane"] == "g10_11":
            w["due"] = w["closes"] = "2027-02-03 17:00"
    code, clause, place = await term.refused(SECRETARY, "adopt_calendar", body=body, reason="x")
    assert (code, clause) == ("calendar_errors", "規§5.3.1")
    assert place.startswith("upload-floor 115-1 g10_11 outcome_upload")
    body["windows"][0]["opens"] = "2026-02-30 08:00"
    assert (await term.refused(SECRETARY, "adopt_calendar", body=body, reason="x"))[:2] == ("field_invalid", "規§4.1")


@pytest.mark.clause("規§4.1")
async def test_only_the_schedules_owner_or_the_secretary_drafts(term: Scene) -> None:
    assert (await term.refused(STRANGER, "adopt_calendar", body=amended(), reason="x"))[0] == "no_post"
    assert (await term.refused(REGISTRAR, "adopt_calendar", body=amended(), reason="x"))[0] == "no_post"


@pytest.mark.clause("規§4.2")
async def test_a_draft_that_another_version_overtook_is_refused_whole(term: Scene) -> None:
    draft = await resolved(term)
    await term.must(SECRETARY, "amend_date", period="115", kind="briefing", due="2026-12-05 17:00", reason="x")
    refused = await term.refused(SECRETARY, "publish_calendar", **await page(term, draft))
    assert refused == ("contradiction", "規§4.2", draft)


@pytest.mark.clause("規§4.2")
async def test_what_has_passed_is_not_moved_by_a_publication(term: Scene) -> None:
    draft = await resolved(term)
    await term.at("2026-12-01 08:00")
    code, _, place = await term.refused(SECRETARY, "publish_calendar", **await page(term, draft))
    assert (code, place) == ("before_now", "115/briefing/due")


@pytest.mark.clause("規§4.2")
async def test_a_published_draft_is_not_published_twice_and_without_snapshot_nothing_moves(term: Scene) -> None:
    draft = await resolved(term)
    wrong = await page(term, draft) | {"snapshot_sha256": "b" * 64}
    assert (await term.refused(SECRETARY, "publish_calendar", **wrong))[0] == "evidence_missing"
    await term.must(SECRETARY, "publish_calendar", **await page(term, draft))
    assert (await term.refused(SECRETARY, "publish_calendar", **await page(term, draft)))[0] == "already_done"


@pytest.mark.clause("規§4.1", "規§12")
async def test_the_authoritys_new_document_reaches_open_terms_and_their_owners(term: Scene) -> None:
    _, _, national = pack()
    body = national.model_dump(mode="json") | {"version": 2}
    for w in body["windows"]:
        if w["period"] == "115-1":
            w |= {"closes": "2027-04-01 17:00", "letter_number": "國教署第 1 號"}
    draft = (await term.must(SECRETARY, "adopt_calendar", body=amended(), reason="x"))["draft"]
    proof = await term.must(SECRETARY, "adopt_national", body=body, reason="公文")
    assert (proof["version"], proof["errors"], proof["drafts"], proof["told"]) == (2, 3, 1, 3)
    assert proof["broken"].split("; ") == [
        f"inside-national 115-1 {lane} semester_submission closes"
        for lane in ("g10_11", "g12_general", "g12_vocational")
    ]
    rows = await term.rows("select max(national) as n from basis where school = $1 group by process")
    assert [r["n"] for r in rows] == [2, 2]
    notices = await term.rows("select * from notice where school = $1 and template = 'national_changed'")
    # Who sends the rosters in that window hears too.
    assert {(n["args"]["errors"], n["person"]) for n in notices} == {
        (3, await term.holder(post)) for post in (SECRETARY, REGISTRAR, "student_life_section")
    }  # fmt: skip
    ours = await term.value(
        "select max(closes) from admission_window where school = $1 and kind = 'selection' and period = '115'"
    )
    assert ours is not None  # the school's own windows did not move
    name = await meeting(term)
    refused = await term.refused(SECRETARY, "resolve_calendar", draft=draft, meeting=name, quorum_met=True)
    assert refused[0] == "calendar_errors"


@pytest.mark.clause("規§12", "規§5.4")
async def test_a_document_of_dates_alone_keeps_what_items_hold(term: Scene) -> None:
    _, _, national = pack()
    assert national.items is not None
    variants = "select count(*) from admission_variant where school = $1"
    held = await term.value(variants)
    body = national.model_dump(mode="json", exclude={"items"}) | {"version": 2}
    await term.must(SECRETARY, "adopt_national", body=body, reason="公文")
    assert held and await term.value(variants) == held
    kept = "select body->'items' from document where school = $1 and kind = 'national' and version = $2"
    assert await term.value(kept, 2) is not None
    assert await term.value(kept, 2) == await term.value(kept, 1)


@pytest.mark.clause("規§12")
async def test_an_old_version_of_the_authority_or_a_strangers_is_refused(term: Scene) -> None:
    _, _, national = pack()
    body = national.model_dump(mode="json")
    assert await term.refused(SECRETARY, "adopt_national", body=body, reason="x") == (
        "already_exists",
        "規§12",
        "version",
    )
    newer = body | {"version": 2}
    assert (await term.refused(STRANGER, "adopt_national", body=newer, reason="x"))[0] == "no_post"
    assert (await term.refused(PRINCIPAL, "adopt_national", body={"version": 2}, reason="x"))[0] == "field_missing"


@pytest.mark.clause("規§4.2")
async def test_a_missing_letter_is_a_warning_at_publication(term: Scene) -> None:
    proof = await term.must(SECRETARY, "publish_calendar", **await page(term, await resolved(term)))
    assert proof["national_without_letter"] == 7
    assert "national_missing" not in proof


@pytest.mark.clause("規§4.1", "規§4.2")
async def test_a_window_of_the_authority_that_nobody_knows_is_named_at_publication(term: Scene) -> None:
    draft = await resolved(term)
    _, _, national = pack()
    body = national.model_dump(mode="json") | {"version": 2}
    known = [w for w in body["windows"] if w["period"] != "115"]
    await term.must(SECRETARY, "adopt_national", body=body | {"windows": known}, reason="公文")
    proof = await term.must(SECRETARY, "publish_calendar", **await page(term, draft))
    assert proof["national_missing"].split("; ") == [
        f"115/{lane}/yearly_submission" for lane in ("g10_11", "g12_general", "g12_vocational")
    ]
    assert proof["national_without_letter"] == 4


@pytest.mark.clause("規§3.1", "規§4.1")
async def test_a_resolution_rests_on_a_rehearsal_of_exactly_this_draft(term: Scene) -> None:
    draft = str((await term.must(SECRETARY, "adopt_calendar", body=amended(), reason="x"))["draft"])
    body: dict[str, Any] = {"meeting": await meeting(term), "quorum_met": True}
    assert await term.refused(SECRETARY, "resolve_calendar", draft=draft, **body) == ("gate_closed", "規§3.1", draft)
    assert (await term.refused(REGISTRAR, "rehearse_calendar", draft=draft))[0] == "no_post"
    assert (await term.refused(SECRETARY, "rehearse_calendar", draft="115/9"))[0] == "not_found"
    played = await term.must(SECRETARY, "rehearse_calendar", draft=draft, assume="nobody")
    kept = (await term.rows("select * from calendar_rehearsal where school = $1"))[0]
    text = await term.value("select sha256 from calendar_draft where school = $1")
    assert (kept["sha256"], played["draft_sha256"], kept["assumption"]) == (text, text, "nobody")
    assert kept["verdict"]["counts"]["opening"] > 20 and played["steps"] == kept["verdict"]["steps"]
    other = str((await term.must(SECRETARY, "adopt_calendar", body=amended("2026-12-11 17:00"), reason="x"))["draft"])
    assert (await term.refused(SECRETARY, "resolve_calendar", draft=other, **body))[0] == "gate_closed"
    assert (await term.must(SECRETARY, "resolve_calendar", draft=draft, **body))["rehearsal"] == f"{draft}/1"


@pytest.mark.clause("規§12")
async def test_a_rehearsal_under_an_older_document_of_the_authority_counts_no_more(term: Scene) -> None:
    draft = str((await term.must(SECRETARY, "adopt_calendar", body=amended(), reason="x"))["draft"])
    await term.must(SECRETARY, "rehearse_calendar", draft=draft)
    _, _, national = pack()
    await term.must(SECRETARY, "adopt_national", body=national.model_dump(mode="json") | {"version": 2}, reason="公文")
    body: dict[str, Any] = {"draft": draft, "meeting": await meeting(term), "quorum_met": True}
    assert (await term.refused(SECRETARY, "resolve_calendar", **body))[0] == "gate_closed"
    await term.must(SECRETARY, "rehearse_calendar", draft=draft)
    await term.must(SECRETARY, "resolve_calendar", **body)


@pytest.mark.clause("規§2", "規§10.1.2")
async def test_a_draft_is_judged_by_who_holds_the_posts_now(term: Scene) -> None:
    await term.operator.pool.execute(
        "delete from post_holder where school = $1 and post = 'it_section' and rank > 0", SCHOOL
    )
    proof = await term.must(SECRETARY, "adopt_calendar", body=amended(), reason="x")
    found = await term.value("select verdict from calendar_draft where school = $1")
    assert [f["where"]["place"] for f in found if f["rule"] == "deputy-missing"] == ["people it_section"]
    assert proof["warnings"] == len(found)
    await term.operator.pool.execute("delete from post_holder where school = $1 and post = 'it_section'", SCHOOL)
    refused = await term.refused(SECRETARY, "adopt_calendar", body=amended(), reason="x")
    assert refused == ("calendar_errors", "規§2", "post-vacant people it_section")


@pytest.mark.clause("規§4.2")
async def test_a_draft_that_lost_a_closed_day_of_the_version_in_force_is_refused(term: Scene) -> None:
    closed = {"day": "2026-11-17", "title": "颱風", "lessons": True, "offices": True}
    await term.must(SECRETARY, "move_dates", year="115", base=1, moves=[], closures=[closed], reason="颱風")
    assert await term.refused(SECRETARY, "adopt_calendar", body=amended(), reason="x") == (
        "closed_day_lost",
        "規§4.2",
        "closures",
    )
    await term.must(SECRETARY, "adopt_calendar", body=amended() | {"closures": [closed]}, reason="x")
