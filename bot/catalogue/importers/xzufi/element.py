"""One element of an XZuFi file with all below it, by local names: not all files give children the namespace."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from bot.catalogue.importers import values
from bot.language import DEFAULT_LANGUAGE, Language, is_language
from bot.text.normalise import clean

# "de-DE" is German; "de-x-leicht" and the like are another wording, which no citizen asked for.
_REGIONS = {"de", "at", "ch", "gb", "us", "ie"}


@dataclass(slots=True, kw_only=True)
class Element:
    """`parts` are texts and elements in the order of the file; attributes go by their local names too.

    It is complete before anybody looks into it: what is below is sorted by name once.
    """

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    parts: "list[str | Element]" = field(default_factory=list)
    _index: "dict[str, list[Element]] | None" = field(default=None, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The text directly in it, on one line and without HTML."""
        text = "".join(part for part in self.parts if isinstance(part, str))
        return values.text_of(text) if "<" in text or "&" in text else " ".join(clean(text).split())

    @property
    def html(self) -> str:
        """The content as HTML: mostly a text that was escaped, sometimes elements."""
        if all(isinstance(part, str) for part in self.parts):
            return "".join(part for part in self.parts if isinstance(part, str))
        return "".join(escape(part) if isinstance(part, str) else part.markup for part in self.parts)

    @property
    def markup(self) -> str:
        """The element as HTML, itself included, with no attribute but a link's address."""
        address = self.attributes.get("href", "")
        href = f' href="{escape(address)}"' if address else ""
        inner = "".join(escape(part) if isinstance(part, str) else part.markup for part in self.parts)
        return f"<{self.name}{href}>{inner}</{self.name}>"

    def all(self, path: str) -> "list[Element]":
        """The elements at "name" or "name/name" below this one, in order."""
        name, _, rest = path.partition("/")
        if self._index is None:
            self._index = {}
            for part in self.parts:
                if isinstance(part, Element):
                    self._index.setdefault(part.name, []).append(part)
        found = self._index.get(name, [])
        return [inner for one in found for inner in one.all(rest)] if rest else found

    def first(self, *paths: str) -> str:
        """The text of the first element at one of `paths` that has any; "" for none."""
        return next((text for path in paths for one in self.all(path) if (text := one.text)), "")

    def below(self, *, without: frozenset[str] = frozenset()) -> "Iterator[Element]":
        """Every element below this one, those in an element named in `without` excepted."""
        waiting = [self]
        while waiting:
            children = [part for part in waiting.pop().parts if isinstance(part, Element) and part.name not in without]
            yield from children
            waiting += children

    @property
    def language_code(self) -> str:
        """What the file calls the language; German where it does not say."""
        return self.attributes.get("languageCode", "").strip().lower() or DEFAULT_LANGUAGE

    @property
    def language(self) -> Language | None:
        """The language, if it is one of ours."""
        code, *rest = self.language_code.replace("_", "-").split("-")
        return code if is_language(code) and _REGIONS.issuperset(rest) else None  # type: ignore[return-value]


def by_language(elements: list[Element]) -> dict[Language, list[Element]]:
    """Elements of our languages, in order."""
    found: dict[Language, list[Element]] = {}
    for element in elements:
        language = element.language
        if language is not None:
            found.setdefault(language, []).append(element)
    return found
