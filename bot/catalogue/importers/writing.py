"""Carries out a plan on the tables, in few statements however many records there are."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from bot.catalogue.importers.hashing import content_hash
from bot.catalogue.importers.plan import Plan
from bot.catalogue.importers.rows import Record, Rows, Shape

CHUNK = 200  # records at a time, for the memory; both databases limit the number of parameters too


def write_plan(
    session: Session,
    plan: Plan,
    records: Iterable[Record],
    shape: Shape[Record],
    stamp: Mapping[str, Any],
) -> None:
    """Carry out `plan` on the tables of `shape`.

    `records` are gone through once and need not be in memory together. `stamp` holds the columns every written row gets
    besides those of the record: source_id, changed_at, withdrawn_at.
    """
    parent = shape.tables[0]
    for chunk in _chunks(record for record in records if plan.writes(record.id)):
        _write(session, plan, chunk, shape, stamp)
    if plan.refreshed:
        dates = [{"id": row_id, "source_date": source_date} for row_id, source_date in plan.refreshed.items()]
        session.execute(update(parent), dates)
    if plan.withdrawn:
        session.execute(
            update(parent), [{"id": row_id, "withdrawn_at": stamp["changed_at"]} for row_id in plan.withdrawn]
        )


def _write(
    session: Session,
    plan: Plan,
    records: Iterable[Record],
    shape: Shape[Record],
    stamp: Mapping[str, Any],
) -> None:
    parent, *children = shape.tables
    new: Rows = {table: [] for table in shape.tables}
    updated: list[dict[str, Any]] = []
    for record in records:
        rows = shape.to_rows(record)
        target = new[parent] if record.id in plan.added else updated
        target += [{**row, **stamp, "content_hash": content_hash(record)} for row in rows.pop(parent)]
        for table, values in rows.items():
            new[table] += values
    if updated:
        for child in children:
            # The first column of every child table is the id of what it hangs on.
            owner = next(iter(child.__table__.primary_key))
            session.execute(delete(child).where(owner.in_([row["id"] for row in updated])))
        session.execute(update(parent), updated)
    for table in shape.tables:
        if new[table]:
            session.execute(insert(table), new[table])


def _chunks(records: Iterable[Record]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    for record in records:
        chunk.append(record)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
