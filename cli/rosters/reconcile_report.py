"""cli: the report of a reconciliation to print: one HTML file without network or script; zh-TW first."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rosters.receipts import Outcome
from rosters.receiving.mapping import Tables
from rules.ledgers.words import KINDS, STEPS, Step


def write_report(path: Path, outcome: Outcome, document: dict[str, Any], tables: Tables) -> None:
    """Write the report; differences stand together by sheet, persons are masked as in the JSON."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found = document["reconciliation"]
    differences = [] if found is None else found["differences"]
    order = {step.value: n for n, step in enumerate(Step)}
    groups = [
        (sheet, step, list(several))
        for (sheet, step), several in groupby(
            sorted(differences, key=lambda d: (order[d["step"]], d["sheet"])), key=lambda d: (d["sheet"], d["step"])
        )
    ]
    page = environment.get_template("reconcile.html.j2").render(
        document=document,
        found=found,
        owner=None if outcome.reconciliation is None else outcome.reconciliation.owner,
        groups=groups,
        kinds={kind.value: words for kind, words in KINDS.items()},
        steps={step.value: words for step, words in STEPS.items()},
        books={"selection": ("勾選", "selection"), "roster": ("名冊", "roster"), "receipt": ("收訖明細", "receipt")},
        forms={m.id: m for m in tables.mappings},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
