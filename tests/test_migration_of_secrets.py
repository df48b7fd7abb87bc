"""Migration 0010: secrets of second factors get more room, and nothing that hangs on staff is lost."""

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from bot.database import opened_engine
from bot.migrations import ROOT, upgrade

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_secrets_roles_and_sessions_of_an_older_version_are_kept(empty_database_url: str) -> None:
    config = Config(ROOT / "alembic.ini")
    with opened_engine(empty_database_url) as engine:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0009_outbox")
            connection.execute(
                text(
                    "INSERT INTO staff (id, name, display_name, second_factor, second_factor_step, created_at) "
                    "VALUES (1, 'h.sommer', 'H. Sommer', :secret, 7, '2026-05-04 09:00:00+00:00')"
                ),
                {"secret": SECRET},
            )
            connection.execute(text("INSERT INTO staff_role (staff_id, role) VALUES (1, 'lead')"))
        upgrade(empty_database_url)
        with engine.begin() as connection:
            row = connection.execute(text("SELECT second_factor, second_factor_step FROM staff")).one()
            assert tuple(row) == (SECRET, 7)
            assert connection.scalar(text("SELECT role FROM staff_role")) == "lead"
            connection.execute(text("UPDATE staff SET second_factor = :long"), {"long": "x" * 500})
