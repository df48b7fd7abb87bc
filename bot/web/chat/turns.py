"""One turn: a citizen's message comes in, is kept, is answered by the bot, and the answer is kept.

A message is committed before it is acknowledged; answer and new dialogue state are committed together. Turns of one
conversation never interleave: in this process by a lock, between processes by the conversation's version.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.catalogue.importers.record import Town
from bot.conversations import queries
from bot.conversations.handoff import bot_answers
from bot.conversations.records import Progress, StoredChoice, StoredConversation, StoredMessage
from bot.conversations.store import Store
from bot.errors import ConversationBusyError, NotFoundError
from bot.language import Language
from bot.text.identify import Identification
from bot.text.personal_data import Masked
from bot.web.chat.answers import answer_message
from bot.web.chat.hub import Hub, Said, Typing
from bot.web.chat.incoming import Incoming
from bot.web.chat.locks import ConversationLocks
from bot.web.dialogue import Dialogue
from bot.web.errors import ApiError

ATTEMPTS = 4  # at a write that another process was faster with


class Mask(Protocol):
    """Takes personal data out of a text; numbers in `allowed` stay."""

    def __call__(self, text: str, *, allowed: frozenset[str]) -> Masked:
        """The text without personal data, and which kinds it had."""
        ...


class Identify(Protocol):
    """Names the language of a text in a conversation that was in `previous`."""

    def __call__(self, text: str, *, previous: Language | None) -> Identification:
        """The language, None if it cannot be told."""
        ...


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a message; `silent` is true when a caseworker has the conversation and the bot says nothing."""

    message: StoredMessage
    answers: tuple[StoredMessage, ...]
    silent: bool = False


@dataclass(frozen=True, kw_only=True)
class Turns:
    """Takes citizens' messages, from REST and sockets alike."""

    store: Store
    dialogue: Dialogue
    hub: Hub
    town: Callable[[], Town]
    mask: Mask
    identify: Identify
    locks: ConversationLocks

    async def take(self, conversation: StoredConversation, incoming: Incoming, *, origin: str | None = None) -> Taken:
        """Keep a message, then answer it. `origin` is the socket it came from; none for REST.

        Raises:
            ApiError: the choice is unknown, or the key came with something else before.
            ConversationBusyError: other processes kept changing the conversation; the message may have been kept.
            NotFoundError: the conversation was erased meanwhile.
            DatabaseUnavailableError: the database does not answer.
        """
        async with self.locks.hold(conversation.id) as waited:
            # REST has just read the conversation to check the token; a socket did so when it was opened.
            kept = await self._keep(conversation, incoming, is_old=waited or origin is not None)
            self.hub.publish(conversation.id, Said(message=kept.message, origin=origin, repeated=kept.repeated))
            return await self._answer(kept)

    async def _keep(self, conversation: StoredConversation, incoming: Incoming, *, is_old: bool) -> "_Kept":
        """Commit the message, or find the one that came with the same key before."""
        for attempt in range(ATTEMPTS):
            try:
                async with self.store.write() as connection:
                    current = await _reread(connection, conversation) if is_old or attempt else conversation
                    meaning = await _meaning(connection, current, incoming.choice)
                    message = self._read(current, incoming, meaning)
                    known = await _known(connection, current, message)
                    if known is not None:
                        return _Kept(conversation=current, message=known, meaning=meaning, repeated=True)
                    changed = await queries.add_message(
                        connection, current, message, progress=Progress(language=message.language)
                    )
                return _Kept(conversation=changed, message=message, meaning=meaning, repeated=False)
            except ConversationBusyError:
                continue
        raise ConversationBusyError("the conversation keeps changing")

    def _read(
        self, conversation: StoredConversation, incoming: Incoming, meaning: StoredChoice | None
    ) -> StoredMessage:
        """The message to keep: personal data masked, the language named; a pressed button says its title."""
        text, masked, language = "" if meaning is None else meaning.title, (), conversation.language
        if incoming.text is not None:
            town = self.town()
            text, masked = astuple(self.mask(incoming.text, allowed=frozenset({town.phone, town.email})))
            if not conversation.language_pinned:
                identified = self.identify(incoming.text, previous=conversation.language)
                language = identified.language or conversation.language
        return StoredMessage(
            number=conversation.last_number + 1,
            role="citizen",
            language=language,
            text=text,
            at=datetime.now(UTC),
            key=incoming.key,
            chosen=incoming.choice,
            masked=masked,
        )

    async def _answer(self, kept: "_Kept") -> Taken:
        """Commit what the worker says and tell everybody; a repeated message has its answer already."""
        conversation, message = kept.conversation, kept.message
        for attempt in range(ATTEMPTS):
            if attempt or kept.repeated:
                async with self.store.read() as connection:
                    conversation = await _reread(connection, conversation)
                    answers = await queries.list_answers(connection, conversation.id, number=message.number)
                if answers:
                    return Taken(message=message, answers=answers)
            if not bot_answers(conversation.mode):
                return Taken(message=message, answers=(), silent=True)
            self.hub.publish(conversation.id, Typing(role="bot"))
            answer, progress = await answer_message(
                conversation, message, meaning=kept.meaning, dialogue=self.dialogue, town=self.town()
            )
            try:
                async with self.store.write() as connection:
                    await queries.add_message(connection, conversation, answer, progress=progress)
            except ConversationBusyError:
                continue
            self.hub.publish(conversation.id, Said(message=answer))
            return Taken(message=message, answers=(answer,))
        raise ConversationBusyError("the conversation keeps changing")


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A message that is committed, and the conversation right after it."""

    conversation: StoredConversation
    message: StoredMessage
    meaning: StoredChoice | None
    repeated: bool


async def _reread(connection: AsyncConnection, conversation: StoredConversation) -> StoredConversation:
    current = await queries.find_conversation(connection, conversation.id)
    if current is None:
        raise NotFoundError("the conversation was erased")
    return current


async def _meaning(
    connection: AsyncConnection, conversation: StoredConversation, choice: str | None
) -> StoredChoice | None:
    """What a pressed button means."""
    if choice is None:
        return None
    meaning = await queries.find_choice(connection, conversation.id, token=choice)
    if meaning is None:
        raise ApiError("unknown_choice", "this choice was not offered in this conversation", field="choice")
    return meaning


async def _known(
    connection: AsyncConnection, conversation: StoredConversation, message: StoredMessage
) -> StoredMessage | None:
    """The message that came with the same key before. What was said is compared as masked: no more is kept of it."""
    if message.key is None:
        return None
    known = await queries.find_message_by_key(connection, conversation.id, key=message.key)
    if known is not None and (known.text, known.chosen) != (message.text, message.chosen):
        raise ApiError("key_reused", "this key came with another message before", field="Idempotency-Key")
    return known
