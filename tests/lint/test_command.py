"""`calendar lint` and `calendar explain` on files alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli.app import app
from cli.calendar.lint import rules_page
from rosters.documents import DocumentError
from rules.lint.book import RULES

ROOT = Path(__file__).resolve().parents[2]
LICHENG = ROOT / "schools" / "licheng"


def run(*words: object) -> int:
    code = app([str(w) for w in words], result_action="return_value")
    assert isinstance(code, int)
    return code


def spoilt(tmp_path: Path, old: str, new: str) -> Path:
    text = (LICHENG / "calendar-115.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "calendar-115.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_page_of_rules_is_what_the_code_says() -> None:
    """Write it again with `python -m cli.calendar.pages`."""
    assert (ROOT / "docs" / "lint-rules.md").read_text(encoding="utf-8") == rules_page()


@pytest.mark.parametrize("pack", ["licheng", "dongshan", "yongping", "taoyuan"])
def test_a_pack_has_no_lint_error(pack: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("calendar", "lint", ROOT / "schools" / pack) == 0
    assert "0 errors" in capsys.readouterr().out


@pytest.mark.clause("規§5.3.1")
def test_an_error_names_file_line_clause_and_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spoilt(tmp_path, "closes: 2027-02-04 00:00", "closes: 2027-02-03 23:59")
    assert run("calendar", "lint", path, "--pack", LICHENG, "--json") == 1
    shown = json.loads(capsys.readouterr().out)
    [one] = [f for f in shown["findings"] if f["severity"] == "error"]
    line = path.read_text(encoding="utf-8").splitlines()[one["where"]["line"] - 1]
    assert "g10_11, kind: outcome_upload" in line and "23:59" in line
    assert one["where"]["file"] == str(path)
    assert set(one) >= {"rule", "clause", "severity", "where", "message", "remedy", "source"}
    assert (shown["exit"], one["rule"], one["clause"]) == (1, "upload-floor", "規§5.3.1")


def test_people_read_the_line_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spoilt(tmp_path, "closes: 2027-02-04 00:00", "closes: 2027-02-03 23:59")
    assert run("calendar", "lint", path, "--pack", LICHENG) == 1
    told = capsys.readouterr().out
    line = path.read_text(encoding="utf-8").split("closes: 2027-02-03 23:59")[0].count("\n") + 1
    assert f"{path}:{line} 115-1 g10_11 outcome_upload closes:2027-02-03(三) 23:59" in told
    assert "1 errors" in told


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("due: 2027-02-03 17:00", "due: 2027-02-30 17:00", "windows.3.due"),
        ("due: 2027-02-03 17:00", "due: 2027-02-03 25:00", "windows.3.due"),
        ("due: 2027-02-03 17:00", "dueing: 2027-02-03 17:00", "windows.3.due"),
        ("due: 2027-02-03 17:00", "due: 2027-03-03 17:00", "windows.3"),
        ("school_year: 115", "school_year: 一一五", "school_year"),
        ("windows:", "windows: [", ""),
        ("closing_ceremony: 2027-06-30", "closing_ceremony: 9999-12-31", "semesters.115-2.closing_ceremony"),
        ("opens: 2026-08-31 08:00", "opens: 0001-01-01 00:00", "windows.3.opens"),
        ("due: 2027-02-03 17:00", "due: 9999-12-31 24:00", "windows.3.due"),
        ("school_year: 115", "school_year: 99999", "school_year"),
    ],
)
def test_an_unreadable_field_is_named_with_its_line_and_nothing_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, field: str
) -> None:
    path = spoilt(tmp_path, old, new)
    assert run("calendar", "lint", path, "--pack", LICHENG, "--json") == 2
    shown = json.loads(capsys.readouterr().out)
    assert shown["findings"] == []
    first = shown["problems"][0]
    assert first["line"] >= 1 and first["remedy"] and first["remedy_en"] and first["rule"]
    assert first["field"] == field or field in first["field"] or first["field"] in ("due", "windows.3.due")
    with pytest.raises(DocumentError):
        run("calendar", "lint", path, "--pack", LICHENG)


def test_a_file_without_its_rules_is_refused(tmp_path: Path) -> None:
    shutil.copy(LICHENG / "calendar-115.yaml", tmp_path)
    with pytest.raises(DocumentError, match="--pack"):
        run("calendar", "lint", tmp_path / "calendar-115.yaml")
    with pytest.raises(DocumentError):
        run("calendar", "lint", tmp_path / "none.yaml", "--pack", LICHENG)


PEOPLE = """since: 2026-07-01 00:00
posts:
  registration_section: {holder: T01, deputies: [T02]}
absences:
  - {person: T01, first: 2027-03-01, last: 2027-03-03}
  - {person: T02, first: 2027-03-02, last: 2027-03-02}
"""


@pytest.mark.clause("規§10.1.2")
def test_a_day_on_which_the_deputies_reach_nobody_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = tmp_path / "people.yaml"
    people.write_text(PEOPLE, encoding="utf-8")
    assert run("calendar", "lint", LICHENG, "--people", people, "--json") == 1
    found = {f["rule"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert found["nobody-reached"]["found"] == "2027-03-02(二) 1 日 · days"
    assert "post-vacant" in found


def test_nobody_is_their_own_deputy(tmp_path: Path) -> None:
    people = tmp_path / "people.yaml"
    people.write_text(PEOPLE.replace("[T02]", "[T01]"), encoding="utf-8")
    with pytest.raises(DocumentError, match="own deputy"):
        run("calendar", "lint", LICHENG, "--people", people)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_can_be_explained(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("calendar", "explain", rule) == 0
    told = capsys.readouterr().out
    assert RULES[rule].clause in told and RULES[rule].remedy[1] in told and RULES[rule].why[0] in told


def test_an_unknown_rule_is_refused_and_similar_ones_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("calendar", "explain", "floor") == 2
    assert "upload-floor" in capsys.readouterr().err


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("calendar", "explain", "--json") == 0
    assert [r["rule"] for r in json.loads(capsys.readouterr().out)] == list(RULES)
