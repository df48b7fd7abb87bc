"""Which services are valid on a day. Both ends of a service's validity belong to it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.queries import Catalogue

TOWN_TIME = ZoneInfo("Europe/Berlin")


def town_now() -> datetime:
    """The moment by the town's clock, whatever the machine's is set to."""
    return datetime.now(TOWN_TIME)


def town_today() -> date:
    """The day it is in the town."""
    return town_now().date()


def is_valid(service: ServiceRecord, *, on: date) -> bool:
    """Whether citizens can be told about the service on this day."""
    begun = service.valid_from is None or service.valid_from <= on
    ended = service.valid_until is not None and service.valid_until < on
    return begun and not ended


def valid_catalogue(catalogue: Catalogue, *, on: date) -> Catalogue:
    """The catalogue without services that are not valid yet, or no longer."""
    services = {id_: service for id_, service in catalogue.services.items() if is_valid(service, on=on)}
    return replace(catalogue, services=MappingProxyType(services))


def next_turn(services: Iterable[ServiceRecord], *, after: date) -> date | None:
    """The next day on which a service becomes valid or invalid; None where there is none."""
    turns = set()
    for service in services:
        if service.valid_from:
            turns.add(service.valid_from)
        if service.valid_until and service.valid_until < date.max:
            turns.add(service.valid_until + timedelta(days=1))
    return min((turn for turn in turns if turn > after), default=None)
