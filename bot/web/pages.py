"""The town's page with the widget on it, and the widget's files, for this page and for the town's own website."""

import gzip
import html
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from rcssmin import cssmin
from rjsmin import jsmin

from bot.catalogue.importers.record import Town
from bot.web.errors import ApiError
from bot.web.keys import TOWN

TOWN_PAGE = Path(__file__).parent / "templates" / "town.html"
WIDGET_DIR = Path(__file__).resolve().parents[2] / "widget"
# Only these are served: no folder that begins with a dot, no README or test beside the files.
WIDGET_FILE = re.compile(r"(?:[\w-]{1,40}/){0,3}[\w-][\w.-]{0,60}", re.ASCII)
CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
_SHEET = re.compile(r"(?<=replaceSync\(`)[^`]*(?=`\))")  # styles in a script; no `${…}` is in them
_PHONE_GAP = re.compile(r"[^\d+]")
# The files carry no version in their names, so browsers ask each time and mostly hear "not modified".
REVALIDATE = "public, max-age=0, must-revalidate"


async def show_town(request: web.Request) -> web.Response:
    """GET /."""
    return web.Response(text=fill_town_page(request.app[TOWN].current()), content_type="text/html")


def fill_town_page(town: Town) -> str:
    """The page with the town's name and how to reach it; addresses other than of web pages are left out."""
    values = {
        "name": town.name,
        "phone": town.phone,
        "phone_link": _PHONE_GAP.sub("", town.phone),
        "email": town.email,
        "url": town.url if urlsplit(town.url).scheme in {"http", "https"} else "",
        "address": town.address,
    }
    return _template(TOWN_PAGE).substitute({name: html.escape(value) for name, value in values.items()})


async def serve_widget(request: web.Request) -> web.StreamResponse:
    """GET /widget/<file>, compressed where the browser takes it; 304 where it has the file already."""
    name = request.match_info["file"]
    file = WIDGET_DIR / name if WIDGET_FILE.fullmatch(name) else None
    content_type = CONTENT_TYPES.get(file.suffix) if file else None
    if file is None or content_type is None or not file.is_file():
        raise ApiError("not_found", "the widget has no such file")
    packed = _pack(file, file.stat().st_mtime_ns)
    headers = {hdrs.CACHE_CONTROL: REVALIDATE, hdrs.ETAG: f'"{packed.etag}"', hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if any(tag.value in {packed.etag, "*"} for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    body, headers[hdrs.CONTENT_TYPE] = packed.plain, content_type
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        body, headers[hdrs.CONTENT_ENCODING] = packed.compressed, "gzip"
    return web.Response(body=body, headers=headers)


def read_shipped(file: Path) -> bytes:
    """What is sent of a file of the widget: a script and its styles without comments and needless spaces (ADR 12)."""
    content = file.read_bytes()
    if file.suffix != ".js":
        return content
    return _SHEET.sub(lambda sheet: str(cssmin(sheet[0])), str(jsmin(content.decode()))).encode()


@dataclass(frozen=True)
class _Packed:
    etag: str
    plain: bytes
    compressed: bytes


@lru_cache(maxsize=128)
def _pack(file: Path, _changed_at: int) -> _Packed:
    """The file as it stood at its time of change; read and compressed once."""
    plain = read_shipped(file)
    return _Packed(sha256(plain).hexdigest()[:16], plain, gzip.compress(plain, mtime=0))


@cache
def _template(file: Path) -> Template:
    return Template(file.read_text(encoding="utf-8"))
