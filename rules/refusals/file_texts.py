"""rules: what is said of files that are refused and of uploads and tickets, zh-TW first, English second. 規§5.3.1"""

from __future__ import annotations

from rules.refusals.codes import Code

FILE_TEXTS: dict[Code, tuple[str, str, str, str]] = {
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
    Code.FILE_UNUSABLE: (
        "檔案、資料夾或服務無法使用",
        "a file, a folder or a server cannot be used",
        "請確認路徑、權限與服務是否啟動",
        "check the path, the rights and that the server runs",
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
    Code.FILE_LOST: (
        "檔案庫裡的這個檔案不見了或已損壞",
        "this file of the store is gone or damaged",
        "請資訊組由備份還原這個檔案",
        "let the IT section restore this file from the backup",
    ),
    Code.FILES_AWAY: (
        "檔案庫暫時無法使用,什麼都沒有改變",
        "the file store cannot be used now; nothing was changed",
        "請稍後以同一個檔案再試;資訊組請檢查 LICHENG_FILES_URL 與 AWS_… 設定",
        "try again later with the same file; the IT section checks LICHENG_FILES_URL and the AWS_* settings",
    ),
    Code.PDF_PROTECTED: (
        "PDF 要有密碼才能開啟",
        "the PDF cannot be opened without a password",
        "請移除密碼後再上傳",
        "remove the password, then upload",
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
}
"""By code, as in rules/refusals/texts.py."""
