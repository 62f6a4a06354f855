"""records: a clerk brings some of the school's files in again. 規§5.1.1, 規§5.1.2, 規§5.2.1, 規§5.2.2"""

from __future__ import annotations

import asyncio
from typing import Any

from records.base_data.changes import change
from records.commands.evidence import need_stored
from records.commands.rights import current_basis, need_one_of
from records.effects.rosters import formats_of
from records.files.store import path_of
from records.seam import Deed, handles
from rules.commands import ImportBaseData
from rules.refusals import Code, refuse
from rules.ruleset import RuleSet


@handles(ImportBaseData)
async def import_base_data(deed: Deed) -> dict[str, Any]:
    """All files or none; with errors only by the clerk's decision. Rights are those of each file's posts."""
    c = deed.command
    assert isinstance(c, ImportBaseData)
    if not c.files:
        raise refuse(Code.BAD_REQUEST, clause="規§5.1.1", place="files", found=0)
    rules = (await current_basis(deed)).rules
    behalf = None
    for name, sha256 in sorted(c.files.items()):
        posts, clause = posts_of(rules, name)
        behalf = await need_one_of(deed, posts, clause=clause) or behalf
        await need_stored(deed, sha256, place=f"files.{name}", clause=clause)
    contents = {
        name: await asyncio.to_thread(path_of(deed.vault, deed.school, sha256).read_bytes)
        for name, sha256 in c.files.items()
    }
    # One import after the other: two at once would each show a diff that the other makes untrue.
    await deed.connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 5))", f"{deed.school}|import")
    await deed.now()
    found = await change(
        deed.connection,
        deed.vault,
        formats_of(deed.vault),
        deed.school,
        rules,
        contents,
        deed.at,
        same_person=c.same_person,
    )
    if found.errors and not c.keep_good:
        first = next(p for p in found.problems if p.severity == "error")
        place = f"{first.file}:{first.row or ''} {first.column or ''} ({first.rule})"
        raise refuse(Code.IMPORT_ERRORS, clause=first.clause, place=place, found=found.errors, limit=0)
    ordinal = await deed.connection.fetchval("select next_ordinal($1, 'base_import')", deed.school)
    await deed.connection.execute(
        "insert into base_import (school, ordinal, at, by, files, counts, left_out) values ($1, $2, $3, $4, $5, $6, $7)",
        deed.school,
        ordinal,
        deed.at,
        deed.actor.person,
        c.files,
        found.counts(),
        found.errors,
    )
    body = {"import": ordinal, "left_out": found.errors} | found.counts()
    return await deed.record("base_data_imported", f"import/{ordinal}", body, on_behalf_of=behalf)


def posts_of(rules: RuleSet, name: str) -> tuple[tuple[str, ...], str]:
    """The posts that may bring in a file of that name, and the clause. Raises Refused(not_found) for another file."""
    stem = name.rsplit(".", 1)[0].lower()
    for rule in rules.imports:
        if rule.file == stem:
            return rule.posts, rule.clause
    known = ", ".join(sorted(r.file for r in rules.imports))
    raise refuse(Code.NOT_FOUND, clause="規§5.1.1", place=f"file {name[:80]}", limit=known)
