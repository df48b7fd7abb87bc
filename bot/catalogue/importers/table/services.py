"""Services out of the rows of a table."""

from bot.catalogue.importers import values
from bot.catalogue.importers.links import classify
from bot.catalogue.importers.record import Fee, Link, ServiceOffice, ServiceRecord, ServiceText
from bot.catalogue.importers.table.lists import read_list, read_parts
from bot.catalogue.importers.table.row import Row
from bot.catalogue.importers.table.typed import read_fee
from bot.catalogue.importers.table_words import key_of
from bot.catalogue.importers.vocabulary import load_vocabulary
from bot.facets import FACETS, Facet
from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language

NOTES: dict[Facet, str] = {"documents": "documents_note", "fees": "fees_note"}  # their columns hold lists
KEYWORD_SEPARATORS = ";,"


def read_service(row: Row, service_id: str, offices: tuple[ServiceOffice, ...]) -> ServiceRecord:
    """The service of a row, which has a German name."""
    texts = {language: _text(row, language) for language in LANGUAGES if row.line("name", language)}
    for language in LANGUAGES:
        if language not in texts and any(of == language for _, of in row.cells):
            row.note("name", language, "is empty, so the other texts in this language were left out")
    valid_from, valid_until = row.date("valid_from"), row.date("valid_until")
    if valid_from and valid_until and valid_from > valid_until:
        row.note("valid_until", DEFAULT_LANGUAGE, f"{valid_until} is before {valid_from}; both left out")
        valid_from = valid_until = None
    return ServiceRecord(
        id=service_id,
        texts=texts,
        leika=_leika(row),
        offices=offices,
        url=row.url("url"),
        online_url=row.url("online_url"),
        appointment_url=row.url("appointment_url"),
        appointment_minutes=_minutes(row),
        internal=row.flag("internal", default=False),
        public=row.flag("public", default=True),
        valid_from=valid_from,
        valid_until=valid_until,
        source_date=row.date("source_date"),
    )


def _text(row: Row, language: Language) -> ServiceText:
    fees, sentences = _fees(row, language)
    facets = {facet: row.text(NOTES.get(facet, facet), language) for facet in FACETS}
    facets["fees"] = "\n\n".join(filter(None, (facets["fees"], sentences)))
    return ServiceText(
        name=row.line("name", language),
        summary=row.text("summary", language),
        keywords=read_list(row.lines("keywords", language), separators=KEYWORD_SEPARATORS),
        facets={facet: text for facet, text in facets.items() if text},
        documents=read_list(row.lines("documents", language)),
        fees=fees,
        links=_links(row, language),
    )


def _fees(row: Row, language: Language) -> tuple[tuple[Fee, ...], str]:
    """The amounts, and the lines that are sentences: "nach Aufwand"."""
    found: list[Fee] = []
    sentences: list[str] = []
    for line in read_list(row.lines("fees", language)):
        fee = read_fee(line, row.words)
        if fee is None:
            sentences.append(line)
        else:
            found.append(fee)
    return tuple(found), "\n".join(sentences)


def _links(row: Row, language: Language) -> tuple[Link, ...]:
    """ "Antrag | https://…/antrag.pdf | Formular"; title and kind may be missing."""
    found: dict[str, Link] = {}
    for item in read_list(row.lines("links", language)):
        parts = read_parts(item)
        place = next((number for number, part in enumerate(parts) if values.url_of(part)), None)
        if place is None:
            row.note("links", language, f"{item[:60]!r} has no web address; left out")
            continue
        url = values.url_of(parts[place])
        title = " | ".join(filter(None, parts[:place])) or row.line("name", language)
        named = key_of({str(kind): names for kind, names in row.words.links.items()}, " ".join(parts[place + 1 :]))
        kind = next((kind for kind in row.words.links if kind == named), None)
        found.setdefault(
            url,
            Link(title=title, url=url, kind=kind or classify(title, url, load_vocabulary(DEFAULT_LANGUAGE))),
        )
    return tuple(found.values())


def _leika(row: Row) -> str:
    text = row.line("leika").replace(" ", "")
    if not text or (len(text) == 14 and text.isascii() and text.isdecimal()):
        return text
    row.note("leika", DEFAULT_LANGUAGE, f"{text[:60]!r} is not a key of 14 digits; left out")
    return ""


def _minutes(row: Row) -> int | None:
    text = row.line("appointment_minutes")
    minutes = values.minutes_of(text)
    if text and minutes is None:
        row.note("appointment_minutes", DEFAULT_LANGUAGE, f"{text[:60]!r} is no number from 1 to 600; left out")
    return minutes
