"""cli: a calendar as a resolved document: adopt, resolve, publish, diff, show, national. 規§3.1, 規§4.1, 規§4.2"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.calendar.inputs import documents
from cli.doing import give
from cli.options import HERE, Acting, Key, Where
from cli.place import Place, opened
from records.db import Connection, school_now
from records.files.store import put
from records.queries.calendars import NEVER, Kept, judged_by, kept, newest_name, stood
from records.queries.own_dates import changes_for
from rosters.calendar_yaml import calendar_yaml
from rosters.documents import DocumentError, DocumentProblem, load_calendar, load_national
from rules.calendar_diff import CLOSED_DAY, SCHOOL_DAYS, SEMESTER, DateChange, calendar_diff
from rules.items.links import need_page
from rules.ruleset import RuleSet
from rules.schedule import Calendar

Year = Annotated[str | None, Parameter(name="--year", help="學年度(預設最新)· school year, the newest by default")]
Reason = Annotated[str, Parameter(help="理由 · why")]
WHATS = {"added": "新增", "lost": "刪除", "moved": "移動"}
EDGES = {
    "opens": "開始", "due": "期限", "closes": "關閉", "correction_closes": "退件更正關閉", "hours": "每日時段",
    "first_day": "開學日", "closing_ceremony": "休業式", "self_check.opens": "自我檢核開始", "self_check.closes": "自我檢核結束", "self_check.checker": "檢核人",
}  # fmt: skip
DAYS = {CLOSED_DAY: "停班停課日", SCHOOL_DAYS: "學校行事", SEMESTER: "學期"}
STATES = {"draft": "草案", "resolved": "已議決", "in force": "施行中", "published": "已公告"}


@calendar_app.command
def adopt(file: Annotated[Path, Parameter(help="期程 YAML · the calendar file")], *, reason: Reason, by: Acting) -> int:
    """把期程檔登錄為草案,附檢核結果;有錯誤則拒絕 · store a draft with its verdict; errors refuse it (規§4.1)."""
    body = {"body": load_calendar(file).model_dump(mode="json"), "reason": reason}
    return give(by, "adopt_calendar", body)


@calendar_app.command(name="rehearse-draft")
def rehearse_draft(
    draft: Annotated[str, Parameter(help="草案代號,例如 115/1 · the draft")],
    *,
    by: Acting,
    assume: Annotated[
        Literal["on-time", "nobody", "arrivals"], Parameter(help="人們如何辦理(見 rehearse)· how people act")
    ] = "on-time",
) -> int:
    """以學校現在的職務、請假與班級彩排草案並登錄結論;議決前必須 · rehearse a draft with the live school (規§3.1)."""
    return give(by, "rehearse_calendar", {"draft": draft, "assume": assume})


@calendar_app.command
def resolve(
    draft: Annotated[str, Parameter(help="草案代號,例如 115/1 · the draft")],
    *,
    meeting: Annotated[str, Parameter(help="會議代號,例如 115-1/1 · the recorded meeting")],
    by: Acting,
    quorum_met: Annotated[
        bool, Parameter(help="規定未訂人數時:到場人數足夠 · enough members came", negative="")
    ] = False,
) -> int:
    """以工作小組的會議議決草案 · a meeting resolves a draft (規§3.1)."""
    body = {"draft": draft, "meeting": meeting, "quorum_met": quorum_met or None}
    return give(by, "resolve_calendar", body)


@calendar_app.command
def national(
    file: Annotated[Path, Parameter(help="主管機關時程 YAML · the authority's document")], *, reason: Reason, by: Acting
) -> int:
    """採用主管機關的新版時程,重新檢核進行中的期程並通知承辦 · adopt the authority's new version (規§12)."""
    body = {"body": load_national(file).model_dump(mode="json"), "reason": reason}
    return give(by, "adopt_national", body, told=_judged_again)


def _judged_again(proof: dict[str, Any]) -> None:
    """What the authority's new version does to the open calendars: nothing moves by itself, a person amends them."""
    counted = (proof["years"], proof["drafts"], proof["errors"], proof["warnings"], proof["told"])
    print("重新檢核 · judged again: {} 學年 years,{} 份草案有錯 drafts with errors,".format(*counted), end="")
    print("錯誤 {2} errors,提醒 {3} warnings,已通知 {4} 人 people told".format(*counted))
    for place in filter(None, proof["broken"].split("; ")):
        print(f"  ✗ {place}")
    if proof["broken"]:
        print("  校內日期不會自動移動 · nothing moves by itself: calendar explain 規則 RULE, calendar amend … --check")


