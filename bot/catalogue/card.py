"""The cards of the contract, JSON-ready: what an answer says, for programs that show it."""

from collections.abc import Sequence
from typing import Any

from bot.catalogue.answers import FacetAnswer, Wording, contact_of, date_of, offices_of
from bot.catalogue.importers.record import OfficeRecord, ServiceRecord
from bot.catalogue.naming import Name, name_of
from bot.catalogue.office_texts import Moment, hours_lines, opening_line
from bot.catalogue.queries import Catalogue
from bot.catalogue.render import office_name, render_address
from bot.catalogue.wordings import says
from bot.facets import Facet
from bot.language import DEFAULT_LANGUAGE, Language
from bot.phrases import load_phrases

Json = dict[str, Any]


def service_card(
    catalogue: Catalogue,
    service: ServiceRecord,
    answers: Sequence[FacetAnswer],
    language: Language,
    *,
    moment: Moment | None = None,
) -> Json:
    """The `service` card. With `moment`, its offices are told to be open or not."""
    contact = contact_of(catalogue, service, language)
    not_recorded = load_phrases("answers", language)["not_recorded"].format(office=contact.office, phone=contact.phone)

    def is_off(facet: Facet) -> bool:
        # Where all of the service is off, whom to ask is all the more wanted.
        return (service.id, facet) in catalogue.switched_off

    hides_hours = is_off("opening_hours")
    name = name_of(catalogue, service, language)
    told_when = None if hides_hours or says(service, "opening_hours") else moment
    card: Json = {
        "kind": "service",
        "service": {"id": service.id, "url": service.url or None} | _name(name, language),
        "facets": [_facet(answer, language, not_recorded=not_recorded) for answer in answers],
        "offices": [
            _office(office, language, address=not is_off("location"), hours=not hides_hours)
            | _optional(status=opening_line(office, language, told_when))
            for office in ([] if is_off("office") else offices_of(catalogue, service))
        ],
        "valid_as_of": told_on.isoformat() if (told_on := date_of(answers)) else None,
        "source_name": source_name(catalogue, language),
    }
    if service.online_url and not is_off("online") and (service.id, None) not in catalogue.switched_off:
        card["online_url"] = service.online_url
    return card


def choices_card(catalogue: Catalogue, services: Sequence[ServiceRecord], language: Language) -> Json:
    """The `choices` card: two to four services, in the order of their buttons."""
    names = ((service.id, name_of(catalogue, service, language)) for service in services)
    return {"kind": "choices", "services": [{"id": id_, **_name(name, language)} for id_, name in names]}


def source_name(catalogue: Catalogue, language: Language) -> str:
    """Where answers about services come from."""
    return load_phrases("answers", language)["source"].format(town=catalogue.town.name)


def _name(name: Name, language: Language) -> Json:
    named: Json = {"name": name.text} | _language(name.language, language)
    if name.official:
        named["official_name"] = {"text": name.official, "language": DEFAULT_LANGUAGE}
    return named


def _facet(answer: FacetAnswer, language: Language, *, not_recorded: str) -> Json:
    told: Json = {"facet": answer.facet, "recorded": answer.recorded}
    if not answer.wordings:
        return told | {"text": not_recorded, "language": language}
    first, *official = (_wording(wording) for wording in answer.wordings)
    return told | first | ({"official": official[0]} if official else {})


def _wording(wording: Wording) -> Json:
    short = _optional(short=wording.short if wording.short != wording.text else "")
    return {"text": wording.text, "language": wording.language} | short


def _office(office: OfficeRecord, language: Language, *, address: bool, hours: bool) -> Json:
    spoken = language if language in office.names else DEFAULT_LANGUAGE
    return {
        "name": office_name(office, language),
        "address": render_address(office) if address else "",
        "hours": "\n".join(hours_lines(office, language)) if hours else "",
        "url": office.url or None,
        "phone": office.phone or None,
    } | _language(spoken, language)


def _language(spoken: Language, language: Language) -> Json:
    """Named only where it is not the language of the message."""
    return {} if spoken == language else {"language": spoken}


def _optional(**fields: str) -> Json:
    return {name: text for name, text in fields.items() if text}
