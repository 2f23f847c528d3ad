"""Messages of a mentorship and their files."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("body", sa.String(4000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_messages_mentorship_id_mentorships")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_messages_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "mentorship_id", "by_id", "key", name=op.f("uq_messages_mentorship_id_by_id_key")
        ),
    )
    op.create_index(op.f("ix_messages_mentorship_id"), "messages", ["mentorship_id"])
    op.create_table(
        "message_files",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position > 0", name=op.f("ck_message_files_position_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_files_message_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_message_files_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("message_id", "file_id", name=op.f("pk_message_files")),
    )
    op.create_index(op.f("ix_message_files_file_id"), "message_files", ["file_id"])


def downgrade() -> None:
    op.drop_table("message_files")
    op.drop_table("messages")
