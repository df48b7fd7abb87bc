"""Composition root: everything web needs is made here and handed down."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import structlog
from aiohttp import ClientSession, TCPConnector, WSCloseCode, web

from bot.conversations.store import Store
from bot.errors import DatabaseUnavailableError, SettingsError
from bot.settings import Settings
from bot.staff.external import parse_role_map
from bot.staff.keyring import Keyring, encrypt_what_is_plain
from bot.staff.passwords import make_passwords
from bot.text.identify import identify
from bot.text.personal_data import mask
from bot.web.background import stop
from bot.web.chat.absence import Absence, watch_queues
from bot.web.chat.asides import Asides
from bot.web.chat.availability import DeskRules
from bot.web.chat.desk_moves import DeskMoves
from bot.web.chat.handoff_turns import HandoffTurns
from bot.web.chat.hub import Hub, LocalHub
from bot.web.chat.language import Identify
from bot.web.chat.locks import ConversationLocks
from bot.web.chat.missed import MissedWords
from bot.web.chat.postgres_hub import PostgresHub
from bot.web.chat.queues import Queues
from bot.web.chat.running import RunningTurns
from bot.web.chat.signposts import load_signposts
from bot.web.chat.sockets import OpenSockets
from bot.web.chat.turns import Mask, Turns
from bot.web.chat.typing import TYPING, TypingFlags
from bot.web.desk.catalogue_source import reading_catalogue
from bot.web.desk.changes import watching_changes
from bot.web.desk.requests_count import counting_requests
from bot.web.dialogue import WorkerDialogue
from bot.web.jobs.watch import watching_retention
from bot.web.keys import (
    DESK_MOVES,
    DESK_RULES,
    HUB,
    KEYRING,
    LIMITS,
    OPEN_DATA,
    OPENAPI,
    ORIGINS,
    PASSWORDS,
    QUEUES,
    RUNNING,
    SESSION,
    SETTINGS,
    SOCKETS,
    STORE,
    TOWN,
    TURNS,
    Limits,
)
from bot.web.limits import TokenBuckets
from bot.web.mail.sender import sending_mail
from bot.web.middlewares import add_headers, answer_preflight, log_request, render_errors
from bot.web.open_data import OpenData
from bot.web.openapi import make_document
from bot.web.origins import parse_origins
from bot.web.routes import add_routes
from bot.web.staff.guard import add_staff_routes, check_guarded
from bot.web.staff.hashing import PasswordThreads
from bot.web.staff.keys import OPENID
from bot.web.staff.openid import make_provider
from bot.web.staff.routes import STAFF_ROUTES
from bot.web.town import TownSource

MINUTE, HOUR = 60.0, 3600.0
DRAIN_SECONDS = 5.0
STATEMENT_SECONDS = 10.0  # for one statement on PostgreSQL; ours take milliseconds, unless something holds them up
HUB_SECONDS = 2.0  # to wait for the other processes' news; without a database web starts all the same

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a test may replace."""

    hub: Hub
    mask: Mask = mask
    identify: Identify = identify


