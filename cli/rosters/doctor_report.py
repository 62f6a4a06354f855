"""cli: the doctor's report to print: one HTML file without network or script; zh-TW first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

PLACES = 200
"""Places of one check that the report names; the rest is counted."""


def write_report(path: Path, document: dict[str, Any]) -> None:
    """Write the report; checks stand by the post that mends them. Raises OSError."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("doctor.html.j2").render(document=document, most=PLACES, by_column=by_column)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def by_column(places: list[dict[str, Any]]) -> list[tuple[str, str, list[int]]]:
    """(sheet, column, rows) of some places, in the order of the file."""
    grouped: dict[tuple[str, str], list[int]] = {}
    for place in places:
        rows = grouped.setdefault((place["sheet"], place["column"]), [])
        if place["row"]:
            rows.append(place["row"])
    return [(sheet, column, rows) for (sheet, column), rows in grouped.items()]
