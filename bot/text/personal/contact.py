"""E-mail addresses and telephone numbers."""

import re
from typing import Iterator

from bot.text.personal.finder import Span, spans, verbose

_EMAIL = verbose(
    r"""(?P<it> (?<![\w.+-]) [\w.+%-]{1,64} (?: @ | \s?[\[(]\s?(?:at|ät)\s?[\])]\s? )
        [\w-]{1,63} (?: (?: \. | \s?[\[(]\s?(?:dot|punkt)\s?[\])]\s? ) [\w-]{1,63} ){1,4} )"""
)


def find_emails(text: str) -> Iterator[Span]:
    """ "a.b@c.example", also "a.b (at) c (dot) example"."""
    return spans(_EMAIL, text)


_ABROAD = r"(?: \+ | (?<![\d.,]) 00 ) [1-9]\d{0,2} (?: [ /.-]{0,2} [(]0[)] )? (?: [ ()/.-]{0,3} \d ){6,13}"
_MOBILE = r"0 [ ]? 1 [567] (?: [ ()/.-]{0,3} \d ){8,10}"
_LANDLINE = r"[(]? 0 [2-9]\d{1,4} (?: [)/-] | [ ] [/-]? [ ]? | [)] [ ] ) [ ]? \d{2} (?: [ /-]? \d ){1,8}"
_UNDIVIDED = r"0 [2-9]\d{8,10}"
# "0 59 99 / 2 34 - 5 67": in pairs from the right, as older letterheads have it.
_IN_PAIRS = (
    r"[(]? 0 [ ] [2-9]\d? (?: [ ]? \d ){0,2} [)]? [ ]? [/-] [ ]? \d (?: [ ]? \d ){3,7} (?: [ ]? - (?: [ ]? \d ){1,4} )?"
)
_AMERICAN = r"(?: [(] [2-9]\d{2} [)] [ ]? | [2-9]\d{2} - ) \d{3} [ -] \d{4}"
# "99 036 008 000 000" is a key of a service.
_NOT_IN_LEIKA_KEY = r"(?<!99[ ]) (?<!99[ ]\d{3}[ ])"
_PHONE = verbose(
    rf"""(?<![\w.,/+-]) {_NOT_IN_LEIKA_KEY}
    (?P<it> {_ABROAD} | {_MOBILE} | {_LANDLINE} | {_UNDIVIDED} | {_IN_PAIRS} | {_AMERICAN} ) (?! \d | [.,:/]\d )"""
)
_PHONE_WORD = r"""(?: tel(?:efon)?(?:-?nummer|-?nr)? | handy(?:-?nummer|-?nr)? | mobil(?:-?nummer|-?nr)?
    | fax(?:-?nummer|-?nr)? | ruf-?nummer | durchwahl | rückruf | zurückrufen | anrufen | erreichbar | erreichen
    | (?:tele)?phone (?:[ ]number)? | mobile (?:[ ]number)? | cell | call [ ] me | whatsapp )"""
_PHONE_NAMED = verbose(
    rf"""\b{_PHONE_WORD} (?!\w) [.:]? [^\d\n]{{0,20}} (?<![\w.,/+-])
    (?P<it> [+(]? \d (?: [ ()/.-]{{0,3}} \d ){{5,14}} ) (?! \d | [.,:/]\d )"""
)
_SERVICE = re.compile(r"(?:(?:\+|00)49|0)?(?:80[0-9]|180|116|900)|11[05689]")
_DATE_LIKE = re.compile(r"(?<![\d.+])\d{1,2}\.\d{1,2}\.\d{2,4}(?!\d)|\d{1,2}[.]\d{2}-\d{1,2}[.]\d{2}|\d{4}-\d{2}-\d{2}")


def find_phones(text: str) -> Iterator[Span]:
    """German and foreign numbers; short ones and those without area code only beside a word that names them."""
    for pattern in (_PHONE, _PHONE_NAMED):
        for start, end in spans(pattern, text):
            number = text[start:end]
            digits = re.sub(r"[^\d+]", "", number)
            if not _SERVICE.match(digits) and not _DATE_LIKE.search(number):
                yield start, end
