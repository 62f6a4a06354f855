"""The file store is named by one variable; an address that is none is refused in words, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from records.files.s3 import S3Shelf
from rules.refusals import Refused
from runtime.settings import Settings
from runtime.vault import open_vault


def test_unset_means_the_data_directory(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, Settings(files_url=None))
    assert (vault.files, vault.shelf, vault.largest) == (tmp_path / "files", None, 16 << 20)


def test_a_folder_elsewhere_holds_drafts_too_so_that_files_can_be_linked(tmp_path: Path) -> None:
    there = tmp_path / "大 磁碟"
    vault = open_vault(tmp_path / "data", Settings(files_url=there.as_uri(), files_largest_mib=20))
    assert (vault.files, vault.shelf, vault.largest) == (there, None, 20 << 20) and there.is_dir()


def test_a_bucket_holds_what_is_finished_and_the_data_directory_what_is_not(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, Settings(files_url="s3://county-files/licheng"))
    assert vault.files == tmp_path / "files" and isinstance(vault.shelf, S3Shelf)


@pytest.mark.parametrize(
    "url",
    ["s3:///nothing", "s3://key:secret@bucket/x", "s3://bucket?secret=1", "ftp://files", "/srv/files", "file://host/x",
     "file:///dev/null/x"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(Refused) as refused:
        open_vault(tmp_path, Settings(files_url=url))
    told = refused.value.refusal
    assert (told.code.value, told.place) == ("bad_request", "LICHENG_FILES_URL")
    assert "s3://bucket/prefix" in told.limit and "secret" not in str(told)
