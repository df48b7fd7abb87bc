"""E-mails about requests; a request's note for colleagues; answered requests by their time.

Revision ID: 0009_outbox
Follows: 0008_job_run
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_outbox"
down_revision = "0008_job_run"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_request_answered", "request", ["answered_at", "id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_outbox_request_id_request"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("request_id", "kind", name=op.f("uq_outbox_request_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_next", "outbox", ["state", "next_at"], unique=False)
    op.create_index("ix_outbox_queued", "outbox", ["kind", "queued_at"], unique=False)


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_index("ix_request_answered", table_name="request")
    with op.batch_alter_table("request") as batch:
        batch.drop_column("note")
