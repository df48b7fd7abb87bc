"""Feedback: whether an answer helped, with a word on it.

Revision ID: 0005_feedback
Follows: 0004_control
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_feedback"
down_revision = "0004_control"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("conversation_id", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "number"],
            ["message.conversation_id", "message.number"],
            name=op.f("fk_feedback_conversation_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "number", name=op.f("pk_feedback")),
    )


def downgrade() -> None:
    op.drop_table("feedback")
