"""Another expert takes a mentorship over: what was done stays, what is left goes on, and nothing is half done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketplace.access import Role
from marketplace.audit import history_of, recorded
from marketplace.database import clock_at, db, utcnow
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import Event
from marketplace.experts.models import ExpertInterest
from marketplace.experts.states import InterestOfExpert
from marketplace.ledger.models import LedgerTransaction
from marketplace.ledger.states import TransactionKind
from marketplace.ledger.verbs import post_deposit
from marketplace.matching.models import held_periods
from marketplace.matching.states import CandidateState, CaseState
from marketplace.mentorships import actions as mentorships
from marketplace.mentorships.draft import missing_in
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import TRANSITIONS, Party
from marketplace.mentorships.states import MentorshipState as S
from marketplace.notifications import Notice
from marketplace.payments import actions as payments
from marketplace.payments.queries import claim_of_visit
from marketplace.replacement.actions import replace
from marketplace.visits import actions as visits
from marketplace.visits.states import VisitState
from tests import factories
from tests.conftest import sign_in
from tests.mentorships.world import NOON, World, fresh, sign, text_hash
from tests.visits.world import World as Visits
from tests.visits.world import key, log

pytestmark = pytest.mark.both_databases
REASON = "전문가가 건강 문제로 더 방문하기 어렵습니다."
AFTER = datetime(factories.START.year, factories.START.month, factories.START.day, 3, tzinfo=UTC) + timedelta(
    days=40
)


@pytest.fixture
def world(app: Any):
    """Forty days into a mentorship with three more experts around, and five visits accepted."""
    with clock_at(NOON):
        made = World(4)
        made.found = made.mentorship(S.RUNNING)
    with clock_at(AFTER):
        made.visits = Visits.of(fresh(made.found))
        made.done = [made.visits.visit(VisitState.CONFIRMED, log=log(4 * n + 1)) for n in range(5)]
        for visit in made.done:
            visits.accept(visit, visit.length, seen=visit.edition, by=made.visits.operator)
        yield made


def next_expert(world: World) -> Any:
    return next(expert for expert in world.experts if expert.id != world.found.expert_id)


def take_over(world: World, **changes: Any) -> Mentorship:
    said = {"expert": next_expert(world).id, "withholding": "business", "reason": REASON, **changes}
    replace(
        fresh(world.found),
        said["expert"],
        said["withholding"],
        said["reason"],
        by=changes.get("by", world.operator),
    )
    return fresh(world.found)


def signed(world: World) -> Mentorship:
    for party in Party:
        sign(world.found, world.person(fresh(world.found), party))
    return fresh(world.found)


def told(user: Any) -> list[str]:
    return [notice.event for notice in db.session.query(Notice).filter_by(user_id=user.id)]


def test_what_was_done_stays_the_formers_and_what_is_left_goes_to_the_new_expert(world):
    before = fresh(world.found)
    former, term, plan = before.expert, (before.since, before.last_day), [v.on for v in before.plan]
    coming = next_expert(world)
    after = take_over(world)
    assert (after.state, after.expert_id) == (S.SIGNING, coming.id)
    assert (after.since, after.last_day, after.visits, after.total) == (*term, before.visits, before.total)
    assert after.formers == [
        {"expert_id": former.id, "expert": former.name, "visits": 5, "until": AFTER.date().isoformat()}
    ]
    assert all(visit.expert_id == former.id for visit in world.done)
    days = [visit.on for visit in after.plan]
    assert [on for on in days if on <= AFTER.date()] == [on for on in plan if on <= AFTER.date()][:5]
    assert len(days) == after.visits
    assert all(on <= after.last_day for on in days)
    for user in (former.user, after.expert.user, factories.person_of(after.request.company)):
        assert "expert_replaced" in told(user)
    assert signed(world).state == S.RUNNING
    assert (fresh(world.found).since, fresh(world.found).last_day) == term  # the last signature moves nothing


def test_the_place_of_the_former_is_free_and_that_of_the_new_one_is_held_for_the_days_that_are_left(world):
    former = fresh(world.found).expert_id
    after = take_over(world)
    approved = (CaseState.APPROVED,)
    assert held_periods(former, approved) == []
    (held,) = held_periods(after.expert_id, approved)
    assert (held.since, held.last_day) == (AFTER.date(), after.last_day)
    states = {candidate.expert_id: candidate.state for candidate in after.case.candidates}
    assert (states[former], states[after.expert_id]) == (CandidateState.LAPSED, CandidateState.ACCEPTED)


def test_the_money_is_set_aside_once_and_each_claim_is_taxed_as_its_own_agreement_said(world):
    found = fresh(world.found)
    with recorded(None, Event.MONEY_RECEIVED, found):
        post_deposit(world.programme, found.id, found.shares["firm"], key="deposit")
    take_over(world)
    signed(world)
    reserved = db.session.query(LedgerTransaction).filter_by(
        mentorship_id=world.found.id, kind=TransactionKind.RESERVE
    )
    assert reserved.count() == 1
    later = Visits.of(fresh(world.found))
    visit = later.visit(VisitState.CONFIRMED, log=log(0, "09:00", "11:00"))
    visits.accept(visit, visit.length, seen=visit.edition, by=later.operator)
    claims = [claim_of_visit(made.id) for made in (world.done[0], visit)]
    assert [claim.withholding for claim in claims] == ["other", "business"]
    payer = factories.user(Role.OPERATOR, world.programme.operator)
    for claim in claims:
        payments.save_account(
            claim.expert, "국민은행", "123-4567-8901", claim.expert.name, by=claim.expert.user
        )
        payments.approve(claim, by=payer)
    payments.make_order(world.programme, [claim.id for claim in claims], by=payer)
    db.session.expire_all()
    net = [claim_of_visit(made.id).net for made in (world.done[0], visit)]
    assert net == [
        claims[0].amount - claims[0].amount * 88 // 1000,
        claims[1].amount - claims[1].amount * 33 // 1000,
    ]


def test_the_new_expert_logs_what_is_left_and_no_more_and_the_former_nothing(world):
    former = fresh(world.found).expert.user
    take_over(world)
    after = signed(world)
    with pytest.raises((NotFound, RuleBroken)):
        visits.log_visit(after, log(1), client_key=key(), by=former)
    made = visits.log_visit(after, log(0, "08:00", "10:00"), client_key=key(), by=after.expert.user)
    assert made.expert_id == after.expert_id
    assert made.planned_number not in {visit.planned_number for visit in world.done if visit.planned_number}
    after.visits = 6
    with clock_at(AFTER + timedelta(days=1)), pytest.raises(RuleBroken, match="6번"):
        visits.log_visit(after, log(0, "08:00", "10:00"), client_key=key(), by=after.expert.user)


def test_the_new_edition_names_the_former_and_is_signed_by_all_three(app, world):
    former = fresh(world.found).expert.name
    after = take_over(world)
    assert after.edition == 2
    page = sign_in(app.test_client(), after.expert.user).get(f"/mentorships/{after.id}/agreement").text
    assert former in page
    assert after.unsigned == list(Party)
    entry = next(entry for entry in history_of(after) if entry.event == "expert_replaced")
    assert entry.facts["text_hash"] == text_hash(after)
    assert {"former_expert", "visits_left", "ranking", "conflicts", "period"} <= set(entry.facts)
    assert entry.facts["visits_left"] == after.visits - 5


def test_a_new_expert_who_declines_sends_it_back_to_be_written_and_it_can_be_proposed_again(world):
    after = take_over(world)
    mentorships.decline(after, "방문 요일이 맞지 않아 고쳐 주십시오.", by=after.expert.user)
    after = fresh(world.found)
    assert after.state == S.DRAFTING
    assert missing_in(after, AFTER.date()) == []
    mentorships.propose(after, by=world.operator)
    assert signed(world).state == S.RUNNING


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"reason": "짧음"}, "reason"),
        ({"withholding": "none"}, "withholding"),
        ({"expert": 0}, None),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(world, changes, field):
    before = (fresh(world.found).expert_id, fresh(world.found).state)
    with pytest.raises((RuleBroken, NotFound)) as raised:
        take_over(world, **changes)
    assert getattr(raised.value, "field", None) == field
    assert (fresh(world.found).expert_id, fresh(world.found).state) == before


def test_the_present_expert_and_one_with_a_conflict_cannot_take_over(world):
    with pytest.raises(RuleBroken):
        take_over(world, expert=fresh(world.found).expert_id)
    tied = next_expert(world)
    factories.save(
        ExpertInterest(
            expert_id=tied.id, kind=InterestOfExpert.KIN, organisation=fresh(world.found).request.company.name
        )
    )
    db.session.refresh(tied)
    with pytest.raises(RuleBroken):
        take_over(world, expert=tied.id)
    assert fresh(world.found).state == S.RUNNING


def test_nothing_is_taken_over_when_every_visit_was_made_or_the_term_is_over(world):
    found = fresh(world.found)
    found.visits = 5
    factories.save(found)
    with pytest.raises(RuleBroken, match="남은 방문"):
        take_over(world)
    found = fresh(world.found)
    found.visits = 24
    factories.save(found)
    with clock_at(AFTER + timedelta(days=300)), pytest.raises(RuleBroken, match="기간이 끝나"):
        take_over(world)


@pytest.mark.parametrize("role", list(Role))
def test_only_the_operator_of_the_programme_replaces(world, role):
    body = {
        Role.COMPANY: fresh(world.found).request.company.organisation,
        Role.OPERATOR: world.programme.operator,
        Role.MINISTRY: world.programme.ministry,
    }.get(role)
    by = factories.user(role, body)
    if role is Role.OPERATOR:
        assert take_over(world, by=by).state == S.SIGNING
        return
    with pytest.raises((NotAllowed, NotFound)):
        take_over(world, by=by)
    assert fresh(world.found).state == S.RUNNING


@pytest.mark.parametrize("state", [state for state in S if "replace" not in TRANSITIONS[state]])
def test_in_other_states_nobody_is_replaced(world, state):
    found = fresh(world.found)
    found.state, found.reason = state, REASON
    factories.save(found)
    with pytest.raises(RuleBroken) as broken:
        take_over(world)
    assert broken.value.conflict


def test_the_operator_sees_the_next_best_with_reasons_and_chooses_on_the_page(app, world):
    operator = sign_in(app.test_client(), world.operator)
    path = f"/mentorships/{world.found.id}/replace"
    assert path in operator.get(f"/mentorships/{world.found.id}").text
    page = operator.get(path).text
    assert "필요 기술별 근거" in page
    assert next_expert(world).name in page
    assert f'value="{fresh(world.found).expert_id}"' not in page
    data = {"expert": next_expert(world).id, "withholding": "other", "reason": "짧음"}
    short = operator.post(path, data=data)
    assert short.status_code == 422
    assert "짧음" in short.text
    assert operator.post(path, data={**data, "reason": REASON}).status_code == 303
    after = fresh(world.found)
    assert after.state == S.SIGNING
    assert (
        f"/mentorships/{after.id}/agreement"
        in sign_in(app.test_client(), after.expert.user).get("/todo").text
    )
    assert operator.get(path).status_code == 409
    assert utcnow() >= AFTER
