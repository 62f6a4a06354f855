"""What `calendar why` may be asked: a window, one of its edges as `calendar amend` writes them, a dated duty. 規§4.2"""

from __future__ import annotations

import pytest

from cli.calendar.why import read_place

PLACE = ["115-1", "g10_11", "certification"]


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    ("thing", "parts", "edge"),
    [
        ("115-1/g10_11/certification", PLACE, "closes"),
        ("115-1/g10_11/certification.due", PLACE, "due"),
        ("115-1/g10_11/certification/due", PLACE, "due"),
        ("115-1/g10_11/certification.correction_closes", PLACE, "correction_closes"),
        ("115-1/g10_11/certification.self_check.closes", PLACE, "self_check_closes"),
        ("115/briefing", ["115", "briefing"], "due"),
        ("115/briefing.opens", ["115", "briefing"], "opens"),
        ("115/briefing/due", ["115", "briefing"], "due"),
        ("115-1.closing_ceremony", ["115-1"], "closing_ceremony"),
        ("115-1.opens", ["115-1"], "opens"),
        (
            "national/115-1/g12_general/semester_submission",
            ["national", "115-1", "g12_general", "semester_submission"],
            "closes",
        ),
        (
            "national/115-1/g12_general/semester_submission.opens",
            ["national", "115-1", "g12_general", "semester_submission"],
            "opens",
        ),
        ("115-1/g10_11/certification.nothing", ["115-1", "g10_11", "certification.nothing"], "closes"),
    ],
)
def test_an_edge_is_asked_as_an_amendment_names_it(thing: str, parts: list[str], edge: str) -> None:
    assert read_place(thing) == (parts, edge)
