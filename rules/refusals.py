"""rules: why a command is refused: code, clause, place, found, limit, remedy; zh-TW first, English second.

A refusal holds no personal data: ids, counts and instants only.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from rules.instants import Model


class Code(StrEnum):
    """Every reason for which a command is refused."""

    WINDOW_NOT_OPEN = "window_not_open"
    WINDOW_CLOSED = "window_closed"
    NO_WINDOW = "no_window"
    QUOTA_EXCEEDED = "quota_exceeded"
    WRONG_STATE = "wrong_state"
    NOT_FOUND = "not_found"
    NOT_YOURS = "not_yours"
    NO_POST = "no_post"
    NOT_CERTIFIER = "not_certifier"
    HOLDER_PRESENT = "holder_present"
    HASH_CHANGED = "hash_changed"
    FILE_MISSING = "file_missing"
    FILE_TYPE = "file_type"
    FILE_SIZE = "file_size"
    FILE_EMPTY = "file_empty"
    FILE_TRUNCATED = "file_truncated"
    FILE_DAMAGED = "file_damaged"
    FILE_MIXED = "file_mixed"
    FILE_EXPANDS = "file_expands"
    FILE_NAME = "file_name"
    FILE_UNCHECKED = "file_unchecked"
    FILE_NOT_OPEN = "file_not_open"
    PDF_PROTECTED = "pdf_protected"
    PDF_SCRIPT = "pdf_script"
    PDF_ATTACHMENT = "pdf_attachment"
    PDF_LAUNCH = "pdf_launch"
    TICKET_INVALID = "ticket_invalid"
    UPLOAD_OFFSET = "upload_offset"
    UPLOAD_CHECKSUM = "upload_checksum"
    UPLOAD_GONE = "upload_gone"
    UPLOAD_BUSY = "upload_busy"
    UPLOADS_OPEN = "uploads_open"
    SUMMARY_MISSING = "summary_missing"
    SUMMARY_LENGTH = "summary_length"
    FIELD_MISSING = "field_missing"
    FIELD_UNKNOWN = "field_unknown"
    FIELD_INVALID = "field_invalid"
    LINK_INVALID = "link_invalid"
    COURSE_KIND = "course_kind"
    ITEMS_THERE = "items_there"
    DRAFTS_FULL = "drafts_full"
    REASON_MISSING = "reason_missing"
    KEY_REUSED = "key_reused"
    GATE_CLOSED = "gate_closed"
    EVIDENCE_MISSING = "evidence_missing"
    RECEIPT_MISMATCH = "receipt_mismatch"
    IMPORT_ERRORS = "import_errors"
    RECEIPT_UNREADABLE = "receipt_unreadable"
    CHECKS_OPEN = "checks_open"
    DIFFERENCES_OPEN = "differences_open"
    OBJECTION_LATE = "objection_late"
    BEFORE_NOW = "before_now"
    CONTRADICTION = "contradiction"
    NATIONAL_FIXED = "national_fixed"
    CALENDAR_ERRORS = "calendar_errors"
    OWN_DEPUTY = "own_deputy"
    GAP_DAY = "gap_day"
    TOO_LONG = "too_long"
    ALREADY_DONE = "already_done"
    ALREADY_EXISTS = "already_exists"
    CLAIMED_NAME = "claimed_name"
    NOT_DECIDED = "not_decided"
    BAD_REQUEST = "bad_request"


_TEXTS: dict[Code, tuple[str, str, str, str]] = {
    # code: (zh message, en message, zh remedy, en remedy)
    Code.WINDOW_NOT_OPEN: (
        "作業期間尚未開放",
        "the window is not open yet",
        "請於開放時間後再試",
        "try again after it opens",
    ),
    Code.WINDOW_CLOSED: (
        "作業期間已截止",
        "the window has closed",
        "請向承辦職務申請延長",
        "ask the post in charge for an extension",
    ),
    Code.NO_WINDOW: (
        "行事曆未為此對象訂定這項作業期間",
        "the calendar has no such window for this person",
        "請執行秘書確認作業期程",
        "ask the executive secretary to check the schedule",
    ),
    Code.QUOTA_EXCEEDED: (
        "已達件數上限",
        "the quota is used up",
        "請先撤回或取消一件",
        "withdraw or unselect one first",
    ),
    Code.WRONG_STATE: (
        "目前狀態不能進行此動作",
        "the present state does not allow this",
        "請查看目前狀態後再操作",
        "look at the present state first",
    ),
    Code.NOT_FOUND: ("查無此編號", "there is no such id", "請確認編號", "check the id"),
    Code.NOT_YOURS: ("這不是您的資料", "this belongs to somebody else", "請以本人身分操作", "act as the owner"),
    Code.NO_POST: (
        "您未擔任負責此事的職務",
        "you do not hold the post that owns this",
        "請由該職務的現任者或代理人辦理",
        "let its holder or deputy act",
    ),
    Code.NOT_CERTIFIER: (
        "您不是這門課的任課教師或代理教師",
        "you do not certify this course",
        "請由任課教師、接任教師或代理教師認證",
        "let the course teacher, successor or deputy certify",
    ),
    Code.HOLDER_PRESENT: (
        "現任者在職且未請假,代理人不得逕行辦理",
        "the holder is present; a deputy may not act",
        "請先登錄請假,或由主管登錄無法執行",
        "record an absence, or let the director record that the holder is unable",
    ),
    Code.HASH_CHANGED: (
        "檔案內容已變更",
        "the file's content has changed",
        "請重新檢視目前的檔案",
        "look at the present file again",
    ),
    Code.FILE_MISSING: ("檔案尚未送達", "the file has not arrived", "請重新上傳檔案", "upload the file again"),
    Code.FILE_TYPE: (
        "檔案格式不在允許範圍",
        "the file's type is not allowed",
        "文件請用 PDF、JPG、PNG;影音請用 MP3、MP4",
        "use PDF, JPG, PNG or MP3, MP4",
    ),
    Code.FILE_SIZE: ("檔案過大", "the file is too large", "請縮小檔案", "make the file smaller"),
    Code.FILE_EMPTY: ("檔案是空的", "the file is empty", "請選擇正確的檔案", "choose the right file"),
    Code.FILE_TRUNCATED: (
        "檔案不完整,後段缺漏",
        "the file is incomplete, its end is missing",
        "請確認原檔能正常開啟,再重新上傳",
        "check that the original opens, then upload it again",
    ),
    Code.FILE_DAMAGED: (
        "檔案已損壞,無法正常讀取",
        "the file is damaged and cannot be read",
        "請由原程式重新匯出後上傳",
        "export it again from its program, then upload",
    ),
    Code.FILE_MIXED: (
        "檔案裡夾帶了另一種內容",
        "the file carries something else inside",
        "請由原程式重新匯出,只保留一種內容",
        "export it again so that it holds one thing only",
    ),
    Code.FILE_EXPANDS: (
        "檔案展開後過大",
        "the file becomes too large when opened",
        "請降低圖片解析度後重新匯出",
        "lower the resolution of its pictures and export again",
    ),
    Code.FILE_NAME: (
        "檔名不能使用",
        "the file's name cannot be used",
        "請改用一般文字與數字的檔名,不含路徑、控制字元或保留名稱",
        "rename it: plain text, no path, control character or reserved name",
    ),
    Code.FILE_UNCHECKED: (
        "檔案未能在時限內檢查完畢",
        "the file could not be checked in time",
        "請另存為較簡單的 PDF(列印成 PDF)後再試",
        "save a simpler PDF (print to PDF) and try again",
    ),
    Code.FILE_NOT_OPEN: (
        "查無此檔案,或您無權取用",
        "there is no such file, or it is not open to you",
        "請由本人、認證教師或承辦職務取用",
        "let its owner, certifier or office get it",
    ),
    Code.PDF_PROTECTED: (
        "PDF 設有密碼或使用限制",
        "the PDF is protected by a password or restrictions",
        "請移除保護後再上傳",
        "remove the protection, then upload",
    ),
    Code.PDF_SCRIPT: (
        "PDF 含有程式碼(JavaScript)",
        "the PDF holds program code (JavaScript)",
        "請列印成 PDF 後再上傳",
        "print it to PDF, then upload",
    ),
    Code.PDF_ATTACHMENT: (
        "PDF 夾帶了其他檔案",
        "the PDF has other files attached",
        "請移除附件或列印成 PDF 後再上傳",
        "remove the attachments or print it to PDF, then upload",
    ),
    Code.PDF_LAUNCH: (
        "PDF 含有啟動程式或傳送資料的動作",
        "the PDF holds an action that starts a program or sends data",
        "請列印成 PDF 後再上傳",
        "print it to PDF, then upload",
    ),
    Code.TICKET_INVALID: (
        "憑證無效、已過期或不適用於此",
        "the ticket is unknown, expired or not meant for this",
        "請重新取得憑證",
        "get a new ticket",
    ),
    Code.UPLOAD_OFFSET: (
        "接續位置不符",
        "the offset is not where the upload stands",
        "請查詢目前位置後由該處繼續",
        "ask for the present offset and go on from there",
    ),
    Code.UPLOAD_CHECKSUM: (
        "傳送內容與檢查碼不符,這一段未保留",
        "what arrived does not have its checksum; this part was dropped",
        "請重新傳送這一段",
        "send this part again",
    ),
    Code.UPLOAD_GONE: (
        "這次上傳已過期或已結束",
        "this upload has expired or is over",
        "請重新開始上傳",
        "start the upload again",
    ),
    Code.UPLOAD_BUSY: (
        "這次上傳正由另一條連線進行",
        "another connection is sending this upload",
        "請稍候再試",
        "try again in a moment",
    ),
    Code.UPLOADS_OPEN: (
        "未完成的上傳過多",
        "too many uploads are unfinished",
        "請先完成或取消其中一件",
        "finish or cancel one first",
    ),
    Code.SUMMARY_MISSING: (
        "缺少簡述",
        "the summary is missing",
        "請填寫 100 字以內的簡述",
        "write a summary of at most 100 characters",
    ),
    Code.SUMMARY_LENGTH: ("簡述超過字數上限", "the summary is too long", "請縮短簡述", "shorten the summary"),
    Code.FIELD_MISSING: ("必填欄位未填", "a required field is missing", "請填寫這個欄位", "fill in this field"),
    Code.FIELD_UNKNOWN: (
        "這一類沒有這個欄位,或重複填寫",
        "this kind has no such field, or it stands twice",
        "請只填所列欄位",
        "give the listed fields only",
    ),
    Code.FIELD_INVALID: (
        "欄位內容不符格式",
        "the field's content does not fit its form",
        "請依所列格式或範圍填寫",
        "write it in the form or range that is named",
    ),
    Code.LINK_INVALID: (
        "外部連結不能使用",
        "the external link cannot be used",
        "請填寫 http 或 https 開頭的公開網址,不含帳號密碼",
        "give a public address that begins with http or https, without a password",
    ),
    Code.COURSE_KIND: (
        "修課身分與這門課不符",
        "the enrolment variant does not fit this course",
        "借讀、轉學轉科前的課程請先由課務登錄;其他身分請選本校課程",
        "courses of visits and from before a transfer are registered first; otherwise choose a course of this school",
    ),
    Code.ITEMS_THERE: (
        "已有送出或勾選的項目,不能同時聲明沒有",
        "items stand there already, so nothing to hand in cannot be said",
        "請先撤回或取消勾選,或不作聲明",
        "withdraw or unselect them first, or say nothing",
    ),
    Code.DRAFTS_FULL: (
        "草稿已達件數上限",
        "there are too many drafts",
        "請刪除不用的草稿",
        "discard drafts that are not needed",
    ),
    Code.REASON_MISSING: (
        "缺少理由或理由不在清單內",
        "a reason of the list is needed",
        "請由清單選擇理由",
        "choose a reason of the list",
    ),
    Code.KEY_REUSED: (
        "同一個冪等鍵用於不同內容",
        "the idempotency key was used with another body",
        "請使用新的鍵",
        "use a new key",
    ),
    Code.GATE_CLOSED: (
        "前一步驟尚未完成",
        "an earlier step is not done",
        "請先完成前一步驟",
        "finish the earlier step first",
    ),
    Code.EVIDENCE_MISSING: (
        "缺少佐證(檔案、雜湊、文號)",
        "evidence (file, hash, letter number) is missing",
        "請附上佐證",
        "add the evidence",
    ),
    Code.RECEIPT_MISMATCH: (
        "收訖明細不屬於此名冊或版本",
        "the receipt is not of this roster or version",
        "請匯入對應的收訖明細",
        "import the matching receipt",
    ),
    Code.IMPORT_ERRORS: (
        "檔案有錯誤的資料列,沒有匯入任何資料",
        "rows of the files have errors; nothing was imported",
        "請依 import --check 列出的位置更正,或決定只匯入正確的列(--keep-good)",
        "correct what import --check lists, or decide to keep the good rows (--keep-good)",
    ),
    Code.RECEIPT_UNREADABLE: (
        "收訖明細檔無法完整讀取",
        "the receipt file cannot be read as a whole",
        "請依所列位置取得正確的檔案,或說明理由後接受部分匯入",
        "get the right file for the place named, or say why a part is accepted",
    ),
    Code.CHECKS_OPEN: (
        "名冊尚有未通過的檢查",
        "the roster has checks that found errors",
        "請更正資料後重新產製,或由主管說明理由豁免",
        "correct the data and generate again, or let the director waive it with a reason",
    ),
    Code.DIFFERENCES_OPEN: (
        "收訖明細尚有未處理的差異",
        "differences of the receipt are still open",
        "請逐項附佐證處理後再繼續",
        "close each with its evidence first",
    ),
    Code.OBJECTION_LATE: (
        "已逾反映期限,列為參考資料",
        "the objection deadline has passed; kept as information",
        "由註冊組於 3 日內查核",
        "the registrar checks it within 3 days",
    ),
    Code.BEFORE_NOW: (
        "不能改到過去的時間",
        "the new instant lies in the past",
        "請選擇未來的時間",
        "choose an instant ahead",
    ),
    Code.CONTRADICTION: (
        "修改後的時程互相矛盾",
        "the amended dates contradict each other",
        "請調整相關作業期間",
        "adjust the related windows",
    ),
    Code.NATIONAL_FIXED: (
        "主管機關訂定的時間不得更動",
        "the authority's dates cannot move",
        "請依主管機關公告調整校內時程",
        "fit the school's dates to the authority's",
    ),
    Code.CALENDAR_ERRORS: (
        "期程草案有錯誤",
        "the calendar draft has errors",
        "請先檢核並改正期程檔",
        "lint the calendar file and correct it",
    ),
    Code.OWN_DEPUTY: (
        "不得擔任自己的代理人",
        "nobody may deputise for himself",
        "請指定其他代理人",
        "name another deputy",
    ),
    Code.GAP_DAY: (
        "前後任之間出現空窗日",
        "there would be a day without a holder",
        "請讓接任日緊接離任日",
        "let the successor start where the predecessor ends",
    ),
    Code.TOO_LONG: ("超過允許的延長天數", "longer than the rules allow", "請縮短期間", "choose a shorter period"),
    Code.ALREADY_DONE: ("已經完成", "it is done already", "無須再辦理", "nothing is left to do"),
    Code.ALREADY_EXISTS: ("已經存在", "it exists already", "請查看既有資料", "look at the existing one"),
    Code.CLAIMED_NAME: (
        "不得以自稱的身分發出指令",
        "a wish may not claim a person's name",
        "請以登錄的系統代號(system)發出",
        "send it under a registered system id",
    ),
    Code.NOT_DECIDED: (
        "規定未明訂,需由人員決定",
        "no rule decides this; a person must",
        "請執行秘書提交工作小組決定",
        "let the executive secretary bring it to the working group",
    ),
    Code.BAD_REQUEST: ("內容格式不正確", "the request is malformed", "請依欄位說明修正", "correct the named field"),
}


class Refusal(Model):
    """One reason of a refusal. `place` is what it is about (an id, a file and row, a field)."""

    code: Code
    clause: str = ""
    place: str = ""
    found: str = ""
    limit: str = ""

    @property
    def message(self) -> str:
        """The reason in zh-TW."""
        return _TEXTS[self.code][0]

    @property
    def message_en(self) -> str:
        """The reason in English."""
        return _TEXTS[self.code][1]

    @property
    def remedy(self) -> str:
        """What to do about it, in zh-TW."""
        return _TEXTS[self.code][2]

    @property
    def remedy_en(self) -> str:
        """What to do about it, in English."""
        return _TEXTS[self.code][3]

    def shown(self) -> dict[str, str]:
        """Everything a person or a program needs, in both languages."""
        return {
            "code": self.code.value,
            "clause": self.clause,
            "place": self.place,
            "found": self.found,
            "limit": self.limit,
            "message": self.message,
            "message_en": self.message_en,
            "remedy": self.remedy,
            "remedy_en": self.remedy_en,
        }


class Refused(Exception):
    """A command was refused; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code.value)
        self.refusal = refusal


def refuse(code: Code, *, clause: str = "", place: str = "", found: Any = "", limit: Any = "") -> Refused:
    """The exception for one refusal; instants are written as SQL's refusals write them."""
    return Refused(Refusal(code=code, clause=clause, place=place, found=_text(found), limit=_text(limit)))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)
