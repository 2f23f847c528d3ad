"""Keep weights that were learned from decisions, with their back-test, until somebody adopts or rejects them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "learned_weights",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("prior", sa.JSON(), nullable=False),
        sa.Column("data_digest", sa.String(length=64), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("firms", sa.Integer(), nullable=False),
        sa.Column("better", sa.Boolean(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'adopted', 'rejected')", name=op.f("ck_learned_weights_state_known")
        ),
        sa.CheckConstraint(
            "source IN ('decisions', 'outcomes')", name=op.f("ck_learned_weights_source_known")
        ),
        sa.CheckConstraint(
            "decisions >= firms AND firms >= 0", name=op.f("ck_learned_weights_counts_make_sense")
        ),
        sa.CheckConstraint(
            "state = 'proposed' OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL AND reason IS NOT NULL)",
            name=op.f("ck_learned_weights_decision_has_who_when_and_why"),
        ),
        sa.CheckConstraint(
            "state <> 'proposed' OR (decided_at IS NULL AND decided_by_id IS NULL)",
            name=op.f("ck_learned_weights_open_is_undecided"),
        ),
        sa.CheckConstraint(
            "state <> 'adopted' OR better OR length(reason) >= 10",
            name=op.f("ck_learned_weights_unproven_is_adopted_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_learned_weights_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_learned_weights_made_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_learned_weights_decided_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_weights")),
    )
    op.create_index(op.f("ix_learned_weights_programme_id"), "learned_weights", ["programme_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_learned_weights_programme_id"), table_name="learned_weights")
    op.drop_table("learned_weights")
