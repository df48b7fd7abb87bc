"""Reading the catalogue: the whole of it at once, as the records the importers produced."""

from collections import defaultdict
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Select, exists, select
from sqlalchemy.orm import Session

from bot.catalogue.importers.record import (
    Fee,
    Link,
    OfficeRecord,
    OpeningHours,
    ServiceOffice,
    ServiceRecord,
    ServiceText,
    Source,
    Town,
)
from bot.catalogue.models import (
    CatalogueState,
    DocumentRow,
    FacetRow,
    FeeRow,
    ImportRunRow,
    LinkRow,
    OfficeRow,
    OfficeTextRow,
    OpeningHoursRow,
    ServiceOfficeRow,
    ServiceRow,
    ServiceTextRow,
    SourceRow,
    SwitchOffRow,
    TownRow,
)
from bot.errors import NotFoundError
from bot.facets import Facet
from bot.language import Language

AnySelect = Select[*tuple[Any, ...]]
Query = TypeVar("Query", bound=AnySelect)

LIVE_SERVICES = select(ServiceRow).where(ServiceRow.withdrawn_at.is_(None))
LIVE_OFFICES = select(OfficeRow).where(OfficeRow.withdrawn_at.is_(None))


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything that is not withdrawn, by id, as it stood at `revision`, valid today or not.

    `switched_off` has the reasons per language, by service and facet; None in its place is the whole service.
    `english_names` is what services without an English text are called by the thesaurus, as far as that is known.
    """

    revision: int
    town: Town
    services: Mapping[str, ServiceRecord]
    offices: Mapping[str, OfficeRecord]
    switched_off: Mapping[tuple[str, Facet | None], Mapping[Language, str]] = field(default_factory=dict)
    english_names: Mapping[str, str] = field(default_factory=dict)


def catalogue_revision(session: Session) -> int:
    """A number that grows with each import that changed something; 0 before the first. One tiny query."""
    return session.scalar(select(CatalogueState.revision)) or 0


def list_sources(session: Session) -> tuple[Source, ...]:
    """Where the catalogue's entries come from, in the order of their first import; not those taken back."""
    imported = exists().where(ImportRunRow.source_id == SourceRow.id, ImportRunRow.undone_at.is_(None))
    rows = session.scalars(select(SourceRow).where(imported).order_by(SourceRow.id))
    return tuple(Source(kind=row.kind, name=row.name) for row in rows)


def find_town(database: Session | Connection, /) -> Town | None:
    """The one town there is; None before the first import."""
    row = database.execute(
        select(TownRow.name, TownRow.phone, TownRow.email, TownRow.url, TownRow.address, TownRow.land)
    ).one_or_none()
    return None if row is None else Town(**row._mapping)


def load_catalogue(session: Session) -> Catalogue:
    """The catalogue in thirteen queries, however large it is.

    Raises:
        NotFoundError: nothing has been imported yet.
    """
    # The revision comes first: if an import commits meanwhile, the copy counts as old and is loaded again. Until then
    # a service or office whose texts were not there yet is left out.
    revision = catalogue_revision(session)
    town = find_town(session)
    if town is None:
        raise NotFoundError("the catalogue is empty; import one first")
    offices = _offices(session, LIVE_OFFICES)
    return Catalogue(
        revision=revision,
        town=town,
        services=MappingProxyType(_services(session, LIVE_SERVICES, offices=offices)),
        offices=MappingProxyType(offices),
        switched_off=MappingProxyType(_switched_off(session)),
    )


def _switched_off(session: Session) -> dict[tuple[str, Facet | None], Mapping[Language, str]]:
    rows = session.execute(select(SwitchOffRow.service_id, SwitchOffRow.facet, SwitchOffRow.reasons))
    return {
        (service_id, cast("Facet", facet) if facet else None): cast("dict[Language, str]", reasons)
        for service_id, facet, reasons in rows
    }


def load_services(session: Session) -> dict[str, ServiceRecord]:
    """The services that are not withdrawn, by id."""
    return _services(session, LIVE_SERVICES, offices=_offices(session, LIVE_OFFICES))


def find_services(session: Session, ids: Collection[str]) -> dict[str, ServiceRecord]:
    """These services as their rows have them, withdrawn or not, by id."""
    return _services(session, select(ServiceRow).where(ServiceRow.id.in_(ids)), ids=ids)


def find_offices(session: Session, ids: Collection[str]) -> dict[str, OfficeRecord]:
    """These offices as their rows have them, withdrawn or not, by id."""
    return _offices(session, select(OfficeRow).where(OfficeRow.id.in_(ids)), ids=ids)


