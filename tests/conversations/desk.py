"""A desk for the tests: a team, caseworkers, conversations that wait."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import Engine

from bot.conversations import queries
from bot.conversations.claims import Deed
from bot.conversations.handoffs import StoredHandoff, Wish, request_handoff
from bot.conversations.presence import report_presence
from bot.conversations.records import StoredConversation, StoredMessage
from bot.language import Language
from bot.staff.people import NewStaff, add_staff
from bot.staff.teams import add_team, set_teams

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)  # a Monday
_NUMBERS = count(1)


@dataclass(frozen=True)
class Desk:
    """The database, and one team in it."""

    engine: Engine
    team: int

    def add_team(self, key: str, **options: object) -> int:
        with self.engine.begin() as connection:
            return add_team(connection, key, names={"de": key}, **options)

    def add_caseworker(
        self, *teams: int, languages: tuple[Language, ...] = ("de",), seen_at: datetime | None = AT
    ) -> int:
        """Somebody of these teams, or of the desk's team; present since `seen_at`."""
        with self.engine.begin() as connection:
            new = NewStaff(name=f"person{next(_NUMBERS)}", roles=["caseworker"], languages=languages)
            staff_id = add_staff(connection, new, at=AT)
            set_teams(connection, staff_id, teams or (self.team,))
            if seen_at is not None:
                report_presence(connection, staff_id, status="available", at=seen_at)
            return staff_id

    def begin(self, *texts: str, language: Language = "de") -> StoredConversation:
        """A conversation in which the citizen wrote this."""
        conversation_id = f"{next(_NUMBERS):022d}"
        with self.engine.begin() as connection:
            queries.create_conversation(connection, conversation_id, token_hash="0" * 64, language=language, at=AT)
            conversation = queries.find_conversation(connection, conversation_id)
            assert conversation is not None
            for number, text in enumerate(texts or ("Ich brauche Hilfe",), start=1):
                message = StoredMessage(number=number, role="citizen", language=language, text=text, at=AT)
                conversation = queries.add_message(connection, conversation, message)
        return conversation

    def read(self, conversation_id: str) -> StoredConversation:
        with self.engine.connect() as connection:
            found = queries.find_conversation(connection, conversation_id)
        assert found is not None
        return found

    def wait(self, *texts: str, **options: object) -> StoredHandoff:
        """A conversation that waits for the desk's team."""
        values = {"team_id": self.team, "reason": "wish", "service_id": None, "shows_history": True, "at": AT}
        language = options.pop("language", "de")
        conversation = self.begin(*texts, language=language)
        with self.engine.begin() as connection:
            return request_handoff(connection, conversation, Wish(**(values | options)))

    def deed(self, staff_id: int, *, minutes: float = 1, **options: object) -> Deed:
        """Something done by this caseworker so many minutes after the wish."""
        values = {"teams": frozenset({self.team}), "at": AT + timedelta(minutes=minutes)}
        return Deed(staff_id=staff_id, **(values | options))
