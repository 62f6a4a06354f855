"""cli: the duties that posts owe, as the planner derives them now."""

from __future__ import annotations

from pathlib import Path

from cli import show
from cli.place import opened
from records.queries.progress import processes
from records.queries.snapshot import load_snapshot
from rules.duties import duties_of, is_open
from rules.refusals import Code, refuse


async def print_duties(data: Path, school: str | None, post: str | None, *, everything: bool, as_json: bool) -> int:
    """Print the duties of all open processes, the most urgent first."""
    rows = []
    known: set[str] = set()
    async with opened(data) as place:
        code = await place.school(school)
        async with place.db.transaction(code, snapshot=True) as connection:
            for process in await processes(connection, code):
                if process["over_at"] is not None and not everything:
                    continue
                snapshot = await load_snapshot(connection, code, process["id"])
                known |= {p.id for p in snapshot.rules.posts}
                for duty in duties_of(snapshot).values():
                    owed = is_open(snapshot, duty)
                    if (owed or everything) and post in (None, duty.post):
                        rows.append((duty, owed))
    if post is not None and known and post.split(":")[0] not in known:
        raise refuse(Code.NOT_FOUND, clause="規§2", place="--post", found=post[:80], limit=", ".join(sorted(known)))
    rows.sort(key=lambda r: (r[0].due, r[0].key))
    if as_json:
        show.emit(
            [
                {
                    "duty": d.key,
                    "kind": d.kind,
                    "title": d.title,
                    "post": d.post,
                    "opens": d.opens,
                    "due": d.due,
                    "lane": d.lane,
                    "clause": d.clause,
                    "state": "open" if owed else "done",
                }
                for d, owed in rows
            ]
        )
    else:
        show.table(
            ("期限 due", "職務 post", "工作 duty", "條號", "", "代號 key"),
            [(d.due, d.post, d.title, d.clause, "" if owed else "✓", d.key) for d, owed in rows],
        )
    return 0
