"""Replies that a team has prepared, per language, with {placeholders} that the desk fills in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from typing import Literal, NoReturn

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, select, update

from bot.conversations.handoff_models import CannedReplyRow
from bot.errors import InputError, NotFoundError
from bot.language import DEFAULT_LANGUAGE, Language

REPLY: Table = CannedReplyRow.__table__  # type: ignore[assignment]
PLACEHOLDERS = frozenset({"caseworker", "team", "town", "phone", "service", "service_url"})
NAME_LENGTH = 80
TEXT_LENGTH = 2_000

Fault = Literal["name", "no_text", "too_long", "braces", "placeholder"]


@dataclass(frozen=True, kw_only=True)
class CannedReply:
    """A prepared reply; of all teams where `team_id` is None."""

    id: int
    team_id: int | None
    name: str
    texts: Mapping[Language, str]
    changed_by: int
    changed_at: datetime

    def text(self, language: Language) -> str:
        """The text in that language, else in German, which is always there."""
        return self.texts.get(language) or self.texts[DEFAULT_LANGUAGE]


class ReplyFaultError(InputError):
    """A reply that cannot be used: `fault` in the text of `language`, or in the name (None); `found` is what is."""

    def __init__(self, fault: Fault, message: str, *, language: Language | None = None, found: str = "") -> None:
        super().__init__(message)
        self.fault: Fault = fault
        self.language = language
        self.found = found


class ReplyChangedError(InputError):
    """Somebody else has changed the reply since it was read; `now` is as it is."""

    def __init__(self, now: CannedReply) -> None:
        super().__init__("the reply was changed meanwhile")
        self.now = now


def list_replies(connection: Connection, teams: Collection[int]) -> tuple[CannedReply, ...]:
    """The replies of these teams and of all teams, by name."""
    query = select(REPLY).where(or_(REPLY.c.team_id.is_(None), REPLY.c.team_id.in_(teams)))
    return tuple(CannedReply(**row._mapping) for row in connection.execute(query.order_by(REPLY.c.name, REPLY.c.id)))


def find_reply(connection: Connection, reply_id: int) -> CannedReply | None:
    """The reply, or None."""
    row = connection.execute(select(REPLY).where(REPLY.c.id == reply_id)).one_or_none()
    return None if row is None else CannedReply(**row._mapping)


def add_reply(
    connection: Connection, *, team_id: int | None, name: str, texts: Mapping[Language, str], by: tuple[int, datetime]
) -> int:
    """Store a reply; its id. `by` is who and when.

    Raises:
        ReplyFaultError: no name, no German text, one that is too long, or an unknown placeholder.
    """
    values = {"team_id": team_id, **check_reply(name, texts), "changed_by": by[0], "changed_at": by[1]}
    added: int | None = connection.scalar(insert(REPLY).values(**values).returning(REPLY.c.id))
    return added or 0


def change_reply(
    connection: Connection, before: CannedReply, *, name: str, texts: Mapping[Language, str], by: tuple[int, datetime]
) -> None:
    """Replace name and texts of the reply as it was read `before`.

    Raises:
        ReplyFaultError: as `add_reply`.
        ReplyChangedError: it is not as it was; nothing is changed.
        NotFoundError: it is gone.
    """
    at = max(by[1], before.changed_at + timedelta(microseconds=1))  # never the same moment twice
    values = {**check_reply(name, texts), "changed_by": by[0], "changed_at": at}
    if connection.execute(update(REPLY).where(*_unchanged(before)).values(**values)).rowcount == 0:
        _refuse(connection, before.id)


def delete_reply(connection: Connection, before: CannedReply) -> None:
    """Delete the reply as it was read `before`.

    Raises:
        ReplyChangedError: it is not as it was; it stays.
        NotFoundError: it is gone.
    """
    if connection.execute(delete(REPLY).where(*_unchanged(before))).rowcount == 0:
        _refuse(connection, before.id)


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; one without a value stays, so that the caseworker sees it.

    "Guten Tag, hier ist {caseworker}." → "Guten Tag, hier ist Frau Sommer."
    One whose value is empty is left out with the blank before it: "Gern. {service_url}" → "Gern."
    """
    filled = ""
    for literal, name, _format, _conversion in Formatter().parse(text):
        value = "" if name is None else values.get(name, f"{{{name}}}")
        filled += literal + value
        if name is not None and not value:
            filled = filled.rstrip()
    return filled


def check_reply(name: str, texts: Mapping[Language, str]) -> dict[str, object]:
    """Name and texts as they are stored, without blanks around them and languages without text.

    Raises:
        ReplyFaultError: as `add_reply`.
    """
    name, kept = name.strip(), {language: text.strip() for language, text in texts.items() if text.strip()}
    if not 0 < len(name) <= NAME_LENGTH:
        raise ReplyFaultError("name", f"a reply needs a name of at most {NAME_LENGTH} characters")
    if DEFAULT_LANGUAGE not in kept:
        message = f"a reply needs a text in {DEFAULT_LANGUAGE}"
        raise ReplyFaultError("no_text", message, language=DEFAULT_LANGUAGE)
    for language, text in kept.items():
        if len(text) > TEXT_LENGTH:
            raise ReplyFaultError("too_long", f"{language}: longer than {TEXT_LENGTH} characters", language=language)
        try:
            unknown = unknown_placeholders(text)
        except ValueError as error:
            message = f"{language}: write {{{{ and }}}} for braces that are no placeholder"
            raise ReplyFaultError("braces", message, language=language) from error
        if unknown:
            message = f"{language}: unknown placeholder {unknown[0]!r}; known are {', '.join(sorted(PLACEHOLDERS))}"
            raise ReplyFaultError("placeholder", message, language=language, found=unknown[0])
    return {"name": name, "texts": kept}


def unknown_placeholders(text: str) -> list[str]:
    """The placeholders of a text that stand for nothing, by name.

    Raises:
        ValueError: a brace has no other.
    """
    used = {part for _, part, _spec, _conversion in Formatter().parse(text) if part is not None}
    return sorted(used - PLACEHOLDERS)


def _unchanged(before: CannedReply) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return REPLY.c.id == before.id, REPLY.c.changed_at == before.changed_at


def _refuse(connection: Connection, reply_id: int) -> NoReturn:
    now = find_reply(connection, reply_id)
    if now is None:
        raise NotFoundError("there is no such reply")
    raise ReplyChangedError(now)
