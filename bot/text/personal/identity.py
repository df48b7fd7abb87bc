"""Identity documents, dates of birth, file numbers."""

from typing import Iterator

from bot.text.personal.checksums import is_document_number
from bot.text.personal.finder import BESIDE, Span, spans, verbose

_DOCUMENT_WORD = r"""(?: \w{0,12}ausweis\w{0,10} | perso | (?:reise|kinder)?pass(?:port|es)? | aufenthaltstitel
    | führerschein | (?:id|identity) [ -]? (?:card|document)? | driving [ ] licen[cs]e | residence [ ] permit )"""
_DOCUMENT_NUMBER = r"(?=(?:[a-z]*\d){4})[a-z0-9]{9,11}"
_DOCUMENT = verbose(
    rf"""\b{_DOCUMENT_WORD}(?!\w) [^\n]{{0,{BESIDE}}}? (?<![\w.,/+-])
    (?P<it> (?=[a-z0-9]{{0,10}}[a-z]) {_DOCUMENT_NUMBER} ) (?!\w)"""
)
_DOCUMENT_LABEL = verbose(
    rf"""(?: (?:ausweis|pass|perso|dokumenten|führerschein|serien)-? (?:nummer|nr\.?)
    | (?:passport|id|card|document|licen[cs]e|permit) [ ] (?:number|no\.?) ) [^\d\n]{{0,{BESIDE}}}?
    (?<![\w.,/+-]) (?P<it> {_DOCUMENT_NUMBER} ) (?!\w)"""
)
_DOCUMENT_ALONE = verbose(r"(?<![\w.,/+-])(?P<it>[cfghjklmnprtvwxyz][cfghjklmnprtvwxyz0-9]{8}\d(?:d|[ ]?<<?d)?)(?!\w)")


def find_documents(text: str) -> Iterator[Span]:
    """Numbers of identity cards, passports and licences: beside a word, or by the form and checksum of a German one."""
    yield from spans(_DOCUMENT_LABEL, text)
    yield from spans(_DOCUMENT, text)
    for start, end in spans(_DOCUMENT_ALONE, text):
        if is_document_number(text[start : start + 10]):
            yield start, end


_MONTH = r"""(?: jan(?:uar|uary)? | feb(?:ruar|ruary)? | märz | march | mar | apr(?:il)? | mai | may | june? | juni
    | july? | juli | aug(?:ust)? | sep(?:t|tember)? | o[kc]t(?:ober)? | nov(?:ember)? | de[zc](?:ember)? )"""
_DATE = rf"""(?: \d{{1,2}} [./-] [ ]? \d{{1,2}} [./-] [ ]? (?:\d{{4}}|\d{{2}}) | \d{{4}}-\d{{1,2}}-\d{{1,2}}
    | \d{{1,2}} (?:\.|st|nd|rd|th)? [ ]? {_MONTH} \.? ,? [ ]? \d{{2,4}}
    | {_MONTH} \.? [ ] \d{{1,2}} (?:st|nd|rd|th)? ,? [ ] \d{{4}} ) (?!\d)"""
_BORN_BEFORE = verbose(
    rf"""(?: \b (?: geboren\w{{0,2}} | geb\. | geb\b | geburts(?:datum|tag) | born | date [ ] of [ ] birth
    | birth [ ]? date | birthday | dob ) (?!\w) [^\d\n]{{0,25}} | \* [ ]? ) (?P<it> {_DATE} )"""
)
_BORN_AFTER = verbose(rf"(?<!\d)(?P<it> {_DATE} ) [^\d\n]{{0,25}} \b (?: geboren\w{{0,2}} | born ) \b")


def find_birth_dates(text: str) -> Iterator[Span]:
    """ "geboren am 3.5.1990", "born 3 May 1990", "am 3. Mai 1990 geboren", "*3.5.90"."""
    yield from spans(_BORN_BEFORE, text)
    yield from spans(_BORN_AFTER, text)


_FILE_WORD = r"""(?: (?:akten|geschäfts|kassen|vorgangs)-?zeichen | (?<!\w)az | (?<!\w)gz
    | (?:vorgangs|bescheid|antrags|fall|kunden|akten)-?(?:nummer|nr) | (?:your|our|my) [ ] reference
    | (?:file|case|reference|customer) [ ] (?:number|no) )"""
_FILE_NUMBER = verbose(
    rf"""(?i:{_FILE_WORD}) \.? (?i: [ ]? [:#] | [ ] (?:lautet|ist|is|war|was) [ ]? :? )? [ ]? [„"(]? [ ]?
    (?P<it> (?= [^\n]{{0,24}}? \d [^\n]{{0,8}}? \d ) [A-Z0-9][A-Za-z0-9]{{0,15}}
    (?: [./_-] [A-Za-z0-9]{{1,15}} | [ ] (?: [A-Z]{{1,3}} [ ] )? \d{{1,8}} (?: [./_-] [A-Za-z0-9]{{1,15}} )?
    ){{0,6}} )""",
    ignore_case=False,
)


def find_file_numbers(text: str) -> Iterator[Span]:
    """ "Az. 32 K 114/26", "Kassenzeichen 5.0712.003", "case number AB-2291/26"."""
    return spans(_FILE_NUMBER, text)
