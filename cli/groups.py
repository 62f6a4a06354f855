"""cli: the command line and its groups; each verb is a module beside this one and is added to its group."""

from __future__ import annotations

from cyclopts import App

from cli.calendar.app import calendar_app
from cli.items.app import item_app
from cli.planning import plan_app
from cli.rosters.app import roster_app

app = App(
    name="starter.py",
    help="歷程:學生學習歷程檔案的作業 · Licheng, the student learning portfolio's operations",
    version="0.1.0",
)
school_app = App(name="school", help="學校資料 · the school's data")
year_app = App(name="year", help="學年 · school years")
semester_app = App(name="semester", help="學期 · semesters")
duty_app = App(name="duty", help="工作 · duties")
file_app = App(name="file", help="檔案 · files")
notice_app = App(name="notice", help="通知 · notices")
for sub in (
    school_app,
    year_app,
    semester_app,
    duty_app,
    file_app,
    notice_app,
    calendar_app,
    item_app,
    plan_app,
    roster_app,
):
    app.command(sub)
