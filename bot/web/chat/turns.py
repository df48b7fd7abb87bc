"""One turn: a citizen's message comes in, is kept, is answered by the bot, and the answer is kept.

A message is committed before it is acknowledged; answer and new dialogue state are committed together. Turns of one
conversation never interleave: in this process by a lock, between processes by the conversation's version.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import structlog
from sqlalchemy import Connection

from bot.catalogue.importers.record import Town
from bot.conversations import queries
from bot.conversations.handoff import bot_answers
from bot.conversations.handoffs import find_open_handoff
from bot.conversations.originals import keep_original
from bot.conversations.records import Progress, StoredChoice, StoredConversation, StoredMessage
from bot.conversations.store import Store
from bot.errors import ConversationBusyError, NotFoundError, SettingsError
from bot.staff.keyring import Keyring
from bot.text.personal_data import Masked
from bot.web.chat.answers import answer_message
from bot.web.chat.asides import Asides
from bot.web.chat.handoff_texts import say
from bot.web.chat.handoff_turns import HandoffTurns, Wanted, wanted_by
from bot.web.chat.hub import Hub, Said, Typing
from bot.web.chat.incoming import Incoming
from bot.web.chat.language import Identify, Spoken, spoken_language
from bot.web.chat.locks import ConversationLocks
from bot.web.chat.missed import MissedWords
from bot.web.chat.queues import Queues
from bot.web.dialogue import Dialogue
from bot.web.errors import ApiError

log = structlog.get_logger(__name__)

ATTEMPTS = 4  # at a write that another process was faster with


class Mask(Protocol):
    """Takes personal data out of a text; numbers in `allowed` stay."""

    def __call__(self, text: str, *, allowed: frozenset[str]) -> Masked:
        """The text without personal data, and which kinds it had."""
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
    missed: MissedWords
    handoffs: HandoffTurns
    queues: Queues
    asides: Asides
    keyring: Keyring

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

    async def resume(self, conversation: StoredConversation) -> None:
        """Answer what was kept and never answered: the process that was about to do so has ended.

        Raises:
            ConversationBusyError, NotFoundError, DatabaseUnavailableError: as `take`.
        """
        async with self.locks.hold(conversation.id):
            for kept in await self.store.read(_left_over, conversation):
                await self._answer(kept)

    async def _keep(self, conversation: StoredConversation, incoming: Incoming, *, is_old: bool) -> "_Kept":
        """Commit the message, or find the one that came with the same key before."""
        masked = None if incoming.text is None else self.mask_text(incoming.text)
        for attempt in range(ATTEMPTS):
            try:
                return await self.store.write(
                    self._keep_once, conversation, incoming, masked, is_old=is_old or attempt > 0
                )
            except ConversationBusyError:
                continue
        raise ConversationBusyError("the conversation keeps changing")

    def mask_text(self, text: str) -> Masked:
        """The text without personal data; the town's own number and address stay."""
        town = self.town()
        return self.mask(text, allowed=frozenset({town.phone, town.email}))

    def _keep_once(
        self,
        connection: Connection,
        conversation: StoredConversation,
        incoming: Incoming,
        masked: Masked | None,
        *,
        is_old: bool,
    ) -> "_Kept":
        current = _reread(connection, conversation) if is_old else conversation
        meaning = _meaning(connection, current, incoming.choice)
        spoken = self._spoken(connection, current, incoming)
        message = _read(current, incoming, masked, meaning, spoken=spoken)
        wanted = wanted_by(human=incoming.human, meaning=meaning)
        known = _known(connection, current, message)
        if known is not None:
            return _Kept(conversation=current, message=known, meaning=meaning, wanted=wanted, repeated=True)
        progress = Progress(language=spoken.language, pins_language=spoken.is_pinned)
        changed = queries.add_message(connection, current, message, progress=progress)
        if message.masked and current.mode != "bot":
            self._keep_original(connection, current.id, message, incoming)
        return _Kept(conversation=changed, message=message, meaning=meaning, wanted=wanted, repeated=False)

    def _keep_original(
        self, connection: Connection, conversation_id: str, message: StoredMessage, incoming: Incoming
    ) -> None:
        """Keep what was written as well: the citizen agreed to talk to a human, who may need it (ADR 22)."""
        try:
            cipher = self.keyring.open(connection)
        except SettingsError as error:  # a message is worth more than what was hidden in it
            log.warning("original_not_kept", reason=str(error))
            return
        keep_original(connection, conversation_id, message, text=incoming.text or "", cipher=cipher)

    def _spoken(self, connection: Connection, conversation: StoredConversation, incoming: Incoming) -> Spoken:
        """The language from this message on; a pressed button changes nothing."""
        if incoming.text is None:
            return Spoken(conversation.language, conversation.language_pinned)
        return spoken_language(
            conversation,
            incoming.text,
            identify=self.identify,
            text_before=lambda: queries.last_text_of_citizen(
                connection, conversation.id, language=conversation.language
            ),
        )

    async def _answer(self, kept: "_Kept") -> Taken:
        """Commit what the worker says and tell everybody; a repeated message has its answer already."""
        conversation, message, wanted = kept.conversation, kept.message, kept.wanted
        for attempt in range(ATTEMPTS):
            if attempt or kept.repeated:
                conversation, answers = await self.store.read(_answered, conversation, number=message.number)
                if answers:
                    return Taken(message=message, answers=answers)
            if not bot_answers(conversation.mode) and not (wanted and wanted.step == "leave"):
                said = await self._say_aside(conversation, message, None)
                return Taken(message=message, answers=said, silent=True)
            try:
                answer = await (self._reply(conversation, message, wanted) if wanted else self._ask(conversation, kept))
            except ConversationBusyError:
                continue
            said = await self._say_aside(conversation, message, answer)
            return Taken(message=message, answers=(answer, *said))
        raise ConversationBusyError("the conversation keeps changing")

    async def _say_aside(
        self, conversation: StoredConversation, asked: StoredMessage, answer: StoredMessage | None
    ) -> tuple[StoredMessage, ...]:
        """What web itself says beside the bot or a caseworker, such as emergency numbers; none in most turns."""
        if not self.asides.is_needed(asked, answer):
            return ()
        said = await self.store.write(self.asides.say, conversation, asked, answer)
        for message in said.messages:
            self.hub.publish(conversation.id, Said(message=message))
        await self.queues.follow(conversation.id, None, team_id=said.team_id)
        return said.messages

    async def _ask(self, conversation: StoredConversation, kept: "_Kept") -> StoredMessage:
        """What the worker says, kept and published, with the offer of a human where there is reason for one."""
        self.hub.publish(conversation.id, Typing(role="bot"))
        answer, progress = await answer_message(
            conversation, kept.message, meaning=kept.meaning, dialogue=self.dialogue, town=self.town()
        )

        def keep(connection: Connection) -> StoredMessage:
            offered = self.handoffs.with_offer(connection, conversation, answer, asked=kept.message)
            self.missed.keep_answer(connection, conversation, offered, progress=progress, asked=kept.message)
            return offered

        kept_answer = await self.store.write(keep)
        self.hub.publish(conversation.id, Said(message=kept_answer))
        return kept_answer

    async def _reply(self, conversation: StoredConversation, asked: StoredMessage, wanted: Wanted) -> StoredMessage:
        """What web itself says where the wish for a human is concerned, and the move that goes with it."""
        replied = await self.store.write(self.handoffs.reply, conversation, asked, wanted)
        self.hub.publish(conversation.id, Said(message=replied.answer))
        await self.queues.follow(conversation.id, replied.moved, team_id=replied.team_id)
        return replied.answer


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A message that is committed, and the conversation right after it."""

    conversation: StoredConversation
    message: StoredMessage
    meaning: StoredChoice | None
    wanted: Wanted | None  # of web itself, not of the worker
    repeated: bool


def _read(
    conversation: StoredConversation,
    incoming: Incoming,
    masked: Masked | None,
    meaning: StoredChoice | None,
    *,
    spoken: Spoken,
) -> StoredMessage:
    """The message to keep: personal data masked; a pressed button says its title."""
    return StoredMessage(
        number=conversation.last_number + 1,
        role="citizen",
        language=spoken.language,
        text=masked.text if masked else meaning.title if meaning else say("wish", spoken.language),
        at=datetime.now(UTC),
        key=incoming.key,
        chosen=incoming.choice,
        masked=masked.kinds if masked else (),
    )


def _reread(connection: Connection, conversation: StoredConversation) -> StoredConversation:
    current = queries.find_conversation(connection, conversation.id)
    if current is None:
        raise NotFoundError("the conversation was erased")
    return current


def _left_over(connection: Connection, conversation: StoredConversation) -> list["_Kept"]:
    """What the bot still has to answer; nothing of what was said to a caseworker."""
    current = _reread(connection, conversation)
    handoff = find_open_handoff(connection, current.id)
    if not bot_answers(current.mode) or (handoff is not None and handoff.claimed_at is not None):
        return []
    kept = []
    for message in queries.list_unanswered(connection, current.id):
        meaning = _meaning(connection, current, message.chosen)
        # The button that wishes for a human says this; who writes the same wants the same.
        is_wish = message.chosen is None and message.text == say("wish", message.language)
        wanted = wanted_by(human=is_wish, meaning=meaning)
        kept.append(_Kept(conversation=current, message=message, meaning=meaning, wanted=wanted, repeated=True))
    return kept


def _answered(
    connection: Connection, conversation: StoredConversation, *, number: int
) -> tuple[StoredConversation, tuple[StoredMessage, ...]]:
    """The conversation as it is now, and the answers it has to the citizen's message `number`."""
    return _reread(connection, conversation), queries.list_answers(connection, conversation.id, number=number)


def _meaning(connection: Connection, conversation: StoredConversation, choice: str | None) -> StoredChoice | None:
    """What a pressed button means."""
    if choice is None:
        return None
    meaning = queries.find_choice(connection, conversation.id, token=choice)
    if meaning is None:
        raise ApiError("unknown_choice", "this choice was not offered in this conversation", field="choice")
    return meaning


def _known(connection: Connection, conversation: StoredConversation, message: StoredMessage) -> StoredMessage | None:
    """The message that came with the same key before. What was said is compared as masked: no more is kept of it."""
    if message.key is None:
        return None
    known = queries.find_message_by_key(connection, conversation.id, key=message.key)
    if known is not None and (known.text, known.chosen) != (message.text, message.chosen):
        raise ApiError("key_reused", "this key came with another message before", field="Idempotency-Key")
    return known
