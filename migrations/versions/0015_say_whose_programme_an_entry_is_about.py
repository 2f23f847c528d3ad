"""Say in the record which programme an entry is about, so that a ministry reads its own programmes only."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    # Entries from before are of no programme: filling them in would break the chain of their hashes.
    op.add_column("audit_entries", sa.Column("programme_id", sa.Integer(), nullable=True))
    op.create_index("ix_audit_entries_programme_id", "audit_entries", ["programme_id"])


def downgrade() -> None:
    op.drop_index("ix_audit_entries_programme_id", table_name="audit_entries")
    op.drop_column("audit_entries", "programme_id")
