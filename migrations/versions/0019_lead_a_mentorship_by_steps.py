"""Lead a mentorship by steps: kick-off, monthly reports, mid-term check, follow-up; and meet silences."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "course_steps",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(10), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('kickoff', 'monthly', 'midterm', 'followup')", name=op.f("ck_course_steps_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'closed')", name=op.f("ck_course_steps_state_known")
        ),
        sa.CheckConstraint(
            "decision IS NULL OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name=op.f("ck_course_steps_decision_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision = 'go_on' OR reason IS NOT NULL",
            name=op.f("ck_course_steps_conditions_have_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_course_steps_mentorship_id_mentorships")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_course_steps_decided_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_steps")),
        sa.UniqueConstraint(
            "mentorship_id", "kind", "period", name=op.f("uq_course_steps_mentorship_id_kind_period")
        ),
    )
    op.create_index(op.f("ix_course_steps_mentorship_id"), "course_steps", ["mentorship_id"])
    op.create_index("ix_course_steps_state_due_at", "course_steps", ["state", "due_at"])
    op.create_table(
        "silences",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rung BETWEEN 1 AND 3", name=op.f("ck_silences_rung_of_the_ladder")),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_silences_mentorship_id_mentorships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
        sa.UniqueConstraint(
            "mentorship_id", "since", "rung", name=op.f("uq_silences_mentorship_id_since_rung")
        ),
    )
    op.create_index(op.f("ix_silences_mentorship_id"), "silences", ["mentorship_id"])
    with op.batch_alter_table("programmes") as table:
        table.add_column(sa.Column("silence_days", sa.Integer(), nullable=False, server_default="7"))
    with op.batch_alter_table("programmes") as table:
        table.alter_column("silence_days", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("programmes") as table:
        table.drop_column("silence_days")
    op.drop_table("silences")
    op.drop_table("course_steps")
