"""Reads an XZuFi file from its beginning to its end, one entry at a time, whatever size it has.

Entities, document types and references to other files are refused. Element names are those of XZuFi; an entry may stand
directly under the root (messages) or in `schreibe` and `loesche` (full dumps).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException, DTDForbidden
from defusedxml.expatreader import DefusedExpatParser

from bot.catalogue.importers.xzufi.element import Element
from bot.errors import ImportFileError

NAMESPACES = ("http://xoev.de/schemata/xzufi/2_1_0", "http://xoev.de/schemata/xzufi/2_2_0")
VERSIONS = ("2.1", "2.2")
ENTRIES = ("leistung", "spezialisierung", "organisationseinheit", "onlinedienst")
WRITE, DELETE = "schreibe", "loesche"

CHUNK = 65_536  # bytes
LONGEST_ENTRY = 1_000_000  # characters with all languages; a real one has some 50,000
LONGEST_TAG = 16_000_000  # bytes read without anything coming out
DEEPEST = 200  # elements in one another

Action = Literal["answer", "write", "delete"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry. `too_long`: it was too long or too deep to be kept, and `element` has only its beginning."""

    action: Action
    element: Element
    too_long: bool


def read_entries(path: Path) -> Iterator[Entry]:
    """The entries of the file as they come.

    Raises:
        ImportFileError: the file cannot be read, is no XML to its end, no XZuFi 2.1 or 2.2, or carries a DTD, entities
            or references; with the line.
    """
    parser = DefusedExpatParser(1, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    collector = _Collector(parser)
    parser.setContentHandler(collector)
    silent = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                before = collector.events
                _feed(parser, chunk, path)
                silent = 0 if collector.events > before else silent + len(chunk)
                if silent > LONGEST_TAG:
                    raise _refusal(path, parser, f"a tag has more than {LONGEST_TAG} bytes")
                yield from collector.finished
                collector.finished.clear()
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read ({error.strerror})") from error
    _feed(parser, None, path)
    yield from collector.finished


def _feed(parser: Any, chunk: bytes | None, path: Path) -> None:
    """One piece to the parser, None for the end; what it raises becomes an error that names file and line."""
    try:
        if chunk is None:
            parser.close()
        else:
            parser.feed(chunk)
    except DTDForbidden as error:
        raise _refusal(path, parser, "it has a document type (DTD), which could hide entities; refused") from error
    except DefusedXmlException as error:
        raise _refusal(path, parser, "it has entities or refers to other files; refused") from error
    except _UnusableError as error:
        raise _refusal(path, parser, str(error)) from error
    except SAXException as error:
        raise _refusal(path, parser, f"not valid XML ({error.getMessage()})") from error
    except (LookupError, ValueError) as error:
        # Expat asks Python for encodings it does not know.
        raise _refusal(path, parser, f"not valid XML or in an unknown encoding ({error})") from error


def _refusal(path: Path, parser: Any, reason: str) -> ImportFileError:
    return ImportFileError(f"{path}: line {parser.getLineNumber()}: {reason}; nothing was taken")


class _UnusableError(Exception):
    """Raised inside the parser; the text is the reason."""


class _Collector(ContentHandler):
    """Builds each entry and forgets the rest."""

    def __init__(self, locator: Any) -> None:
        super().__init__()
        self._locator = locator  # knows the line
        self.finished: list[Entry] = []
        self.events = 0
        self._names: list[str] = []  # of the open elements outside of an entry
        self._open: list[Element] = []  # of an entry, itself first
        self._skipped = 0  # elements open below one that is not kept
        self._size = 0
        self._too_long = False

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:  # noqa: ARG002, N802
        """An element begins."""
        self.events += 1
        uri, local = name
        if not self._names and not self._open:
            _check_root(uri, local, attrs)
        elif self._too_long:
            self._skipped += 1
            return
        if not self._open and local not in ENTRIES and not self._is_reference_to_delete(local):
            self._names.append(local)
            if len(self._names) > DEEPEST:
                raise _UnusableError(f"more than {DEEPEST} elements in one another")
            return
        attributes = {attribute[1]: attrs.getValue(attribute) for attribute in attrs.getNames()}
        element = Element(name=local, line=self._locator.getLineNumber(), attributes=attributes)
        if self._open:
            self._open[-1].parts.append(element)
        self._open.append(element)
        self._grow(len(local) + sum(map(len, attributes.values())))
        self._too_long = self._too_long or len(self._open) > DEEPEST

    def characters(self, content: str) -> None:
        """A piece of text."""
        self.events += 1
        if self._open and not self._too_long:
            self._open[-1].parts.append(content)
            self._grow(len(content))

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: ARG002, N802
        """An element ends; an entry that ends is finished."""
        self.events += 1
        if self._skipped:
            self._skipped -= 1
        elif not self._open:
            self._names.pop()
        else:
            element = self._open.pop()
            if not self._open:
                self.finished.append(Entry(action=self._action(), element=element, too_long=self._too_long))
                self._size, self._too_long = 0, False

    def _grow(self, size: int) -> None:
        self._size += size
        self._too_long = self._too_long or self._size > LONGEST_ENTRY

    def _is_reference_to_delete(self, local: str) -> bool:
        """In `loesche` an entry may be named by its id alone: leistungID."""
        return self._action() == "delete" and local.removesuffix("ID") in ENTRIES

    def _action(self) -> Action:
        if DELETE in self._names:
            return "delete"
        return "write" if WRITE in self._names else "answer"


def _check_root(uri: str | None, local: str, attributes: Any) -> None:
    """Only the two versions are read.

    Raises:
        _UnusableError: it is another one, or something else altogether.
    """
    if uri not in NAMESPACES:
        raise _UnusableError(
            f"<{local[:100]}> is of the namespace {(uri or '')[:200]!r}, only XZuFi 2.1 and 2.2 are read: "
            f"{' and '.join(NAMESPACES)}"
        )
    version = next((attributes.getValue(name) for name in attributes.getNames() if name[1] == "xzufiVersion"), "")
    if version and not version.startswith(VERSIONS):
        raise _UnusableError(f"xzufiVersion is {version[:50]!r}, only {' and '.join(VERSIONS)} are read")
