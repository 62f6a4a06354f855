"""Makes .venv from the hashed locks with the standard library and pip alone; `make` calls it.

`bootstrap.py run [dev] [browser]`: each word is a lock (or the browser) that must stand. A stamp holds
the lock's SHA-256, so that a second call costs nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
NEEDS = (3, 11)
BROWSER = "/usr/bin/chromium"


def main(wanted: list[str]) -> None:
    """Bring everything that was asked for up to date."""
    if sys.version_info[:2] != NEEDS:
        found = ".".join(map(str, sys.version_info[:3]))
        needs = ".".join(map(str, NEEDS))
        sys.exit(f"需要 Python {needs},找到 {found} · needs Python {needs}, found {found}")
    # Two targets started at once install one after the other; the lock ends with this process.
    with Path(__file__).open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        bring_up(wanted)


def bring_up(wanted: list[str]) -> None:
    """Install each lock that was asked for, and the browser."""
    for word in wanted:
        if word == "browser":
            browser()
        else:
            lock(word)


def lock(name: str) -> None:
    """Install one lock into .venv unless its stamp says that it is there."""
    path = ROOT / LOCKS[name]
    stamp = VENV / f"stamp-{name}"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    python = VENV / "bin" / "python"
    if not _whole(python):
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    print(f"安裝 {path.name} · installing {path.name} …", file=sys.stderr, flush=True)
    run(
        [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "-r",
            str(path),
        ]
    )
    stamp.write_text(digest)


def _whole(python: Path) -> bool:
    """Whether the environment has a pip that runs; an interrupted set-up leaves one that has none."""
    if not python.exists():
        return False
    asked = [str(python), "-m", "pip", "--version"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def browser() -> None:
    """Debian's chromium and a CJK font, installed when we may, else one line that says what is missing."""
    if Path(BROWSER).exists() and (not shutil.which("fc-list") or _has_font()):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit("缺 chromium 與中文字型:apt-get install chromium fonts-noto-cjk · chromium and a CJK font are missing")
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    # Another installer may be at work on a fresh machine: wait for it.
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=180"]
    run([*apt, "update"], **quiet)
    run([*apt, "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"], **quiet)


def _has_font() -> bool:
    found = subprocess.run(["fc-list", ":lang=zh-tw"], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip())


def run(command: list[str], **options: object) -> None:
    """Run a command; its failure is ours, with its own words above."""
    done = subprocess.run(command, check=False, **options)  # type: ignore[call-overload]
    if done.returncode != 0:
        sys.exit(f"失敗 · failed ({done.returncode}): {' '.join(command[:6])} …")


if __name__ == "__main__":
    main(sys.argv[1:])
