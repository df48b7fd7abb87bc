from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import Engine, select, update

from bot.encryption import Cipher, is_encrypted, make_key
from bot.errors import EncryptionError
from bot.staff.people import NewStaff, add_staff
from bot.staff.second_factor import (
    CODE,
    STAFF,
    count_recovery_codes,
    draw_code,
    encrypt_secrets,
    make_recovery_codes,
    matching_step,
    open_secret,
    remove_secret,
    renew_secrets,
    set_secret,
    setup_address,
    use_recovery_code,
    use_step,
)

# RFC 6238, appendix B: at 59 s the eight digits are 94287082.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CIPHER = Cipher([make_key()])


@pytest.fixture
def staff_id(engine: Engine) -> int:
    with engine.begin() as connection:
        return add_staff(connection, NewStaff(name="h.sommer", roles=("lead",)), at=NOW)


def test_codes_are_those_of_the_standard() -> None:
    assert matching_step(RFC_SECRET, "287082", at=datetime.fromtimestamp(59, UTC)) == 1
    assert matching_step(RFC_SECRET, "287 082", at=datetime.fromtimestamp(59, UTC)) == 1
    assert matching_step(RFC_SECRET, "287083", at=datetime.fromtimestamp(59, UTC)) is None


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clocks_may_differ_by_half_a_minute(seconds: int, taken: bool) -> None:
    secret = pyotp.random_base32()
    code = pyotp.TOTP(secret).at(NOW + timedelta(seconds=seconds))
    assert (matching_step(secret, code, at=NOW) is not None) == taken


@pytest.mark.parametrize("code", ["", "abc", "１２３４５６", "1" * 500, "-1", "12345", "\0"])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert matching_step(RFC_SECRET, code, at=NOW) is None


def test_a_step_counts_once_also_for_many_at_once(engine: Engine, staff_id: int) -> None:
    with engine.begin() as connection:
        set_secret(connection, staff_id, pyotp.random_base32(), step=10, cipher=CIPHER)

    def use(step: int) -> bool:
        with engine.begin() as connection:
            return use_step(connection, staff_id, step)

    assert not use(10)
    assert not use(9)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, [11] * 16)).count(True) == 1


def stored_secret(engine: Engine, staff_id: int) -> str:
    with engine.connect() as connection:
        return connection.scalars(select(STAFF.c.second_factor).where(STAFF.c.id == staff_id)).one()


def test_secret_is_stored_encrypted_for_its_owner_alone(engine: Engine, staff_id: int) -> None:
    with engine.begin() as connection:
        set_secret(connection, staff_id, RFC_SECRET, step=1, cipher=CIPHER)
    stored = stored_secret(engine, staff_id)
    assert RFC_SECRET not in stored
    assert open_secret(stored, staff_id, cipher=CIPHER) == RFC_SECRET
    with pytest.raises(EncryptionError, match="something else"):
        open_secret(stored, staff_id + 1, cipher=CIPHER)


def test_secret_of_an_older_version_works_and_is_encrypted_once(engine: Engine, staff_id: int) -> None:
    with engine.begin() as connection:
        connection.execute(update(STAFF).values(second_factor=RFC_SECRET))
    assert open_secret(stored_secret(engine, staff_id), staff_id, cipher=CIPHER) == RFC_SECRET
    for expected in (1, 0):
        with engine.begin() as connection:
            assert encrypt_secrets(connection, CIPHER) == expected
    stored = stored_secret(engine, staff_id)
    assert is_encrypted(stored)
    assert open_secret(stored, staff_id, cipher=CIPHER) == RFC_SECRET


def test_secrets_are_renewed_with_the_first_key(engine: Engine, staff_id: int) -> None:
    old, new = make_key(), make_key()
    with engine.begin() as connection:
        set_secret(connection, staff_id, RFC_SECRET, step=1, cipher=Cipher([old]))
        assert renew_secrets(connection, Cipher([new, old])) == 1
    assert open_secret(stored_secret(engine, staff_id), staff_id, cipher=Cipher([new])) == RFC_SECRET


def test_recovery_codes_count_once_and_new_ones_replace_them(engine: Engine, staff_id: int) -> None:
    with engine.begin() as connection:
        codes = make_recovery_codes(connection, staff_id)
    assert len(set(codes)) == 10

    def use(code: str) -> bool:
        with engine.begin() as connection:
            return use_recovery_code(connection, staff_id, code)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, [codes[0]] * 16)).count(True) == 1
    assert use(f" {codes[1].upper().replace('-', ' ')} ")
    with engine.begin() as connection:
        assert count_recovery_codes(connection, staff_id) == 8
        stored = str(connection.execute(select(CODE)).all())
        assert codes[2].replace("-", "") not in stored
        make_recovery_codes(connection, staff_id)
    assert not use(codes[2])
    with engine.begin() as connection:
        remove_secret(connection, staff_id)
        assert count_recovery_codes(connection, staff_id) == 0


def test_app_reads_who_it_is_for() -> None:
    parts = urlsplit(setup_address(RFC_SECRET, name="h.sommer", issuer="Stadtlotse Auenfurt"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Stadtlotse%20Auenfurt:h.sommer"
    assert parse_qs(parts.query) == {"secret": [RFC_SECRET], "issuer": ["Stadtlotse Auenfurt"]}
    picture = draw_code(parts.geturl())
    assert picture.startswith("<svg")
    assert "style=" not in picture
