"""The catalogue as open data, kept in memory as it stood at one revision and rendered beside the event loop.

It is read when somebody asks for the first time. A copy that is some seconds old serves on while web looks, behind it,
whether there is a newer one.
"""

import asyncio
import gzip
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as clock_time
from hashlib import sha256

import structlog
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from bot import __version__
from bot.catalogue.exporters.documents import Format, encode_document
from bot.catalogue.exporters.linked import View
from bot.catalogue.exporters.selection import last_turn, open_catalogue
from bot.catalogue.queries import Catalogue, catalogue_revision, load_catalogue
from bot.catalogue.revision import find_revision_time
from bot.catalogue.validity import TOWN_TIME
from bot.conversations.store import Store
from bot.errors import DatabaseUnavailableError, NotFoundError
from bot.language import Language
from bot.web.town import NO_TOWN

REFRESH_SECONDS = 5.0
CACHE_BYTES = 16_000_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What is open on a day. `ids` are sorted; `tag` is another one whenever anything in it may be."""

    catalogue: Catalogue
    day: date
    changed_at: datetime  # UTC in whole seconds, as HTTP tells it
    ids: tuple[str, ...]
    tag: str = field(init=False)

    def __post_init__(self) -> None:
        known = (__version__, self.catalogue.revision, self.changed_at, len(self.ids))
        object.__setattr__(self, "tag", sha256(repr(known).encode()).hexdigest()[:16])


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One document: these services in one vocabulary and these languages."""

    ids: tuple[str, ...]
    form: Format
    languages: tuple[Language, ...]


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The document as it is sent, plain and compressed."""

    plain: bytes
    compressed: bytes


def read_copy(connection: Connection, *, known: Copy | None, today: date, now: datetime) -> Copy:
    """What is open today; `known` itself where nothing has changed since. Blocking."""
    with Session(connection) as session:
        revision = catalogue_revision(session)
        if known is not None and (known.catalogue.revision, known.day) == (revision, today):
            return known
        try:
            catalogue = load_catalogue(session)
        except NotFoundError:  # before the first import there is nothing, which is no error here
            catalogue = Catalogue(revision=0, town=NO_TOWN, services={}, offices={})
        changed_at = find_revision_time(session, catalogue.revision) or now
    turn = last_turn(catalogue.services.values(), on=today)
    if turn is not None:
        changed_at = max(changed_at, datetime.combine(turn, clock_time(), tzinfo=now.tzinfo))
    opened = open_catalogue(catalogue, on=today)
    return Copy(
        catalogue=opened,
        day=today,
        changed_at=changed_at.astimezone(UTC).replace(microsecond=0),
        ids=tuple(opened.services),
    )


def render(copy: Copy, wanted: Wanted) -> Rendered:
    """The document, with what offices its services name."""
    services = (copy.catalogue.services[service_id] for service_id in wanted.ids)
    view = View(catalogue=copy.catalogue, languages=wanted.languages)
    plain = b"".join(encode_document(services, view, wanted.form))
    return Rendered(plain=plain, compressed=gzip.compress(plain, compresslevel=6, mtime=0))


class OpenData:
    """The copy as last read, and the documents lately asked for."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(TOWN_TIME),
    ) -> None:
        self._store = store
        self._clock = clock
        self._now = now
        self._copy: Copy | None = None
        self._read_at = 0.0
        self._first = asyncio.Lock()
        self._refresh: asyncio.Task[None] | None = None
        # One thread: whoever fetches all pages at once takes no more than that from the citizens' conversations.
        self._renderer = ThreadPoolExecutor(1, thread_name_prefix="open-data")
        self._documents = _Documents(CACHE_BYTES)

    async def current(self) -> Copy:
        """The copy; only the first reader waits for it.

        Raises:
            DatabaseUnavailableError: there is no copy yet and the database does not answer.
        """
        if self._copy is None:
            async with self._first:
                if self._copy is None:
                    await self.refresh()
        elif self._clock() - self._read_at >= REFRESH_SECONDS and not self.is_reading:
            self._refresh = asyncio.create_task(self._refresh_quietly())
        assert self._copy is not None  # noqa: S101 - for mypy; refresh has set it or raised
        return self._copy

    @property
    def is_reading(self) -> bool:
        """Whether it is looking for a newer copy."""
        return self._refresh is not None and not self._refresh.done()

    async def refresh(self) -> None:
        """Look now whether there is a newer state, and read it.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        now = self._now()
        self._copy = await self._store.read(read_copy, known=self._copy, today=now.date(), now=now)
        self._read_at = self._clock()

    async def document(self, copy: Copy, wanted: Wanted) -> Rendered:
        """The document, rendered once for all who ask for it."""
        key = (copy.tag, wanted)
        found = self._documents.get(key)
        if found is None:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._renderer, render, copy, wanted)
            self._documents.put(key, found)
        return found

    async def _refresh_quietly(self) -> None:
        try:
            await self.refresh()
        except DatabaseUnavailableError as error:
            log.warning("open_data_not_read", exc_info=error)  # the old copy serves on
            self._read_at = self._clock()
        except Exception as error:  # nobody waits for this task: it would fail unseen, and again with every request
            log.exception("open_data_failed", exc_info=error)
            self._read_at = self._clock()

    async def close(self) -> None:
        """Wait for what is under way."""
        if self._refresh is not None:
            await self._refresh
        await asyncio.to_thread(self._renderer.shutdown)


class _Documents:
    """The documents asked for last, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[tuple[str, Wanted], Rendered] = OrderedDict()

    def get(self, key: tuple[str, Wanted]) -> Rendered | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, key: tuple[str, Wanted], document: Rendered) -> None:
        self._drop(key)
        self._kept[key] = document
        self._size += _size(document)
        while self._size > self._limit:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, Wanted]) -> None:
        dropped = self._kept.pop(key, None)
        self._size -= _size(dropped) if dropped else 0


def _size(document: Rendered) -> int:
    return len(document.plain) + len(document.compressed)
