"""What of a catalogue is open to everybody on a day, and when that last changed without an import."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.queries import Catalogue


def open_catalogue(catalogue: Catalogue, *, on: date) -> Catalogue:
    """Public, valid services that are no internal counters, in the order of their ids, with their public offices."""
    offices = {office_id: office for office_id, office in catalogue.offices.items() if office.public}
    services = {
        service.id: replace(service, offices=tuple(link for link in service.offices if link.office_id in offices))
        for service in sorted(catalogue.services.values(), key=lambda service: service.id)
        if is_open(service, on=on)
    }
    return replace(catalogue, services=MappingProxyType(services), offices=MappingProxyType(offices))


def is_open(service: ServiceRecord, *, on: date) -> bool:
    """Whether everybody may see the service on this day. Both ends of its validity belong to it."""
    begun = service.valid_from is None or service.valid_from <= on
    ended = service.valid_until is not None and service.valid_until < on
    return service.public and not service.internal and begun and not ended


def last_turn(services: Collection[ServiceRecord], *, on: date) -> date | None:
    """The last day up to `on` that made a service valid or invalid; None where there was none."""
    turns = {service.valid_from for service in services if service.valid_from}
    for service in services:
        if service.valid_until and service.valid_until < date.max:
            turns.add(service.valid_until + timedelta(days=1))
    return max((turn for turn in turns if turn <= on), default=None)
