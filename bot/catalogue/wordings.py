"""What a service's own text says about one facet, in one language."""

import re
from collections.abc import Sequence
from decimal import Decimal

from bot.catalogue.importers.record import Fee, ServiceRecord, ServiceText
from bot.catalogue.render import as_list, render_amount, render_fee, render_span
from bot.facets import Facet
from bot.language import DEFAULT_LANGUAGE, Language
from bot.phrases import load_phrases

LONGEST_SUMMARY = 500  # characters
MOST_AMOUNTS = 6  # of more, the lowest and the highest are named
_AMOUNT = re.compile(r"\d+(?:,\d\d)?")
# As German texts write amounts: "37,00 €", "1.250 Euro", "47 bis 50 EUR".
_NUMBER = r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d{1,7})(?:,(\d\d))?(?![\d,])"
_NAMED = re.compile(rf"(?:{_NUMBER}\s*(?:bis|-|–)\s*)?{_NUMBER}\s*(?:€|Euro\b|EUR\b)")
_AND = re.compile(rf"\bzwischen\s+{_NUMBER}\s+und\s+{_NUMBER}\s*(?:€|Euro\b|EUR\b)")


def own_text(service: ServiceRecord, facet: Facet, language: Language) -> str:
    """What the service's text in `language` says; "" where there is none or it says nothing."""
    wording = service.texts.get(language)
    if wording is None:
        return ""
    written = wording.facets.get(facet, "").strip()
    if facet == "find":
        return written or _beginning(wording.summary).strip()
    if facet == "documents" and wording.documents:
        return "\n\n".join(part for part in (as_list(wording.documents), written) if part)
    if facet == "fees" and not _names_all(written, wording.fees):
        amounts = as_list([render_fee(fee, language) for fee in wording.fees])
        return "\n\n".join(part for part in (amounts, written) if part)
    return written


def says(service: ServiceRecord, facet: Facet) -> bool:
    """Whether `own_text` is something in any language: the same question, for less."""
    return any(_says(wording, facet) for wording in service.texts.values())


def _says(wording: ServiceText, facet: Facet) -> bool:
    extra = {"find": wording.summary, "documents": wording.documents, "fees": wording.fees}.get(facet)
    return bool(wording.facets.get(facet) or extra)


def amounts_text(service: ServiceRecord, language: Language) -> str:
    """The amounts of the German text, written for readers of `language`; "" where there are none.

    What each is for stands in the German text alone.
    """
    wording = service.texts[DEFAULT_LANGUAGE]
    phrases = load_phrases("answers", language)
    fees = wording.fees or _amounts_named(wording.facets.get("fees", ""))
    ends = [amount for fee in fees for amount in (fee.amount, fee.amount_to) if amount is not None]
    if not ends:
        return ""
    if max(ends) == 0:
        return phrases["fee_free"]
    spans = list(dict.fromkeys(render_span(fee, language) for fee in fees))
    if wording.fees and len(spans) == 1:
        return spans[0]
    lowest, highest = (render_amount(amount, language) for amount in (min(ends), max(ends)))
    between = phrases["fee_range"].format(amount=lowest, amount_to=highest)
    return phrases["fees_named"].format(amounts=", ".join(spans) if len(spans) <= MOST_AMOUNTS else between)


def _amounts_named(text: str) -> list[Fee]:
    """The amounts in a German text, in its order."""
    text = _AND.sub(lambda match: match.group().replace("und", "bis"), text)
    return [
        Fee(amount=_decimal(upper, cents_to))
        if lower is None
        else Fee(amount=_decimal(lower, cents), amount_to=_decimal(upper, cents_to))
        for lower, cents, upper, cents_to in (match.groups() for match in _NAMED.finditer(text))
    ]


def _decimal(euro: str, cents: str | None) -> Decimal:
    return Decimal(f"{euro.replace('.', '')}.{cents or '00'}")


def _beginning(summary: str) -> str:
    """The first paragraphs of a long text: some towns describe everything at once. The card links to all of it."""
    paragraphs = summary.split("\n\n")
    shown = paragraphs[:1]
    for paragraph in paragraphs[1:]:
        if sum(map(len, shown)) + len(paragraph) > LONGEST_SUMMARY:
            break
        shown.append(paragraph)
    return "\n\n".join(shown)


def _names_all(written: str, fees: Sequence[Fee]) -> bool:
    """Whether the town's own wording has every amount already: "40,00" or "40"; or that it costs nothing."""
    if not written:
        return not fees
    amounts = set(_AMOUNT.findall(written.replace(",00", "")))
    wanted = {
        f"{amount:.2f}".replace(".00", "").replace(".", ",")
        for fee in fees
        for amount in (fee.amount, fee.amount_to)
        if amount
    }
    return wanted <= amounts
