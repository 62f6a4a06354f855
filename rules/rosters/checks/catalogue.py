"""rules: every check of the data doctor: its weight, words, source, whose work it is and what to do. 規§4.2, 規§6.3.

docs/doctor.md is written from this table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """An error holds the roster back until it is clean or waived; a warning is told."""

    ERROR = "error"
    WARNING = "warning"


class Area(StrEnum):
    """What a check looks at."""

    COVER = "cover"
    LAYOUT = "layout"
    CELL = "cell"
    PERSON = "person"
    COURSE = "course"
    CONTENT = "content"


AREAS: dict[Area, tuple[str, str]] = {
    Area.COVER: ("封面", "the cover"),
    Area.LAYOUT: ("工作表與欄位", "sheets and columns"),
    Area.CELL: ("儲存格", "cells"),
    Area.PERSON: ("學生", "students"),
    Area.COURSE: ("課程", "courses"),
    Area.CONTENT: ("內容", "contents"),
}


class Desk(StrEnum):
    """Whose work it is; which post that is stands in the roster book, the submitter's in each roster."""

    SUBMITTER = "submitter"
    STUDENTS = "students"
    COURSES = "courses"
    PLATFORM = "platform"


class Check(NamedTuple):
    """One check. `source`: a source of the roster book, a clause, or `workbook` for the form of the file."""

    area: Area
    severity: Severity
    title: str
    title_en: str
    remedy: str
    remedy_en: str
    source: str
    desk: Desk = Desk.SUBMITTER
    clause: str = "規§4.2"


_E, _W = Severity.ERROR, Severity.WARNING
_COVER, _LAYOUT, _CELL, _PERSON, _COURSE, _CONTENT = Area
_SUBMITTER, _REGISTRAR, _COURSES, _INFORMATION = Desk
_LIKE_SCHEMA = (
    "由系統重新產製名冊,不要手動增刪欄位",
    "generate the roster again; do not add or remove columns by hand",
)
_AS_TEXT = ("把欄位設成文字格式後重新輸入", "format the column as text and enter it again")
_RETYPE = ("在原系統改正後重新產製", "correct it at its source and generate the roster again")
_PLAN = ("對照課程計畫平臺的課程代碼改正", "correct it from the course plan")

