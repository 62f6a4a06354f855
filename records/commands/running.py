"""records: the open processes of a year go on under another version; who owes what moved hears of it. 規§4.2, 規§13"""

from __future__ import annotations

from dataclasses import replace

from records.basis import Versions, load_bases, versions_of
from records.commands.moved import tell_moved
from records.processes import open_processes_of, rebase
from records.queries.snapshot import load_snapshot
from records.seam import Deed
from rules.moves import MovedDate, moved_duties


async def go_on(
    deed: Deed, year: str, batch: str, *, calendar: int | None = None, national: int | None = None
) -> tuple[list[MovedDate], int]:
    """Put every open process of a year under a newly adopted version; (open duties that moved, people told).

    Past rungs of a new date are skipped, none is sent for the old one: the planner sees the new basis
    and nothing else. Its rungs are the planner's to make.
    """
    moved: list[MovedDate] = []
    told = 0
    for process in await open_processes_of(deed.connection, deed.school, year):
        runs = await versions_of(deed.connection, deed.school, process)
        if runs is None:
            raise LookupError(f"process {process} has no basis")
        snapshot = await load_snapshot(deed.connection, deed.school, process)
        versions = Versions(runs.rule_set, calendar or runs.calendar, national or runs.national)
        await rebase(deed.connection, deed.school, process, versions, since=deed.at)
        changed = {"calendar": calendar} if calendar else {"national": national}
        await deed.record("basis_changed", process, changed, wakes=process)
        # The rest of the snapshot is the same: only its basis differs.
        bases = await load_bases(deed.connection, deed.school, process)
        work = moved_duties(snapshot, replace(snapshot, bases=bases))
        moved += work
        told += await tell_moved(deed, f"{batch}/{process}", work=work)
    return moved, told
