"""Texts that are old, and services whose time has not come, is nearly over, or is over."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from bot.catalogue.report.facts import Facts, Finding, found


def find_stale(facts: Facts) -> Iterator[Finding]:
    """Services whose texts were last looked at too long ago, the oldest first."""
    limit = months_before(facts.today, facts.limits.stale_months)
    old = [(service.source_date, service) for service in facts.services() if service.source_date]
    for day, service in sorted(old, key=lambda pair: (pair[0], pair[1].id)):
        if day < limit:
            yield found(service, day.isoformat())


def find_undated(facts: Facts) -> Iterator[Finding]:
    """Services without a date."""
    return (found(service) for service in facts.services() if service.source_date is None)


def find_expiring(facts: Facts) -> Iterator[Finding]:
    """Services that are valid today and soon will not be."""
    last = facts.today + timedelta(days=facts.limits.expiring_days)
    for service in facts.services():
        if service.valid_until and facts.today <= service.valid_until <= last:
            yield found(service, service.valid_until.isoformat())


def find_expired(facts: Facts) -> Iterator[Finding]:
    """Services that are no longer valid; the source still has them."""
    for service in facts.services():
        if service.valid_until and service.valid_until < facts.today:
            yield found(service, service.valid_until.isoformat())


def find_waiting(facts: Facts) -> Iterator[Finding]:
    """Services that are not valid yet."""
    for service in facts.services():
        if service.valid_from and service.valid_from > facts.today:
            yield found(service, service.valid_from.isoformat())


def months_before(day: date, months: int) -> date:
    """The same day so many months ago, or the last one of that month: 31 March, 1 → 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
