"""cli: the `calendar` group; each verb is a module beside this one and is added here."""

from __future__ import annotations

from cyclopts import App

calendar_app = App(name="calendar", help="作業期程 · the calendar")
