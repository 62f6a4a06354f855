"""rules: which rows cannot be submitted, and why; they stand on a sheet of their own, 「…(缺)」. 規§6.3.1."""

from __future__ import annotations

from enum import StrEnum

from rules.rosters.course_code import CourseCodeForm
from rules.rosters.schema import SheetSchema

REASON_COLUMN = "未提交原因"


class Reject(StrEnum):
    """Why a row is not submitted."""

    NO_COURSE_CODE = "no_course_code"
    WITHHELD_COURSE = "withheld_course"


REJECTS: dict[Reject, tuple[str, str]] = {
    Reject.NO_COURSE_CODE: ("缺少課程代碼,請於課程計畫補登", "no course code: enter it in the course plan"),
    Reject.WITHHELD_COURSE: (
        "團體活動或彈性學習且非充實(增廣)、補強性課程,不列入成績名冊",
        "group activity or flexible learning without credits: the score roster does not carry it",
    ),
}
"""What the clerk reads beside the row, in both languages."""


def reject(sheet: SheetSchema, form: CourseCodeForm, code: str) -> Reject | None:
    """Why a row with this course code cannot be submitted on a sheet of courses, or None."""
    if not code:
        return Reject.NO_COURSE_CODE
    if sheet.withholds and form.is_withheld(code):
        return Reject.WITHHELD_COURSE
    return None
