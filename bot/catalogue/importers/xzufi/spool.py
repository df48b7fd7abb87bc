"""Keeps what was read in a temporary file, because responsibilities come after the services, and files are large.

It is an SQLite database that nobody else sees and that vanishes with the object.
"""

import sqlite3
import weakref
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import msgspec

from bot.catalogue.importers.record import Link, OfficeRecord, ServiceOffice, ServiceRecord
from bot.language import Language

Item = TypeVar("Item", ServiceRecord, OfficeRecord)
Kind = Literal["service", "office", "online"]

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE entry (number INTEGER PRIMARY KEY, kind TEXT, id TEXT, data BLOB, UNIQUE (kind, id));
CREATE TABLE responsible (number INTEGER PRIMARY KEY, service_id TEXT, kind TEXT, id TEXT, areas BLOB);
CREATE INDEX responsible_service ON responsible (service_id, kind);
CREATE INDEX responsible_entry ON responsible (kind, id);
"""


@dataclass(frozen=True, kw_only=True)
class OnlineService:
    """A page where services can be done; `titles` by language."""

    id: str
    titles: dict[Language, str]
    urls: tuple[str, ...]


class Spool:
    """What was read so far."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("")  # an empty name is a file of its own, removed at the end
        self._connection.executescript(_SCHEMA)
        weakref.finalize(self, self._connection.close)

    def has(self, kind: Kind, entry_id: str) -> bool:
        """Whether the entry is there."""
        query = "SELECT 1 FROM entry WHERE kind = ? AND id = ?"
        return self._connection.execute(query, (kind, entry_id)).fetchone() is not None

    def put(self, kind: Kind, entry: ServiceRecord | OfficeRecord | OnlineService) -> None:
        """Keep an entry, of which there is none with this id yet."""
        data = msgspec.msgpack.encode(entry)
        self._connection.execute("INSERT INTO entry (kind, id, data) VALUES (?, ?, ?)", (kind, entry.id, data))

    def remove(self, kind: Kind, entry_id: str) -> None:
        """Forget an entry and what it is responsible for."""
        self._connection.execute("DELETE FROM responsible WHERE kind = ? AND id = ?", (kind, entry_id))
        self._connection.execute("DELETE FROM entry WHERE kind = ? AND id = ?", (kind, entry_id))

    def connect(self, service_id: str, kind: Kind, entry_id: str, areas: tuple[str, ...] = ()) -> None:
        """Say that an office or online service does a service, in some areas or everywhere."""
        self._connection.execute(
            "INSERT INTO responsible (service_id, kind, id, areas) VALUES (?, ?, ?, ?)",
            (service_id, kind, entry_id, msgspec.msgpack.encode(areas)),
        )

    def count(self, kind: Kind) -> int:
        """How many entries of a kind there are."""
        query = "SELECT count(*) FROM entry WHERE kind = ?"
        return int(self._connection.execute(query, (kind,)).fetchone()[0])

    def count_dangling(self) -> int:
        """How many responsibilities are for services that the file does not have."""
        query = """SELECT count(*) FROM responsible WHERE NOT EXISTS
                   (SELECT 1 FROM entry WHERE kind = 'service' AND entry.id = service_id)"""
        return int(self._connection.execute(query).fetchone()[0])

    def offices_of(self, service_id: str) -> tuple[ServiceOffice, ...]:
        """The offices of a service in the order of the file, each once; one named without areas once is for all."""
        areas: dict[str, tuple[str, ...]] = {}
        everywhere = set()
        for office_id, data in self._offices(service_id):
            found = msgspec.msgpack.decode(data, type=tuple[str, ...])
            if not found:
                everywhere.add(office_id)
            areas[office_id] = tuple(dict.fromkeys((*areas.get(office_id, ()), *found)))
        return tuple(
            ServiceOffice(office_id=office_id, areas=() if office_id in everywhere else found)
            for office_id, found in areas.items()
        )

    def online_links(self, service_id: str, language: Language, name: str) -> tuple[Link, ...]:
        """Where a service can be done online; a page without a title in `language` is called `name`."""
        links: dict[str, Link] = {}
        for online in self._online_services(service_id):
            title = online.titles.get(language) or name
            links |= {url: Link(title=title, url=url, kind="online") for url in online.urls if url not in links}
        return tuple(links.values())

    def entries(self, kind: Kind, item: "type[_Decoded]") -> "Iterator[_Decoded]":
        """The entries of a kind in the order in which they came."""
        decoder = msgspec.msgpack.Decoder(item)
        query = "SELECT data FROM entry WHERE kind = ? ORDER BY number"
        for (data,) in self._connection.execute(query, (kind,)):
            yield decoder.decode(data)

    def _online_services(self, service_id: str) -> list[OnlineService]:
        query = """SELECT entry.data FROM responsible JOIN entry USING (kind, id)
                   WHERE service_id = ? AND kind = 'online' ORDER BY responsible.number"""
        found = self._connection.execute(query, (service_id,)).fetchall()
        return [msgspec.msgpack.decode(data, type=OnlineService) for (data,) in found]

    def _offices(self, service_id: str) -> list[tuple[str, bytes]]:
        query = "SELECT id, areas FROM responsible WHERE service_id = ? AND kind = 'office' ORDER BY number"
        return self._connection.execute(query, (service_id,)).fetchall()


_Decoded = TypeVar("_Decoded", ServiceRecord, OfficeRecord, OnlineService)


class Spooled(Collection[Item], Generic[Item]):
    """The services or offices of a spool, read from it anew in each iteration."""

    def __init__(self, spool: Spool, kind: Kind, item: type[Item], finish: Callable[[Item], Item]) -> None:
        self._spool = spool
        self._kind: Kind = kind
        self._item: type[Item] = item
        self._finish: Callable[[Item], Item] = finish

    def __iter__(self) -> Iterator[Item]:
        return map(self._finish, self._spool.entries(self._kind, self._item))

    def __len__(self) -> int:
        return self._spool.count(self._kind)

    def __contains__(self, item: object) -> bool:
        return isinstance(item, self._item) and item in list(self)
