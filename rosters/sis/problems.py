"""rosters: what is wrong with a school's files, said in both languages, with its remedy. 規§5.1.1.

A problem names file, row and column; a personal value is cut to its first and last character.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from rules.identity import mask
from rules.instants import Model

SHOWN = 40
"""How many characters of a value a problem shows."""


class Severity(StrEnum):
    """An error leaves the row out; a warning keeps it and asks for a look."""

    ERROR = "error"
    WARNING = "warning"


class ImportProblem(Model):
    """One fault: `row` counts from 1 with the header, None for the whole file; `rule` is its code."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    severity: Severity
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str
    clause: str


class Words(NamedTuple):
    """The words of one rule; `{detail}` is filled in."""

    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str
    severity: Severity = Severity.ERROR


_WARNING = Severity.WARNING

# A table: a rule, what is wrong, what to do.
# fmt: off
RULES: dict[str, Words] = {
    "folder_missing": Words(
        "找不到資料夾", "the folder does not exist",
        "確認資料夾路徑", "check the folder's path"),
    "file_missing": Words(
        "缺少檔案({detail})", "the file is missing ({detail})",
        "由校務行政系統匯出後放入資料夾", "export it from the student information system into the folder"),
    "file_twice": Words(
        "同一份資料有兩個檔案({detail})", "two files hold the same data ({detail})",
        "只保留較新的一份", "keep the newer one only"),
    "file_unexpected": Words(
        "不認得的檔案,未讀取", "unknown file, not read",
        "更名為規定的檔名,或移出資料夾", "give it one of the file names, or move it away", _WARNING),
    "file_unreadable": Words(
        "檔案無法讀取:{detail}", "the file cannot be read: {detail}",
        "以試算表軟體開啟後另存為 .xlsx 或 CSV UTF-8", "open it in a spreadsheet and save it as .xlsx or CSV UTF-8"),
    "encoding_unknown": Words(
        "文字編碼不是 UTF-8、CP950 或 Big5-HKSCS", "the text is neither UTF-8, CP950 nor Big5-HKSCS",
        "另存為「CSV UTF-8(逗號分隔)」", "save it as “CSV UTF-8 (comma delimited)”"),
    "sheet_ignored": Words(
        "只讀第一張工作表,其餘未讀({detail})", "only the first sheet is read, not {detail}",
        "把資料放在第一張工作表", "put the data on the first sheet", _WARNING),
    "header_missing": Words(
        "檔案是空的,沒有標題列", "the file is empty and has no header row",
        "第 1 列寫欄位名稱", "write the column names into row 1"),
    "no_rows": Words(
        "只有標題列,沒有資料", "there is a header but no data",
        "確認匯出的學年度與學期", "check the school year and semester of the export"),
    "column_missing": Words(
        "缺少欄位", "the column is missing",
        "補上這個欄位,名稱需完全相同", "add the column under exactly this name"),
    "column_twice": Words(
        "欄位重複", "the column stands twice",
        "刪除多餘的一欄", "delete one of them"),
    "column_unknown": Words(
        "不認得的欄位,未讀取", "unknown column, not read",
        "確認欄位名稱有無錯字", "check the column's name for slips", _WARNING),
    "cell_without_column": Words(
        "資料超出標題列的欄數", "a cell stands beyond the last column",
        "檢查是否多了逗號,或以雙引號括住內容", "look for an extra comma, or quote the text"),
    "empty": Words(
        "必填欄位是空的", "a required cell is empty",
        "補上資料", "fill it in"),
    "number_as_text": Words(
        "代碼被存成數字,開頭的 0 可能已消失", "a code is stored as a number and may have lost leading zeros",
        "將此欄設為「文字」格式後重新輸入", "format the column as text and enter it again"),
    "date_cell": Words(
        "儲存格是試算表的日期,年份可能已被改寫", "the cell is a spreadsheet date, its year may have been rewritten",
        "將此欄設為「文字」格式,以民國 7 碼填寫,例如 0980512",
        "format the column as text and write seven ROC digits, such as 0980512"),
    "cell_type": Words(
        "儲存格的類型不對", "the cell is of the wrong type",
        "將此欄設為「文字」格式後重新輸入", "format the column as text and enter it again"),
    "formula": Words(
        "儲存格是公式或以 = + - @ 開頭", "the cell is a formula or begins with = + - @",
        "貼上為「值」,刪去開頭的符號", "paste it as a value without the leading sign"),
    "error_value": Words(
        "儲存格是試算表的錯誤值", "the cell holds a spreadsheet error",
        "改填正確的值", "enter the right value"),
    "control_character": Words(
        "含有看不見的控制字元或換行", "there is an invisible control character or a line break",
        "刪除後重新輸入", "delete the text and type it again"),
    "not_nfc": Words(
        "文字不是 NFC 標準形式,已轉換", "the text was not in Unicode's form NFC and was converted",
        "確認字形無誤", "check that the characters are right", _WARNING),
    "too_long": Words(
        "文字過長({detail} 字)", "the text is too long ({detail} characters)",
        "檢查是否有多餘的內容", "look for text that does not belong here"),
    "name_lost": Words(
        "姓名有字遺失或是自造字({detail})", "a character of the name was lost, or is a private one ({detail})",
        "由學籍資料重新輸入這個字(另存為 CSV UTF-8),仍沒有字碼的字依戶政的統一碼填寫",
        "enter it again from the student record and save as CSV UTF-8; a rare one by its Unicode of the household register"),
    "name_hidden": Words(
        "姓名有看不見的字元({detail})", "the name holds a character that nobody sees ({detail})",
        "刪除後重新輸入姓名", "delete the name and type it again"),
    "code_shape": Words(
        "代碼只能是半形英數字、- 與 _", "a code has only ASCII letters, digits, - and _",
        "改用半形字元", "write it in half-width characters"),
    "post_shape": Words(
        "職務代碼的格式不對", "a post's code has another shape",
        "用小寫英文與底線,例如 registration_section", "small letters and underscores, such as registration_section"),
    "email_shape": Words(
        "電子信箱格式不對", "this is no e-mail address",
        "改正後重新匯出,可留空的欄位也可留空", "correct it; leave it empty where that is allowed"),
    "identity_shape": Words(
        "身分證號或居留證統一證號格式不對", "this is no national id or resident certificate number",
        "對照證件改正", "correct it from the document"),
    "identity_check_digit": Words(
        "身分證號或居留證統一證號檢查碼不符", "the check digit of the id is wrong",
        "對照證件改正", "correct it from the document"),
    "identity_sex": Words(
        "性別與證號不一致", "the sex differs from what the id states",
        "對照證件確認", "check it against the document", _WARNING),
    "roc_shape": Words(
        "不是民國日期", "this is no ROC date",
        "以民國 7 碼填寫,例如 0980512,或 98/5/12", "write seven ROC digits, such as 0980512, or 98/5/12"),
    "roc_ad_year": Words(
        "日期用了西元年", "the date has an AD year",
        "改為民國年(西元年減 1911)", "write the ROC year (AD minus 1911)"),
    "roc_no_such_day": Words(
        "沒有這一天", "there is no such day",
        "對照證件或公文改正", "correct it from the document"),
    "roc_weekday": Words(
        "星期與日期不符", "the weekday does not fit the date",
        "改正日期或星期", "correct the date or the weekday"),
    "roc_clock": Words(
        "時間格式不對", "this is no time of day",
        "改為 24 小時制,例如 17:00", "write it as 17:00"),
    "not_whole": Words(
        "不是整數", "this is no whole number",
        "填半形整數", "write a whole number in half-width digits"),
    "out_of_range": Words(
        "數值超出範圍({detail})", "the number is out of range ({detail})",
        "改正後重新匯出", "correct it and export again"),
    "not_score": Words(
        "不是成績", "this is no score",
        "填 0 到 100,至多兩位小數", "write 0 to 100 with at most two decimals"),
    "score_minus_one": Words(
        "成績為 -1,這是系統用來表示「無成績」的值", "the score is -1, which systems use for “no score”",
        "查明後填入成績;補考成績可留空", "find the score; a make-up score may stay empty"),
    "not_a_choice": Words(
        "不在可填的值之內({detail})", "not one of the values allowed ({detail})",
        "改填其中之一", "write one of them"),
    "code_list": Words(
        "特殊身分別的清單格式不對", "the list of special statuses is malformed",
        "以一個逗號分隔代碼,不重複,前後沒有逗號", "separate codes by one comma, none twice, no comma at the ends"),
    "code_list_order": Words(
        "特殊身分別的代碼沒有由小到大,可能是併欄或誤植",
        "the codes of special statuses are not in rising order; columns may have run together",
        "對照原資料確認,由小到大填寫", "check it against the source and write them in order", _WARNING),
    "course_code_length": Words(
        "課程代碼不是 23 碼({detail} 碼)", "a course code has 23 characters, this one {detail}",
        "由課程計畫平臺的課程代碼檔複製", "copy it from the course plan platform's code file"),
    "course_code_shape": Words(
        "課程代碼的格式不對", "the course code has another shape",
        "由課程計畫平臺的課程代碼檔複製", "copy it from the course plan platform's code file"),
    "course_code_school": Words(
        "課程代碼的學校代碼不是本校({detail})", "the course code names another school ({detail})",
        "借讀與轉學轉科前的課程寫在修課身分檔(enrolments)",
        "courses of a visit or from before a transfer stand in the enrolments file"),
    "course_code_year": Words(
        "課程代碼的入學學年度與開課年級不符(應為 {detail})",
        "the course code's entry year does not fit the grade (expected {detail})",
        "確認課程代碼屬於這一屆", "check that the code belongs to this cohort", _WARNING),
    "duplicate": Words(
        "與第 {detail} 列重複", "the same as row {detail}",
        "刪除其中一列", "delete one of them"),
    "unknown_class": Words(
        "班級檔沒有這個班級", "the class is not in the classes file",
        "改正代碼,或在班級檔補上", "correct the code, or add the class"),
    "unknown_staff": Words(
        "教職員檔沒有這個編號", "the number is not in the staff file",
        "改正編號,或在教職員檔補上", "correct the number, or add the person"),
    "unknown_student": Words(
        "學生檔沒有這個學號", "the number is not in the students file",
        "改正學號,或在學生檔補上", "correct the number, or add the student"),
    "unknown_course": Words(
        "課程檔在該學期沒有這門課", "the courses file has no such course in that semester",
        "改正課程代碼或學期,或在課程檔補上", "correct the code or semester, or add the course"),
    "not_their_course": Words(
        "這位學生在該學期沒有修這門課({detail})", "the student does not take this course in that semester ({detail})",
        "改正課程代碼或學號;補修、重修、借讀等先登錄在修課身分檔(enrolments)",
        "correct the code or the number; make-up, retake or visiting study is registered in the enrolments file first"),
    "left_out_too": Words(
        "這一列用到的資料在另一列,而那一列有錯誤、未匯入", "this row names what stands in a row that is left out for its error",
        "先改正那一列,再一起匯入", "correct that row first, and import both"),
    "several_classes": Words(
        "該學期有幾個班開這門課({detail})", "several classes have this course in that semester ({detail})",
        "在班級代碼填上學生隨班的班級", "name the class in which the student takes it"),
    "own_course": Words(
        "借讀的課程代碼是本校的", "the course of a visit has this school's code",
        "填借讀學校的課程代碼", "write the visited school's course code"),
    "outside_differs": Words(
        "與第 {detail} 列同一門課,科目、學分或認證教師不同", "the same course as row {detail}, but another subject, credits or teacher",
        "同一門課寫同樣的資料", "write the same data for one course"),
    "needed_outside": Words(
        "借讀與轉學轉科前的課程需要這一欄", "a course of a visit or from before a transfer needs this column",
        "補上科目名稱、學分與認證教師(借讀為對方學校的教師,先登錄在教職員檔)",
        "give subject, credits and the certifying teacher (of the visited school, in the staff file first)"),
    "class_differs": Words(
        "與班級檔不一致({detail})", "differs from the classes file ({detail})",
        "確認年級與學程", "check grade and track"),
    "group_missing": Words(
        "缺少群別或科班學程別,學生資料名冊必填", "group or department is missing; the enrolment roster needs it",
        "補上代碼,綜合型未分流者依現行手冊", "add the code", _WARNING),
    "division_differs": Words(
        "班別是進修部,學程不是", "the kind of class is of the continuing division, the track is not",
        "確認學程與班別", "check track and kind of class", _WARNING),
    "birth_entry": Words(
        "出生日期與入學學年度不合(入學時 {detail} 歲)", "birth date and entry year do not fit (aged {detail} on entry)",
        "核對證件與入學學年度", "look at the document and the entry year", _WARNING),
    "passed_differs": Words(
        "及格與否和成績不符", "passed and score do not agree",
        "核對成績與及格標準", "check the score and the pass mark", _WARNING),
    "term_differs": Words(
        "任期與學年度無交集", "the term does not touch the school year",
        "改正日期,或填對學年度", "correct the dates or the school year", _WARNING),
    "last_before_first": Words(
        "結束日早於開始日", "the last day lies before the first",
        "改正日期", "correct the dates"),
    "own_deputy": Words(
        "代理人是本人", "somebody is their own deputy",
        "填另一位同仁,或留空", "name somebody else, or leave it empty"),
    "deputies_same": Words(
        "兩位代理人是同一人", "both deputies are one person",
        "第二代理人填另一位同仁,或留空", "name somebody else as second deputy, or leave it empty", _WARNING),
}
# fmt: on


def problem(
    rule: str,
    *,
    file: str,
    clause: str,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    detail: str = "",
) -> ImportProblem:
    """The problem of a rule at a place. Raises KeyError for a rule without words."""
    words = RULES[rule]
    return ImportProblem(
        file=file,
        row=row,
        column=column,
        value=value,
        rule=rule,
        severity=words.severity,
        message_zh=words.message_zh.format(detail=detail),
        message_en=words.message_en.format(detail=detail),
        remedy_zh=words.remedy_zh,
        remedy_en=words.remedy_en,
        clause=clause,
    )


def shown(value: object) -> str | None:
    """A value as a problem shows it: printable, cut to SHOWN characters; None when empty."""
    if value is None or value == "":
        return None
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value))
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def shown_masked(value: object) -> str | None:
    """A personal value as a problem shows it: first and last character only."""
    text = shown(value)
    return None if text is None else mask(text)
