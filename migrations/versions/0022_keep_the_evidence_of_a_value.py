"""The files that stand behind measured values and effects on the business."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    for name, of in (("measurement_files", "measurements"), ("business_effect_files", "business_effects")):
        op.create_table(
            name,
            sa.Column("value_id", sa.Integer(), nullable=False),
            sa.Column("file_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(["value_id"], [f"{of}.id"], name=op.f(f"fk_{name}_value_id_{of}")),
            sa.ForeignKeyConstraint(
                ["file_id"], ["stored_files.id"], name=op.f(f"fk_{name}_file_id_stored_files")
            ),
            sa.PrimaryKeyConstraint("value_id", "file_id", name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_file_id"), name, ["file_id"])


def downgrade() -> None:
    op.drop_table("business_effect_files")
    op.drop_table("measurement_files")