def _of_the_authority(proof: dict[str, Any]) -> None:
    """What is missing of the authority's windows, at publication (規§4.1)."""
    if count := proof.get("national_without_letter"):
        print(f"⚠ 主管機關 {count} 個期間沒有公文字號 · {count} windows of the authority have no letter number yet")
    for place in filter(None, proof.get("national_missing", "").split("; ")):
        print(f"⚠ 主管機關的期間尚未登錄 · the authority's window is not known yet: {place}")


@calendar_app.command
def publish(
    what: Annotated[str, Parameter(help="期程檔、草案代號 115/1,或 v2 · a file, a draft, or a version in force")],
    *,
    out: Annotated[Path, Parameter(help="寫出網頁、JSON 與 iCalendar 的資料夾 · where the pages go")],
    period: Annotated[str | None, Parameter(help="登錄公告的學期,例如 115-1 · semester of the publication")] = None,
    url: Annotated[str | None, Parameter(help="學校網頁的網址 · the school's page")] = None,
    snapshot: Annotated[Path | None, Parameter(help="該網頁的存檔 · a saved copy of that page")] = None,
    year: Year = None,
    as_: Annotated[str | None, Parameter(name="--as", help="以此職員編號的身分 · act as this staff number")] = None,
    key: Key = None,
    where: Where = HERE,
) -> int:
    """寫出公告的網頁、JSON 與 iCalendar;給 --url 與 --snapshot 時登錄公告並生效 · write the pages; record it (規§4.2)."""
    from cli.calendar.publishing import Edition
    from cli.calendar.publishing import publish as write

    given = [url, snapshot, period, as_]
    if any(given) and not all(given):
        raise DocumentError(
            [
                DocumentProblem(
                    "--url", 0, "", "", "登錄公告須同時給 --url --snapshot --period --as", "請補齊", "give all four"
                )
            ]
        )
    if url is not None:
        need_page(url, clause="規§4.2", place="--url")
    if Path(what).exists():
        if url is not None:
            raise DocumentError(
                [
                    DocumentProblem(
                        what, 0, "", "", "檔案只能寫出網頁", "請先 adopt 與 resolve", "adopt and resolve it first"
                    )
                ]
            )
        d = next(iter(documents(Path(what))))
        written = write(out, Edition(d.calendar, d.basis.rules, d.basis.national))
        return _wrote(written, as_json=where.json)

    async def run() -> int:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            draft = what if "/" in what else ""
            if url is not None and snapshot is not None:
                stored = await put(place.db, place.vault, code, snapshot.read_bytes())
                body = {"period": period, "url": url, "snapshot_sha256": stored.sha256, "draft": draft}
                answer = await place.do(code, as_ or "", "publish_calendar", body, key=key or secrets.token_hex(12))
                if not answer.accepted:
                    return show.answer(answer, as_json=where.json)
                if not where.json:
                    show.answer(answer, as_json=False)
                    if "told" in answer.proof:
                        print(f"已通知日期有變的 {answer.proof['told']} 人次 · notices of moved dates")
                    _of_the_authority(answer.proof)
            found, rules, authority = await _kept(place, code, _named(what)[0] or year, _named(what)[1])
        held = found.held.isoformat() if found.held else None
        edition = Edition(found.calendar, rules, authority, found.state, found.meeting, held, found.since)
        return _wrote(write(out, edition), as_json=where.json)

    return asyncio.run(run())


@calendar_app.command
def diff(
    old: Annotated[str, Parameter(help="舊:檔案、v1 或 d1 · old")],
    new: Annotated[str, Parameter(help="新:檔案、v2 或 d1 · new")],
    *,
    for_: Annotated[
        str | None, Parameter(name="--for", help="某人的學號或職員編號:對我有什麼改變 · what changes for one person")
    ] = None,
    pack: Annotated[Path | None, Parameter(help="只比檔案時的規則資料夾 · rule pack for files")] = None,
    year: Year = None,
    where: Where = HERE,
) -> int:
    """兩版期程的差異;--for 只列對那個人的改變 · what differs between two calendars (規§4.2)."""
    if Path(old).exists() and Path(new).exists() and for_ is None:
        a, b = (next(iter(documents(Path(x), pack=pack))) for x in (old, new))
        return _changes(calendar_diff(a.calendar, b.calendar), b.basis.rules, as_json=where.json)

    async def run() -> int:
        async with opened(where.data) as place:
            code = await place.school(where.school)
            found: list[Calendar] = []
            for name in (old, new):
                found.append(
                    load_calendar(Path(name))
                    if Path(name).exists()
                    else (await _kept(place, code, year, name))[0].calendar
                )
            changes = calendar_diff(*found)
            async with place.db.transaction(code) as c:
                rules, _ = await judged_by(c, code)
                if for_ is not None:
                    person, at = await place.person(code, for_), await school_now(c, code)
                    a, b = [await _stood(c, code, name, x) for name, x in zip((old, new), found, strict=True)]
                    changes = await changes_for(c, code, person, at, rules, found[0], found[1], a[0], b[1])
        return _changes(changes, rules, as_json=where.json)

    return asyncio.run(run())


