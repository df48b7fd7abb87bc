"""What services are called in a language: by their own texts, by the thesaurus, or officially, in German."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.queries import Catalogue
from bot.language import DEFAULT_LANGUAGE, Language
from bot.phrases import load_phrases

SAME_NAME = 0.95  # likeness of a name to a title of the thesaurus; a citizen's word for it reaches 0.9 at most
LIKE_NAME = 0.65  # where the LeiKa keys are the same as well
LEAD = 0.05  # on the next likely concept
ENGLISH = 1  # the place of English among the names of a concept


@dataclass(frozen=True)
class Name:
    """A service's name in `language`; `official` is the German one where `text` is what the thesaurus calls it."""

    text: str
    language: Language
    official: str = ""


def service_name(service: ServiceRecord, language: Language) -> str:
    """The service's name in its own texts: in `language`, the German one where there is no other."""
    return (service.texts.get(language) or service.texts[DEFAULT_LANGUAGE]).name


def name_of(catalogue: Catalogue, service: ServiceRecord, language: Language) -> Name:
    """What the service is called for a reader of `language`: as its texts or the thesaurus have it, else in German."""
    official = service_name(service, language)
    if language in service.texts:
        return Name(official, language)
    known = catalogue.english_names.get(service.id, "") if language == "en" else ""
    return Name(known, language, official) if known else Name(official, DEFAULT_LANGUAGE)


def quote_name(name: Name, language: Language) -> str:
    """The name as part of a sentence: „Reisepass“, “Applying for a passport” (in German: “Reisepass”)."""
    phrases = load_phrases("answers", language)
    if name.official:
        return phrases["name_and_official"].format(name=name.text, official=name.official)
    return phrases["name" if name.language == language else "name_official"].format(name=name.text)


def button_name(name: Name, language: Language) -> str:
    """The name on a button: what an English reader understands, and what stands at the counter."""
    phrases = load_phrases("answers", language)
    if name.official:
        return phrases["name_on_button"].format(name=name.text, official=name.official)
    return name.text if name.language == language else phrases["german_on_button"].format(name=name.text)


def english_names(services: Iterable[ServiceRecord], model: ConceptModel) -> Mapping[str, str]:
    """By service id, what the thesaurus calls in English those services that have no English text.

    Only where a service's name is a title of one concept, or nearly and the LeiKa keys are the same, and where no other
    service of the town would be called alike. Counters and queues of the town hall are left out.
    """
    found: dict[str, int] = {}
    for service in services:
        if not service.internal and "en" not in service.texts and (concept := _concept_of(service, model)) is not None:
            found[service.id] = concept
    often = Counter(found.values())
    return {id_: model.names[concept][ENGLISH] for id_, concept in found.items() if often[concept] == 1}


def _concept_of(service: ServiceRecord, model: ConceptModel) -> int | None:
    likeness = model.likeness(service.texts[DEFAULT_LANGUAGE].name, DEFAULT_LANGUAGE)
    best = int(likeness.argmax())
    least = LIKE_NAME if service.leika and service.leika in model.keys[best] else SAME_NAME
    first, second = float(likeness[best]), float(np.delete(likeness, best).max(initial=0.0))
    return best if first >= least and first - second >= LEAD else None
