"""Match many requests at once: rounds, what they are about, their runs, and every change by hand.

What a run was solved from lies with the snapshots of rankings, under the SHA-256 of its JSON.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _check(table: str, name: str, text: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}"))


def _fk(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "rounds",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _check(
            "rounds",
            "state_known",
            "state IN ('draft', 'running', 'solved', 'failed', 'published', 'discarded')",
        ),
        _check("rounds", "solved_has_a_run", "state NOT IN ('solved', 'published') OR runs > 0"),
        _check("rounds", "running_has_a_job", "state <> 'running' OR job_id IS NOT NULL"),
        _check(
            "rounds",
            "publication_has_who_and_when",
            "(state = 'published') = (published_at IS NOT NULL AND published_by_id IS NOT NULL)",
        ),
        _check("rounds", "end_has_a_reason", "state NOT IN ('failed', 'discarded') OR reason IS NOT NULL"),
        _check("rounds", "served_within_asked", "served >= 0 AND served <= asked"),
        _fk("rounds", "programme_id", "programmes"),
        _fk("rounds", "made_by_id", "users"),
        _fk("rounds", "follows_id", "rounds"),
        _fk("rounds", "job_id", "jobs"),
        _fk("rounds", "published_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_index(op.f("ix_rounds_programme_id"), "rounds", ["programme_id"])
    op.create_index("ix_rounds_state", "rounds", ["state"])

    op.create_table(
        "round_requests",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        _fk("round_requests", "round_id", "rounds"),
        _fk("round_requests", "case_id", "match_cases"),
        sa.PrimaryKeyConstraint("round_id", "case_id", name=op.f("pk_round_requests")),
    )
    op.create_index(op.f("ix_round_requests_case_id"), "round_requests", ["case_id"])

    op.create_table(
        "round_runs",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("problem_digest", sa.String(64), nullable=False),
        sa.Column("inputs_digest", sa.String(64), nullable=False),
        sa.Column("code_version", sa.String(40), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("result_hash", sa.String(64), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _check("round_runs", "number_from_one", "number > 0"),
        _check("round_runs", "hash_is_whole", "length(result_hash) = 64"),
        _fk("round_runs", "round_id", "rounds"),
        _fk("round_runs", "made_by_id", "users"),
        _fk("round_runs", "problem_digest", "snapshots", "digest"),
        _fk("round_runs", "inputs_digest", "snapshots", "digest"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_runs")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_round_runs_round_id_number")),
    )

    op.create_table(
        "round_changes",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(10), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("request", sa.String(40), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("served_before", sa.Integer(), nullable=False),
        sa.Column("served_after", sa.Integer(), nullable=False),
        sa.Column("units_before", sa.Integer(), nullable=False),
        sa.Column("units_after", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _check("round_changes", "verb_known", "verb IN ('pin', 'forbid', 'give', 'unserve', 'free')"),
        _check("round_changes", "pair_has_an_expert", "verb IN ('unserve', 'free') OR expert_id IS NOT NULL"),
        _check("round_changes", "change_has_a_reason", "length(reason) > 0"),
        _fk("round_changes", "round_id", "rounds"),
        _fk("round_changes", "case_id", "match_cases"),
        _fk("round_changes", "expert_id", "experts"),
        _fk("round_changes", "by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_changes")),
    )
    op.create_index(op.f("ix_round_changes_round_id"), "round_changes", ["round_id"])


def downgrade() -> None:
    op.drop_table("round_changes")
    op.drop_table("round_runs")
    op.drop_table("round_requests")
    op.drop_table("rounds")
