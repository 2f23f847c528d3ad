"""Each verb of the match machine: what it changes, what the record says, whom it tells."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.access import Role
from marketplace.audit import AuditEntry, history_of, verify_chain
from marketplace.companies.actions import withdraw_request
from marketplace.companies.states import RequestState
from marketplace.database import db, utcnow
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.experts.models import ExpertInterest, ExpertState
from marketplace.matching import actions
from marketplace.matching.models import MatchCase
from marketplace.matching.models_ranking import StoredRanking
from marketplace.matching.states import OPEN_STATES, CandidateState, CaseState
from marketplace.notifications import Notice, OutboxMail
from tests import factories
from tests.matching.racing import take
from tests.matching.world import LONG_REASON, World, listed, release

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(app):
    return World()


def last_entry():
    return db.session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))


def told():
    """Who was told what, as pairs of user and event; notices and mails agree."""
    notices = {(n.user_id, n.event) for n in db.session.scalars(select(Notice))}
    assert len(notices) <= len(db.session.scalars(select(OutboxMail)).all())
    return notices


def operators(world):
    """Everybody who works for the operator."""
    return world.programme.staff(Role.OPERATOR)


def fresh(case):
    db.session.expire_all()
    return db.session.get_one(MatchCase, case.id)


def ids(experts):
    return [expert.id for expert in experts]


def test_release_puts_experts_forward_with_the_explanation_of_a_kept_ranking(world):
    case = world.case()
    release(case, ids(world.experts), by=world.operator)
    case = fresh(case)
    assert case.state == CaseState.PROPOSED
    assert case.due_at - utcnow() > timedelta(days=6)
    stored = db.session.scalars(select(StoredRanking)).one()
    rows = {row["expert"]: row for row in stored.result["experts"]}
    assert {c.expert_id: c.explanation for c in case.candidates} == {
        int(key): row for key, row in rows.items()
    }
    assert [c.score / 100 for c in case.candidates] == [
        rows[str(c.expert_id)]["score"] for c in case.candidates
    ]
    assert case.ranking_id == stored.id
    entry = last_entry()
    assert (entry.event, entry.thing_id, entry.actor_id) == (
        "candidates_released",
        case.id,
        world.operator.id,
    )
    assert entry.facts["hash"] == stored.result_hash
    firm = factories.person_of(case.request.company)
    assert told() == {(firm.id, "candidates_released")}


def test_fewer_candidates_than_the_programme_asks_for_need_a_reason(world):
    case = world.case()
    with pytest.raises(RuleBroken) as refused:
        release(case, ids(world.experts[:2]), by=world.operator)
    assert refused.value.field == "reason"
    assert fresh(case).state == CaseState.MATCHING
    release(case, ids(world.experts[:2]), by=world.operator, reason="이 업종의 전문가가 두 명뿐입니다.")
    case = fresh(case)
    assert (case.state, len(case.candidates)) == (CaseState.PROPOSED, 2)
    assert last_entry().facts["reason"] == "이 업종의 전문가가 두 명뿐입니다."


def test_more_candidates_than_the_programme_allows_are_refused(world):
    case = world.case()
    many = [*world.experts, *(factories.expert() for _ in range(3))]
    with pytest.raises(RuleBroken) as refused:
        release(case, ids(many), by=world.operator)
    assert refused.value.field == "experts"
    assert fresh(case).candidates == []


def test_a_ranking_that_changed_since_it_was_looked_at_is_not_released(world):
    case = world.case()
    with pytest.raises(RuleBroken) as refused:
        actions.release(case, ids(world.experts), seen="0" * 64, listed=[], by=world.operator)
    assert refused.value.conflict


def test_an_excluded_expert_is_refused_with_the_rules_own_sentence(world):
    case = world.case()
    excluded = factories.expert(careers=((case.request.company.name, None, None),))
    with pytest.raises(RuleBroken, match="전문가가 몸담았던"):
        release(case, [excluded.id, *ids(world.experts)], by=world.operator)
    with pytest.raises(RuleBroken, match="전문가가 몸담았던"):
        actions.override(case, excluded.id, LONG_REASON, by=world.operator)
    with pytest.raises(RuleBroken, match="전문가가 몸담았던"):
        actions.nominate(case, excluded.id, by=factories.person_of(case.request.company))
    assert fresh(case).candidates == []


def test_a_firm_puts_an_expert_forward_whom_it_found_itself(world):
    case = world.case()
    firm = factories.person_of(case.request.company)
    candidate = actions.nominate(case, world.experts[1].id, by=firm)
    case = fresh(case)
    assert (case.state, candidate.source, candidate.state) == (
        CaseState.PROPOSED,
        "firm",
        CandidateState.LISTED,
    )
    assert candidate.explanation["expert"] == str(world.experts[1].id)
    assert last_entry().event == "candidate_found"
    assert told() == {(op.id, "candidate_found") for op in operators(world)}


def test_the_firms_first_choice_is_asked(world):
    case = world.case(CaseState.PROPOSED)
    firm = factories.person_of(case.request.company)
    _first, second, third = case.candidates
    actions.prefer(case, {1: second.id, 2: third.id}, by=firm)
    case = fresh(case)
    assert case.state == CaseState.OFFERED
    assert [(c.preference, str(c.state)) for c in case.candidates] == [
        (None, "listed"),
        (1, "offered"),
        (2, "listed"),
    ]
    assert case.due_at == case.offered.expires_at
    assert last_entry().facts["order"] == [second.expert_id, third.expert_id]
    assert told() == {(world.experts[1].user_id, "preferences_stated")}


@pytest.mark.parametrize("places", [{}, {2: 0}, {1: 0, 3: 1}, {1: 0, 2: 0}, {1: 0, 2: 1, 3: 2, 4: 3}])
def test_an_order_with_gaps_or_repeats_is_refused(world, places):
    case = world.case(CaseState.PROPOSED)
    numbers = [*(c.id for c in case.candidates), 10**6]
    with pytest.raises(RuleBroken):
        actions.prefer(
            case, {k: numbers[v] for k, v in places.items()}, by=factories.person_of(case.request.company)
        )
    assert fresh(case).state == CaseState.PROPOSED


def test_a_candidate_of_another_case_cannot_be_preferred(world):
    case, other = world.case(CaseState.PROPOSED), world.case(CaseState.PROPOSED)
    with pytest.raises(RuleBroken):
        actions.prefer(case, {1: other.candidates[0].id}, by=factories.person_of(case.request.company))


def test_a_firm_refuses_every_candidate_with_a_reason(world):
    case = world.case(CaseState.PROPOSED)
    firm = factories.person_of(case.request.company)
    with pytest.raises(RuleBroken):
        actions.refuse(case, "  ", listed=listed(case), by=firm)
    actions.refuse(case, "도금 경험이 더 필요합니다.", listed=listed(case), by=firm)
    case = fresh(case)
    assert case.state == CaseState.MATCHING
    assert {str(c.state) for c in case.candidates} == {"refused"}
    assert told() == {(op.id, "candidates_refused") for op in operators(world)}
    with pytest.raises(RuleBroken, match="다시 추천할 수 없습니다"):
        release(case, ids(world.experts), by=world.operator)


def test_an_accepted_offer_waits_for_the_operator(world):
    case = world.case(CaseState.OFFERED)
    offer = case.offered
    actions.accept(offer, by=offer.expert.user)
    case = fresh(case)
    assert (case.state, case.chosen_id) == (CaseState.ACCEPTED, offer.id)
    assert case.chosen.answered_at is not None
    entry = last_entry()
    assert entry.facts["places_taken"] == 0
    assert entry.facts["conflicts"] == []
    firm = factories.person_of(case.request.company)
    assert told() == {(person.id, "offer_accepted") for person in (firm, *operators(world))}


def test_an_offer_past_its_deadline_cannot_be_accepted(world):
    case = world.case(CaseState.OFFERED)
    case.offered.expires_at = utcnow() - timedelta(seconds=1)
    factories.save(case)
    with pytest.raises(RuleBroken, match="기한이 지나") as refused:
        actions.accept(case.offered, by=case.offered.expert.user)
    assert refused.value.conflict


def test_a_declined_offer_goes_to_the_next_in_the_firms_order(world):
    case = world.case(CaseState.OFFERED)
    first = case.offered
    actions.decline(first, "다른 일정이 있습니다.", by=first.expert.user)
    case = fresh(case)
    assert case.state == CaseState.OFFERED
    assert case.offered.preference == 2
    assert (str(case.candidate(first.id).state), case.candidate(first.id).reason) == (
        "declined",
        "다른 일정이 있습니다.",
    )
    firm = factories.person_of(case.request.company)
    assert told() == {(firm.id, "offer_declined"), (case.offered.expert.user_id, "offer_declined")}
    assert last_entry().facts["asked_next"] == case.offered.expert_id


def test_one_who_may_no_longer_take_the_case_is_passed_over(world):
    case = world.case(CaseState.OFFERED)
    second = next(c for c in case.candidates if c.preference == 2)
    second.expert.paused_at = utcnow()
    factories.save(second.expert)
    actions.decline(case.offered, "바쁩니다.", by=case.offered.expert.user)
    case = fresh(case)
    assert case.offered.preference == 3
    assert str(case.candidate(second.id).state) == "lapsed"
    assert "쉬고" in case.candidate(second.id).reason


def test_after_the_last_decline_the_operator_looks_for_others(world):
    case = world.case(CaseState.OFFERED)
    for _ in range(3):
        actions.decline(case.offered, "바쁩니다.", by=case.offered.expert.user)
        case = fresh(case)
    assert (case.state, case.chosen_id) == (CaseState.MATCHING, None)
    assert (world.operator.id, "offer_declined") in told()


def test_declining_and_becoming_unavailable_is_one_step_for_every_open_offer(world):
    asked = world.experts[0]
    case, other = world.case(CaseState.OFFERED, asked), world.case(CaseState.OFFERED, asked)
    before = db.session.query(AuditEntry).count()
    actions.decline(case.offered, "건강이 좋지 않습니다.", by=asked.user, become_unavailable=True)
    assert db.session.query(AuditEntry).count() == before + 1
    db.session.refresh(asked)
    assert asked.paused_at is not None
    for one in (fresh(case), fresh(other)):
        assert one.offered is not None
        assert one.offered.expert_id != asked.id
        assert str(one.candidate_for(asked.id).state) == "declined"
    assert last_entry().facts["also_declined"] == [other.id]


def test_the_first_approval_waits_for_the_ministry(world):
    case = world.case(CaseState.ACCEPTED)
    actions.approve_first(case, seen=case.chosen_id, by=world.operator)
    case = fresh(case)
    assert (case.state, case.first_approved_by_id) == (CaseState.FIRST_APPROVED, world.operator.id)
    assert told() == {(world.official.id, "match_approved_first")}
    assert last_entry().event == "match_approved_first"


def test_the_final_approval_ends_the_case_and_the_other_candidates(world):
    case = world.case(CaseState.FIRST_APPROVED)
    actions.approve_final(case, seen=case.chosen_id, by=world.official)
    case = fresh(case)
    assert (case.state, case.approved_by_id, case.due_at) == (CaseState.APPROVED, world.official.id, None)
    assert sorted(str(c.state) for c in case.candidates) == ["accepted", "lapsed", "lapsed"]
    firm = factories.person_of(case.request.company)
    people = (firm, case.chosen.expert.user, *operators(world))
    assert told() == {(person.id, "match_approved") for person in people}
    assert verify_chain() is None


def test_a_match_is_returned_to_the_operator_with_a_reason(world):
    case = world.case(CaseState.FIRST_APPROVED)
    with pytest.raises(RuleBroken) as refused:
        actions.send_back(case, "짧음", by=world.official)
    assert refused.value.field == "reason"
    actions.send_back(case, LONG_REASON, by=world.official)
    case = fresh(case)
    assert (case.state, case.first_approved_by_id, case.reason) == (CaseState.ACCEPTED, None, LONG_REASON)
    assert told() == {(op.id, "match_returned") for op in operators(world)}


@pytest.mark.parametrize(
    ("state", "verb", "who"),
    [(CaseState.ACCEPTED, "reject", "operator"), (CaseState.FIRST_APPROVED, "reject_final", "official")],
)
def test_a_rejected_expert_is_not_offered_again(world, state, verb, who):
    case = world.case(state)
    rejected = case.chosen
    with pytest.raises(RuleBroken):
        actions.VERBS[verb](case, "짧은 사유", by=getattr(world, who))
    actions.VERBS[verb](case, LONG_REASON, by=getattr(world, who))
    case = fresh(case)
    assert (case.state, case.chosen_id, case.first_approved_at) == (CaseState.MATCHING, None, None)
    assert case.candidate(rejected.id).reason == LONG_REASON
    assert (rejected.expert.user_id, "match_rejected") in told()
    with pytest.raises(RuleBroken, match="반려되어"):
        actions.override(case, rejected.expert_id, LONG_REASON, by=world.operator)


@pytest.mark.parametrize("state", [CaseState.MATCHING, CaseState.PROPOSED])
def test_an_override_asks_an_expert_outside_the_order_with_a_reason(world, state):
    case = world.case(state)
    chosen = world.experts[2]
    with pytest.raises(RuleBroken) as refused:
        actions.override(case, chosen.id, "짧음", by=world.operator)
    assert refused.value.field == "reason"
    actions.override(case, chosen.id, LONG_REASON, by=world.operator)
    case = fresh(case)
    assert (case.state, case.offered.expert_id) == (CaseState.OFFERED, chosen.id)
    assert case.overridden_by_id == world.operator.id
    assert last_entry().facts["reason"] == LONG_REASON
    firm = factories.person_of(case.request.company)
    assert told() == {(firm.id, "match_overridden"), (chosen.user_id, "match_overridden")}


def test_who_overrode_may_not_approve_first(world):
    case = world.case(CaseState.ACCEPTED, overridden_by_id=world.operator.id)
    with pytest.raises(RuleBroken, match="예외 제안"):
        actions.approve_first(case, seen=case.chosen_id, by=world.operator)
    actions.approve_first(case, seen=case.chosen_id, by=world.second_operator)
    assert fresh(case).state == CaseState.FIRST_APPROVED


@pytest.mark.parametrize("state", OPEN_STATES, ids=str)
def test_a_firm_withdraws_at_any_time_before_the_final_approval(world, state):
    case = world.case(state)
    firm = factories.person_of(case.request.company)
    asked = case.offered or case.chosen
    withdraw_request(case.request, "사업장이 옮겨집니다.", by=firm)
    case = fresh(case)
    assert (case.state, case.request.state) == (CaseState.WITHDRAWN, RequestState.WITHDRAWN)
    assert {str(c.state) for c in case.candidates} <= {"lapsed"}
    if asked is not None:
        assert (asked.expert.user_id, "request_withdrawn") in told()
    assert (world.operator.id, "request_withdrawn") in told()
    assert last_entry().facts["reason"] == case.reason == "사업장이 옮겨집니다."
    assert [entry.event for entry in history_of(case)] == ["request_withdrawn"]


def test_capacity_counts_overlapping_periods_only(world):
    busy = world.experts[0]
    world.case(CaseState.APPROVED, busy)
    case = world.case(CaseState.OFFERED, busy)
    with pytest.raises(RuleBroken, match="먼저 찼습니다") as refused:
        actions.accept(case.offered, by=busy.user)
    assert refused.value.conflict
    later = world.case(CaseState.OFFERED, busy)
    later.since = later.since + timedelta(days=200)
    later.until = later.until + timedelta(days=200)
    factories.save(later)
    actions.accept(later.offered, by=busy.user)
    assert fresh(later).state == CaseState.ACCEPTED


def test_a_conflict_that_arose_since_the_offer_stops_each_later_step(world):
    expert = world.experts[0]
    cases = {
        "accept": world.case(CaseState.OFFERED, expert),
        "approve_first": world.case(CaseState.ACCEPTED, expert, company=factories.company()),
        "approve_final": world.case(CaseState.FIRST_APPROVED, expert),
    }
    expert.capacity = 3
    factories.save(
        *(
            ExpertInterest(expert_id=expert.id, kind="shares", organisation=case.request.company.name)
            for case in cases.values()
        ),
        expert,
    )
    db.session.expire_all()
    for verb, case in cases.items():
        by = {"accept": expert.user, "approve_first": world.operator, "approve_final": world.official}[verb]
        before = case.state
        with pytest.raises(RuleBroken, match="지분"):
            take(verb, case.offered if verb == "accept" else case, by)
        assert fresh(case).state == before


def test_an_expert_who_is_no_longer_verified_stops_the_approval(world):
    case = world.case(CaseState.ACCEPTED)
    case.chosen.expert.state, case.chosen.expert.reason = ExpertState.SUSPENDED, "사유"
    factories.save(case.chosen.expert)
    with pytest.raises(RuleBroken, match="자격 확인"):
        actions.approve_first(case, seen=case.chosen_id, by=world.operator)
    assert fresh(case).state == CaseState.ACCEPTED


def test_who_takes_no_new_offers_still_does_what_was_accepted_before(world):
    case = world.case(CaseState.ACCEPTED)
    case.chosen.expert.paused_at = utcnow()
    factories.save(case.chosen.expert)
    actions.approve_first(case, seen=case.chosen_id, by=world.operator)
    assert fresh(case).state == CaseState.FIRST_APPROVED


def test_an_approval_of_another_expert_than_the_page_showed_is_a_conflict(world):
    case = world.case(CaseState.ACCEPTED)
    with pytest.raises(RuleBroken) as refused:
        actions.approve_first(case, seen=case.chosen_id + 1, by=world.operator)
    assert refused.value.conflict
    assert fresh(case).state == CaseState.ACCEPTED
    actions.approve_first(case, seen=case.chosen_id, by=world.operator)


def test_the_system_approves_nothing(world):
    case = world.case(CaseState.ACCEPTED)
    with pytest.raises(NotAllowed):
        actions.approve_first(case, seen=case.chosen_id, by=None)
