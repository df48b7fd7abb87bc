"""That somebody is typing, between citizen and caseworker: a flag, never a word, and kept nowhere.

It goes through the hub to all processes and ends by itself where it is shown. Whoever says it more often than every few
seconds is not heard.
"""

from aiohttp import web

from bot.web.chat.hub import Hub, Typing
from bot.web.limits import TokenBuckets

SECONDS = 3.0  # how often clients say it; a late one and the next may come close together
AT_ONCE = 2


class TypingFlags:
    """Passes the flag on, not too often."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._buckets = TokenBuckets(AT_ONCE, period=AT_ONCE * SECONDS)

    def citizen(self, conversation_id: str) -> None:
        """Tell the desk."""
        if self._buckets.take(conversation_id) is None:
            self._hub.publish(desk_key(conversation_id), Typing(role="citizen"))

    def caseworker(self, conversation_id: str, staff_id: int) -> None:
        """Tell the citizen."""
        if self._buckets.take(f"{conversation_id}/{staff_id}") is None:
            self._hub.publish(conversation_id, Typing(role="caseworker"))


def desk_key(conversation_id: str) -> str:
    """Where desks listen; sockets of citizens do not, and their number is not counted there."""
    return f"desk/{conversation_id}"


TYPING = web.AppKey("typing", TypingFlags)
