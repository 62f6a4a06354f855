"""cli: `calendar set FILE PLACE=VALUE…`: change dates in a file, comments kept; a new lint error changes nothing. 規§4.2."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from cli import show
from cli.calendar.app import calendar_app
from cli.calendar.documents import judged, pack_of
from cli.calendar.lint import NationalOpt, PackOpt
from cli.calendar.moving import print_warnings
from cli.options import Json
from rosters.calendar_file import changed_text, write_changes
from rosters.documents import DocumentError
from rules.lint.book import errors, lint
from rules.moves import new_warnings

DONE, FOUND = 0, 1


@calendar_app.command(name="set")
def set_command(
    file: Annotated[Path, Parameter(help="期程檔 YAML · the calendar file")],
    changes: Annotated[
        list[str], Parameter(help="位置=值,例 115-1/g10_11/outcome_upload.due=2027-02-03 21:00 · PLACE=VALUE")
    ],
    *,
    pack: PackOpt = None,
    national: NationalOpt = None,
    json: Json = False,
) -> int:
    """更改期程檔的日期,註解保留;會產生檢核錯誤的更改不寫入 · set dates in a file, comments kept."""
    wrong = [c for c in changes if "=" not in c]
    if wrong:
        print(f"應寫成 位置=值 · write PLACE=VALUE: {', '.join(wrong)}", file=sys.stderr)
        return show.REFUSED
    wanted = dict(c.split("=", 1) for c in changes)
    folder = pack_of(file, pack)
    old = judged(file, pack=folder, national=national, people=None).case
    before = {(f.rule.id, f.hit.place) for f in errors(lint(old))}
    trial = file.with_name(f".{file.name}.trial")
    try:
        trial.write_text(changed_text(file, wanted), encoding="utf-8")
        new = judged(trial, pack=folder, national=national, people=None).case
    except DocumentError as error:
        raise DocumentError([replace(p, file=str(file)) for p in error.problems]) from None
    finally:
        trial.unlink(missing_ok=True)
    added = [f for f in errors(lint(new)) if (f.rule.id, f.hit.place) not in before]
    warned = new_warnings(old, new)
    if not added:
        write_changes(file, wanted)
    if json:
        found, warnings = [f.shown() for f in added], [f.shown() for f in warned]
        show.emit({"written": not added, "changes": wanted, "findings": found, "warnings": warnings})
    elif added:
        print("沒有寫入 · nothing was written", file=sys.stderr)
        for f in added:
            print(
                f"  ✗ {f.rule.id} 〔{f.rule.clause}〕 {f.message[0]} → {f.rule.remedy[0]} · {f.rule.remedy[1]}",
                file=sys.stderr,
            )
    else:
        print(f"→ {file}: {', '.join(wanted)}")
        print_warnings(warned)
    return FOUND if added else DONE
