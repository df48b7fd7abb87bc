"""What counts as being there: clicks and typing do, what a page does by itself does not.

A session ends some time after the last of them, also while a page stays open that keeps itself up to date.
"""

from aiohttp import hdrs, web

REFRESH = "X-Desk-Refresh"  # of a page that brings itself up to date, without anybody asking for it


def is_automatic(request: web.Request) -> bool:
    """Whether the page sent this by itself: a refresh, or a socket, which also opens anew after it was lost."""
    return REFRESH in request.headers or request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"
