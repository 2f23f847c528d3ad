"""Keep the files that people bring: what each is, who brought it, and whether it may be handed out."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('pdf', 'jpeg', 'png', 'hwp', 'hwpx', 'docx', 'xlsx', 'pptx', 'txt', 'csv')",
            name=op.f("ck_stored_files_kind_known"),
        ),
        sa.CheckConstraint("state IN ('kept', 'quarantined')", name=op.f("ck_stored_files_state_known")),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_files_not_empty")),
        sa.CheckConstraint(
            "length(sha256) = 64 AND length(source_sha256) = 64",
            name=op.f("ck_stored_files_hashes_are_whole"),
        ),
        sa.CheckConstraint(
            "(state = 'quarantined') = (reason IS NOT NULL)",
            name=op.f("ck_stored_files_quarantine_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_stored_files_uploaded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
        sa.UniqueConstraint(
            "uploaded_by_id", "source_sha256", name=op.f("uq_stored_files_uploaded_by_id_source_sha256")
        ),
    )
    op.create_index(op.f("ix_stored_files_sha256"), "stored_files", ["sha256"])


def downgrade() -> None:
    op.drop_index(op.f("ix_stored_files_sha256"), table_name="stored_files")
    op.drop_table("stored_files")
