"""One row of a table by column and language, cleaned; what is wrong with single cells becomes notes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.catalogue.importers import values
from bot.catalogue.importers.record import Rejection
from bot.catalogue.importers.table.typed import read_date
from bot.catalogue.importers.table_words import Words
from bot.language import DEFAULT_LANGUAGE, Language
from bot.text.html import to_text
from bot.text.normalise import clean

LONGEST_CELL = 100_000  # characters

_HTML = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--|&(?:[a-zA-Z]{2,8}|#\d{2,5});")

Column = tuple[str, Language]


@dataclass(frozen=True, kw_only=True)
class Row:
    """The cells of a row; the empty ones are left out. `headings` are what the file calls the columns."""

    number: int
    cells: Mapping[Column, str]
    headings: Mapping[Column, str]
    words: Words
    notes: list[Rejection] = field(default_factory=list)

    def text(self, column: str, language: Language = DEFAULT_LANGUAGE) -> str:
        """A text with its paragraphs; HTML is taken out of it, with all that could run."""
        raw = self.cells.get((column, language), "")
        if "\x00" in raw:
            self.note(column, language, "has NUL characters; they were taken out")
        return to_text(raw) if _HTML.search(raw) else clean(raw)

    def lines(self, column: str, language: Language = DEFAULT_LANGUAGE) -> str:
        """A text with its last line break, which says that a list has lines."""
        text = self.text(column, language)
        raw = self.cells.get((column, language), "")
        return f"{text}\n" if raw.endswith("\n") and text else text

    def line(self, column: str, language: Language = DEFAULT_LANGUAGE) -> str:
        """A text on one line."""
        return " ".join(self.text(column, language).split())

    def url(self, column: str) -> str:
        """A web address; one that is none is noted."""
        text = self.line(column)
        address = values.url_of(text) or (values.url_of(f"https://{text}") if text.startswith("www.") else "")
        if text and not address:
            self.note(column, DEFAULT_LANGUAGE, f"{text[:60]!r} is no web address; left out")
        return address

    def date(self, column: str) -> date | None:
        """A day; one that is none is noted."""
        text = self.line(column)
        day = read_date(text) if text else None
        if text and day is None:
            self.note(column, DEFAULT_LANGUAGE, f"{text[:60]!r} is no date like 01.02.2026; left out")
        return day

    def flag(self, column: str, *, default: bool) -> bool:
        """Yes or no; something else is noted."""
        text = self.line(column).lower()
        for known, value in ((self.words.affirmative, True), (self.words.negative, False)):
            if text in map(str.lower, known):
                return value
        if text:
            self.note(column, DEFAULT_LANGUAGE, f"{text[:60]!r} is neither yes nor no; left out")
        return default

    def note(self, column: str, language: Language, reason: str) -> None:
        """Say what was wrong with a cell."""
        heading = self.headings.get((column, language), column)
        row_id = values.id_of(self.cells.get(("id", DEFAULT_LANGUAGE), "")) or self.cells.get(
            ("name", DEFAULT_LANGUAGE), ""
        )
        note = Rejection(where=f"row {self.number}", row_id=row_id[:200], reason=f"{heading}: {reason}")
        if note not in self.notes:
            self.notes.append(note)

    @property
    def too_long(self) -> str:
        """The heading of a cell that is longer than any text should be; "" for none."""
        return next((self.headings[key] for key, cell in self.cells.items() if len(cell) > LONGEST_CELL), "")
