"""What the desk does and its entry in the audit log are one transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from bot.conversations.store import Parameters, Query, Result, Store
from bot.staff.audit import Action, record
from bot.staff.roles import Staff

Record = Callable[[Connection], None]


class AuditedStore(Store):
    """A store whose every write ends with an entry in the audit log."""

    def __init__(self, store: Store, append: Record) -> None:
        self._store = store
        self._append = append

    async def read(
        self, query: Query[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """See `Store.read`."""
        return await self._store.read(query, *args, **kwargs)

    async def write(
        self, query: Query[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """See `Store.write`; what is refused is not recorded."""

        def work(connection: Connection) -> Result:
            result = query(connection, *args, **kwargs)
            self._append(connection)
            return result

        return await self._store.write(work)


def entry(staff: Staff, what: Action, handoff_id: int, details: Mapping[str, Any] | None = None) -> Record:
    """An entry about a handoff, to be written at the end of a transaction."""
    return _entry(staff, what, f"handoff {handoff_id}", details)


def request_entry(staff: Staff, what: Action, request_id: int, details: Mapping[str, Any] | None = None) -> Record:
    """The same about a request."""
    return _entry(staff, what, f"request {request_id}", details)


def _entry(staff: Staff, what: Action, named: str, details: Mapping[str, Any] | None) -> Record:
    def append(connection: Connection) -> None:
        record(connection, staff, what, named, details)

    return append
