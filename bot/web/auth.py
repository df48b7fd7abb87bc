"""Who may do what. Every route declares its access; a conversation is opened by its own token alone."""

import hashlib
import hmac
import secrets

from aiohttp import hdrs, web

from bot.conversations import queries
from bot.conversations.models import ID_LENGTH
from bot.conversations.records import StoredConversation
from bot.conversations.store import Store
from bot.web.errors import ApiError

ID_BYTES = 16
TOKEN_BYTES = 32
TOKEN_LENGTH = 43
URL_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def make_id() -> str:
    """A new conversation id, 128 bits."""
    return secrets.token_urlsafe(ID_BYTES)


def make_token() -> str:
    """A new token, 256 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is stored of a token: SHA-256. A token is random, so it needs neither salt nor slowness."""
    return hashlib.sha256(token.encode()).hexdigest()


def bearer_token(request: web.Request) -> str:
    """The token of the Authorization header.

    Raises:
        ApiError: there is none, or it is not a Bearer token.
    """
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized("send the conversation's token as Authorization: Bearer")
    return token.strip()


async def open_conversation(store: Store, conversation_id: str, *, token: str) -> StoredConversation:
    """The conversation, if the token is its own.

    The id is as hard to guess as a key, so telling "no such conversation" from "wrong token" gives nothing away.

    Raises:
        ApiError: `not_found`; `unauthorized` for what is no token, or one of another conversation.
        DatabaseUnavailableError: the database does not answer.
    """
    if not _is_well_formed(token, length=TOKEN_LENGTH):
        raise _unauthorized("this is no token")
    if not _is_well_formed(conversation_id, length=ID_LENGTH):
        raise _no_conversation()
    conversation = await store.read(queries.find_conversation, conversation_id)
    if conversation is None:
        raise _no_conversation()
    if not hmac.compare_digest(hash_token(token), conversation.token_hash):
        raise _unauthorized("this token does not open this conversation")
    return conversation


def _is_well_formed(text: str, *, length: int) -> bool:
    return len(text) == length and URL_SAFE.issuperset(text)


def _no_conversation() -> ApiError:
    return ApiError("not_found", "there is no such conversation")


def _unauthorized(message: str) -> ApiError:
    return ApiError("unauthorized", message, field=hdrs.AUTHORIZATION, headers={hdrs.WWW_AUTHENTICATE: "Bearer"})
