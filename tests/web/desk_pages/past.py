"""Conversations that have ended, for the history and its export."""

from datetime import datetime, timedelta

from sqlalchemy import insert

from bot.conversations import claims
from bot.conversations.handoffs import StoredHandoff
from bot.conversations.models import FeedbackRow
from tests.conversations.desk import AT, Desk
from tests.conversations.test_claims import says


def end(
    desk: Desk,
    staff_id: int,
    *texts: str,
    outcome: str = "solved",
    at: datetime = AT,
    helpful: bool | None = None,
    comment: str | None = None,
    **wish: object,
) -> StoredHandoff:
    """A conversation that waited for two minutes, was led for seven and is over."""
    handoff = desk.wait(*texts, at=at, **wish)

    def deed(minutes: int) -> claims.Deed:
        moment = at + timedelta(minutes=minutes)
        return claims.Deed(staff_id=staff_id, teams=frozenset({handoff.team_id}), at=moment)

    with desk.engine.begin() as connection:
        claims.claim(connection, handoff.id, deed(2))
        claims.write(connection, handoff.id, deed(3), compose=says("Ich schaue nach", staff_id=staff_id))
        ending = claims.Ending(outcome=outcome, compose=says("Auf Wiedersehen"))
        ended = claims.close(connection, handoff.id, deed(9), ending=ending)[0]
        if helpful is not None:
            said = {"conversation_id": ended.conversation_id, "number": ended.closing_number, "at": at}
            connection.execute(insert(FeedbackRow).values(**said, helpful=helpful, comment=comment))
    return ended
