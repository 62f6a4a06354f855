"""Scenes of staff: the imported sample school at three moments of its year, a copy of the database for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.records.staff.scene import Scene, copy_of, make_template


@pytest.fixture(scope="session")
async def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file store that the templates were made with."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session")
async def imported(postgres_url: str, files: Path) -> str:
    """The database of the school as it was imported."""
    await make_template(postgres_url, "c2_imported", files)
    return "c2_imported"


@pytest.fixture(scope="session")
async def running(postgres_url: str, imported: str, files: Path) -> str:
    """The database of the school whose year was started."""
    async with copy_of(postgres_url, imported, files, name="c2_running") as scene:
        await scene.start_year()
    return "c2_running"


@pytest.fixture(scope="session")
async def sending(postgres_url: str, running: str, files: Path) -> str:
    """The database of the school in the days in which the semester's rosters are sent."""
    async with copy_of(postgres_url, running, files, name="c2_sending") as scene:
        await scene.at("2027-03-15 08:00")
        await scene.settle()
    return "c2_sending"


@pytest.fixture(scope="session")
async def confirming(postgres_url: str, sending: str, files: Path) -> str:
    """The database of the school whose enrolment receipt lies before its students."""
    async with copy_of(postgres_url, sending, files, name="c2_confirming") as scene:
        await scene.at("2027-04-01 10:00")
        await scene.pass_gates("import_receipt")
        await scene.at("2027-04-19 08:00")
        await scene.settle()
    return "c2_confirming"


@pytest.fixture
async def office(postgres_url: str, imported: str, files: Path) -> AsyncIterator[Scene]:
    """The school on 3 August 2026, before its year was started."""
    async with copy_of(postgres_url, imported, files) as scene:
        yield scene


@pytest.fixture
async def term(postgres_url: str, running: str, files: Path) -> AsyncIterator[Scene]:
    """The school on 3 August 2026, its year and first semester running."""
    async with copy_of(postgres_url, running, files) as scene:
        yield scene


@pytest.fixture
async def roster(postgres_url: str, sending: str, files: Path) -> AsyncIterator[Scene]:
    """The school on 15 March 2027: the first semester's rosters are generated."""
    async with copy_of(postgres_url, sending, files) as scene:
        yield scene


@pytest.fixture
async def receipts(postgres_url: str, confirming: str, files: Path) -> AsyncIterator[Scene]:
    """The school on 19 April 2027: the enrolment receipt is published until 24 April 00:00."""
    async with copy_of(postgres_url, confirming, files) as scene:
        yield scene
