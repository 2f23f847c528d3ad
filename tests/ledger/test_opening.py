"""Contributions that were there before the ledger are carried into it."""

import pytest
from sqlalchemy import text

from marketplace import migrate
from marketplace import settings as settings_module
from marketplace.accounts.models import OrganisationKind
from marketplace.audit import AuditEntry, verify_chain
from marketplace.database import db
from marketplace.ledger.models import LedgerAccount, LedgerTransaction
from marketplace.ledger.replaying import lost_transactions, replay
from marketplace.programmes.models import Contribution, Programme
from tests import factories
from tests.conftest import settings_for

pytestmark = pytest.mark.both_databases
ROWS = [(100, 100), (200, 0), (300, 120)]


def test_contributions_become_opening_transactions_that_the_record_names(app, database_url):
    programme = factories.programme()
    companies = [factories.organisation(OrganisationKind.SPONSOR).id for _ in ROWS]
    number = programme.id
    db.session.rollback()
    db.engine.dispose()
    settings_module.use(settings_for(database_url))
    migrate.downgrade("0006")
    insert = text(
        "INSERT INTO contributions (programme_id, sponsor_id, pledged, received, created_at) "
        "VALUES (:programme, :company, :pledged, :received, '2026-03-02 01:02:03.456789')"
    )
    with db.engine.begin() as connection:
        for company, (pledged, received) in zip(companies, ROWS, strict=True):
            values = {"programme": number, "company": company, "pledged": pledged, "received": received}
            connection.execute(insert, values)
    db.engine.dispose()
    migrate.upgrade()
    assert replay(db.session.get_one(Programme, number)) == []
    assert lost_transactions() == []
    assert verify_chain() is None
    found = db.session.query(LedgerTransaction).filter_by(programme_id=number).all()
    assert [(t.kind, t.amount) for t in found] == [("opening", 100), ("opening", 200), ("opening", 300)]
    cash = db.session.query(LedgerAccount).filter_by(programme_id=number, kind="cash")
    assert sorted(a.balance for a in cash) == [0, 100, 120]
    last = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (last.event, len(last.subjects)) == ("ledger_opened", 3)
    shown = db.session.query(Contribution).filter_by(programme_id=number)
    assert sorted((row.pledged, row.received) for row in shown) == sorted(ROWS)


def test_where_nobody_pledged_nothing_is_opened(app):
    assert db.session.query(LedgerTransaction).count() == 0
    assert db.session.query(AuditEntry).filter_by(event="ledger_opened").count() == 0
