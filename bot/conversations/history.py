"""The history of handoffs: filtered, searched by words, page by page. The newest come first.

Words are folded, and from three letters on found by their beginning: "Gebühr" finds "Gebühren". Only what the desk may
see is indexed, and only when a handoff ends.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Integer, Select, column, exists, func, select, table, text

from bot.conversations.handoff import Result
from bot.conversations.handoffs import HANDOFF, StoredHandoff, select_handoffs, to_handoff
from bot.conversations.queries import FEEDBACK, MESSAGE
from bot.conversations.records import Feedback
from bot.language import Language
from bot.text.normalise import split_words

MOST_WORDS = 12  # of a search
SHORTEST_BEGINNING = 3
PAGE = 50
ENDED = ("closed", "left")

HistoryOutcome = Result | Literal["left"]  # left: the citizen ended it

CLOCK_JUMP = timedelta(hours=2)  # by which a moment may go back while ids grow

# SQLite: an FTS5 table whose rowid is the handoff's id. PostgreSQL: a table with the id and a tsvector.
_SEARCH = table("handoff_search", column("rowid", Integer), column("handoff_id", Integer))
_SQLITE_ADD = text("INSERT INTO handoff_search (rowid, words) VALUES (:id, :words)")
_POSTGRESQL_ADD = text("INSERT INTO handoff_search (handoff_id, words) VALUES (:id, to_tsvector('simple', :words))")
_SQLITE_FORGET = text("DELETE FROM handoff_search WHERE rowid = :id")
_POSTGRESQL_FORGET = text("DELETE FROM handoff_search WHERE handoff_id = :id")

_SAID_AT_THE_END = (FEEDBACK.c.conversation_id == HANDOFF.c.conversation_id) & (
    FEEDBACK.c.number == HANDOFF.c.closing_number
)


@dataclass(frozen=True, kw_only=True)
class HistoryFilter:
    """Which handoffs: of these teams, and all that is not None. `helpful` is the citizen's feedback at the end."""

    teams: frozenset[int]
    since: datetime | None = None
    until: datetime | None = None  # not included
    outcome: HistoryOutcome | None = None
    services: frozenset[str] | None = None  # one of these
    language: Language | None = None
    assignee_id: int | None = None
    helpful: bool | None = None
    words: str = ""


def list_history(
    connection: Connection,
    wanted: HistoryFilter,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> tuple[StoredHandoff, ...]:
    """A page of ended handoffs: the first ones, those older than the id `before`, or the next newer than `after`."""
    query = select_handoffs().where(HANDOFF.c.team_id.in_(wanted.teams), HANDOFF.c.state.in_(ENDED))
    query = query.where(*_conditions(wanted))
    if wanted.helpful is not None:
        # Not joined: SQLite would begin with the feedback and put all handoffs in order that have some.
        query = query.where(exists().where(_SAID_AT_THE_END, FEEDBACK.c.helpful == wanted.helpful))
    keys: list[ColumnElement[int]] = [HANDOFF.c.id]
    if wanted.words:
        words = search_words(wanted.words)
        if not words:
            return ()
        query, key = _with_words(connection, query, words)
        keys.append(key)
    for key in keys:  # each index is told where to begin, for neither database concludes it from the other
        query = query.where(*_ids_of_time(wanted, key))
        if before is not None:
            query = query.where(key < before)
        if after is not None:
            query = query.where(key > after)
    query = query.order_by(keys[-1].desc() if after is None else keys[-1]).limit(limit)
    found = tuple(map(to_handoff, connection.execute(query)))
    return found if after is None else found[::-1]


def read_feedback(connection: Connection, handoffs: Collection[int]) -> dict[int, Feedback]:
    """What citizens said at the end of these handoffs, by id."""
    query = (
        select(HANDOFF.c.id, FEEDBACK.c.helpful, FEEDBACK.c.comment)
        .join(FEEDBACK, _SAID_AT_THE_END)
        .where(HANDOFF.c.id.in_(handoffs))
    )
    return {id_: Feedback(helpful=helpful, comment=comment) for id_, helpful, comment in connection.execute(query)}


def list_services(connection: Connection) -> frozenset[str]:
    """Ids of the services that handoffs were about: of any team, so that each costs one look into an index."""
    walk = select(func.min(HANDOFF.c.service_id).label("id")).cte("walk", recursive=True)
    following = select(func.min(HANDOFF.c.service_id)).where(HANDOFF.c.service_id > walk.c.id).scalar_subquery()
    walk = walk.union_all(select(following).where(walk.c.id.is_not(None)))
    return frozenset(connection.scalars(select(walk.c.id).where(walk.c.id.is_not(None))))


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
        HANDOFF.c.state: "left" if wanted.outcome == "left" else None,
        HANDOFF.c.outcome: wanted.outcome if wanted.outcome != "left" else None,
        HANDOFF.c.language: wanted.language,
        HANDOFF.c.assignee_id: wanted.assignee_id,
    }
    conditions = [known == value for known, value in same.items() if value is not None]
    if wanted.services is not None:
        conditions.append(HANDOFF.c.service_id.in_(wanted.services))
    if wanted.since is not None:
        conditions.append(HANDOFF.c.requested_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(HANDOFF.c.requested_at < wanted.until)
    return conditions


def _ids_of_time(wanted: HistoryFilter, key: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Pages go by id, so a day far back is reached by the ids of its time, not by reading all that is newer."""
    by_time, conditions = select(HANDOFF.c.id).limit(1), []
    if wanted.since is not None:
        first = by_time.where(HANDOFF.c.requested_at >= wanted.since - CLOCK_JUMP).order_by(HANDOFF.c.requested_at)
        conditions.append(key >= first.scalar_subquery())
    if wanted.until is not None:
        last = by_time.where(HANDOFF.c.requested_at < wanted.until + CLOCK_JUMP)
        conditions.append(key <= last.order_by(HANDOFF.c.requested_at.desc()).scalar_subquery())
    return conditions


def _with_words(connection: Connection, query: Select[Any], words: list[str]) -> tuple[Select[Any], ColumnElement[int]]:
    """Only handoffs with all the words, and their id in the index that gives them page by page."""
    if connection.dialect.name == "sqlite":
        wanted = " AND ".join(f'"{word}"{"*" * _is_long(word)}' for word in words)
        matches = text("handoff_search MATCH :wanted").bindparams(wanted=wanted)
        return query.join(_SEARCH, _SEARCH.c.rowid == HANDOFF.c.id).where(matches), _SEARCH.c.rowid
    wanted = " & ".join(f"'{word}'{':*' * _is_long(word)}" for word in words)
    matches = text("handoff_search.words @@ to_tsquery('simple', :wanted)").bindparams(wanted=wanted)
    return query.join(_SEARCH, _SEARCH.c.handoff_id == HANDOFF.c.id).where(matches), _SEARCH.c.handoff_id


def _is_long(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING
