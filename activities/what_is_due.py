"""activities: the question of every process: what is due now, and until when may I sleep?"""

from __future__ import annotations

from temporalio import activity as temporal
from temporalio.exceptions import ApplicationError

from activities.carry import Activity
from records.db import TRANSIENT, Database, school_now
from records.processes import answer_question, seconds_until
from records.queries.snapshot import load_snapshot
from rules.messages import Ask, Due, DueStep
from rules.plan import Plan, due_round, due_steps, is_over, next_instant, plan
from rules.snapshot import Snapshot


def activity(db: Database) -> Activity:
    """The activity `what_is_due`. When nothing is due the answer is also written to the process row,
    which the console, the watchdog and the demo's player read."""

    async def ask(question: Ask) -> Due:
        school, process = question.school, question.process
        async with db.transaction(school, snapshot=True) as connection:
            news = await connection.fetchval("select news from process where school = $1 and id = $2", school, process)
            snapshot = await load_snapshot(connection, school, process)
            now = await school_now(connection, school)
        planned = plan(snapshot)
        steps = [DueStep(activity=x.activity, key=x.key, summary=x.summary) for x in due_steps(snapshot, planned, now)]
        round_ = due_round(snapshot, planned, now)
        if round_ is not None:
            summary = f"rungs: {len(round_.send)} to send, {len(round_.skip)} skipped"
            steps.append(DueStep(activity="send_rungs", key=round_.key, summary=summary))
        details = standing(snapshot, planned)
        if steps:
            return Due(steps=tuple(steps), details=details)
        over = is_over(snapshot, planned, now)
        ahead = None if over else next_instant(snapshot, planned, now)
        async with db.transaction(school) as connection:
            await answer_question(connection, school, process, seen=news, next_at=ahead, over=over, at=now)
            sleep = None if ahead is None else await seconds_until(connection, school, ahead)
        return Due(sleep_seconds=sleep, over=over, details=details)

    @temporal.defn(name="what_is_due")
    async def what_is_due(question: Ask) -> Due:
        try:
            return await ask(question)
        except TRANSIENT:
            raise ApplicationError("the database is away", type="Transient") from None
        except Exception as error:
            # Only the type's name may reach a history.
            raise ApplicationError("the question failed", type=type(error).__name__) from None

    return what_is_due


def standing(snapshot: Snapshot, planned: Plan) -> str:
    """Where the process stands, in lane and phase words: `g10_11 certification open`."""
    done = snapshot.done
    opened = {x.thing: x for x in planned.steps if x.kind == "open" and x.key in done}
    closed = {x.thing for x in planned.steps if x.kind == "close" and x.key in done}
    lines = [f"{x.lane} {x.phase} open" for thing, x in opened.items() if thing not in closed]
    if snapshot.versions:
        newest = snapshot.versions[-1]
        lines.append(f"version {newest.version}: {'settled' if newest.settled_at else 'under way'}")
    return "; ".join(sorted(lines))
