"""Handoffs: queue, events, requests, presence and hours of the desk, canned replies, marks of wrong answers, search.

Revision ID: 0007_handoff
Follows: 0006_staff
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_handoff"
down_revision = "0006_staff"
branch_labels = None
depends_on = None

# One document per closed handoff; beside the mapped tables, because the databases have nothing in common here (ADR 19).
SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE handoff_search USING fts5(words, detail = 'none', prefix = '3 4 5')",
    """
    CREATE TRIGGER handoff_search_erased AFTER DELETE ON handoff
    BEGIN DELETE FROM handoff_search WHERE rowid = OLD.id; END
    """,
)
POSTGRESQL_SEARCH = (
    """
    CREATE TABLE handoff_search (
        handoff_id integer PRIMARY KEY REFERENCES handoff (id) ON DELETE CASCADE,
        words tsvector NOT NULL
    )
    """,
    "CREATE INDEX ix_handoff_search_words ON handoff_search USING gin (words)",
)


TABLES = ("wrong_answer", "handoff_event", "request", "presence", "handoff", "desk_hours", "canned_reply")


def upgrade() -> None:
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_canned_reply_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_canned_reply_team_id"), "canned_reply", ["team_id"], unique=False)
    op.create_table(
        "desk_hours",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_desk_hours_weekday")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_desk_hours_team_id_team"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "position", name=op.f("pk_desk_hours")),
    )
    op.create_table(
        "handoff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=22), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=15), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("service_id", sa.String(length=200), nullable=True),
        sa.Column("shown_from", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("closing_number", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_handoff_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handoff_assignee", "handoff", ["assignee_id", "id"], unique=False)
    op.create_index("ix_handoff_conversation", "handoff", ["conversation_id", "id"], unique=False)
    op.create_index("ix_handoff_handled", "handoff", ["team_id", "closed_at"], unique=False)
    op.create_index("ix_handoff_history", "handoff", ["team_id", "id"], unique=False)
    op.create_index("ix_handoff_outcome", "handoff", ["outcome", "id"], unique=False)
    op.create_index(
        "ix_handoff_queue",
        "handoff",
        ["team_id", "requested_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_handoff_requested_at", "handoff", ["requested_at"], unique=False)
    op.create_index("ix_handoff_service", "handoff", ["service_id", "id"], unique=False)
    op.create_index(
        "uq_handoff_open",
        "handoff",
        ["conversation_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'active')"),
        sqlite_where=sa.text("state IN ('waiting', 'active')"),
    )
    op.create_table(
        "presence",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_presence_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=22), nullable=True),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=15), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("service_id", sa.String(length=200), nullable=True),
        sa.Column("shown_from", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_request_conversation_id_conversation"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("conversation_id", "key", name=op.f("uq_request_conversation_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_request_reference")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_request_retention", "request", ["state", "created_at"], unique=False)
    op.create_index("ix_request_team", "request", ["team_id", "state", "due_at"], unique=False)
    op.create_table(
        "handoff_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("to_staff_id", sa.Integer(), nullable=True),
        sa.Column("to_team_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_handoff_event_handoff_id_handoff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_handoff_event_handoff_id"), "handoff_event", ["handoff_id"], unique=False)
    op.create_table(
        "wrong_answer",
        sa.Column("conversation_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("right_answer", sa.Text(), nullable=False),
        sa.Column("right_service_id", sa.String(length=200), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "number"],
            ["message.conversation_id", "message.number"],
            name=op.f("fk_wrong_answer_conversation_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "number", name=op.f("pk_wrong_answer")),
    )
    op.create_index(op.f("ix_wrong_answer_at"), "wrong_answer", ["at"], unique=False)
    op.add_column("message", sa.Column("staff_id", sa.Integer(), nullable=True))
    for statement in SQLITE_SEARCH if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_SEARCH:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("handoff_search")  # the trigger goes with its table
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("message") as batch:
        batch.drop_column("staff_id")
