"""Take in files of what the bank did with payment orders."""

from alembic import op

revision = "0016"
down_revision = "0015"

NAME = "ck_import_files_kind_known"


def upgrade() -> None:
    _allow("kind IN ('experts', 'requests', 'payments')")


def downgrade() -> None:
    op.execute("DELETE FROM import_files WHERE kind = 'payments'")
    _allow("kind IN ('experts', 'requests')")


def _allow(condition: str) -> None:
    with op.batch_alter_table("import_files") as table:
        table.drop_constraint(op.f(NAME), type_="check")
        table.create_check_constraint(op.f(NAME), condition)
