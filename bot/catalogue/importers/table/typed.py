"""Amounts and dates as people type them; and written so that they are read the same."""

import re
from datetime import date, datetime
from decimal import Decimal

from bot.catalogue.importers.fees import HIGHEST_FEE
from bot.catalogue.importers.record import Fee
from bot.catalogue.importers.table_words import Words

_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|\d{1,3}(?:,\d{3})+\.\d{1,2}|\d{1,6}(?:[.,]\d{1,2})?"


def read_date(cell: str) -> date | None:
    """ "01.02.2026" or "2026-02-01", with a time of day or without; None for everything else."""
    found = _DAY_FIRST.fullmatch(cell)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return datetime.fromisoformat(cell).date()
    except ValueError:
        return None


def write_date(day: date | None) -> str:
    """ "01.02.2026" """
    return f"{day:%d.%m.%Y}" if day else ""


def read_fee(line: str, words: Words) -> Fee | None:
    """ "ab 24 Jahren: 37,00 €", "22,80 bis 25,10 €", "37"; None where the line is a sentence."""
    currency = "|".join(map(re.escape, words.currency))
    until = "|".join(map(re.escape, words.range))
    money = rf"(?:{currency})?\s*({_NUMBER})\s*(?:{currency})?"
    found = re.fullmatch(rf"(?:(.{{1,300}}):\s*)?{money}(?:\s*(?:{until})\s*{money})?", line, re.IGNORECASE | re.DOTALL)
    if found is None:
        label, _, last = line.rpartition(":")
        free = last.strip().lower() in map(str.lower, words.free)
        return Fee(amount=Decimal("0.00"), label=label.strip()) if free else None
    amount, upper = _amount(found[2]), _amount(found[3]) if found[3] else None
    if amount >= HIGHEST_FEE or (upper is not None and not amount < upper < HIGHEST_FEE):
        return None
    return Fee(amount=amount, amount_to=upper, label=(found[1] or "").strip())


def write_fee(fee: Fee, words: Words) -> str:
    """One line."""
    amount = f"{_written(fee.amount)} €"
    if fee.amount_to is not None:
        amount = f"{_written(fee.amount)} {words.range[0]} {_written(fee.amount_to)} €"
    return f"{fee.label}: {amount}" if fee.label else amount


def _amount(number: str) -> Decimal:
    """ "1.234,50", "1,234.50", "37.5", "1.234" (a thousand) → cents and euro."""
    if "," in number and "." in number:
        thousands = "." if number.rfind(",") > number.rfind(".") else ","
        number = number.replace(thousands, "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+", number):
        number = number.replace(".", "")
    return Decimal(number.replace(",", ".")).quantize(Decimal("0.01"))


def _written(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")
