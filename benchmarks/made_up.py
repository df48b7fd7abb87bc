"""A made-up catalogue of any size, to measure with: names from the thesaurus, texts of its words."""

import random
from collections.abc import Iterator

from bot.catalogue.importers.record import ServiceRecord, ServiceText
from bot.catalogue.thesaurus import read_thesaurus

SEED = 11
PLACES = ("Nord", "Süd", "Mitte", "am See", "Altstadt", "Hafen", "Oberdorf", "Unterdorf", "Bergviertel", "Neustadt")


def made_up_services(count: int) -> Iterator[ServiceRecord]:
    """`count` services with names, keywords and some sentences; the same ones each time."""
    chance = random.Random(SEED)
    concepts = read_thesaurus()
    words = sorted({word for concept in concepts for sentence in concept.de.sentences for word in sentence.split()})
    for number in range(count):
        concept = concepts[number % len(concepts)]
        titles = (concept.de.name, *concept.de.titles)
        name = titles[number // len(concepts) % len(titles)]
        if number >= len(concepts):
            name = f"{name} – {chance.choice(PLACES)} {number // len(concepts)}"
        yield ServiceRecord(
            id=f"s{number}",
            leika=next((key for key in concept.leika if len(key) == 14), ""),
            texts={
                "de": ServiceText(
                    name=name,
                    keywords=tuple(chance.sample(concept.de.words, k=min(5, len(concept.de.words)))),
                    summary=" ".join(chance.choices(words, k=60)),
                )
            },
        )
