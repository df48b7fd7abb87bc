from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from bot.encryption import Cipher, is_encrypted, make_key, read_key_file
from bot.errors import SettingsError
from bot.settings import Settings
from bot.staff.keyring import CHECK, Keyring, encrypt_what_is_plain, renew_check
from bot.staff.people import NewStaff, add_staff, need_account
from bot.staff.second_factor import STAFF, open_secret


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, encryption_keys=make_key())


@pytest.fixture
def one_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Settings:
    """Nothing is set; on PostgreSQL the file is in the folder the program runs in."""
    monkeypatch.chdir(tmp_path)
    return Settings(database_url=database_url)


def open_keys(engine: Engine, settings: Settings) -> Cipher:
    with engine.begin() as connection:
        return Keyring(settings).open(connection)


def test_same_keys_open_what_was_encrypted_before(engine: Engine, settings: Settings) -> None:
    token = open_keys(engine, settings).encrypt("geheim", purpose="p")
    assert open_keys(engine, settings).decrypt(token, purpose="p") == "geheim"


def test_one_machine_makes_its_key_once(engine: Engine, one_machine: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        ciphers = list(pool.map(lambda _: open_keys(engine, one_machine), range(4)))
    token = ciphers[0].encrypt("geheim", purpose="p")
    assert [cipher.decrypt(token, purpose="p") for cipher in ciphers] == ["geheim"] * 4
    assert len(read_key_file(one_machine.key_file)) == 1
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(CHECK)) == 1


def test_other_keys_are_refused_before_anything_is_done(engine: Engine, settings: Settings) -> None:
    open_keys(engine, settings)
    other = replace(settings, encryption_keys=make_key())
    with pytest.raises(SettingsError, match="STADTLOTSE_ENCRYPTION_KEYS are not those of this database") as raised:
        open_keys(engine, other)
    assert other.encryption_keys not in str(raised.value)


def test_lost_key_file_is_named_and_no_other_made(engine: Engine, one_machine: Settings) -> None:
    open_keys(engine, one_machine)
    one_machine.key_file.unlink()
    with pytest.raises(SettingsError, match="encryption_keys is missing"):
        open_keys(engine, one_machine)
    assert not one_machine.key_file.exists()


def test_key_of_another_machine_is_not_accepted(engine: Engine, one_machine: Settings) -> None:
    open_keys(engine, one_machine)
    one_machine.key_file.write_text(make_key())
    with pytest.raises(SettingsError, match="are not those of this database"):
        open_keys(engine, one_machine)


def test_old_key_may_go_once_the_check_is_renewed(engine: Engine, settings: Settings) -> None:
    open_keys(engine, settings)
    new = make_key()
    both = replace(settings, encryption_keys=f"{new}\n{settings.encryption_keys}\n")
    with engine.begin() as connection:
        renew_check(connection, Keyring(both).open(connection))
    open_keys(engine, replace(settings, encryption_keys=new))
    with pytest.raises(SettingsError):
        open_keys(engine, settings)


def test_check_that_was_rolled_back_is_made_again(engine: Engine, settings: Settings) -> None:
    keyring = Keyring(settings)
    with engine.connect() as connection:
        keyring.open(connection)
        connection.rollback()
    with engine.begin() as connection:
        keyring.open(connection)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(CHECK)) == 1


def test_start_encrypts_what_an_older_version_left(engine: Engine, settings: Settings) -> None:
    with engine.begin() as connection:
        staff_id = add_staff(connection, NewStaff(name="h.sommer", roles=("lead",)), at=datetime.now(UTC))
        connection.execute(update(STAFF).values(second_factor="GEZDGNBVGY3TQOJQ"))
        keyring = Keyring(settings)
        encrypt_what_is_plain(connection, keyring)
        stored = need_account(connection, staff_id).second_factor or ""
        assert is_encrypted(stored)
        assert open_secret(stored, staff_id, cipher=keyring.open(connection)) == "GEZDGNBVGY3TQOJQ"
