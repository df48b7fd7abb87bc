"""The catalogue as open data over HTTP: a list in pages and single services, in two vocabularies, for every website."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import urlencode

from aiohttp import hdrs, web
from msgspec import UNSET

from bot.catalogue.exporters.documents import FORMATS, Format
from bot.catalogue.exporters.linked import SERVICES_PATH
from bot.language import LANGUAGES, Language
from bot.web.bodies import fit_query
from bot.web.errors import ApiError
from bot.web.keys import OPEN_DATA
from bot.web.open_data import Copy, Wanted
from bot.web.protocol.open_data import ServiceQuery, ServicesQuery

CONTENT_TYPE = "application/ld+json"
CACHE = "public, max-age=0, must-revalidate"
# How a program names a vocabulary when it asks: Accept: application/ld+json; profile="https://schema.org"
PROFILES: dict[str, Format] = {"schema.org": "schema.org", "data.europa.eu/m8g": "cpsv-ap", "cpsv-ap": "cpsv-ap"}
_PROFILE = re.compile(r'application/ld\+json\s*;\s*profile\s*=\s*"?([^",;]+)', re.I)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the client wants to read."""

    form: Format
    languages: tuple[Language, ...]


async def list_services(request: web.Request) -> web.Response:
    """GET /api/v1/services?language=&format=&after=<id>&limit=."""
    query = fit_query(request, ServicesQuery)
    choice = _choice(request, query)
    copy = await request.app[OPEN_DATA].current()
    place = bisect_right(copy.ids, query.after)
    ids = copy.ids[place : place + query.limit]
    more = place + len(ids) < len(copy.ids)
    return await _answer(request, copy, choice, ids, links=_next(request, query, ids[-1]) if ids and more else "")


async def show_service(request: web.Request) -> web.Response:
    """GET /api/v1/services/{service}."""
    choice = _choice(request, fit_query(request, ServiceQuery))
    copy = await request.app[OPEN_DATA].current()
    service_id = request.match_info["service"]
    if service_id not in copy.catalogue.services:
        raise ApiError("not_found", "there is no such service")
    return await _answer(request, copy, choice, (service_id,))


async def _answer(
    request: web.Request, copy: Copy, choice: Choice, ids: tuple[str, ...], *, links: str = ""
) -> web.Response:
    tag = f"{copy.tag}-{choice.form}-{'-'.join(choice.languages)}"
    headers = {
        hdrs.CACHE_CONTROL: CACHE,
        hdrs.ETAG: f'W/"{tag}"',  # weak: the same for compressed bytes
        hdrs.LAST_MODIFIED: format_datetime(copy.changed_at, usegmt=True),
        hdrs.VARY: f"{hdrs.ACCEPT}, {hdrs.ACCEPT_ENCODING}",
    }
    if links:
        headers[hdrs.LINK] = links
    if _is_known(request, copy, tag):
        return web.Response(status=304, headers=headers)
    document = await request.app[OPEN_DATA].document(
        copy, Wanted(ids=ids, form=choice.form, languages=choice.languages)
    )
    body = document.plain
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        body, headers[hdrs.CONTENT_ENCODING] = document.compressed, "gzip"
    return web.Response(body=body, headers=headers, content_type=CONTENT_TYPE)


def _is_known(request: web.Request, copy: Copy, tag: str) -> bool:
    """Whether the client has this state already; its tags say more than its date."""
    tags = request.if_none_match
    if tags is not None:
        return any(known.value in {tag, "*"} for known in tags)
    since = request.if_modified_since
    return since is not None and copy.changed_at <= since


def _choice(request: web.Request, query: ServiceQuery) -> Choice:
    accepted = _accepted(request.headers.getall(hdrs.ACCEPT, []))
    return Choice(
        form=accepted if query.format is UNSET else query.format,
        languages=LANGUAGES if query.language is UNSET else (query.language,),
    )


def _accepted(accept: list[str]) -> Format:
    """The first vocabulary that the Accept headers name; schema.org, which most programs know, where they name none."""
    for profile in _PROFILE.findall(",".join(accept)):
        for known, form in PROFILES.items():
            if known in profile.lower():
                return form
    return FORMATS[0]


def _next(request: web.Request, query: ServicesQuery, last: str) -> str:
    """The Link header to the next page, with everything else as it was asked for."""
    asked = {key: value for key, value in request.query.items() if key in {"language", "format"}}
    return f'<{SERVICES_PATH}?{urlencode({**asked, "after": last, "limit": query.limit})}>; rel="next"'
