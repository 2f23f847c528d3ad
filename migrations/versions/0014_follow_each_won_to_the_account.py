"""Follow each won from an accepted visit to the account of the expert."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "payment_orders",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_payment_orders_made_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_payment_orders_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_orders")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_payment_orders_programme_id_number")),
    )
    with op.batch_alter_table("payment_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_orders_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "bank_accounts",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(30), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("holder", sa.String(60), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(number) >= 8", name=op.f("ck_bank_accounts_number_is_whole")),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["experts.id"], name=op.f("fk_bank_accounts_expert_id_experts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_accounts")),
        sa.UniqueConstraint("expert_id", name=op.f("uq_bank_accounts_expert_id")),
    )
    op.create_table(
        "claims",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("government", sa.BigInteger(), nullable=False),
        sa.Column("sponsor", sa.BigInteger(), nullable=False),
        sa.Column("local", sa.BigInteger(), nullable=False),
        sa.Column("firm", sa.BigInteger(), nullable=False),
        sa.Column("accepted_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("income_tax", sa.BigInteger(), nullable=True),
        sa.Column("local_tax", sa.BigInteger(), nullable=True),
        sa.Column("bank", sa.String(30), nullable=True),
        sa.Column("bank_number", sa.String(20), nullable=True),
        sa.Column("holder", sa.String(60), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(2000), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_on IS NOT NULL AND paid_by_id IS NOT NULL)",
            name=op.f("ck_claims_payment_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "(state IN ('approved', 'ordered', 'paid')) = (approved_at IS NOT NULL AND approved_by_id IS NOT NULL)",
            name=op.f("ck_claims_approval_has_who_and_when"),
        ),
        sa.CheckConstraint(
            "(state IN ('ordered', 'paid')) = (order_id IS NOT NULL AND income_tax IS NOT NULL AND local_tax IS NOT NULL AND bank IS NOT NULL AND bank_number IS NOT NULL AND holder IS NOT NULL)",
            name=op.f("ck_claims_order_has_taxes_and_account"),
        ),
        sa.CheckConstraint(
            "state IN ('claimed', 'held', 'approved', 'ordered', 'paid', 'refused')",
            name=op.f("ck_claims_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('held', 'refused') OR reason IS NOT NULL", name=op.f("ck_claims_hold_has_a_reason")
        ),
        sa.CheckConstraint(
            "amount > 0 AND government + sponsor + local + firm = amount",
            name=op.f("ck_claims_parts_are_whole"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> accepted_by_id",
            name=op.f("ck_claims_two_people_decide"),
        ),
        sa.CheckConstraint(
            "government >= 0 AND sponsor >= 0 AND local >= 0 AND firm >= 0",
            name=op.f("ck_claims_parts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["users.id"], name=op.f("fk_claims_accepted_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["users.id"], name=op.f("fk_claims_approved_by_id_users")
        ),
        sa.ForeignKeyConstraint(["expert_id"], ["experts.id"], name=op.f("fk_claims_expert_id_experts")),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_claims_mentorship_id_mentorships")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_orders.id"], name=op.f("fk_claims_order_id_payment_orders")
        ),
        sa.ForeignKeyConstraint(["paid_by_id"], ["users.id"], name=op.f("fk_claims_paid_by_id_users")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_claims_visit_id_visits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_claims_visit_id")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_expert_id"), ["expert_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_mentorship_id"), ["mentorship_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_claims_state_entered_at", ["state", "entered_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index("ix_claims_state_entered_at")
        batch_op.drop_index(batch_op.f("ix_claims_order_id"))
        batch_op.drop_index(batch_op.f("ix_claims_mentorship_id"))
        batch_op.drop_index(batch_op.f("ix_claims_expert_id"))

    op.drop_table("claims")
    op.drop_table("bank_accounts")
    with op.batch_alter_table("payment_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_orders_programme_id"))

    op.drop_table("payment_orders")
