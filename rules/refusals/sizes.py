"""rules: a number of bytes as people read it. 規§5.3.1"""

from __future__ import annotations

from decimal import Decimal

UNITS = (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10))
"""Of 1,024 each, as the authority's limits are written (schools/national/)."""


def size_text(count: int) -> str:
    """`4 MB`, `4.01 MB(4,194,305 位元組 · bytes)`: rounded up, so that what is too large never reads as the limit."""
    exact = f"{count:,} 位元組 · bytes"
    for unit, of in UNITS:
        if count >= of:
            rounded = Decimal(-(-count * 100 // of)).scaleb(-2).normalize()
            short = f"{rounded:f} {unit}"
            return short if count % of == 0 else f"{short}({exact})"
    return exact
