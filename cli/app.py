"""cli: the commands of `starter.py`. Every one has --json, --data and help in both languages."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

import cli.calendar.amend
import cli.calendar.edit
import cli.calendar.extensions
import cli.calendar.lint
import cli.calendar.office
import cli.calendar.propose
import cli.calendar.rehearsing
import cli.calendar.resolving
import cli.calendar.typhoon
import cli.calendar.why
import cli.items.decide
import cli.items.drafts
import cli.items.hand_in
import cli.items.look
import cli.items.proofs
import cli.items.takeout  # adds its verbs to the group
import cli.rosters.cycle
import cli.rosters.people  # noqa: F401 -- adds its verbs to the group
from cli import show
from cli.calendar.app import calendar_app
from cli.items.app import item_app
from cli.options import DATA, As, Data, Json, Key, School
from cli.place import opened
from cli.planning import plan_app
from cli.rosters.app import roster_app
from rules.refusals import Refused

app = App(
    name="starter.py",
    help="歷程:學生學習歷程檔案的作業 · Licheng, the student learning portfolio's operations",
    version="0.1.0",
)
school_app = App(name="school", help="學校資料 · the school's data")
year_app = App(name="year", help="學年 · school years")
semester_app = App(name="semester", help="學期 · semesters")
duty_app = App(name="duty", help="工作 · duties")
file_app = App(name="file", help="檔案 · files")
notice_app = App(name="notice", help="通知 · notices")
for sub in (
    school_app,
    year_app,
    semester_app,
    duty_app,
    file_app,
    notice_app,
    calendar_app,
    item_app,
    plan_app,
    roster_app,
):
    app.command(sub)


def main() -> None:
    """Run the command line; a refusal or unreadable input ends with exit code 2 and changes nothing."""
    from rosters.documents import DocumentError
    from runtime.servers.parts import PartFailed
    from runtime.servers.supervisor import AlreadySupervised

    try:
        code = app(result_action="return_value")
    except Refused as refused:
        code = show.refusal(refused.refusal, as_json="--json" in sys.argv[1:] and "do" not in sys.argv[1:2])
    except DocumentError as error:
        print(error, file=sys.stderr)
        code = show.REFUSED
    except (PartFailed, AlreadySupervised) as error:
        print(error, file=sys.stderr)
        code = show.REFUSED
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing is to be said to nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


async def command(
    data: Path, school: str | None, who: str, name: str, body: dict[str, Any], key: str | None, as_json: bool
) -> int:
    """One command of the registry, printed."""
    async with opened(data) as place:
        code = await place.school(school)
        answer = await place.do(code, who, name, body, key=key or secrets.token_hex(12))
    return show.answer(answer, as_json=as_json)


@app.command
def demo(
    *,
    data: Data = Path("var/demo"),
    size: Annotated[str, Parameter(help="standard 或 small · which sample school")] = "standard",
    lang: Annotated[str, Parameter(help="zh 或 en · language of the terminal")] = "zh",
    json: Json = False,
) -> int:
    """玩過一整個學年,最後產生報告 · play one whole school year, then write the report."""
    from demo.run import DemoFailed, run_demo
    from demo.stage import DemoStuck

    if size not in ("standard", "small") or lang not in ("zh", "en"):
        print("--size 為 standard 或 small;--lang 為 zh 或 en", file=sys.stderr)
        return show.REFUSED
    try:
        result = asyncio.run(run_demo(data, size=size, lang=lang))
    except (DemoFailed, DemoStuck) as error:
        print(f"示範未完成 · the demo did not finish: {error}", file=sys.stderr)
        return 1
    if json:
        show.emit(result)
    else:
        print(f"報告 · report: {data / 'report.html'}")
    return 0


@app.command
def up(*, data: Data = DATA, json: Json = False) -> int:
    """在這台機器上啟動全部服務並持續執行 · start everything on this machine and stay."""
    from cli.up import stay_up

    return asyncio.run(stay_up(data, as_json=json))


@app.command
def status(*, data: Data = DATA, school: School = None, json: Json = False) -> int:
    """服務、流程與各階段的狀態 · parts, processes and their phases."""
    from cli.status import print_status

    return asyncio.run(print_status(data, school, as_json=json))


@app.command
def resume(*, data: Data = DATA, json: Json = False) -> int:
    """Temporal 狀態遺失後,依代號重新啟動未結束的流程 · start every open process again by its id."""
    from cli.status import resume_all

    return asyncio.run(resume_all(data, as_json=json))


@app.command
def clauses(*, json: Json = False, data: Data = DATA) -> int:
    """每一條規定寫在哪裡、由哪些測試檢查 · where each clause stands in code and tests."""
    from cli.clauses import clauses as read

    found = read(Path(__file__).resolve().parents[1])
    if json:
        show.emit(found)
    else:
        show.table(
            ("條號", "code", "tests", ""), [(c["id"], len(c["code"]), len(c["tests"]), c["text"][:40]) for c in found]
        )
    return 0


@app.command
def reconcile(
    roster: Annotated[Path, Parameter(help="名冊 XLSX · the roster that was sent")],
    receipt: Annotated[Path, Parameter(help="收訖明細 XLSX 或 CSV · the receipt")],
    *,
    selection: Annotated[Path | None, Parameter(help="學生勾選清單,第三本帳 · what students selected")] = None,
    mapping: Annotated[str | None, Parameter(help="對照表代號或 YAML 檔 · a mapping's id, or a YAML file")] = None,
    roster_version: Annotated[int | None, Parameter(help="名冊的提交版次 · the roster's version")] = None,
    accept_partial: Annotated[
        str | None, Parameter(help="只比對讀得出來的部分,須寫理由 · take what can be read; a reason")
    ] = None,
    report: Annotated[Path | None, Parameter(help="可列印的報表 HTML · a report to print")] = None,
    json: Json = False,
) -> int:
    """名冊與收訖明細逐項核對;不需伺服器,不留資料 · roster beside receipt, item by item; keeps nothing."""
    from cli.rosters.reconcile import reconcile_files

    return reconcile_files(
        roster,
        receipt,
        selection=selection,
        mapping=mapping,
        version=roster_version,
        accept_partial=accept_partial,
        as_json=json,
        report=report,
    )


@app.command
def doctor(
    *rosters: Annotated[Path, Parameter(help="名冊 XLSX,可一次多份 · rosters, several at once")],
    report: Annotated[Path | None, Parameter(help="可列印的報表 HTML · a report to print")] = None,
    json: Json = False,
) -> int:
    """提交前檢查名冊;不需伺服器、資料庫、帳號,不留資料 · check rosters before sending; keeps nothing."""
    from cli.rosters.doctor import examine_files

    return examine_files(rosters, as_json=json, report=report)


@app.command
def commands(*, json: Json = False, data: Data = DATA) -> int:
    """列出所有命令與欄位 · list the registry's commands and their fields."""
    from rules.commands import REGISTRY

    rows: dict[str, dict[str, Any]] = {
        name: {"clause": c.clause, "title": c.title, "title_en": c.title_en, "schema": c.model_json_schema()}
        for name, c in REGISTRY.items()
    }
    if json:
        show.emit(rows)
    else:
        fields = {n: ", ".join(r["schema"].get("properties", {})) for n, r in rows.items()}
        show.table(
            ("command", "條號", "", "fields"), [(n, r["clause"], r["title"], fields[n]) for n, r in rows.items()]
        )
    return 0


