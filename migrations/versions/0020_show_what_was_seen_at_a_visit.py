"""Photos on visit logs, and the operator's confirmation in the place of a silent firm."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "visit_photos",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_visit_photos_position_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["visit_versions.id"], name=op.f("fk_visit_photos_version_id_visit_versions")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_visit_photos_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("version_id", "file_id", name=op.f("pk_visit_photos")),
    )
    op.create_index(op.f("ix_visit_photos_file_id"), "visit_photos", ["file_id"])
    with op.batch_alter_table("visits") as table:
        table.add_column(sa.Column("confirmed_because", sa.String(2000), nullable=True))
        table.create_check_constraint(
            op.f("ck_visits_confirmed_for_the_firm_by_somebody"),
            "confirmed_because IS NULL OR confirmed_by_id IS NOT NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("visits") as table:
        table.drop_constraint(op.f("ck_visits_confirmed_for_the_firm_by_somebody"), type_="check")
        table.drop_column("confirmed_because")
    op.drop_table("visit_photos")
