"""Files that are sent while they are made."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import hdrs, web

from bot.web.errors import from_error


@asynccontextmanager
async def sending_file(request: web.Request, *, name: str, content_type: str) -> AsyncIterator[web.StreamResponse]:
    """A response to prepare and to write the file to.

    What goes wrong meanwhile is logged here: for a refusal it is too late. The connection is cut then, so that the
    browser does not take the part for the whole file.
    """
    response = web.StreamResponse(
        headers={
            hdrs.CONTENT_TYPE: f"{content_type}; charset=utf-8",
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
        }
    )
    try:
        yield response
    except ConnectionError:  # whoever asked for it has gone
        pass
    except Exception as error:
        from_error(error)  # logs it
    else:
        return
    if request.transport is not None:
        request.transport.abort()
