"""Tells citizens who wait when everybody has left the desk, once a wait, and offers to write their concern down."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from bot.conversations.claims import append_message
from bot.conversations.handoffs import HANDOFF, StoredHandoff, select_handoffs, to_handoff
from bot.conversations.presence import list_present
from bot.conversations.queries import find_message_by_key
from bot.conversations.records import StoredConversation, StoredMessage
from bot.conversations.store import Store
from bot.errors import NotFoundError
from bot.web.background import repeat
from bot.web.chat.handoff_turns import HandoffTurns
from bot.web.chat.hub import Hub, Said
from bot.web.chat.queues import Queues

WATCH_SECONDS = 15.0
GRACE = timedelta(minutes=1)  # a reload of the desk, a change of shift


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Looks for those who wait for nobody."""

    store: Store
    hub: Hub
    turns: HandoffTurns

    async def tell(self, *, at: datetime) -> None:
        """Tell everybody who has not been told in this wait.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        for handoff in await self.store.read(self._waiting_for_nobody, at):
            with contextlib.suppress(NotFoundError):  # erased meanwhile
                message = await self.store.write(self._tell, handoff)
                self.hub.publish(handoff.conversation_id, Said(message=message))

    def _waiting_for_nobody(self, connection: Connection, at: datetime) -> list[StoredHandoff]:
        since = at - self.turns.rules.presence - GRACE
        query = select_handoffs().where(HANDOFF.c.state == "waiting", HANDOFF.c.requested_at < at - GRACE)
        return [
            handoff
            for handoff in map(to_handoff, connection.execute(query))
            if not list_present(connection, handoff.team_id, since=since, language=handoff.language)
            and find_message_by_key(connection, handoff.conversation_id, key=_key(handoff)) is None
        ]

    def _tell(self, connection: Connection, handoff: StoredHandoff) -> StoredMessage:
        def compose(conversation: StoredConversation) -> StoredMessage:
            return self.turns.absence_message(connection, conversation, reason=handoff.reason, key=_key(handoff))

        # Locked before it is looked at: who was claimed or has left a moment ago is told nothing.
        still = select(HANDOFF.c.id).where(HANDOFF.c.id == handoff.id, HANDOFF.c.state == "waiting")
        if connection.scalar(still.with_for_update()) is None:
            raise NotFoundError("nobody waits any more")
        return append_message(connection, handoff.conversation_id, compose)


async def watch_queues(queues: Queues, absence: Absence) -> None:
    """Look from time to time, until cancelled: caseworkers come and go, and take conversations in other processes."""

    async def look() -> None:
        await queues.announce_all()
        await absence.tell(at=datetime.now(UTC))

    await repeat(look, seconds=WATCH_SECONDS)


def _key(handoff: StoredHandoff) -> str:
    """Marks the message of this wait; the blank keeps clients from taking the key."""
    return f"absent {handoff.id}"
