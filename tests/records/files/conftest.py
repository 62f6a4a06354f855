"""The stores that a school may keep its files in; what needs the S3 server is called by `make e2e`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from records.files.local import LocalShelf
from records.files.s3 import S3Shelf
from tests.records.builders import World
from tests.records.files.s3_server import S3Server, plant, reached

Plant = Callable[[str, bytes], None]


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server."""
    server = S3Server(tmp_path_factory.mktemp("s3"))
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.e2e)])
def kept(request: pytest.FixtureRequest, world: World) -> World:
    """A school whose files stand in the store that is named."""
    if request.param == "s3":
        shelf = reached(request.getfixturevalue("s3").port)
        world.seam.vault = dataclasses.replace(world.vault, shelf=shelf)
    return world


@pytest.fixture
def lay(kept: World) -> Plant:
    """Lay bytes under a hash behind the store's back, as a fault would."""

    def put(sha256: str, data: bytes) -> None:
        shelf = kept.vault.shelf
        if isinstance(shelf, S3Shelf):
            plant(shelf, kept.school, sha256, data)
        else:
            path = LocalShelf(kept.vault.files).path(kept.school, sha256)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    return put
