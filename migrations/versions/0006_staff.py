"""Staff: accounts, teams, sessions, and the audit log, which triggers keep append-only.

Revision ID: 0006_staff
Follows: 0005_feedback
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_staff"
down_revision = "0005_feedback"
branch_labels = None
depends_on = None

BEGINNING = "0" * 64  # what stands for the hash before the first entry

# Retention deletes the oldest entries, up to the floor it has noted in audit_head before; nothing else is deleted.
SQLITE = (
    """
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
    WHEN OLD.number > (SELECT floor_number FROM audit_head)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    # INSERT OR REPLACE would delete without firing the trigger above.
    """
    CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.number <= (SELECT floor_number FROM audit_head) THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION 'the audit log is append-only';
    END $$
    """,
    """
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
)


def upgrade() -> None:
    _create_people()
    _create_teams()
    _create_sessions()
    _create_audit()


def _create_people() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("display_name", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("second_factor", sa.String(64), nullable=True),
        sa.Column("second_factor_step", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.String(400), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_name")),
        sa.UniqueConstraint("subject", name=op.f("uq_staff_subject")),
    )
    op.create_table(
        "staff_role",
        *_of_staff("staff_role"),
        sa.Column("role", sa.String(20), nullable=False),
        _key("staff_role", "staff_id", "role"),
    )
    op.create_table(
        "staff_language",
        *_of_staff("staff_language"),
        sa.Column("language", sa.String(8), nullable=False),
        _key("staff_language", "staff_id", "language"),
    )
    op.create_table(
        "recovery_code",
        *_of_staff("recovery_code"),
        sa.Column("code_hash", sa.String(64), nullable=False),
        _key("recovery_code", "staff_id", "code_hash"),
    )


def _create_teams() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("fallback", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("key", name=op.f("uq_team_key")),
    )
    op.create_index(
        "ix_team_one_fallback",
        "team",
        ["fallback"],
        unique=True,
        sqlite_where=sa.text("fallback"),
        postgresql_where=sa.text("fallback"),
    )
    op.create_table(
        "team_text",
        *_of_team("team_text"),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        _key("team_text", "team_id", "language"),
    )
    op.create_table(
        "team_office",
        *_of_team("team_office"),
        sa.Column("office_id", sa.String(200), nullable=False),
        _key("team_office", "team_id", "office_id"),
    )
    op.create_index(op.f("ix_team_office_office_id"), "team_office", ["office_id"])
    op.create_table(
        "team_member", *_of_team("team_member"), *_of_staff("team_member"), _key("team_member", "team_id", "staff_id")
    )
    op.create_index(op.f("ix_team_member_staff_id"), "team_member", ["staff_id"])


def _create_sessions() -> None:
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        *_of_staff("staff_session"),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", sa.String(80), nullable=False),
        _key("staff_session", "token_hash"),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])
    op.create_table(
        "staff_link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        *_of_staff("staff_link"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _key("staff_link", "token_hash"),
    )
    op.create_index(op.f("ix_staff_link_staff_id"), "staff_link", ["staff_id"])
    op.create_table(
        "login_attempt",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        _key("login_attempt", "key"),
    )
    op.create_index(op.f("ix_login_attempt_last_at"), "login_attempt", ["last_at"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("object", sa.String(240), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        _key("audit", "number"),
    )
    for column in ("at", "staff_id", "object"):
        op.create_index(op.f(f"ix_audit_{column}"), "audit", [column])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("floor_number", sa.BigInteger(), nullable=False),
        sa.Column("floor_hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        _key("audit_head", "id"),
    )
    op.execute(f"INSERT INTO audit_head VALUES (1, 0, '{BEGINNING}', 0, '{BEGINNING}')")
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _of_staff(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return _belonging(table, "staff")


def _of_team(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return _belonging(table, "team")


def _belonging(table: str, owner: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = f"{owner}_id"
    name = op.f(f"fk_{table}_{column}_{owner}")
    return (
        sa.Column(column, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=name, ondelete="CASCADE"),
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def downgrade() -> None:
    for table in ("audit_head", "audit", "login_attempt", "staff_link", "staff_session", "team_member", "team_office"):
        op.drop_table(table)
    for table in ("team_text", "team", "recovery_code", "staff_language", "staff_role", "staff"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")
