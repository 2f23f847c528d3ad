"""Let another expert take a mentorship over: who came before, and by which tax each claim is paid."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("mentorships") as table:
        table.add_column(sa.Column("formers", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("mentorships") as table:
        table.alter_column("formers", server_default=None)
    op.add_column("claims", sa.Column("withholding", sa.String(10), nullable=True))
    op.execute(
        "UPDATE claims SET withholding ="
        " (SELECT withholding FROM mentorships WHERE mentorships.id = claims.mentorship_id)"
    )
    with op.batch_alter_table("claims") as table:
        table.alter_column("withholding", existing_type=sa.String(10), nullable=False)
        table.create_check_constraint(
            op.f("ck_claims_withholding_known"), "withholding IN ('business', 'other')"
        )


def downgrade() -> None:
    with op.batch_alter_table("claims") as table:
        table.drop_constraint(op.f("ck_claims_withholding_known"), type_="check")
        table.drop_column("withholding")
    with op.batch_alter_table("mentorships") as table:
        table.drop_column("formers")
