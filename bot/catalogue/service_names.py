"""Names of services, without the rest of them: to show many at once, and to find some by what somebody typed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import cast

from sqlalchemy import Connection, select

from bot.catalogue.models import ServiceRow, ServiceTextRow
from bot.language import DEFAULT_LANGUAGE, Language
from bot.text.normalise import split_words

Names = Mapping[Language, str]


def read_names(connection: Connection, ids: Collection[str]) -> dict[str, Names]:
    """The names of these services, withdrawn ones too, by id and language; those that are unknown are left out."""
    rows = connection.execute(
        select(ServiceTextRow.service_id, ServiceTextRow.language, ServiceTextRow.name).where(
            ServiceTextRow.service_id.in_(ids)
        )
    )
    found: dict[str, dict[Language, str]] = defaultdict(dict)
    for service_id, language, name in rows:
        found[service_id][cast("Language", language)] = name
    return dict(found)


def read_address(connection: Connection, service_id: str) -> str:
    """The web address of the service; "" where it has none or is unknown."""
    return connection.scalar(select(ServiceRow.url).where(ServiceRow.id == service_id)) or ""


def name_in(names: Names, language: Language) -> str:
    """The name in that language, else the German one."""
    return names.get(language) or names[DEFAULT_LANGUAGE]


def name_services(connection: Connection, ids: Collection[str], language: Language) -> dict[str, str]:
    """What these services are called, by id; one that is no longer known is called by its id."""
    names = read_names(connection, ids) if ids else {}
    return {id_: name_in(names[id_], language) if id_ in names else id_ for id_ in ids}


def find_by_name(services: Mapping[str, Names], typed: str) -> frozenset[str]:
    """The services that are called so in any language; else those with a word that begins like each word typed.

    "Reisepass" → "Reisepass" alone; "reise" → "Reisepass" and "Vorläufiger Reisepass"
    """
    wanted = split_words(typed)
    if not wanted:
        return frozenset()
    words = [(id_, split_words(name)) for id_, names in services.items() for name in names.values()]
    exact = frozenset(id_ for id_, own in words if own == wanted)
    return exact or frozenset(
        id_ for id_, own in words if all(any(word.startswith(begun) for word in own) for begun in wanted)
    )
