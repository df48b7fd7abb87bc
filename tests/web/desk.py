"""The caseworkers' side for tests of the citizen's side: a team, people, presence, claims."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from bot.conversations import claims
from bot.conversations.handoffs import list_queue
from bot.conversations.presence import end_presence, report_presence
from bot.staff.people import NewStaff, add_staff
from bot.staff.teams import add_team, set_teams


class Desk:
    """The caseworkers' side, straight on the database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.people = 0
        with engine.begin() as connection:
            self.team = add_team(connection, "buergerservice", names={"de": "Bürgerservice"}, fallback=True)

    def add_caseworker(self, *, languages: tuple[str, ...] = ("de", "en"), team: int | None = None) -> int:
        self.people += 1
        now = datetime.now(UTC)
        with self.engine.begin() as connection:
            new = NewStaff(name=f"person{self.people}", roles=["caseworker"], languages=languages)
            staff_id = add_staff(connection, new, at=now)
            set_teams(connection, staff_id, [team or self.team])
            return staff_id

    def enter(self, staff_id: int) -> None:
        with self.engine.begin() as connection:
            report_presence(connection, staff_id, status="available", at=datetime.now(UTC))

    def go(self, staff_id: int) -> None:
        with self.engine.begin() as connection:
            end_presence(connection, staff_id)

    def queue(self, team: int | None = None) -> list[Any]:
        with self.engine.connect() as connection:
            return list(list_queue(connection, team or self.team))

    def deed(self, staff_id: int) -> claims.Deed:
        return claims.Deed(staff_id=staff_id, teams=frozenset({self.team}), at=datetime.now(UTC))

    def claim(self, staff_id: int) -> int:
        [waiting] = self.queue()
        with self.engine.begin() as connection:
            claims.claim(connection, waiting.id, self.deed(staff_id))
        return waiting.id
