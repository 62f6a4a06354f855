"""rules: what a step does to the facts, said once more in memory, so that real processes can be compared with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from rules.ids import semester_id, year_id, year_of
from rules.plans.step import Step
from rules.ruleset import Kind
from rules.snapshot import Snapshot, Structure, VersionState


def after(s: Snapshot, step: Step, now: datetime, silent: Mapping[tuple[str, int], int]) -> Snapshot:
    """The process after a step of its own; `silent` counts who stays silent unnoticed, by process and version."""
    if step.activity == "generate_roster":
        return replace(s, versions=(*s.versions, VersionState(int(step.arg("version")), now)))
    if step.activity == "publish_receipts":
        closes = datetime.fromisoformat(step.arg("closes"))
        return with_version(s, int(step.arg("version")), published_at=now, closes_at=closes)
    if step.activity == "deem_confirmed":
        version = int(step.arg("version"))
        return with_version(s, version, settled_at=now, unnoticed=silent.get((s.process, version), 0))
    return s


def started(parent: Snapshot, step: Step, now: datetime, structure: Structure) -> Snapshot:
    """The process that a step of its parent starts, with the school's courses of its period."""
    kind = Kind(step.arg("kind"))
    period = step.arg("period")
    courses = tuple(c for c in structure.courses if c.semester == period)
    return Snapshot(
        school=parent.school,
        process=step.thing,
        kind=kind,
        params={k: v for k, v in step.args if k != "kind"},
        started_at=now,
        bases=(replace(parent.basis, since=now),),
        structure=Structure(courses, structure.classes, structure.lanes) if kind is Kind.SEMESTER else Structure(),
    )


def parent_of(s: Snapshot) -> str | None:
    """The process that hears of this one's end; a school year has none."""
    period = s.params.get("period", "")
    if s.kind is Kind.SUBMISSION and "-" in period:
        return semester_id(s.school, period)
    if s.kind in (Kind.SUBMISSION, Kind.SEMESTER):
        return year_id(s.school, year_of(period))
    return None


def with_version(s: Snapshot, version: int, **fields: datetime | int) -> Snapshot:
    """The process with other facts of one of its versions."""
    versions = tuple(
        replace(v, **fields) if v.version == version else v  # type: ignore[arg-type]
        for v in s.versions
    )
    return replace(s, versions=versions)
