"""Longer texts in forms of the desk, and who does something with them."""

from datetime import UTC, datetime

from aiohttp import web

from bot.conversations.claims import Deed
from bot.staff.roles import Staff
from bot.web.staff.forms import read_form

TEXT_LENGTH = 2_000
NOTE_LENGTH = 1_000


async def read_text(request: web.Request, name: str, *, longest: int) -> str:
    """A field with several lines, trimmed; "" where it is missing.

    Raises:
        InputError: it is no text, or a longer one.
    """
    return (await read_form(request)).block(name, longest=longest)


def make_deed(staff: Staff, *, note: str = "") -> Deed:
    """Something that this member of staff does now."""
    return Deed(staff_id=staff.id, teams=staff.teams, at=datetime.now(UTC), is_lead=staff.may("lead"), note=note)