@calendar_app.command(name="show")
def show_calendar(
    what: Annotated[str | None, Parameter(help="檔案、v1、d1;省略為最新一版 · a file, a version or a draft")] = None,
    *,
    yaml: Annotated[Path | None, Parameter(help="寫成可編輯的期程檔 · write it as a file to edit")] = None,
    year: Year = None,
    where: Where = HERE,
) -> int:
    """列出一版期程的日期與它走到哪一步;--yaml 寫成檔案 · the dates of a calendar and how far it came, or its file."""
    from cli.calendar.publishing import Edition, shown

    if what is not None and Path(what).exists():
        d = next(iter(documents(Path(what))))
        edition = Edition(d.calendar, d.basis.rules, d.basis.national)
    else:

        async def read() -> Edition:
            async with opened(where.data) as place:
                found, rules, authority = await _kept(place, await place.school(where.school), year, what)
                held = found.held.isoformat() if found.held else None
                return Edition(found.calendar, rules, authority, found.state, found.meeting, held)

        edition = asyncio.run(read())
    title = f"{edition.calendar.title} 第 {edition.calendar.version} 版({STATES[edition.state]})"
    if yaml is not None:
        yaml.write_text(calendar_yaml(edition.calendar, state=title), encoding="utf-8")
        return _wrote([yaml], as_json=where.json)
    if where.json:
        show.emit(shown(edition))
        return 0
    from rules.roc import roc_close, roc_instant

    print(title)
    titles, lanes = ({x.kind: x.title for x in edition.rules.windows}, {x.id: x.title for x in edition.rules.lanes})
    show.table(
        ("作業", "年級", "學期/學年", "開始", "期限", "關閉", "每日"),
        [
            (titles.get(w.kind, w.kind), lanes.get(w.lane, w.lane), w.period, roc_instant(w.opens), roc_close(w.due),
             roc_close(w.closes), w.hours.text if w.hours else "")
            for w in edition.calendar.windows
        ],
    )  # fmt: skip
    return 0


async def _kept(place: Place, code: str, year: str | None, name: str | None) -> tuple[Kept, RuleSet, Any]:
    async with place.db.transaction(code, snapshot=True) as c:
        of_year, newest = await newest_name(c, code, year)
        found = await kept(c, code, of_year, name or newest)
        rules, authority = await judged_by(c, code)
    return found, rules, authority


async def _stood(c: Connection, code: str, name: str, calendar: Calendar) -> tuple[datetime, datetime]:
    if Path(name).exists() or not name.startswith("v"):
        return NEVER, NEVER
    return await stood(c, code, str(calendar.school_year), calendar.version)


def _named(what: str) -> tuple[str | None, str]:
    """`115/2` is draft 2 of the year 115; `v2` and `d2` are of the newest year."""
    year, slash, number = what.partition("/")
    return (year, f"d{number}") if slash else (None, what)


def _wrote(paths: list[Path], *, as_json: bool) -> int:
    if as_json:
        show.emit({"written": [str(p) for p in paths]})
    else:
        for path in paths:
            print(f"已寫入 · written: {path}")
    return 0


def _changes(changes: tuple[DateChange, ...], rules: RuleSet, *, as_json: bool) -> int:
    if as_json:
        show.emit([c.model_dump(mode="json") | {"texts": [c.text(c.before), c.text(c.after)]} for c in changes])
        return 0
    if not changes:
        print("沒有改變 · nothing changes")
        return 0
    titles = DAYS | {w.kind: w.title for w in rules.windows}
    titles |= {d.due.deadline: d.title for d in rules.duties if d.due.deadline}
    lanes = {x.id: x.title for x in rules.lanes}
    show.table(
        ("", "作業", "年級", "學期/學年", "", "原", "新", "展延"),
        [
            (WHATS[c.what], titles.get(c.kind, c.kind), lanes.get(c.lane, c.lane), c.period, EDGES.get(c.edge, c.edge),
             c.text(c.before), c.text(c.after), c.because)
            for c in changes
        ],
    )  # fmt: skip
    return 0
