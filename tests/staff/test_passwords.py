import time

import pytest

from bot.settings import Settings
from bot.staff.faults import FaultError
from bot.staff.passwords import Passwords, check_password, make_passwords

CHEAP = Passwords(memory=64, passes=1, lanes=1)


@pytest.mark.parametrize(
    "password",
    ["vier lila Kieselsteine", "Käsekuchen mit Sahne", "Wm7#qT!z0pLk", "Дождь стучит по крыше", "😀 😁 drei Gesichter"],
)
def test_good_passwords_are_taken_and_found_again(password: str) -> None:
    check_password(password, names=("h.sommer", "Auenfurt"))
    stored = CHEAP.hash(password)
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert CHEAP.matches(stored, password)
    assert not CHEAP.matches(stored, password + " ")
    assert CHEAP.hash(password) != stored


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("elf Zeichen", "too_short"),
        ("a b " * 51, "too_long"),
        ("mit Sommer im Namen", "has_name"),
        ("unser AUENFURT ist schön", "has_name"),
        ("passwort1234", "too_easy"),
        ("qwertzuiop123", "too_easy"),
        ("123456789012", "too_easy"),
        ("abcabcabcabcabc", "too_easy"),
        ("a" * 200, "too_easy"),
    ],
)
def test_bad_passwords_are_refused_with_the_reason(password: str, fault: str) -> None:
    with pytest.raises(FaultError) as refused:
        check_password(password, names=("h.sommer", "Auenfurt", ""))
    assert refused.value.fault == fault
    assert password not in str(refused.value)


def test_short_parts_of_a_name_are_no_reason() -> None:
    check_password("von lila Kieselsteinen", names=("a.von", "Lia von Au"))


@pytest.mark.parametrize("stored", [None, "", "x", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$AAAA"])
def test_no_password_matches_what_is_none(stored: str | None) -> None:
    for password in ("", "x", "None"):
        assert not CHEAP.matches(stored, password)


def test_hash_with_other_costs_is_outdated() -> None:
    assert not CHEAP.is_outdated(CHEAP.hash("vier lila Kieselsteine"))
    assert Passwords(memory=128, passes=1, lanes=1).is_outdated(CHEAP.hash("vier lila Kieselsteine"))


def test_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    passwords = Passwords(memory=8_192, passes=3, lanes=1)
    stored = passwords.hash("vier lila Kieselsteine")

    def fastest(given: str | None) -> float:
        times = []
        for _ in range(7):
            started = time.perf_counter()
            passwords.matches(given, "falsch falsch")
            times.append(time.perf_counter() - started)
        return min(times)

    assert 0.5 < fastest(None) / fastest(stored) < 2


def test_default_costs_are_those_of_rfc_9106() -> None:
    assert make_passwords(Settings()) == Passwords(memory=65_536, passes=3, lanes=4)
