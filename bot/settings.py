"""Settings, read once from the environment.

Every setting is a variable `STADTLOTSE_<NAME>`; a secret may instead be given as a file, `STADTLOTSE_<NAME>_FILE`
(its content, stripped). Defaults serve one small machine. docs/settings.md lists them all; a test fails for one
that is missing there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.mail_address import is_mail_address

PREFIX = "STADTLOTSE_"
FILE_SUFFIX = "_FILE"
LONGEST_MESSAGE = 1_000
MOST_DAYS = 36_500  # a hundred years; a calendar ends somewhere


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings. Times are seconds, sizes bytes, lengths characters, scores probabilities from 0 to 1."""

    database_url: str = "sqlite:///var/stadtlotse.db"
    host: str = "127.0.0.1"
    port: int = 8080
    worker_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    public_origin: str = ""  # where the widget is embedded, when not this server itself; several with spaces
    trusted_proxy: bool = False  # take the citizen's address from X-Forwarded-For
    models_dir: str = "models"
    log_level: str = "info"
    log_format: str = "console"

    message_length: int = 1000
    messages_per_minute: int = 20
    conversations_per_hour: int = 2000  # from one address; a whole town hall may share one
    body_size: int = 16_384
    socket_idle: float = 900.0
    sockets_per_conversation: int = 5
    turn_timeout: float = 10.0

    answer_threshold: float = 0.65  # from this score on the first hit is answered
    choice_threshold: float = 0.25  # from this score of the first four together they are offered as a choice
    search_vectors: str = ""  # spaCy models with word vectors, as "de=MODEL,en=MODEL"

    undo_runs: int = 10  # how many imports can be taken back
    missed_word_days: int = 90  # how long words that matched nothing are kept

    conversation_days: int = 90  # how long a conversation is kept after its last message
    feedback_days: int = 90  # how long feedback is kept, at most as long as its conversation
    original_days: int = 7  # how long what was hidden in messages to caseworkers is kept while a handoff is open
    request_days: int = 180  # how long a request is kept after its answer
    audit_days: int = 365  # how long an entry of the audit log is kept
    retention_hour: int = 3  # of the day, in the town's time, at which what is older is deleted

    presence_seconds: float = 60.0  # without a sign of life, after which a caseworker counts as absent
    takeover_minutes: float = 10.0  # after which an absent colleague's conversation can be taken over
    request_hours: float = 16.0  # of working time until a request is due
    request_lookups_per_hour: int = 60  # from one address

    smtp_host: str = ""  # without one no e-mail is sent, and none is promised
    smtp_port: int = 587
    smtp_tls: str = "starttls"  # or "tls" from the first byte on, or "none"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_sender: str = ""  # the address e-mails come from, and refusals go to

    staff_origin: str = (
        ""  # where staff reach this server, when a proxy stands before it: https://assistant.town.example
    )
    session_idle: float = 1_800.0  # without a click
    session_length: float = 43_200.0  # a session at all
    second_factor: str = "required"  # or "optional"
    argon2_memory: int = 65_536  # KiB for one password
    argon2_passes: int = 3
    argon2_lanes: int = 4
    staff_password: str = field(default="", repr=False)  # for `staff add` and `staff password` alone
    encryption_keys: str = field(default="", repr=False)  # without any: those in `key_file`

    oidc_issuer: str = ""  # OpenID Connect provider of the town: https://login.town.example/realms/town
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_role_claim: str = "roles"  # of the ID token; what it holds is translated by oidc_roles
    oidc_roles: str = ""  # "caseworker=buergerbuero,admin=it"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """The settings in `env`.

        Raises:
            SettingsError: an unknown or unusable setting, named with its value.
        """
        known = {PREFIX + field.name.upper(): field for field in fields(cls)}
        values: dict[str, Any] = {}
        for variable, text in _merged_with_files(env).items():
            if variable not in known:
                raise SettingsError(f"{variable} is not a setting. Settings are: {', '.join(sorted(known))}")
            field = known[variable]
            values[field.name] = _parse(variable, text, type(field.default))
        settings = cls(**values)
        _check(settings)
        return settings

    @property
    def key_file(self) -> Path:
        """Where the encryption keys of a single machine are: near an SQLite file, else in var/."""
        database = self.database_url.removeprefix("sqlite:///").partition("?")[0]
        folder = Path("var") if database == self.database_url else Path(database).parent
        return folder / "secrets" / "encryption_keys"

    @property
    def origin(self) -> str:
        """Where this server is reached from this machine."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"


def _merged_with_files(env: Mapping[str, str]) -> Mapping[str, str]:
    merged: dict[str, str] = {}
    for variable, text in env.items():
        if not variable.startswith(PREFIX):
            continue
        if not variable.endswith(FILE_SUFFIX):
            merged[variable] = text
            continue
        plain = variable.removesuffix(FILE_SUFFIX)
        if plain in env:
            raise SettingsError(f"{plain} and {variable} are both set; set only one of them")
        try:
            merged[plain] = Path(text).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{variable}={text}: the file cannot be read ({error.strerror})") from error
    return MappingProxyType(merged)


