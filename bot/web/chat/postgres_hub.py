"""The hub of one of several web processes on one PostgreSQL: LISTEN and NOTIFY carry to the others what happens.

A notification says what happened where, never a word of it: messages are read from the database by who has listeners.
After a connection was lost nobody knows what was missed, so all sockets of all processes are closed and resume.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import structlog
from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from bot.conversations.handoff import Mode
from bot.conversations.queries import find_message
from bot.conversations.records import Role
from bot.conversations.store import Store
from bot.conversations.waiting import Place
from bot.errors import DatabaseUnavailableError
from bot.web.chat.hub import Behind, Erased, Event, LocalHub, Moved, Rated, Said, Typing

Link = psycopg.AsyncConnection[Any]

CHANNEL = "stadtlotse"
MOST_UNSENT = 10_000
RETRY_SECONDS = 1.0
# A listener sends nothing: without these it would notice a machine that vanished only after two hours.
PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}

log = structlog.get_logger(__name__)


class Note(Struct, frozen=True, kw_only=True, omit_defaults=True, array_like=True):
    """What goes over the channel. `kind` is said, typing, moved, rated, erased or behind (which is for all)."""

    process: str
    kind: str
    conversation: str = ""
    number: int = 0
    role: Role | None = None
    mode: Mode | None = None
    place: tuple[int, int | None] | None = None


class PostgresHub(LocalHub):
    """Tells its own listeners at once and the other processes by NOTIFY."""

    def __init__(self, database_url: str) -> None:
        super().__init__()
        self._url = database_url
        self._process = secrets.token_hex(8)
        self._unsent: asyncio.Queue[Note] = asyncio.Queue(MOST_UNSENT)
        self._has_lost = False
        self._is_listening = asyncio.Event()

    async def wait_until_listening(self, *, seconds: float) -> None:
        """Wait until news of others arrive, but not longer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_listening.wait(), seconds)

    def publish(self, conversation_id: str, event: Event) -> None:
        """See `Hub.publish`."""
        super().publish(conversation_id, event)
        try:
            self._unsent.put_nowait(self._note(conversation_id, event))
        except asyncio.QueueFull:  # no connection for long
            self._has_lost = True

    async def run(self, store: Store) -> None:
        """Send and listen until cancelled; connections that are lost are made anew."""
        await asyncio.gather(self._keep_up(self._send), self._keep_up(lambda link: self._listen(link, store)))

    async def _keep_up(self, work: Callable[[Link], Awaitable[None]]) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True, **PATIENCE) as link:
                    await work(link)
            except (psycopg.Error, OSError) as error:
                log.warning("hub_disconnected", error=type(error).__name__)
            except Exception as error:  # without news of the others, citizens would wait for what has been said
                log.exception("hub_failed", exc_info=error)
            self._has_lost = True
            await asyncio.sleep(RETRY_SECONDS)

    async def _send(self, link: Link) -> None:
        while True:
            if self._has_lost:
                await self._notify(link, Note(process=self._process, kind="behind"))
                self._has_lost = False
            await self._notify(link, await self._unsent.get())

    async def _notify(self, link: Link, note: Note) -> None:
        await link.execute("SELECT pg_notify(%s, %s)", (CHANNEL, json.encode(note).decode()))

    async def _listen(self, link: Link, store: Store) -> None:
        await link.execute(f"LISTEN {CHANNEL}")
        self._is_listening.set()
        self._tell_all_behind()  # of what was said while nobody listened
        async for notification in link.notifies():
            try:
                note = json.decode(notification.payload, type=Note)
            except DecodeError:  # of another version, while an update is under way
                self._tell_all_behind()
                continue
            if note.process != self._process:
                await self._pass_on(note, store)

    async def _pass_on(self, note: Note, store: Store) -> None:
        if note.kind == "behind":
            self._tell_all_behind()
            return
        if not self.listeners(note.conversation):
            return
        try:
            event = await _event(note, store)
        except DatabaseUnavailableError:
            event = Behind()
        if event is not None:
            super().publish(note.conversation, event)

    def _tell_all_behind(self) -> None:
        for conversation_id in list(self._queues):
            super().publish(conversation_id, Behind())

    def _note(self, conversation_id: str, event: Event) -> Note:
        note = Note(process=self._process, kind="behind", conversation=conversation_id)
        match event:
            case Said(message=message):
                return replace(note, kind="said", number=message.number)
            case Typing(role=role):
                return replace(note, kind="typing", role=role)
            case Moved(mode=mode, place=place):
                return replace(note, kind="moved", mode=mode, place=(place.position, place.minutes) if place else None)
            case Rated(number=number):
                return replace(note, kind="rated", number=number)
            case Erased():
                return replace(note, kind="erased")
            case Behind():
                return note


async def _event(note: Note, store: Store) -> Event | None:
    """What happened, with what the database knows of it; None where it is gone."""
    if note.kind == "erased":
        return Erased()
    if note.kind == "typing" and note.role is not None:
        return Typing(role=note.role)
    if note.kind == "moved" and note.mode is not None:
        position, minutes = note.place or (0, None)
        return Moved(mode=note.mode, place=Place(position=position, minutes=minutes) if note.place else None)
    message = await store.read(find_message, note.conversation, number=note.number)
    if message is None:
        return None
    return Said(message=message) if note.kind == "said" else Rated(number=note.number, feedback=message.feedback)
