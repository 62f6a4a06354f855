"""cli: what a person was told, in the words of schools/texts/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cli import show
from cli.place import opened
from records.basis import load_document, newest
from records.queries.notices import notices_of
from rosters.texts import Rendered, Text, load_texts, render
from rules.ruleset import RuleSet

LINK = "starter.py duty list"


async def print_notices(data: Path, school: str | None, who: str, *, lang: str, most: int, as_json: bool) -> int:
    """Print the newest notices of a person as they read them."""
    texts = load_texts("en" if lang == "en" else "zh-TW")
    async with opened(data) as place:
        code = await place.school(school)
        person = await place.person(code, who)
        async with place.db.transaction(code, snapshot=True) as connection:
            rows = await notices_of(connection, code, person, most=most)
            name = await connection.fetchval("select name from school where school = $1", code)
            year = await connection.fetchval(
                "select max(name) from document where school = $1 and kind = 'calendar'", code
            )
            versions = await newest(connection, code, year)
            assert versions is not None
            _, rules = await load_document(connection, code, "rule_set", "rules", versions.rule_set)
    told = []
    for row in rows:
        common = {"school": name, "about": about(rules, row["subject"], lang), "post": post(rules, row["post"], lang)}
        text = written(texts[row["template"]], row["args"], common)
        told.append({"at": row["at"], "subject": text.subject, "body": text.body, "about": row["subject"]})
    if as_json:
        show.emit(told)
    else:
        show.table(("時間 at", "通知 notice"), [(t["at"], t["subject"]) for t in told])
    return 0


def written(text: Text, args: Mapping[str, Any], common: Mapping[str, str]) -> Rendered:
    """A notice as its person reads it: what the command or the round wrote, in words and Taipei time.

    A notice of years ago may lack what its text says by now: that is then a dash.
    """
    known = {k: _value(v) for k, v in args.items()}
    dashes = dict.fromkeys(text.placeholders, "—")
    return render(text, dashes | {"hours": {}} | known | {"link": LINK} | dict(common))


def about(rules: RuleSet, subject: str, lang: str) -> str:
    """What a notice is about, in words: a duty's title, else its id."""
    kind = subject.split("#")[1] if "#" in subject else ""
    titles = {rule.kind: rule for rule in rules.duties} | {step.kind: step for step in rules.cycle.steps}
    if kind in titles:
        return titles[kind].title_en if lang == "en" else titles[kind].title
    return subject


def post(rules: RuleSet, name: str, lang: str) -> str:
    """A post's title; the id of one that the rule set does not know any more."""
    known = next((p for p in rules.posts if p.id == name.split(":")[0]), None)
    if known is None:
        return name
    return known.title_en if lang == "en" else known.title


def _value(value: Any) -> Any:
    """Arguments hold instants as ISO text; people read them in Taipei."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value
