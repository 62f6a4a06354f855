"""rules: what an item's state means to its student, zh-TW and English; whose it is that nothing came of it. 規§5.3.1, 規§5.3.2"""

from __future__ import annotations

STATES: dict[str, tuple[str, str]] = {
    "uploaded": ("已上傳", "handed in"),
    "certification_requested": ("認證中", "waiting for certification"),
    "certified": ("認證成功", "certified"),
    "returned": ("退件,可更正後再送", "returned, may be corrected"),
    "selected": ("已勾選", "chosen for submission"),
    "locked": ("已勾選並鎖定", "chosen and locked"),
    "withdrawn": ("已撤回", "withdrawn"),
    "expired": ("期限內未送出認證", "not asked for in time"),
    "expired_uncertified": ("教師未認證(校方責任)", "no teacher decided (the school's fault)"),
}
"""A table: a state, what it means."""


def state_words(state: str) -> str:
    """The meaning in both languages; the state itself where it is a new one."""
    zh, en = STATES.get(state, (state, state))
    return f"{zh} · {en}"
