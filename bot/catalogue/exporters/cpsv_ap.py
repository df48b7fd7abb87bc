"""Services in CPSV-AP 3.2, the European Union's vocabulary for public services (SEMIC).

Every thing a property points to is in the document with its class, as the profile's shapes ask. What the catalogue
does not know as data (thematic areas, kinds of channels) is left out rather than guessed.
"""

from collections.abc import Mapping

from bot.catalogue.exporters.durations import duration_in
from bot.catalogue.exporters.linked import (
    AREA,
    LEIKA,
    TOWN,
    Node,
    View,
    Wordings,
    address_of,
    descriptions_of,
    facet_texts,
    fees_of,
    filled,
    in_default_language,
    names_of,
    office_iri,
    service_iri,
    side_by_side,
    tagged,
)
from bot.catalogue.importers.record import OfficeRecord, ServiceRecord
from bot.catalogue.render import render_address, render_fee, render_hours
from bot.facets import Facet
from bot.language import Language
from bot.phrases import load_phrases

CONTEXT: Mapping[str, object] = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "cv:hasValue": {"@type": "xsd:double"},
    "cv:processingTime": {"@type": "xsd:duration"},
    "dct:modified": {"@type": "xsd:date"},
}
EURO = "http://publications.europa.eu/resource/authority/currency/EUR"
AREA_TYPE = "http://data.europa.eu/88u/dataset/atu-type"


def describe_service(service: ServiceRecord, view: View) -> Node:
    """The service, with references to town, offices and their contacts."""
    wordings = view.of(service.texts)
    names = {language: wording.name for language, wording in wordings.items()}
    offices = [office_iri(link.office_id) for link in service.offices]
    descriptions = tagged(descriptions_of(wordings))
    return filled(
        {
            "@id": service_iri(service.id),
            "@type": "cpsv:PublicService",
            "dct:identifier": service.id,
            "dct:title": tagged(names),
            "dct:description": descriptions or tagged(names),  # the profile asks for one
            "dcat:keyword": _keywords(wordings),
            "dct:modified": service.source_date.isoformat() if service.source_date else "",
            "foaf:page": [_page(url) for url in _pages(service, wordings)],
            "dct:spatial": {"@id": AREA},
            "cv:isClassifiedBy": _leika(service),
            "cv:hasCompetentAuthority": _references(offices or [TOWN]),
            "cv:contactPoint": _contacts(service, view),
            "cv:hasChannel": [*_office_channels(service), *_online_channels(service, wordings)],
            "cv:hasCost": _costs(service, wordings),
            "cv:processingTime": duration_in(facet_texts(wordings, "processing_time")),
            "cpsv:hasInput": _evidence(service, wordings),
            "cv:holdsRequirement": _stated(service, wordings, "eligibility", "cv:Requirement"),
            "cpsv:follows": _stated(service, wordings, "deadline", "cpsv:Rule"),
            "cv:hasLegalResource": _law(service, wordings),
        }
    )


def describe_office(office: OfficeRecord, view: View) -> list[Node]:
    """The office as an organisation, and how to reach it."""
    names = names_of(office, view)
    organisation = {
        "@id": office_iri(office.id),
        "@type": ["cv:PublicOrganisation", "org:Organization"],
        "dct:identifier": office.id,
        "skos:prefLabel": tagged(names),
        "skos:altLabel": [node for name in office.alternative_names for node in in_default_language(name)],
        "dct:spatial": {"@id": AREA},
        "locn:address": _address(office),
        "org:unitOf": {"@id": TOWN},
        "cv:contactPoint": _references([contact_iri(office.id)]) if _is_reachable(office) else [],
    }
    contact = {
        "@id": contact_iri(office.id),
        "@type": "cv:ContactPoint",
        "cv:telephone": office.phone,
        "cv:email": office.email,
        "cv:contactPage": _page(office.url) if office.url else None,
        "cv:openingHours": _opening_hours(office, names),
    }
    return [filled(organisation), *([filled(contact)] if _is_reachable(office) else [])]


def describe_town(view: View) -> list[Node]:
    """The town as an organisation, how to reach it, its area, and what all services refer to."""
    town = view.catalogue.town
    name = in_default_language(town.name)
    organisation = {
        "@id": TOWN,
        "@type": ["cv:PublicOrganisation", "org:Organization"],
        "dct:identifier": town.name,
        "skos:prefLabel": name,
        "dct:spatial": {"@id": AREA},
        "foaf:homepage": _page(town.url) if town.url else None,
        "locn:address": _full_address(town.address),
        "cv:contactPoint": _references([TOWN_CONTACT]),
    }
    contact = {
        "@id": TOWN_CONTACT,
        "@type": "cv:ContactPoint",
        "cv:telephone": town.phone,
        "cv:email": town.email,
        "cv:contactPage": _page(town.url) if town.url else None,
    }
    area = {"@id": AREA, "@type": ["dct:Location", AREA_TYPE], "skos:prefLabel": name}
    return [filled(organisation), filled(contact), area, {"@id": EURO, "@type": "skos:Concept", "skos:notation": "EUR"}]


TOWN_CONTACT = f"{TOWN}-contact"


def contact_iri(office_id: str) -> str:
    """How to reach an office."""
    return f"{office_iri(office_id)}-contact"


