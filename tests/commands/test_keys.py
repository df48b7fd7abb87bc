"""`keys new`, `keys rotate`, `keys discard` on a real database."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.__main__ import main
from bot.database import opened_engine
from bot.encryption import Cipher, make_key, read_key_file
from bot.settings import Settings
from bot.staff.audit import read_entries
from bot.staff.keyring import Keyring
from bot.staff.people import NewStaff, add_staff, need_account
from bot.staff.second_factor import open_secret, set_secret

SECRET = "GEZDGNBVGY3TQOJQ"


@pytest.fixture
def settings(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> Settings:
    """One machine, whose key stands in a file; on PostgreSQL in the folder the program runs in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    return Settings(database_url=database_url)


@pytest.fixture
def staff_id(engine: Engine, settings: Settings) -> int:
    """Somebody with a second factor."""
    with engine.begin() as connection:
        staff_id = add_staff(connection, NewStaff(name="h.sommer", roles=("lead",)), at=datetime.now(UTC))
        set_secret(connection, staff_id, SECRET, step=1, cipher=Keyring(settings).open(connection))
    return staff_id


def stored(engine: Engine, staff_id: int) -> str | None:
    with engine.connect() as connection:
        return need_account(connection, staff_id).second_factor


def changes(engine: Engine) -> list[tuple[str, dict[str, int]]]:
    with engine.connect() as connection:
        return [(entry.action, entry.details) for entry in read_entries(connection) if entry.object == "keys"]


def test_key_is_changed_step_by_step(
    engine: Engine, settings: Settings, staff_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    [old] = read_key_file(settings.key_file)
    assert main(["keys", "new"]) == 0
    new, *others = read_key_file(settings.key_file)
    assert others == [old]
    before = stored(engine, staff_id)
    assert main(["keys", "rotate", "--dry-run"]) == 0
    assert "can be removed" not in capsys.readouterr().out  # it is not so yet
    assert stored(engine, staff_id) == before
    assert changes(engine) == []
    assert main(["keys", "rotate"]) == 0
    assert "encrypted 1 second factors and 0 messages" in capsys.readouterr().out
    settings.key_file.write_text(new)
    assert open_secret(stored(engine, staff_id) or "", staff_id, cipher=Cipher([new])) == SECRET
    with engine.begin() as connection:
        Keyring(settings).open(connection)
    assert changes(engine) == [("changed", {"second_factors": 1, "messages": 0})]


def test_keys_in_the_settings_are_changed_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STADTLOTSE_ENCRYPTION_KEYS", make_key())
    assert main(["keys", "new"]) == 0
    key, *_ = capsys.readouterr().out.split()
    Cipher([key])
    assert not settings.key_file.exists()


def test_keys_that_fit_are_not_discarded(
    engine: Engine, settings: Settings, staff_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "discard"]) == 2
    assert "nothing is lost" in capsys.readouterr().err
    assert stored(engine, staff_id) is not None


def test_lost_keys_are_given_up_knowingly(
    engine: Engine, settings: Settings, staff_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.key_file.unlink()
    assert main(["keys", "rotate"]) == 1
    assert "python -m bot keys discard" in capsys.readouterr().err
    assert main(["keys", "discard", "--dry-run"]) == 0
    assert stored(engine, staff_id) is not None
    assert main(["keys", "discard"]) == 0
    assert stored(engine, staff_id) is None
    assert changes(engine) == [("removed", {"second_factors": 1, "messages": 0})]
    with opened_engine(settings.database_url) as again, again.begin() as connection:
        Keyring(settings).open(connection)
    assert settings.key_file.exists()
