"""rules: what each kind of difference is called and what its owner does about it; zh-TW first. 規§6.2, 規§6.4."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How an item differs from one ledger to the next."""

    MISSING = "missing"
    EXTRA = "extra"
    ALTERED = "altered"
    WRONG_COURSE_CODE = "wrong_course_code"
    DUPLICATE_PERSON = "duplicate_person"


class Step(StrEnum):
    """Between which ledgers an item differs."""

    SELECTION_ROSTER = "selection_roster"
    ROSTER_RECEIPT = "roster_receipt"
    ACROSS_SCHOOLS = "across_schools"


class Words(NamedTuple):
    """One difference in both languages."""

    title: str
    title_en: str
    remedy: str
    remedy_en: str


STEPS: dict[Step, tuple[str, str]] = {
    Step.SELECTION_ROSTER: ("勾選與名冊", "selection and roster"),
    Step.ROSTER_RECEIPT: ("名冊與收訖明細", "roster and receipt"),
    Step.ACROSS_SCHOOLS: ("本校與他校", "this school and another"),
}

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.MISSING: ("缺少", "missing"),
    Kind.EXTRA: ("多出", "extra"),
    Kind.ALTERED: ("內容不同", "altered"),
    Kind.WRONG_COURSE_CODE: ("課程代碼不同", "wrong course code"),
    Kind.DUPLICATE_PERSON: ("他校亦列報", "also reported by another school"),
}

_S, _R, _A = Step.SELECTION_ROSTER, Step.ROSTER_RECEIPT, Step.ACROSS_SCHOOLS

# A table: kind and step, what happened, what the owner does.
# fmt: off
WORDS: dict[tuple[Kind, Step], Words] = {
    (Kind.MISSING, _S): Words(
        "學生已勾選,名冊沒有", "selected by the student, not in the roster",
        "查明為何未列入(例如缺課程代碼),補入名冊後重新提交",
        "find out why it was left out (no course code, say), add it and submit the next version"),
    (Kind.EXTRA, _S): Words(
        "學生未勾選,名冊卻有", "in the roster although the student did not select it",
        "由名冊移除後重新提交,並通知學生", "remove it, submit the next version and tell the student"),
    (Kind.ALTERED, _S): Words(
        "名冊內容與勾選時不同", "the roster says something else than what was selected",
        "依學生勾選的版本更正名冊後重新提交", "correct the roster to what was selected and submit the next version"),
    (Kind.WRONG_COURSE_CODE, _S): Words(
        "名冊的課程代碼與勾選的課程不符", "the roster bears another course code than the selected course",
        "依課程計畫平臺更正課程代碼後重新提交", "correct the code from the course plan platform and submit again"),
    (Kind.MISSING, _R): Words(
        "名冊有,收訖明細沒有", "in our roster, not in the receipt",
        "向中央資料庫查明未收原因,更正後重新提交",
        "ask the central database why it was not taken, correct it and submit the next version"),
    (Kind.EXTRA, _R): Words(
        "收訖明細有,名冊沒有", "in the receipt, not in our roster",
        "查明是否為舊版資料未清除,行文或以新版名冊更正",
        "see whether it is left from an older version; correct it by letter or by the next version"),
    (Kind.ALTERED, _R): Words(
        "收訖明細的內容與名冊不同", "the receipt says something else than our roster",
        "比對原始資料;名冊正確則行文更正,名冊有誤則更正後重新提交",
        "check the source: write a letter if our roster is right, submit the next version if it is wrong"),
    (Kind.WRONG_COURSE_CODE, _R): Words(
        "收訖明細的課程代碼與名冊不同", "the receipt bears another course code than our roster",
        "依課程計畫平臺查明代碼;以正確代碼重新提交或行文更正",
        "look the code up on the course plan platform; submit it again or write a letter"),
    (Kind.DUPLICATE_PERSON, _A): Words(
        "同一人他校亦列報", "another school reports the same person",
        "與該校確認學籍(轉學、借讀),由不應列報的學校更正",
        "settle with that school where the student is enrolled; the other one corrects its roster"),
}
# fmt: on
