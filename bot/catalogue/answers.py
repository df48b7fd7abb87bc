"""What the catalogue says about one facet of one service, and the card that goes with it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.catalogue.importers.record import Fee, OfficeRecord, ServiceRecord, ServiceText
from bot.catalogue.queries import Catalogue
from bot.catalogue.render import as_list, office_name, render_address, render_fee, render_hours
from bot.facets import Facet
from bot.language import DEFAULT_LANGUAGE, Language
from bot.phrases import load_phrases

LONGEST_SUMMARY = 500  # characters
_AMOUNT = re.compile(r"\d+(?:,\d\d)?")
OFFICES_IN_TEXT = 3  # the card lists them all


@dataclass(frozen=True, kw_only=True)
class FacetAnswer:
    """`text` is plain text in `language`, which may be German for an English question; "" where nothing is recorded.

    Where the facet is switched off it is the reason. `as_of` is the date of what is told, None where nobody knows it.
    """

    facet: Facet
    text: str
    language: Language
    switched_off: bool = False
    as_of: date | None = None

    @property
    def recorded(self) -> bool:
        """Whether the catalogue says anything on the facet, and may."""
        return bool(self.text) and not self.switched_off


def answer_facet(catalogue: Catalogue, service: ServiceRecord, facet: Facet, language: Language) -> FacetAnswer:
    """The facet in `language`; the German wording where the catalogue has no other; text "" where it has none.

    A facet that is switched off is answered by the reason.
    """
    if reasons := _reasons(catalogue, service, facet):
        spoken = language if language in reasons else DEFAULT_LANGUAGE
        return FacetAnswer(facet=facet, text=reasons[spoken], language=spoken, switched_off=True)
    offices = offices_of(catalogue, service)
    derive = _FROM_OFFICES.get(facet)
    for candidate in dict.fromkeys((language, DEFAULT_LANGUAGE)):
        wording = service.texts.get(candidate)
        own = _own_text(wording, facet, candidate) if wording is not None else ""
        # Hours and addresses are data and can be written out in every language, whatever the wording has.
        derived = derive(offices, candidate) if derive else ""
        text = "\n\n".join(part for part in (own, derived, _links(service, facet, candidate, own=own)) if part)
        if text:
            as_of = _date_of(service, offices if derived else (), has_own=bool(own))
            return FacetAnswer(facet=facet, text=text, language=candidate, as_of=as_of)
    return FacetAnswer(facet=facet, text="", language=language, as_of=service.source_date)


def date_of(answers: Iterable[FacetAnswer]) -> date | None:
    """The date of what the answers tell: the oldest one. None where nobody knows it; none is guessed."""
    return min((answer.as_of for answer in answers if answer.as_of), default=None)


def _reasons(catalogue: Catalogue, service: ServiceRecord, facet: Facet) -> Mapping[Language, str] | None:
    """Why the facet, or all of the service, is switched off; None where it is not."""
    off = catalogue.switched_off
    return off.get((service.id, None)) or off.get((service.id, facet))


def _date_of(service: ServiceRecord, offices: Sequence[OfficeRecord], *, has_own: bool) -> date | None:
    """The oldest date of those entries the text was made from, as far as they have one."""
    of_offices = [office.source_date for office in offices[:OFFICES_IN_TEXT] if office.source_date]
    if (has_own or not of_offices) and service.source_date:
        of_offices.append(service.source_date)
    return min(of_offices, default=None)


def offices_of(catalogue: Catalogue, service: ServiceRecord) -> list[OfficeRecord]:
    """The service's offices, the main one first."""
    return [catalogue.offices[link.office_id] for link in service.offices if link.office_id in catalogue.offices]


def service_name(service: ServiceRecord, language: Language) -> str:
    """The service's name in `language`, the German one where it has no other."""
    return (service.texts.get(language) or service.texts[DEFAULT_LANGUAGE]).name


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who can tell what the catalogue does not: the service's main office, else the town."""

    office: str
    phone: str


def contact_of(catalogue: Catalogue, service: ServiceRecord, language: Language) -> Contact:
    """The first office of the service, with the town's number where it has none of its own."""
    town = catalogue.town
    for office in offices_of(catalogue, service)[:1]:
        return Contact(office=office_name(office, language), phone=office.phone or town.phone)
    name = load_phrases("answers", language)["town_office"].format(town=town.name)
    return Contact(office=name, phone=town.phone)


