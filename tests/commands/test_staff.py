"""`staff …` and `team …`."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from bot.__main__ import main
from bot.staff.audit import AUDIT
from bot.staff.people import find_account_by_name

PASSWORD = "vier lila Kieselsteine"


@pytest.fixture(autouse=True)
def own_database(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n", "utf-8")
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    monkeypatch.setenv("STADTLOTSE_STAFF_PASSWORD_FILE", str(password))
    monkeypatch.setenv("STADTLOTSE_ARGON2_MEMORY", "64")
    monkeypatch.setenv("STADTLOTSE_ARGON2_PASSES", "1")


def test_a_team_and_its_caseworker_are_made(capsys: pytest.CaptureFixture[str], engine: Engine) -> None:
    assert main(["team", "add", "buergerbuero", "--name-de", "Bürgerbüro", "--office", "rathaus", "--fallback"]) == 0
    arguments = ["H.Sommer", "--role", "caseworker", "--role", "lead", "--team", "buergerbuero", "--language", "de"]
    assert main(["staff", "add", *arguments]) == 0
    assert "added h.sommer (caseworker, lead)" in capsys.readouterr().out
    assert main(["staff", "list", "--json"]) == 0
    (account,) = json.loads(capsys.readouterr().out)
    assert account == {
        "name": "h.sommer",
        "display_name": "h.sommer",
        "roles": ["caseworker", "lead"],
        "teams": ["buergerbuero"],
        "languages": ["de"],
        "second_factor": False,
        "active": True,
        "signed_in_at": None,
    }
    assert main(["team", "list"]) == 0
    assert "buergerbuero: Bürgerbüro, members: 1, offices: 1, for everything else" in capsys.readouterr().out
    with engine.connect() as connection:
        rows = connection.execute(select(AUDIT.c.name, AUDIT.c.action).order_by(AUDIT.c.number)).all()
        account_row = find_account_by_name(connection, "h.sommer")
    assert rows == [("command line", "added"), ("command line", "added")]
    assert account_row is not None
    assert (account_row.password_hash or "").startswith("$argon2id$v=19$m=64,t=1,p=4$")
    assert PASSWORD not in str(rows)


def test_a_dry_run_changes_nothing(capsys: pytest.CaptureFixture[str], engine: Engine) -> None:
    assert main(["staff", "add", "h.sommer", "--role", "admin", "--dry-run"]) == 0
    assert "would add h.sommer (admin)" in capsys.readouterr().out
    assert main(["team", "add", "kita", "--name-de", "Kita", "--dry-run"]) == 0
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM staff")) == 0
        assert connection.scalar(text("SELECT count(*) FROM team")) == 0
        assert connection.scalar(text("SELECT count(*) FROM audit")) == 0


def test_a_link_is_printed_instead_of_asking(capsys: pytest.CaptureFixture[str], engine: Engine) -> None:
    assert main(["staff", "add", "h.sommer", "--role", "admin", "--link"]) == 0
    assert re.search(r"http://127\.0\.0\.1:8080/staff/welcome/[\w-]{43}\n", capsys.readouterr().out)
    with engine.connect() as connection:
        account = find_account_by_name(connection, "h.sommer")
    assert account is not None
    assert account.password_hash is None


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        (["h sommer", "--role", "admin"], 2, "cannot be a name"),
        (["h.sommer", "--role", "admin", "--team", "kita"], 2, "there is no team kita. Teams are: none yet"),
        (["vier-lila", "--role", "admin"], 0, ""),
        (["kieselsteine", "--role", "admin"], 2, "does not contain the name"),
    ],
)
def test_what_cannot_be_added_is_refused_with_a_reason(
    capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, reason: str
) -> None:
    assert main(["staff", "add", *arguments]) == status
    assert reason in capsys.readouterr().err


def test_a_name_is_taken_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staff", "add", "h.sommer", "--role", "admin"]) == 0
    assert main(["staff", "add", "H.SOMMER", "--role", "admin"]) == 2
    assert "there is an account h.sommer already" in capsys.readouterr().err


def test_a_password_is_never_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["staff", "add", "h.sommer", "--role", "admin", "--password", PASSWORD])
    assert refused.value.code == 2


def test_nobody_at_the_terminal_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STADTLOTSE_STAFF_PASSWORD_FILE")
    assert main(["staff", "add", "h.sommer", "--role", "admin"]) == 2
    assert "nobody can type a password here" in capsys.readouterr().err


def test_a_weak_password_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "password").write_text("passwort1234", "utf-8")
    assert main(["staff", "add", "h.sommer", "--role", "admin"]) == 2
    assert "easily guessed" in capsys.readouterr().err


def test_account_is_closed_and_opened_and_its_password_set(capsys: pytest.CaptureFixture[str], engine: Engine) -> None:
    main(["staff", "add", "chefin", "--role", "admin"])
    main(["staff", "add", "h.sommer", "--role", "caseworker"])
    assert main(["staff", "deactivate", "h.sommer", "--dry-run"]) == 0
    assert "would have closed h.sommer" in capsys.readouterr().out
    assert main(["staff", "deactivate", "h.sommer"]) == 0
    assert main(["staff", "deactivate", "h.sommer"]) == 0
    assert "h.sommer is closed already" in capsys.readouterr().out
    assert main(["staff", "list"]) == 0
    assert "h.sommer (caseworker), no second factor, closed" in capsys.readouterr().out
    assert main(["staff", "activate", "h.sommer"]) == 0
    assert main(["staff", "password", "h.sommer"]) == 0
    assert main(["staff", "reset-second-factor", "h.sommer"]) == 0
    assert "h.sommer has no second factor" in capsys.readouterr().out
    assert main(["staff", "deactivate", "niemand"]) == 1
    with engine.connect() as connection:
        actions = connection.execute(select(AUDIT.c.action).order_by(AUDIT.c.number)).scalars().all()
    assert actions == ["added", "added", "deactivated", "activated", "changed_password"]


def test_the_only_admin_stays(capsys: pytest.CaptureFixture[str]) -> None:
    main(["staff", "add", "chefin", "--role", "admin"])
    assert main(["staff", "deactivate", "chefin"]) == 2
    assert "the only admin" in capsys.readouterr().err