@app.command
def do(
    name: Annotated[str, Parameter(help="命令名稱 · the command's name")],
    *,
    json: Annotated[
        str,
        Parameter(
            name="--json",
            allow_leading_hyphen=True,
            help="命令內容檔(- 為標準輸入)· the body's file, - for standard input",
        ),
    ],
    as_: As,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
) -> int:
    """執行任一命令;回答是一份 JSON · give any command of the registry; the answer is JSON."""
    body = read_body(json)
    if isinstance(body, int):
        return body
    return asyncio.run(command(data, school, as_, name, body, key, True))


def read_body(source: str) -> dict[str, Any] | int:
    """A JSON object from a file or standard input, or the exit code after saying what is wrong."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8-sig")
        body = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        print(f"無法讀取 · cannot read {source}: {type(error).__name__}", file=sys.stderr)
        return show.REFUSED
    except json.JSONDecodeError as error:
        print(f"{source}:{error.lineno} 不是 JSON · not JSON: {error.msg}", file=sys.stderr)
        return show.REFUSED
    if not isinstance(body, dict):
        print(f"{source}: 需要一個 JSON 物件 · a JSON object is needed", file=sys.stderr)
        return show.REFUSED
    return body


@school_app.command(name="import")
def import_(
    folder: Annotated[Path, Parameter(help="名冊檔案資料夾(CSV/XLSX)· folder of the registrar's files")],
    *,
    code: Annotated[str, Parameter(help="學校代碼 · school code")],
    name: Annotated[str, Parameter(help="校名 · the school's name")],
    pack: Annotated[Path, Parameter(help="規則資料夾 · rule pack")] = Path("schools/licheng"),
    national: Annotated[Path, Parameter(help="主管機關時程 · the authority's document")] = Path(
        "schools/national/115.yaml"
    ),
    demo: Annotated[bool, Parameter(help="示範學校(可調時鐘)· a demo school, whose clock can be moved")] = False,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """匯入學校檔案並採用規則與期程 · import a school's files and adopt its rules and calendar."""
    from cli.school import import_folder

    return asyncio.run(import_folder(data, folder, code, name, pack, national, demo=demo, as_json=json))


