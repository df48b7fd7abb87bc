"""Shows what was hidden in a citizen's message: for a reason, on one page, and recorded (ADR 22)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy import Connection

from bot.conversations.handoffs import OPEN_STATES, Event, add_event
from bot.conversations.originals import read_original
from bot.conversations.queries import find_message
from bot.conversations.records import StoredMessage
from bot.errors import EncryptionError, HandoffOverError, HandoffTakenError, NotFoundError
from bot.phrases import load_phrases
from bot.web.desk.actions import refusable
from bot.web.desk.audited import entry
from bot.web.desk.conversation import Written, conversation_page
from bot.web.desk.forms import read_text
from bot.web.desk.hidden import EVENT_OF_REASON, WORDS_LENGTH, Reason, may_reveal
from bot.web.desk.views import is_shown, read_visible
from bot.web.keys import KEYRING, STORE, TURNS
from bot.web.staff.cookies import page_language
from bot.web.staff.current import current_staff
from bot.web.staff.forms import id_in_path, read_form, read_id
from bot.web.staff.rendering import render


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """Which message somebody wants to look at, and why; `words` may be empty but for the reason "other"."""

    number: int
    reason: Reason
    words: str


@refusable
async def reveal(request: web.Request) -> web.Response:
    """POST /desk/conversations/{handoff}/reveal: number, reason, words. The page with what was written."""
    handoff_id, staff = id_in_path(request, "handoff"), current_staff(request)
    await request.app[STORE].read(read_visible, handoff_id, staff)
    wish = await _read_wish(request)
    if wish is None:
        return await conversation_page(request, Written(problem="reveal_reason"))

    def look(connection: Connection) -> tuple[StoredMessage, str]:
        handoff = read_visible(connection, handoff_id, staff)
        if handoff.state not in OPEN_STATES:
            raise HandoffOverError("the handoff has ended")
        if not may_reveal(handoff, staff):
            raise HandoffTakenError(handoff.assignee_id)
        message = find_message(connection, handoff.conversation_id, number=wish.number)
        if message is None or not is_shown(message, handoff):
            raise NotFoundError("there is no such message")
        cipher = request.app[KEYRING].open(connection)
        text = read_original(connection, handoff.conversation_id, message.number, cipher=cipher)
        event = Event(kind=EVENT_OF_REASON[wish.reason], staff_id=staff.id, at=datetime.now(UTC), note=wish.words)
        add_event(connection, handoff_id, event)
        details = {
            "message": message.number,
            "kinds": list(message.masked),
            "reason": wish.reason,
            "words": len(wish.words.split()),  # counted alone: a citizen may have said them, and erase them
        }
        entry(staff, "revealed", handoff_id, details)(connection)
        return message, text

    try:
        message, text = await request.app[STORE].write(look)
    except NotFoundError:
        return await conversation_page(request, Written(problem="reveal_gone"))
    except EncryptionError:
        return await conversation_page(request, Written(problem="reveal_unreadable"))
    return render(
        request,
        "desk/revealed.html",
        topics=("desk", "desk_hidden"),
        handoff_id=handoff_id,
        message=message,
        text=text,
        wish=wish,
        kinds=load_phrases("personal_data", page_language(request)),
    )


async def _read_wish(request: web.Request) -> _Wish | None:
    """None where no reason is given. Personal data in the words is hidden as well: colleagues read them."""
    form = await read_form(request)
    number, chosen = read_id(form.text("number")), form.text("reason")
    words = request.app[TURNS].mask_text(await read_text(request, "words", longest=WORDS_LENGTH)).text
    reason = next((known for known in EVENT_OF_REASON if known == chosen), None)
    if reason is None or (reason == "other" and not words):
        return None
    return _Wish(number=number, reason=reason, words=words)
