"""Cuts HTML into tags and text in time that grows with its length only.

The parser of the standard library takes minutes for a hostile text of 200,000 characters ("<a <a <a …"), and imports
read what others wrote. Tags are told by name; nesting is not checked, and no tag is ever executed or fetched.
"""

import re
from dataclasses import dataclass
from html import unescape
from typing import Iterator, Literal

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,30})(?P<rest>(?:\s(?:\"[^\"]{0,2500}\"|'[^']{0,2500}'|[^<>\"']){0,5000})?)/?>"
)
_HREF = re.compile(r"(?i)\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_RAW = {"script", "style"}


@dataclass(frozen=True)
class Token:
    """A piece of text, or a tag by its name in lower case; `value` is the text or the href of an opening tag."""

    kind: Literal["text", "open", "close"]
    name: str = ""
    value: str = ""


def tokenise(html: str) -> Iterator[Token]:
    """The tokens in order. Comments and the content of scripts and styles are left out, other odd "<" are text."""
    lowered = html.lower()
    has_comment_end = has_mark_end = True
    position = 0
    while position < len(html):
        start = html.find("<", position)
        if start < 0:
            start = len(html)
        if start > position:
            yield Token("text", value=unescape(html[position:start]))
        if start == len(html):
            return
        tag = _TAG.match(html, start)
        end = -1
        if tag:
            name = tag["name"].lower()
            end = tag.end()
            if tag["close"]:
                yield Token("close", name)
            else:
                href = _HREF.search(tag["rest"])
                yield Token("open", name, unescape(next(filter(None, href.groups()), "")) if href else "")
            if name in _RAW and not tag["close"]:
                closing = lowered.find(f"</{name}", end)
                end = closing if closing >= 0 else len(html)
        elif html.startswith("<!--", start) and has_comment_end:
            closing = html.find("-->", start + 4)
            has_comment_end = closing >= 0  # looked for once only: every failed search reads to the end
            end = closing + 3 if closing >= 0 else -1
        elif html.startswith(("<!", "<?"), start) and has_mark_end:
            closing = html.find(">", start)
            has_mark_end = closing >= 0
            end = closing + 1 if closing >= 0 else -1
        if end < 0:
            yield Token("text", value="<")
            end = start + 1
        position = end
