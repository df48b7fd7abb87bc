"""Work beside the requests: done again and again while the process lives, whatever goes wrong in between."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import DatabaseUnavailableError

log = structlog.get_logger(__name__)


async def repeat(work: Callable[[], Awaitable[None]], *, seconds: float) -> None:
    """Do `work` after every so many seconds, until cancelled. What goes wrong is logged; the next time is another try.

    That the database does not answer is not said here: /readyz does, and whoever needs it meanwhile reports it.
    """
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except DatabaseUnavailableError:
            continue
        except Exception as error:  # one broken row must not end what serves all others
            log.exception("background_work_failed", work=getattr(work, "__qualname__", ""), exc_info=error)


async def stop(*tasks: "asyncio.Task[None]") -> None:
    """Cancel background work and wait until it has ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
