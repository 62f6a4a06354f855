"""cli: the `roster` group; each verb is a module beside this one and is added here."""

from __future__ import annotations

from cyclopts import App

roster_app = App(name="roster", help="名冊與收訖明細 · rosters and receipts")
