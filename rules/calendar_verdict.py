"""rules: the verdict that a draft carries: the national floors and windows, and the order of phases. 規§4.1, 規§12"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from rules.ids import year_of
from rules.instants import at_taipei, local_text
from rules.schedule import WindowDates
from rules.snapshot import Basis

Finding = dict[str, Any]


def verdict(basis: Basis) -> list[Finding]:
    """What is wrong with the basis's calendar, errors first: rule, clause, severity, where, found, limit, source."""
    found = [f for w in basis.calendar.windows for f in (*_national(basis, w), *_floors(basis, w))]
    return sorted(found, key=lambda f: (f["severity"] != "error", f["where"], f["rule"]))


def _finding(rule: str, clause: str, severity: str, w: WindowDates, found: str, limit: str, source: str) -> Finding:
    where = f"{w.period}/{w.lane}/{w.kind}"
    return {
        "rule": rule,
        "clause": clause,
        "severity": severity,
        "where": where,
        "found": found,
        "limit": limit,
        "source": source,
    }


def _national(basis: Basis, w: WindowDates) -> Iterator[Finding]:
    if not w.kind.endswith("_submission"):
        return
    theirs = basis.national.window(w.period, w.lane, w.kind)
    span = f"{local_text(w.opens)} – {local_text(w.closes)}"
    if theirs is None:
        yield _finding("national_missing", "規§4.1", "warning", w, span, "", basis.national.title)
        return
    if not theirs.letter_number:
        yield _finding("national_without_letter", "規§12", "warning", w, span, "letter_number", basis.national.title)
    if not (theirs.opens <= w.opens and w.closes <= theirs.closes):
        limit = f"{local_text(theirs.opens)} – {local_text(theirs.closes)}"
        yield _finding(
            "inside_national", "規§4.1", "error", w, span, limit, theirs.letter_number or basis.national.title
        )


def _floors(basis: Basis, w: WindowDates) -> Iterator[Finding]:
    national, calendar = basis.national, basis.calendar
    if w.kind.endswith("_receipts"):
        floor = w.opens + timedelta(hours=national.receipt_floor_hours)
        if w.closes < floor:
            yield _finding(
                "receipt_floor", "規§6.2", "error", w, local_text(w.closes), local_text(floor), national.title
            )
    lane = next((x for x in basis.rules.lanes if x.id == w.lane), None)
    if lane is None:
        yield _finding("unknown_lane", "規§4.1", "error", w, w.lane, ", ".join(x.id for x in basis.rules.lanes), "")
        return
    # Grade 12 hands its second semester in within that semester: the floor after 休業式 is not for it.
    exempt = lane.final_grade and w.period == max(calendar.semesters)
    if w.kind == "outcome_upload" and not exempt and w.period in calendar.semesters:
        days = national.upload_floor_days_after_closing + 1
        floor = at_taipei(calendar.semesters[w.period].closing_ceremony + timedelta(days=days))
        if w.closes < floor:
            yield _finding(
                "upload_floor", "規§5.3.1", "error", w, local_text(w.closes), local_text(floor), national.title
            )
    certification = calendar.window(w.period, w.lane, "certification")
    if w.kind == "outcome_upload" and certification and certification.closes < w.closes:
        ends = local_text(certification.closes)
        yield _finding("certification_after_upload", "規§5.3.2", "error", w, local_text(w.closes), ends, "")
    if w.kind == "selection":
        for period in sorted(calendar.semesters):
            before = calendar.window(period, w.lane, "certification")
            if before and year_of(period) == w.period and before.closes > w.opens:
                opens, ends = local_text(w.opens), local_text(before.closes)
                yield _finding("selection_after_certification", "規§6.1", "error", w, opens, ends, "")
