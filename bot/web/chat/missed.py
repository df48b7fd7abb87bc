"""Keeps an answer, and where the bot did not understand, counts the citizen's words (bot.catalogue.missed)."""

from datetime import date, timedelta

from sqlalchemy import Connection

from bot.catalogue.missed import count_missed, countable_words, forget_missed
from bot.catalogue.validity import TOWN_TIME
from bot.conversations import queries
from bot.conversations.records import Progress, StoredConversation, StoredMessage
from bot.text.personal_data import without_markers


class MissedWords:
    """`days` is how long words are kept; older ones are deleted once a day."""

    def __init__(self, *, days: int) -> None:
        self._kept = timedelta(days=days)
        self._swept_on: date | None = None

    def keep_answer(
        self,
        connection: Connection,
        conversation: StoredConversation,
        answer: StoredMessage,
        *,
        progress: Progress,
        asked: StoredMessage,
    ) -> None:
        """Store the answer; words are counted in the same transaction, and only where nothing was understood.

        Raises:
            ConversationBusyError, NotFoundError: as `queries.add_message`.
        """
        queries.add_message(connection, conversation, answer, progress=progress)
        # A message of the system means that nobody looked; the title of a button is ours.
        if (answer.role, answer.outcome) != ("bot", "unknown") or asked.chosen is not None:
            return
        day = answer.at.astimezone(TOWN_TIME).date()
        words = countable_words(without_markers(asked.text), asked.language)
        count_missed(connection, words, language=asked.language, day=day)
        if self._swept_on != day:
            forget_missed(connection, before=day - self._kept)
            self._swept_on = day