def _part(service: ServiceRecord, type_: str, name: str, **properties: object) -> Node:
    """A thing that belongs to this service alone; the profile asks each for an identifier."""
    return filled(
        {
            "@id": f"{service_iri(service.id)}#{name}",
            "@type": type_,
            "dct:identifier": f"{service.id}#{name}",
            **{key.replace("_", ":", 1): value for key, value in properties.items()},
        }
    )


def _keywords(wordings: Wordings) -> list[Node]:
    return [
        node for language, wording in wordings.items() for word in wording.keywords for node in tagged({language: word})
    ]


def _pages(service: ServiceRecord, wordings: Wordings) -> list[str]:
    links = (link.url for wording in wordings.values() for link in wording.links if link.kind != "online")
    return [url for url in dict.fromkeys((service.url, *links)) if url]


def _page(url: str) -> Node:
    return {"@id": address_of(url), "@type": "foaf:Document"}


def _references(iris: list[str]) -> list[Node]:
    return [{"@id": iri} for iri in iris]


def _leika(service: ServiceRecord) -> Node:
    if not service.leika:
        return {}
    return {
        "@id": f"{LEIKA}:{service.leika}",
        "@type": "skos:Concept",
        "skos:notation": service.leika,
        "skos:inScheme": {"@id": LEIKA},
    }


def _contacts(service: ServiceRecord, view: View) -> list[Node]:
    offices = [view.catalogue.offices[link.office_id] for link in service.offices]
    return _references([contact_iri(office.id) for office in offices if _is_reachable(office)] or [TOWN_CONTACT])


def _is_reachable(office: OfficeRecord) -> bool:
    return bool(office.phone or office.email or office.url or office.hours)


def _office_channels(service: ServiceRecord) -> list[Node]:
    return [
        _part(
            service,
            "cv:Channel",
            f"channel-{place}",
            cv_ownedBy={"@id": office_iri(link.office_id)},
            dct_description=in_default_language(link.responsibility),
            foaf_page=_page(link.appointment_url) if link.appointment_url else None,
        )
        for place, link in enumerate(service.offices, start=1)
    ]


def _online_channels(service: ServiceRecord, wordings: Wordings) -> list[Node]:
    titles: dict[str, dict[Language, str]] = {service.online_url: {}} if service.online_url else {}
    for language, wording in wordings.items():
        for link in wording.links:
            if link.kind == "online":
                titles.setdefault(link.url, {})[language] = link.title
    return [
        _part(service, "cv:Channel", f"online-{place}", foaf_page=_page(url), dct_description=tagged(names))
        for place, (url, names) in enumerate(titles.items(), start=1)
    ]


def _costs(service: ServiceRecord, wordings: Wordings) -> list[Node]:
    """A range has no value of its own in the profile: it is told in words. So is what is free of charge."""
    costs = [
        _part(
            service,
            "cv:Cost",
            f"cost-{place}",
            cv_hasValue=f"{first.amount:.2f}" if first.amount_to is None else "",
            cv_currency={"@id": EURO},
            dct_description=tagged({language: render_fee(one, language) for language, one in fee.items()}),
        )
        for place, fee in enumerate(fees_of(wordings), start=1)
        for first in [next(iter(fee.values()))]
    ]
    notes = tagged(facet_texts(wordings, "fees"))
    return costs or ([_part(service, "cv:Cost", "cost", dct_description=notes)] if notes else [])


def _evidence(service: ServiceRecord, wordings: Wordings) -> list[Node]:
    titles = side_by_side({language: wording.documents for language, wording in wordings.items()})
    return [
        _part(service, "cv:Evidence", f"document-{place}", dct_title=tagged(title))
        for place, title in enumerate(titles, start=1)
    ]


def _stated(service: ServiceRecord, wordings: Wordings, facet: Facet, type_: str) -> list[Node]:
    """A facet as one thing, with the facet's name as its title."""
    texts = facet_texts(wordings, facet)
    if not texts:
        return []
    titles = {language: load_phrases("facets", language)[facet] for language in texts}
    return [_part(service, type_, facet, dct_title=tagged(titles), dct_description=tagged(texts))]


def _law(service: ServiceRecord, wordings: Wordings) -> list[Node]:
    """A legal resource per line: "- § 45 StVO" is one."""
    lines = {
        language: [line for raw in text.splitlines() if (line := raw.removeprefix("- ").strip())]
        for language, text in facet_texts(wordings, "legal_basis").items()
    }
    return [
        _part(service, "eli:LegalResource", f"law-{place}", dct_title=tagged(title))
        for place, title in enumerate(side_by_side(lines), start=1)
    ]


def _address(office: OfficeRecord) -> Node:
    whole = render_address(office)
    if not whole:
        return {}
    return filled(
        {
            **_full_address(whole),
            "locn:thoroughfare": in_default_language(office.street),
            "locn:postCode": office.postal_code,
            "locn:postName": in_default_language(office.city),
        }
    )


def _full_address(address: str) -> Node:
    return {"@type": "locn:Address", "locn:fullAddress": in_default_language(address)} if address else {}


def _opening_hours(office: OfficeRecord, names: Mapping[Language, str]) -> Node:
    if not office.hours:
        return {}
    return {
        "@type": "time:TemporalEntity",
        "dct:description": tagged({language: "\n".join(render_hours(office.hours, language)) for language in names}),
    }
