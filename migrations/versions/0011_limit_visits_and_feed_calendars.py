"""Keep the limits of visits with the programme, which planned visit was made, and keys of calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_RULES = {
    "visits_a_day": "1",
    "visit_least_hours": "2",
    "visit_most_hours": "8",
    "confirm_days": "5",
    "confirm_reminder_days": "2",
    "visit_review_days": "5",
}


def upgrade() -> None:
    with op.batch_alter_table("programmes") as batch_op:
        for name, default in _RULES.items():
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=default))
        batch_op.create_check_constraint(
            op.f("ck_programmes_visit_limits_make_sense"),
            "visits_a_day > 0 AND visit_least_hours > 0"
            " AND visit_most_hours BETWEEN visit_least_hours AND 24",
        )
    with op.batch_alter_table("visits") as batch_op:
        batch_op.add_column(sa.Column("planned_number", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_visits_two_people_decide"),
            "reviewed_by_id IS NULL OR confirmed_by_id IS NULL OR reviewed_by_id <> confirmed_by_id",
        )
    op.create_table(
        "calendar_feeds",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.CheckConstraint("length(key_hash) = 64", name=op.f("ck_calendar_feeds_hash_is_whole")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_calendar_feeds_key_hash")),
    )
    with op.batch_alter_table("calendar_feeds") as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feeds_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("calendar_feeds") as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feeds_user_id"))
    op.drop_table("calendar_feeds")
    with op.batch_alter_table("visits") as batch_op:
        batch_op.drop_constraint(op.f("ck_visits_two_people_decide"), type_="check")
        batch_op.drop_column("planned_number")
    with op.batch_alter_table("programmes") as batch_op:
        batch_op.drop_constraint(op.f("ck_programmes_visit_limits_make_sense"), type_="check")
        for name in reversed(_RULES):
            batch_op.drop_column(name)
