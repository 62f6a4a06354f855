"""rules: what a refusal shows as found and as its limit where the one who refused named none; zh-TW first."""

from __future__ import annotations

from rules.refusals.codes import Code
from rules.refusals.said import said
from rules.refusals.sizes import size_text

CLAUSE = "規§5.0"
"""Of what is wrong with the request itself: the platform's own working."""
FOUND, LIMIT = "如位置所示 · as the place says", "如處理方式所示 · as the remedy says"

UNSAID: dict[Code, tuple[str, str]] = {
    Code.NO_WINDOW: ("無 · none", "期程上的作業期間 · a window of the calendar"),
    Code.NOT_FOUND: ("無 · none", "存在的代號或檔案 · an id or file that is there"),
    Code.NOT_YOURS: ("他人的 · somebody else's", "本人的 · one's own"),
    Code.NO_POST: ("未擔任 · not held", "該職務的現任者或代理人 · its holder or deputy"),
    Code.NOT_CERTIFIER: (
        "非任課、接任或代理教師 · none of its teachers",
        "任課、接任或代理教師 · its teacher, successor or deputy",
    ),
    Code.HOLDER_PRESENT: ("現任者在職 · the holder is there", "現任者請假或無法執行 · absent or unable"),
    Code.CONTRADICTION: (FOUND, "彼此相容的日期 · dates that agree"),
    Code.WRONG_STATE: ("尚無 · none yet", "無 · none"),
    Code.FILE_MISSING: ("0", "1"),
    Code.FILE_EMPTY: ("0", ">= 1"),
    Code.FIELD_MISSING: ("空白 · empty", "必填 · required"),
    Code.FIELD_UNKNOWN: ("不認得 · unknown", "無 · none"),
    Code.KEY_REUSED: ("不同的內容 · another body", "同樣的內容 · the same body"),
    Code.NOT_DECIDED: ("未定 · not decided", "已採用的文件或決議 · an adopted document or decision"),
    Code.ALREADY_EXISTS: ("已有 · there already", "尚無 · none yet"),
    Code.SERVER_AWAY: ("沒有回應 · no answer", "可連線 · reachable"),
    Code.BAD_REQUEST: ("空白或不符 · empty or unfit", "依說明填寫 · as the help says"),
}
"""Code to (found, limit)."""


def shown_found(code: Code, found: str) -> str:
    """What was found, in words where nothing was named; bytes and the words of rules as people read them."""
    return _read(code, found) or UNSAID.get(code, (FOUND, LIMIT))[0]


def shown_limit(code: Code, limit: str) -> str:
    """The limit, in words where none was named; bytes and the words of rules as people read them."""
    return _read(code, limit) or UNSAID.get(code, (FOUND, LIMIT))[1]


def _read(code: Code, word: str) -> str:
    if code is Code.FILE_SIZE and word.isascii() and word.isdigit():
        return size_text(int(word))
    return said(code, word)