@notice_app.command(name="list")
def list_notices(
    *,
    as_: As,
    lang: Annotated[str, Parameter(help="zh 或 en · language")] = "zh",
    most: Annotated[int, Parameter(help="最多幾則 · at most so many")] = 20,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """列出一個人收到的通知 · what a person was told, in the words of schools/texts/."""
    from cli.notices import print_notices

    return asyncio.run(print_notices(data, school, as_, lang=lang, most=most, as_json=json))


@file_app.command(name="put")
def put_file(
    path: Annotated[Path, Parameter(help="檔案 · the file")],
    *,
    resumable: Annotated[
        bool, Parameter(help="經網路服務續傳,需 --as · over the web server, going on after a break")
    ] = False,
    as_: Annotated[str | None, Parameter(name="--as", help="學號或職員編號 · student or staff number")] = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """存入學校的檔案庫並印出雜湊 · store a file and print its hash, for items and evidence."""
    from cli.files import put_file as store
    from cli.files import put_resumable

    if not resumable:
        return asyncio.run(store(data, school, path, as_json=json))
    if as_ is None:
        print("--resumable 需要 --as · --resumable needs --as", file=sys.stderr)
        return 2
    return asyncio.run(put_resumable(data, school, path, as_, as_json=json))


@file_app.command(name="ticket")
def ticket(
    *,
    as_: As,
    minutes: Annotated[int, Parameter(help="有效分鐘數 · minutes for which it is good")] = 30,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """簽發上傳與下載檔案用的短效憑證 · a short-lived ticket for bringing and fetching files."""
    from cli.files import print_ticket

    return asyncio.run(print_ticket(data, school, as_, minutes, as_json=json))


@year_app.command(name="start")
def start_year(
    year: Annotated[str, Parameter(help="學年度,例如 115 · school year")],
    *,
    as_: As,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """開始一個學年 · start a school year (規§13)."""
    return asyncio.run(command(data, school, as_, "start_year", {"year": year}, key, json))


@semester_app.command(name="start")
def start_semester(
    semester: Annotated[str, Parameter(help="學期,例如 115-1 · semester")],
    *,
    as_: As,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """手動開始學期(修復用)· start a semester by hand, a repair tool."""
    return asyncio.run(command(data, school, as_, "start_semester", {"semester": semester}, key, json))


@duty_app.command(name="list")
def list_duties(
    *,
    post: Annotated[str | None, Parameter(help="只列這個職務 · only this post's")] = None,
    all: Annotated[bool, Parameter(help="包含已完成 · also what is done")] = False,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """列出各職務的工作與期限 · list the duties that posts owe."""
    from cli.duties import print_duties

    return asyncio.run(print_duties(data, school, post, everything=all, as_json=json))


@duty_app.command(name="complete")
def complete_duty(
    duty: Annotated[str, Parameter(help="工作代號 · the duty's key")],
    *,
    as_: As,
    note: str = "",
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """完成一項工作 · complete a duty."""
    return asyncio.run(command(data, school, as_, "complete_duty", {"duty": duty, "note": note}, key, json))


@duty_app.command(name="return")
def return_duty(
    duty: Annotated[str, Parameter(help="工作代號 · the duty's key")],
    *,
    reason: str,
    as_: As,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """主管退回已完成的工作 · give a completed duty back to its post."""
    return asyncio.run(command(data, school, as_, "return_duty", {"duty": duty, "reason": reason}, key, json))


@duty_app.command(name="hand-over")
def hand_over(
    post: Annotated[str, Parameter(help="職務代號 · the post")],
    *,
    to: Annotated[str, Parameter(help="接任者編號 · the successor's staff number")],
    day: Annotated[str, Parameter(help="接任日 YYYY-MM-DD · first day of the successor")],
    as_: As,
    prolong_until: str | None = None,
    prolong_reason: str = "",
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """業務交接:職務的全部工作交給接任者 · hand a post and all its work to a successor (規§10.3.1)."""

    async def run() -> int:
        async with opened(data) as place:
            code = await place.school(school)
            body: dict[str, Any] = {
                "post": post,
                "successor": str(await place.person(code, to)),
                "day": day,
                "prolong_until": prolong_until,
                "prolong_reason": prolong_reason,
            }
            answer = await place.do(code, as_, "hand_over", body, key=key or secrets.token_hex(12))
        return show.answer(answer, as_json=json)

    return asyncio.run(run())


@duty_app.command(name="extend")
def extend(
    *,
    period: Annotated[str, Parameter(help="學期或學年 · 115-1 or 115")],
    kind: Annotated[str, Parameter(help="作業期間 · outcome_upload, certification, selection …")],
    scope: Annotated[str, Parameter(help="person, class, lane, all, unfinished")],
    closes: Annotated[str, Parameter(help="新的截止(臺北時間)YYYY-MM-DD HH:MM · the new close")],
    reason: str,
    approver: Annotated[str, Parameter(help="核准職務 · the approving post")],
    as_: As,
    target: Annotated[str, Parameter(help="學號、班級或年級分道 · student number, class or lane")] = "",
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """延長期限,從不使任何人提前 · extend a window; nobody's date gets earlier (規§10.2.2)."""

    async def run() -> int:
        async with opened(data) as place:
            code = await place.school(school)
            whom = str(await place.person(code, target)) if scope == "person" else target
            body = {
                "period": period,
                "kind": kind,
                "scope": scope,
                "target": whom,
                "closes": closes,
                "reason": reason,
                "approver": approver,
            }
            answer = await place.do(code, as_, "extend", body, key=key or secrets.token_hex(12))
        return show.answer(answer, as_json=json)

    return asyncio.run(run())


@app.command(name="import")
def import_data(
    files: Annotated[list[Path], Parameter(help="檔案或資料夾 · files (students.csv, grades.xlsx …) or a folder")],
    /,
    *,
    as_: As,
    check: Annotated[bool, Parameter(help="只檢查並顯示差異 · check and show the diff only", negative="")] = False,
    apply: Annotated[bool, Parameter(help="套用 · do it", negative="")] = False,
    keep_good: Annotated[bool, Parameter(help="有錯誤時仍匯入正確的列 · keep good rows", negative="")] = False,
    same_person: Annotated[
        bool, Parameter(help="同一編號的身分是更正 · an identity was mistyped", negative="")
    ] = False,
    key: Key = None,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """再次匯入基本資料、成績、幹部與諮詢紀錄 · import base data, grades, cadre or advisory records again (規§5.1, 規§5.2)."""
    from cli.imports import import_files, one_of

    work = import_files(
        data, school, files, as_, apply=one_of(check, apply), keep_good=keep_good, same_person=same_person, key=key,
        as_json=json,
    )  # fmt: skip
    return asyncio.run(work)


@school_app.command(name="completeness")
def completeness(
    semester: Annotated[str, Parameter(help="學期,例如 115-1 · semester")],
    *,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """各班基本資料的完整程度 · how complete each class's base data are."""
    from cli.imports import print_completeness

    return asyncio.run(print_completeness(data, school, semester, as_json=json))