def _offices(
    session: Session, query: Select[OfficeRow], *, ids: Collection[str] | None = None
) -> dict[str, OfficeRecord]:
    texts = _grouped(
        session,
        select(OfficeTextRow.office_id, OfficeTextRow.language, OfficeTextRow.name, OfficeTextRow.hint),
        key=1,
        ids=ids,
    )
    hours = _grouped(
        session,
        select(
            OpeningHoursRow.office_id, OpeningHoursRow.weekday, OpeningHoursRow.opens, OpeningHoursRow.closes
        ).order_by(OpeningHoursRow.position),
        key=1,
        ids=ids,
    )
    return {
        row.id: OfficeRecord(
            id=row.id,
            names={language: name for language, name, _ in texts[row.id]},
            street=row.street,
            postal_code=row.postal_code,
            city=row.city,
            phone=row.phone,
            email=row.email,
            url=row.url,
            hints={language: hint for language, _, hint in texts[row.id] if hint},
            hours=tuple(OpeningHours(weekday=day, opens=opens, closes=closes) for day, opens, closes in hours[row.id]),
            public=row.public,
            source_date=row.source_date,
            alternative_names=tuple(row.alternative_names),
        )
        for row in session.scalars(query.order_by(OfficeRow.id))
        if row.id in texts
    }


def _services(
    session: Session,
    query: Select[ServiceRow],
    *,
    offices: Container[str] | None = None,
    ids: Collection[str] | None = None,
) -> dict[str, ServiceRecord]:
    """`offices` are those whose links are read, `ids` the services of `query` where these are few; None: all."""
    texts = _texts(session, ids)
    provided = _grouped(
        session,
        select(
            ServiceOfficeRow.service_id,
            ServiceOfficeRow.office_id,
            ServiceOfficeRow.appointment_url,
            ServiceOfficeRow.responsibility,
            ServiceOfficeRow.areas,
        ).order_by(ServiceOfficeRow.position),
        key=1,
        ids=ids,
    )
    return {
        row.id: ServiceRecord(
            id=row.id,
            texts=texts[row.id],
            leika=row.leika,
            offices=tuple(
                ServiceOffice(
                    office_id=office_id, appointment_url=url, responsibility=responsibility, areas=tuple(areas)
                )
                for office_id, url, responsibility, areas in provided[row.id]
                if offices is None or office_id in offices
            ),
            url=row.url,
            online_url=row.online_url,
            appointment_url=row.appointment_url,
            appointment_minutes=row.appointment_minutes,
            internal=row.internal,
            public=row.public,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            source_date=row.source_date,
        )
        for row in session.scalars(query.order_by(ServiceRow.id))
        if row.id in texts
    }


def _texts(session: Session, ids: Collection[str] | None) -> dict[str, dict[Language, ServiceText]]:
    """Service id → language → wording; also of withdrawn services."""
    facets = _grouped(
        session, select(FacetRow.service_id, FacetRow.language, FacetRow.facet, FacetRow.text), key=2, ids=ids
    )
    documents = _grouped(
        session,
        select(DocumentRow.service_id, DocumentRow.language, DocumentRow.text).order_by(DocumentRow.position),
        key=2,
        ids=ids,
    )
    fees = _grouped(
        session,
        select(FeeRow.service_id, FeeRow.language, FeeRow.label, FeeRow.cents, FeeRow.cents_to).order_by(
            FeeRow.position
        ),
        key=2,
        ids=ids,
    )
    links = _grouped(
        session,
        select(LinkRow.service_id, LinkRow.language, LinkRow.title, LinkRow.url, LinkRow.kind).order_by(
            LinkRow.position
        ),
        key=2,
        ids=ids,
    )
    texts: dict[str, dict[Language, ServiceText]] = defaultdict(dict)
    query = select(
        ServiceTextRow.service_id,
        ServiceTextRow.language,
        ServiceTextRow.name,
        ServiceTextRow.summary,
        ServiceTextRow.keywords,
    )
    for service_id, language, name, summary, keywords in session.execute(_of(query, ids)):
        key = (service_id, language)
        texts[service_id][cast("Language", language)] = ServiceText(
            name=name,
            summary=summary,
            keywords=tuple(keywords),
            facets=dict(facets[key]),
            documents=tuple(text for (text,) in documents[key]),
            fees=tuple(
                Fee(label=label, amount=_euro(cents), amount_to=None if cents_to is None else _euro(cents_to))
                for label, cents, cents_to in fees[key]
            ),
            links=tuple(Link(title=title, url=url, kind=kind) for title, url, kind in links[key]),
        )
    return texts


def _euro(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _grouped(session: Session, query: AnySelect, *, key: int, ids: Collection[str] | None) -> dict[Any, list[Any]]:
    """The rows of `query` by their first `key` columns, without those, in the order of the query."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in session.execute(_of(query, ids)):
        groups[row[0] if key == 1 else tuple(row[:key])].append(tuple(row[key:]))
    return groups


def _of(query: Query, ids: Collection[str] | None) -> Query:
    """The rows of `query` whose first column is one of `ids`."""
    return query if ids is None else query.where(query.selected_columns[0].in_(ids))
