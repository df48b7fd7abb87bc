"""What of a catalogue is open to everybody on a day, and when that last changed without an import."""

from collections.abc import Collection, Set
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from bot.catalogue.importers.record import ServiceRecord, ServiceText
from bot.catalogue.queries import Catalogue
from bot.catalogue.validity import is_valid
from bot.facets import FACETS, Facet

# Offices stand for themselves in a document, for all their services: if one service is not to tell where or when, it
# cannot name them at all.
_OF_OFFICES: Set[Facet] = {"office", "location", "opening_hours"}


def open_catalogue(catalogue: Catalogue, *, on: date) -> Catalogue:
    """Public, valid services that are no internal counters, in the order of their ids, with their public offices.

    What is switched off is left out, a whole service or a facet of it.
    """
    offices = {office_id: office for office_id, office in catalogue.offices.items() if office.public}
    services = {
        service.id: _as_told(service, catalogue, known=offices.keys())
        for service in sorted(catalogue.services.values(), key=lambda service: service.id)
        if is_open(service, on=on) and (service.id, None) not in catalogue.switched_off
    }
    return replace(catalogue, services=MappingProxyType(services), offices=MappingProxyType(offices))


def is_open(service: ServiceRecord, *, on: date) -> bool:
    """Whether everybody may see the service on this day."""
    return service.public and not service.internal and is_valid(service, on=on)


def last_turn(services: Collection[ServiceRecord], *, on: date) -> date | None:
    """The last day up to `on` that made a service valid or invalid; None where there was none."""
    turns = {service.valid_from for service in services if service.valid_from}
    for service in services:
        if service.valid_until and service.valid_until < date.max:
            turns.add(service.valid_until + timedelta(days=1))
    return max((turn for turn in turns if turn <= on), default=None)


def _as_told(service: ServiceRecord, catalogue: Catalogue, *, known: Collection[str]) -> ServiceRecord:
    """The service with its offices that are open, without the facets that are switched off."""
    off = {facet for facet in FACETS if (service.id, facet) in catalogue.switched_off}
    offices = tuple(link for link in service.offices if link.office_id in known)
    if not off:
        return replace(service, offices=offices)
    if "appointment" in off:
        offices = tuple(replace(link, appointment_url="") for link in offices)
    return replace(
        service,
        texts={language: _without(wording, off) for language, wording in service.texts.items()},
        offices=() if off & _OF_OFFICES else offices,
        online_url="" if "online" in off else service.online_url,
        appointment_url="" if "appointment" in off else service.appointment_url,
    )


def _without(wording: ServiceText, off: Set[Facet]) -> ServiceText:
    return replace(
        wording,
        summary="" if "find" in off else wording.summary,
        facets={facet: text for facet, text in wording.facets.items() if facet not in off},
        documents=() if "documents" in off else wording.documents,
        fees=() if "fees" in off else wording.fees,
        links=tuple(link for link in wording.links if "online" not in off or link.kind != "online"),
    )
