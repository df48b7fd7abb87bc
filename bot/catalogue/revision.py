"""The number that tells readers of the catalogue that their copy is old."""

from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bot.catalogue.models import CATALOGUE_ROW, CatalogueState, ImportRunRow


def lock_catalogue(session: Session) -> int:
    """Make others who change the catalogue wait until this transaction ends; returns the revision so far.

    It is an UPDATE because that is what locks on both databases: SELECT … FOR UPDATE does nothing on SQLite.
    """
    session.execute(update(CatalogueState).values(revision=CatalogueState.revision))
    revision = session.scalar(select(CatalogueState.revision))
    if revision is None:
        session.execute(insert(CatalogueState).values(id=CATALOGUE_ROW, revision=0))
    return revision or 0


def set_revision(session: Session, revision: int) -> None:
    """Let running readers notice; the caller holds the lock."""
    session.execute(update(CatalogueState).values(revision=revision))


def find_revision_time(session: Session, revision: int) -> datetime | None:
    """When an import made the catalogue what it is at this revision; None where it was no import."""
    return session.scalar(select(func.min(ImportRunRow.at)).where(ImportRunRow.revision == revision))
