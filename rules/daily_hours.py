"""rules: the daily hours of a window as mails, lists, pages and feeds say them beside its close. 規§4.2. Pure."""

from __future__ import annotations

from datetime import datetime

from rules.plans.periods import CORRECTION
from rules.schedule import Calendar


def hours_said(calendar: Calendar, period: str, lane: str, kind: str, closes: datetime) -> dict[str, str]:
    """`{"daily": "08:00–21:00"}` for a window that is open at hours only, empty for one that is open day and night.

    An extension beyond the calendar's close is open day and night: `until` is the close before which the hours count.
    """
    dated = calendar.window(period, lane, "certification" if kind == CORRECTION else kind)
    # A returned item is handed in at the hours at which items are handed in.
    shut = calendar.window(period, lane, "outcome_upload") if kind == CORRECTION else dated
    if dated is None or shut is None or shut.hours is None:
        return {}
    base = dated.correction_closes if kind == CORRECTION else dated.closes
    said = {"daily": shut.hours.text}
    return said if base is None or closes <= base else said | {"until": base.isoformat()}
