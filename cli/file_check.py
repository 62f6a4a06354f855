"""cli: `file check`: every file of the store read back and hashed again. 規§5.3.1, 規§10.2.1"""

from __future__ import annotations

from pathlib import Path

from cli import show
from cli.place import opened
from records.files.stored import Kept, check_all

SHOWN = 20
"""Hashes printed for people; programs get all of them."""


async def check_files(data: Path, school: str | None, *, as_json: bool) -> int:
    """Print what the store holds of a school and what is not as it was; the exit code."""
    async with opened(data) as place:
        code = await place.school(school)
        found = await check_all(place.db, place.vault, code)
    if as_json:
        show.emit(
            {
                "school": code,
                "files": found.files,
                "bytes": found.bytes,
                "lost": found.lost,
                "unregistered": found.unregistered,
            }
        )
    else:
        _tell(code, found)
    return 1 if found.lost else 0


def _tell(school: str, found: Kept) -> None:
    print(f"{school}: {found.files} 個檔案 files, {found.bytes / 2**20:.1f} MiB")
    for word, hashes in (
        ("不見或損壞 · gone or damaged", found.lost),
        ("沒有登記(無害) · not registered (harmless)", found.unregistered),
    ):
        if hashes:
            print(f"  {word}: {len(hashes)}")
            for sha256 in hashes[:SHOWN]:
                print(f"    {sha256}")
    if not found.lost:
        print("  全部與雜湊相符 · every file is as its hash says")
