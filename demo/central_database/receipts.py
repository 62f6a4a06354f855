"""demo: the receipt files that the simulated central database writes, in three forms, with faults of the file itself."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter

from demo.central_database.faults import OTHER_SCHOOL, Line, Planted, roc_day
from demo.central_database.intake import BORN, COVER, COVER_HEADERS, PERSON, Complaint

FORMS = ("workbook", "central_rows", "vendor_list")
_RENAMED = {PERSON: "身分證字號", BORN: "生日", "課程代碼": "課程碼", "科目名稱": "科目", "修課學分": "學分",
            "成果簡述": "簡述", "成果文件連結": "文件", "成果影音連結": "影音"}  # fmt: skip


@dataclass(slots=True)
class Receipt:
    """A receipt to be written: whose it is, its lines, and which faults its file has."""

    cover: dict[str, str]
    version: int
    sha256: str
    issued: datetime
    lines: list[Line]
    headers: dict[str, list[str]]
    faults: dict[str, int]
    planted: list[Planted] = field(default_factory=list)


def write(receipt: Receipt, form: str, draw: random.Random) -> tuple[bytes, str]:
    """The file's bytes and its ending."""
    if "shuffled_columns" in receipt.faults:
        for headers in receipt.headers.values():
            draw.shuffle(headers)
        receipt.planted.append(Planted("shuffled_columns", "", ""))
    if "unknown_column" in receipt.faults:
        for headers in receipt.headers.values():
            headers.insert(draw.randrange(len(headers) + 1), "承辦代碼")
        receipt.planted.append(Planted("unknown_column", "", "", "承辦代碼"))
    data, ending = _workbook(receipt, draw) if form == "workbook" else _table(receipt, form, draw)
    if "truncated" in receipt.faults:
        receipt.planted.append(Planted("truncated", "", ""))
        data = data[: len(data) * 3 // 5]
    return data, ending


def _stated(receipt: Receipt) -> dict[str, str]:
    """School, version, hash and instant as the file states them, with the faults of the file."""
    stated = {"school": receipt.cover["學校代碼"], "version": str(receipt.version), "sha256": receipt.sha256,
              "issued": f"{receipt.issued.year - 1911}/{receipt.issued:%m/%d %H:%M}"}  # fmt: skip
    if "other_school" in receipt.faults:
        stated["school"] = OTHER_SCHOOL
        receipt.planted.append(Planted("other_school", "", ""))
    if "older_version" in receipt.faults:
        stated["version"], stated["sha256"] = str(max(receipt.version - 1, 0)), "0" * 64
        receipt.planted.append(Planted("older_version", "", ""))
    if "clock_24" in receipt.faults:
        stated["issued"] = f"{receipt.issued.year - 1911}/{receipt.issued:%m/%d} 24:00"
        receipt.planted.append(Planted("clock_24", "", ""))
    return stated


def _workbook(receipt: Receipt, draw: random.Random) -> tuple[bytes, str]:
    stated = _stated(receipt)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": receipt.issued})
    bold = book.add_format({"bold": True, "bg_color": "#e8eef4", "border": 1})
    cover = book.add_worksheet(COVER)
    cover.set_column(0, 7, 18)
    _for_paper(cover)
    names = (*COVER_HEADERS, "提交版次", "名冊檔雜湊", "產生時間", "收訖筆數")
    values = (stated["school"], *(receipt.cover[n] for n in COVER_HEADERS[1:]), stated["version"], stated["sha256"],
              stated["issued"], len(receipt.lines))  # fmt: skip
    cover.write_row(0, 0, names, bold)
    cover.write_row(1, 0, values)
    for name, headers in receipt.headers.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        _for_paper(sheet)
        sheet.set_column(0, len(headers) + 1, 16)
        sheet.write_row(0, 0, ["收訖序號", *headers, "列報學校代碼"], bold)
        own = [line for line in receipt.lines if line.sheet == name]
        for number, line in enumerate(own, start=1):
            sheet.write_row(number, 0, [number, *(line.cells.get(h, "") for h in headers), line.school])
        _spoil(receipt, sheet, headers, own, draw)
    book.close()
    return target.getvalue(), "xlsx"


def _for_paper(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _spoil(receipt: Receipt, sheet: Any, headers: list[str], own: list[Line], draw: random.Random) -> None:
    """Faults of single cells, each in a row of its own."""
    rows = list(range(1, len(own) + 1))
    draw.shuffle(rows)
    code = next((h for h in headers if h.endswith("課程代碼")), None)
    number = next((h for h in headers if h.endswith(("學分", "年級", "學期"))), None)
    acts: dict[str, tuple[str | None, Callable[[int, int, Any], object]]] = {
        "formula": (number, lambda r, c, x: sheet.write_formula(r, c, "=1+1", None, 2)),
        "float_code": (code, lambda r, c, x: sheet.write_number(r, c, float("".join(k for k in str(x) if k.isdigit())))),
        "mixed_dates": (BORN if BORN in headers else None, lambda r, c, x: sheet.write_string(r, c, western(str(x)))),
    }  # fmt: skip
    for kind, (column, act) in acts.items():
        for _ in range(receipt.faults.get(kind, 0) if column else 0):
            if not rows:
                return
            row = rows.pop()
            act(row, headers.index(str(column)) + 1, own[row - 1].cells[str(column)])
            receipt.planted.append(_at(kind, own[row - 1], str(column)))
    for _ in range(receipt.faults.get("merged", 0)):
        pair = next(((r, r + 1) for r in rows if r + 1 in rows), None)
        if pair is None:
            return
        rows = [r for r in rows if r not in pair]
        at = headers.index(PERSON) + 1
        sheet.merge_range(pair[0], at, pair[1], at, own[pair[0] - 1].cells[PERSON])
        receipt.planted.append(_at("merged", own[pair[0] - 1], PERSON))


def _at(kind: str, line: Line, column: str) -> Planted:
    return Planted(kind, line.sheet, str(line.cells[PERSON]), column)


def western(text: str) -> str:
    """Seven ROC digits as `2009/5/12`; anything else stays."""
    day = roc_day(text)
    return text if day is None else f"{day.year}/{day.month}/{day.day}"


def _table(receipt: Receipt, form: str, draw: random.Random) -> tuple[bytes, str]:
    stated = _stated(receipt)
    year, semester, code = (receipt.cover[name] for name in COVER_HEADERS[1:])
    every: list[str] = []
    for headers in receipt.headers.values():
        every += [h for h in headers if h not in every]
    rows: list[list[str]] = []
    if form == "central_rows":
        head = [
            "sch_year",
            "semester",
            "book",
            "book_nm",
            "sheet_nm",
            "sch_cd",
            "sch_nm",
            "version",
            "file_sha256",
            "created_at",
            "total",
        ]
        rows.append([*head, *every])
    else:
        head = [
            "流水號",
            "年度",
            "學期別",
            "名冊代碼",
            "資料類別",
            "學校",
            "版次",
            "檔案雜湊",
            "收訖日期時間",
            "總筆數",
        ]
        rows.append([*head, *(_RENAMED.get(h, h) for h in every)])
    for number, line in enumerate(receipt.lines, start=1):
        school = stated["school"] if line.school == receipt.cover["學校代碼"] else line.school
        tail = [stated["version"], stated["sha256"], stated["issued"], str(len(receipt.lines))]
        if form == "central_rows":
            front = [year, semester, code, "名冊", line.sheet, school, "學校", *tail]
        else:
            front = [str(number), year, semester, code, line.sheet, school, *tail]
        rows.append([*front, *(_shown(line.cells.get(h, ""), h, form) for h in every)])
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    text = target.getvalue()
    if "big5" in receipt.faults:
        receipt.planted.append(Planted("big5", "", ""))
        return text.encode("cp950", "replace"), "csv"
    if "bom" in receipt.faults:
        receipt.planted.append(Planted("bom", "", ""))
        return text.encode("utf-8-sig"), "csv"
    return text.encode(), "csv"


def _shown(cell: Any, header: str, form: str) -> str:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if header == BORN:
        return western(text) + (" 上午 12:00:00" if form == "central_rows" else "")
    return text


def complaints_file(title: str, incoming: str, complaints: list[Complaint], issued: datetime) -> bytes:
    """A pre-check's result, or why a roster is sent back, as a workbook that a clerk opens."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": issued})
    sheet = book.add_worksheet(title)
    sheet.set_column(0, 4, 22)
    sheet.write_row(0, 0, ["檔案", "工作表", "列", "欄位", "訊息"], book.add_format({"bold": True, "border": 1}))
    for number, one in enumerate(complaints, start=1):
        sheet.write_row(number, 0, [incoming, one.sheet, one.row or "", one.column, one.text])
    if not complaints:
        sheet.write_row(1, 0, [incoming, "", "", "", "通過"])
    book.close()
    return target.getvalue()
