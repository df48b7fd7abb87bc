"""Control: what imports changed, what is switched off, which links are broken, which words matched nothing.

Revision ID: 0004_control
Follows: 0003_areas
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_control"
down_revision = "0003_areas"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_run", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "import_change",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("marks", sa.Text(), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_change_run_id_import_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "kind", "id", name=op.f("pk_import_change")),
    )
    op.create_table(
        "switch_off",
        sa.Column("service_id", sa.String(200), nullable=False),
        sa.Column("facet", sa.String(30), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "facet", name=op.f("pk_switch_off")),
    )
    op.create_table(
        "link_check",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_link_check")),
    )
    op.create_table(
        "missed_word",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "language", "word", name=op.f("pk_missed_word")),
    )


def downgrade() -> None:
    op.drop_table("missed_word")
    op.drop_table("link_check")
    op.drop_table("switch_off")
    op.drop_table("import_change")
    op.drop_column("import_run", "undone_at")
