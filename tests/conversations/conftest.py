import pytest
from sqlalchemy import Engine

from bot.staff.teams import add_team
from tests.conversations.desk import Desk


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """One team, with nobody in it."""
    with engine.begin() as connection:
        team = add_team(connection, "buergerservice", names={"de": "Bürgerservice", "en": "Citizen services"})
    return Desk(engine, team)
