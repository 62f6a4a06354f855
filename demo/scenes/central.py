"""demo: rosters go to the simulated central database, a program of its own, and its receipts come back. 規§6.3, 規§6.4

What it plants in the first receipts is decided by seed; people find it by comparison, as they would in life.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demo.script import Script
from demo.stage import ROOT, Stage
from records.files.stored import copy_out
from rosters.central.folders import Folders
from rosters.central.seam import Sending
from rules.duties import Duty
from rules.instants import TAIPEI, at_taipei, taipei_day
from rules.snapshot import Snapshot

SEED = 115
FAULTS: dict[str, tuple[str, ...]] = {
    "115-1/g10_11/enrolment": ("duplicate_person=1",),
    "115-1/g10_11/grades": ("wrong_course_code=1",),
    "115/g12_vocational/diverse": ("missing=1",),
    "115/g10_11/outcomes": ("missing=1", "altered=1"),
}
"""What the central database gets wrong in the first receipt of these submissions."""

EXPLAINED = ("duplicate_person", "extra")
"""Differences that the other side has to mend; everything else is corrected by the roster's next version."""


def folder_of(stage: Stage, submission: str) -> Path:
    """Where a submission's rosters and receipts are exchanged."""
    return stage.vault.files.parent / "central" / submission.replace("/", "_")


def clear(files: Path) -> None:
    """Forget what an earlier demo of this data directory exchanged."""
    shutil.rmtree(files.parent / "central", ignore_errors=True)


async def send(stage: Stage, submission: str, version: int, post: str) -> str:
    """Carry the frozen roster to the central database; the hash of the acknowledgement kept as evidence."""
    sending = await _sending(stage, submission, version)
    roster = folder_of(stage, submission) / f"approved-v{version}.xlsx"
    roster.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(copy_out, stage.vault, stage.school, sending.sha256, roster)
    given = await asyncio.to_thread(_folders(stage, submission, version, post).submit, sending, roster)
    return (await stage.keep(given.model_dump_json().encode())).sha256


async def receipt(stage: Stage, submission: str, version: int, post: str) -> bytes:
    """What the central database answers to a version."""
    folders = _folders(stage, submission, version, post)
    faults = FAULTS.get(submission.split("/", 2)[2], ()) if version == 1 else ()
    await _answer(stage, folders.inbox, folders.outbox, faults)
    found = folders.fetch(await _sending(stage, submission, version))
    if found is None:
        raise RuntimeError(f"no receipt of {submission} v{version}")
    return found.content


async def precheck(stage: Stage, submission: str, version: int) -> str | None:
    """What the central database says of a roster's pre-check, kept as evidence; None for a roster without one."""
    row = (
        await stage.rows(
            "select precheck_sha256 as sha256 from submission_version"
            " where school = $1 and submission = $2 and version = $3",
            submission,
            version,
        )
    )[0]
    if row["sha256"] is None:
        return None
    folder = folder_of(stage, submission)
    inbox, outbox = folder / f"precheck-v{version}", folder / f"prechecked-v{version}"
    await asyncio.to_thread(shutil.rmtree, inbox, ignore_errors=True)
    inbox.mkdir(parents=True)
    await asyncio.to_thread(copy_out, stage.vault, stage.school, row["sha256"], inbox / f"precheck_v{version}.xlsx")
    await _answer(stage, inbox, outbox)
    found = next(outbox.glob("*預檢結果.xlsx"), None)
    if found is None:
        raise RuntimeError(f"no answer to the pre-check of {submission} v{version}")
    return (await stage.keep(found.read_bytes())).sha256


async def _answer(stage: Stage, inbox: Path, outbox: Path, faults: tuple[str, ...] = ()) -> None:
    """Let the central database, a program of its own, answer what lies in its inbox."""
    local = stage.now.astimezone(TAIPEI).replace(tzinfo=None).isoformat()
    command = ["-m", "demo.central_database", "--inbox", str(inbox), "--outbox", str(outbox)]
    command += ["--seed", str(SEED), "--at", local, "--faults", *faults]
    program = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, wrong = await program.communicate()
    if program.returncode != 0:
        raise RuntimeError(f"the central database failed: {(wrong or said).decode()[-400:]}")


def decide(script: Script, stage: Stage, snapshot: Snapshot, duty: Duty) -> None:
    """The roster's owner looks at every difference on the next working day, and decides it with evidence. 規§6.4"""
    day = snapshot.basis.days.shift(taipei_day(duty.opens), 1)
    at = max(at_taipei(day) + timedelta(hours=10), duty.opens + timedelta(hours=1), stage.now)
    script.at(at, f"45 decide {duty.key}", _decide(duty))


def _decide(duty: Duty) -> Any:
    async def act(stage: Stage) -> None:
        version = int(duty.scope[1:])
        rows = await stage.rows(
            "select id, kind from difference where school = $1 and submission = $2 and version = $3"
            " and closed_at is null order by id",
            duty.process,
            version,
        )
        person = await stage.holder(duty.post)
        for row in rows:
            outcome = "explained" if row["kind"] in EXPLAINED else "correct"
            letter = await stage.keep(f"收訖差異處理 {duty.process} {row['id']} {row['kind']}".encode())
            body = {
                "submission": duty.process,
                "difference": row["id"],
                "outcome": outcome,
                "evidence_sha256": letter.sha256,
                "note": "經與中央資料庫核對",
            }
            await stage.must(person, "close_difference", body, key=f"difference/{row['id']}")
        if rows:
            stage.story(
                f"收訖明細與名冊有 {len(rows)} 處不符,由提交單位逐項處理並附佐證",
                f"the receipt differs from the roster in {len(rows)} places; the submitting post decides each with evidence",
                duty.clause,
            )

    return act


def _folders(stage: Stage, submission: str, version: int, post: str) -> Folders:
    folder = folder_of(stage, submission)

    def now() -> datetime:
        return stage.now

    return Folders(folder / f"inbox-v{version}", folder / "outbox", post, now)


async def _sending(stage: Stage, submission: str, version: int) -> Sending:
    row = (
        await stage.rows(
            "select code, roster_sha256 from submission_version where school = $1 and submission = $2 and version = $3",
            submission,
            version,
        )
    )[0]
    year, _, semester = submission.split("/")[2].partition("-")
    return Sending(
        school=stage.school,
        year=year,
        semester=semester or "0",
        code=row["code"],
        version=version,
        file=f"{submission.rsplit('/', 1)[1]}.xlsx",
        sha256=row["roster_sha256"],
    )
