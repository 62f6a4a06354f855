"""cli: `notice list`: what a person was told."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from cli.groups import notice_app
from cli.options import HERE, As, Where


@notice_app.command(name="list")
def list_notices(
    *,
    as_: As,
    lang: Annotated[Literal["zh", "en"], Parameter(help="zh 或 en · language")] = "zh",
    most: Annotated[int, Parameter(validator=Number(gte=1, lte=1000), help="最多幾則 · at most so many")] = 20,
    where: Where = HERE,
) -> int:
    """列出一個人收到的通知 · what a person was told, in the words of schools/texts/."""
    from cli.notices import print_notices

    return asyncio.run(print_notices(where.data, where.school, as_, lang=lang, most=most, as_json=where.json))
