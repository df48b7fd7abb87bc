"""Areas of responsibility, and other names of offices.

Revision ID: 0003_areas
Follows: 0002_conversations
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_areas"
down_revision = "0002_conversations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default fills the rows that are there; SQLite adds no column without one.
    op.add_column("service_office", sa.Column("areas", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("office", sa.Column("alternative_names", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("office", "alternative_names")
    op.drop_column("service_office", "areas")
