"""cli: `calendar rehearse` as the command line has it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli.calendar.app import calendar_app
from cli.options import Json


@calendar_app.command
def rehearse(
    file: Annotated[Path, Parameter(help="期程 YAML 或規則資料夾 · a calendar file or a pack folder")],
    *,
    school: Annotated[
        Path | None, Parameter(help="註冊組的檔案資料夾:有了它才知道是誰 · folder of the registrar's files")
    ] = None,
    absences: Annotated[
        Path | None, Parameter(help="已知的請假 CSV:職員編號,開始,結束 · absences known beforehand")
    ] = None,
    assume: Annotated[
        str, Parameter(help="on-time 人人準時、nobody 無人辦理、arrivals 依到件曲線 · how people act")
    ] = "on-time",
    pack: Annotated[Path | None, Parameter(help="規則資料夾(預設為檔案旁的 rules.yaml)· rule pack")] = None,
    national: Annotated[Path | None, Parameter(help="主管機關時程 · the authority's document")] = None,
    assumptions: Annotated[Path | None, Parameter(help="自己的假設檔 · assumptions of your own")] = None,
    html: Annotated[Path | None, Parameter(help="寫出網頁 · write a page")] = None,
    ics: Annotated[Path | None, Parameter(help="寫出 iCalendar · write a feed")] = None,
    all: Annotated[bool, Parameter(help="列出每一則提醒 · list every reminder", negative="")] = False,
    json: Json = False,
) -> int:
    """公告前先彩排整個學年:誰何時收到什麼、誰會忙不過來、哪天無人承辦 · play the year before announcing it."""
    from cli.calendar.rehearse import rehearse_file

    return rehearse_file(
        file, school=school, absences=absences, assume=assume, pack=pack, national=national, data_file=assumptions,
        as_json=json, everything=all, html=html, feed=ics,
    )  # fmt: skip
