"""rosters: what is wrong with a receipt file, with its place, its rule and its remedy in both languages. 規§6.4."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from rosters.sis.problems import shown, shown_masked

MOST = 200
"""Findings of one rule that are told one by one; the rest is counted."""

CLAUSE = "規§6.4"


class Weight(StrEnum):
    """FATAL: the file is refused whole. DECISION: refused whole unless a person accepts the rest. WARNING: told."""

    FATAL = "fatal"
    DECISION = "decision"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at its place; `row` counts from 1, None for the whole file or sheet."""

    file: str
    sheet: str
    row: int | None
    column: str
    value: str | None
    rule: str
    weight: Weight
    message: str
    message_en: str
    remedy: str
    remedy_en: str

    def shown(self) -> dict[str, Any]:
        """Everything as one JSON object."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "rule": self.rule,
            "weight": self.weight.value,
            "clause": CLAUSE,
            "message": self.message,
            "message_en": self.message_en,
            "remedy": self.remedy,
            "remedy_en": self.remedy_en,
        }

    def __str__(self) -> str:
        place = self.file + (f"〔{self.sheet}〕" if self.sheet else "") + (f"第 {self.row} 列" if self.row else "")
        column = f"「{self.column}」" if self.column else ""
        value = f"(值 {self.value!r})" if self.value is not None else ""
        return (
            f"{place}{column} {self.message} · {self.message_en}{value} [{self.rule}]"
            f"\n    → {self.remedy} · {self.remedy_en}"
        )


class Words(NamedTuple):
    """The words of one rule; `{detail}` is filled in."""

    weight: Weight
    message: str
    message_en: str
    remedy: str
    remedy_en: str


_F, _D, _W = Weight.FATAL, Weight.DECISION, Weight.WARNING
_AGAIN = ("向中央資料庫重新下載檔案", "download the file from the central database again")
_AS_TEXT = (
    "向來源索取以文字儲存的檔案;不要在試算表裡另存",
    "get a file that stores it as text; do not save it from a spreadsheet",
)

# A table: a rule, how much it weighs, what is wrong, what to do.
# fmt: off
RULES: dict[str, Words] = {
    "file_unreadable": Words(_F, "檔案無法讀取:{detail}", "the file cannot be read: {detail}", *_AGAIN),
    "file_too_large": Words(_F, "檔案過大:{detail}", "the file is too large: {detail}", "確認選對檔案", "check that it is the right file"),
    "encoding_unknown": Words(_F, "文字編碼不是 UTF-8 或 Big5", "the text is neither UTF-8 nor Big5", *_AGAIN),
    "mapping_unknown": Words(
        _F, "不認得這種檔案;對照表有 {detail}", "no mapping table fits this file; there are {detail}",
        "確認是收訖明細檔;新的格式請在 schools/national/receipts-*.yaml 加一份對照表,或以 --mapping 指定",
        "check that it is a receipt; describe a new format in schools/national/receipts-*.yaml or name one by --mapping"),
    "mapping_ambiguous": Words(
        _F, "不只一份對照表符合:{detail}", "more than one mapping table fits: {detail}",
        "以 --mapping 指定其中一份", "name one of them by --mapping"),
    "cover_missing": Words(_F, "封面缺少 {detail}", "the cover lacks {detail}", *_AGAIN),
    "cover_mixed": Words(
        _F, "檔案裡的 {detail} 不只一種", "the rows of the file differ in {detail}",
        "一個檔案只能是一份名冊的收訖明細", "a file holds the receipt of one roster"),
    "other_school": Words(
        _F, "這是其他學校的收訖明細({detail})", "this receipt is another school's ({detail})",
        "刪除這個檔案,通知來源寄錯", "delete this file and tell the sender that it went to the wrong school"),
    "other_period": Words(
        _F, "學年度或學期與名冊不同({detail})", "the year or semester differs from the roster's ({detail})",
        "選同一學年度、學期的收訖明細", "choose the receipt of the same year and semester"),
    "other_roster": Words(
        _F, "名冊別與名冊不同({detail})", "the roster code differs from the roster's ({detail})",
        "選同一名冊別的收訖明細", "choose the receipt of the same roster code"),
    "roster_itself": Words(
        _F, "這就是送出的名冊,不是收訖明細({detail})", "this is the roster that was sent, not its receipt ({detail})", *_AGAIN),
    "other_version": Words(
        _D, "收訖明細屬於名冊的另一個版本({detail})", "the receipt is of another version of the roster ({detail})",
        "取得這一版的收訖明細;確要以此比對,須註明理由", "get this version's receipt; comparing this one needs a reason"),
    "no_rows": Words(_F, "沒有任何資料列", "there is no row of data", *_AGAIN),
    "nothing_received": Words(
        _D, "收訖明細一筆也沒有,名冊有 {detail} 筆", "the receipt holds nothing, the roster {detail} lines", *_AGAIN),
    "sheet_unknown": Words(
        _D, "名冊沒有這張工作表", "the roster has no such sheet",
        "確認名冊與收訖明細是同一份", "check that roster and receipt belong together"),
    "sheet_without_key": Words(
        _W, "對照表未列這張工作表,以整列比對", "the mapping table does not know this sheet; whole rows are compared",
        "在 schools/national/receipts-*.yaml 的 sheets 加上它", "add it under sheets in schools/national/receipts-*.yaml"),
    "sheet_hidden": Words(
        _W, "隱藏的工作表,未讀取", "a hidden sheet was not read",
        "取消隱藏並查看內容", "unhide it and look at what it holds"),
    "rejects_skipped": Words(
        _W, "「(缺)」工作表不提交,未比對", "a “(缺)” sheet is not submitted and was not compared",
        "補齊後移入正式工作表", "complete its rows and move them to the sheet proper"),
    "column_missing": Words(_F, "缺少認定一項所需的欄位", "a column that identifies an item is missing", *_AGAIN),
    "column_twice": Words(_F, "同一欄出現兩次", "a column stands twice", "刪除多餘的一欄", "remove one of them"),
    "column_unknown": Words(
        _W, "不認得的欄位,未比對", "unknown column, not compared",
        "若是欄名不同,請加入對照表", "add it to the mapping table if it is only named otherwise"),
    "column_not_compared": Words(
        _W, "收訖明細沒有這一欄,未比對", "the receipt has no such column; it was not compared",
        "以其他方式核對這一欄", "check this column in another way"),
    "title_rows": Words(
        _W, "標題列不在第 1 列(在第 {detail} 列)", "the header is not in row 1 but in row {detail}",
        "無須處理", "nothing to do"),
    "truncated": Words(_D, "檔案在中途斷掉", "the file breaks off", *_AGAIN),
    "count_differs": Words(_D, "筆數不符:{detail}", "the number of rows differs: {detail}", *_AGAIN),
    "row_of_other_school": Words(
        _D, "這一列屬於他校且不是本校學生({detail})", "the row is another school's and of nobody here ({detail})",
        "通知來源刪除他校資料", "ask the sender to remove the other school's data"),
    "cell_without_column": Words(_D, "資料超出標題列的欄數", "a cell stands beyond the last column", *_AGAIN),
    "empty": Words(_D, "必填欄位是空的", "a needed cell is empty", *_AGAIN),
    "merged": Words(
        _D, "合併儲存格,看不出屬於哪一列", "merged cells hide which row the value belongs to",
        "取消合併並逐列填入,或重新下載", "unmerge and fill each row, or download it again"),
    "formula": Words(
        _D, "儲存格是公式,值可能已變", "the cell is a formula and its value may have changed",
        "重新下載原始檔,不要使用編輯過的檔案", "download the original; do not use an edited file"),
    "error_value": Words(_D, "儲存格是試算表的錯誤值", "the cell holds a spreadsheet error", *_AGAIN),
    "number_as_text": Words(
        _D, "代碼被存成數字,開頭的 0 或末幾碼可能已消失", "a code is stored as a number and may have lost digits", *_AS_TEXT),
    "cell_type": Words(_D, "儲存格的類型不對", "the cell is of the wrong type", *_AS_TEXT),
    "control_character": Words(_D, "含有看不見的控制字元", "there is an invisible control character", *_AGAIN),
    "day_unreadable": Words(
        _D, "日期讀不出來({detail})", "the date cannot be read ({detail})",
        "對照名冊改正,或重新下載", "correct it from the roster or download it again"),
    "days_mixed": Words(
        _W, "同一欄混用民國與西元日期,皆已讀成同一種", "ROC and AD dates stand in one column; both were read",
        "抽查幾列", "look at a few rows"),
    "clock_24": Words(
        _W, "24:00 讀成次日 00:00", "24:00 was read as the next day's 00:00",
        "無須處理", "nothing to do"),
    "instant_unreadable": Words(_W, "時刻讀不出來({detail})", "the instant cannot be read ({detail})", "不影響比對", "the comparison does not need it"),
    "number_unreadable": Words(_D, "不是數值", "this is no number", *_AGAIN),
    "more": Words(_W, "另有 {detail} 處相同的問題", "{detail} more places have the same fault", "逐一處理", "treat them alike"),
}
# fmt: on


@dataclass(slots=True)
class Findings:
    """The findings of one file, in the order of reading; beyond MOST of a rule only their number."""

    file: str
    told: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def tell(
        self,
        rule: str,
        *,
        sheet: str = "",
        row: int | None = None,
        column: str = "",
        value: object = None,
        detail: str = "",
        personal: bool = False,
    ) -> None:
        """Note a fault. Raises KeyError for a rule without words."""
        words = RULES[rule]
        self.counts[rule] += 1
        if self.counts[rule] > MOST:
            return
        seen = shown_masked(value) if personal else shown(value)
        self.told.append(_finding(self.file, sheet, row, column, seen, rule, words, detail))

    def all(self) -> tuple[Finding, ...]:
        """Every finding, then how many of each rule were not told one by one."""
        rest = [
            _finding(
                self.file,
                "",
                None,
                rule,
                None,
                "more",
                RULES["more"]._replace(weight=RULES[rule].weight),
                str(n - MOST),
            )
            for rule, n in sorted(self.counts.items())
            if n > MOST
        ]
        return (*self.told, *rest)

    def of(self, weight: Weight) -> int:
        """How many findings weigh so much."""
        return sum(n for rule, n in self.counts.items() if RULES[rule].weight is weight)


def _finding(
    file: str, sheet: str, row: int | None, column: str, value: str | None, rule: str, words: Words, detail: str
) -> Finding:
    return Finding(
        file, sheet, row, column, value, rule, words.weight, words.message.format(detail=detail),
        words.message_en.format(detail=detail), words.remedy, words.remedy_en,
    )  # fmt: skip
