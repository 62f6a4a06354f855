"""cli: `item export` and `item check-copy`: a student's own copy, which anyone can check without us. 規§10.2.1"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli import show
from cli.items.app import item_app
from cli.options import DATA, As, Data, Json, School
from cli.place import opened
from records.commands.items import digest_of
from records.files.stored import read
from records.queries.takeout import KeptItem, takeout_of
from records.seam import Vault, canonical
from rules.commands import FilePart
from rules.file_names import shown_name
from rules.refusals import Code, refuse

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
ABOUT = "README.txt"
PART = ("role", "sha256", "size", "media_type")
WORDS = """這是您交到學校平臺的全部課程學習成果與多元表現(含各版次與憑據),請自行留存(規§10.2.1)。
核對檔案:在這個資料夾執行 sha256sum -c SHA256SUMS;憑據在 manifest.json。

All that you handed in, every version with its proofs; keep it. To check the files: sha256sum -c SHA256SUMS
"""


@item_app.command(name="export")
def export(
    out: Annotated[Path, Parameter(help="要寫出的 ZIP 檔 · the ZIP file to write")],
    *,
    as_: As,
    school: School = None,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """匯出自己交過的全部檔案與憑據 · everything one handed in, with its proofs, in one ZIP (規§10.2.1)."""
    return asyncio.run(_export(data, school, as_, out, as_json=json))


@item_app.command(name="check-copy")
def check_copy(
    copy: Annotated[Path, Parameter(help="item export 寫出的 ZIP 檔 · a ZIP of `item export`")],
    *,
    data: Data = DATA,
    json: Json = False,
) -> int:
    """核對匯出檔:每個檔案、版次與憑據的雜湊,沒有多也沒有少;不需伺服器 · whether a copy is whole and unchanged."""
    try:
        wrong = differing(copy)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
        raise refuse(
            Code.BAD_REQUEST,
            clause="規§10.2.1",
            place=copy.name,
            found="不是 item export 的匯出檔 · no copy of item export",
            limit=MANIFEST,
        ) from None
    if json:
        show.emit({"whole": not wrong, "differs": wrong})
    elif wrong:
        print(f"{len(wrong)} 處不符 · places differ: {', '.join(wrong[:10])}", file=sys.stderr)
    else:
        print("完整,與憑據相符 · whole, and as its proofs say")
    return 1 if wrong else 0


async def _export(data: Path, school: str | None, who: str, out: Path, *, as_json: bool) -> int:
    if out.exists():
        raise refuse(Code.ALREADY_EXISTS, clause="規§10.2.1", place=out.name)
    async with opened(data) as place:
        code = await place.school(school)
        person = await place.person(code, who)
        async with place.db.transaction(code, snapshot=True) as connection:
            items = await takeout_of(connection, place.vault, code, person)
        part = out.with_name(out.name + ".part")
        try:
            written = await asyncio.to_thread(_write, part, place.vault, code, items)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    if as_json:
        show.emit({"file": str(out), "items": len(items), "files": written})
    else:
        print(f"已匯出 · exported {len(items)} 件 items, {written} 個檔案 files: {out}")
    return 0


def _write(path: Path, vault: Vault, school: str, items: Sequence[KeptItem]) -> int:
    """Write the copy: one folder an item and version, the manifest and the sums; returns how many files."""
    sums: list[str] = []
    shown: list[dict[str, Any]] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for item in items:
            entry = asdict(item)
            for version, given in zip(item.versions, entry["versions"], strict=True):
                for number, (file, named) in enumerate(zip(version.files, given["files"], strict=True), 1):
                    name = shown_name(file.name, file.media_type, file.sha256)
                    named["path"] = f"{item.period}/{item.id}/v{version.version}/{number}-{name}"
                    archive.writestr(named["path"], read(vault, school, file.sha256))
                    sums.append(f"{file.sha256}  {named['path']}\n")
            shown.append(entry)
        manifest = {"school": school, "items": shown}
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1, default=_plain))
        archive.writestr(SUMS, "".join(sums))
        archive.writestr(ABOUT, WORDS)
    return len(sums)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def differing(copy: Path) -> list[str]:
    """The places of a copy that do not agree: files with their hashes, versions and proofs with their digests.

    Also what does not belong to it: another entry, bytes before or behind the archive, sums of other files.
    """
    with zipfile.ZipFile(copy) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        names = set(archive.namelist())
        wrong = _strays(archive, manifest, copy)
        for item in manifest["items"]:
            for proof in item["proofs"]:
                claimed = {k: v for k, v in proof.items() if k != "sha256"}
                if hashlib.sha256(canonical(claimed)).hexdigest() != proof["sha256"]:
                    wrong.append(f"proof {proof['fact']}")
            proved = {proof.get("digest") for proof in item["proofs"]}
            for version in item["versions"]:
                parts = tuple(FilePart.model_validate({k: f[k] for k in PART}) for f in version["files"])
                if (
                    digest_of(parts, version["text"].get("link")) != version["digest"]
                    or version["digest"] not in proved
                ):
                    wrong.append(f"{item['id']} v{version['version']}")
                for file in version["files"]:
                    if file["path"] not in names or _hash(archive, file["path"]) != file["sha256"]:
                        wrong.append(file["path"])
    return wrong


def _strays(archive: zipfile.ZipFile, manifest: dict[str, Any], copy: Path) -> list[str]:
    """What a copy holds beside its own parts; a file that is gone is told by its own hash."""
    files = [f for item in manifest["items"] for version in item["versions"] for f in version["files"]]
    entries = Counter(archive.namelist())
    own = {MANIFEST, SUMS, ABOUT, *(f["path"] for f in files)}
    wrong = [name for name, times in entries.items() if name not in own or times > 1]
    sums = "".join(f"{f['sha256']}  {f['path']}\n" for f in files).encode()
    if entries[SUMS] != 1 or archive.read(SUMS) != sums:
        wrong.append(SUMS)
    with copy.open("rb") as file:
        file.seek(-_END, os.SEEK_END)
        if not file.read(_END).startswith(b"PK\x05\x06") or min(i.header_offset for i in archive.infolist()) > 0:
            wrong.append(f"{copy.name}: ZIP 之外的位元組 · bytes outside the archive")
    return wrong


_END = 22
"""Bytes of a ZIP file's last record, without the comment that a copy does not have."""


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while chunk := file.read(1 << 20):
                found.update(chunk)
    except zipfile.BadZipFile:
        return ""
    return found.hexdigest()
