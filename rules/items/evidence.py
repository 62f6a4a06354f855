"""rules: which evidence an item takes, and how much of each role: files and the external link. Pure. 規§5.3.1, 規§5.4"""

from __future__ import annotations

from collections.abc import Sequence

from rules.items.schema import ItemBook, ItemKind
from rules.refusals import Code, Refusal


def judge_evidence(
    book: ItemBook, item: ItemKind, roles: Sequence[str], *, clause: str, complete: bool = True
) -> Refusal | None:
    """Why evidence of these roles (one entry a piece) is refused, or None. A draft need not be `complete`."""
    rule = book.evidence.get(item)
    if rule is None:
        return None
    most: dict[str, int] = {r.role: r.most for r in rule.roles}
    for role in dict.fromkeys(roles):
        count = roles.count(role)
        if role not in most:
            known = ", ".join(r.role for r in rule.roles)
            return Refusal(code=Code.ROLE_NOT_TAKEN, clause=clause, place=role, found=item, limit=known)
        if count > most[role]:
            return Refusal(code=Code.ROLE_FULL, clause=clause, place=role, found=str(count), limit=str(most[role]))
    if complete and not set(roles) & set(rule.one_of):
        return Refusal(code=Code.FILE_MISSING, clause=clause, place=" | ".join(rule.one_of), found="0", limit="1")
    return None
