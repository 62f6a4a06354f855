"""`starter.py calendar rehearse`: one command on one file, no server; refusals name the row."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest

from cli.app import app
from rules.instants import TAIPEI

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "schools" / "licheng"
SMALL = ROOT / "schools" / "samples" / "small"


def run(*words: str | Path) -> int:
    return int(app(["calendar", "rehearse", *map(str, words)], result_action="return_value") or 0)


def rehearsed(capsys: pytest.CaptureFixture[str], *words: str | Path) -> dict[str, Any]:
    assert run(*words, "--json") == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found[-1]


@pytest.mark.clause("規§3.1", "規§4.1")
@pytest.mark.parametrize("pack", ["licheng", "dongshan", "taoyuan", "yongping"])
def test_every_pack_is_rehearsed_without_server_database_or_account(
    pack: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = rehearsed(capsys, ROOT / "schools" / pack)
    kinds = {line["kind"] for line in found["script"]}
    assert {"opening", "reminder", "handoff", "closing"} <= kinds
    assert found["critical_paths"][0]["float_days"] == min(p["float_days"] for p in found["critical_paths"])


def test_a_single_calendar_file_finds_the_rules_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    pack = rehearsed(capsys, PACK)
    assert rehearsed(capsys, PACK / "calendar-115.yaml") == pack


@pytest.mark.clause("規§10.1.2")
def test_absences_show_where_nobody_holds_a_duty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    away = tmp_path / "away.csv"
    # The registrar of the sample school and both deputies, on one working day of the submission.
    away.write_text(
        "職員編號,開始,結束,事由\n" + "".join(f"{n},2027-03-30,2027-03-30,x\n" for n in ("A07", "A08", "A09")), "utf-8"
    )
    found = rehearsed(capsys, PACK, "--school", SMALL, "--absences", away)
    gaps = [(g["post"], g["first"], g["last"], g["vacant"]) for g in found["uncovered"]]
    assert ("registration_section", "2027-03-30", "2027-03-30", False) in gaps


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("A99,2027-03-30,2027-03-30", "職員編號"),
        ("A07,2027-02-29,2027-03-30", "開始"),
        ("A07,2027-03-30,2027-03-29", "結束"),
        ("A07,2027-03-30,tomorrow", "結束"),
    ],
)
def test_a_wrong_absence_names_its_row_and_field(row: str, field: str, tmp_path: Path) -> None:
    from rosters.documents import DocumentError

    away = tmp_path / "away.csv"
    away.write_text(f"職員編號,開始,結束\n{row}\n", "utf-8")
    with pytest.raises(DocumentError) as refused:
        run(PACK, "--school", SMALL, "--absences", away)
    assert [(p.line, p.field) for p in refused.value.problems] == [(2, field)]


def test_an_unknown_assumption_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PACK, "--assume", "sometimes") == 2
    assert "on-time, nobody, arrivals" in capsys.readouterr().err


@pytest.mark.clause("規§4.2")
def test_feed_and_page_and_script_say_the_same_dates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, feed = tmp_path / "r.html", tmp_path / "r.ics"
    found = rehearsed(capsys, PACK, "--school", SMALL, "--html", page, "--ics", feed)
    wanted = {
        datetime.fromisoformat(x["at"])
        for x in found["script"]
        if x["outcome"] == "done" and x["kind"] not in ("start", "roster")
    }
    read = icalendar.Calendar.from_ical(feed.read_bytes())
    assert {e.decoded("dtstart") for e in read.walk("VEVENT")} == wanted
    text = page.read_text("utf-8")
    from rules.roc import roc_instant

    assert [at for at in sorted(wanted) if roc_instant(at.astimezone(TAIPEI)) not in text] == []
    assert "<script" not in text and "http" not in text.replace("http-equiv", "")
    assert [x for x in re.findall(r'lang="en">([^<]*)<', text) if re.search("[\u4e00-\u9fff]", x)] == []
    assert "假設的依據:推測" in text


def test_the_feed_names_posts_and_no_person(tmp_path: Path) -> None:
    feed = tmp_path / "r.ics"
    assert run(PACK, "--school", SMALL, "--ics", feed) == 0
    names = [line.split(",")[1] for line in (SMALL / "staff.csv").read_bytes().decode("cp950").splitlines()[1:]]
    text = icalendar.Calendar.from_ical(feed.read_bytes()).to_ical().decode().replace("\r\n ", "")
    assert [n for n in names if n in text] == []
