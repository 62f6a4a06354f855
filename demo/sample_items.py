"""demo: what the played students write into the own fields of their diverse performances. 規§5.4

Places, events and licences are invented; days lie in the school year that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Fields = dict[str, object]
"""Values as a command takes them: texts, numbers, ISO days."""

UNITS = ("班聯會", "一年級班級", "吉他社", "科學研究社", "合唱團")
PLACES = ("永和里辦公處", "市立圖書館", "社區關懷據點", "國小課後班")
EVENTS = ("科學展覽會", "程式設計競賽", "英語演講比賽", "作文比賽")
TITLES = ("校園植物圖鑑", "太陽能小屋模型", "社區老照片展", "微積分筆記")


def fields_of(category: str, n: int, year: str) -> Fields:
    """The fields of a category; other ones for other `n`. Raises KeyError for a category that there is not."""
    return dict(_MAKERS[category](n, year))


def _day(year: str, n: int) -> str:
    return f"{int(year) + 1911}-{9 + n % 3:02d}-{1 + n % 27:02d}"


def _span(year: str, n: int) -> Fields:
    return {"first_day": _day(year, 3 * (n % 9)), "last_day": f"{int(year) + 1911}-12-{1 + n % 27:02d}"}


def _of(words: tuple[str, ...], n: int) -> str:
    return words[n % len(words)]


_MAKERS: dict[str, Callable[[int, str], Mapping[str, object]]] = {
    "cadre": lambda n, y: {"unit": _of(UNITS, n), "office": "總務", "level": str(1 + n % 3)} | _span(y, n),
    "competition": lambda n, y: {
        "competition": _of(EVENTS, n), "event": "高中組", "level": str(1 + n % 4), "award": "佳作",
        "result_day": _day(y, n), "team": str(n % 2),
    },
    "licence": lambda n, y: {"licence": f"{1000 + n}", "licence_day": _day(y, n)},
    "service": lambda n, y: {"service": "志工服務", "served": _of(PLACES, n), "hours": 2 + n % 40} | _span(y, n),
    "flexible": lambda n, y: {
        "kind": str(1 + n % 5), "name": _of(TITLES, n), "held_by": "教務處", "year": int(y), "semester": "1",
        "periods": 1 + n % 3, "weeks": 6 + n % 12,
    },
    "group_activity": lambda n, y: {
        "kind": str(1 + n % 6), "held_by": "學務處", "name": _of(UNITS, n), "year": int(y), "semester": "1",
        "periods": 4 + n % 16,
    },
    "workplace": lambda n, y: {"kind": str(1 + n % 3), "unit": _of(PLACES, n), "position": "見習生", "hours": 8}
    | _span(y, n),
    "work": lambda n, y: {"name": _of(TITLES, n), "day": _day(y, n)},
    "advanced_course": lambda n, y: {
        "programme": "先修課程計畫", "held_by": "示範大學", "course_name": "普通物理", "credits": 2, "hours": 36,
    }
    | _span(y, n),
    "other": lambda n, y: {"name": _of(EVENTS, n), "organiser": _of(PLACES, n), "hours": 3} | _span(y, n),
}  # fmt: skip
CATEGORIES = tuple(_MAKERS)
