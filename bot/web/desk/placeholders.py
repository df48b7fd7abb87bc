"""Prepared replies with their placeholders filled in, for the answer to one citizen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.conversations.canned_replies import CannedReply, fill_in
from bot.language import Language
from bot.staff.roles import Team
from bot.web.keys import TOWN
from bot.web.staff.current import current_staff
from bot.web.town import NO_TOWN


@dataclass(frozen=True, kw_only=True)
class FilledReply:
    """A prepared reply in the citizen's language."""

    id: int
    name: str
    text: str


def fill_replies(
    replies: Sequence[CannedReply], language: Language, values: Mapping[str, str]
) -> tuple[FilledReply, ...]:
    """The replies as they go into an answer."""
    return tuple(
        FilledReply(id=reply.id, name=reply.name, text=fill_in(reply.text(language), values)) for reply in replies
    )


def own_values(request: web.Request, team: Team | None, language: Language) -> dict[str, str]:
    """What placeholders stand for whoever the citizen is; what is unknown is left out, so that it is seen."""
    town = request.app[TOWN].current()
    values = {
        "caseworker": current_staff(request).display_name,
        "team": team.name(language) if team else "",
        "town": "" if town is NO_TOWN else town.name,
        "phone": town.phone,
    }
    return {name: value for name, value in values.items() if value}


def service_values(name: str, url: str) -> dict[str, str]:
    """Those of the service that is talked about. A sentence needs its name, but reads well without its address."""
    return {"service_url": url} | ({"service": name} if name else {})
