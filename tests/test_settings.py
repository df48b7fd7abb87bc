from dataclasses import fields
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]


def test_without_variables_the_defaults_hold() -> None:
    assert Settings.from_env({}) == Settings()


def test_variables_of_others_are_left_alone() -> None:
    assert Settings.from_env({"PATH": "/bin", "PORT": "1"}) == Settings()


def test_values_are_read_in_their_type() -> None:
    env = {"STADTLOTSE_PORT": "9000", "STADTLOTSE_TRUSTED_PROXY": "true", "STADTLOTSE_TURN_TIMEOUT": "2.5"}
    settings = Settings.from_env(env)
    assert (settings.port, settings.trusted_proxy, settings.turn_timeout) == (9000, True, 2.5)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STADTLOTSE_PORT", "http"),
        ("STADTLOTSE_PORT", "70000"),
        ("STADTLOTSE_TRUSTED_PROXY", "yes"),
        ("STADTLOTSE_MESSAGE_LENGTH", "0"),
        ("STADTLOTSE_MESSAGE_LENGTH", "1001"),
        ("STADTLOTSE_LOG_LEVEL", "loud"),
        ("STADTLOTSE_CONVERSATION_DAYS", "0"),
        ("STADTLOTSE_AUDIT_DAYS", "36501"),
        ("STADTLOTSE_RETENTION_HOUR", "24"),
        ("STADTLOTSE_WORKER_URL", "localhost:5005"),
        ("STADTLOTSE_ANSWER_THRESHOLD", "1.5"),
        ("STADTLOTSE_CHOICE_THRESHOLD", "0.9"),
        ("STADTLOTSE_STAFF_ORIGIN", "assistant.town.example"),
        ("STADTLOTSE_STAFF_ORIGIN", "https://assistant.town.example/staff"),
        ("STADTLOTSE_OIDC_ISSUER", "login.town.example"),
        ("STADTLOTSE_SECOND_FACTOR", "never"),
        ("STADTLOTSE_SESSION_IDLE", "0"),
        ("STADTLOTSE_ARGON2_MEMORY", "31"),
        ("STADTLOTSE_SMTP_TLS", "ssl"),
        ("STADTLOTSE_SMTP_PORT", "0"),
        ("STADTLOTSE_SMTP_SENDER", "Rathaus <rathaus@town.example>"),
    ],
)
def test_an_unusable_value_is_named_with_its_setting(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{variable}={value}"):
        Settings.from_env({variable: value})


def test_a_provider_needs_its_client_id() -> None:
    with pytest.raises(SettingsError, match="OIDC_ISSUER and STADTLOTSE_OIDC_CLIENT_ID"):
        Settings.from_env({"STADTLOTSE_OIDC_ISSUER": "https://login.town.example"})


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"SMTP_HOST": "mail.town.example"}, "SMTP_SENDER"),
        ({"SMTP_USER": "lotse"}, "SMTP_PASSWORD"),
        ({"SMTP_USER": "lotse", "SMTP_PASSWORD": "geheim", "SMTP_TLS": "none"}, "in the clear"),
    ],
)
def test_mail_server_needs_a_sender_and_a_password_needs_tls(env: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as refused:
        Settings.from_env({PREFIX + name: value for name, value in env.items()})
    assert "geheim" not in str(refused.value)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    assert "geheim" not in repr(Settings(staff_password="geheim", oidc_client_secret="geheim", smtp_password="geheim"))


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"STADTLOTSE_PROT is not a setting.*STADTLOTSE_PORT"):
        Settings.from_env({"STADTLOTSE_PROT": "1"})


def test_a_password_in_a_wrong_database_url_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({"STADTLOTSE_DATABASE_URL": "mysql://u:geheim@h/d"})
    assert "geheim" not in str(refused.value)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://u:p@h/d\n", encoding="utf-8")
    assert Settings.from_env({"STADTLOTSE_DATABASE_URL_FILE": str(secret)}).database_url == "postgresql://u:p@h/d"


def test_a_missing_secret_file_and_a_double_setting_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.from_env({"STADTLOTSE_DATABASE_URL_FILE": str(tmp_path / "none")})
    with pytest.raises(SettingsError, match="both set"):
        Settings.from_env({"STADTLOTSE_PORT": "1", "STADTLOTSE_PORT_FILE": str(tmp_path)})


def test_every_setting_is_documented_with_its_default() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in documented.splitlines() if line.startswith("| `STADTLOTSE_")}
    for field in fields(Settings):
        row = rows.pop(f"`{PREFIX}{field.name.upper()}`", "")
        default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        assert f"| `{default}` |" in row or (not default and "| – |" in row), field.name
    assert not rows, "documented, but no setting"
