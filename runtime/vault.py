"""runtime: where a data directory keeps the school's files and the key that wraps persons' keys."""

from __future__ import annotations

from pathlib import Path

from records.seam import Vault
from rosters.formats import SchoolFormats
from runtime.keys import key_file


def open_vault(data_dir: Path) -> Vault:
    """The file store's folder and the master key of `data_dir`; both are made on first use."""
    files = data_dir / "files"
    files.mkdir(parents=True, exist_ok=True)
    return Vault(files=files, master_key=key_file(data_dir, "master"), formats=SchoolFormats())
