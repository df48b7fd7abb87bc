"""Runs of jobs; feedback by its time, for retention.

Revision ID: 0008_job_run
Follows: 0007_handoff
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_job_run"
down_revision = "0007_handoff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("runner", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        sa.UniqueConstraint("job", "slot", name=op.f("uq_job_run_job")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_run_last", "job_run", ["job", "started_at"], unique=False)
    op.create_index(op.f("ix_feedback_at"), "feedback", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_feedback_at"), table_name="feedback")
    op.drop_table("job_run")
