"""Erases a conversation on wish: everything said in it and about it, and what it added to the count of words."""

from sqlalchemy import Connection

from bot.catalogue.missed import uncount_missed
from bot.conversations.queries import delete_conversation, list_messages
from bot.web.chat.missed import missed_words


def erase(connection: Connection, conversation_id: str) -> int:
    """Erase the conversation with its handoffs, requests and feedback; how many messages it had."""
    messages = list_messages(connection, conversation_id)
    by_number = {message.number: message for message in messages}
    for answer in messages:
        asked = by_number.get(answer.reply_to or 0)
        missed = missed_words(answer, asked=asked) if asked is not None else None
        if missed is not None:
            uncount_missed(connection, missed.words, language=missed.language, day=missed.day)
    delete_conversation(connection, conversation_id)
    return len(messages)