# A table: a check, what it looks at, how much it weighs, what is wrong, what to do, where it comes from, whose work.
# fmt: off
CHECKS: dict[str, Check] = {
    # 封面
    "cover_missing": Check(_COVER, _E, "缺少封面,或封面欄位不全", "there is no cover, or it lacks a column or value",
        "第一張工作表應為「封面」:學校代碼、學年度、學期、名冊別", "the first sheet is 封面 with 學校代碼, 學年度, 學期, 名冊別", "merged"),
    "cover_school": Check(_COVER, _E, "封面的學校代碼不是 6 碼文字", "the cover's school code is no text of six characters", *_AS_TEXT, "merged"),
    "cover_year": Check(_COVER, _E, "封面的學年度不合理", "the cover's school year is implausible", "填三位數學年度,例如 115", "give the ROC school year, such as 115", "merged"),
    "cover_semester": Check(_COVER, _E, "學期名冊的學期應為 1 或 2", "the roster of a semester says 1 or 2", "封面學期改為 1 或 2", "write 1 or 2 as 學期 on the cover", "vendor_2022"),
    "cover_semester_yearly": Check(_COVER, _E, "學年名冊的學期應為 0", "a yearly roster says semester 0", "封面學期改為 0", "write 0 as 學期 on the cover", "vendor_2022"),
    "cover_code": Check(_COVER, _E, "封面的名冊別無此代碼", "the cover's roster code does not exist", "對照名冊別代碼表改正", "correct it from the list of roster codes", "vendor_2022"),
    "test_school": Check(_COVER, _E, "混入測試學校的資料", "data of a test school are mixed in", "刪除測試資料後重新產製", "remove the test data and generate again", "research_108", _INFORMATION),
    # 工作表與欄位
    "sheet_missing": Check(_LAYOUT, _E, "缺少這份名冊應有的工作表", "a sheet of this roster is missing", *_LIKE_SCHEMA, "merged"),
    "sheet_unknown": Check(_LAYOUT, _E, "這份名冊沒有這張工作表", "this roster has no such sheet", "刪除它,或確認名冊別", "remove it, or check the roster code", "merged"),
    "sheet_hidden": Check(_LAYOUT, _W, "隱藏的工作表,未檢查", "a hidden sheet was not checked", "取消隱藏並查看內容", "unhide it and look", "workbook"),
    "column_missing": Check(_LAYOUT, _E, "缺少欄位", "a column is missing", *_LIKE_SCHEMA, "merged"),
    "column_unfilled": Check(_LAYOUT, _W, "缺少選填的欄位", "a column that may stay empty is missing", *_LIKE_SCHEMA, "merged"),
    "column_twice": Check(_LAYOUT, _E, "同一欄出現兩次", "a column stands twice", *_LIKE_SCHEMA, "workbook"),
    "column_unknown": Check(_LAYOUT, _W, "不認得的欄位", "an unknown column", "刪除它,或確認欄名", "remove it, or check its name", "merged"),
    "division_columns": Check(_LAYOUT, _E, "混用日間部與進修部的欄位", "a column of the other division", "日間部用修課學分,進修部用節數;確認名冊別", "day school has credits, the continuing division periods; check the code", "vendor_2022"),
    "cell_without_column": Check(_LAYOUT, _E, "資料超出標題列的欄數", "a cell stands beyond the last column", "把資料移回正確欄位", "move it into its column", "workbook"),
    "no_rows": Check(_LAYOUT, _W, "名冊沒有任何資料列", "the roster has no row", "確認本期確無資料", "make sure that there is nothing to send", "workbook"),
    "rejects_present": Check(_LAYOUT, _W, "「(缺)」工作表有無法提交的資料列", "rows that cannot be submitted stand on a 「(缺)」 sheet", "補齊後重新產製;不提交者請說明", "complete them and generate again, or say why they stay out", "score_template"),
    # 儲存格
    "required_empty": Check(_CELL, _E, "必填欄位是空的", "a required cell is empty", *_RETYPE, "merged"),
    "too_long": Check(_CELL, _E, "超過欄位字數", "a text is longer than its column allows", "縮短文字", "shorten it", "merged"),
    "formula": Check(_CELL, _E, "儲存格是公式", "a cell is a formula", "貼上值,不要留公式", "paste values, leave no formula", "workbook"),
    "error_value": Check(_CELL, _E, "儲存格是試算表的錯誤值", "a cell holds a spreadsheet error", *_RETYPE, "workbook"),
    "merged": Check(_CELL, _E, "合併儲存格", "merged cells", "取消合併並逐列填入", "unmerge and fill each row", "workbook"),
    "float_id": Check(_CELL, _E, "代碼存成數字,開頭的 0 或末幾碼可能已消失", "a code is stored as a number and may have lost digits", *_AS_TEXT, "workbook"),
    "code_as_number": Check(_CELL, _W, "代碼存成數字", "a code is stored as a number", *_AS_TEXT, "workbook"),
    "text_as_number": Check(_CELL, _W, "文字存成數字", "a text is stored as a number", *_AS_TEXT, "workbook"),
    "cell_type": Check(_CELL, _E, "儲存格的類型不對", "a cell is of the wrong type", *_AS_TEXT, "workbook"),
    "control_character": Check(_CELL, _E, "含有看不見的控制字元", "there is an invisible control character", *_RETYPE, "workbook"),
    "white_space": Check(_CELL, _W, "前後有空白", "white space before or behind the text", "刪除空白", "remove it", "workbook"),
    "unknown_code": Check(_CELL, _E, "代碼不在代碼表內", "a code is not in its list", "對照代碼表改正", "correct it from the list", "merged"),
    "unlisted_code": Check(_CELL, _W, "代碼不在已知的代碼表內(代碼表未查證)", "a code is not in the list known to us, which is unverified", "對照現行手冊", "compare with the manual in force", "inferred"),
    "number_unreadable": Check(_CELL, _E, "不是數值", "this is no number", *_RETYPE, "merged"),
    "number_range": Check(_CELL, _E, "數值超出範圍", "a number is out of its range", *_RETYPE, "merged"),
    "number_decimals": Check(_CELL, _W, "小數位數過多", "a number has too many decimals", "四捨五入至規定位數", "round it", "score_template"),
    "day_unreadable": Check(_CELL, _E, "日期讀不出來,或沒有這一天", "a date cannot be read, or there is no such day", *_RETYPE, "merged"),
    "day_as_number": Check(_CELL, _E, "日期存成數字,開頭的 0 可能已消失", "a date is stored as a number and may have lost a zero", *_AS_TEXT, "workbook"),
    "day_style": Check(_CELL, _W, "日期寫法與這一欄的規定不同", "a date is written in another style than its column's", "改成這一欄的寫法", "write it in the column's style", "score_template"),
    "future_day": Check(_CELL, _E, "日期在名冊的學年度之後或在今天之後", "a day lies after the roster's school year or after today", *_RETYPE, "research_108"),
    "precheck_filled": Check(_CELL, _W, "預檢名冊的這一欄應留空", "a pre-check leaves this column empty", "清空這一欄", "empty the column", "score_template"),
    # 學生
    "id_shape": Check(_PERSON, _E, "身分證號或居留證號的格式不對", "an id has the wrong shape", "核對證件", "look at the document", "規§5.1.1", _REGISTRAR, "規§5.1.1"),
    "id_check_digit": Check(_PERSON, _E, "身分證號或居留證號的檢查碼不對", "an id's check digit is wrong", "核對證件", "look at the document", "規§5.1.1", _REGISTRAR, "規§5.1.1"),
    "id_sex": Check(_PERSON, _W, "性別代碼與身分證號不符", "sex and id do not agree", "核對證件", "look at the document", "inferred", _REGISTRAR, "規§5.1.1"),
    "id_birth": Check(_PERSON, _E, "同一身分證號有兩個出生日期", "one id has two birth dates", "核對證件", "look at the document", "merged", _REGISTRAR, "規§5.1.1"),
    "birth_implausible": Check(_PERSON, _E, "出生日期與在學年齡不符", "the birth date does not fit a student's age", "核對證件", "look at the document", "assumed", _REGISTRAR, "規§5.1.1"),
    "day_before_birth": Check(_PERSON, _E, "日期早於出生日期", "a day lies before the birth date", *_RETYPE, "merged"),
    "duplicate_key": Check(_PERSON, _E, "同一人同一項重複", "one person has the same entry twice", "刪除重複的一列", "remove one of them", "research_108"),
    "duplicate_person": Check(_PERSON, _W, "同一人在學生資料出現兩次", "a person stands twice among the students", "轉出、復學者確認兩列都該有", "make sure that both rows belong there", "research_108", _REGISTRAR),
    "duplicate_row": Check(_PERSON, _W, "兩列完全相同", "two rows are equal", "確認不是重複上傳", "make sure that it was not uploaded twice", "research_108"),
    "seat_twice": Check(_PERSON, _W, "同班同座號有兩人", "two students have one seat in a class", "核對座號", "check the seats", "inferred", _REGISTRAR),
    "group_missing": Check(_PERSON, _E, "缺少群別", "the group is missing", "補登學生的群別", "enter the student's group", "research_108", _REGISTRAR),
    "department_missing": Check(_PERSON, _E, "缺少科班學程別", "the department or programme is missing", "補登學生的科、班或學程", "enter the student's department or programme", "research_108", _REGISTRAR),
    "grade_range": Check(_PERSON, _E, "年級超出範圍", "the grade is out of range", "核對年級", "check the grade", "research_108", _REGISTRAR),
    "status_list": Check(_PERSON, _E, "特殊身分別的清單寫法不對(空項、重複)", "a list of special statuses is malformed (empty or doubled entry)", "寫成 1,4 的形式", "write it like 1,4", "research_108", _REGISTRAR),
    "status_none_and_more": Check(_PERSON, _W, "特殊身分別同時有「無」與其他身分", "special statuses say none and another one", "刪除其中之一", "remove one of them", "inferred", _REGISTRAR),
    "indigenous_conflict": Check(_PERSON, _E, "原住民相關欄位互相矛盾", "the indigenous fields contradict one another", "核對戶籍資料", "check the household register", "research_108", _REGISTRAR),
    "indigenous_certificate": Check(_PERSON, _W, "族語認證的欄位只填了一部分", "the language certificate is filled in part only", "補齊或全部清空", "fill all of it or nothing", "research_108", _REGISTRAR),
    "enrolled_with_change": Check(_PERSON, _E, "「在學」卻有學籍異動日期", "an enrolled student has a day of change", "刪除日期,或改學籍狀態", "remove the day, or change the status", "research_108", _REGISTRAR),
    "change_without_day": Check(_PERSON, _E, "非「在學」卻沒有學籍異動日期", "a changed status has no day", "補登異動日期", "enter the day of the change", "research_108", _REGISTRAR),
    # 課程
    "course_code_missing": Check(_COURSE, _E, "缺少課程代碼", "the course code is missing", *_PLAN, "score_template", _COURSES),
    "course_length": Check(_COURSE, _E, "課程代碼不是 23 碼", "a course code does not have 23 characters", *_PLAN, "score_template", _COURSES),
    "course_shape": Check(_COURSE, _E, "課程代碼有不合的字元", "a course code holds a wrong character", *_PLAN, "score_template", _COURSES),
    "course_year": Check(_COURSE, _E, "課程代碼的適用入學學年度不合理", "the entry year in a course code is implausible", *_PLAN, "score_template", _COURSES),
    "course_school": Check(_COURSE, _E, "課程代碼的學校與開課學校不同", "the school in a course code is another one than the one that held it", *_PLAN, "score_template", _COURSES),
    "course_grade": Check(_COURSE, _W, "入學學年度、修課學年度與開課年級對不起來", "entry year, year of study and grade do not fit", *_PLAN, "score_template", _COURSES),
    "course_facts": Check(_COURSE, _W, "同一課程代碼的科目或學分不一致", "one course code has different subjects or credits", *_PLAN, "inferred", _COURSES),
    "withheld_course": Check(_COURSE, _E, "課程類別 8、9 且科目屬性非 D,不得列入成績名冊", "kinds 8 and 9 without property D must not stand in a score roster", "移到「(缺)」工作表", "move it to the 「(缺)」 sheet", "score_template", _COURSES),
    "division_mixed": Check(_COURSE, _E, "日間部名冊混入進修部的課程", "a course of the continuing division stands in a day roster", "移到進修部名冊", "move it to the continuing division's roster", "research_108", _REGISTRAR),
    "credits_range": Check(_COURSE, _E, "學分或節數超出範圍", "credits or periods are out of range", *_PLAN, "merged", _COURSES),
    "score_range": Check(_COURSE, _E, "成績不在 0 至 100", "a score is not between 0 and 100", "核對成績;免修、缺考不填 -1", "check the score; write no -1", "score_template", _REGISTRAR, "規§5.2.1"),
    "passed_conflict": Check(_COURSE, _W, "及格與否和成績不符", "passed and score do not agree", "核對及格標準", "check the pass mark", "inferred", _REGISTRAR, "規§5.2.1"),
    "resit_passed": Check(_COURSE, _W, "已及格卻有補考成績", "a passed course has a resit score", "核對補考", "check the resit", "inferred", _REGISTRAR, "規§5.2.1"),
    "past_later": Check(_COURSE, _E, "應修、原修課的學年度學期晚於名冊", "a year of earlier study lies after the roster's", *_RETYPE, "research_108"),
    "school_shape": Check(_COURSE, _E, "學校代碼不是 6 碼", "a school code does not have six characters", *_RETYPE, "merged"),
    "school_own": Check(_COURSE, _E, "借讀或原修課學校是本校", "the other school is our own", "改為他校代碼,或移到別張工作表", "give the other school's code, or use another sheet", "merged"),
    "school_not_own": Check(_COURSE, _E, "所屬學校不是封面的學校", "the student's school is not the cover's", *_RETYPE, "merged"),
    # 內容
    "summary_missing": Check(_CONTENT, _E, "缺少簡述", "the summary is missing", "由學生補填", "let the student write it", "guidance", _SUBMITTER, "規§5.4"),
    "summary_long": Check(_CONTENT, _E, "簡述超過規定字數", "a summary has more characters than allowed", "由學生縮短", "let the student shorten it", "guidance", _SUBMITTER, "規§5.4"),
    "link_missing": Check(_CONTENT, _E, "文件與影音連結都是空的", "neither document nor recording is there", "補上檔案;一件含簡述與文件或影音", "add the file: an item has a summary and a document or recording", "guidance", _INFORMATION, "規§5.4"),
    "link_shape": Check(_CONTENT, _W, "連結不是網址,也不是檔案雜湊", "a link is no address and no file hash", "由系統重新產製", "generate the roster again", "platform_2018", _INFORMATION),
    "day_order": Check(_CONTENT, _E, "結束日期早於開始日期", "the last day lies before the first", *_RETYPE, "merged"),
    "span_outside": Check(_CONTENT, _W, "期間與名冊的學年度無交集", "the span does not touch the roster's school year", "確認是否屬於本期", "make sure that it belongs to this year", "inferred"),
    "hours_range": Check(_CONTENT, _E, "時數不合理", "the hours are unreasonable", "核對時數", "check the hours", "research_108"),
    "hours_a_day": Check(_CONTENT, _W, "時數超過期間所能容納", "more hours than the span can hold", "核對時數與日期", "check hours and days", "research_108"),
    "periods_zero": Check(_CONTENT, _E, "節數或週數為 0 或不合理", "periods or weeks are 0 or unreasonable", "補登每週節數", "enter the periods a week", "research_108"),
    "licence_score": Check(_CONTENT, _E, "證照分數為 0、-1 或不合理", "a licence has the score 0, -1 or an unreasonable one", "沒有分數就不填", "leave it empty where there is none", "research_108"),
    "organiser_missing": Check(_CONTENT, _E, "缺少主辦、開設或服務單位", "who held it is missing", "由學生補填", "let the student enter it", "research_108", _SUBMITTER, "規§5.4"),
}
# fmt: on
