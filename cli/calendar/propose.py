"""cli: `calendar propose FILE`: a school's published calendar becomes a draft of ours; files only. 規§3.1, 規§4.1."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.calendar.documents import PACK, SCHOOLS, lacking, limits, national_of, pack_of
from cli.calendar.lint import NationalOpt, PackOpt
from cli.options import Json
from rosters.documents import load_document, load_national, load_rule_set
from rosters.draft_file import agenda, announcement, draft_ics, draft_yaml
from rosters.published.reading import read_published
from rules.days import CalendarMissing
from rules.lint.book import errors
from rules.lint.words import when
from rules.proposals.draft import propose
from rules.proposals.facts import facts_of
from rules.proposals.placement import Placement
from rules.proposals.taking import Taken, adopt
from rules.proposals.words import PortfolioWords

OK, UNFIT = 0, 1
_WRITING: dict[type[OSError], tuple[str, str]] = {
    FileNotFoundError: ("沒有這個資料夾", "there is no such folder"),
    NotADirectoryError: ("路徑中有一段不是資料夾", "a part of the path is no folder"),
    IsADirectoryError: ("這是資料夾,不是檔案", "it is a folder, no file"),
    PermissionError: ("沒有寫入的權限", "it may not be written"),
}


@calendar_app.command(name="propose")
def propose_command(
    file: Annotated[Path, Parameter(help="學校行事曆 CSV、XLSX、iCalendar、JSON · the school's published calendar")],
    *,
    pack: PackOpt = None,
    national: NationalOpt = None,
    year: Annotated[int | None, Parameter(help="學年度(日期沒有年份時)· school year, where days have none")] = None,
    out: Annotated[Path | None, Parameter(help="草案檔;旁邊寫 .ics、公告、議程 · the draft's file")] = None,
    json: Json = False,
) -> int:
    """由學校行事曆產生期程草案,每一日期附理由與餘裕 · a draft from the school's own calendar."""
    published = read_published(file, year)
    rules = load_rule_set(pack_of(file, pack if pack is not None else PACK) / "rules.yaml")
    authority = load_national(national_of(published.school_year, national))
    facts = facts_of(published.entries, published.school_year, rules)
    placement = load_document(SCHOOLS / "proposal.yaml", Placement)
    words = load_document(SCHOOLS / "portfolio-words.yaml", PortfolioWords)
    try:
        own = adopt(facts, words, rules, authority, limits(), placement)
        facts = replace(facts, unsure=tuple(sorted((*facts.unsure, *own.unsure), key=lambda u: u.entry.first)))
        draft = propose(facts, rules, authority, limits(), placement, own.pins)
    except CalendarMissing as error:
        raise lacking(file, f"缺少辦公日曆:{error}", "load that year's office calendar (calendar office)") from None
    text = draft_yaml(draft, facts, published.unread)
    written: list[str] = []
    if out is not None:
        beside = {
            out: text.encode("utf-8"),
            out.with_suffix(".ics"): draft_ics(draft, rules),
            out.with_name(f"{out.stem}-announcement.md"): announcement(draft, rules).encode("utf-8"),
            out.with_name(f"{out.stem}-agenda.md"): agenda(draft, rules, facts, published.unread).encode("utf-8"),
        }
        try:
            for path, content in beside.items():
                path.write_bytes(content)
                written.append(str(path))
        except OSError as error:
            why = _WRITING.get(type(error)) or (error.strerror or "I/O",) * 2
            raise lacking(
                out, f"無法寫入:{why[0]} · cannot be written: {why[1]}", "name a folder that exists and is writable"
            ) from None
    wrong = errors(list(draft.findings))
    if json:
        show.emit(
            {
                "exit": UNFIT if wrong else OK,
                "school_year": published.school_year,
                "entries": len(published.entries),
                "unread": [{**asdict(u), "text": u.text} for u in published.unread],
                "unsure": [
                    {"place": u.entry.place, "title": u.entry.title, "why": u.why, "why_en": u.why_en}
                    for u in facts.unsure
                ],
                "taken": [_shown(t) for t in own.taken],
                "calendar": draft.calendar.model_dump(mode="json"),
                "reasons": {"/".join(k): v for k, v in draft.reasons.items()},
                "floats": {"/".join(k): v for k, v in draft.floats.items()},
                "findings": [f.shown() for f in draft.findings],
                "files": written,
            }
        )
        return UNFIT if wrong else OK
    if out is None:
        print(text, end="")
    told = sys.stdout if out is not None else sys.stderr
    print(
        f"{len(published.entries)} 筆行事,採用學習歷程日期 {len(own.taken)} 筆,{len(published.unread)} 筆讀不出來,"
        f"{len(facts.unsure)} 筆請人員確認;"
        f"草案 {len(draft.calendar.windows)} 項期間,{len(wrong)} 項錯誤、{len(draft.findings) - len(wrong)} 項提醒"
        f" · {len(own.taken)} portfolio rows taken, {len(published.unread)} unread, {len(facts.unsure)} for a person, {len(wrong)} errors",
        file=told,
    )
    for path_ in written:
        print(f"  → {path_}", file=told)
    for row in (_shown(t) for t in own.taken):
        print(f"  ✓ {row['place']}「{row['title']}」→ {', '.join(row['dates'])}:{', '.join(row['where'])}", file=told)
        for warned in row["warnings"]:
            print(f"    ! {warned['message']} · {warned['message_en']}", file=told)
    for lost in published.unread:
        print(f"  ? {lost.place} {lost.text}", file=told)
    for u in facts.unsure:
        print(f"  ? {u.entry.place}「{u.entry.title}」{u.entry.first} {u.why} · {u.why_en}", file=told)
    for f in wrong:
        print(f"  ✗ {f.rule.id} {f.message[0]} → {f.rule.remedy[0]}", file=told)
    return UNFIT if wrong else OK


def _shown(taken: Taken) -> dict[str, Any]:
    """A row whose dates stand in the draft, and where."""
    return {
        "place": taken.entry.place,
        "title": taken.entry.title,
        "dates": [f"{edge} {when(at)}" for edge, at in taken.edges],
        "where": [" ".join(key) for key in taken.keys],
        "warnings": [{"message": zh, "message_en": en} for zh, en in taken.warnings],
    }
