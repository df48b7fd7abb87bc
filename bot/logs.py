"""Logging: one line per event, with a request id; never a text of a citizen, a token or an address."""

import logging
import re
import sys
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

from bot.settings import Settings

Entry = MutableMapping[str, Any]

_PLAIN_WORDS = re.compile(r"[A-Za-z ]*")


def configure_logging(settings: Settings) -> None:
    """Set up structlog, and the standard library's logging behind it, for this process."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_error,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("aiohttp.server").addFilter(hide_address)
    for name in ("asyncio", "rasa_sdk.endpoint"):
        logging.getLogger(name).addFilter(hide_values)


def hide_address(record: logging.LogRecord) -> bool:
    """Keep the caller's address out of what aiohttp says about a request it could not read."""
    if record.args:
        record.msg, record.args = str(record.msg).split(" from ")[0], ()
    return True


def hide_values(record: logging.LogRecord) -> bool:
    """Keep out what a library repeats of a call or event that failed: "Exception in callback say('Guten Tag')"."""
    said = _PLAIN_WORDS.match(record.getMessage())
    record.msg, record.args = (said[0].strip() if said else ""), ()
    return True


def describe_error(_logger: object, _method: str, entry: Entry) -> Entry:
    """Replace an exception by where it happened. Its text is left out: it may repeat what a citizen wrote."""
    info = entry.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else None
    if error is not None:
        entry["error"] = type(error).__name__
        entry["trace"] = trace_of(error)
    return entry


def trace_of(error: BaseException) -> list[str]:
    """The places an exception passed, outermost first, then those of its causes: ["app.py:12 handle", …]."""
    places: list[str] = []
    current: BaseException | None = error
    while current is not None:
        places += [f"{type(current).__name__}:", *_places(current.__traceback__)]
        current = current.__cause__
    return places


def _places(traceback: TracebackType | None) -> list[str]:
    places: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{'/'.join(code.co_filename.rsplit('/', 3)[-3:])}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places
