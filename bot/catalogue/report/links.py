"""The pages a catalogue leads to, and which of them were not there when they were last asked for."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from bot.catalogue.importers.record import OfficeRecord, ServiceRecord
from bot.catalogue.models import LinkCheckRow
from bot.catalogue.queries import Catalogue
from bot.catalogue.render import office_name
from bot.catalogue.report.facts import Facts, Finding, LinkCheck
from bot.language import DEFAULT_LANGUAGE

LONGEST = 2_000  # characters; PostgreSQL takes no longer keys
_ADDRESS = re.compile(r"https?://[^\s<>\"„“]*[^\s<>\"„“.,;:!?)]")


def list_addresses(catalogue: Catalogue) -> dict[str, list[Finding]]:
    """Every address that citizens may be given, with the services and offices that have it."""
    addresses: defaultdict[str, list[Finding]] = defaultdict(list)
    for service in catalogue.services.values():
        name = service.texts[DEFAULT_LANGUAGE].name
        for address in dict.fromkeys(_of_service(service)):
            addresses[address].append(Finding(id=service.id, name=name))
    for office in catalogue.offices.values():
        for address in dict.fromkeys(_of_office(office)):
            addresses[address].append(Finding(id=office.id, name=office_name(office, DEFAULT_LANGUAGE)))
    return {address: owners for address, owners in addresses.items() if 0 < len(address) <= LONGEST}


def find_broken_links(facts: Facts) -> Iterator[Finding]:
    """Services and offices with the address, what was wrong, and when."""
    for address, owners in list_addresses(facts.catalogue).items():
        check = facts.links.get(address)
        if check and check.problem:
            for owner in owners:
                values = (address, check.problem, check.at.date().isoformat())
                yield Finding(id=owner.id, name=owner.name, values=values)


def load_checks(session: Session) -> dict[str, LinkCheck]:
    """What came of the last check of each address."""
    rows = session.execute(select(LinkCheckRow.url, LinkCheckRow.problem, LinkCheckRow.at))
    return {url: LinkCheck(problem=problem, at=at) for url, problem, at in rows}


def store_checks(session: Session, problems: Mapping[str, str], *, at: datetime) -> None:
    """Keep the outcome of a check of all addresses, in place of the one before."""
    session.execute(delete(LinkCheckRow))
    if problems:
        rows = [{"url": url, "problem": problem, "at": at} for url, problem in problems.items()]
        session.execute(insert(LinkCheckRow), rows)
    session.commit()


def _of_service(service: ServiceRecord) -> Iterator[str]:
    yield from (service.url, service.online_url, service.appointment_url)
    yield from (office.appointment_url for office in service.offices)
    for text in service.texts.values():
        yield from (link.url for link in text.links)
        for written in (text.summary, *text.facets.values(), *text.documents):
            yield from _ADDRESS.findall(written)


def _of_office(office: OfficeRecord) -> Iterator[str]:
    yield office.url
    for hint in office.hints.values():
        yield from _ADDRESS.findall(hint)
