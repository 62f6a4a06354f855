"""Settings: one variable each switches from the embedded servers to external ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from cli.app import main
from runtime.settings import SettingMissing, Settings


def test_unset_means_the_embedded_servers_under_var(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LICHENG_DATABASE_URL", "LICHENG_TEMPORAL_ADDRESS", "LICHENG_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings()
    assert settings.data_dir == Path("var")
    assert settings.database_url is None and settings.temporal_address is None
    with pytest.raises(SettingMissing, match="LICHENG_DATABASE_URL"):
        settings.need_database_url()
    with pytest.raises(SettingMissing, match="LICHENG_TEMPORAL_ADDRESS"):
        settings.need_temporal_address()


def test_one_variable_each_names_an_external_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICHENG_DATABASE_URL", "postgresql://db.school.example/licheng")
    monkeypatch.setenv("LICHENG_TEMPORAL_ADDRESS", "temporal.school.example:7233")
    assert Settings().need_database_url() == "postgresql://db.school.example/licheng"
    assert Settings().need_temporal_address() == "temporal.school.example:7233"


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICHENG_DATABASE_URL", "")
    assert Settings().database_url is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("LICHENG_FILES_LARGEST_MIB", "much"), ("LICHENG_FILES_LARGEST_MIB", "0"), ("LICHENG_LOG_LEVEL", "chatty")],
)
def test_a_value_that_cannot_be_used_is_a_refusal_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    (tmp_path / "data").mkdir()
    monkeypatch.setattr("sys.argv", ["starter.py", "up", "--data", str(tmp_path / "data"), "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    found = json.loads(capsys.readouterr().out)["refusal"]
    assert (ended.value.code, found["code"], found["place"]) == (2, "bad_request", name)
    assert found["limit"] and value not in found["found"]
    assert list((tmp_path / "data").iterdir()) == []


def test_a_level_that_logging_does_not_know_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICHENG_LOG_LEVEL", "debug")
    assert Settings().log_level == "DEBUG"
    monkeypatch.setenv("LICHENG_LOG_LEVEL", "chatty")
    with pytest.raises(ValidationError, match="log_level"):
        Settings()
