"""cli: whom a change would tell, as its own notices say it: the subject that is read, and the people. 規§4.2"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cli import show
from cli.notices import about, post, written
from cli.place import Place
from records.foreseen import Foreseen
from records.queries.calendars import judged_by
from records.queries.people import opened
from records.sealing import Erased
from rosters.texts import load_texts

NAMED = 40
"""Up to so many people of one notice are named by their number; more are counted."""


async def notified(place: Place, code: str, found: Foreseen) -> list[dict[str, Any]]:
    """Each notice that would be written: its subject as it is read, how many people, and their numbers."""
    texts = load_texts("zh-TW")
    people: defaultdict[tuple[str, str], list[UUID]] = defaultdict(list)
    async with place.db.transaction(code, snapshot=True) as c:
        rules, _ = await judged_by(c, code)
        school = await c.fetchval("select name from school where school = $1", code)
        for row in found.notices:
            common = {"about": about(rules, row["subject"], "zh"), "post": post(rules, row["post"], "zh")}
            subject = written(texts[row["template"]], row["args"], common | {"school": school}).subject
            people[row["template"], subject].append(row["person"])
        told = []
        for (template, subject), who in people.items():
            numbers = []
            for person in who if len(who) <= NAMED else ():
                try:
                    numbers.append(str((await opened(c, place.vault, code, person))["number"]))
                except Erased:
                    continue
            told.append({"notice": template, "subject": subject, "count": len(who), "numbers": sorted(numbers)})
    return told


def print_notified(told: Sequence[dict[str, Any]]) -> None:
    """Whom a change would tell, as a table; that it tells nobody is said too."""
    if not told:
        print("不會通知任何人 · nobody is told")
        return
    print(f"通知 told: {sum(t['count'] for t in told)}")
    rows = [(t["count"], ", ".join(t["numbers"]) or "—", t["subject"]) for t in told]
    show.table(("人數 people", "編號 numbers", "通知 notice"), rows)
