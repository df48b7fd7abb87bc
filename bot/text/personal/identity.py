"""Identity documents and dates of birth."""

from typing import Iterator

from bot.text.personal.checksums import is_document_number
from bot.text.personal.finder import BESIDE, Span, spans, verbose

_DOCUMENT_WORD = r"""(?: \w{0,12}ausweis\w{0,10} | persos? | \w{0,12}pass(?:port|es)? | (?:aufenthalts)?titels?
    | (?:aufenthalts|niederlassungs)erlaubnis | fiktionsbescheinigung | eat | blaue [ ] karte | führerscheins? | visum
    | e?id (?:[ -](?:card|document))? | identity [ ] (?:card|document) | travel [ ] document | blue [ ] card
    | driving [ ] licen[cs]e | (?:residence [ ])? permit | visa )"""
_DOCUMENT_LABEL = r"""(?: (?:ausweis|pass|perso|dokumenten|führerschein|serien)-?[ ]? (?:nummer|nr\.?)
    | (?:passport|id|card|document|licen[cs]e|permit|serial) [ ] (?:number|no\.?) )"""
# Nine characters as in Germany, up to eleven on licences; letters and six to nine digits as in many other countries.
_MIXED = r"(?= [a-z0-9]{0,10}[a-z] ) (?= (?:[a-z]*\d){3} ) [a-z0-9]{9,11}"
_ABROAD = r"(?-i:[A-Z]{1,3}) [ ]? \d{6,9}"
_SPACED = r"(?-i: [A-Z] (?= (?:[ A-Z]*\d){3} ) (?: [ ]?[A-Z0-9] ){8,10} )"
_DOCUMENT = verbose(
    rf"""\b{_DOCUMENT_WORD}(?!\w) [^\n]{{0,{BESIDE}}}? (?<![\w.,/+-])
    (?P<it> {_MIXED} | {_ABROAD} | \d{{9,10}} ) (?!\w)"""
)
_DOCUMENT_NAMED = verbose(
    rf"""{_DOCUMENT_LABEL} [^\d\n]{{0,{BESIDE}}}? (?<![\w.,/+-])
    (?P<it> {_MIXED} | {_ABROAD} | {_SPACED} | \d{{9,11}} ) (?!\w)"""
)
_CODE = "[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}"
_DOCUMENT_ALONE = verbose(rf"(?<![\w.,/+-])(?P<it>{_CODE}\d(?:d|[ ]?<<?d)?)(?!\w)")
# Letters, digits, letters again in capitals are no word and no amount, so the form is enough.
_DOCUMENT_FORM = verbose(
    rf"(?<![\w.,/+-]) (?P<it> (?= [A-Z]+\d+[A-Z] ) (?= (?:[A-Z]*\d){{3}} ) {_CODE} ) (?!\w)", ignore_case=False
)


def find_documents(text: str) -> Iterator[Span]:
    """Numbers of identity cards, passports and licences: beside a word, or by the form of a German one."""
    yield from spans(_DOCUMENT_NAMED, text)
    yield from spans(_DOCUMENT, text)
    yield from spans(_DOCUMENT_FORM, text)
    for start, end in spans(_DOCUMENT_ALONE, text):
        if is_document_number(text[start : start + 10]):
            yield start, end


_MONTH = r"""(?: jan(?:uar|uary)? | feb(?:ruar|ruary)? | märz | march | mar | apr(?:il)? | mai | may | june? | juni
    | july? | juli | aug(?:ust)? | sep(?:t|tember)? | o[kc]t(?:ober)? | nov(?:ember)? | de[zc](?:ember)? )"""
DATE = rf"""(?: \d{{1,2}} [./-] [ ]? \d{{1,2}} [./-] [ ]? (?:\d{{4}}|\d{{2}}) | \d{{4}}[/-]\d{{1,2}}[/-]\d{{1,2}}
    | \d{{1,2}} (?:\.|st|nd|rd|th)? (?:[ ]of)? [ ]? {_MONTH} \.? ,? [ ]? \d{{2,4}}
    | {_MONTH} \.? [ ] \d{{1,2}} (?:st|nd|rd|th)? ,? [ ] \d{{4}} ) (?!\d)"""
# "Our baby is born, appointment on 12 June", "who was born before 1 January 1953" are no dates of birth.
_OTHER_DATE = r"(?: termin | frist | appointment | deadline | \b(?:vor|nach|ab|bis|before|after|since|until)\b )"
_NOT_RULE = r"(?<!vor[ ]dem[ ]) (?<!nach[ ]dem[ ]) (?<!ab[ ]dem[ ]) (?<!before[ ]) (?<!after[ ]) (?<!since[ ])"
_BETWEEN = rf"(?: (?!{_OTHER_DATE}) [^\d\n] ){{0,25}}"
_BIRTH_WORD = r"""(?: geboren\w{0,2} | geb\. | geb\b | geb\.?[ -]?dat(?:um|\b) | geburts(?:datum|tag) | born
    | date [ ] of [ ] birth | birth [ -]? date | birthday | d\.?o\.?b\b )"""
_BORN_BEFORE = verbose(rf"(?: \b {_BIRTH_WORD} (?!\w) {_BETWEEN} | \* [ ]? ) (?P<it> {DATE} )")
_BORN_AFTER = verbose(
    rf"""(?<!\d) {_NOT_RULE} (?P<it> {DATE} ) {_BETWEEN} \b
    (?: geboren\w{{0,2}} | born | (?:zur|auf [ ] die) [ ] welt | geburtstag | birthday ) \b"""
)


def find_birth_dates(text: str) -> Iterator[Span]:
    """ "geboren am 3.5.1990", "born 3 May 1990", "am 3. Mai 1990 geboren", "*3.5.90"."""
    yield from spans(_BORN_BEFORE, text)
    yield from spans(_BORN_AFTER, text)
