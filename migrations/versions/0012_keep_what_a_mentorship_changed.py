"""Keep what a mentorship changed: measured figures of its goals, and effects on the business of the firm."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "business_effects",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("kpi", sa.String(10), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("before", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("after", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("evidence", sa.String(500), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.String(2000), nullable=False),
        sa.Column("question", sa.String(2000), nullable=True),
        sa.Column("answer", sa.String(2000), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'questioned' OR question IS NOT NULL",
            name=op.f("ck_business_effects_question_is_asked"),
        ),
        sa.CheckConstraint(
            "state <> 'verified' OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name=op.f("ck_business_effects_verification_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "state IN ('entered', 'questioned', 'verified', 'refused')",
            name=op.f("ck_business_effects_state_known"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> author_id",
            name=op.f("ck_business_effects_two_people_verify"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_business_effects_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_business_effects_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_business_effects_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_business_effects_mentorship_id_mentorships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_effects")),
        sa.UniqueConstraint(
            "mentorship_id",
            "kpi",
            "starts_on",
            "ends_on",
            name=op.f("uq_business_effects_mentorship_id_kpi_starts_on_ends_on"),
        ),
    )
    with op.batch_alter_table("business_effects", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_business_effects_mentorship_id"), ["mentorship_id"], unique=False
        )
        batch_op.create_index("ix_business_effects_state_entered_at", ["state", "entered_at"], unique=False)

    op.create_table(
        "measurements",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(500), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("evidence", sa.String(500), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.String(2000), nullable=False),
        sa.Column("question", sa.String(2000), nullable=True),
        sa.Column("answer", sa.String(2000), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'questioned' OR question IS NOT NULL", name=op.f("ck_measurements_question_is_asked")
        ),
        sa.CheckConstraint(
            "state <> 'verified' OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name=op.f("ck_measurements_verification_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "state IN ('entered', 'questioned', 'verified', 'refused')",
            name=op.f("ck_measurements_state_known"),
        ),
        sa.CheckConstraint("(value IS NULL) = (sample = 0)", name=op.f("ck_measurements_no_sample_no_value")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> author_id",
            name=op.f("ck_measurements_two_people_verify"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_measurements_ends_after_it_starts")),
        sa.CheckConstraint("sample >= 0", name=op.f("ck_measurements_sample_not_negative")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_measurements_author_id_users")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_measurements_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_measurements_goal_id_goals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurements")),
        sa.UniqueConstraint(
            "goal_id", "starts_on", "ends_on", name=op.f("uq_measurements_goal_id_starts_on_ends_on")
        ),
    )
    with op.batch_alter_table("measurements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurements_goal_id"), ["goal_id"], unique=False)
        batch_op.create_index("ix_measurements_state_entered_at", ["state", "entered_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("measurements", schema=None) as batch_op:
        batch_op.drop_index("ix_measurements_state_entered_at")
        batch_op.drop_index(batch_op.f("ix_measurements_goal_id"))

    op.drop_table("measurements")
    with op.batch_alter_table("business_effects", schema=None) as batch_op:
        batch_op.drop_index("ix_business_effects_state_entered_at")
        batch_op.drop_index(batch_op.f("ix_business_effects_mentorship_id"))

    op.drop_table("business_effects")
