"""Sorts links by what they lead to: a form to fill in, the service online, or something to read."""

from collections.abc import Iterable

from bot.catalogue.importers.record import Link, LinkKind
from bot.catalogue.importers.vocabulary import Vocabulary, has_word

_PAPER = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx")


def classify(title: str, url: str, vocabulary: Vocabulary) -> LinkKind:
    """The kind of a link.

    "online" only where the title itself says that the service is meant: a reservation of plates is online too, but
    registers no car. "form" is something to fill in, on paper or on a page.
    """
    address = url.lower().split("?", 1)[0]
    is_paper = address.endswith(_PAPER) or any(f"{ending}/" in address for ending in _PAPER)
    signs = vocabulary.links
    if signs["information"].fit(title, url):
        return "information"
    if not is_paper and signs["online"].fit(title, url):
        return "online"
    is_page = any(part in address for part in signs["form"].addresses)
    is_form = is_page or (is_paper and has_word(title, signs["form"].titles))
    return "form" if is_form else "information"


def collect(titles_and_urls: Iterable[tuple[str, str]], service_name: str, vocabulary: Vocabulary) -> tuple[Link, ...]:
    """The links in order, each address once, without those that stand under every service."""
    links: dict[str, Link] = {}
    for title, url in titles_and_urls:
        if url and url not in links and not vocabulary.links["everywhere"].fit(title, url):
            says_nothing = title.lower().rstrip(".") in vocabulary.empty_titles
            kind = classify(title, url, vocabulary)
            links[url] = Link(title=service_name if says_nothing or not title else title, url=url, kind=kind)
    return tuple(links.values())
