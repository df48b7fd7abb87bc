"""All routes. Each declares its access; there is no other way to add one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import hdrs, web

from bot.catalogue.exporters.linked import SERVICES_PATH
from bot.conversations.records import StoredConversation
from bot.web import health, openapi, pages, services
from bot.web.auth import bearer_token, open_conversation
from bot.web.chat import conversations, feedback, handoffs, messages, requests, socket
from bot.web.keys import STORE

Access = Literal["public", "open", "conversation", "hello"]
PublicHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ConversationHandler = Callable[[web.Request, StoredConversation], Awaitable[web.StreamResponse]]

CONVERSATIONS = "/api/v1/conversations"
CONVERSATION = CONVERSATIONS + "/{conversation}"
LANGUAGE = CONVERSATION + "/language"
MESSAGES = CONVERSATION + "/messages"
FEEDBACK = MESSAGES + "/{message}/feedback"
HANDOFF = CONVERSATION + "/handoff"
REQUESTS = CONVERSATION + "/requests"
SOCKET = CONVERSATION + "/socket"
LOOKUP = "/api/v1/requests/lookup"
SERVICE = SERVICES_PATH + "/{service:[^/]+}"  # also ids with braces, which aiohttp leaves out by itself


@dataclass(frozen=True, kw_only=True)
class PublicRoute:
    """Open to everybody; or to whoever says hello with the token in the first frame, which the handler checks.

    "open" is public, and pages of all websites may read it as well (`origins.is_open_data`).
    """

    method: str
    path: str
    handler: PublicHandler
    access: Literal["public", "open", "hello"] = "public"


@dataclass(frozen=True, kw_only=True)
class ConversationRoute:
    """Open to the bearer of the conversation's token; the handler gets the conversation."""

    method: str
    path: str
    handler: ConversationHandler


ROUTES: tuple[PublicRoute | ConversationRoute, ...] = (
    PublicRoute(method="GET", path="/", handler=pages.show_town),
    PublicRoute(method="GET", path="/widget/{file:.+}", handler=pages.serve_widget),
    PublicRoute(method="GET", path="/healthz", handler=health.say_alive),
    PublicRoute(method="GET", path="/readyz", handler=health.say_ready),
    PublicRoute(method="GET", path="/api/v1/openapi.json", handler=openapi.show_document),
    PublicRoute(method="GET", path=SERVICES_PATH, handler=services.list_services, access="open"),
    PublicRoute(method="GET", path=SERVICE, handler=services.show_service, access="open"),
    PublicRoute(method="POST", path=CONVERSATIONS, handler=conversations.begin_conversation),
    ConversationRoute(method="DELETE", path=CONVERSATION, handler=conversations.erase_conversation),
    ConversationRoute(method="PUT", path=LANGUAGE, handler=conversations.choose_language),
    ConversationRoute(method="POST", path=MESSAGES, handler=messages.send_message),
    ConversationRoute(method="GET", path=MESSAGES, handler=messages.list_messages),
    ConversationRoute(method="PUT", path=FEEDBACK, handler=feedback.give_feedback),
    ConversationRoute(method="DELETE", path=FEEDBACK, handler=feedback.take_back_feedback),
    ConversationRoute(method="GET", path=HANDOFF, handler=handoffs.show_handoff),
    ConversationRoute(method="DELETE", path=HANDOFF, handler=handoffs.leave_handoff),
    ConversationRoute(method="POST", path=REQUESTS, handler=requests.take_request),
    PublicRoute(method="POST", path=LOOKUP, handler=requests.look_up_request),
    PublicRoute(method="GET", path=SOCKET, handler=socket.talk, access="hello"),
)


def add_routes(app: web.Application) -> None:
    """Put all routes into `app`, each behind what its access asks for."""
    for route in ROUTES:
        handler = _authenticated(route.handler) if isinstance(route, ConversationRoute) else route.handler
        if route.method == hdrs.METH_GET:
            app.router.add_get(route.path, handler)  # and HEAD
        else:
            app.router.add_route(route.method, route.path, handler)


def _authenticated(handler: ConversationHandler) -> PublicHandler:
    async def handle(request: web.Request) -> web.StreamResponse:
        token = bearer_token(request)
        conversation = await open_conversation(request.app[STORE], request.match_info["conversation"], token=token)
        return await handler(request, conversation)

    return handle
