"""What the desk does with a conversation, as citizens notice it: every move is committed, then told to all sockets.

Rules and refusals are those of `bot.conversations.claims`; here is only what goes out afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec

from sqlalchemy import Connection

from bot.conversations import claims
from bot.conversations import requests as stored_requests
from bot.conversations.claims import Deed, Ending
from bot.conversations.handoff import MODE_OF_STATE, Result
from bot.conversations.handoffs import StoredHandoff, read_handoff
from bot.conversations.outbox import queue_mail
from bot.conversations.queries import find_conversation
from bot.conversations.records import UNCHANGED, Progress, StoredConversation, StoredMessage
from bot.conversations.requests import StoredRequest
from bot.conversations.store import Store
from bot.web.chat.handoff_texts import say
from bot.web.chat.hub import Hub, Moved, Said, Typing
from bot.web.chat.memory import remember_service
from bot.web.chat.queues import Queues

Parameters = ParamSpec("Parameters")
Move = Callable[Concatenate[Connection, int, Deed, Parameters], StoredHandoff]


@dataclass(frozen=True, kw_only=True)
class DeskMoves:
    """Moves of caseworkers. `absence` is after how long an absent colleague can be taken over from."""

    store: Store
    hub: Hub
    queues: Queues
    absence: timedelta

    async def claim(self, handoff_id: int, deed: Deed) -> StoredHandoff:
        """See `claims.claim`."""
        return await self._move(claims.claim, handoff_id, deed)

    async def release(self, handoff_id: int, deed: Deed) -> StoredHandoff:
        """See `claims.release`."""
        return await self._move(claims.release, handoff_id, deed)

    async def transfer_to_team(self, handoff_id: int, deed: Deed, *, team_id: int) -> StoredHandoff:
        """See `claims.transfer_to_team`."""
        return await self._move(claims.transfer_to_team, handoff_id, deed, team_id=team_id)

    async def transfer_to_colleague(self, handoff_id: int, deed: Deed, *, colleague_id: int) -> StoredHandoff:
        """See `claims.transfer_to_colleague`."""
        since = deed.at - self.queues.rules.presence
        return await self._move(
            claims.transfer_to_colleague, handoff_id, deed, colleague_id=colleague_id, seen_since=since
        )

    async def take_over(self, handoff_id: int, deed: Deed) -> StoredHandoff:
        """See `claims.take_over`."""
        return await self._move(claims.take_over, handoff_id, deed, absent_since=deed.at - self.absence)

    async def write(self, handoff_id: int, deed: Deed, *, text: str, key: str | None) -> StoredMessage:
        """See `claims.write`; the message is in the language of the conversation."""

        def compose(conversation: StoredConversation) -> StoredMessage:
            return StoredMessage(
                number=conversation.last_number + 1,
                role="caseworker",
                language=conversation.language,
                text=text,
                at=deed.at,
                key=key,
                staff_id=deed.staff_id,
            )

        def work(connection: Connection) -> tuple[str, StoredMessage]:
            written = claims.write(connection, handoff_id, deed, compose=compose)
            return read_handoff(connection, handoff_id).conversation_id, written

        conversation_id, message = await self.store.write(work)
        self.hub.publish(conversation_id, Said(message=message))
        return message

    def type(self, handoff: StoredHandoff) -> None:
        """The caseworker is writing; what is not sent is never shown."""
        self.hub.publish(handoff.conversation_id, Typing(role="caseworker"))

    async def close(
        self, handoff_id: int, deed: Deed, *, outcome: Result, service_id: str | None = None
    ) -> StoredHandoff:
        """See `claims.close`. The citizen is told and asked for feedback; the bot knows the service that is named."""
        ending = Ending(
            outcome=outcome,
            compose=_goodbye(deed.at),
            learn=lambda conversation: _learn(conversation, service_id),
            service_id=service_id,
        )

        def work(connection: Connection) -> tuple[StoredHandoff, StoredMessage]:
            return claims.close(connection, handoff_id, deed, ending=ending)

        handoff, message = await self.store.write(work)
        self.hub.publish(handoff.conversation_id, Said(message=message))
        await self.queues.follow(handoff.conversation_id, Moved(mode="bot"), team_id=handoff.team_id)
        return handoff

    async def answer_request(self, request_id: int, deed: Deed, *, answer: str) -> StoredRequest:
        """See `requests.answer_request`; where the conversation is still there, the answer stands in it as well.

        Where e-mails are sent and an address was given, it goes out too; whoever calls this wakes their sender.
        """

        def work(connection: Connection) -> tuple[StoredRequest, StoredMessage | None]:
            request = stored_requests.answer_request(connection, request_id, deed, answer=answer)
            if self.queues.rules.answers_by_mail:
                queue_mail(connection, request, "answer", at=deed.at)
            if request.conversation_id is None or find_conversation(connection, request.conversation_id) is None:
                return request, None
            return request, claims.append_message(connection, request.conversation_id, _written(request, deed))

        request, message = await self.store.write(work)
        if request.conversation_id is not None and message is not None:
            self.hub.publish(request.conversation_id, Said(message=message))
        return request

    async def _move(
        self,
        move: Move[Parameters],
        handoff_id: int,
        deed: Deed,
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> StoredHandoff:
        handoff = await self.store.write(move, handoff_id, deed, *args, **kwargs)
        moved = await self.queues.state(handoff.conversation_id) or Moved(mode=MODE_OF_STATE[handoff.state])
        await self.queues.follow(handoff.conversation_id, moved, team_id=handoff.team_id)
        return handoff


def _goodbye(at: datetime) -> claims.Compose:
    """It is the bot that says so: with the outcome it has, the widget asks whether the conversation helped."""

    def compose(conversation: StoredConversation) -> StoredMessage:
        return StoredMessage(
            number=conversation.last_number + 1,
            role="bot",
            language=conversation.language,
            outcome="handoff",
            text=say("closed", conversation.language),
            at=at,
        )

    return compose


def _learn(conversation: StoredConversation, service_id: str | None) -> Progress:
    return UNCHANGED if service_id is None else Progress(state=remember_service(conversation.state, service_id))


def _written(request: StoredRequest, deed: Deed) -> claims.Compose:
    def compose(conversation: StoredConversation) -> StoredMessage:
        heading = say("request_answered", request.language, reference=request.reference)
        return StoredMessage(
            number=conversation.last_number + 1,
            role="caseworker",
            language=request.language,
            text=f"{heading}\n\n{request.answer}",
            at=deed.at,
            staff_id=deed.staff_id,
        )

    return compose
