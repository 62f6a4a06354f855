"""cli: `plan diff` and `plan save`: a change of rules, dates or release is planned with old and new before it counts."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from cli import show
from cli.calendar.inputs import CODE, documents, missing, office_years_missing, school_for
from cli.place import opened
from records.db import school_now
from records.queries.open_terms import open_terms
from rosters.documents import load_calendar, load_document, load_national, load_pack, load_rule_set, read_tree
from rules.days import CalendarMissing
from rules.instants import local_text
from rules.lint.spoken import in_titles, titles_of
from rules.plan_diff import Because, Change, Changes, PlanFile, Planned, diff, planned, under, unexplained
from rules.rehearsal import World
from rules.ruleset import RuleSet
from rules.schedule import Calendar, National
from rules.snapshot import Snapshot

WHATS = {
    "added": ("新增", "added"),
    "lost": ("消失", "lost"),
    "moved": ("移動", "moved"),
    "readdressed": ("改告知", "readdressed"),
}
Documents = tuple[RuleSet | None, dict[int, Calendar], National | None]


async def diff_plans(
    old: Path,
    new: Path | None,
    *,
    data: Path | None,
    code: str | None,
    folder: Path | None,
    changes: Path | None,
    because: Sequence[str],
    as_json: bool,
) -> int:
    """Compare two plans offline, or the open terms of a data directory with new documents.

    Exit code 1 while a change is not explained, 2 for unreadable input.
    """
    reasons = _reasons(changes, because)
    if data is not None:
        before, after, titles = await _of_open_terms(
            data, code, old if new is None else new, None if new is None else old
        )
    elif new is None:
        raise missing(old, "請給兩份計畫,或以 --data 指定進行中的學期", "give two plans, or --data for the open terms")
    else:
        before, after = (_of_path(p, folder) for p in (old, new))
        titles = {} if as_json else _titles(old) | _titles(new)
    return _print(diff(before, after, reasons), titles, as_json=as_json)


async def save_plan(out: Path, *, data: Path | None, pack: Path | None, code: str | None, as_json: bool = False) -> int:
    """Keep the plan of the open terms (or of a pack) as a file, to compare another release with it."""
    found = (
        _of_path(pack, None)
        if pack is not None
        else (await _of_open_terms(data or Path("var/school"), code, None, None))[0]
    )
    out.write_text(PlanFile(planned=tuple(found.values())).model_dump_json(indent=1), encoding="utf-8")
    if as_json:
        show.emit({"file": str(out), "steps": len(found)})
    else:
        print(f"已寫入 · written: {out}({len(found)} 個步驟 · steps)")
    return 0


def _of_path(path: Path, folder: Path | None) -> dict[str, Planned]:
    if path.suffix == ".json":
        return _kept(path)
    found: dict[str, Planned] = {}
    for d in documents(path):
        structure = school_for(d, folder, None).structure
        try:
            found |= planned(partial(World, CODE, str(d.calendar.school_year), d.basis, structure))
        except CalendarMissing as error:
            raise office_years_missing(d.path, error) from None
    return found


def _titles(path: Path) -> dict[str, str]:
    """How the rule sets of a path call what a plan names by its id; a kept plan holds no rules."""
    if path.suffix == ".json":
        return {}
    return {name: title for d in documents(path) for name, title in titles_of(d.basis.rules).items()}


def _kept(path: Path) -> dict[str, Planned]:
    try:
        return {p.id: p for p in PlanFile.model_validate_json(path.read_text("utf-8")).planned}
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise missing(
            path, f"不是計畫檔:{type(error).__name__}", "not a plan file; write one with `plan save`"
        ) from None


async def _of_open_terms(
    data: Path, code: str | None, new: Path | None, kept: Path | None
) -> tuple[dict[str, Planned], dict[str, Planned], dict[str, str]]:
    """The open terms' plan now (or as a kept file has it), under new documents (or this release), and the titles."""
    async with opened(data) as place:
        school = await place.school(code)
        async with place.db.transaction(school, snapshot=True) as c:
            snapshots, structure = await open_terms(c, school)
            now = await school_now(c, school)

    def walk(changed: list[Snapshot]) -> dict[str, Planned]:
        return planned(lambda: World.of(school, changed, structure), since=now)

    standing = walk(snapshots)
    titles = {name: title for s in snapshots for name, title in titles_of(s.rules).items()}
    if new is None:
        return standing, standing, titles
    if new.suffix == ".json":
        return _kept(new), standing, titles
    rules, calendars, national = _documents(new)
    changed = under(snapshots, rules=rules, calendars=calendars, national=national, since=now)
    return (_kept(kept) if kept else standing), walk(changed), titles


def _documents(path: Path) -> Documents:
    """What a path holds: a whole pack, a rule set, a calendar, or the authority's document."""
    if path.is_dir():
        pack = load_pack(path)
        return pack.rules, dict(pack.calendars), None
    keys = set(read_tree(path))
    if "semesters" in keys:
        calendar = load_calendar(path)
        return None, {calendar.school_year: calendar}, None
    if "office_years" in keys:
        return None, {}, load_national(path)
    return load_rule_set(path), {}, None


def _reasons(changes: Path | None, because: Sequence[str]) -> list[Because]:
    found = [*load_document(changes, Changes).changes] if changes is not None else []
    for given in because:
        match, _, text = given.rpartition("=")
        if not text.strip():
            raise missing(Path("--because"), f"{given!r} 沒有理由", "write PATTERN=REASON, or a reason for all")
        found.append(Because(match=match or "*", because=text.strip()))
    return found


def _print(changes: tuple[Change, ...], titles: Mapping[str, str], *, as_json: bool) -> int:
    open_ = unexplained(changes)
    if as_json:
        show.emit({"changes": [c.model_dump(mode="json") for c in changes], "unexplained": len(open_)})
        return 1 if open_ else 0
    show.table(
        ("", "原", "新", "步驟 · step", "告知 · told", "理由 · because"),
        [
            (
                WHATS[c.what][0],
                local_text(c.before) if c.before else "",
                local_text(c.after) if c.after else "",
                f"{in_titles(c.planned.title, titles)}\n{c.planned.id}",
                "、".join(titles.get(x, x) for x in c.told),
                c.because or "未說明",
            )
            for c in changes
        ],
    )
    counts = {zh: sum(c.what == what for c in changes) for what, (zh, _) in WHATS.items()}
    print("、".join(f"{zh} {n}" for zh, n in counts.items()) + f";未說明 · unexplained {len(open_)}")
    if open_:
        print(
            "有未說明的變更:以 --changes 檔案或 --because 說明後再施行 · explain them before they take effect",
            file=sys.stderr,
        )
    return 1 if open_ else 0
