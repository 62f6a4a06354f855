"""cli: years, semesters and duties: what offices start, do, give back and hand over. 規§3.1, 規§10.3.1"""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from cyclopts import Parameter

from cli.doing import give
from cli.groups import duty_app, semester_app, year_app
from cli.options import HERE, Acting, Where
from cli.place import Place


@year_app.command(name="start")
def start_year(year: Annotated[str, Parameter(help="學年度,例如 115 · school year")], *, by: Acting) -> int:
    """開始一個學年 · start a school year (規§13)."""
    return give(by, "start_year", {"year": year})


@semester_app.command(name="start")
def start_semester(semester: Annotated[str, Parameter(help="學期,例如 115-1 · semester")], *, by: Acting) -> int:
    """手動開始學期(修復用)· start a semester by hand, a repair tool."""
    return give(by, "start_semester", {"semester": semester})


@duty_app.command(name="list")
def list_duties(
    *,
    post: Annotated[str | None, Parameter(help="只列這個職務 · only this post's")] = None,
    all: Annotated[bool, Parameter(help="包含已完成 · also what is done")] = False,
    where: Where = HERE,
) -> int:
    """列出各職務的工作與期限 · list the duties that posts owe."""
    from cli.duties import print_duties

    return asyncio.run(print_duties(where.data, where.school, post, everything=all, as_json=where.json))


@duty_app.command(name="complete")
def complete_duty(
    duty: Annotated[str, Parameter(help="工作代號 · the duty's key")], *, by: Acting, note: str = ""
) -> int:
    """完成一項工作 · complete a duty."""
    return give(by, "complete_duty", {"duty": duty, "note": note})


@duty_app.command(name="return")
def return_duty(duty: Annotated[str, Parameter(help="工作代號 · the duty's key")], *, reason: str, by: Acting) -> int:
    """主管退回已完成的工作 · give a completed duty back to its post."""
    return give(by, "return_duty", {"duty": duty, "reason": reason})


@duty_app.command(name="hand-over")
def hand_over(
    post: Annotated[str, Parameter(help="職務代號 · the post")],
    *,
    to: Annotated[str, Parameter(help="接任者編號 · the successor's staff number")],
    day: Annotated[str, Parameter(help="接任日 YYYY-MM-DD · first day of the successor")],
    by: Acting,
    prolong_until: str | None = None,
    prolong_reason: str = "",
) -> int:
    """業務交接:職務的全部工作交給接任者 · hand a post and all its work to a successor (規§10.3.1)."""

    async def body(place: Place, code: str) -> dict[str, str | None]:
        successor = str(await place.person(code, to))
        return {
            "post": post,
            "successor": successor,
            "day": day,
            "prolong_until": prolong_until,
            "prolong_reason": prolong_reason,
        }

    return give(by, "hand_over", body)


@duty_app.command(name="away")
def away(
    person: Annotated[str, Parameter(help="請假者的職員編號 · who is away, a staff number")],
    *,
    opens: Annotated[str, Parameter(name="--from", help="起 'YYYY-MM-DD HH:MM' · from")],
    closes: Annotated[str, Parameter(name="--until", help="迄 'YYYY-MM-DD HH:MM' · until")],
    reason: Annotated[
        Literal["sick", "leave", "official", "other"],
        Parameter(help="sick 病假、leave 事假、official 公假、other 其他 · the kind of absence"),
    ] = "leave",
    by: Acting,
) -> int:
    """登錄請假,期間由代理人承辦 · record an absence; deputies act meanwhile (規§10.1.2)."""
    return give(by, "record_absence", {"person": person, "opens": opens, "closes": closes, "reason": reason})
