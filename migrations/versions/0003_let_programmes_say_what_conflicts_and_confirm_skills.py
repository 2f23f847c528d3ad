"""Let a programme say which tie counts against which relation, and note who confirmed a skill.

Programmes that are there get the table that new ones start with; nobody has confirmed a skill yet.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

CONFLICTS = {
    "employer": ["self", "customer", "competitor", "contributor"],
    "shares": ["self", "customer", "competitor", "vendor"],
    "kin": ["self", "customer", "competitor", "vendor"],
    "vendor": ["self", "vendor"],
}


def upgrade() -> None:
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("conflicts", sa.JSON(), nullable=False, server_default=json.dumps(CONFLICTS))
        )
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.alter_column("conflicts", existing_type=sa.JSON(), server_default=None)
    with op.batch_alter_table("expert_skills", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("verified_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_expert_skills_verified_by_id_users"), "users", ["verified_by_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_expert_skills_verified_has_who_and_when"),
            "(verified_at IS NULL) = (verified_by_id IS NULL)",
        )


def downgrade() -> None:
    with op.batch_alter_table("expert_skills", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_expert_skills_verified_has_who_and_when"), type_="check")
        batch_op.drop_constraint(op.f("fk_expert_skills_verified_by_id_users"), type_="foreignkey")
        batch_op.drop_column("verified_by_id")
        batch_op.drop_column("verified_at")
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_column("conflicts")
