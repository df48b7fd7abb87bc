"""Services out of DLDB rows."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.catalogue.importers import values
from bot.catalogue.importers.dldb.rows import Row
from bot.catalogue.importers.fees import read_fees
from bot.catalogue.importers.headings import take_apart
from bot.catalogue.importers.internal import Traces
from bot.catalogue.importers.links import collect
from bot.catalogue.importers.record import Link, OfficeRecord, Rejection, ServiceOffice, ServiceRecord, ServiceText
from bot.catalogue.importers.vocabulary import Vocabulary
from bot.facets import Facet
from bot.language import Language
from bot.text.html import read_anchors, read_blocks, to_text

LANGUAGE: Language = "de"
LONGEST_KEYWORD = 100

_POSTAL_CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_LEIKA = re.compile(r"(?<!\d)\d{14}(?!\d)")


@dataclass(frozen=True)
class Connection:
    """One service at one office. `online_url` is what the file calls online processing."""

    office_id: str
    appointment_url: str
    online_url: str
    responsibility: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Connections:
    """Service id → office id → connection, the main office first."""

    by_service: Mapping[str, Mapping[str, Connection]]

    def known_to(
        self, service_id: str, offices: Mapping[str, OfficeRecord], *, also: Collection[str], notes: list[Rejection]
    ) -> list[Connection]:
        """Those of a service whose office is in `offices` or `also`, each place once; the others are noted.

        The file lists every counter of an office as a location of its own, with the same name and address.
        """
        found: dict[Any, Connection] = {}
        for office_id, connection in self.by_service.get(service_id, {}).items():
            office = offices.get(office_id)
            if office is not None:
                found.setdefault((office.names["de"], office.street, office.postal_code), connection)
            elif office_id in also:
                found[office_id] = connection
            else:
                reason = f"the location {office_id[:50]!r} is unknown; left out"
                notes.append(Rejection(where="service", row_id=service_id, reason=reason))
        return list(found.values())


def connect(services: Iterable[Row], locations: Iterable[Row]) -> Connections:
    """Which service is where; both files say it, and what one of them leaves out is taken from the other."""
    pairs: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in services:
        for item in values.mappings_of(row.data.get("locations")):
            office_id = values.id_of(item.get("location"))
            if office_id:
                pairs.setdefault(row.id, {}).setdefault(office_id, item)
    for row in locations:
        for item in values.mappings_of(row.data.get("services")):
            offices = pairs.setdefault(values.id_of(item.get("service")), {})
            offices[row.id] = {**item, **{key: value for key, value in offices.get(row.id, {}).items() if value}}
    return Connections(
        {
            service_id: {office_id: _connection(service_id, office_id, item) for office_id, item in offices.items()}
            for service_id, offices in pairs.items()
        }
    )


def _connection(service_id: str, office_id: str, item: Mapping[str, Any]) -> Connection:
    appointment = values.mapping_of(item.get("appointment"))
    allowed = values.flag_of(appointment.get("allowed"), default=False)
    ids = {"serviceId": service_id, "locationId": office_id}
    responsibility = values.text_of(item.get("responsibility")) or values.text_of(item.get("responsibility_hint"))
    return Connection(
        office_id=office_id,
        appointment_url=values.url_of(appointment.get("link"), **ids) if allowed else "",
        online_url=values.url_of(values.mapping_of(item.get("onlineprocessing")).get("link"), **ids),
        responsibility=responsibility,
        areas=tuple(dict.fromkeys(_POSTAL_CODE.findall(responsibility))),
    )


def read_traces(row: Row, vocabulary: Vocabulary) -> Traces:
    """What tells a service for citizens from a counter of the town hall."""
    return Traces(
        name=row.name,
        description=read_blocks(values.html_of(row.data.get("description"))),
        signs=bool(_LEIKA.search(values.text_of(row.data.get("leika"))))
        or bool(to_text(values.html_of(row.data.get("fees"))))
        or bool(_keywords(row))
        or bool(_links(row, vocabulary)),
    )


def read_service(
    row: Row, connections: Sequence[Connection], vocabulary: Vocabulary, notes: list[Rejection]
) -> ServiceRecord:
    """One service with its German text; parts that cannot be used are noted."""
    links = _links(row, vocabulary)
    appointment_url = _appointment_url(row, connections)
    return ServiceRecord(
        id=row.id,
        texts={LANGUAGE: _text(row, links, vocabulary)},
        leika=_leika(row, notes),
        offices=tuple(
            ServiceOffice(
                office_id=c.office_id,
                appointment_url=c.appointment_url,
                responsibility=c.responsibility,
                areas=c.areas,
            )
            for c in connections
        ),
        url=values.url_of(values.mapping_of(row.data.get("meta")).get("url"), serviceId=row.id),
        online_url=_online_url(row, connections, links, vocabulary),
        appointment_url=appointment_url,
        appointment_minutes=values.minutes_of(row.data.get("duration")) if appointment_url else None,
        public=values.flag_of(row.data.get("public"), default=True),
        source_date=values.date_of(values.mapping_of(row.data.get("meta")).get("lastupdate")),
    )


def _text(row: Row, links: tuple[Link, ...], vocabulary: Vocabulary) -> ServiceText:
    fees = to_text(values.html_of(row.data.get("fees")))
    description = take_apart(values.html_of(row.data.get("description")), vocabulary, fees_known=bool(fees))
    facets: dict[Facet, str] = dict(description.facets)
    online = to_text(values.html_of(values.mapping_of(row.data.get("onlineprocessing")).get("description")))
    if online and "online" not in facets:
        facets["online"] = online
    if fees:
        facets["fees"] = "\n\n".join(part for part in (fees, facets.get("fees", "")) if part)
    return ServiceText(
        name=row.name,
        summary=description.summary,
        keywords=_keywords(row),
        facets=facets,
        documents=description.documents,
        fees=read_fees(facets.get("fees", "")),
        links=links,
    )


def _keywords(row: Row) -> tuple[str, ...]:
    text = values.text_of(values.mapping_of(row.data.get("meta")).get("keywords"))
    words = (word.strip() for word in text.split(","))
    return tuple(dict.fromkeys(word for word in words if 0 < len(word) <= LONGEST_KEYWORD))


def _links(row: Row, vocabulary: Vocabulary) -> tuple[Link, ...]:
    """Links and forms (mostly the same list twice), then those inside the description."""

    def listed() -> Iterator[tuple[str, str]]:
        for field in ("links", "forms"):
            for item in values.mappings_of(row.data.get(field)):
                yield values.text_of(item.get("name")), values.url_of(item.get("link"), serviceId=row.id)
        for anchor in read_anchors(values.html_of(row.data.get("description"))):
            yield anchor.text, values.url_of(anchor.url, serviceId=row.id)

    return collect(listed(), row.name, vocabulary)


def _leika(row: Row, notes: list[Rejection]) -> str:
    text = values.text_of(row.data.get("leika"))
    keys = _LEIKA.findall(text)
    if text and text != (keys or [""])[0]:
        taken = "the first was taken" if keys else "left out"
        reason = f"leika {text[:60]!r} is not one key of 14 digits; {taken}"
        notes.append(Rejection(where=row.where, row_id=row.id, reason=reason))
    return keys[0] if keys else ""


def _appointment_url(row: Row, connections: Sequence[Connection]) -> str:
    """The booking page for all offices; "" where no office gives appointments."""
    if not any(connection.appointment_url for connection in connections):
        return ""
    page = values.url_of(values.mapping_of(row.data.get("appointment")).get("link"), serviceId=row.id)
    return page or next(c.appointment_url for c in connections if c.appointment_url)


def _online_url(row: Row, connections: Sequence[Connection], links: Sequence[Link], vocabulary: Vocabulary) -> str:
    """Where the service can be done online. Munich's file names its booking pages there, which are no such thing."""
    general = values.url_of(values.mapping_of(row.data.get("onlineprocessing")).get("link"), serviceId=row.id)
    pages = [general, *(connection.online_url for connection in connections)]
    named = [url for url in pages if not vocabulary.links["information"].fit("", url)]
    return next((url for url in [*named, *(link.url for link in links if link.kind == "online")] if url), "")
