"""Tables of staff, their teams and sessions, and the audit log.

Passwords stand here as Argon2id hashes, tokens of sessions, links and recovery codes as SHA-256 of what is random.
The secret of a second factor has to be known to check it, and is encrypted.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, UtcDateTime

NAME_LENGTH = 80
OFFICE_LENGTH = 200
HASH_LENGTH = 64  # SHA-256, hexadecimal
ONE_ROW = 1


class StaffRow(Base):
    """One member of staff. Never deleted, because the audit log names them: deactivated."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("subject"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))  # to sign in with, in small letters
    display_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    password_hash: Mapped[str | None] = mapped_column(Text)
    second_factor: Mapped[str | None] = mapped_column(Text)  # secret of the one-time passwords, encrypted
    second_factor_step: Mapped[int | None] = mapped_column(BigInteger)  # of the last one used: none counts twice
    subject: Mapped[str | None] = mapped_column(String(400))  # "issuer subject" of OpenID Connect
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deactivated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffRoleRow(Base):
    """A role of somebody, a bot.staff.roles.Role."""

    __tablename__ = "staff_role"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class StaffLanguageRow(Base):
    """A language somebody answers citizens in."""

    __tablename__ = "staff_language"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)


class TeamRow(Base):
    """One team. At most one takes what no other is responsible for."""

    __tablename__ = "team"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "ix_team_one_fallback",
            "fallback",
            unique=True,
            sqlite_where=text("fallback"),
            postgresql_where=text("fallback"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    fallback: Mapped[bool]


class TeamTextRow(Base):
    """The name of a team in one language."""

    __tablename__ = "team_text"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))


class TeamOfficeRow(Base):
    """An office a team answers for. No foreign key: imports take offices away and bring them back."""

    __tablename__ = "team_office"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    office_id: Mapped[str] = mapped_column(String(OFFICE_LENGTH), primary_key=True, index=True)


class TeamMemberRow(Base):
    """Somebody's place in a team."""

    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)


class StaffSessionRow(Base):
    """A browser that is signed in, or half: `complete` is false until the second factor was given."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    complete: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    browser: Mapped[str] = mapped_column(String(NAME_LENGTH))  # for its owner to recognise it: "Firefox, Windows"


class StaffLinkRow(Base):
    """A link with which somebody sets a password, once."""

    __tablename__ = "staff_link"

    token_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryCodeRow(Base):
    """A code that stands in for the second factor, once."""

    __tablename__ = "recovery_code"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)


class KeyCheckRow(Base):
    """Something known, encrypted: whoever opens it has the keys that belong to this database."""

    __tablename__ = "key_check"
    __table_args__ = (CheckConstraint(f"id = {ONE_ROW}", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(Text)


class LoginAttemptRow(Base):
    """How often signing in failed for one account or address; `key` is a hash, deleted after a day."""

    __tablename__ = "login_attempt"

    key: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AuditRow(Base):
    """One entry of the audit log. Triggers refuse to change it, and to delete it but for old ones in order.

    `hash` is SHA-256 over the entry with the hash of the one before, so that a change anywhere shows.
    No foreign key: an entry stays as it was written.
    """

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    staff_id: Mapped[int | None] = mapped_column(index=True)  # NULL: the command line, or the program itself
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    action: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(OFFICE_LENGTH + 40), index=True)  # "conversation 3f…", "" for none
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(HASH_LENGTH))
    hash: Mapped[str] = mapped_column(String(HASH_LENGTH))


class AuditHeadRow(Base):
    """The ends of the audit log: the last entry, and the last one that retention deleted."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint(f"id = {ONE_ROW}", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(HASH_LENGTH))
    floor_number: Mapped[int] = mapped_column(BigInteger)
    floor_hash: Mapped[str] = mapped_column(String(HASH_LENGTH))
