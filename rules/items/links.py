"""rules: whether an external link (外部影音連結) may be kept: http or https, a host, no surprises. 規§5.3.1, 規§5.4"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from rules.refusals import Code, refuse
from rules.text import control_character_at

_HOST = re.compile(r"^(?=.{1,253}$)[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)+$")
"""A name with at least one dot; letters of any script, as browsers show them. No address of a machine's own net."""


def need_page(link: str, *, clause: str, place: str) -> None:
    """Raises Refused(link_invalid) for an address that cannot be a page of the school that everybody reads."""
    fault = link_fault(link, schemes=("https", "http"))
    if fault is not None:
        raise refuse(Code.LINK_INVALID, clause=clause, place=place, found=fault, limit="http://…, https://…")


def link_fault(link: str, *, schemes: tuple[str, ...]) -> str | None:
    """What is wrong with a link, as a word that holds nothing of it; None for one that may be kept."""
    if control_character_at(link) is not None or any(c.isspace() or c in '"<>\\^`{|}' for c in link):
        return "character"
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return "malformed"
    if parts.scheme.lower() not in schemes or not link[len(parts.scheme) :].startswith("://"):
        return "scheme"
    if parts.username is not None or parts.password is not None:
        return "credentials"
    host = parts.hostname
    if host is None or not _HOST.match(host) or host.rpartition(".")[2].isdigit() or port == 0:
        return "host"
    return None
