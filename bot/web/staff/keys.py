"""What the composition root puts into the application for staff alone."""

from aiohttp import web

from bot.web.staff.openid import Provider

OPENID: web.AppKey[Provider | None] = web.AppKey("openid", Provider)
