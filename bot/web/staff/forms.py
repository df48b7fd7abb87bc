"""Reads what a form of a page for staff carries."""

from collections.abc import Collection
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDictProxy

from bot.errors import InputError, NotFoundError

LONGEST = 1_000
LONGEST_LINES = 10_000
# What aiohttp raises for a body in another encoding than it says, or one that ends in the middle.
UNREADABLE = (ValueError, LookupError, RuntimeError, HttpProcessingError)

Value = TypeVar("Value", bound=str)


class Form:
    """The fields of a request. Missing ones are empty; files, NUL and overlong texts are refused."""

    def __init__(self, fields: MultiDictProxy[Any]) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """One field.

        Raises:
            InputError: it is no text, or a longer one than any field of ours takes.
        """
        return self._checked(self._fields.get(name, ""))

    def chosen(self, name: str, known: Collection[Value]) -> frozenset[Value]:
        """The ticked boxes of that name.

        Raises:
            InputError: one that there is not.
        """
        given = {self._checked(value) for value in self._fields.getall(name, ())}
        chosen = frozenset(value for value in known if value in given)
        if len(chosen) != len(given):
            raise InputError(f"{name}: there is no such choice")
        return chosen

    def numbers(self, name: str) -> frozenset[int]:
        """The same, where the boxes stand for ids.

        Raises:
            InputError: one is no id.
        """
        return frozenset(read_id(self._checked(value)) for value in self._fields.getall(name, ()))

    def lines(self, name: str) -> list[str]:
        """The lines of a field with several, without those that are empty."""
        text = self._checked(self._fields.get(name, ""), longest=LONGEST_LINES)
        return [line.strip() for line in text.splitlines() if line.strip()]

    def ticked(self, name: str) -> bool:
        """Whether a single box is ticked."""
        return bool(self.text(name))

    def block(self, name: str, *, longest: int) -> str:
        """A field with several lines, trimmed.

        Raises:
            InputError: it is no text, or a longer one.
        """
        value = self._fields.get(name, "")
        text = value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
        return self._checked(text, longest=longest)

    @staticmethod
    def _checked(value: object, *, longest: int = LONGEST) -> str:
        if not isinstance(value, str) or not is_text(value) or len(value) > longest:
            raise InputError("a field of the form cannot be used")
        return value


def is_text(value: str) -> bool:
    """Whether a database can store it: no NUL, and no half of a pair, which some encodings smuggle in."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


async def read_form(request: web.Request) -> Form:
    """The form that was sent.

    Raises:
        InputError: it is not what browsers send.
    """
    try:
        return Form(await request.post())
    except UNREADABLE as error:
        raise InputError("this form cannot be read") from error


def read_id(text: str) -> int:
    """The id in a form.

    Raises:
        InputError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InputError(f"{text[:20]!r} is no id")
    return int(text)


def id_in_path(request: web.Request, name: str) -> int:
    """The id in the address.

    Raises:
        NotFoundError: it is none.
    """
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFoundError(f"there is no such {name}")
    return int(text)
