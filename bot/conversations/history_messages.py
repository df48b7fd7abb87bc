"""What was said in ended handoffs, as far as the desk may see it: masked, from the consent to the end."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, select

from bot.conversations.handoffs import HANDOFF
from bot.conversations.queries import MESSAGE
from bot.conversations.records import Role
from bot.language import Language


@dataclass(frozen=True, kw_only=True)
class ShownMessage:
    """A message without what is the program's own, and without who of the staff wrote it."""

    number: int
    role: Role
    at: datetime
    language: Language
    text: str


def _is_shown() -> ColumnElement[bool]:
    """Not before what the citizen agreed to show, and nothing that was said to the bot afterwards."""
    before_the_end = case(
        (HANDOFF.c.closing_number.is_not(None), MESSAGE.c.number <= HANDOFF.c.closing_number),
        else_=MESSAGE.c.at <= HANDOFF.c.closed_at,
    )
    return (MESSAGE.c.number >= HANDOFF.c.shown_from) & before_the_end


_FIELDS = [MESSAGE.c[name] for name in ShownMessage.__dataclass_fields__]
_SHOWN = (
    select(HANDOFF.c.id, *_FIELDS)
    .join(MESSAGE, MESSAGE.c.conversation_id == HANDOFF.c.conversation_id)
    .where(_is_shown())
    .order_by(HANDOFF.c.id, MESSAGE.c.number)
)


def list_shown(connection: Connection, handoffs: Collection[int]) -> Mapping[int, Sequence[ShownMessage]]:
    """The messages of these handoffs by their ids, in order."""
    found: dict[int, list[ShownMessage]] = defaultdict(list)
    for id_, *values in connection.execute(_SHOWN.where(HANDOFF.c.id.in_(handoffs))):
        found[id_].append(ShownMessage(**dict(zip(ShownMessage.__dataclass_fields__, values, strict=True))))
    return found
