"""Switches a service, or one facet of it, off and on again. Citizens read the reason instead of what is recorded."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.catalogue.models import ServiceRow, SwitchOffRow
from bot.catalogue.revision import lock_catalogue, set_revision
from bot.errors import InputError, NotFoundError
from bot.facets import Facet
from bot.language import DEFAULT_LANGUAGE, Language

LONGEST_REASON = 300  # characters
WHOLE = ""  # in the place of a facet: all of the service
_NOT_IN_A_LINE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, kw_only=True)
class SwitchedOff:
    """What is switched off since when; `facet` None is the whole service."""

    service_id: str
    facet: Facet | None
    reasons: Mapping[Language, str]
    at: datetime


def switch_off(session: Session, off: SwitchedOff, *, dry_run: bool = False) -> None:
    """Switch off, or give another reason, and commit (dry: roll back); running readers notice within seconds.

    Raises:
        InputError: a reason is not one short line of text, or there is none in German.
        NotFoundError: there is no such service.
    """
    checked = {language: check_reason(reason, language) for language, reason in off.reasons.items()}
    if DEFAULT_LANGUAGE not in checked:
        raise InputError("the reason is needed in German; other languages may be missing")
    revision = lock_catalogue(session)
    _refuse_unknown(session, off.service_id)
    key = {"service_id": off.service_id, "facet": off.facet or WHOLE}
    row = session.get(SwitchOffRow, key) or SwitchOffRow(**key)
    row.reasons, row.at = {str(language): reason for language, reason in checked.items()}, off.at
    session.add(row)
    set_revision(session, revision + 1)
    _end(session, dry_run=dry_run)


def switch_on(session: Session, service_id: str, *, facet: Facet | None = None, dry_run: bool = False) -> None:
    """Answer again, and commit (dry: roll back).

    The whole service and its facets are switched apart: a facet stays off when the service is on.

    Raises:
        NotFoundError: it is not switched off.
    """
    revision = lock_catalogue(session)
    row = session.get(SwitchOffRow, {"service_id": service_id, "facet": facet or WHOLE})
    if row is None:
        what = f"{facet} of {service_id}" if facet else service_id
        raise NotFoundError(f"{what} is not switched off")
    session.execute(
        delete(SwitchOffRow).where(SwitchOffRow.service_id == service_id, SwitchOffRow.facet == (facet or WHOLE))
    )
    set_revision(session, revision + 1)
    _end(session, dry_run=dry_run)


def list_switched_off(session: Session) -> tuple[SwitchedOff, ...]:
    """All that is switched off, by service and facet."""
    rows = session.scalars(select(SwitchOffRow).order_by(SwitchOffRow.service_id, SwitchOffRow.facet))
    return tuple(
        SwitchedOff(
            service_id=row.service_id,
            facet=cast("Facet", row.facet) if row.facet else None,
            reasons=cast("dict[Language, str]", dict(row.reasons)),
            at=row.at,
        )
        for row in rows
    )


def check_reason(reason: str, language: Language) -> str:
    """The reason as citizens will read it: one line, trimmed.

    Raises:
        InputError: it is empty, too long, or no plain line.
    """
    line = reason.strip()
    if not line:
        raise InputError(f"the reason ({language}) is empty")
    if len(line) > LONGEST_REASON:
        raise InputError(f"the reason ({language}) has {len(line)} characters, at most {LONGEST_REASON} are shown")
    if any(unicodedata.category(character) in _NOT_IN_A_LINE for character in line):
        raise InputError(f"the reason ({language}) must be one line of plain text")
    return line


def _refuse_unknown(session: Session, service_id: str) -> None:
    known = session.scalars(select(ServiceRow.id).where(ServiceRow.withdrawn_at.is_(None))).all()
    if service_id not in known:
        near = get_close_matches(service_id, known)
        hint = f"; near it: {', '.join(near)}" if near else ""
        raise NotFoundError(f"there is no service {service_id!r}{hint}")


def _end(session: Session, *, dry_run: bool) -> None:
    if dry_run:
        session.rollback()
    else:
        session.commit()
