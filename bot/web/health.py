"""Is the process alive, and is everything there that it needs?"""

import asyncio

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, web

from bot.conversations import queries
from bot.errors import DatabaseUnavailableError
from bot.web.errors import ApiError
from bot.web.jobs.watch import RETENTION
from bot.web.keys import SESSION, SETTINGS, STORE
from bot.web.protocol.health import Health
from bot.web.responses import json_response

SECONDS = 2.0

log = structlog.get_logger(__name__)


async def say_alive(_request: web.Request) -> web.Response:
    """GET /healthz."""
    return json_response(Health())


async def say_ready(request: web.Request) -> web.Response:
    """GET /readyz: 503 names what does not answer; what an operator should look at is a warning."""
    app = request.app
    parts = {
        "database": _database_answers(app),
        "worker": _process_answers(app[SESSION], app[SETTINGS].worker_url),
        "actions": _process_answers(app[SESSION], app[SETTINGS].actions_url),
    }
    answers = await asyncio.gather(*parts.values())
    down = [name for name, answered in zip(parts, answers, strict=True) if not answered]
    if down:
        log.warning("not_ready", down=down)
        raise ApiError("unavailable", f"does not answer: {', '.join(down)}", retry_after=int(SECONDS))
    return json_response(Health(warnings=["retention"]) if await _retention_is_overdue(app) else Health())


async def _retention_is_overdue(app: web.Application) -> bool:
    """A warning alone: citizens are served all the same."""
    try:
        return await app[RETENTION].is_overdue()
    except DatabaseUnavailableError:
        return False  # it answered a moment ago, and will be named the next time


async def _database_answers(app: web.Application) -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            await app[STORE].read(queries.ping)
    except (DatabaseUnavailableError, TimeoutError):
        return False
    return True


async def _process_answers(session: ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url.rstrip('/')}/health", timeout=ClientTimeout(total=SECONDS)) as response:
            return response.status == 200
    except (ClientError, TimeoutError, OSError):
        return False
