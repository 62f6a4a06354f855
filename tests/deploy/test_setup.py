"""The set-up: locks that name no address, an environment made once, words for a wrong Python."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "deploy" / "bootstrap.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_every_package_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins(lock)) > 20
    assert all("--hash=sha256:" in block for block in blocks)


def test_both_locks_agree_on_what_they_share() -> None:
    run, dev = (pins(lock) for lock in LOCKS)
    assert {name: (run[name], dev[name]) for name in run.keys() & dev.keys() if run[name] != dev[name]} == {}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_what_is_asked_for_stands_in_its_lock(name: str) -> None:
    asked = re.findall(r"^([A-Za-z0-9._-]+)(?:==(\S+))?$", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
    locked = pins(f"{name}.lock")
    assert asked
    wanted = [(package.replace(".", "-"), version) for package, version in asked]
    missing = [p for p, version in wanted if p not in locked or version not in ("", locked[p])]
    assert missing == []


def test_another_python_is_named_in_words() -> None:
    module = bootstrap()
    module.NEEDS = (3, 99)
    with pytest.raises(SystemExit, match=r"needs Python 3\.99"):
        module.main(["run"])


def test_a_stamped_environment_is_left_alone_and_a_changed_lock_installs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = bootstrap()
    commands: list[list[str]] = []
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "run", lambda command, **_: commands.append(command))
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.lock").write_text("one==1\n")
    module.lock("run")
    assert commands[0][1:3] == ["-m", "venv"]
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(commands[1])
    module.lock("run")
    assert len(commands) == 2
    (tmp_path / "requirements.lock").write_text("one==2\n")
    module.lock("run")
    assert len(commands) == 4


def test_a_missing_browser_is_said_in_one_line_to_who_may_not_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    module = bootstrap()
    monkeypatch.setattr(module, "BROWSER", "/nowhere/chromium")
    monkeypatch.setattr(module.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as said:
        module.browser()
    assert "apt-get install chromium fonts-noto-cjk" in str(said.value)
    assert "\n" not in str(said.value)


def test_the_bootstrap_imports_the_standard_library_only() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import runpy; runpy.run_path('deploy/bootstrap.py')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
