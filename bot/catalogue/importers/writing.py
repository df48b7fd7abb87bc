"""Carries out a plan on the tables, in few statements however many records there are."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from bot.catalogue.importers.plan import Plan, Record, content_hash
from bot.catalogue.importers.rows import Rows
from bot.database import Base

CHUNK = 500  # ids per statement; SQLite and PostgreSQL both limit the number of parameters


def write_plan(
    session: Session,
    plan: Plan[Record],
    tables: tuple[type[Base], ...],
    to_rows: Callable[[Record], Rows],
    stamp: Mapping[str, Any],
) -> None:
    """Carry out `plan` on `tables`, of which the first holds one row a record and the others hang on it.

    `stamp` holds the columns every written row gets besides those of the record: source_id, changed_at, withdrawn_at.
    """
    parent, *children = tables
    known = [*plan.changed, *plan.restored]
    for start in range(0, len(known), CHUNK):
        ids = known[start : start + CHUNK]
        for child in children:
            # The first column of every child table is the id of what it hangs on.
            owner = next(iter(child.__table__.primary_key))
            session.execute(delete(child).where(owner.in_(ids)))
    new: Rows = {table: [] for table in tables}
    updated: list[dict[str, Any]] = []
    for record in (*plan.added.values(), *plan.changed.values(), *plan.restored.values()):
        rows = to_rows(record)
        target = new[parent] if record.id in plan.added else updated
        target += [{**row, **stamp, "content_hash": content_hash(record)} for row in rows.pop(parent)]
        for table, values in rows.items():
            new[table] += values
    if updated:
        session.execute(update(parent), updated)
    if plan.refreshed:
        dates = [{"id": record.id, "source_date": record.source_date} for record in plan.refreshed.values()]
        session.execute(update(parent), dates)
    if plan.withdrawn:
        session.execute(
            update(parent), [{"id": row_id, "withdrawn_at": stamp["changed_at"]} for row_id in plan.withdrawn]
        )
    for table in tables:
        if new[table]:
            session.execute(insert(table), new[table])