def service_card(
    catalogue: Catalogue, service: ServiceRecord, answers: Sequence[FacetAnswer], language: Language
) -> dict[str, Any]:
    """The `service` card of the contract (JSON-ready)."""
    contact = contact_of(catalogue, service, language)
    not_recorded = load_phrases("answers", language)["not_recorded"].format(office=contact.office, phone=contact.phone)

    def is_off(facet: Facet) -> bool:
        # Where all of the service is off, whom to ask is all the more wanted.
        return (service.id, facet) in catalogue.switched_off

    card: dict[str, Any] = {
        "kind": "service",
        "service": {"id": service.id, "name": service_name(service, language), "url": service.url or None},
        "facets": [
            {
                "facet": answer.facet,
                "text": answer.text or not_recorded,
                "recorded": answer.recorded,
                "language": answer.language,
            }
            for answer in answers
        ],
        "offices": [
            {
                "name": office_name(office, language),
                "address": "" if is_off("location") else render_address(office),
                "hours": "" if is_off("opening_hours") else "\n".join(render_hours(office.hours, language)),
                "url": office.url or None,
                "phone": office.phone or None,
            }
            for office in ([] if is_off("office") else offices_of(catalogue, service))
        ],
        "valid_as_of": told_on.isoformat() if (told_on := date_of(answers)) else None,
    }
    if service.online_url and not is_off("online") and (service.id, None) not in catalogue.switched_off:
        card["online_url"] = service.online_url
    return card


def _own_text(wording: ServiceText, facet: Facet, language: Language) -> str:
    written = wording.facets.get(facet, "")
    if facet == "find":
        return written or _beginning(wording.summary)
    if facet == "documents" and wording.documents:
        return "\n\n".join(part for part in (as_list(wording.documents), written) if part)
    if facet == "fees" and not _names_all(written, wording.fees):
        amounts = as_list([render_fee(fee, language) for fee in wording.fees])
        return "\n\n".join(part for part in (amounts, written) if part)
    return written


def _beginning(summary: str) -> str:
    """The first paragraphs of a long text: some towns describe everything at once. The card links to all of it."""
    paragraphs = summary.split("\n\n")
    shown = paragraphs[:1]
    for paragraph in paragraphs[1:]:
        if sum(map(len, shown)) + len(paragraph) > LONGEST_SUMMARY:
            break
        shown.append(paragraph)
    return "\n\n".join(shown)


def _names_all(written: str, fees: Sequence[Fee]) -> bool:
    """Whether the town's own wording has every amount already: "40,00" or "40"."""
    amounts = set(_AMOUNT.findall(written.replace(",00", "")))
    wanted = {
        f"{amount:.2f}".replace(".00", "").replace(".", ",")
        for fee in fees
        for amount in (fee.amount, fee.amount_to)
        if amount is not None
    }
    return wanted <= amounts


def _links(service: ServiceRecord, facet: Facet, language: Language, *, own: str) -> str:
    phrases = load_phrases("answers", language)
    lines = []
    if facet == "appointment":
        if service.appointment_minutes and not own:
            lines.append(phrases["appointment_minutes"].format(minutes=service.appointment_minutes))
        if service.appointment_url:
            lines.append(phrases["appointment_url"].format(url=service.appointment_url))
    if facet == "online" and service.online_url:
        lines.append(phrases["online_url"].format(url=service.online_url))
    return "\n".join(lines)


def _hours_text(offices: Sequence[OfficeRecord], language: Language) -> str:
    open_ones = [office for office in offices if office.hours]
    return _per_office(
        open_ones,
        language,
        lambda office: f"{office_name(office, language)}:\n{as_list(render_hours(office.hours, language))}",
        separator="\n\n",
    )


def _location_text(offices: Sequence[OfficeRecord], language: Language) -> str:
    phrases = load_phrases("answers", language)

    def line(office: OfficeRecord) -> str:
        hint = office.hints.get(language, "")
        place = phrases["office_line"].format(office=office_name(office, language), detail=render_address(office))
        return f"{place}\n{hint}" if hint else place

    return _per_office([office for office in offices if render_address(office)], language, line, separator="\n")


def _office_text(offices: Sequence[OfficeRecord], language: Language) -> str:
    phrases = load_phrases("answers", language)

    def line(office: OfficeRecord) -> str:
        name = office_name(office, language)
        return f"{name}\n{phrases['phone'].format(phone=office.phone)}" if office.phone else name

    return _per_office(offices, language, line, separator="\n")


def _per_office(
    offices: Sequence[OfficeRecord], language: Language, write: Callable[[OfficeRecord], str], *, separator: str
) -> str:
    shown: Iterable[str] = [write(office) for office in offices[:OFFICES_IN_TEXT]]
    more = len(offices) - OFFICES_IN_TEXT
    rest = [load_phrases("answers", language)["and_more"].format(count=more)] if more > 0 else []
    return separator.join([*shown, *rest])


_FROM_OFFICES: dict[Facet, Callable[[Sequence[OfficeRecord], Language], str]] = {
    "opening_hours": _hours_text,
    "location": _location_text,
    "office": _office_text,
}
