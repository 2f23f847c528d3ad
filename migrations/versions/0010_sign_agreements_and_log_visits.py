"""Follow an approved match: its agreement with goals, plan, signatures and changes, and the visits made under it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


#: Rules of agreements that a programme sets, with what programmes made before them get.
RULES = {"signing_days": 14, "monthly_visits": 8, "change_days": 15, "change_months": 1}


def upgrade() -> None:
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        for name, default in RULES.items():
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=str(default)))
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        for name in RULES:
            batch_op.alter_column(name, existing_type=sa.Integer(), server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_programmes_agreement_rules_make_sense"),
            "signing_days > 0 AND monthly_visits > 0 AND change_days > 0 AND change_months >= 0",
        )

    op.create_table(
        "mentorships",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("withholding", sa.String(10), nullable=False),
        sa.Column("purpose", sa.String(2000), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'stopped' OR reason IS NOT NULL", name=op.f("ck_mentorships_stop_has_a_reason")
        ),
        sa.CheckConstraint(
            "state IN ('drafting', 'signing', 'running', 'paused', 'reporting', 'checking', 'settling', 'closed', 'stopped')",
            name=op.f("ck_mentorships_state_known"),
        ),
        sa.CheckConstraint(
            "withholding IN ('business', 'other')", name=op.f("ck_mentorships_withholding_known")
        ),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_mentorships_editions_count_from_one")),
        sa.CheckConstraint("last_day > since", name=op.f("ck_mentorships_term_not_empty")),
        sa.CheckConstraint(
            "visits > 0 AND unit_price > 0 AND months BETWEEN 1 AND 12",
            name=op.f("ck_mentorships_sizes_make_sense"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["match_cases.id"], name=op.f("fk_mentorships_case_id_match_cases")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_mentorships_expert_id_experts")),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["organisations.id"], name=op.f("fk_mentorships_sponsor_id_organisations")
        ),
        sa.ForeignKeyConstraint(["tier_id"], ["tiers.id"], name=op.f("fk_mentorships_tier_id_tiers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentorships")),
        sa.UniqueConstraint("case_id", name=op.f("uq_mentorships_case_id")),
    )
    with op.batch_alter_table("mentorships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentorships_expert_id"), ["expert_id"], unique=False)
        batch_op.create_index("ix_mentorships_state_entered_at", ["state", "entered_at"], unique=False)

    op.create_table(
        "change_requests",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_by", sa.String(10), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(2000), nullable=False),
        sa.Column("cause_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("agreed_by", sa.JSON(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "asked_by IN ('firm', 'expert', 'operator')", name=op.f("ck_change_requests_asked_by_a_party")
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
            name=op.f("ck_change_requests_approval_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'agreed', 'approved', 'rejected', 'withdrawn')",
            name=op.f("ck_change_requests_state_known"),
        ),
        sa.CheckConstraint("effective_on >= cause_on", name=op.f("ck_change_requests_effect_after_cause")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_change_requests_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_change_requests_mentorship_id_mentorships")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_change_requests_requested_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_requests")),
    )
    with op.batch_alter_table("change_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_requests_mentorship_id"), ["mentorship_id"], unique=False)

    op.create_table(
        "goals",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kpi", sa.String(10), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("baseline", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("target", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(500), nullable=False),
        sa.Column("period", sa.String(200), nullable=False),
        sa.Column("evidence", sa.String(500), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("target <> baseline", name=op.f("ck_goals_target_differs_from_baseline")),
        sa.CheckConstraint("weight BETWEEN 1 AND 1000", name=op.f("ck_goals_weight_within_the_whole")),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_goals_mentorship_id_mentorships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
        sa.UniqueConstraint("mentorship_id", "number", name=op.f("uq_goals_mentorship_id_number")),
    )
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goals_mentorship_id"), ["mentorship_id"], unique=False)

    op.create_table(
        "signatures",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(10), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("party IN ('firm', 'expert', 'operator')", name=op.f("ck_signatures_party_known")),
        sa.CheckConstraint("length(text_hash) = 64", name=op.f("ck_signatures_hash_is_whole")),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_signatures_mentorship_id_mentorships")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_signatures_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint(
            "mentorship_id", "edition", "party", name=op.f("uq_signatures_mentorship_id_edition_party")
        ),
    )
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signatures_mentorship_id"), ["mentorship_id"], unique=False)

    op.create_table(
        "agreement_editions",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(100000), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_agreement_editions_editions_count_from_one")),
        sa.CheckConstraint("length(text_hash) = 64", name=op.f("ck_agreement_editions_hash_is_whole")),
        sa.ForeignKeyConstraint(
            ["mentorship_id"],
            ["mentorships.id"],
            name=op.f("fk_agreement_editions_mentorship_id_mentorships"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_editions")),
        sa.UniqueConstraint(
            "mentorship_id", "edition", name=op.f("uq_agreement_editions_mentorship_id_edition")
        ),
    )
    with op.batch_alter_table("agreement_editions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agreement_editions_mentorship_id"), ["mentorship_id"], unique=False
        )

    op.create_table(
        "documents",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_documents_hash_is_whole")),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_documents_mentorship_id_mentorships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint(
            "mentorship_id", "kind", "edition", name=op.f("uq_documents_mentorship_id_kind_edition")
        ),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_mentorship_id"), ["mentorship_id"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("term", sa.String(20), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_tasks_mentorship_id_mentorships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("mentorship_id", "number", name=op.f("uq_tasks_mentorship_id_number")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tasks_mentorship_id"), ["mentorship_id"], unique=False)

    op.create_table(
        "planned_visits",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("content", sa.String(500), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_planned_visits_numbers_count_from_one")),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_planned_visits_mentorship_id_mentorships")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_planned_visits_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_visits")),
        sa.UniqueConstraint("mentorship_id", "number", name=op.f("uq_planned_visits_mentorship_id_number")),
    )
    with op.batch_alter_table("planned_visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_planned_visits_mentorship_id"), ["mentorship_id"], unique=False)

    op.create_table(
        "visits",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.String(36), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("attendees", sa.String(500), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("done", sa.String(4000), nullable=False),
        sa.Column("result", sa.String(2000), nullable=False),
        sa.Column("homework", sa.String(2000), nullable=False),
        sa.Column("next_plan", sa.String(2000), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode IN ('onsite', 'remote')", name=op.f("ck_visits_mode_known")),
        sa.CheckConstraint(
            "state <> 'accepted' OR (reviewed_at IS NOT NULL AND reviewed_by_id IS NOT NULL)",
            name=op.f("ck_visits_review_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "state IN ('logged', 'confirmed', 'accepted', 'disputed', 'returned', 'refused', 'withdrawn')",
            name=op.f("ck_visits_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'accepted') OR (confirmed_at IS NOT NULL AND confirmed_by_id IS NOT NULL)",
            name=op.f("ck_visits_confirmation_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('disputed', 'returned', 'refused') OR reason IS NOT NULL",
            name=op.f("ck_visits_objection_has_a_reason"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_visits_ends_after_it_starts")),
        sa.CheckConstraint("minutes IS NULL OR minutes >= 0", name=op.f("ck_visits_minutes_not_negative")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["users.id"], name=op.f("fk_visits_confirmed_by_id_users")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_visits_expert_id_experts")),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_visits_mentorship_id_mentorships")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["users.id"], name=op.f("fk_visits_reviewed_by_id_users")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_visits_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("mentorship_id", "client_key", name=op.f("uq_visits_mentorship_id_client_key")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index("ix_visits_expert_id_starts_at", ["expert_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_visits_mentorship_id"), ["mentorship_id"], unique=False)
        batch_op.create_index("ix_visits_state_entered_at", ["state", "entered_at"], unique=False)

    op.create_table(
        "visit_versions",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_visit_versions_by_id_users")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_versions_visit_id_visits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_versions")),
        sa.UniqueConstraint("visit_id", "number", name=op.f("uq_visit_versions_visit_id_number")),
    )
    with op.batch_alter_table("visit_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_versions_visit_id"), ["visit_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("visit_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_versions_visit_id"))

    op.drop_table("visit_versions")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index("ix_visits_state_entered_at")
        batch_op.drop_index(batch_op.f("ix_visits_mentorship_id"))
        batch_op.drop_index("ix_visits_expert_id_starts_at")

    op.drop_table("visits")
    with op.batch_alter_table("planned_visits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planned_visits_mentorship_id"))

    op.drop_table("planned_visits")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_mentorship_id"))

    op.drop_table("tasks")
    op.drop_table("documents")
    op.drop_table("agreement_editions")
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signatures_mentorship_id"))

    op.drop_table("signatures")
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goals_mentorship_id"))

    op.drop_table("goals")
    with op.batch_alter_table("change_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_requests_mentorship_id"))

    op.drop_table("change_requests")
    with op.batch_alter_table("mentorships", schema=None) as batch_op:
        batch_op.drop_index("ix_mentorships_state_entered_at")
        batch_op.drop_index(batch_op.f("ix_mentorships_expert_id"))

    op.drop_table("mentorships")
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_programmes_agreement_rules_make_sense"), type_="check")
        for name in RULES:
            batch_op.drop_column(name)
