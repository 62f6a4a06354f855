"""rules: what the linter says of the day and hour at which an extension ends. 規§10.2.2, 規§4.1"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from rules.ids import year_of
from rules.lint.case import Case
from rules.lint.hours import hours
from rules.lint.model import Finding
from rules.plans.periods import CORRECTION


def warnings_of(case: Case, period: str, lanes: Collection[str], kind: str, closes: datetime) -> list[Finding]:
    """The findings on days and hours of a window that would be due and close at `closes`, each rule and lane once.

    It is judged as an amended date is; what comes after it the ripple shows.
    """
    of, edges = (kind, ("due", "closes")) if kind != CORRECTION else ("certification", ("correction_closes",))
    periods = (period, year_of(period))
    windows = tuple(
        w.model_copy(update=dict.fromkeys(edges, closes))
        if w.period in periods and w.kind == of and w.lane in lanes
        else w
        for w in case.calendar.windows
    )
    after = replace(case, calendar=case.calendar.model_copy(update={"windows": windows}))
    places = {f"{p} {lane} {of} {edge}": lane for p in periods for lane in lanes for edge in edges}
    found: dict[tuple[str, str], Finding] = {}
    for rule in hours:
        for hit in rule.judge(after):
            if hit.place in places:
                found.setdefault((rule.id, places[hit.place]), Finding(rule, hit))
    return list(found.values())
