"""HTML of editors' systems to plain text: paragraphs, headings and list items, and nothing that could run.

Source of the tag names: https://html.spec.whatwg.org/multipage/#toc-semantics
"""

import re
from dataclasses import dataclass
from typing import Literal, Optional

from bot.text.markup import Token, tokenise
from bot.text.normalise import clean

BlockKind = Literal["heading", "paragraph", "item"]

_SILENT = {"title", "template", "noscript", "iframe", "object", "svg", "select", "textarea"}
_BREAKING = {
    "address", "article", "aside", "blockquote", "body", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "header", "hr", "html", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot",
    "thead", "ul",
}  # fmt: skip
_ITEMS = {"li", "tr"}
_CELLS = {"td", "th"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BOLD = {"strong", "b"}
_SPACES = re.compile(r"\s+")
# "1. Antrag stellen" typed by hand stays as it is: a number and a capital may as well be a date.
_BULLET = re.compile(r"^([-–•·*]|\d{1,2}[.)](?=\s+[a-zäöüß]))\s+")
_LONGEST_LEAD = 60
_ENDS_PHRASE = re.compile(r"[.,:;!?–-]$")


@dataclass(frozen=True)
class Block:
    """One paragraph, heading or list item. `bold`: all of it is printed in bold type.

    `text` is one line but for paragraphs, which keep the line breaks that the author set.
    """

    kind: BlockKind
    text: str
    bold: bool = False


@dataclass(frozen=True)
class Anchor:
    """A link inside the text."""

    text: str
    url: str


def to_text(html: str) -> str:
    """The plain text of `html`: paragraphs apart by a blank line, list items as lines that start with "- "."""
    return join(read_blocks(html))


def read_blocks(html: str) -> list[Block]:
    """The blocks of `html` in order, without empty ones. Plain text without any tag is one paragraph per blank line."""
    return _parse(html).blocks


def read_anchors(html: str) -> list[Anchor]:
    """The links in `html`, in order, with what the reader sees of them."""
    return _parse(html).anchors


def join(blocks: list[Block]) -> str:
    """`blocks` as plain text. A list follows the unfinished sentence that introduces it without a blank line."""
    parts: list[str] = []
    previous: Optional[Block] = None
    for block in blocks:
        if previous is not None:
            introduced = block.kind == "item" and (
                previous.kind == "item" or not previous.text.endswith((".", "!", "?"))
            )
            parts.append("\n" if introduced or previous.kind == "heading" else "\n\n")
        parts.append(f"- {block.text}" if block.kind == "item" else block.text)
        previous = block
    return "".join(parts)


def _parse(html: str) -> "_Reader":
    reader = _Reader()
    for token in tokenise(html):
        reader.take(token)
    reader.end_block()
    return reader


class _Reader:
    """Collects lines until something breaks the block; unclosed and stray tags do no harm."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.anchors: list[Anchor] = []
        self._lines: list[list[tuple[str, bool]]] = [[]]
        self._kind: BlockKind = "paragraph"
        self._silent = 0
        self._bold = 0
        self._url = ""
        self._anchor: list[str] = []

    def take(self, token: Token) -> None:
        """Read one tag or piece of text."""
        if token.kind == "text":
            self._add_text(token.value)
        elif token.kind == "open":
            self._open(token.name, token.value)
        else:
            self._close(token.name)

    def _add_text(self, text: str) -> None:
        if self._silent:
            return
        self._lines[-1].append((text, self._bold > 0))
        if self._url:
            self._anchor.append(text)

    def _open(self, tag: str, url: str) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br" or tag in _CELLS or self._is_in_item(tag):
            self._lines.append([])
        elif tag in _BREAKING or tag in _ITEMS or tag in _HEADINGS:
            self.end_block()
            if tag in _ITEMS:
                self._kind = "item"
            elif tag in _HEADINGS:
                self._kind = "heading"
        elif tag in _BOLD:
            self._bold += 1
        elif tag == "a":
            self._url = url
            self._anchor = []

    def _close(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _ITEMS or tag in _HEADINGS or (tag in _BREAKING and not self._is_in_item(tag)):
            self.end_block()
        elif tag in _BOLD:
            self._bold = max(0, self._bold - 1)
        elif tag == "a" and self._url:
            text = _squeeze("".join(self._anchor))
            if text:
                self.anchors.append(Anchor(text, self._url.strip()))
            self._url = ""

    def end_block(self) -> None:
        """Close the block that is being read."""
        kind = self._kind
        chunks = [part for line in self._lines for part in (_split_lead(line) if kind == "paragraph" else [line])]
        lines = [(_squeeze("".join(text for text, _ in line)), _is_bold(line)) for line in chunks]
        self._lines, self._kind = [[]], "paragraph"
        if kind == "paragraph":
            self._add_paragraphs(lines)
            return
        text = _on_one_line([line for line in lines if line[0]])
        if text:
            self.blocks.append(Block(kind, text, bold=all(bold for line, bold in lines if line)))

    def _is_in_item(self, tag: str) -> bool:
        """In <li><p>…</p></li> the paragraph belongs to the item."""
        return self._kind == "item" and tag in {"p", "div"}

    def _add_paragraphs(self, lines: list[tuple[str, bool]]) -> None:
        """A blank line (<br><br>) ends a paragraph; lines typed as "- …" are items; a change of bold type splits."""
        held: list[tuple[str, bool]] = []

        def release() -> None:
            if held:
                self.blocks.append(Block("paragraph", "\n".join(text for text, _ in held), bold=held[0][1]))
                held.clear()

        for text, bold in lines:
            if not text:
                release()
            elif _BULLET.match(text):
                release()
                self.blocks.append(Block("item", _BULLET.sub("", text), bold=bold))
            else:
                if held and held[-1][1] != bold:
                    release()
                held.append((text, bold))
        release()


def _squeeze(text: str) -> str:
    return _SPACES.sub(" ", clean(text)).strip()


def _is_bold(line: list[tuple[str, bool]]) -> bool:
    seen = [bold for text, bold in line if _squeeze(text)]
    return bool(seen) and all(seen)


def _split_lead(line: list[tuple[str, bool]]) -> list[list[tuple[str, bool]]]:
    """A heading set in the line of its text is cut off.

    <strong>Verlängerung</strong> Etwa sechs Wochen … → "Verlängerung", "Etwa sechs Wochen …"
    <strong>Schlüssel</strong> können ohne Termin …   → as it is
    """
    cut = next((number for number, (text, bold) in enumerate(line) if not bold and text.strip()), 0)
    lead = _squeeze("".join(text for text, _ in line[:cut]))
    rest = _squeeze("".join(text for text, _ in line[cut:]))
    is_lead = 0 < len(lead) <= _LONGEST_LEAD and not lead.endswith((".", ",", ";", "!")) and rest[:1].isupper()
    return [line[:cut], line[cut:]] if is_lead and len(rest) > len(lead) else [line]


def _on_one_line(lines: list[tuple[str, bool]]) -> str:
    """The lines of an item as one: a bold first line becomes "Title: …", the others are set apart by commas."""
    joined = ""
    for number, (text, _) in enumerate(lines):
        if not joined:
            joined = text
        elif _ENDS_PHRASE.search(joined):
            joined = f"{joined} {text}"
        else:
            joined = f"{joined}: {text}" if number == 1 and lines[0][1] else f"{joined}, {text}"
    return joined
