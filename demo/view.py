"""demo: the live terminal: school date, open phases, counts and what just happened; zh-TW or English."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Any, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demo.stage import Story
from rules.instants import TAIPEI
from rules.roc import roc_instant

COUNTS: Mapping[str, tuple[str, str]] = {
    "uploaded": ("上傳", "uploaded"),
    "refused_quota": ("超過上限被拒", "refused: quota"),
    "refused_late": ("逾期被拒", "refused: late"),
    "certified": ("認證", "certified"),
    "returned": ("退件", "returned"),
    "selected": ("勾選", "selected"),
    "submitted": ("名冊提交", "rosters submitted"),
    "receipted": ("收訖匯入", "receipts imported"),
    "differences": ("收訖差異", "receipt differences"),
    "corrected": ("更正後再提交", "corrected"),
    "objections": ("期限內疑義", "doubts in time"),
    "late_reports": ("逾期反映(參考)", "late reports (kept)"),
    "deemed_confirmed": ("視為確認", "deemed confirmed"),
    "reminders": ("提醒", "reminders"),
    "escalations": ("向上催辦", "escalations"),
    "handovers": ("業務交接", "hand-overs"),
    "moved_deadlines": ("期程修正", "moved deadlines"),
}
"""The demo's counts in both languages."""

_TEXTS = {
    "banner": ("示範時鐘:這所學校與這些日期都是虛構的", "demo clock: this school and these dates are invented"),
    "open": ("進行中的作業", "open now"),
    "processes": ("流程", "processes"),
    "happened": ("剛剛發生", "what just happened"),
    "nothing": ("(無)", "(nothing)"),
    "summary": ("學年結束", "the year is over"),
    "lost": ("遺失", "lost"),
}
EVERY = 0.12
"""Seconds between two pictures."""
LINES = 7
"""Stories kept on the screen."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the year stands: school time (UTC), open (lane, phase) titles, counts, processes."""

    at: datetime
    open_phases: tuple[tuple[str, str], ...]
    counts: dict[str, int]
    open: int
    over: int


def school_date(at: datetime, lang: str) -> str:
    """`116.2.3(星期三)17:00` as every other place prints it, or `Wed 3 Feb 2027 17:00`; Taipei."""
    if lang == "en":
        local = at.astimezone(TAIPEI)
        return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
    return roc_instant(at)


class View:
    """The picture on standard error; plain lines where that is no terminal."""

    def __init__(self, lang: str, stream: TextIO | None = None, *, plain: bool | None = None) -> None:
        self.lang = lang
        self.console = Console(file=stream or sys.stderr, highlight=False)
        self.plain = not self.console.is_terminal if plain is None else plain
        self.stories: deque[Story] = deque(maxlen=LINES)
        self.state: State | None = None
        self._drawn = 0.0
        self._live: Live | None = None

    def __enter__(self) -> View:
        if not self.plain:
            self._live = Live(console=self.console, auto_refresh=False, transient=True)
            self._live.start()
        else:
            self.console.print(self.text("banner"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def text(self, name: str) -> str:
        """A fixed text in the chosen language."""
        return _TEXTS[name][self.lang == "en"]

    def tell(self, story: Story) -> None:
        """Show that something happened."""
        self.stories.append(story)
        if self.plain:
            self.console.print(self.line(story), soft_wrap=True)
        self._draw()

    def show(self, state: State) -> None:
        """Show where the year stands."""
        self.state = state
        if self.plain:
            done = ", ".join(f"{COUNTS[k][self.lang == 'en']} {n}" for k, n in state.counts.items() if n)
            self.console.print(f"{school_date(state.at, self.lang)}  {done}", soft_wrap=True, style="dim")
        self._draw()

    def line(self, story: Story) -> str:
        """A story as one line."""
        said = story.en if self.lang == "en" else story.zh
        clause = f" 〔{story.clause}〕" if story.clause else ""
        return f"{school_date(story.at, self.lang)}  {said}{clause}"

    def summary(self, result: dict[str, Any]) -> None:
        """The table at the end: counts and figures."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        table = Table(title=self.text("summary"), box=None, title_style="bold")
        table.add_column()
        table.add_column(justify="right")
        for name, labels in COUNTS.items():
            table.add_row(labels[self.lang == "en"], f"{result['counts'][name]:,}")
        table.add_section()
        table.add_row(self.text("lost"), str(result["lost"]))
        table.add_row("trace", result["trace_sha256"][:16] + "…")
        table.add_row("s / MB", f"{result['wall_seconds']} / {result['peak_memory_mb']}")
        self.console.print(table)

    def _draw(self) -> None:
        if self._live is None or monotonic() - self._drawn < EVERY:
            return
        self._drawn = monotonic()
        self._live.update(self._picture(), refresh=True)

    def _picture(self) -> Panel:
        parts: list[Any] = [Text(self.text("banner"), style="black on yellow")]
        if self.state is not None:
            s = self.state
            head = f"{school_date(s.at, self.lang)}   {self.text('processes')} {s.open} + {s.over} ✓"
            parts.append(Text(head, style="bold"))
            phases = Table.grid(padding=(0, 2))
            for lane in dict.fromkeys(x for x, _ in s.open_phases):
                phases.add_row(lane, "、".join(p for x, p in s.open_phases if x == lane))
            parts += [
                Text(self.text("open"), style="underline"),
                phases if s.open_phases else Text(self.text("nothing")),
            ]
            counts = Table.grid(padding=(0, 2))
            cells = [f"{COUNTS[k][self.lang == 'en']} {n:,}" for k, n in s.counts.items()]
            for i in range(0, len(cells), 5):
                counts.add_row(*cells[i : i + 5])
            parts.append(counts)
        parts.append(Text(self.text("happened"), style="underline"))
        parts += [Text(self.line(s), overflow="ellipsis", no_wrap=True) for s in self.stories]
        return Panel(Group(*parts), title="歷程 Licheng")
