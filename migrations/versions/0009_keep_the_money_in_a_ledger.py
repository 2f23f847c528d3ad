"""Keep the money of a programme in a double-entry ledger, and what the year says about matching and withholding.

Contributions that are there become opening transactions, which the record names like any other. Transactions and
entries can only be added: triggers refuse the rest, and on PostgreSQL what does not sum to zero.

Going down loses the ledger; the record keeps that it was there, so that ``verify-ledger`` tells after going up again.
"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"

COLUMNS = {
    "matching_government": (sa.Integer(), "1"),
    "matching_sponsor": (sa.Integer(), "1"),
    "withholding_business": (sa.Integer(), "30"),
    "withholding_other": (sa.Integer(), "200"),
    "withholding_local": (sa.Integer(), "100"),
    "deemed_expenses": (sa.Integer(), "600"),
    "untaxed_income": (sa.BigInteger(), "50000"),
}
CHECKS = {
    "matching_not_negative": "matching_government >= 0 AND matching_sponsor >= 0",
    "withholding_makes_sense": (
        "withholding_business BETWEEN 0 AND 500 AND withholding_other BETWEEN 0 AND 500 "
        "AND withholding_local BETWEEN 0 AND 1000 AND deemed_expenses BETWEEN 0 AND 1000 "
        "AND untaxed_income >= 0"
    ),
}
KINDS = "'outside', 'pledged', 'cash', 'reserved', 'payable', 'paid', 'withheld', 'returned', 'recovery_due'"
MOVES = (
    "'opening', 'pledge', 'unpledge', 'receipt', 'matching', 'local', 'deposit', 'correction', 'reserve', "
    "'draw', 'pay', 'release', 'return', 'recovery', 'recovered'"
)
KEPT = ("ledger_transactions", "ledger_entries")

SQLITE = [
    f"CREATE TRIGGER {table}_stay_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"
    for table in KEPT
    for verb in ("UPDATE", "DELETE")
] + [
    "CREATE TRIGGER ledger_accounts_stay_delete BEFORE DELETE ON ledger_accounts "
    "BEGIN SELECT RAISE(ABORT, 'an account of the ledger stays'); END",
    "CREATE TRIGGER ledger_accounts_stay_update "
    "BEFORE UPDATE OF id, programme_id, code, kind, source, organisation_id, mentorship_id ON ledger_accounts "
    "BEGIN SELECT RAISE(ABORT, 'only the balance of an account changes'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION ledger_stays() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'the ledger is only added to' USING ERRCODE = 'restrict_violation'; END $$",
    *(
        f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION ledger_stays()"
        for table in KEPT
    ),
    *(
        f"CREATE TRIGGER {table}_stay_whole BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays()"
        for table in (*KEPT, "ledger_accounts")
    ),
    "CREATE TRIGGER ledger_accounts_stay_delete BEFORE DELETE ON ledger_accounts "
    "FOR EACH ROW EXECUTE FUNCTION ledger_stays()",
    "CREATE TRIGGER ledger_accounts_stay_update "
    "BEFORE UPDATE OF id, programme_id, code, kind, source, organisation_id, mentorship_id ON ledger_accounts "
    "FOR EACH ROW EXECUTE FUNCTION ledger_stays()",
    "CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "DECLARE wanted integer; total numeric; "
    "BEGIN "
    "IF TG_TABLE_NAME = 'ledger_entries' THEN wanted := NEW.transaction_id; ELSE wanted := NEW.id; END IF; "
    "SELECT sum(amount) INTO total FROM ledger_entries WHERE transaction_id = wanted; "
    "IF total IS DISTINCT FROM 0 THEN "
    "RAISE EXCEPTION 'ledger transaction % does not sum to zero', wanted USING ERRCODE = 'check_violation'; "
    "END IF; RETURN NULL; END $$",
    *(
        f"CREATE CONSTRAINT TRIGGER {table}_balance AFTER INSERT ON {table} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances()"
        for table in KEPT
    ),
]


def upgrade() -> None:
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        for name, (kind, default) in COLUMNS.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_programmes_{name}"), rule)
    _accounts()
    _transactions()
    _entries()
    _open()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _accounts() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("mentorship_id", sa.Integer(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_ledger_accounts_kind_known")),
        sa.CheckConstraint(
            "source IN ('government', 'sponsor', 'local', 'firm')",
            name=op.f("ck_ledger_accounts_source_known"),
        ),
        sa.CheckConstraint(
            "kind = 'outside' OR balance >= 0", name=op.f("ck_ledger_accounts_balance_not_negative")
        ),
        sa.CheckConstraint(
            "kind <> 'outside' OR balance <= 0", name=op.f("ck_ledger_accounts_outside_only_gives")
        ),
        sa.CheckConstraint(
            "(source = 'sponsor') = (organisation_id IS NOT NULL)",
            name=op.f("ck_ledger_accounts_sponsor_is_named"),
        ),
        sa.CheckConstraint(
            "(source = 'firm' OR kind IN ('reserved', 'payable', 'paid', 'withheld', 'recovery_due')) "
            "= (mentorship_id IS NOT NULL)",
            name=op.f("ck_ledger_accounts_mentorship_is_named"),
        ),
        sa.CheckConstraint(
            "code = kind || ':' || source || ':' || coalesce(organisation_id, 0) || ':' || coalesce(mentorship_id, 0)",
            name=op.f("ck_ledger_accounts_code_says_the_rest"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_ledger_accounts_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_ledger_accounts_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint("programme_id", "code", name=op.f("uq_ledger_accounts_programme_id_code")),
    )
    for column in ("programme_id", "organisation_id", "mentorship_id"):
        op.create_index(op.f(f"ix_ledger_accounts_{column}"), "ledger_accounts", [column])


def _transactions() -> None:
    op.create_table(
        "ledger_transactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.String(500), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"kind IN ({MOVES})", name=op.f("ck_ledger_transactions_kind_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_transactions_amount_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_ledger_transactions_by_id_users")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_ledger_transactions_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transactions")),
        sa.UniqueConstraint("programme_id", "key", name=op.f("uq_ledger_transactions_programme_id_key")),
    )
    for column in ("programme_id", "by_id", "mentorship_id", "visit_id", "claim_id"):
        op.create_index(op.f(f"ix_ledger_transactions_{column}"), "ledger_transactions", [column])


def _entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entries_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_accounts.id"], name=op.f("fk_ledger_entries_account_id_ledger_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transactions.id"],
            name=op.f("fk_ledger_entries_transaction_id_ledger_transactions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint(
            "transaction_id", "account_id", name=op.f("uq_ledger_entries_transaction_id_account_id")
        ),
    )
    op.create_index(op.f("ix_ledger_entries_account_id"), "ledger_entries", ["account_id"])


def _table(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _sha256(said: list, **options) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, **options).encode()).hexdigest()


def _insert(table: str, **values) -> int:
    result = op.get_bind().execute(sa.insert(_table(table)).values(**values))
    return result.inserted_primary_key[0]


def _open() -> None:
    """An opening transaction for every contribution, and one entry of the record that names them all."""
    rows = op.get_bind().execute(sa.select(_table("contributions")).order_by(sa.text("id"))).mappings().all()
    digests = {}
    for row in rows:
        balances = {
            "outside": -row["pledged"],
            "pledged": row["pledged"] - row["received"],
            "cash": row["received"],
        }
        facts = {"programme_id": row["programme_id"], "key": f"opening:{row['id']}", "memo": ""}
        at = _utc(row["created_at"])
        number = _insert("ledger_transactions", **facts, kind="opening", at=at, amount=row["pledged"])
        lines = []
        for kind, amount in balances.items():
            code = f"{kind}:sponsor:{row['sponsor_id']}:0"
            account = _insert(
                "ledger_accounts",
                programme_id=row["programme_id"],
                code=code,
                kind=kind,
                source="sponsor",
                organisation_id=row["sponsor_id"],
                balance=amount,
                created_at=at,
            )
            if amount:
                _insert("ledger_entries", transaction_id=number, account_id=account, amount=amount)
                lines.append([code, amount])
        said = [row["programme_id"], "opening", facts["key"], at.isoformat(), None, "", None, None, None]
        digests[str(number)] = _sha256([*said, sorted(lines)])
    if digests:
        _record(digests)


def _record(digests: dict[str, str]) -> None:
    head = op.get_bind().execute(sa.select(_table("audit_head"))).mappings().one()
    facts, at = {"ledger": digests}, datetime.now(UTC)
    subjects = sorted(["ledger_transactions", int(number)] for number in digests)
    said = [
        at.isoformat(),
        None,
        "system",
        "system",
        "ledger_opened",
        "",
        None,
        facts,
        head["hash"],
        subjects,
    ]
    hashed = _sha256(said, sort_keys=True)
    entry = _insert(
        "audit_entries",
        at=at,
        actor_role="system",
        actor_name="system",
        event="ledger_opened",
        thing_type="",
        facts=facts,
        previous=head["hash"],
        hash=hashed,
    )
    for kind, number in subjects:
        op.get_bind().execute(
            sa.insert(_table("audit_subjects")).values(entry_id=entry, thing_type=kind, thing_id=number)
        )
    table = _table("audit_head")
    op.get_bind().execute(sa.update(table).values(entries=head["entries"] + 1, hash=hashed))


def downgrade() -> None:
    op.drop_table("ledger_entries")
    op.drop_table("ledger_transactions")
    op.drop_table("ledger_accounts")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION ledger_balances()")
        op.execute("DROP FUNCTION ledger_stays()")
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(f"ck_programmes_{name}"), type_="check")
        for name in reversed(COLUMNS):
            batch_op.drop_column(name)
