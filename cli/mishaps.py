"""cli: every error that can end a command, as a refusal with its remedy; a traceback only with LICHENG_LOG_LEVEL=DEBUG."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from cyclopts import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)
from cyclopts import ValidationError as CycloptsValidationError
from pydantic import ValidationError

from records.mishaps import mishap
from rules.refusals import Code, Refusal, Refused
from runtime.engine import EngineAway
from runtime.keys import KeyDamaged
from runtime.servers.parts import PartFailed
from runtime.servers.supervisor import AlreadySupervised
from runtime.settings import SettingMissing, Settings, wrong_setting

_TYPED: tuple[tuple[type[CycloptsError], str], ...] = (
    (MissingArgumentError, "缺少必要的選項或值"),
    (CoercionError, "值不符合"),
    (CycloptsValidationError, "值超出範圍"),
    (UnknownOptionError, "沒有這個選項"),
    (UnknownCommandError, "沒有這個命令"),
    (UnusedCliTokensError, "多出來的內容"),
    (RepeatArgumentError, "選項重複"),
)
"""What is wrong with the words of a command line; the reader's own sentence stands behind."""

ROOT = Path(__file__).resolve().parents[1]


def refusal_of(error: Exception) -> Refusal:
    """What to tell about an error; what nobody foresaw is named by its kind and place in the program, never its content."""
    if isinstance(error, ExceptionGroup):
        return refusal_of(error.exceptions[0])
    if isinstance(error, Refused):
        return error.refusal
    if isinstance(error, CycloptsError):
        return _unreadable(error)
    if isinstance(error, ValidationError) and error.title == Settings.__name__:
        return wrong_setting(error)
    if isinstance(error, EngineAway):
        return Refusal(code=Code.SERVER_AWAY, place="Temporal", found=str(error))
    if isinstance(error, SettingMissing):
        return Refusal(code=Code.SERVER_AWAY, place="LICHENG_…", found=str(error))
    if isinstance(error, (PartFailed, AlreadySupervised)):
        return Refusal(code=Code.FILE_UNUSABLE, place="--data", found=str(error))
    if isinstance(error, KeyDamaged):
        return Refusal(code=Code.KEY_DAMAGED, place="keys", found=str(error))
    if isinstance(error, UnicodeError):
        return Refusal(code=Code.BAD_REQUEST, found="無法存成文字 · no text that can be kept", limit="UTF-8")
    found = mishap(error)
    if found is not None:
        return found
    if os.environ.get("LICHENG_LOG_LEVEL", "").upper() == "DEBUG":
        traceback.print_exception(error)
    return Refusal(code=Code.UNFORESEEN, place=_where(error), found=type(error).__name__)


def _unreadable(error: CycloptsError) -> Refusal:
    """What the command line's reader says, as a refusal: which option, what stood there, where its help is."""
    verb = " ".join(("starter.py", *(error.command_chain or ())))
    place = error.argument.name if error.argument is not None else verb
    words = next((zh for kind, zh in _TYPED if isinstance(error, kind)), "命令列無法讀取")
    return Refusal(code=Code.BAD_REQUEST, place=place, found=f"{words} · {error}", limit=f"{verb} --help")


def _where(error: Exception) -> str:
    """The innermost line of ours that the error went through."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(ROOT)]
    ours = [f for f in own if ".venv" not in f.filename]
    return f"{Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno}" if ours else "-"
