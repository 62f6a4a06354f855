"""rules: to which period a row without a semester belongs: the one whose proposed date is clearly nearest. 規§4.1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.proposals.words import Nearest

YEAR = timedelta(days=365)

Group = tuple[str, str]
"""Period and kind: what a row can speak of; its lanes belong together."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why no period is clearly meant, in both languages."""

    why: str
    why_en: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """A group of this school year (`off` 0) or the same of the year before or after it; gaps in days, a lane each."""

    group: Group
    off: int
    day: date
    gaps: tuple[int, ...]

    @property
    def least(self) -> int:
        return min(self.gaps)

    @property
    def mean(self) -> float:
        return sum(self.gaps) / len(self.gaps)

    def shown(self, titles: Mapping[str, str]) -> str:
        period, kind = self.group
        year, *half = period.split("-")
        return f"{'-'.join([str(int(year) + self.off), *half])} {titles[kind]}({self.day})"


def target_of(
    targets: Mapping[Group, Sequence[date]],
    day: date,
    nearest: Nearest,
    titles: Mapping[str, tuple[str, str]],
    *,
    other_years: bool,
) -> Group | Unclear:
    """The group that a row of that day speaks of. `targets`: on which days, a lane each, the draft has it.

    The nearest one by its nearest lane has to be clearly nearer, all lanes taken together, than every other one; a
    title that names nobody means everybody. With `other_years` the same dates a year away are looked at too.
    """
    readings = [
        _Reading(group, off, min((x + off * YEAR for x in days), key=lambda x: abs(x - day)), _gaps(days, day, off))
        for group, days in targets.items()
        for off in ((0, -1, 1) if other_years else (0,))
    ]
    best, *others = sorted(readings, key=lambda r: (r.least, r.mean))
    clear = all(
        r.least > best.least and r.mean >= best.mean * nearest.times and r.mean - best.mean >= nearest.days
        for r in others
    )
    if clear and best.off == 0:
        return best.group
    shown = [best, *sorted(others, key=lambda r: r.least)[:2]] if not clear else [best]
    zh, en = (("、", ", ")[n].join(r.shown({k: t[n] for k, t in titles.items()}) for r in shown) for n in (0, 1))
    if clear:
        return Unclear(
            f"最接近的是別的學年:{zh};請在標題寫明學期", f"is nearest to another school year: {en}; name the semester"
        )
    return Unclear(
        f"看不出是哪一期:可能是 {zh};請在標題寫明學年度、學期與年級",
        f"could be {en}; name the year, the semester and the grades",
    )


def _gaps(days: Sequence[date], day: date, off: int) -> tuple[int, ...]:
    return tuple(abs((x + off * YEAR - day).days) for x in days)
