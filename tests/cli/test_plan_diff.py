"""`starter.py plan diff`: unexplained changes stop, explained ones pass, unreadable input is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli.app import app
from rosters.documents import DocumentError

PACK = Path(__file__).resolve().parents[2] / "schools" / "licheng"


def run(*words: str | Path) -> int:
    return int(app(["plan", *map(str, words)], result_action="return_value") or 0)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The pack with the selection of grades 10 and 11 closing three days later, its self-check too."""
    shutil.copytree(PACK, tmp_path / "new")
    path = tmp_path / "new" / "calendar-115.yaml"
    text = path.read_text("utf-8")
    old = "due: 2027-09-03 17:00, closes: 2027-09-04 00:00, self_check: {opens: 2027-08-30 08:00, closes: 2027-09-03 17:00"
    assert text.count(old) == 1
    path.write_text(text.replace(old, old.replace("09-03 17", "09-06 17").replace("09-04", "09-07")), "utf-8")
    return tmp_path / "new"


@pytest.mark.clause("規§13")
def test_an_unexplained_change_stops_and_an_explained_one_passes(
    newer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("diff", PACK, newer, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["unexplained"] == len(found["changes"]) == 9
    assert {c["what"] for c in found["changes"]} == {"moved"}
    reasons = tmp_path / "changes.yaml"
    reasons.write_text('changes:\n  - {match: "*selection_self_check*", because: 導師會議決議}\n', "utf-8")
    assert run("diff", PACK, newer, "--changes", reasons) == 1
    assert run("diff", PACK, newer, "--changes", reasons, "--because", "*|selection|close=同一決議") == 1
    given = ("--because", "*|selection|close=同一決議", "--because", "*|selection|due=同一決議")
    assert run("diff", PACK, newer, "--changes", reasons, *given) == 0


@pytest.mark.clause("規§4.2")
def test_people_read_the_titles_of_what_changes_and_of_who_is_told(
    newer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("diff", PACK, newer) == 1
    said = capsys.readouterr().out
    assert "期限 一、二年級 勾選" in said
    told = [line for line in said.splitlines() if line.startswith("移動")]
    assert told and not any("g10_11" in line or "_section" in line for line in told)


def moved(tmp_path: Path, line: str, old: str, new: str) -> Path:
    """The pack with one date of the line that begins so moved."""
    shutil.copytree(PACK, tmp_path / "moved")
    path = tmp_path / "moved" / "calendar-115.yaml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    found = [n for n, text in enumerate(lines) if text.startswith(f"  - {{{line},")]
    assert len(found) == 1 and lines[found[0]].count(old) == 1
    lines[found[0]] = lines[found[0]].replace(old, new)
    path.write_text("".join(lines), "utf-8")
    return tmp_path / "moved"


@pytest.mark.clause("規§4.2", "規§5.3.2")
def test_a_deadline_that_only_is_announced_later_stops_with_its_lane_and_the_teachers_ladder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "period: 115-2, lane: g10_11, kind: certification"
    newer = moved(tmp_path, line, "due: 2027-07-23 17:00", "due: 2027-07-28 17:00")
    assert run("diff", PACK, newer, "--json") == 1
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert {c["what"] for c in changes} == {"moved"}
    told = {c["planned"]["id"].split("/")[-1]: c["told"] for c in changes}
    assert told["115-2|g10_11|certification|due"] == ["g10_11"]
    assert told["115-2#certification#g10_11|rung-7"] == ["course_teacher"]
    assert told["115-2#certification#g10_11|rung+1"] == ["instruction_section"]
    assert run("diff", PACK, newer, "--because", "*=認證延後") == 0


@pytest.mark.clause("規§4.2")
def test_a_self_check_follows_its_own_published_close_and_not_the_window_s_deadline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "period: 115-2, lane: g10_11, kind: outcome_upload"
    newer = moved(tmp_path, line, "due: 2027-07-14 17:00", "due: 2027-07-12 17:00")
    assert run("diff", PACK, newer, "--json") == 1
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert [c["planned"]["id"].split("/")[-1] for c in changes] == ["115-2|g10_11|outcome_upload|due"]


def test_a_kept_plan_is_compared_with_this_release(tmp_path: Path, newer: Path) -> None:
    kept = tmp_path / "plan.json"
    assert run("save", kept, "--pack", PACK) == 0
    assert run("diff", kept, PACK) == 0
    assert run("diff", kept, newer) == 1


def test_plan_alone_still_prints_a_packs_year(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PACK, "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["moments"]


@pytest.mark.parametrize("words", [("diff", "nowhere", PACK), ("diff", PACK), ("diff", PACK, PACK, "--because", "x=")])
def test_what_cannot_be_read_is_refused(words: tuple[str | Path, ...]) -> None:
    with pytest.raises(DocumentError):
        run(*words)
