"""rules: the business ids of processes, duties and steps, built in one place, no random part.

Ids hold natural words only, so that the same facts give the same trace on every machine.
"""

from __future__ import annotations

from datetime import datetime

from rules.instants import key_text


def year_id(school: str, year: str) -> str:
    """`year/999901/115`."""
    return f"year/{school}/{year}"


def semester_id(school: str, semester: str) -> str:
    """`semester/999901/115-1`."""
    return f"semester/{school}/{semester}"


def submission_id(school: str, period: str, lane: str, roster: str) -> str:
    """`submission/999901/115-1/g10_11/cadre`; a yearly roster has the year as its period."""
    return f"submission/{school}/{period}/{lane}/{roster}"


def handover_id(school: str, post: str, day: str) -> str:
    """`handover/999901/registration_section/2027-02-01`."""
    return f"handover/{school}/{post}/{day}"


def duty_key(process: str, kind: str, scope: str = "") -> str:
    """The key of a duty: its process, its kind and what it is about."""
    return f"{process}#{kind}" + (f"#{scope}" if scope else "")


def duty_process(key: str) -> str:
    """The process that a duty belongs to."""
    return key.partition("#")[0]


def step_key(thing: str, kind: str, hangs_on: datetime) -> str:
    """Thing + kind + the instant that the step hangs on: moving a close does not open a window twice."""
    return f"{thing}|{kind}|{key_text(hangs_on)}"


def year_of(period: str) -> str:
    """The school year that a period (`115-1` or `115`) belongs to."""
    return period.split("-")[0]
