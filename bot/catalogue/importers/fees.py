"""Reads amounts out of German fee texts, only where every line says plainly what it costs.

"ab 20 Euro", "in der Regel 120 €" or two amounts in a line are left to the wording, which is kept anyway: a wrong
amount is worse than none.
"""

import re
from decimal import Decimal

from bot.catalogue.importers.record import Fee

HIGHEST_FEE = 1_000_000

_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d{2})?|\d{1,6}(?:,\d{2})?"
_AMOUNT = re.compile(
    rf"(?:(?P<label>(?:(?!Euro|€)[^:]){{1,150}}):\s*)?"
    rf"(?P<amount>{_NUMBER})(?:\s*(?:bis|–|-)\s*(?P<to>{_NUMBER}))?\s*(?:Euro|EUR|€)"
    r"(?:\s*\((?P<note>[^()\d€]{1,100}|[^()€]{0,60}\d+ Jahren?)\)|\s+(?P<each>(?:pro|je) [^\d.,;:]{1,60}))?\.?"
)
_FREE = re.compile(
    r"(?:(?P<label>[^:]{1,150}):\s*)?"
    r"(?:gebührenfrei|kostenfrei|kostenlos|keine gebühr(?:en)?|(?:es fallen )?keine gebühren(?: an)?)\.?",
    re.IGNORECASE,
)


def read_fees(text: str) -> tuple[Fee, ...]:
    """The fees of a plain text, one a line; () as soon as one line is anything else.

    "unter 24 Jahren: 27,60 Euro" → 27.60, "unter 24 Jahren"; "50 bis 60 Euro" → 50 to 60; "ab 20 Euro" → ().
    """
    fees = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        fee = _read_line(line.removeprefix("- "))
        if fee is None:
            return ()
        fees.append(fee)
    return tuple(fees)


def _read_line(line: str) -> Fee | None:
    free = _FREE.fullmatch(line)
    if free:
        return Fee(amount=Decimal(0), label=(free["label"] or "").strip())
    found = _AMOUNT.fullmatch(line)
    if found is None:
        return None
    amount = _euro(found["amount"])
    upper = _euro(found["to"]) if found["to"] else None
    if amount >= HIGHEST_FEE or (upper is not None and not amount < upper < HIGHEST_FEE):
        return None
    label = ", ".join(part.strip() for part in (found["label"], found["note"] or found["each"]) if part)
    return Fee(amount=amount, amount_to=upper, label=label)


def _euro(number: str) -> Decimal:
    """ "1.234,50" → 1234.50"""
    return Decimal(number.replace(".", "").replace(",", "."))
