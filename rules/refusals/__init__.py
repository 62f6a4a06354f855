"""rules: why a command is refused: code, clause, place, found, limit, remedy; zh-TW first, English second.

A refusal holds no personal data: ids, counts and instants only.
"""

from __future__ import annotations

from rules.refusals.codes import Code
from rules.refusals.refusal import Refusal, Refused, refuse

__all__ = ["Code", "Refusal", "Refused", "refuse"]
