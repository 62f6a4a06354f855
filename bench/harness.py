"""bench: figures, rounds and charts; what every benchmark shares."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: ours beside a peer's or a limit, in `unit`; `target` bounds the ratio."""

    name: str
    ours: float
    peer: float
    unit: str
    target: str
    holds: bool
    memory_mb: float

    @property
    def ratio(self) -> float:
        """Ours divided by the peer's (or the limit)."""
        return round(self.ours / self.peer, 3) if self.peer else 0.0

    def shown(self) -> dict[str, Any]:
        """The figure as one JSON object."""
        return asdict(self) | {"ratio": self.ratio}


def at_most(name: str, ours: float, limit: float, unit: str, memory_mb: float | None = None) -> Figure:
    """A figure that must not exceed a limit."""
    return Figure(name, round(ours, 3), limit, unit, f"<= {limit:g} {unit}", ours <= limit, memory_mb or peak_mb())


def interleaved(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Median seconds of each work, the works taking turns so that the machine's moods hit all alike."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for n, work in enumerate(works):
            started = perf_counter()
            work()
            taken[n].append(perf_counter() - started)
    return [median(t) for t in taken]


def fresh_peak() -> None:
    """Begin to count the most memory anew, so that a benchmark does not show what the one before it held."""
    gc.collect()
    with suppress(OSError):  # not Linux: the peak stays that of the whole process
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """The most memory that this process has held since `fresh_peak`, in MiB."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


_NAMES_WIDTH, _BARS_WIDTH = 560, 300
"""Pixels of a chart's two columns; what was measured stands behind the bar."""


def write_chart(path: Path, title: str, figures: Sequence[Figure]) -> None:
    """A bar for each figure's ratio to its peer or limit, with the numbers written out."""
    height = 46 + 34 * len(figures)
    most = max([1.0, *(f.ratio for f in figures)])
    rows = []
    for n, f in enumerate(figures):
        y = 40 + 34 * n
        width = _BARS_WIDTH * f.ratio / most
        colour = "#1f7a4d" if f.holds else "#9a3412"
        rows.append(
            f'<text x="12" y="{y + 15}" font-size="13">{escape(f.name)}</text>'
            f'<rect x="{_NAMES_WIDTH}" y="{y}" width="{width:.1f}" height="20" rx="3" fill="{colour}"/>'
            f'<text x="{_NAMES_WIDTH + 8 + width:.1f}" y="{y + 15}" font-size="12">{f.ours:g} / {f.peer:g} {escape(f.unit)}'
            f" = {f.ratio:g}{'' if f.holds else ' (target missed)'}</text>"
        )
    limit = _NAMES_WIDTH + _BARS_WIDTH / most
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="1240" height="{height}" font-family="system-ui, sans-serif" role="img">'
        f'<title>{title}</title><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="12" y="22" font-size="15" font-weight="700">{title}: ours / peer or limit</text>'
        f'<line x1="{limit:.1f}" y1="32" x2="{limit:.1f}" y2="{height - 6}" stroke="#555" stroke-dasharray="3 3"/>'
        f"{''.join(rows)}</svg>\n",
        encoding="utf-8",
    )


def _verdict(figure: Figure) -> str:
    """What the page says of a target; what has none is told and not judged."""
    if figure.target == "none":
        return "–"
    return "yes" if figure.holds else "**no**"


def page(figures: Mapping[str, Sequence[Figure]], *, taken: str, machine: str) -> str:
    """The figures as a page: a table and a chart for each benchmark. `taken` is a day, `machine` says on what."""
    lines = [
        "# 量測 · Figures",
        "",
        f"由 `make bench` 寫成,{taken};{machine}。對照與本專案在同一次執行中輪流量測。",
        f"Written by `make bench` on {taken}; {machine}. Ours and the peer take turns in one run.",
    ]
    for name, found in figures.items():
        lines += ["", f"## {name}", "", f"![{name}]({name}.svg)", "", "| what | ours | peer or limit | unit | ratio | target | holds | MiB |"]  # fmt: skip
        lines.append("|---|---:|---:|---|---:|---|---|---:|")
        lines += [
            f"| {f.name} | {f.ours:g} | {f.peer:g} | {f.unit} | {f.ratio:g} | {f.target} | {_verdict(f)} | {f.memory_mb:g} |"
            for f in found
        ]
    return "\n".join(lines) + "\n"
