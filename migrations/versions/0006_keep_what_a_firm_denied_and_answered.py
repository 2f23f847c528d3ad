"""Keep of which relations a firm said that there are none, and what it answered to a request for correction.

Firms that are there already said nothing of the kind: for them it is unknown.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("companies", sa.Column("none_of", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("requests", sa.Column("answer", sa.String(length=2000), nullable=True))
    op.add_column("requests", sa.Column("returned_with", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("requests", "returned_with")
    op.drop_column("requests", "answer")
    op.drop_column("companies", "none_of")
