"""A student's own copy: every version of everything handed in, checkable without the school. 規§10.2.1"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from cli.items.takeout import MANIFEST, SUMS, _write, differing
from records.queries.takeout import takeout_of
from tests.records.builders import World


async def _copy(world: World, folder: Path) -> Path:
    me = world.students[0]
    first = await world.upload(me, files=[await world.file() | {"file_name": "../讀書心得 𠮷.pdf"}])
    await world.must(me, "replace", item=first.proof["item"], summary="再版", files=[await world.file()])
    await world.must(me, "withdraw", item=await world.uploaded(me))
    await world.uploaded(world.students[1])
    async with world.db.transaction(world.school) as c:
        items = await takeout_of(c, world.vault, world.school, me)
    assert [(len(i.versions), i.state) for i in items] == [(2, "uploaded"), (1, "withdrawn")]
    path = folder / "copy.zip"
    assert _write(path, world.vault, world.school, items) == 3
    return path


@pytest.mark.clause("規§10.2.1")
async def test_a_student_takes_home_every_version_of_everything_with_its_proofs(world: World, tmp_path: Path) -> None:
    copy = await _copy(world, tmp_path)
    assert differing(copy) == []
    with zipfile.ZipFile(copy) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read(MANIFEST))
    assert not [n for n in names if n.startswith("/") or ".." in n]
    assert any(n.endswith("1-讀書心得 𠮷.pdf") for n in names)
    assert manifest["items"][0]["versions"][1]["text"] == {"summary": "再版"}
    kinds = [[p["kind"] for p in i["proofs"]] for i in manifest["items"]]
    assert kinds == [["uploaded", "replaced"], ["uploaded", "withdrawn"]]


@pytest.mark.clause("規§10.2.1")
async def test_a_copy_that_was_changed_says_where(world: World, tmp_path: Path) -> None:
    whole = await _copy(world, tmp_path)
    with zipfile.ZipFile(whole) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    file = next(n for n in parts if n.endswith(".pdf"))
    manifest = json.loads(parts[MANIFEST])
    manifest["items"][1]["versions"][0]["digest"] = "0" * 64
    spoilt = {
        "file": ({**parts, file: parts[file] + b" "}, file),
        "gone": ({n: b for n, b in parts.items() if n != file}, file),
        "digest": ({**parts, MANIFEST: json.dumps(manifest).encode()}, f"{manifest['items'][1]['id']} v1"),
    }
    for name, (content, place) in spoilt.items():
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for entry, data in content.items():
                archive.writestr(entry, data)
        assert differing(path) == [place], name


@pytest.mark.clause("規§10.2.1")
async def test_a_copy_that_holds_more_than_its_own_says_what(world: World, tmp_path: Path) -> None:
    whole = (await _copy(world, tmp_path)).read_bytes()
    outside = "ZIP 之外的位元組 · bytes outside the archive"
    path = tmp_path / "more.zip"
    for content in (whole + b"x", b"x" + whole):
        path.write_bytes(content)
        assert differing(path) == [f"more.zip: {outside}"]
    path.write_bytes(whole)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("115-1/extra.pdf", b"x")
    assert differing(path) == ["115-1/extra.pdf"]
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive, zipfile.ZipFile(path, "w") as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name) + (b"x" if name == SUMS else b""))
    assert differing(path) == [SUMS]
