"""Replies that a team has prepared, per language, with {placeholders} that the desk fills in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter

from sqlalchemy import Connection, Table, delete, insert, or_, select, update

from bot.conversations.handoff_models import CannedReplyRow
from bot.errors import InputError, NotFoundError
from bot.language import DEFAULT_LANGUAGE, Language

REPLY: Table = CannedReplyRow.__table__  # type: ignore[assignment]
PLACEHOLDERS = frozenset({"caseworker", "team", "town", "phone", "service", "service_url"})
NAME_LENGTH = 80
TEXT_LENGTH = 2_000


@dataclass(frozen=True, kw_only=True)
class CannedReply:
    """A prepared reply; of all teams where `team_id` is None."""

    id: int
    team_id: int | None
    name: str
    texts: Mapping[Language, str]

    def text(self, language: Language) -> str:
        """The text in that language, else in German, which is always there."""
        return self.texts.get(language) or self.texts[DEFAULT_LANGUAGE]


def list_replies(connection: Connection, teams: Collection[int]) -> tuple[CannedReply, ...]:
    """The replies of these teams and of all teams, by name."""
    columns = (REPLY.c.id, REPLY.c.team_id, REPLY.c.name, REPLY.c.texts)
    query = select(*columns).where(or_(REPLY.c.team_id.is_(None), REPLY.c.team_id.in_(teams)))
    return tuple(CannedReply(**row._mapping) for row in connection.execute(query.order_by(REPLY.c.name, REPLY.c.id)))


def add_reply(
    connection: Connection, *, team_id: int | None, name: str, texts: Mapping[Language, str], by: tuple[int, datetime]
) -> int:
    """Store a reply; its id. `by` is who and when.

    Raises:
        InputError: no name, no German text, one that is too long, or an unknown placeholder.
    """
    values = {"team_id": team_id, **_checked(name, texts), "changed_by": by[0], "changed_at": by[1]}
    added: int | None = connection.scalar(insert(REPLY).values(**values).returning(REPLY.c.id))
    return added or 0


def change_reply(
    connection: Connection, reply_id: int, *, name: str, texts: Mapping[Language, str], by: tuple[int, datetime]
) -> None:
    """Replace name and texts.

    Raises:
        InputError: as `add_reply`.
        NotFoundError: there is no such reply.
    """
    values = {**_checked(name, texts), "changed_by": by[0], "changed_at": by[1]}
    if connection.execute(update(REPLY).where(REPLY.c.id == reply_id).values(**values)).rowcount == 0:
        raise NotFoundError("there is no such reply")


def delete_reply(connection: Connection, reply_id: int) -> None:
    """Delete a reply; nothing happens where there is none."""
    connection.execute(delete(REPLY).where(REPLY.c.id == reply_id))


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; one that has no value stays, so that the caseworker sees it.

    "Guten Tag, hier ist {caseworker}." → "Guten Tag, hier ist Frau Sommer."
    """
    return "".join(
        literal + ("" if name is None else values.get(name) or f"{{{name}}}")
        for literal, name, _format, _conversion in Formatter().parse(text)
    )


def _checked(name: str, texts: Mapping[Language, str]) -> dict[str, object]:
    name, kept = name.strip(), {language: text.strip() for language, text in texts.items() if text.strip()}
    if not 0 < len(name) <= NAME_LENGTH:
        raise InputError(f"a reply needs a name of at most {NAME_LENGTH} characters")
    if DEFAULT_LANGUAGE not in kept:
        raise InputError(f"a reply needs a text in {DEFAULT_LANGUAGE}")
    for language, text in kept.items():
        if len(text) > TEXT_LENGTH:
            raise InputError(f"{language}: longer than {TEXT_LENGTH} characters")
        try:
            used = {part for _, part, spec, conversion in Formatter().parse(text) if part is not None}
        except ValueError as error:
            raise InputError(f"{language}: write {{{{ and }}}} for braces that are no placeholder") from error
        unknown = sorted(used - PLACEHOLDERS)
        if unknown:
            raise InputError(
                f"{language}: unknown placeholder {unknown[0]!r}; known are {', '.join(sorted(PLACEHOLDERS))}"
            )
    return {"name": name, "texts": kept}
