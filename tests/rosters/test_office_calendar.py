"""The office calendar's CSV as it is published: two encodings, revised within a year, judged by 是否放假. 規§4.1"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import holidays
import pytest

from cli.app import app
from rosters.documents import DocumentError, load_national
from rosters.office_calendar import read_office_calendar
from rules.days import WorkingDays
from rules.instants import DAY
from rules.roc import WEEKDAYS

NATIONAL = Path(__file__).resolve().parents[2] / "schools" / "national" / "115.yaml"


def rows(year: int, **changed: str) -> list[str]:
    known = holidays.country_holidays("TW", years=year)
    lines, day = [], date(year, 1, 1)
    while day.year == year:
        off = "0" if known.is_working_day(day) else "2"
        remark = known.get(day, "補行上班" if off == "0" and day.weekday() > 4 else "")
        lines.append(changed.get(f"d{day:%m%d}", f"{day:%Y%m%d},{WEEKDAYS[day.weekday()]},{off},{remark}"))
        day += DAY
    return lines


def written(path: Path, lines: list[str], encoding: str = "utf-8-sig") -> Path:
    path.write_bytes("\r\n".join(["西元日期,星期,是否放假,備註", *lines, ""]).encode(encoding))
    return path


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp950"])
@pytest.mark.parametrize("year", [2024, 2025])
def test_a_year_is_read_in_every_encoding_with_its_make_up_saturday(tmp_path: Path, encoding: str, year: int) -> None:
    [found] = read_office_calendar(written(tmp_path / "a.csv", rows(year), encoding))
    assert found.make_up == {2024: (date(2024, 2, 17),), 2025: (date(2025, 2, 8),)}[year]
    days, known, day = WorkingDays([found]), holidays.country_holidays("TW", years=year), date(year, 1, 1)
    while day.year == year:
        assert days.works(day) == known.is_working_day(day)
        day += DAY
    assert not found.assumed


def test_the_remark_does_not_decide(tmp_path: Path) -> None:
    changed = rows(2025, d0208="20250208,六,2,補行上班日取消", d0305="20250305,三,0,颱風放假")
    [found] = read_office_calendar(written(tmp_path / "a.csv", changed))
    assert found.make_up == ()
    assert date(2025, 3, 5) not in found.off


@pytest.mark.parametrize(
    ("day", "line", "field"),
    [
        ("d0305", "20250305,四,0,", "星期"),
        ("d0305", "20250230,三,0,", "西元日期"),
        ("d0305", "20250305,三,1,", "是否放假"),
        ("d0305", "20250304,二,0,", "西元日期"),
        ("d0305", "soon,三,0,", "西元日期"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken(tmp_path: Path, day: str, line: str, field: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_office_calendar(written(tmp_path / "a.csv", rows(2025, **{day: line})))
    [problem] = caught.value.problems
    assert (problem.line, problem.field) == (65, field)
    assert problem.remedy and problem.remedy_en


def test_a_year_that_is_not_whole_an_empty_file_and_the_one_for_google_are_refused(tmp_path: Path) -> None:
    for lines in (rows(2025)[:-1], []):
        with pytest.raises(DocumentError):
            read_office_calendar(written(tmp_path / "a.csv", lines))
    (tmp_path / "g.csv").write_text("Subject,Start Date\n元旦,2025/1/1\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="Google"):
        read_office_calendar(tmp_path / "g.csv")


def test_a_revision_within_the_year_replaces_it_and_comments_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = Path(shutil.copy(NATIONAL, tmp_path / "115.yaml"))
    file = written(tmp_path / "a.csv", rows(2027, d0315="20270315,一,2,新增放假", d0320="20270320,六,0,"))
    words = ["calendar", "office", str(file), "--write", str(document)]
    assert app(words, result_action="return_value") == 0
    told = capsys.readouterr().out
    assert "+ 2027-03-15 放假" in told and "+ 2027-03-20 補行上班" in told
    found = next(y for y in load_national(document).office_years if y.year == 2027)
    assert not found.assumed and date(2027, 3, 15) in found.off and found.make_up == (date(2027, 3, 20),)
    assert "公告時會提醒" in document.read_text(encoding="utf-8")
    assert load_national(document).windows == load_national(NATIONAL).windows
    assert app(words, result_action="return_value") == 0
    assert "沒有變動" in capsys.readouterr().out
