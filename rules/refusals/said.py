"""rules: short words by which our rules say what they found, as people read them; zh-TW first. 規§5.0

A rule says `scheme` or `text`: a word that holds nothing of what somebody wrote, and by which programs tell the fault.
"""

from __future__ import annotations

import re

from rules.refusals.codes import Code

_FORM = {
    "text": "文字 · text",
    "number": "數字 · a number",
    "day": "日期 · a day",
    "code": "不在代碼表內 · not in its list",
    "true/false": "是非值 · true or false",
    "line break": "換行 · a line break",
    "a day that exists": "存在的日期 · a day that exists",
    "summary_control_character": "有看不見的控制字元 · a control character that nobody sees",
    "summary_too_many_marks": "一個字上的符號過多 · too many marks on one character",
    "summary_empty": "空白 · empty",
    "plain characters": "看得見、打得出的字元 · characters that can be seen and typed",
}
SAID: dict[Code, dict[str, str]] = {
    Code.FIELD_INVALID: _FORM,
    Code.BAD_REQUEST: _FORM,
    Code.FILE_DAMAGED: dict.fromkeys(
        ("PdfError", "DataDecodingError", "RecursionError", "ValueError", "TypeError", "RuntimeError"),
        "PDF 的結構 · the structure of the PDF",
    ),
    Code.CONTRADICTION: {
        "opens < due <= closes does not hold": "開始 < 期限 ≤ 關閉 · opens < due <= closes",
        "opens < correction_closes <= closes does not hold": "開始 < 更正截止 ≤ 關閉 · opens < correction_closes <= closes",
        "hours: the window is open at no hour of them": "每日時段內有開放的時刻 · open at some hour of its daily hours",
        "hours: due lies where the window is shut": "期限在每日開放時段內 · due within the daily hours",
    },
    Code.TICKET_INVALID: {
        "none": "沒有憑證 · no ticket",
        "form": "不是憑證 · no ticket of ours",
        "signature": "簽章不符 · a wrong signature",
        "expired": "已過期 · expired",
        "person": "查無此人 · nobody we know",
        "files only": "只能取送檔案 · good for files only",
    },
    Code.LINK_INVALID: {
        "scheme": "網址的開頭 · its scheme",
        "credentials": "含帳號或密碼 · a name or password in it",
        "host": "主機不是公開的名稱 · its host is no public name",
        "character": "含網址不能有的字元 · a character that no address has",
        "malformed": "不是網址 · no address",
    },
}
"""By code: the word of a rule, and what it says."""

_OBJECT = re.compile(r"object (\d+)(.*)")
_COUNTED = re.compile(r"^(\d+) characters$")
_DECIMALS = re.compile(r"(.*), (\d) decimals")


def said(code: Code, word: str) -> str:
    """What a rule's word says; a number, an id and every other text are as they are."""
    if code in SAID and word in SAID[code]:
        return SAID[code][word]
    if code in (Code.PDF_SCRIPT, Code.PDF_LAUNCH, Code.PDF_ATTACHMENT) and (inside := _OBJECT.fullmatch(word)):
        return f"PDF 的第 {inside[1]} 個物件{inside[2]} · inside the PDF, object {inside[1]}"
    if code is Code.FIELD_INVALID:
        if counted := _COUNTED.fullmatch(word):
            return f"{counted[1]} 字 · characters"
        if bounded := _DECIMALS.fullmatch(word):
            return f"{bounded[1]},小數至多 {bounded[2]} 位 · decimals"
    return word
