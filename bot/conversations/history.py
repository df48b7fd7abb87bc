"""The history of handoffs: filtered, searched by words, page by page. The newest come first.

Words are folded, and from three letters on found by their beginning: "Gebühr" finds "Gebühren". Only what the desk may
see is indexed, and only when a handoff ends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, column, select, table, text

from bot.conversations.handoff import Result
from bot.conversations.handoffs import HANDOFF, StoredHandoff, select_handoffs, to_handoff
from bot.conversations.queries import FEEDBACK, MESSAGE
from bot.language import Language
from bot.text.normalise import split_words

MOST_WORDS = 12  # of a search
SHORTEST_BEGINNING = 3
PAGE = 50
ENDED = ("closed", "left")

CLOCK_JUMP = timedelta(hours=2)  # by which a moment may go back while ids grow

# SQLite: an FTS5 table whose rowid is the handoff's id. PostgreSQL: a table with the id and a tsvector.
_SEARCH = table("handoff_search", column("rowid", Integer), column("handoff_id", Integer))
_SQLITE_ADD = text("INSERT INTO handoff_search (rowid, words) VALUES (:id, :words)")
_POSTGRESQL_ADD = text("INSERT INTO handoff_search (handoff_id, words) VALUES (:id, to_tsvector('simple', :words))")
_SQLITE_FORGET = text("DELETE FROM handoff_search WHERE rowid = :id")
_POSTGRESQL_FORGET = text("DELETE FROM handoff_search WHERE handoff_id = :id")


@dataclass(frozen=True, kw_only=True)
class HistoryFilter:
    """Which handoffs: of these teams, and all that is not None. `helpful` is the citizen's feedback at the end."""

    teams: frozenset[int]
    since: datetime | None = None
    until: datetime | None = None  # not included
    outcome: Result | None = None
    service_id: str | None = None
    language: Language | None = None
    assignee_id: int | None = None
    helpful: bool | None = None
    words: str = ""


def list_history(
    connection: Connection, wanted: HistoryFilter, *, before: int | None = None, limit: int = PAGE
) -> tuple[StoredHandoff, ...]:
    """A page of ended handoffs; `before` is the id of the last one of the page before."""
    query = select_handoffs().where(HANDOFF.c.team_id.in_(wanted.teams), HANDOFF.c.state.in_(ENDED))
    if before is not None:
        query = query.where(HANDOFF.c.id < before)
    query = query.where(*_conditions(wanted))
    if wanted.helpful is not None:
        said = (FEEDBACK.c.conversation_id == HANDOFF.c.conversation_id) & (
            FEEDBACK.c.number == HANDOFF.c.closing_number
        )
        query = query.join(FEEDBACK, said).where(FEEDBACK.c.helpful == wanted.helpful)
    if wanted.words:
        words = search_words(wanted.words)
        if not words:
            return ()
        query = _with_words(connection, query, words)
    else:
        query = query.order_by(HANDOFF.c.id.desc())
    return tuple(map(to_handoff, connection.execute(query.limit(limit))))


def index_handoff(connection: Connection, handoff_id: int) -> None:
    """Let the ended handoff be found by what was said in it, as far as the desk may see that."""
    shown = (
        select(MESSAGE.c.text)
        .join(HANDOFF, HANDOFF.c.conversation_id == MESSAGE.c.conversation_id)
        .where(HANDOFF.c.id == handoff_id, MESSAGE.c.number >= HANDOFF.c.shown_from)
    )
    words = sorted({word for said in connection.scalars(shown) for word in split_words(said)})
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execute(_SQLITE_FORGET if is_sqlite else _POSTGRESQL_FORGET, {"id": handoff_id})
    if words:
        added = {"id": handoff_id, "words": " ".join(words)}
        connection.execute(_SQLITE_ADD if is_sqlite else _POSTGRESQL_ADD, added)


def search_words(text: str) -> list[str]:
    """The folded words of a search, each once; nothing that a query language would understand is left."""
    return list(dict.fromkeys(split_words(text)))[:MOST_WORDS]


def _conditions(wanted: HistoryFilter) -> list[ColumnElement[bool]]:
    same = {
        HANDOFF.c.outcome: wanted.outcome,
        HANDOFF.c.service_id: wanted.service_id,
        HANDOFF.c.language: wanted.language,
        HANDOFF.c.assignee_id: wanted.assignee_id,
    }
    conditions = [known == value for known, value in same.items() if value is not None]
    # Pages go by id, so a day far back is reached by the ids of its time, not by reading all that is newer.
    by_time = select(HANDOFF.c.id).limit(1)
    if wanted.since is not None:
        first = by_time.where(HANDOFF.c.requested_at >= wanted.since - CLOCK_JUMP).order_by(HANDOFF.c.requested_at)
        conditions += [HANDOFF.c.requested_at >= wanted.since, HANDOFF.c.id >= first.scalar_subquery()]
    if wanted.until is not None:
        last = by_time.where(HANDOFF.c.requested_at < wanted.until + CLOCK_JUMP)
        last = last.order_by(HANDOFF.c.requested_at.desc())
        conditions += [HANDOFF.c.requested_at < wanted.until, HANDOFF.c.id <= last.scalar_subquery()]
    return conditions


def _with_words(connection: Connection, query: Select[Any], words: list[str]) -> Select[Any]:
    """Only handoffs with all the words. Joined, not nested: both indexes then give them page by page, newest first."""
    if connection.dialect.name == "sqlite":
        wanted = " AND ".join(f'"{word}"{"*" * _is_long(word)}' for word in words)
        found = query.join(_SEARCH, _SEARCH.c.rowid == HANDOFF.c.id)
        matches = text("handoff_search MATCH :wanted").bindparams(wanted=wanted)
        return found.where(matches).order_by(_SEARCH.c.rowid.desc())
    wanted = " & ".join(f"'{word}'{':*' * _is_long(word)}" for word in words)
    found = query.join(_SEARCH, _SEARCH.c.handoff_id == HANDOFF.c.id)
    matches = text("handoff_search.words @@ to_tsquery('simple', :wanted)").bindparams(wanted=wanted)
    return found.where(matches).order_by(HANDOFF.c.id.desc())


def _is_long(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING
