"""Services in the vocabulary of schema.org, which search engines and map programs read.

A service is a GovernmentService of the town; each office that provides it, and each way to do it online, is a
ServiceChannel. Language and date belong to pages there, not to services, so they stand at `subjectOf`.
"""

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
    tagged,
)
from bot.catalogue.importers.record import OfficeRecord, OpeningHours, ServiceOffice, ServiceRecord
from bot.catalogue.render import CURRENCY
from bot.language import Language

CONTEXT = "https://schema.org"
COUNTRY = "DE"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def describe_service(service: ServiceRecord, view: View) -> Node:
    """The service, with references to town and offices."""
    wordings = view.of(service.texts)
    names = tagged({language: wording.name for language, wording in wordings.items()})
    return filled(
        {
            "@id": service_iri(service.id),
            "@type": "GovernmentService",
            "identifier": [service.id, *_leika(service)],
            "name": names,
            "serviceType": names,
            "alternateName": _keywords(wordings),
            "description": tagged(descriptions_of(wordings)),
            "url": address_of(service.url),
            "provider": {"@id": TOWN},
            "areaServed": {"@id": AREA},
            "availableChannel": [*_office_channels(service, wordings, view), *_online_channels(service, wordings)],
            "offers": _offers(wordings),
            "potentialAction": _appointment(service.appointment_url),
            "subjectOf": [_page(service, wordings), *_forms(wordings)],
        }
    )


def describe_office(office: OfficeRecord, view: View) -> list[Node]:
    """The office, which is a place and an organisation in one."""
    return [
        filled(
            {
                "@id": office_iri(office.id),
                "@type": "GovernmentOffice",
                "name": tagged(names_of(office, view)),
                "alternateName": list(office.alternative_names),
                "description": tagged({language: office.hints.get(language, "") for language in view.languages}),
                "address": _address(office, view),
                "telephone": office.phone,
                "email": office.email,
                "url": address_of(office.url),
                "openingHoursSpecification": [_opening(hours) for hours in office.hours],
                "parentOrganization": {"@id": TOWN},
            }
        )
    ]


def describe_town(view: View) -> list[Node]:
    """The town as an organisation, and its area."""
    town = view.catalogue.town
    name = in_default_language(town.name)
    return [
        filled(
            {
                "@id": TOWN,
                "@type": "GovernmentOrganization",
                "name": name,
                "telephone": town.phone,
                "email": town.email,
                "url": address_of(town.url),
                "address": town.address,
                "areaServed": {"@id": AREA},
            }
        ),
        filled({"@id": AREA, "@type": "AdministrativeArea", "name": name, "containedInPlace": _land(town.land)}),
    ]


def _leika(service: ServiceRecord) -> list[Node]:
    if not service.leika:
        return []
    return [
        {"@type": "PropertyValue", "propertyID": LEIKA, "name": "LeiKa", "value": service.leika},
    ]


def _keywords(wordings: Wordings) -> list[Node]:
    return [
        node for language, wording in wordings.items() for word in wording.keywords for node in tagged({language: word})
    ]


def _office_channels(service: ServiceRecord, wordings: Wordings, view: View) -> list[Node]:
    duration = duration_in(facet_texts(wordings, "processing_time"))
    return [
        filled(
            {
                "@type": "ServiceChannel",
                "serviceLocation": {"@id": office_iri(link.office_id)},
                "servicePhone": _phone(link, view.catalogue.offices[link.office_id].phone),
                "description": in_default_language(link.responsibility),
                "processingTime": duration,
                "potentialAction": _appointment(link.appointment_url),
            }
        )
        for link in service.offices
    ]


def _online_channels(service: ServiceRecord, wordings: Wordings) -> list[Node]:
    titles: dict[str, dict[Language, str]] = {service.online_url: {}} if service.online_url else {}
    for language, wording in wordings.items():
        for link in wording.links:
            if link.kind == "online":
                titles.setdefault(link.url, {})[language] = link.title
    return [
        filled({"@type": "ServiceChannel", "name": tagged(names), "serviceUrl": address_of(url)})
        for url, names in titles.items()
    ]


def _phone(link: ServiceOffice, phone: str) -> Node:
    if not phone:
        return {}
    return filled({"@type": "ContactPoint", "telephone": phone, "areaServed": list(link.areas)})


def _offers(wordings: Wordings) -> list[Node]:
    offers = []
    for fee in fees_of(wordings):
        first = next(iter(fee.values()))
        ranged = first.amount_to is not None
        price = filled(
            {
                "@type": "PriceSpecification",
                "name": tagged({language: one.label for language, one in fee.items()}),
                "price": None if ranged else f"{first.amount:.2f}",
                "minPrice": f"{first.amount:.2f}" if ranged else None,
                "maxPrice": f"{first.amount_to:.2f}" if ranged else None,
                "priceCurrency": CURRENCY,
            }
        )
        offers.append({"@type": "Offer", "priceSpecification": price})
    return offers


def _appointment(url: str) -> Node:
    return {"@type": "ReserveAction", "target": address_of(url)} if url else {}


def _page(service: ServiceRecord, wordings: Wordings) -> Node:
    """What the town has written about the service: its languages and its date."""
    return filled(
        {
            "@type": "WebPage" if service.url else "CreativeWork",
            "url": address_of(service.url),
            "inLanguage": list(wordings),
            "dateModified": service.source_date.isoformat() if service.source_date else "",
        }
    )


def _forms(wordings: Wordings) -> list[Node]:
    return [
        filled(
            {
                "@type": "DigitalDocument",
                "name": tagged({language: link.title}),
                "url": address_of(link.url),
                "inLanguage": language,
            }
        )
        for language, wording in wordings.items()
        for link in wording.links
        if link.kind == "form"
    ]


def _address(office: OfficeRecord, view: View) -> Node:
    if not (office.street or office.postal_code or office.city):
        return {}
    return filled(
        {
            "@type": "PostalAddress",
            "streetAddress": office.street,
            "postalCode": office.postal_code,
            "addressLocality": office.city,
            "addressRegion": view.catalogue.town.land,
            "addressCountry": COUNTRY,
        }
    )


def _opening(hours: OpeningHours) -> Node:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": f"{CONTEXT}/{DAYS[hours.weekday]}",
        "opens": f"{hours.opens:%H:%M}",
        "closes": f"{hours.closes:%H:%M}",
    }


def _land(land: str) -> Node:
    return {"@type": "State", "identifier": f"{COUNTRY}-{land}"} if land else {}
