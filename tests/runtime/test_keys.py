"""Keys: made once, whole, readable by their owner only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runtime.keys import KeyDamaged, key_file


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    key = key_file(tmp_path, "codec")
    assert len(key) == 32 and key_file(tmp_path, "codec") == key != key_file(tmp_path, "master")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o777 for p in (tmp_path / "keys").iterdir()} == {0o600}


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as crowd:
        keys = set(crowd.map(lambda _: key_file(tmp_path, "codec"), range(64)))
    assert len(keys) == 1
    assert [p.name for p in (tmp_path / "keys").iterdir()] == ["codec.key"]


def test_half_a_key_is_an_error_not_a_new_key(tmp_path: Path) -> None:
    key_file(tmp_path, "codec")
    (tmp_path / "keys" / "codec.key").write_bytes(b"short")
    with pytest.raises(KeyDamaged, match="5 bytes"):
        key_file(tmp_path, "codec")
