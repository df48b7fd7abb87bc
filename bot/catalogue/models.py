"""Tables of the catalogue. Importers never write them directly: `sync` does, from the records of `importers.record`.

Ids of services and offices are the catalogue's own (strings, at most 200 characters). A service or office that its
source no longer has is withdrawn (`withdrawn_at`), never deleted. Money is kept in whole cents: SQLite has no decimals.
"""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, UtcDateTime

ID_LENGTH = 200
CATALOGUE_ROW = 1


class CatalogueState(Base):
    """The one row that counts changes; importers lock it, readers look whether their copy is old."""

    __tablename__ = "catalogue"
    __table_args__ = (CheckConstraint(f"id = {CATALOGUE_ROW}", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]


class TownRow(Base):
    """The town whose catalogue this is: one row, or none before the first import."""

    __tablename__ = "town"
    __table_args__ = (CheckConstraint(f"id = {CATALOGUE_ROW}", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    land: Mapped[str] = mapped_column(Text)


class SourceRow(Base):
    """Where services come from: one export file or directory, named by kind ("dldb", "town") and name."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)


class ImportRunRow(Base):
    """What one import of a source did; the newest run tells how the source stands.

    `rejected` and `notes` are lists of {"where", "row_id", "reason"}.
    """

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    withdrawn: Mapped[int]
    restored: Mapped[int]
    rejected: Mapped[list[Any]] = mapped_column(JSON)
    notes: Mapped[list[Any]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken back


class ImportChangeRow(Base):
    """What one import changed, as it was before: enough to take the import back.

    `marks` is the JSON of `history.Marks`, NULL where the entry was not there; `record` the JSON of the record, NULL
    where its wording was not changed.
    """

    __tablename__ = "import_change"

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)  # the table: service, office, town
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    marks: Mapped[str | None] = mapped_column(Text)
    record: Mapped[str | None] = mapped_column(Text)


class SwitchOffRow(Base):
    """A service, or one facet of it ("" is all of it), that is not answered, with the reason citizens read.

    No foreign key: it outlives imports that take the service away and bring it back.
    """

    __tablename__ = "switch_off"

    service_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    facet: Mapped[str] = mapped_column(String(30), primary_key=True)
    reasons: Mapped[dict[str, str]] = mapped_column(JSON)  # by language
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LinkCheckRow(Base):
    """What came of asking for a page at last; `problem` is "" where it was there."""

    __tablename__ = "link_check"

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(Text)


class MissedWordRow(Base):
    """How often a single folded word was in messages that were not understood. Never with a conversation."""

    __tablename__ = "missed_word"

    day: Mapped[date] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]


class ServiceRow(Base):
    """One service; its wording hangs on it per language. `content_hash` tells whether an import changes it."""

    __tablename__ = "service"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    leika: Mapped[str] = mapped_column(String(14), index=True)
    url: Mapped[str] = mapped_column(Text)
    online_url: Mapped[str] = mapped_column(Text)
    appointment_url: Mapped[str] = mapped_column(Text)
    appointment_minutes: Mapped[int | None]
    internal: Mapped[bool]
    public: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    source_date: Mapped[date | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceTextRow(Base):
    """The wording of one service in one language."""

    __tablename__ = "service_text"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    keywords: Mapped[list[str]] = mapped_column(JSON)


class FacetRow(Base):
    """What the catalogue says about one facet of a service; no row means not recorded."""

    __tablename__ = "service_facet"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    facet: Mapped[str] = mapped_column(String(30), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class DocumentRow(Base):
    """One document the citizen has to bring."""

    __tablename__ = "service_document"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)


class FeeRow(Base):
    """One fee in cents; `cents_to` is the upper end of a range."""

    __tablename__ = "service_fee"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(Text)
    cents: Mapped[int] = mapped_column(BigInteger)
    cents_to: Mapped[int | None] = mapped_column(BigInteger)


class LinkRow(Base):
    """One page or form about a service."""

    __tablename__ = "service_link"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))


class OfficeRow(Base):
    """One office; names, hints and hours hang on it."""

    __tablename__ = "office"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    street: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    public: Mapped[bool]
    alternative_names: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    source_date: Mapped[date | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OfficeTextRow(Base):
    """Name and hint of an office in one language."""

    __tablename__ = "office_text"

    office_id: Mapped[str] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    hint: Mapped[str] = mapped_column(Text)


class OpeningHoursRow(Base):
    """One opening period of an office; weekday 0 is Monday."""

    __tablename__ = "opening_hours"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    office_id: Mapped[str] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class ServiceOfficeRow(Base):
    """An office that provides a service; position 0 is the main one."""

    __tablename__ = "service_office"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    office_id: Mapped[str] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]
    appointment_url: Mapped[str] = mapped_column(Text)
    responsibility: Mapped[str] = mapped_column(Text)
    areas: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
