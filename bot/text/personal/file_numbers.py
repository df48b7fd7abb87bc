"""File numbers: whatever an office files a citizen under."""

from typing import Iterator

from bot.text.personal.finder import Span, verbose
from bot.text.personal.identity import DATE

# Any "…nummer" or "…zeichen" may be a citizen's, except those of things, and those with a finder of their own.
_NO_FILES = frozenset(("steuer", "id", "bus", "fax", "linie", "stock", "tel", "typ", "zug"))
_NO_FILE_ENDINGS = (
    *("kenn", "verkehrs", "haus", "zimmer", "raum", "wohnungs", "flur", "flurstück", "flurstücks", "flug", "linien"),
    *("gleis", "formular", "vordruck", "fehler", "warte", "aufruf", "start", "artikel", "produkt", "modell", "version"),
    *("versions", "schlüssel", "leistungs", "gesetzes", "seiten", "kapitel", "behörden", "service", "telefon", "handy"),
    *("ruf", "hotline", "privat", "dienst", "büro", "kontakt", "whatsapp", "bezirks", "wahlkreis", "tarif", "gebühren"),
    *("mobil", "mobilfunk", "festnetz", "karten", "ausweis", "pass", "perso", "dokumenten"),
    *("führerschein", "serien", "steuer-id", "ident", "identifikations"),
)
_ENGLISH_MATTER = r"""(?:application|benefit|booking|case|claim|client|complaint|contract|customer|file|fine|incident
    |insurance|invoice|library [ ] card|member|membership|notice|order|patient|payment|pupil|receipt|reference|request
    |resident|social [ ] security|student|ticket)"""
_NAMED = rf"""(?: \b (?P<name>[a-zäöüß]{{2,24}} (?:-[a-zäöüß]{{2,24}})? ) -? (?:nummer|nr|zeichen)
    | \b (?:akten|geschäfts|kassen)z
    | \b (?: ihr|mein|unser|dem) (?:em)? [ ] zeichen | \b (?:az|gz|vertragsgegenstand|personenkonto|mandatsreferenz)
    | \b ref (?: \.? [ ] (?:number|no|nr) )?
    | \b (?:akte|antrag|bescheid|fall|rechnung|vorgang) [ ] (?:nummer|nr)
    | \b {_ENGLISH_MATTER} [ ] (?:number|no|id|reference|ref) | \b (?:your|our|my) [ ] reference )"""
# These stand before other things as well, so what follows must look like a file number: "case 3 F 223/25", not
# "in that case 24 hours".
_TOPIC = (
    r"\b (?P<topic>akte|bescheid|kennung|kennziffer|rechnung|vorgang|zeichen|case|file|invoice|notice|reference|ticket)"
)
_LINK = r"\.? (?: [ ]? [:#] | [ ] (?:lautet|ist|is|war|was) [ ]? :? )? [ ]? [„\"(]? [ ]?"
_FILE_NUMBER = verbose(
    rf"""(?i: (?: {_NAMED} | {_TOPIC} ) {_LINK} )
    (?P<it> (?= [^\n]{{0,24}}? \d [^\n]{{0,8}}? \d ) [A-Z0-9][A-Za-z0-9]{{0,15}}
    (?: [./_-] [A-Za-z0-9]{{1,15}} | [ ] (?: (?:[A-Z]{{1,3}}|[a-z]) [ ] )? \d{{1,8}} (?: [./_-] [A-Za-z0-9]{{1,15}} )?
    ){{0,6}} )""",
    ignore_case=False,
)
_DATE_OR_AMOUNT = verbose(
    rf"(?: {DATE} | (?:19|20)\d\d [/-] (?:19|20)\d\d | \d{{1,3}} (?:\.?\d{{3}})? \.\d\d ) (?: [ ] | $ )"
)
NAMED_DIGITS, TOPIC_DIGITS = 3, 4


def find_file_numbers(text: str) -> Iterator[Span]:
    """ "Az. 32 K 114/26", "Kassenzeichen 5.0712.003", "case number AB-2291/26"."""
    for match in _FILE_NUMBER.finditer(text):
        number = match["it"]
        digits = sum(character.isdigit() for character in number)
        if match["topic"]:
            is_file = digits >= TOPIC_DIGITS and not number.isdigit() and not _DATE_OR_AMOUNT.match(number)
        else:
            is_file = digits >= NAMED_DIGITS and not _is_of_things((match["name"] or "").lower())
        if is_file:
            yield match.span("it")


def _is_of_things(name: str) -> bool:
    return name in _NO_FILES or name.endswith(_NO_FILE_ENDINGS)
