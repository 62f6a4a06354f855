"""records: a clerk brings some of the school's files in again. 規§5.1.1, 規§5.1.2, 規§5.2.1, 規§5.2.2"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from records.base_data.changes import Changes, change, preview
from records.commands.evidence import need_stored
from records.commands.rights import current_basis, need_one_of
from records.db import school_now
from records.effects.rosters import formats_of
from records.files.stored import read
from records.seam import Actor, Deed, Seam, handles
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
    behalf = await _need_posts(deed, rules, c.files)
    for name, sha256 in sorted(c.files.items()):
        await need_stored(deed, sha256, place=f"files.{name}", clause=posts_of(rules, name)[1])
    contents = {
        name: await asyncio.to_thread(read, deed.vault, deed.school, sha256) for name, sha256 in c.files.items()
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


async def preview_for(
    seam: Seam, school: str, actor: Actor, contents: Mapping[str, bytes], *, same_person: bool = False
) -> Changes:
    """What the files would change, for who may bring them in: a diff shows what stands there. Keeps nothing.

    Raises Refused as the import itself would, for rights before anything of the files is read.
    """
    command = ImportBaseData(files={}, same_person=same_person)
    async with seam.db.transaction(school) as connection:
        deed = Deed(school, actor, command, connection, seam.vault, await school_now(connection, school))
        rules = (await current_basis(deed)).rules
        await _need_posts(deed, rules, contents)
    return await preview(seam.db, seam.vault, formats_of(seam.vault), school, rules, contents, same_person=same_person)


async def _need_posts(deed: Deed, rules: RuleSet, names: Iterable[str]) -> str | None:
    """On whose behalf the actor brings these files in. Raises Refused(no_post, not_found)."""
    behalf = None
    for name in sorted(names):
        posts, clause = posts_of(rules, name)
        behalf = await need_one_of(deed, posts, clause=clause) or behalf
    return behalf


def posts_of(rules: RuleSet, name: str) -> tuple[tuple[str, ...], str]:
    """The posts that may bring in a file of that name, and the clause. Raises Refused(not_found) for another file."""
    stem = name.rsplit(".", 1)[0].lower()
    for rule in rules.imports:
        if rule.file == stem:
            return rule.posts, rule.clause
    known = ", ".join(sorted(r.file for r in rules.imports))
    raise refuse(Code.NOT_FOUND, clause="規§5.1.1", place=f"file {name[:80]}", limit=known)
