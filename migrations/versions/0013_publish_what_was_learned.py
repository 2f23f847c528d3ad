"""Publish what mentorships learned: cards of problems and what was done about them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written", sa.JSON(), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("industry", sa.String(5), nullable=True),
        sa.Column("size_class", sa.String(10), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL AND published_by_id IS NOT NULL)",
            name=op.f("ck_cards_publishing_has_who_and_when"),
        ),
        sa.CheckConstraint("party IN ('firm', 'expert')", name=op.f("ck_cards_party_known")),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'published')", name=op.f("ck_cards_state_known")),
        sa.CheckConstraint("number BETWEEN 1 AND 3", name=op.f("ck_cards_number_within_the_limit")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_cards_author_id_users")),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_cards_mentorship_id_mentorships")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_cards_published_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint(
            "mentorship_id", "party", "number", name=op.f("uq_cards_mentorship_id_party_number")
        ),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cards_mentorship_id"), ["mentorship_id"], unique=False)
        batch_op.create_index("ix_cards_state_entered_at", ["state", "entered_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index("ix_cards_state_entered_at")
        batch_op.drop_index(batch_op.f("ix_cards_mentorship_id"))

    op.drop_table("cards")
