"""The record of everything."""

import pytest
from sqlalchemy import delete, insert, text, update

from marketplace.access import Role
from marketplace.audit import (
    AuditEntry,
    AuditSubject,
    also_about,
    history_of,
    recorded,
    verify_chain,
)
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


def with_subjects():
    """One entry about a person that touched two others; all three."""
    people = [factories.user(Role.ADMIN) for _ in range(3)]
    with recorded(None, Event.ACCOUNT_EDITED, people[0]):
        also_about(people[1], people[2], people[0], people[1], note="함께")
    return people


def entry_of(person):
    (entry,) = history_of(person)
    return entry


def test_an_entry_is_in_the_history_of_everything_it_touched_and_is_still_one(app):
    people = with_subjects()
    entries = {entry_of(person).id for person in people}
    assert len(entries) == 1
    assert [(s.thing_type, s.thing_id) for s in entry_of(people[0]).subjects] == [
        ("users", people[1].id),
        ("users", people[2].id),
    ]
    assert entry_of(people[0]).facts == {"note": "함께"}
    assert history_of(factories.user(Role.ADMIN)) == []
    assert verify_chain() is None


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM audit_subjects",
        "DELETE FROM audit_subjects WHERE thing_id = (SELECT max(thing_id) FROM audit_subjects)",
        "UPDATE audit_subjects SET thing_id = thing_id + 1000",
        "UPDATE audit_subjects SET thing_type = 'requests'",
        "INSERT INTO audit_subjects SELECT entry_id, 'requests', 7 FROM audit_subjects LIMIT 1",
        "INSERT INTO audit_subjects SELECT min(id), 'requests', 7 FROM audit_entries",
    ],
)
def test_a_subject_that_is_taken_changed_or_added_later_breaks_the_chain(app, tampering):
    with_subjects()
    with db.engine.begin() as connection:
        connection.execute(text(tampering))
    assert "was edited" in verify_chain()


def test_subjects_are_appended_with_their_entry_or_not_at_all(app):
    people = with_subjects()
    entry = entry_of(people[0])
    changes = [
        lambda: setattr(entry.subjects[0], "thing_id", 9),
        lambda: db.session.delete(entry.subjects[0]),
        lambda: db.session.add(AuditSubject(entry=entry, thing_type="users", thing_id=9)),
        lambda: db.session.add(AuditSubject(entry_id=entry.id, thing_type="users", thing_id=9)),
        lambda: db.session.execute(update(AuditSubject).values(thing_id=9)),
        lambda: db.session.execute(delete(AuditSubject)),
        lambda: db.session.execute(update(AuditEntry).values(event="x")),
        lambda: db.session.execute(insert(AuditSubject), [{"entry_id": 1, "thing_type": "x", "thing_id": 1}]),
    ]
    for change in changes:
        with pytest.raises(RuntimeError, match="never changed"), recorded(None, Event.ACCOUNT_EDITED):
            change()
        db.session.expire_all()
        entry = entry_of(people[0])
    assert len(entry.subjects) == 2
    assert verify_chain() is None


def test_nothing_is_touched_outside_a_record(app):
    person = factories.user(Role.ADMIN)
    with pytest.raises(RuntimeError):
        also_about(person)
