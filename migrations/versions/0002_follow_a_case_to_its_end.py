"""Follow a case to its end: subjects of entries, relations as they stood, stopping, one reminder in each state.

- ``audit_subjects``: one transaction is one entry, but may change several things; the history of each finds it.
- ``match_cases.relations``: a firm that edits its customers, competitors or suppliers between two steps must not
  clear a conflict, so the list is kept as it stood when the case opened. Cases that are open already stay
  without one and are checked against the list of the day.
- ``stopped``: the operator ends a case, and with it the request, when the firm closed or was debarred.
- ``match_cases.reminded_at``: firms and staff are reminded once in each state.
- ``candidates.proposed_by_id``: whether the same person proposed the expert and approved the match is shown.

Going down turns what was stopped into what was withdrawn, which is the nearest that the older schema knows.
SQLite builds a table anew to change a CHECK, and forgets the others unless they are named here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_CASE_STATES = "'matching', 'proposed', 'offered', 'accepted', 'first_approved', 'approved', 'withdrawn'"
_REQUEST_STATES = (
    "'draft', 'submitted', 'checking', 'returned', 'ineligible', 'objected', 'eligible', 'withdrawn'"
)


def _check(table: str, name: str, text: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}"))


def _checks_of_cases() -> list[sa.CheckConstraint]:
    return [
        _check(
            "match_cases",
            "approval_has_who_and_when",
            "(state = 'approved') = (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)",
        ),
        _check(
            "match_cases",
            "accepted_has_a_candidate",
            "state NOT IN ('accepted', 'first_approved', 'approved') OR chosen_id IS NOT NULL",
        ),
        _check(
            "match_cases",
            "first_approval_has_who_and_when",
            "state NOT IN ('first_approved', 'approved')"
            " OR (first_approved_at IS NOT NULL AND first_approved_by_id IS NOT NULL)",
        ),
        _check(
            "match_cases",
            "two_people_approve",
            "approved_by_id IS NULL OR approved_by_id <> first_approved_by_id",
        ),
        _check("match_cases", "period_not_empty", "until > since"),
    ]


def _checks_of_requests() -> list[sa.CheckConstraint]:
    return [
        _check(
            "requests",
            "submitted_has_its_time",
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL",
        ),
        _check(
            "requests",
            "decision_has_who_and_when",
            "state NOT IN ('eligible', 'ineligible') OR (decided_at IS NOT NULL AND decided_by_id IS NOT NULL)",
        ),
        _check(
            "requests",
            "refusal_has_a_reason",
            "state NOT IN ('returned', 'ineligible') OR reason IS NOT NULL",
        ),
        _check("requests", "months_within_programme", "months IS NULL OR months BETWEEN 3 AND 6"),
    ]


def _checks_of_candidates() -> list[sa.CheckConstraint]:
    return [
        _check("candidates", "decline_has_a_reason", "state <> 'declined' OR reason IS NOT NULL"),
        _check(
            "candidates",
            "offer_has_a_deadline",
            "state <> 'offered' OR (offered_at IS NOT NULL AND expires_at IS NOT NULL)",
        ),
        _check(
            "candidates",
            "state_known",
            "state IN ('listed', 'offered', 'accepted', 'declined', 'expired', 'refused', 'rejected', 'lapsed')",
        ),
        _check("candidates", "preference_within_three", "preference IS NULL OR preference BETWEEN 1 AND 3"),
    ]


def upgrade() -> None:
    op.create_table(
        "audit_subjects",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("thing_type", sa.String(40), nullable=False),
        sa.Column("thing_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_subjects_entry_id_audit_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", "thing_type", "thing_id", name=op.f("pk_audit_subjects")),
    )
    with op.batch_alter_table("audit_subjects") as batch_op:
        batch_op.create_index("ix_audit_subjects_thing", ["thing_type", "thing_id"], unique=False)

    with op.batch_alter_table("match_cases", table_args=_checks_of_cases()) as batch_op:
        batch_op.add_column(sa.Column("relations", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f("ck_match_cases_state_known"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_match_cases_state_known"), f"state IN ({_CASE_STATES}, 'stopped')"
        )
        batch_op.create_check_constraint(
            op.f("ck_match_cases_stop_has_a_reason"), "state <> 'stopped' OR reason IS NOT NULL"
        )
    with op.batch_alter_table("requests", table_args=_checks_of_requests()) as batch_op:
        batch_op.drop_constraint(op.f("ck_requests_state_known"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_requests_state_known"), f"state IN ({_REQUEST_STATES}, 'stopped')"
        )
    with op.batch_alter_table("candidates", table_args=_checks_of_candidates()) as batch_op:
        batch_op.add_column(sa.Column("proposed_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_candidates_proposed_by_id_users"), "users", ["proposed_by_id"], ["id"]
        )


def downgrade() -> None:
    op.execute("UPDATE match_cases SET state = 'withdrawn' WHERE state = 'stopped'")
    op.execute("UPDATE requests SET state = 'withdrawn' WHERE state = 'stopped'")
    with op.batch_alter_table("candidates", table_args=_checks_of_candidates()) as batch_op:
        batch_op.drop_constraint(op.f("fk_candidates_proposed_by_id_users"), type_="foreignkey")
        batch_op.drop_column("proposed_by_id")
    with op.batch_alter_table("requests", table_args=_checks_of_requests()) as batch_op:
        batch_op.drop_constraint(op.f("ck_requests_state_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_requests_state_known"), f"state IN ({_REQUEST_STATES})")
    with op.batch_alter_table("match_cases", table_args=_checks_of_cases()) as batch_op:
        batch_op.drop_constraint(op.f("ck_match_cases_stop_has_a_reason"), type_="check")
        batch_op.drop_constraint(op.f("ck_match_cases_state_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_match_cases_state_known"), f"state IN ({_CASE_STATES})")
        batch_op.drop_column("reminded_at")
        batch_op.drop_column("relations")
    op.drop_table("audit_subjects")
