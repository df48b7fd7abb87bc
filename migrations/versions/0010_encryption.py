"""Encryption: the check of the keys, originals of masked messages, room for encrypted secrets of second factors.

The secrets themselves are encrypted when web starts, because a migration has no keys.

Revision ID: 0010_encryption
Follows: 0009_outbox
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_encryption"
down_revision = "0009_outbox"
branch_labels = None
depends_on = None

# SQLite changes no column in place, and rebuilding `staff` would delete what hangs on it (ON DELETE CASCADE).
SQLITE_WIDEN = (
    "ALTER TABLE staff ADD COLUMN second_factor_encrypted TEXT",
    "UPDATE staff SET second_factor_encrypted = second_factor",
    "ALTER TABLE staff DROP COLUMN second_factor",
    "ALTER TABLE staff RENAME COLUMN second_factor_encrypted TO second_factor",
)


def upgrade() -> None:
    op.create_table(
        "key_check",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_key_check_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_check")),
    )
    op.create_table(
        "message_original",
        sa.Column("conversation_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "number"],
            ["message.conversation_id", "message.number"],
            name=op.f("fk_message_original_conversation_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "number", name=op.f("pk_message_original")),
    )
    op.create_index(op.f("ix_message_original_at"), "message_original", ["at"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_WIDEN:
            op.execute(statement)
    else:
        op.alter_column("staff", "second_factor", type_=sa.Text())


def downgrade() -> None:
    op.drop_table("message_original")
    op.drop_table("key_check")  # the column stays as wide as it is
