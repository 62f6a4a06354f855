"""runtime: one JSON line an event on standard error; ids only, whatever was handed in by mistake is masked."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

# 身分證 and both kinds of 居留證 numbers; a log line may never hold one.
_IDENTITY = re.compile(r"(?<![A-Z0-9])[A-Z][A-D1289]\d{8}(?![A-Z0-9])", re.IGNORECASE)
_NOISE = ("Failed to restore the pool connection floor",)


def mask(text: str) -> str:
    """`text` with identity numbers made unreadable."""
    return _IDENTITY.sub("<id-masked>", text)


def _masked(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("temporal_log", None)
    return {key: value if key.startswith("_") else _veil(value) for key, value in event.items()}


def _veil(value: Any) -> Any:
    """A value of a log line, masked however deep it stands."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {_veil(k): _veil(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_veil(v) for v in value]
    return value if isinstance(value, int | float | None) else mask(str(value))


def _frames_only(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception's type and places, never its text: texts may quote what a person typed."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        event["error"] = info[0].__name__
        frames: list[str] = []
        trace = info[2]
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["at"] = frames[-6:]
    return event


def get_logger() -> Any:
    """A logger whose lines never go to standard output, not even before `set_up_logging`: documents stand there."""
    if not structlog.is_configured():
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    return structlog.get_logger()


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not any(noise in record.getMessage() for noise in _NOISE)


def set_up_logging(level: str = "INFO") -> None:
    """Route structlog and the standard library's loggers to JSON lines on standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _frames_only,
        _masked,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Quiet())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # The SDK prints a failed activity with its plain text; our own line names its type only.
    logging.getLogger("temporalio.activity").setLevel(logging.CRITICAL)
