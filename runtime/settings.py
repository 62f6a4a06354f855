"""runtime: settings from the environment. One variable each switches to external servers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from records.files.shelf import LARGEST
from rules.refusals import Code, Refusal
from rules.refusals.malformed import malformed

Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(str.upper)]


class SettingMissing(RuntimeError):
    """A server's address is needed and neither the environment nor a running supervisor gives it."""


def wrong_setting(error: ValidationError) -> Refusal:
    """A variable whose value cannot be used, as a refusal that names it and what it takes; not the value itself."""
    told = malformed(error, Settings, clause="", within="licheng")
    return told.model_copy(update={"code": Code.BAD_REQUEST, "place": told.place.replace(".", "_").upper()})


class Settings(BaseSettings):
    """Values of `LICHENG_…` variables.

    `LICHENG_DATABASE_URL` and `LICHENG_TEMPORAL_ADDRESS` name external servers; unset means the
    embedded ones, whose data stand under `LICHENG_DATA_DIR` (`var/`).
    """

    model_config = SettingsConfigDict(env_prefix="LICHENG_", extra="ignore", env_ignore_empty=True)

    data_dir: Path = Path("var")
    database_url: str | None = None
    temporal_address: str | None = None
    namespace: str = "default"
    task_queue: str = "licheng"
    log_level: Level = "INFO"
    files_url: str | None = None
    """Where finished files stand: `s3://bucket/prefix` or `file:///folder`; unset means `files/` in the data directory."""
    files_largest_mib: Annotated[int, Field(ge=1, le=4096)] = LARGEST >> 20
    """MiB after which an incoming file is refused; the authority's dated limits of items are lower."""

    def need_database_url(self) -> str:
        """The PostgreSQL server's URL. Raises SettingMissing."""
        if self.database_url is None:
            raise SettingMissing("LICHENG_DATABASE_URL is not set and no server was started")
        return self.database_url

    def need_temporal_address(self) -> str:
        """The Temporal server's host:port. Raises SettingMissing."""
        if self.temporal_address is None:
            raise SettingMissing("LICHENG_TEMPORAL_ADDRESS is not set and no server was started")
        return self.temporal_address
