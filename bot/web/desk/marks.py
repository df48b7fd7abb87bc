"""Which answers of a conversation are marked as wrong, as the desk shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.catalogue.service_names import name_services
from bot.conversations.wrong_answers import Correction, find_marks
from bot.language import Language

RIGHT_LENGTH = 1_000
QUERY_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What was right, by the number of the answer; the names of the services in it."""

    corrections: Mapping[int, Correction]
    services: Mapping[str, str]
    right_length: int = RIGHT_LENGTH
    query_length: int = QUERY_LENGTH


def read_marks(connection: Connection, conversation_id: str, *, language: Language) -> Marks:
    """The marks of a conversation."""
    corrections = find_marks(connection, conversation_id)
    ids = {mark.right_service_id for mark in corrections.values() if mark.right_service_id}
    return Marks(corrections=corrections, services=name_services(connection, ids, language))
