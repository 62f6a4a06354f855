"""rules: the steps of a hand-over: packet, switch, the old account's end. 規§10.3.1, 規§10.3.2.1, 規§10.3.2.2."""

from __future__ import annotations

from datetime import datetime

from rules.ids import duty_key, step_key
from rules.plans.periods import closing
from rules.plans.step import Step
from rules.snapshot import Snapshot


def handover_steps(s: Snapshot) -> list[Step]:
    """Announced → packet → switched on the day → accepted → the (prolonged) account closed."""
    h = s.handover
    if h is None:
        return []
    ends = h.prolong_until or h.effective_at
    steps = [
        _step(s, "packet", "prepare_packet", h.announced_at),
        _step(s, "switch", "switch_post", h.effective_at),
        _step(s, "close_account", "close_account", max(ends, h.effective_at)),
    ]
    accepted = s.duties.get(duty_key(s.process, "accept_handover"))
    closed = any(key.startswith(f"{s.process}|closed|") for key in s.done)
    if accepted and accepted.done_at and not closed and all(x.key in s.done for x in steps):
        steps.append(closing(s, max(accepted.done_at, *(x.at for x in steps))))
    return steps


def _step(s: Snapshot, kind: str, activity: str, at: datetime) -> Step:
    return Step(key=step_key(s.process, kind, at), kind=kind, at=at, activity=activity, thing=s.process, phase=kind)
