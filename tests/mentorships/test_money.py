"""What is set aside at the last signature, and what becomes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from marketplace.access import Role
from marketplace.database import db, writing_allowed
from marketplace.errors import RuleBroken
from marketplace.jobs import Job
from marketplace.ledger.models import LedgerAccount, LedgerTransaction
from marketplace.mentorships import actions
from marketplace.mentorships.models import Signature
from marketplace.mentorships.states import MentorshipState, Party
from marketplace.notifications import Notice
from marketplace.programmes.models import Programme
from tests import factories
from tests.mentorships.world import REASON, World, fresh, sign

pytestmark = pytest.mark.both_databases
S = MentorshipState


def held(programme: Programme, kind: str, mentorship_id: int | None = None) -> dict[str, int]:
    """Won by source in the accounts of a kind."""
    found: dict[str, int] = {}
    query = db.session.query(LedgerAccount).filter_by(programme_id=programme.id, kind=kind)
    for account in query.filter_by(mentorship_id=mentorship_id).populate_existing():
        found[account.source] = found.get(account.source, 0) + account.balance
    return found


def test_the_last_signature_sets_the_whole_price_aside_from_every_source(app):
    world = World()
    mentorship = world.mentorship(S.RUNNING)
    public = {name: won for name, won in mentorship.shares.items() if won and name != "firm"}
    assert held(world.programme, "reserved", mentorship.id) == public
    assert held(world.programme, "pledged", mentorship.id) == {"firm": mentorship.shares["firm"]}


def test_the_company_of_the_agreement_pays_first_and_another_what_it_lacks(app):
    world = World()
    second = factories.funded(world.programme, 500_000)
    mentorship = world.written()
    mentorship.sponsor_id = second.id
    factories.save(mentorship)
    actions.propose(mentorship, by=world.operator)
    for party in Party:
        sign(mentorship, world.person(mentorship, party))
    query = db.session.query(LedgerAccount).filter_by(kind="reserved", source="sponsor")
    by_company = {account.organisation_id: account.balance for account in query}
    assert by_company == {second.id: 500_000, world.sponsor.id: mentorship.shares["sponsor"] - 500_000}


def test_without_the_money_the_last_signature_is_refused_whole_and_the_operator_told(app):
    world = World()
    mentorship = world.mentorship(S.SIGNING)
    for party in (Party.FIRM, Party.EXPERT):
        sign(mentorship, world.person(mentorship, party))
    cash = db.session.query(LedgerAccount).filter_by(kind="cash", source="government").one()
    free, other = cash.balance, World()
    mentorship = fresh(mentorship)
    wanted = (free // mentorship.visits + 1000) * mentorship.visits
    mentorship.shares = {**mentorship.shares, "government": wanted}
    mentorship.unit_price = 2 * free
    factories.save(mentorship)
    posted = db.session.query(LedgerTransaction).count()
    with pytest.raises(RuleBroken) as refused:
        sign(mentorship, world.person(mentorship, Party.OPERATOR))
    assert (refused.value.facts["source"], refused.value.facts["missing"]) == ("국비", f"{wanted - free:,}")
    mentorship = fresh(mentorship)
    assert (mentorship.state, len(mentorship.signatures)) == (S.SIGNING, 2)
    assert db.session.query(LedgerTransaction).count() == posted
    told = {n.user_id for n in db.session.query(Notice).filter(Notice.event == "money_lacked")}
    assert told == {person.id for person in world.programme.staff(Role.OPERATOR)}
    assert other.operator.id not in told


def test_signing_anew_sets_nothing_aside_twice(app):
    world = World()
    mentorship = world.mentorship(S.RUNNING)
    before = held(world.programme, "reserved", mentorship.id)
    with writing_allowed():
        db.session.execute(delete(Signature).where(Signature.mentorship_id == mentorship.id))
        db.session.execute(delete(Job))
        mentorship.state = S.SIGNING
        db.session.commit()
    for party in Party:
        sign(mentorship, world.person(mentorship, party))
    assert fresh(mentorship).state == S.RUNNING
    assert held(world.programme, "reserved", mentorship.id) == before


def test_stopping_frees_what_nothing_was_drawn_of(app):
    world = World()
    world.written()
    free = held(world.programme, "cash")
    mentorship = world.mentorship(S.RUNNING)
    assert held(world.programme, "cash") != free
    actions.stop(mentorship, REASON, by=world.operator)
    assert held(world.programme, "cash") == free
    assert not any(held(world.programme, "reserved", mentorship.id).values())
    assert not any(held(world.programme, "pledged", mentorship.id).values())
