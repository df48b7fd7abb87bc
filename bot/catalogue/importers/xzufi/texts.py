"""The wording of a service in each of our languages, out of its modules."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.catalogue.importers import values
from bot.catalogue.importers.headings import split_list
from bot.catalogue.importers.links import collect
from bot.catalogue.importers.record import Fee, Link, LinkKind, ServiceText
from bot.catalogue.importers.vocabulary import load_vocabulary
from bot.catalogue.importers.xzufi.element import Element, by_language
from bot.catalogue.importers.xzufi.modules import descriptions, durations, fees
from bot.catalogue.importers.xzufi.words import load_words
from bot.facets import Facet
from bot.language import DEFAULT_LANGUAGE, LANGUAGES, Language
from bot.text.html import read_anchors, read_blocks, to_text

# Codes of urn:de:xzufi:codeliste:leistungstextmodulleika.
OFFICIAL_NAME, CITIZENS_NAME, DOCUMENTS, FORMS, AUTHOR = "02", "03", "08", "14", "18"
SUMMARY = ("24", "06", "05", "11", "15", "16", "25")  # in the order in which they are read
FACETS: dict[str, Facet] = {"07": "legal_basis", "09": "eligibility", "14": "online", "22": "office", "23": "office"}
KNOWN = {OFFICIAL_NAME, CITIZENS_NAME, DOCUMENTS, AUTHOR, *SUMMARY, *FACETS}

LONGEST_NAME = 300
LONGEST_KEYWORD = 100

Modules = dict[str, list[Element]]  # code → `inhalt` elements


def read_texts(service: Element, left_out: Counter[str]) -> dict[Language, ServiceText]:
    """The wordings by language; a language without a name of the service has none. What is not taken is counted."""
    modules: Modules = {}
    for module in sorted(service.all("modulText"), key=_position):
        code = module.first("leikaTextmodul/code")
        if code not in KNOWN:
            left_out[f"text module {code[:20] or 'without a code'}"] += 1
        modules.setdefault(code, []).extend(module.all("inhalt"))
    foreign = {element.language_code[:20] for one in modules.values() for element in one if element.language is None}
    left_out.update(f"language {code}" for code in foreign)
    texts = {}
    for language in LANGUAGES:
        contents = {code: by_language(elements).get(language, []) for code, elements in modules.items()}
        text = _read_text(service, contents, language)
        if text is not None:
            texts[language] = text
    return texts


def _position(module: Element) -> int:
    text = module.first("positionDarstellung")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _read_text(service: Element, contents: Modules, language: Language) -> ServiceText | None:
    names = [
        name for code in (CITIZENS_NAME, OFFICIAL_NAME) for element in contents.get(code, []) if (name := element.text)
    ]
    if not names or len(names[0]) > LONGEST_NAME:
        return None
    documents, beside = split_list([b for element in contents.get(DOCUMENTS, []) for b in read_blocks(element.html)])
    facets: dict[Facet, list[str]] = {"documents": [beside]}
    for code, facet in FACETS.items():
        facets.setdefault(facet, []).extend(to_text(element.html) for element in contents.get(code, []))
    amounts: list[Fee] = []
    for module in service.all("modulKosten"):
        text = descriptions(module).get(language, "")
        facets.setdefault("fees", []).append(text)
        amounts += fees(module, language, text)
    facets["deadline"] = _times(service.all("modulFrist"), language)
    facets["processing_time"] = _times(service.all("modulBearbeitungsdauer"), language)
    joined = {facet: "\n\n".join(dict.fromkeys(filter(None, texts))) for facet, texts in facets.items()}
    return ServiceText(
        name=names[0],
        summary=_summary(contents, language),
        keywords=_keywords(service, language, others=names[1:]),
        facets={facet: text for facet, text in joined.items() if text},
        documents=documents,
        fees=tuple(dict.fromkeys(amounts)),
        links=_links(service, contents, language, names[0]),
    )


def _summary(contents: Modules, language: Language) -> str:
    """What a citizen reads first, then the rest; a text that stands in another one is not repeated."""
    headings = load_words().headings.get(language, {})
    parts: list[str] = []
    for code in SUMMARY:
        text = "\n\n".join(filter(None, (to_text(element.html) for element in contents.get(code, []))))
        if text and not any(text in part for part in parts):
            heading = headings.get(code, "")
            parts.append(f"{heading}\n{text}" if heading else text)
    return "\n\n".join(parts)


def _times(modules: Sequence[Element], language: Language) -> list[str]:
    """Descriptions; where a module has none in any language, its figures in words."""
    words = load_words()
    found = []
    for module in modules:
        described = descriptions(module)
        found.append(described.get(language, "") if described else durations(module, words).get(language, ""))
    return found


def _keywords(service: Element, language: Language, *, others: Iterable[str]) -> tuple[str, ...]:
    """Terms citizens use (begriffImKontext), and the official name where the citizens' one is shown."""
    terms = by_language(service.all("modulBegriffImKontext/begriffImKontext/begriff")).get(language, [])
    words = dict.fromkeys([*(term.text for term in terms), *others])
    return tuple(word for word in words if 0 < len(word) <= LONGEST_KEYWORD)


def _links(service: Element, contents: Modules, language: Language, name: str) -> tuple[Link, ...]:
    """Links of the modules and in their texts; those of the module for forms are forms."""
    vocabulary = load_vocabulary(DEFAULT_LANGUAGE)
    forms: set[str] = set()
    found: list[tuple[str, str]] = []
    for module in sorted(service.all("modulText"), key=_position):
        is_form = module.first("leikaTextmodul/code") == FORMS
        for link in module.all("weiterfuehrenderLink"):
            titles = by_language(link.all("titel"))
            own = titles.get(language) or (titles.get(DEFAULT_LANGUAGE) if link.all("uri") else None) or []
            _add(found, forms if is_form else None, next((e.text for e in own), ""), link.first("uri"))
    for code, elements in contents.items():
        for element in elements:
            for anchor in read_anchors(element.html):
                _add(found, forms if code == FORMS else None, anchor.text, anchor.url)
    links = collect(found, name, vocabulary)
    return tuple(
        Link(title=link.title, url=link.url, kind=_kind(link, forms)) if link.url in forms else link for link in links
    )


def _kind(link: Link, forms: set[str]) -> LinkKind:
    return "form" if link.url in forms and link.kind == "information" else link.kind


def _add(found: list[tuple[str, str]], forms: set[str] | None, title: str, address: str) -> None:
    url = values.url_of(address)
    if url:
        found.append((title, url))
        if forms is not None:
            forms.add(url)
