"""What citizens write is not logged and not executed."""

import logging
import re
from typing import Any

import structlog

from bot.text.normalise import clean

_PLAIN_WORDS = re.compile(r"[A-Za-z ]*")
_COMMAND_MARKS = re.compile(r"^[\s/]+")


def plain_text(text: str) -> str:
    """`text` without invisible characters, and such that Rasa cannot take it for a command.

    "/restart" → "restart", "\u200b //greet{}" → "greet{}", "und/oder" → "und/oder"
    """
    return _COMMAND_MARKS.sub("", clean(text))


def silence() -> None:
    """Log Rasa's warnings and errors by their names only.

    Rasa's debug logs hold messages and slots; some of its warnings do so too, as fields of a structlog event. The
    standard loggers of Rasa put nothing of a message into warnings and errors, but tracebacks may, so they go too.
    What asyncio and aiohttp repeat of a call or request that failed goes as well.
    """
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        processors=[_only_the_name, structlog.processors.KeyValueRenderer(key_order=["event"])],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logger = logging.getLogger("rasa")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_without_traceback)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_without_traceback)
    for name in ("asyncio", "aiohttp.server"):
        logging.getLogger(name).addFilter(_only_plain_words)


def _only_the_name(_logger: Any, _method: str, event: Any) -> Any:
    return {"event": event["event"]}


def _without_traceback(record: logging.LogRecord) -> bool:
    if record.name.startswith("rasa"):
        record.exc_info = record.exc_text = None
    return True


def _only_plain_words(record: logging.LogRecord) -> bool:
    said = _PLAIN_WORDS.match(str(record.msg))
    record.msg, record.args = (said[0].strip() if said else ""), ()
    record.exc_info = record.exc_text = None
    return True
