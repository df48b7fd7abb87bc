"""Facets: the kinds of information about a service. An intent asks for exactly one of them."""

from typing import Literal, get_args

Facet = Literal[
    "find",
    "documents",
    "fees",
    "processing_time",
    "opening_hours",
    "location",
    "appointment",
    "online",
    "eligibility",
    "deadline",
    "office",
    "legal_basis",
]

FACETS: tuple[Facet, ...] = get_args(Facet)

INTENT_OF_FACET: dict[Facet, str] = {facet: "find_service" if facet == "find" else f"ask_{facet}" for facet in FACETS}
FACET_OF_INTENT: dict[str, Facet] = {intent: facet for facet, intent in INTENT_OF_FACET.items()}
