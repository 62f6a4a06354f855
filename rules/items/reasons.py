"""rules: what a reason for a return says to its student, zh-TW and English. 規§5.3.2"""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    "not_own_work": ("非本人的作品", "not the student's own work"),
    "wrong_course": ("不是這門課的作品", "not of this course"),
    "unreadable": ("檔案無法閱讀", "cannot be read"),
    "wrong_file": ("檔案放錯了", "the wrong file"),
}
"""A table: a reason's id, what it says. Which of them a school takes is its own list; an id that it adds says itself."""


def reason_words(reason: str) -> str:
    """A reason in both languages, `檔案放錯了 · the wrong file`; an id that a school added, as it is."""
    return " · ".join(REASONS.get(reason, (reason,)))


def reasons_text(reasons: tuple[str, ...] | list[str]) -> str:
    """The reasons of a list with their Chinese: `not_own_work 非本人的作品, …`."""
    return ", ".join(f"{r} {REASONS[r][0]}" if r in REASONS else r for r in reasons)
