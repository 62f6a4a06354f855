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


@pytest.mark.clause("規§4.1")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("1140305,三,0,", "看起來是民國日期 114年3月5日"),
        ("114/3/5,三,0,", "看起來是民國日期 114年3月5日"),
        ("1140229,六,2,", "看起來是民國日期,而且沒有這一天"),
        ("5 March,三,0,", "不是這個寫法"),
        ("0114/03/05,一,0,", "西元 114 年不是辦公日曆的年份"),
    ],
)
def test_a_day_in_roc_years_is_refused_with_what_was_found_and_never_guessed_at(
    tmp_path: Path, line: str, found: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        read_office_calendar(written(tmp_path / "a.csv", rows(2025, d0305=line)))
    [problem] = caught.value.problems
    assert (problem.line, problem.field, problem.value) == (65, "西元日期", line.split(",")[0])
    assert found in problem.rule and "西元" in problem.rule and problem.remedy_en


@pytest.mark.parametrize("text", ["2025/3/5", "2025-03-05", "2025/03/05"])
def test_the_day_may_have_signs_between_its_numbers(tmp_path: Path, text: str) -> None:
    [found] = read_office_calendar(written(tmp_path / "a.csv", rows(2025, d0305=f"{text},三,2,")))
    assert date(2025, 3, 5) in found.off


def test_a_whole_year_in_roc_is_told_by_its_first_rows_and_their_number(tmp_path: Path) -> None:
    roc = [f"{int(x[:4]) - 1911}{x[4:]}" for x in rows(2025)]
    with pytest.raises(DocumentError) as caught:
        read_office_calendar(written(tmp_path / "a.csv", roc))
    assert len(caught.value.problems) == 21 and "345 more rows" in caught.value.problems[-1].rule


def test_a_file_that_is_not_there_or_no_csv_says_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="there is no such file"):
        read_office_calendar(tmp_path / "none.csv")
    (tmp_path / "a.csv").write_bytes(b"a\x00b")
    with pytest.raises(DocumentError, match="taken for CSV by its name, but it is no text"):
        read_office_calendar(tmp_path / "a.csv")


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
    before, after = (p.read_text(encoding="utf-8") for p in (NATIONAL, document))
    # What is before the years keeps its very lines, quotes and comments: a person reads the difference.
    assert after.partition("office_years:")[0] == before.partition("office_years:")[0]
    assert "公告時會提醒" in after
    assert load_national(document).windows == load_national(NATIONAL).windows
    assert app(words, result_action="return_value") == 0
    assert "沒有變動" in capsys.readouterr().out
