"""Whatever goes wrong ends a command with a refusal in both languages and exit code 2, never with a traceback. 規§5.0"""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from cli.app import main
from cli.place import note
from records.migrate import MigrationChanged, migrate
from records.mishaps import WORDS, mishap
from rules.refusals import Code, Refused
from runtime.engine import EngineAway
from runtime.keys import KeyDamaged
from runtime.servers.parts import PartFailed
from runtime.settings import SettingMissing

PRIVATE = "A123456789"
MISHAPS: list[tuple[Exception, str, str]] = [
    (asyncpg.ClientConfigurationError(f"invalid DSN {PRIVATE}"), "server_away", "ClientConfigurationError"),
    (asyncpg.InvalidPasswordError(PRIVATE), "server_away", "InvalidPasswordError 28P01"),
    (asyncpg.InvalidCatalogNameError(PRIVATE), "server_away", "InvalidCatalogNameError 3D000"),
    (asyncpg.CannotConnectNowError(PRIVATE), "server_away", "CannotConnectNowError 57P03"),
    (asyncpg.ConnectionDoesNotExistError(PRIVATE), "server_away", "ConnectionDoesNotExistError 08003"),
    (asyncpg.DiskFullError(PRIVATE), "database_fault", "DiskFullError 53100"),
    (asyncpg.UniqueViolationError(PRIVATE), "database_fault", "UniqueViolationError 23505"),
    (ConnectionRefusedError(111, PRIVATE), "server_away", "ConnectionRefusedError"),
    (TimeoutError(), "server_away", "TimeoutError"),
    (OSError(errno.ENOSPC, "x", "files/a"), "file_unusable", "磁碟已滿 · the disk is full"),
    (PermissionError(errno.EACCES, "x", "keys"), "file_unusable", "沒有權限 · no right to it"),
    (OSError(errno.EADDRINUSE, "x"), "file_unusable", "埠號已被使用 · the port is in use"),
    (EngineAway("no Temporal server answers"), "server_away", "no Temporal server answers"),
    (SettingMissing("LICHENG_DATABASE_URL is not set"), "server_away", "LICHENG_DATABASE_URL is not set"),
    (KeyDamaged("master.key holds 5 bytes"), "key_damaged", "master.key holds 5 bytes"),
    (PartFailed("postgres does not come up"), "file_unusable", "postgres does not come up"),
    (MigrationChanged("0001_base.sql", "f" * 64, "a" * 64), "migration_changed", "f" * 12),
    (ExceptionGroup("tasks", [TimeoutError()]), "server_away", "TimeoutError"),
    (UnicodeEncodeError("utf-8", PRIVATE, 0, 1, "x"), "bad_request", "無法存成文字 · no text that can be kept"),
    (KeyError(PRIVATE), "unforeseen", "KeyError"),
    (RecursionError(PRIVATE), "unforeseen", "RecursionError"),
]


@pytest.mark.clause("規§5.0")
@pytest.mark.parametrize(("error", "code", "found"), MISHAPS, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("as_json", [False, True])
def test_an_error_ends_a_command_with_what_to_do_and_without_what_it_held(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: str,
    found: str,
    as_json: bool,
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("cli.app.app", broken)
    monkeypatch.setattr("sys.argv", ["starter.py", "status", *(["--json"] if as_json else [])])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert ended.value.code == 2
    assert "Traceback" not in out + err and PRIVATE not in out + err
    if as_json:
        told = json.loads(out)["refusal"]
        assert (told["code"], told["found"]) == (code, found) and all(told.values())
    else:
        assert found in err and "處理 · remedy" in err and re.search(r"[a-z]{4}", err)


@pytest.mark.clause("規§5.0")
def test_an_error_that_nobody_foresaw_is_told_whole_to_who_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("x")

    monkeypatch.setattr("cli.app.app", broken)
    monkeypatch.setattr("sys.argv", ["starter.py", "status"])
    monkeypatch.setenv("LICHENG_LOG_LEVEL", "debug")
    with pytest.raises(SystemExit) as ended:
        main()
    err = capsys.readouterr().err
    assert ended.value.code == 2 and "Traceback" in err and "test_mishaps.py:" in err


@pytest.mark.clause("規§5.0")
async def test_an_applied_migration_that_was_edited_is_named_and_nothing_more_is_applied(
    postgres_url: str, tmp_path: Path
) -> None:
    url = postgres_url.rsplit("/", 1)[0] + "/edited"
    server = await asyncpg.connect(postgres_url)
    await server.execute("drop database if exists edited with (force)")
    await server.execute("create database edited")
    first, second = tmp_path / "0001_a.sql", tmp_path / "0002_b.sql"
    first.write_text("create table a ();")
    assert await migrate(url, tmp_path) == ["0001_a.sql"]
    first.write_text("create table a (x int);")
    second.write_text("create table b ();")
    with pytest.raises(MigrationChanged) as changed:
        await migrate(url, tmp_path)
    told = mishap(changed.value)
    assert told is not None and (told.code, told.place) == (Code.MIGRATION_CHANGED, "0001_a.sql")
    assert told.found != told.limit and len(told.found) == len(told.limit) == 12
    first.write_text("create table a ();")
    assert await migrate(url, tmp_path) == ["0002_b.sql"], "the released content goes on"
    await server.execute("drop database edited with (force)")
    await server.close()


@pytest.mark.parametrize("text", ["{", "[]", '{"database": 1}', "", '{"database": "x"}'])
def test_a_place_that_is_not_whole_is_refused_and_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "place.json").write_text(text)
    with pytest.raises(Refused) as refused:
        note(tmp_path)
    assert refused.value.refusal.code is Code.FILE_UNUSABLE
    assert refused.value.refusal.place == str(tmp_path / "place.json")


def test_what_the_system_says_is_told_in_both_languages() -> None:
    assert all(re.search(r"[\u4e00-\u9fff].* · [a-z]", text) for text in WORDS.values())
    assert mishap(ValueError("x")) is None
