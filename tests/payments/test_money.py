"""What claims do to the money: the ledger holds what an independent count of the visits says."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from marketplace.accounts.models import User
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.ledger.models import LedgerTransaction
from marketplace.ledger.replaying import replay
from marketplace.mentorships import actions as mentorships
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState
from marketplace.payments import actions
from marketplace.payments.models import Claim
from marketplace.payments.queries import claim_of_visit, flows_of
from marketplace.payments.sheets import lines_of
from marketplace.payments.states import ClaimState
from marketplace.visits.actions import accept
from marketplace.visits.states import VisitState
from tests import factories
from tests.payments.world import REASON, World, fresh
from tests.visits.racing import at_once
from tests.visits.world import log

pytestmark = pytest.mark.both_databases
S = ClaimState
PRICE, NET_OTHER, NET_BUSINESS = 350_000, 319_200, 338_450


def test_accepting_a_visit_claims_its_price_from_each_source_in_the_same_entry(app):
    world = World()
    claim = world.claim()
    assert (claim.state, claim.amount) == (S.CLAIMED, PRICE)
    assert vars(claim.parts) == {"government": 175_000, "sponsor": 140_000, "local": 0, "firm": 35_000}
    assert claim.accepted_by_id == world.operator.id


@pytest.mark.parametrize(("withholding", "net"), [("other", NET_OTHER), ("business", NET_BUSINESS)])
def test_twenty_four_visits_are_paid_to_the_won_as_the_agreement_taxes_them(app, withholding, net):
    world = World(programme={"monthly_visits": 31}, withholding=withholding)
    for _ in range(24):
        world.claim(S.PAID)
    assert world.holds("reserved") == world.holds("payable") == 0
    assert world.holds("paid") == 24 * net
    assert world.holds("withheld") == 24 * (PRICE - net)
    by_source = {flow.source: flow.drawn for flow in flows_of(world.mentorship)}
    assert by_source == {"government": 24 * 175_000, "sponsor": 24 * 140_000, "local": 0, "firm": 24 * 35_000}
    assert replay(world.programme) == []


def test_any_mixture_of_verbs_leaves_the_ledger_as_the_claims_say(app):
    world = World(programme={"monthly_visits": 31})
    chance = random.Random(14)
    states = [chance.choice(list(S)) for _ in range(20)]
    for state in states:
        world.claim(state)
    count = {state: states.count(state) for state in S}
    assert world.holds("payable") == PRICE * (count[S.APPROVED] + count[S.ORDERED])
    assert world.holds("paid") + world.holds("withheld") == PRICE * count[S.PAID]
    drawn = count[S.APPROVED] + count[S.ORDERED] + count[S.PAID]
    assert world.holds("reserved") == PRICE * (24 - drawn)
    assert replay(world.programme) == []


def test_the_reviewer_of_a_visit_does_not_approve_its_payment(app):
    world = World()
    claim = world.claim()
    with pytest.raises(RuleBroken):
        actions.approve(claim, by=world.operator)
    assert fresh(claim).state == S.CLAIMED


def test_a_second_visit_to_a_firm_on_a_day_is_not_paid(app):
    world = World(programme={"visits_a_day": 2})
    first = world.claim(S.APPROVED)
    day = first.visit.starts_at.date()
    visit = world.visit(VisitState.CONFIRMED, log=log(day, "15:00", "17:00"))
    accept(visit, 60, seen=1, by=world.operator)
    second = claim_of_visit(visit.id)
    world.programme.visits_a_day = 1
    factories.save(world.programme)
    with pytest.raises(RuleBroken):
        actions.approve(second, by=world.payer)
    assert fresh(second).state == S.CLAIMED


def test_two_who_approve_at_once_draw_the_money_once(app):
    world = World()
    claim = world.claim()
    other = factories.user("operator", world.programme.operator)
    ids = (world.payer.id, other.id)
    number = claim.id

    def attempt(user_id: int) -> object:
        return actions.approve(db.session.get_one(Claim, number), by=db.session.get_one(User, user_id))

    outcomes = at_once(app, [lambda i=i: attempt(i) for i in ids])
    assert outcomes == {"won": 1, "conflict": 1}
    assert world.holds("payable") == PRICE


def test_a_failed_transfer_goes_into_another_order_and_is_paid_once(app):
    world = World()
    claim = world.claim(S.ORDERED)
    actions.mark_failed(claim, REASON, by=world.payer)
    claim = fresh(claim)
    assert (claim.state, claim.order_id, claim.bank, claim.reason) == (S.APPROVED, None, None, REASON)
    order = actions.make_order(world.programme, [claim.id], by=world.payer)
    assert order.number == 2
    actions.mark_paid(fresh(claim), today(), by=world.payer)
    with pytest.raises(RuleBroken):
        actions.mark_paid(fresh(claim), today(), by=world.payer)
    assert world.holds("paid") == NET_OTHER
    assert db.session.query(LedgerTransaction).filter_by(kind="pay").count() == 1


def test_an_order_is_whole_or_not_there_and_pays_no_later_than_today(app):
    world = World()
    good, waiting = world.claim(S.APPROVED), world.claim()
    with pytest.raises(RuleBroken):
        actions.make_order(world.programme, [good.id, waiting.id], by=world.payer)
    assert fresh(good).order_id is None
    claim = world.claim(S.ORDERED)
    with pytest.raises(RuleBroken):
        actions.mark_paid(claim, today() + timedelta(days=1), by=world.payer)
    assert fresh(claim).state == S.ORDERED


def test_the_lines_of_an_order_sum_to_its_claims_and_to_the_ledger(app):
    world = World()
    claim = world.claim(S.PAID)
    lines = lines_of(claim)
    assert len(lines) == 4
    assert sum(gross for gross, _, _ in lines.values()) == claim.amount
    assert sum(tax for _, tax, _ in lines.values()) == claim.income_tax
    assert sum(tax for _, _, tax in lines.values()) == claim.local_tax
    paid = {flow.source: (flow.paid, flow.withheld) for flow in flows_of(claim.mentorship)}
    assert paid == {source: (g - i - t, i + t) for source, (g, i, t) in lines.items()}


def brought(world: World, state: MentorshipState) -> Mentorship:
    """The mentorship in a state that another slice leads to."""
    db.session.rollback()
    mentorship = db.session.get_one(Mentorship, world.mentorship.id, populate_existing=True)
    mentorship.state = state
    factories.save(mentorship)
    return mentorship


@pytest.mark.parametrize("state", [S.CLAIMED, S.HELD, S.APPROVED, S.ORDERED])
def test_nothing_is_settled_while_a_claim_is_open(app, state):
    world = World()
    world.claim(state)
    mentorship = brought(world, MentorshipState.SETTLING)
    with pytest.raises(RuleBroken):
        actions.settle(mentorship, by=world.operator)
    assert brought(world, MentorshipState.SETTLING).state == MentorshipState.SETTLING


def test_nothing_is_settled_while_a_visit_is_undecided(app):
    world = World()
    world.visit(VisitState.CONFIRMED)
    with pytest.raises(RuleBroken):
        actions.settle(brought(world, MentorshipState.SETTLING), by=world.operator)


def test_settling_frees_what_was_not_drawn_and_closes(app):
    world = World()
    world.claim(S.PAID)
    world.claim(S.REFUSED)
    actions.settle(brought(world, MentorshipState.SETTLING), by=world.operator)
    db.session.expire_all()
    assert db.session.get_one(Mentorship, world.mentorship.id).state == MentorshipState.CLOSED
    assert world.holds("reserved") == world.holds("payable") == 0
    assert all(flow.reserved == flow.drawn + flow.released for flow in flows_of(world.mentorship))
    assert replay(world.programme) == []


def test_a_stop_waits_for_the_open_claims_before_the_rest_is_freed(app):
    world = World()
    claim = world.claim()
    mentorships.stop(db.session.get_one(Mentorship, world.mentorship.id), REASON, by=world.operator)
    assert world.holds("reserved") == 24 * PRICE
    with pytest.raises(RuleBroken):
        actions.release_rest(db.session.get_one(Mentorship, world.mentorship.id), by=world.operator)
    actions.refuse(fresh(claim), REASON, by=world.payer)
    actions.release_rest(db.session.get_one(Mentorship, world.mentorship.id), by=world.operator)
    assert world.holds("reserved") == 0


@pytest.mark.parametrize(
    ("number", "holder"), [("123", None), ("계좌12345678", None), ("12345678901", "남의 이름")]
)
def test_an_account_that_cannot_be_right_is_refused_at_its_field(app, number, holder):
    world = World()
    with pytest.raises(RuleBroken) as refused:
        actions.save_account(world.expert, "은행", number, holder or world.expert.name, by=world.writer)
    assert refused.value.field == ("holder" if holder else "number")
