"""Longer texts in forms of the desk, and who does something with them."""

from datetime import UTC, datetime

from aiohttp import web

from bot.conversations.claims import Deed
from bot.errors import InputError
from bot.staff.roles import Staff
from bot.web.staff.forms import read_form

TEXT_LENGTH = 2_000
NOTE_LENGTH = 1_000


async def read_text(request: web.Request, name: str, *, longest: int) -> str:
    """A field with several lines, trimmed; "" where it is missing.

    Raises:
        InputError: it is no text, or a longer one.
    """
    await read_form(request)
    value = (await request.post()).get(name, "")
    if not isinstance(value, str) or "\0" in value:
        raise InputError("a field of the form cannot be used")
    text = value.replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise InputError(f"{name}: at most {longest} characters")
    return text


def make_deed(staff: Staff, *, note: str = "") -> Deed:
    """Something that this member of staff does now."""
    return Deed(staff_id=staff.id, teams=staff.teams, at=datetime.now(UTC), is_lead=staff.may("lead"), note=note)
