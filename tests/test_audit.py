"""The record of everything."""

import pytest

from marketplace.access import Role
from marketplace.audit import AuditEntry, recorded, verify_chain
from marketplace.database import WriteOutsideRecord, db
from marketplace.events import Event
from tests import factories

pytestmark = pytest.mark.both_databases


def test_a_change_outside_the_record_is_refused(app):
    person = factories.user(Role.ADMIN)
    person.name = "다른 이름"
    with pytest.raises(WriteOutsideRecord):
        db.session.flush()


def test_one_change_leaves_one_entry_and_the_chain_is_whole(app):
    person = factories.user(Role.ADMIN)
    with recorded(person, Event.ACCOUNT_EDITED, person, name="다른 이름"):
        person.name = "다른 이름"
    entries = db.session.query(AuditEntry).filter_by(actor_id=person.id).all()
    assert [entry.event for entry in entries] == ["account_edited"]
    assert verify_chain() is None


def test_a_failed_change_leaves_neither_the_change_nor_an_entry(app):
    person = factories.user(Role.ADMIN, name="변경 없음")
    with pytest.raises(RuntimeError), recorded(person, Event.ACCOUNT_EDITED, person):
        person.name = "다른 이름"
        db.session.flush()
        raise RuntimeError
    db.session.refresh(person)
    assert person.name == "변경 없음"
    assert db.session.query(AuditEntry).filter_by(actor_id=person.id).count() == 0
