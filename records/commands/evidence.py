"""records: what proves a deed: a file that the school's store has acknowledged, and words kept sealed."""

from __future__ import annotations

from records.sealing import person_key, seal
from records.seam import Deed
from rules.refusals import Code, refuse


async def need_stored(deed: Deed, sha256: str, *, place: str, clause: str) -> None:
    """Raises Refused(evidence_missing) for a file that the store has not acknowledged."""
    stored = await deed.connection.fetchval(
        "select 1 from stored_file where school = $1 and sha256 = $2", deed.school, sha256
    )
    if stored is None:
        raise refuse(Code.EVIDENCE_MISSING, clause=clause, place=place, found=sha256[:12])


async def keep_words(deed: Deed, duty: str, kind: str, words: str) -> None:
    """Keep what somebody wrote about a duty, sealed with the writer's key; facts carry no free text."""
    if not words:
        return
    key = await person_key(deed.connection, deed.vault, deed.school, deed.actor.person)
    ordinal = await deed.connection.fetchval("select next_ordinal($1, $2)", deed.school, f"note/{duty}")
    await deed.connection.execute(
        "insert into duty_note (school, duty, ordinal, kind, author, at, sealed) values ($1, $2, $3, $4, $5, $6, $7)",
        deed.school,
        duty,
        ordinal,
        kind,
        deed.actor.person,
        deed.at,
        seal(key, words.encode()),
    )
