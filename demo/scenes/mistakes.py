"""demo: a clerk's mistake that the data doctor finds before the roster leaves the house. 規§4.2, 規§5.1.1"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

from demo.script import Script
from demo.stage import Stage
from rules.ids import duty_key
from rules.instants import DAY
from rules.ruleset import Lane
from rules.schedule import Calendar

COLUMN = "科班學程別代碼"


def plan_spoilt_classes(script: Script, calendar: Calendar, lane: Lane, folder: Path) -> None:
    """A class loses its department code in an import; its enrolment roster is held back, mended and made anew."""
    semester = sorted(calendar.semesters)[0]
    window = calendar.window(semester, lane.id, "semester_submission")
    assert window is not None
    good = (folder / "classes.csv").read_bytes()
    bad = without_code(good, str(lane.grades[0]))

    async def bring_in(stage: Stage, content: bytes, key: str) -> None:
        registrar = await stage.holder("registration_section")
        stored = await stage.keep(content)
        await stage.must(registrar, "import_base_data", {"files": {"classes.csv": stored.sha256}}, key=key)

    async def spoil(stage: Stage) -> None:
        await bring_in(stage, bad, "mistake/import")

    async def mend(stage: Stage) -> None:
        registrar = await stage.holder("registration_section")
        submission = f"submission/{stage.school}/{semester}/{lane.id}/enrolment"
        body = {"duty": duty_key(submission, "self_check", "v1"), "passed": True}
        answer = await stage.do(registrar, "record_self_check", body, key="mistake/self-check")
        if answer.refusal is None:
            raise RuntimeError("a roster without its department codes passed the self-check")
        stage.story(
            f"資料檢查擋下名冊:一個班級缺{COLUMN},{answer.refusal.message}",
            f"the data doctor holds a roster back: a class lacks its department code; {answer.refusal.message_en}",
            answer.refusal.clause,
        )
        await bring_in(stage, good, "mistake/mended")
        body = {"submission": submission, "version": 1, "reason": f"補登{COLUMN}"}
        await stage.must(registrar, "correct_roster", body, key="mistake/again")
        await stage.settle()
        stage.story(
            "註冊組補登後重新產製名冊,檢查全數通過",
            "the registrar mends the data; the roster is made anew and passes every check",
            "規§5.1.1",
        )

    script.at(window.opens - 5 * DAY + timedelta(hours=2), "08 mistake", spoil)
    script.at(window.opens + 2 * DAY + timedelta(hours=2), "08 mistake mended", mend)


def without_code(classes: bytes, grade: str) -> bytes:
    """The file of classes in which the first class of a grade has no department code."""
    rows = list(csv.reader(io.StringIO(classes.decode("utf-8-sig"))))
    header = rows[0]
    spoilt = next(r for r in rows[1:] if r[header.index("年級")] == grade)
    spoilt[header.index(COLUMN)] = ""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
