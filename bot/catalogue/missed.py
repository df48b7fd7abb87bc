"""Counts words of messages that were not understood, so that editors see what citizens call things.

Only single folded words are kept, per language and day, never with a conversation or what stood beside them; they are
shown from two uses on and vanish after some weeks.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Date, bindparam, delete, func, select, text, update
from sqlalchemy.orm import Session

from bot.catalogue.models import MissedWordRow
from bot.catalogue.words import content_words
from bot.language import Language

MOST_WORDS = 20  # of one message; a citizen's question has fewer
SHORTEST, LONGEST = 3, 40  # characters of a word
LEAST_USES = 2  # one use may be a name, and is nobody's habit

# Both databases know this form; executed once for all words of a message.
_COUNT = text(
    "INSERT INTO missed_word (day, language, word, count) VALUES (:day, :language, :word, 1) "
    "ON CONFLICT (day, language, word) DO UPDATE SET count = missed_word.count + 1"
).bindparams(bindparam("day", type_=Date))


@dataclass(frozen=True, kw_only=True)
class MissedWord:
    """A folded word and in how many messages that were not understood it was."""

    language: Language
    word: str
    count: int


def countable_words(masked: str, language: Language) -> tuple[str, ...]:
    """The words of a masked message that may be counted, sorted, each once; nothing with a digit."""
    words = {
        word
        for word in content_words(masked, language)
        if SHORTEST <= len(word) <= LONGEST and not any(map(str.isdigit, word))
    }
    return tuple(sorted(words)[:MOST_WORDS])


def count_missed(connection: Connection, words: Collection[str], *, language: Language, day: date) -> None:
    """Count each word once more. One statement; sorted words, so that two writers cannot block each other."""
    if words:
        connection.execute(_COUNT, [{"day": day, "language": language, "word": word} for word in sorted(words)])


def uncount_missed(connection: Connection, words: Collection[str], *, language: Language, day: date) -> None:
    """Take each word back that was counted that day, because the message was erased; what nobody else said goes."""
    said = (
        MissedWordRow.day == day,
        MissedWordRow.language == language,
        MissedWordRow.word.in_(sorted(words)),
    )
    connection.execute(update(MissedWordRow).where(*said).values(count=MissedWordRow.count - 1))
    connection.execute(delete(MissedWordRow).where(*said, MissedWordRow.count <= 0))


def forget_missed(database: Connection | Session, *, before: date) -> int:
    """Delete what was counted before this day; returns how many rows."""
    deleted = database.execute(delete(MissedWordRow).where(MissedWordRow.day < before))
    return cast("CursorResult[Any]", deleted).rowcount


def list_missed(session: Session, *, since: date) -> list[MissedWord]:
    """The words counted since this day, from two uses on, the most frequent first."""
    uses = func.sum(MissedWordRow.count)
    query = (
        select(MissedWordRow.language, MissedWordRow.word, uses)
        .where(MissedWordRow.day >= since)
        .group_by(MissedWordRow.language, MissedWordRow.word)
        .having(uses >= LEAST_USES)
        .order_by(uses.desc(), MissedWordRow.word, MissedWordRow.language)
    )
    return [
        MissedWord(language=cast("Language", language), word=word, count=count)
        for language, word, count in session.execute(query)
    ]
