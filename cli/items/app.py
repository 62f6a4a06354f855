"""cli: the `item` group; each verb is a module beside this one and is added here."""

from __future__ import annotations

from cyclopts import App

item_app = App(name="item", help="學生的成果與多元表現 · items of students")
