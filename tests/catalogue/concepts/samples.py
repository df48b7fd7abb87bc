"""A thesaurus of three concepts, and services of a town that has only German texts."""

import msgspec

from bot.catalogue.importers.record import ServiceRecord, ServiceText
from bot.catalogue.thesaurus import Concept

CONCEPTS = tuple(
    msgspec.convert(entry, Concept)
    for entry in (
        {
            "concept": "hundesteuer",
            "leika": ["99102018"],
            "de": {
                "name": "Hundesteuer anmelden",
                "titles": ["Anmeldung zur Hundesteuer"],
                "words": ["Hund anmelden", "Hundemarke"],
                "sentences": [
                    "Wir haben einen Welpen aus dem Tierheim geholt.",
                    "Was kostet ein Hund im Jahr an Steuer?",
                    "Unser Dackel ist gestern eingezogen.",
                    "Brauche ich für meinen Vierbeiner eine Marke?",
                ],
            },
            "en": {
                "name": "Registering a dog for the dog tax",
                "titles": ["dog tax"],
                "words": ["register a dog", "dog tag"],
                "sentences": [
                    "We got a puppy from the animal shelter.",
                    "How much is the tax for a dog?",
                    "Does my puppy need a tag?",
                    "I took over the dog of my neighbour.",
                ],
            },
        },
        {
            "concept": "personalausweis",
            "leika": ["99008001000000"],
            "de": {
                "name": "Personalausweis beantragen",
                "titles": ["Personalausweis"],
                "words": ["Perso", "Ausweis"],
                "sentences": [
                    "Mein Perso läuft bald ab.",
                    "Ich werde sechzehn und brauche einen Ausweis.",
                    "Auf dem Foto vom Ausweis erkennt mich keiner mehr.",
                    "Wo bekomme ich einen neuen Perso?",
                ],
            },
            "en": {
                "name": "Identity card",
                "titles": ["German identity card"],
                "words": ["ID card", "Personalausweis"],
                "sentences": [
                    "My ID card expires next month.",
                    "I need a new identity card.",
                    "I am sixteen now and want my own ID.",
                    "Nobody knows me on the picture of my old card.",
                ],
            },
        },
        {
            "concept": "bestattung",
            "de": {
                "name": "Sterbefall anzeigen",
                "titles": ["Anzeige eines Sterbefalls"],
                "words": ["Todesfall melden", "gestorben"],
                "sentences": [
                    "Meine Oma ist gestern gestorben.",
                    "Mein Vater ist tot, was muss ich tun?",
                    "Wer stellt die Urkunde aus, wenn jemand verstorben ist?",
                    "Der Bestatter fragt nach Papieren.",
                ],
            },
            "en": {
                "name": "Reporting a death",
                "titles": ["death notification"],
                "words": ["died", "dead"],
                "sentences": [
                    "My grandmother died yesterday.",
                    "My father is dead, what do I have to do?",
                    "The undertaker asks for papers.",
                    "Somebody in my family passed away.",
                ],
            },
        },
    )
)


def service(
    id_: str, name: str, *, keywords: tuple[str, ...] = (), leika: str = "", internal: bool = False
) -> ServiceRecord:
    return ServiceRecord(
        id=id_, leika=leika, internal=internal, texts={"de": ServiceText(name=name, keywords=keywords)}
    )


DOG = service("hund", "Hundehaltung, steuerliche Anmeldung", keywords=("Hundesteuer",), leika="99102018000000")
CARD = service("perso", "Personalausweis")
SERVICES = (DOG, CARD, service("baum", "Baumschutz"))
