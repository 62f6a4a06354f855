"""The calendar file for people: every field has an example, changes keep comments, faults name everything. 規§4.2"""

from __future__ import annotations

import re
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from cli.app import app
from rosters.calendar_yaml import calendar_yaml, one_line
from rosters.coverage import load_people
from rosters.documents import DocumentError, load_calendar
from rules.schedule import (
    Calendar,
    Closure,
    DailyHours,
    DeadlineDate,
    SchoolDays,
    SelfCheck,
    SemesterDates,
    WindowDates,
)

ROOT = Path(__file__).resolve().parents[2]
LICHENG = ROOT / "schools" / "licheng"
PAGE = (ROOT / "docs" / "calendar-file.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
SHAPES: tuple[type[BaseModel], ...] = (
    Calendar, SemesterDates, WindowDates, DailyHours, SelfCheck, DeadlineDate, SchoolDays, Closure,
)  # fmt: skip


def test_the_example_in_the_docs_is_read_and_gives_every_field(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(BLOCKS[0], encoding="utf-8")
    calendar = load_calendar(path)
    [window], [own], [closure] = calendar.windows, calendar.school_days, calendar.closures
    assert window.hours is not None and window.self_check is not None
    given = [
        calendar, calendar.semesters["115-1"], window, window.hours, window.self_check, calendar.deadlines[0], own, closure,
    ]  # fmt: skip
    for shape, value in zip(SHAPES, given, strict=True):
        assert set(shape.model_fields) == value.model_fields_set, shape.__name__


def test_the_example_of_people_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(BLOCKS[1], encoding="utf-8")
    people = load_people(path)
    assert [h.person for h in people.holdings["registration_section"]] == ["T01", "T02", "T03"]
    assert len(people.away) == 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(LICHENG / "calendar-115.yaml", tmp_path))


def set_(file: Path, *changes: str) -> int:
    code = app(["calendar", "set", str(file), *changes, "--pack", str(LICHENG)], result_action="return_value")
    assert isinstance(code, int)
    return code


@pytest.mark.clause("規§4.2")
def test_a_changed_date_keeps_every_comment_and_every_other_date(file: Path) -> None:
    before = load_calendar(file)
    comments = re.findall(r"#.*", file.read_text(encoding="utf-8"))
    assert set_(file, "115-1/g10_11/outcome_upload.due=2027-02-03 21:00", "meeting/115-1.due=2026-08-20 17:00") == 0
    after = load_calendar(file)
    assert re.findall(r"#.*", file.read_text(encoding="utf-8")) == comments
    moved = [(a.period, a.lane, a.kind) for a, b in zip(after.windows, before.windows, strict=True) if a != b]
    assert moved == [("115-1", "g10_11", "outcome_upload")]
    assert sum(a != b for a, b in zip(after.deadlines, before.deadlines, strict=True)) == 1
    assert set_(file, "115-1/meeting.due=2026-08-19 17:00") == 0, "the order in which `calendar amend` names it"
    assert "08-19" in file.read_text(encoding="utf-8")


@pytest.mark.clause("規§4.1")
def test_a_change_that_the_linter_warns_of_is_written_and_its_warning_shown(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set_(file, "115/briefing.due=2026-12-05 17:00") == 0
    said = capsys.readouterr().out
    assert "⚠ 期限落在假日:115 briefing due" in said and "a deadline falls on a day off" in said
    assert set_(file, "115/briefing.due=2026-12-04 17:00") == 0
    assert "⚠" not in capsys.readouterr().out


@pytest.mark.clause("規§5.3.1")
def test_a_change_that_breaks_a_floor_is_not_written(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file.read_bytes()
    changes = (
        "115-1/g10_11/outcome_upload.due=2027-02-02 17:00",
        "115-1/g10_11/outcome_upload.closes=2027-02-03 00:00",
    )
    assert set_(file, *changes) == 1
    assert "upload-floor" in capsys.readouterr().err
    assert file.read_bytes() == before
    assert sorted(p.name for p in file.parent.iterdir()) == [file.name]


@pytest.mark.parametrize(
    "change", ["115-1/g10/outcome_upload.due=2027-02-03 21:00", "nowhere=1", "115-1/g10_11/outcome_upload.due=2027-02-30 17:00",
               "115-1/g10_11/outcome_upload.dew=2027-02-03 17:00", "semesters.115-3.first_day=2026-08-31"]
)  # fmt: skip
def test_a_place_or_value_that_does_not_exist_is_refused_and_changes_nothing(file: Path, change: str) -> None:
    before = file.read_bytes()
    with pytest.raises(DocumentError) as caught:
        set_(file, change)
    assert all(p.remedy and p.remedy_en and p.file == str(file) for p in caught.value.problems)
    assert file.read_bytes() == before
    assert sorted(p.name for p in file.parent.iterdir()) == [file.name]


def test_a_change_without_a_value_is_refused(file: Path) -> None:
    assert set_(file, "115-1/g10_11/outcome_upload.due") == 2


@pytest.mark.clause("規§4.2")
@pytest.mark.parametrize(
    "source", [BLOCKS[0], *sorted(ROOT.glob("schools/*/calendar-*.yaml"))], ids=lambda s: str(s)[-60:]
)
def test_a_calendar_written_as_a_file_is_read_as_the_same_calendar(source: str | Path, tmp_path: Path) -> None:
    path, copy = tmp_path / "calendar.yaml", tmp_path / "copy.yaml"
    path.write_text(source if isinstance(source, str) else source.read_text(encoding="utf-8"), encoding="utf-8")
    calendar = load_calendar(path)
    copy.write_text(calendar_yaml(calendar, state="v1"), encoding="utf-8")
    assert load_calendar(copy) == calendar


odd = st.text(st.sampled_from("a\"\\'#:{}[],\n\t\u2028 風「」true115-"), min_size=1, max_size=20)


@settings(max_examples=50, deadline=None)
@given(title=odd, source=odd, minutes=st.integers(0, 1_439))
def test_no_title_and_no_minute_is_lost_in_the_file(title: str, source: str, minutes: int) -> None:
    body = load_calendar(LICHENG / "calendar-115.yaml").model_dump()
    # A few of its dates are enough here: the test above writes every calendar whole.
    body |= {"title": title, "source": source, "windows": body["windows"][:4], "deadlines": body["deadlines"][:1]}
    body["windows"][3]["closes"] += timedelta(minutes=minutes)
    body["closures"] = [{"day": date(2027, 2, 3), "lessons": False, "title": title}]
    calendar = Calendar.model_validate(body)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calendar.yaml"
        path.write_text(calendar_yaml(calendar, state=title), encoding="utf-8")
        again = load_calendar(path)
    plain = {"title": one_line(title), "source": one_line(source)}
    closed = calendar.closures[0].model_copy(update={"title": one_line(title)})
    assert again == calendar.model_copy(update=plain | {"closures": (closed,)})
