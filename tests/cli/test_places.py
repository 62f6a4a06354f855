"""What a stranger mistypes on the command line: a path, an id, a file; and the clock of a demo school."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.app import app, main
from cli.place import note
from rules.text import is_hidden

ROOT = Path(__file__).resolve().parents[2]
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """A command line as it is typed: exit code, standard output, standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["starter.py", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, shown.out, shown.err

    return run


def refusal(out: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out)
    assert found["accepted"] is False
    return dict(found["refusal"])


@pytest.mark.parametrize(
    "verb", [("duty", "list"), ("resume",), ("roster", "list"), ("item", "list", "--as", "115001")]
)
def test_a_data_directory_that_is_not_there_is_refused_and_none_is_made(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    monkeypatch.delenv("LICHENG_DATABASE_URL", raising=False)
    code, out, _ = typed(*verb, "--data", str(tmp_path / "mistyped"), "--json")
    assert code == 2
    assert (refusal(out)["code"], refusal(out)["place"]) == ("not_found", "--data")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_the_system_refuses_is_a_refusal_in_both_languages(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LICHENG_DATABASE_URL", raising=False)
    file = tmp_path / "file"
    file.write_text("")
    words = ("school", "import", str(ROOT / "schools/samples/small"), "--code", "999901", "--name", "x", "--data")
    code, _, said = typed(*words, str(file))
    assert code == 2 and "檔案、資料夾或服務無法使用" in said and "cannot be used" in said
    code, out, _ = typed(*words, str(file), "--json")
    assert (code, refusal(out)["code"]) == (2, "file_unusable")


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\x00", b"{\xff}", b"[" * 100_000], ids=lambda x: x[:3])
def test_a_body_that_is_no_json_object_is_refused_as_json(typed: Typed, tmp_path: Path, text: bytes) -> None:
    body = tmp_path / "body.json"
    body.write_bytes(text)
    code, out, _ = typed("do", "upload", "--json", str(body), "--as", "115001", "--data", str(tmp_path))
    assert (code, refusal(out)["code"]) == (2, "bad_request")


@pytest.mark.parametrize(
    "words",
    [("notice", "list", "--as", "1", "--most", "0"), ("notice", "list", "--as", "1", "--most", "99999999999999999999"),
     ("notice", "list", "--as", "1", "--lang", "fr"), ("demo", "--size", "huge"), ("demo", "--lang", "fr")],
)  # fmt: skip
def test_an_option_outside_its_range_is_refused_before_anything_starts(
    typed: Typed, tmp_path: Path, words: tuple[str, ...]
) -> None:
    code, out, _ = typed(*words, "--data", str(tmp_path / "none"), "--json")
    assert (code, refusal(out)["code"]) == (2, "bad_request")
    assert list(tmp_path.iterdir()) == []


def test_a_place_keeps_the_database_and_queue_that_it_was_made_with(tmp_path: Path) -> None:
    """What a demo left half played goes on under `up`, with its own school and its own processes."""
    assert note(tmp_path) == {"database": "licheng", "task_queue": "licheng"}
    (tmp_path / "place.json").write_text(json.dumps({"database": "demo_1", "task_queue": "demo_1"}))
    assert note(tmp_path)["database"] == "demo_1"


def test_a_wrong_code_in_every_row_is_told_five_times_and_then_counted(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LICHENG_DATABASE_URL", raising=False)
    words = ("school", "import", str(ROOT / "schools/samples/small"), "--code", "999902", "--name", "x")
    code, _, said = typed(*words, "--data", str(tmp_path / "none"))
    assert code == 2 and list(tmp_path.iterdir()) == []
    assert said.count("courses.xlsx:") == 5 and "courses.xlsx course_code_school: 另有 19 處" in said
    code, out, _ = typed(*words, "--data", str(tmp_path / "none"), "--json")
    assert code == 2 and len(json.loads(out)["problems"]) == 168


def test_a_document_that_is_not_there_is_told_without_empty_marks(typed: Typed, tmp_path: Path) -> None:
    code, _, said = typed(
        "calendar", "rehearse", str(ROOT / "schools/licheng/calendar-115.yaml"), "--pack", str(tmp_path)
    )
    assert code == 2 and "name the rule pack with --pack" in said
    assert "「」" not in said and "''" not in said


def test_any_python_finds_the_environment_beside_the_command_line() -> None:
    bare = [sys.executable, "-S", str(ROOT / "starter.py"), "calendar", "explain", "at-midnight"]
    assert subprocess.run(bare, capture_output=True, check=True, cwd="/").stdout


def test_a_command_that_is_asked_to_end_leaves_as_with_ctrl_c(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its servers are stopped on the way out; by default the signal would leave them running."""
    left: list[str] = []

    def long_command(*_: Any, **__: Any) -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        finally:
            left.append("servers stopped")

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("cli.app.app", long_command)
    try:
        assert typed("status")[0] == 130
    finally:
        signal.signal(signal.SIGTERM, before)
    assert left == ["servers stopped"]


def test_the_commands_are_listed_with_what_they_need_and_the_parts_of_a_list(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app(["commands"], result_action="return_value") == 0
    line = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("upload "))
    assert "item*, period*, course, category" in line
    assert "files*[role*, sha256*, size*, media_type*, file_name], link" in line


@pytest.mark.clause("規§5.3.1")
@pytest.mark.parametrize("name", ["a\x1b[31mb.pdf", "a\u202efdp.exe", "a\nb.pdf"])
def test_a_file_whose_name_would_steer_a_terminal_is_refused_and_printed_as_codes(
    typed: Typed, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"%PDF-")
    code, out, err = typed("file", "put", str(path), "--data", str(tmp_path / "none"))
    assert code == 2 and "name_control_character" in err
    assert not any(is_hidden(c) for c in (out + err).replace("\n", ""))
    # One that is not there is named in the refusal, with what hides in it as codes.
    code, out, err = typed("file", "put", f"{path}x", "--data", str(tmp_path / "none"))
    assert code == 2 and "<U+" in err and name not in err
    assert not any(is_hidden(c) for c in (out + err).replace("\n", ""))
