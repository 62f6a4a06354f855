"""The servers that tests share: one PostgreSQL and one Temporal a test process, started when first asked for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from runtime.servers.places import NOTE, OUTSIDE
from runtime.servers.postgres import PostgresPart
from runtime.servers.supervisor import Supervisor
from runtime.servers.temporal import TemporalPart


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The played year comes first: one process plays it while the other does everything else (a file a process)."""
    items.sort(key=lambda item: item.path.name != "test_year.py")


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Remove the clusters that stood for pytest's closed folders, at the very end."""
    yield
    for note in OUTSIDE.glob(f"*/{NOTE}"):
        if Path(note.read_text().strip()).is_relative_to(tmp_path_factory.getbasetemp()):
            shutil.rmtree(note.parent)


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's account can walk into (pytest's own are closed); removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="licheng-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def postgres_url(server_folder: Path) -> AsyncIterator[str]:
    """The URL of the maintenance database of an empty cluster; each test makes databases of its own."""
    part = PostgresPart(server_folder / "postgres", durable=False)
    async with Supervisor(server_folder / "on-postgres", [part]):
        yield part.url()


@pytest.fixture(scope="session")
async def temporal_address(server_folder: Path) -> AsyncIterator[str]:
    """The host:port of a Temporal dev server with quick timers."""
    part = TemporalPart(server_folder / "temporal", quick_timers=True)
    async with Supervisor(server_folder / "on-temporal", [part]):
        yield part.address
