"""The working group decides, then the calendar is published with its proof."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.staff.scene import PRINCIPAL, REGISTRAR, SECRETARY, SEMESTER, STRANGER, Scene

MEETING = f"{SEMESTER}#meeting"
PUBLICATION = f"{SEMESTER}#calendar_publication"
ALL = [f"規§3.{n}" for n in range(1, 7)]


def meeting(**changes: Any) -> dict[str, Any]:
    """A lawful meeting of the first semester, on the day of the scene."""
    return {"period": "115-1", "held": "2026-08-03", "present": 12, "decided": ALL[:4], "not_due": ALL[4:]} | changes


async def page(term: Scene, **changes: Any) -> dict[str, Any]:
    """A publication whose snapshot is stored."""
    return {"period": "115-1", "url": "https://school.example/115-1", "snapshot_sha256": await term.file()} | changes


@pytest.mark.clause("規§3.0")
async def test_a_meeting_that_marks_all_six_matters_does_the_meeting_duty(term: Scene) -> None:
    proof = await term.must(SECRETARY, "record_meeting", **meeting())
    # The rules name no quorum: whether enough came, a person says.
    assert (proof["meeting"], proof["quorum"], proof["kind"]) == ("115-1/1", "person", "meeting")
    assert not await term.owed(MEETING)
    assert (await term.fact(proof))["wakes"] == SEMESTER


@pytest.mark.clause("規§3.1", "規§3.2", "規§3.3", "規§3.4", "規§3.5", "規§3.6")
@pytest.mark.parametrize("left_out", ALL)
async def test_a_matter_that_is_neither_decided_nor_not_due_is_asked_for(term: Scene, left_out: str) -> None:
    answer = await term.do(
        SECRETARY, "record_meeting", **meeting(decided=[x for x in ALL if x != left_out], not_due=[])
    )
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.place, answer.refusal.limit) == (
        "bad_request",
        "decided, not_due",
        left_out,
    )


@pytest.mark.clause("規§3.0")
@pytest.mark.parametrize(
    "changes",
    [{"decided": ALL, "not_due": ALL[:1]}, {"decided": [*ALL, "規§" + "9.9"], "not_due": []}, {"held": "2026-08-04"}],
)
async def test_minutes_that_contradict_themselves_or_come_too_early_are_refused(
    term: Scene, changes: dict[str, Any]
) -> None:
    assert (await term.refused(SECRETARY, "record_meeting", **meeting(**changes)))[:2] == ("bad_request", "規§3.0")


@pytest.mark.clause("規§3.0")
async def test_minutes_are_stored_before_they_are_named(term: Scene) -> None:
    refused = await term.refused(SECRETARY, "record_meeting", **meeting(minutes_sha256="a" * 64))
    assert refused == ("evidence_missing", "規§3.0", "minutes_sha256")
    await term.must(PRINCIPAL, "record_meeting", **meeting(minutes_sha256=await term.file("minutes")))


@pytest.mark.clause("規§3.0")
async def test_a_second_meeting_is_kept_and_the_duty_stays_done_since_the_first(term: Scene) -> None:
    await term.must(SECRETARY, "record_meeting", **meeting())
    before = await term.tables(("duty",))
    await term.at("2026-08-10 10:00")
    proof = await term.must(SECRETARY, "record_meeting", **meeting(held="2026-08-10"))
    assert (proof["kind"], proof["meeting"]) == ("meeting_recorded", "115-1/2")
    assert await term.tables(("duty",)) == before


@pytest.mark.clause("規§3.0")
async def test_who_does_not_lead_the_group_records_no_meeting(term: Scene) -> None:
    assert (await term.refused(STRANGER, "record_meeting", **meeting()))[:2] == ("no_post", "規§3.0")
    assert (await term.refused(SECRETARY, "record_meeting", **meeting(period="199-1")))[0] == "not_found"


@pytest.mark.clause("規§3.1", "規§4.2")
async def test_the_calendar_is_published_after_a_meeting_decided_it(term: Scene) -> None:
    assert await term.refused(SECRETARY, "publish_calendar", **await page(term)) == (
        "gate_closed",
        "規§3.1",
        PUBLICATION,
    )
    await term.must(SECRETARY, "record_meeting", **meeting(decided=ALL[1:], not_due=ALL[:1]))
    assert (await term.refused(SECRETARY, "publish_calendar", **await page(term)))[0] == "gate_closed"
    await term.must(SECRETARY, "record_meeting", **meeting())
    proof = await term.must(SECRETARY, "publish_calendar", **await page(term))
    assert (proof["publication"], proof["calendar"]) == ("115-1/1", 1)
    assert not await term.owed(PUBLICATION)


@pytest.mark.clause("規§4.2")
async def test_a_publication_without_a_snapshot_of_the_page_is_none(term: Scene) -> None:
    await term.must(SECRETARY, "record_meeting", **meeting())
    refused = await term.refused(SECRETARY, "publish_calendar", **await page(term, snapshot_sha256="b" * 64))
    assert refused == ("evidence_missing", "規§4.2", "snapshot_sha256")
    assert (await term.refused(REGISTRAR, "publish_calendar", **await page(term)))[0] == "no_post"
    assert (await term.refused(SECRETARY, "complete_duty", duty=PUBLICATION))[0] == "evidence_missing"


@pytest.mark.clause("規§4.2")
async def test_an_amended_calendar_is_published_again_under_its_version(term: Scene) -> None:
    await term.must(SECRETARY, "record_meeting", **meeting())
    await term.must(SECRETARY, "publish_calendar", **await page(term))
    done = await term.tables(("duty",))
    await term.must(SECRETARY, "amend_date", period="115", kind="briefing", due="2026-12-10 17:00", reason="講師改期")
    proof = await term.must(SECRETARY, "publish_calendar", **await page(term))
    assert (proof["kind"], proof["publication"], proof["calendar"]) == ("calendar_published", "115-1/2", 2)
    assert await term.tables(("duty",)) == done