def _parse(variable: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() not in {"true", "false"}:
            raise SettingsError(f"{variable}={text}: expected true or false")
        return text.lower() == "true"
    if kind in {int, float}:
        try:
            return kind(text)
        except ValueError as error:
            expected = "a whole number" if kind is int else "a number"
            raise SettingsError(f"{variable}={text}: expected {expected}") from error
    return text


def _check(settings: Settings) -> None:
    def refuse(name: str, expected: str) -> None:
        raise SettingsError(f"{PREFIX}{name.upper()}={getattr(settings, name)}: expected {expected}")

    if not settings.database_url.startswith(("sqlite:///", "postgresql://")):
        # The value may hold a password, so it is not repeated.
        raise SettingsError(f"{PREFIX}DATABASE_URL: expected sqlite:///FILE or postgresql://USER@HOST/NAME")
    for name in ("worker_url", "actions_url"):
        parts = urlsplit(getattr(settings, name))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            refuse(name, "http://HOST:PORT")
    if not 0 < settings.port < 65_536:
        refuse("port", "a port from 1 to 65535")
    if settings.log_level not in {"debug", "info", "warning", "error"}:
        refuse("log_level", "debug, info, warning or error")
    if settings.log_format not in {"console", "json"}:
        refuse("log_format", "console or json")
    for name in (
        "message_length",
        "messages_per_minute",
        "conversations_per_hour",
        "body_size",
        "socket_idle",
        "sockets_per_conversation",
        "turn_timeout",
        "undo_runs",
        "presence_seconds",
        "takeover_minutes",
        "request_hours",
        "request_lookups_per_hour",
        "session_idle",
        "session_length",
        "argon2_passes",
        "argon2_lanes",
    ):
        if getattr(settings, name) <= 0:
            refuse(name, "a number above 0")
    if settings.message_length > LONGEST_MESSAGE:
        refuse("message_length", f"at most {LONGEST_MESSAGE}; the Rasa worker takes no more")
    for name in ("answer_threshold", "choice_threshold"):
        if not 0 <= getattr(settings, name) <= 1:
            refuse(name, "a number from 0 to 1")
    if settings.choice_threshold > settings.answer_threshold:
        refuse("choice_threshold", f"at most {PREFIX}ANSWER_THRESHOLD={settings.answer_threshold}")
    _check_retention(settings, refuse)
    _check_staff(settings, refuse)
    _check_mail(settings, refuse)


def _check_retention(settings: Settings, refuse: Callable[[str, str], None]) -> None:
    for name in (
        "missed_word_days",
        "conversation_days",
        "feedback_days",
        "original_days",
        "request_days",
        "audit_days",
    ):
        if not 0 < getattr(settings, name) <= MOST_DAYS:
            refuse(name, f"from 1 to {MOST_DAYS} days")
    if not 0 <= settings.retention_hour < 24:
        refuse("retention_hour", "an hour from 0 to 23")


def _check_staff(settings: Settings, refuse: Callable[[str, str], None]) -> None:
    for name in ("staff_origin", "oidc_issuer"):
        value = getattr(settings, name)
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
            refuse(name, "https://HOST")
    if urlsplit(settings.staff_origin).path.strip("/"):
        refuse("staff_origin", "https://HOST without a path")
    if settings.second_factor not in {"required", "optional"}:
        refuse("second_factor", "required or optional")
    if settings.argon2_memory < 8 * settings.argon2_lanes:
        refuse("argon2_memory", f"at least 8 KiB for each of {PREFIX}ARGON2_LANES={settings.argon2_lanes}")
    if bool(settings.oidc_issuer) != bool(settings.oidc_client_id):
        raise SettingsError(f"{PREFIX}OIDC_ISSUER and {PREFIX}OIDC_CLIENT_ID: set both or none of them")


def _check_mail(settings: Settings, refuse: Callable[[str, str], None]) -> None:
    if settings.smtp_tls not in {"none", "starttls", "tls"}:
        refuse("smtp_tls", "none, starttls or tls")
    if not 0 < settings.smtp_port < 65_536:
        refuse("smtp_port", "a port from 1 to 65535")
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        raise SettingsError(f"{PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD: set both or none of them")
    if settings.smtp_user and settings.smtp_tls == "none":
        refuse("smtp_tls", "starttls or tls; a password is not sent in the clear")
    if settings.smtp_sender and not is_mail_address(settings.smtp_sender):
        refuse("smtp_sender", "an e-mail address and nothing else")
    if settings.smtp_host and not settings.smtp_sender:
        raise SettingsError(f"{PREFIX}SMTP_HOST and {PREFIX}SMTP_SENDER: set both or none of them")