def make_app(settings: Settings, *, parts: Parts | None = None) -> web.Application:
    """The application. It connects when it starts and closes what it opened when it stops."""
    app = web.Application(
        middlewares=[log_request, render_errors, answer_preflight], client_max_size=settings.body_size
    )
    parts = parts or Parts(hub=_make_hub(settings))
    app[SETTINGS] = settings
    app[ORIGINS] = parse_origins(settings.public_origin)
    app[OPENAPI] = make_document(settings)
    parse_role_map(settings.oidc_roles)  # refused now, not when somebody signs in
    app[HUB] = parts.hub
    rules = app[DESK_RULES] = DeskRules(
        presence=timedelta(seconds=settings.presence_seconds),
        request_time=timedelta(hours=settings.request_hours),
        answers_by_mail=bool(settings.smtp_host),
    )
    asides = Asides(signposts=load_signposts())
    app[TYPING] = TypingFlags(parts.hub)
    app[RUNNING] = RunningTurns()
    app[SOCKETS] = OpenSockets()
    app[LIMITS] = Limits(
        messages=TokenBuckets(settings.messages_per_minute, period=MINUTE),
        conversations=TokenBuckets(settings.conversations_per_hour, period=HOUR),
        lookups=TokenBuckets(settings.request_lookups_per_hour, period=HOUR),
    )

    async def connections(app: web.Application) -> AsyncIterator[None]:
        store = app[STORE] = Store(settings.database_url, statement_seconds=STATEMENT_SECONDS)
        keyring = app[KEYRING] = await _open_keyring(settings, store)
        session = app[SESSION] = ClientSession(connector=TCPConnector(limit=0))
        app[OPENID] = make_provider(session, settings)
        town = app[TOWN] = TownSource(store)
        open_data = app[OPEN_DATA] = OpenData(store)
        passwords = app[PASSWORDS] = PasswordThreads(make_passwords(settings))
        queues = app[QUEUES] = Queues(store=store, hub=parts.hub, rules=rules)
        handoffs = HandoffTurns(town=town.current, rules=rules)
        takeover = timedelta(minutes=settings.takeover_minutes)
        app[DESK_MOVES] = DeskMoves(store=store, hub=parts.hub, queues=queues, absence=takeover)
        app[TURNS] = Turns(
            store=store,
            dialogue=WorkerDialogue(session, worker_url=settings.worker_url, timeout=settings.turn_timeout),
            hub=parts.hub,
            town=town.current,
            mask=parts.mask,
            identify=parts.identify,
            locks=ConversationLocks(),
            missed=MissedWords(days=settings.missed_word_days),
            handoffs=handoffs,
            queues=queues,
            asides=asides,
            keyring=keyring,
        )
        hearing = asyncio.create_task(_hear_others(parts.hub, store))
        if isinstance(parts.hub, PostgresHub):
            await parts.hub.wait_until_listening(seconds=HUB_SECONDS)
        await _read_town(town)
        watch = asyncio.create_task(watch_queues(queues, Absence(store=store, hub=parts.hub, turns=handoffs)))
        yield
        await stop(watch, hearing)
        await app[RUNNING].drain(seconds=DRAIN_SECONDS)
        await town.close()
        await open_data.close()
        await session.close()
        passwords.close()
        await store.close()

    app.cleanup_ctx.extend(
        (connections, watching_changes, watching_retention, sending_mail, counting_requests, reading_catalogue)
    )
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_say_goodbye)
    add_routes(app)
    add_staff_routes(app, STAFF_ROUTES)
    check_guarded(app)
    return app


def _make_hub(settings: Settings) -> Hub:
    """Several processes can share one PostgreSQL; an SQLite file belongs to one."""
    is_shared = settings.database_url.startswith("postgresql")
    return PostgresHub(settings.database_url) if is_shared else LocalHub()


async def _hear_others(hub: Hub, store: Store) -> None:
    if isinstance(hub, PostgresHub):
        await hub.run(store)


async def _open_keyring(settings: Settings, store: Store) -> Keyring:
    keyring = Keyring(settings)
    try:
        await store.write(encrypt_what_is_plain, keyring)
    except DatabaseUnavailableError as error:
        log.warning("keys_not_checked", exc_info=error)  # whoever needs them first checks them
    except SettingsError:
        await store.close()
        raise
    return keyring


async def _read_town(town: TownSource) -> None:
    try:
        await town.refresh()
    except DatabaseUnavailableError as error:
        # Web starts all the same: /readyz says what is missing, and the next reader tries again.
        log.warning("town_not_read", exc_info=error)


async def _say_goodbye(app: web.Application) -> None:
    """Let running turns finish, so that their answers still reach their sockets; then close these."""
    late = await app[RUNNING].drain(seconds=DRAIN_SECONDS)
    if late:
        log.warning("turns_cut_short", count=late)
    await app[SOCKETS].close_all(code=WSCloseCode.GOING_AWAY, reason="the server stops")
