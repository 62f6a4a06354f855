"""Daily hours of a receipts window: confirming is shut at night, and three days are counted from open to open. 規§6.2"""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from rules.schedule import DailyHours, NationalWindow
from tests.records.staff.scene import SECRETARY, SUBMISSION, Scene, pack
from tests.records.staff.test_calendars import page, resolved
from tests.rules.builders import taipei

HOURS = DailyHours(opens=time(8), closes=time(21))
SPAN = timedelta(hours=72)


@pytest.mark.clause("規§6.2")
@pytest.mark.parametrize(
    ("published", "closes"),
    [
        ("2027-04-19 08:00", "2027-04-22 21:00"),
        ("2027-04-19 08:01", "2027-04-22 08:01"),
        ("2027-04-19 12:00", "2027-04-22 12:00"),
        ("2027-04-19 20:59", "2027-04-22 20:59"),
        ("2027-04-19 21:00", "2027-04-23 21:00"),
        ("2027-04-20 03:00", "2027-04-23 21:00"),
    ],
)
def test_three_days_are_counted_from_the_first_open_instant_to_the_last(published: str, closes: str) -> None:
    assert HOURS.after(taipei(published), SPAN) == taipei(closes)
    spans = HOURS.spans(taipei(published), taipei(closes))
    assert spans[-1].closes - spans[0].opens >= SPAN


@pytest.mark.clause("規§6.1")
def test_the_central_system_takes_a_roster_only_at_its_hours() -> None:
    window = NationalWindow.model_validate(
        {
            "period": "115-1", "kind": "semester_submission", "lanes": ["g10_11"],
            "opens": "2027-03-01 10:00", "closes": "2027-03-05 17:00", "hours": {"opens": "08:00", "closes": "21:00"},
        }
    )  # fmt: skip
    asked = ["2027-03-01 10:00", "2027-03-01 10:01", "2027-03-01 21:00", "2027-03-01 21:01", "2027-03-02 08:00"]
    assert [window.takes(taipei(at)) for at in asked] == [False, True, True, False, False]
    assert window.takes(taipei("2027-03-05 17:00")) and not window.takes(taipei("2027-03-05 17:01"))


@pytest.mark.clause("規§6.2", "規§4.2")
async def test_a_receipt_is_confirmed_at_the_windows_hours_and_at_night_the_next_opening_is_named(
    roster: Scene,
) -> None:
    body = pack()[1].model_dump(mode="json")
    for w in body["windows"]:
        if w["kind"] == "semester_receipts":
            w["hours"] = {"opens": "08:00", "closes": "21:00"}
    await roster.must(SECRETARY, "publish_calendar", **await page(roster, await resolved(roster, body)))
    await roster.at("2027-04-01 10:00")
    await roster.pass_gates("import_receipt")
    await roster.at("2027-04-19 08:00")
    await roster.settle()
    first, second, third = (await roster.students())[:3]
    body = {"submission": SUBMISSION}
    await roster.at("2027-04-19 20:59")
    await roster.must(first, "confirm_receipt", **body)
    await roster.at("2027-04-19 21:00")
    for name, more in (("see_receipt", {}), ("confirm_receipt", {}), ("report_doubt", {"text": "x"})):
        answer = await roster.do(second, name, **body, **more)
        assert answer.refusal is not None, name
        assert (answer.refusal.code, answer.refusal.limit) == ("window_not_open", "2027-04-20T00:00:00Z"), name
    await roster.at("2027-04-20 07:59")
    assert (await roster.refused(second, "confirm_receipt", **body))[0] == "window_not_open"
    await roster.at("2027-04-20 08:00")
    await roster.must(second, "confirm_receipt", **body)
    closes = await roster.value("select closes from admission_window where school = $1 and kind = 'receipts'")
    told = await roster.rows("select args from notice where school = $1 and template = 'receipt_published'")
    assert {(r["args"]["closes"], r["args"]["hours"]["daily"]) for r in told} == {(closes.isoformat(), "08:00–21:00")}
    await roster.at(closes.isoformat())
    assert (await roster.refused(third, "confirm_receipt", **body))[0] == "window_closed"
