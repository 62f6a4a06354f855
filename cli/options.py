"""cli: the options that every command has, spelled once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

Data = Annotated[Path, Parameter(name="--data", help="資料目錄 · data directory")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="輸出一份 JSON · print one JSON document")]
School = Annotated[str | None, Parameter(name="--school", help="學校代碼(只有一所時可省略)· school code")]
As = Annotated[str, Parameter(name="--as", help="以此職員編號或學號的身分 · act as this staff or student number")]
Key = Annotated[str | None, Parameter(name="--key", help="冪等鍵:同一個鍵重送不會做兩次 · idempotency key")]
DATA = Path("var/school")
ONE_OF = "恰好一個 · exactly one of them"


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which school of which data directory a verb looks at, and how it prints what it found."""

    school: School = None
    data: Data = DATA
    json: Json = False


HERE = Where()


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts, under which key, in which school of which data directory, and how the answer is printed."""

    as_: As
    key: Key = None
    school: School = None
    data: Data = DATA
    json: Json = False
