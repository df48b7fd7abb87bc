"""Tells citizens who wait where they stand, whenever that changes: at each move in the queue, and from time to time.

Every process looks by itself and tells the sockets it has, so several need nothing else for this.
"""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.conversations.handoffs import HANDOFF, find_open_handoff
from bot.conversations.queries import find_conversation
from bot.conversations.store import Store
from bot.conversations.waiting import Place, list_places
from bot.errors import DatabaseUnavailableError
from bot.web.chat.availability import DeskRules
from bot.web.chat.hub import Hub, Moved


@dataclass(frozen=True, kw_only=True)
class Queues:
    """The queues of all teams, as citizens see them."""

    store: Store
    hub: Hub
    rules: DeskRules

    async def state(self, conversation_id: str) -> Moved | None:
        """Who answers the conversation and its place in the queue; None where it does not exist.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        return await self.store.read(self._state, conversation_id)

    async def announce(self, team_id: int) -> None:
        """Tell all who wait for the team where they stand now.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        for conversation_id, place in (await self.store.read(self._places, team_id)).items():
            self.hub.publish(conversation_id, Moved(mode="waiting", place=place))

    async def follow(self, conversation_id: str, moved: Moved | None, *, team_id: int | None) -> None:
        """Tell the conversation that it has moved, and everybody else in the queue it came into or left."""
        if moved is not None:
            self.hub.publish(conversation_id, moved)
        if team_id is not None:
            # What has happened is committed; those who wait learn the rest the next time somebody looks.
            with contextlib.suppress(DatabaseUnavailableError):
                await self.announce(team_id)

    async def announce_all(self) -> None:
        """Tell everybody who waits.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        for conversation_id, place in (await self.store.read(self._all_places)).items():
            self.hub.publish(conversation_id, Moved(mode="waiting", place=place))

    def _state(self, connection: Connection, conversation_id: str) -> Moved | None:
        conversation = find_conversation(connection, conversation_id)
        if conversation is None:
            return None
        if conversation.mode != "waiting":
            return Moved(mode=conversation.mode)
        handoff = find_open_handoff(connection, conversation_id)
        places = {} if handoff is None else self._places(connection, handoff.team_id)
        return Moved(mode=conversation.mode, place=places.get(conversation_id))

    def _places(self, connection: Connection, team_id: int) -> dict[str, Place]:
        now = datetime.now(UTC)
        return list_places(connection, team_id, at=now, seen_since=now - self.rules.presence)

    def _all_places(self, connection: Connection) -> dict[str, Place]:
        teams = connection.scalars(select(HANDOFF.c.team_id).where(HANDOFF.c.state == "waiting").distinct()).all()
        return {conversation: place for team in teams for conversation, place in self._places(connection, team).items()}
