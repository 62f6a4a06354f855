"""runtime: where a school's files stand, and the key that wraps persons' keys."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from records.files.shelf import STORE, Shelf
from records.seam import Vault
from rosters.formats import SchoolFormats
from rules.refusals import Code, Refused, refuse
from runtime.keys import key_file
from runtime.settings import Settings

FORMS = "s3://bucket/prefix, file:///folder"


def open_vault(data_dir: Path, settings: Settings | None = None) -> Vault:
    """The file store that LICHENG_FILES_URL names (else `files/`) and the master key of `data_dir`.

    Folder and key are made on first use; an S3 store is not asked yet. Raises Refused for an address that is none, OSError for a data directory that is none.
    """
    given = settings or Settings()
    folder, shelf = _stands(data_dir / "files", given.files_url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if given.files_url is None:
            raise
        raise _wrong(type(error).__name__) from None
    return Vault(
        files=folder,
        master_key=key_file(data_dir, "master"),
        formats=SchoolFormats(),
        shelf=shelf,
        largest=given.files_largest_mib << 20,
    )


def _stands(default: Path, url: str | None) -> tuple[Path, Shelf | None]:
    """The folder of drafts (and of files, without another store), and the store that is not a folder."""
    if url is None:
        return default, None
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return Path(unquote(parts.path)), None
    if parts.scheme == "s3" and parts.hostname and "@" not in parts.netloc and not parts.query:
        # Only who keeps files there needs the client.
        from records.files.s3 import S3Shelf

        try:
            return default, S3Shelf(parts.hostname, unquote(parts.path).strip("/"), allow_http=_http_allowed())
        except Exception as error:
            raise _wrong(type(error).__name__) from None
    raise _wrong(parts.scheme or "-")


def _http_allowed() -> bool:
    """Whether AWS_ALLOW_HTTP lets the store be asked without TLS."""
    return os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true", "yes")


def _wrong(found: str) -> Refused:
    # The address itself may hold a key, so it is not shown.
    return refuse(Code.BAD_REQUEST, clause="", place=STORE, found=found, limit=FORMS)
