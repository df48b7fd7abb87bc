"""Looks from time to time what has changed in open handoffs, and tells the desks of the teams concerned.

Every process looks for itself, and only while a desk is open in it: one small query, however many desks there are, and
nothing to agree on between processes.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from sqlalchemy import Connection, func, select

from bot.conversations.handoffs import EVENT, HANDOFF, OPEN_STATES
from bot.conversations.queries import CONVERSATION
from bot.conversations.store import Store
from bot.web.background import repeat, stop
from bot.web.keys import STORE

PAUSE_SECONDS = 1.0
MOST_PENDING = 100


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How an open handoff stands; another one means that something happened in it."""

    team_id: int
    state: str
    version: int
    last_number: int
    last_event: int


Marks = Mapping[int, Mark]


@dataclass(frozen=True, kw_only=True)
class Change:
    """Ids of handoffs in which something happened, and of those among them that have begun to wait."""

    handoffs: frozenset[int]
    arrived: frozenset[int]


@dataclass(eq=False)
class Listener:
    """An open desk: its teams, and what it has not been told yet."""

    teams: frozenset[int]
    pending: "asyncio.Queue[Change]" = field(default_factory=lambda: asyncio.Queue(MOST_PENDING))


class Changes:
    """Knows the open desks of this process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: set[Listener] = set()
        self._known: Marks = {}
        self._looking = asyncio.Lock()

    async def join(self, teams: frozenset[int]) -> Listener:
        """A listener that is told of everything from now on.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._looking:
            if not self._listeners:
                self._known = await self._store.read(read_marks)
            listener = Listener(teams)
            self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Tell it nothing more."""
        self._listeners.discard(listener)

    async def look(self) -> None:
        """Tell all listeners what has changed since the last look.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._looking:
            if not self._listeners:
                return
            before, self._known = self._known, await self._store.read(read_marks)
            for listener in self._listeners:
                change = find_change(before, self._known, teams=listener.teams)
                # A full queue still holds earlier changes: the page fetches anew after this one, whatever they name.
                if change.handoffs and not listener.pending.full():
                    listener.pending.put_nowait(change)

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        await repeat(self.look, seconds=PAUSE_SECONDS)


def read_marks(connection: Connection) -> Marks:
    """How all open handoffs stand."""
    last_event = select(func.max(EVENT.c.id)).where(EVENT.c.handoff_id == HANDOFF.c.id).scalar_subquery()
    query = (
        select(
            HANDOFF.c.id,
            HANDOFF.c.team_id,
            HANDOFF.c.state,
            HANDOFF.c.version,
            CONVERSATION.c.last_number,
            func.coalesce(last_event, 0).label("last_event"),
        )
        .join(CONVERSATION, CONVERSATION.c.id == HANDOFF.c.conversation_id)
        .where(HANDOFF.c.state.in_(OPEN_STATES))
    )
    return {
        row.id: Mark(
            team_id=row.team_id,
            state=row.state,
            version=row.version,
            last_number=row.last_number,
            last_event=row.last_event,
        )
        for row in connection.execute(query)
    }


def find_change(before: Marks, now: Marks, *, teams: frozenset[int]) -> Change:
    """What happened in the handoffs of these teams; one that was given away counts for both teams."""

    def is_ours(mark: Mark | None) -> bool:
        return mark is not None and mark.team_id in teams

    changed = {id_ for id_ in before.keys() | now.keys() if before.get(id_) != now.get(id_)}
    ours = frozenset(id_ for id_ in changed if is_ours(before.get(id_)) or is_ours(now.get(id_)))
    arrived = frozenset(id_ for id_ in ours if _waits(now.get(id_), teams) and not _waits(before.get(id_), teams))
    return Change(handoffs=ours, arrived=arrived)


def _waits(mark: Mark | None, teams: frozenset[int]) -> bool:
    return mark is not None and mark.state == "waiting" and mark.team_id in teams


CHANGES = web.AppKey("desk_changes", Changes)


async def watching_changes(app: web.Application) -> AsyncIterator[None]:
    """For `cleanup_ctx`, after the store is there."""
    changes = app[CHANGES] = Changes(app[STORE])
    watch = asyncio.create_task(changes.watch())
    yield
    await stop(watch)
