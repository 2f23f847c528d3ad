"""Learned weights are proposed by command, adopted or rejected by people, and change nothing by themselves."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.access import Role
from marketplace.audit import history_of
from marketplace.database import clock_at, db, utcnow
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.events import EVENT_LABELS, Event
from marketplace.matching import queries_learning
from marketplace.matching.actions import learning as actions
from marketplace.matching.learning import present_weights
from marketplace.matching.models_learning import (
    PROPOSAL_LABELS,
    PROPOSAL_TRANSITIONS,
    LearnedWeights,
    ProposalState,
)
from marketplace.matching.queries_learning import approvals_by_year
from marketplace.matching.states import CaseState
from marketplace.programmes.models import Programme
from tests import factories
from tests.matching.learning.decided import TRUE, drawn
from tests.matching.world import World

pytestmark = pytest.mark.both_databases
REASON = "회의에서 정한 대로 업종을 더 봅니다."


@pytest.fixture
def programme(app) -> Programme:
    return factories.programme()


@pytest.fixture
def official(programme):
    return factories.user(Role.MINISTRY, programme.ministry)


def proposal(programme, **facts) -> LearnedWeights:
    defaults = {
        "weights": TRUE,
        "prior": present_weights(programme.weights),
        "data_digest": "0" * 64,
        "decisions": 300,
        "firms": 150,
        "better": True,
        "figures": {"verdict": "better"},
    }
    return factories.save(LearnedWeights(programme_id=programme.id, **{**defaults, **facts}))


def again(thing):
    db.session.expire_all()
    return db.session.get_one(type(thing), thing.id)


def test_every_state_of_a_proposal_has_a_row_and_a_label():
    assert set(PROPOSAL_TRANSITIONS) == set(PROPOSAL_LABELS) == set(ProposalState)
    reached = {after for row in PROPOSAL_TRANSITIONS.values() for after in row.values()}
    assert reached | {ProposalState.PROPOSED} == set(ProposalState)
    assert {Event.WEIGHTS_PROPOSED, Event.WEIGHTS_ADOPTED, Event.WEIGHTS_REJECTED} <= set(EVENT_LABELS)


def test_adopted_weights_are_the_programmes_and_the_record_says_who_why_and_what_before(programme, official):
    made = proposal(programme)
    actions.adopt_weights(made, REASON, by=official)
    made, programme = again(made), again(programme)
    assert programme.weights == TRUE
    assert (made.state, made.decided_by_id, made.reason) == (ProposalState.ADOPTED, official.id, REASON)
    entry = history_of(programme)[-1]
    assert entry.event == Event.WEIGHTS_ADOPTED
    assert entry.facts["weights"] == [made.prior, TRUE]
    assert (entry.facts["reason"], entry.facts["despite_back_test"]) == (REASON, False)


def test_rejected_weights_change_nothing_but_the_proposal(programme, official):
    made = proposal(programme)
    actions.reject_weights(made, "아직 이릅니다.", by=official)
    assert again(programme).weights == {}
    assert again(made).state == ProposalState.REJECTED
    assert history_of(programme)[-1].event == Event.WEIGHTS_REJECTED


@pytest.mark.parametrize("reason", [None, "", "  ", "짧은 사유", " " * 20])
def test_unproven_weights_are_not_adopted_without_a_reason_that_says_something(programme, official, reason):
    made = proposal(programme, better=False, figures={"verdict": "not_better"})
    with pytest.raises(RuleBroken) as refused:
        actions.adopt_weights(made, reason, by=official)
    assert refused.value.field == "reason"
    assert again(programme).weights == {}


def test_unproven_weights_are_adopted_with_a_reason_and_recorded_as_such(programme, official):
    made = proposal(programme, better=False, figures={"verdict": "not_better"})
    actions.adopt_weights(made, REASON, by=official)
    assert again(programme).weights == TRUE
    assert history_of(programme)[-1].facts["despite_back_test"] is True


def test_weights_that_changed_meanwhile_are_a_conflict(programme, official):
    made = proposal(programme)
    programme.weights = {"region": 0.5}
    factories.save(programme)
    with pytest.raises(RuleBroken) as refused:
        actions.adopt_weights(made, REASON, by=official)
    assert refused.value.conflict
    assert again(programme).weights == {"region": 0.5}
    assert again(made).state == ProposalState.PROPOSED


def test_the_second_of_two_proposals_is_a_conflict(programme, official):
    first, second = proposal(programme), proposal(programme, weights={**TRUE, "needs": 0.0, "size": 0.3})
    actions.adopt_weights(first, REASON, by=official)
    with pytest.raises(RuleBroken) as refused:
        actions.adopt_weights(second, REASON, by=official)
    assert refused.value.conflict


@pytest.mark.parametrize("act", [actions.adopt_weights, actions.reject_weights])
def test_a_proposal_is_decided_once(programme, official, act):
    made = proposal(programme)
    actions.reject_weights(made, REASON, by=official)
    with pytest.raises(RuleBroken) as refused:
        act(made, REASON, by=official)
    assert refused.value.conflict


def test_weights_that_are_the_present_ones_are_not_adopted(programme, official):
    made = proposal(programme, weights=present_weights({}))
    with pytest.raises(RuleBroken):
        actions.adopt_weights(made, REASON, by=official)


def test_the_operator_sees_but_does_not_decide_and_strangers_find_nothing(programme):
    made = proposal(programme)
    operator = factories.user(Role.OPERATOR, programme.operator)
    assert queries_learning.proposal_of(operator, made.id) is made
    with pytest.raises(NotAllowed):
        actions.adopt_weights(made, REASON, by=operator)
    stranger = factories.user(Role.MINISTRY, factories.programme().ministry)
    for act in (actions.adopt_weights, actions.reject_weights):
        with pytest.raises(NotFound):
            act(made, REASON, by=stranger)


CHECKS = {
    "source_known": {"source": "views"},
    "counts_make_sense": {"decisions": 1, "firms": 2},
    "decision_has_who_when_and_why": {"state": "rejected", "reason": "사유"},
    "open_is_undecided": {"decided_at": utcnow()},
}


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_the_database_refuses_a_proposal_that_cannot_be(programme, name):
    with pytest.raises(IntegrityError, match=name):
        proposal(programme, **CHECKS[name])


def test_the_database_refuses_a_state_that_nobody_knows(programme, official):
    with pytest.raises(IntegrityError, match="state_known"):
        proposal(programme, state="maybe", reason=REASON, decided_at=utcnow(), decided_by_id=official.id)


def test_the_database_refuses_unproven_weights_adopted_with_few_words(programme, official):
    with pytest.raises(IntegrityError, match="unproven_is_adopted_with_a_reason"):
        proposal(
            programme,
            better=False,
            state="adopted",
            reason="짧다",
            decided_at=utcnow(),
            decided_by_id=official.id,
        )


def test_the_command_stores_a_proposal_and_switches_nothing_on(app, monkeypatch):
    world = World()
    world.case(CaseState.APPROVED)
    answer = app.test_cli_runner().invoke(args=["learn", "--programme", world.programme.code])
    assert answer.exit_code == 0, answer.output
    assert "1 decisions of 1 firms" in answer.output
    assert "Too few decisions to tell. The prior stays." in answer.output
    made = queries_learning.proposals_of(world.programme)
    assert len(made) == 1
    assert (made[0].weights, made[0].better) == (made[0].prior, False)
    assert again(world.programme).weights == {}
    assert history_of(made[0])[-1].event == Event.WEIGHTS_PROPOSED


def test_the_command_answers_in_json_and_proposes_the_same_decisions_once(app):
    world = World()
    world.case(CaseState.APPROVED)
    run = ["learn", "--programme", world.programme.code, "--format", "json"]
    first, second = (json.loads(app.test_cli_runner().invoke(args=run).output) for _ in range(2))
    assert first == second
    assert first[0]["back_test"]["verdict"] == "too_few"
    assert sum(first[0]["weights"].values()) == pytest.approx(1)
    assert len(queries_learning.proposals_of(world.programme)) == 1


def test_the_command_says_which_programme_it_does_not_know(app):
    answer = app.test_cli_runner().invoke(args=["learn", "--programme", "none"])
    assert answer.exit_code == 2
    assert "there is no programme none" in answer.output


def test_many_decisions_lead_to_a_proposal_with_its_back_test(app, programme, monkeypatch):
    monkeypatch.setattr(actions, "decisions_of", lambda _: drawn(300, TRUE))
    made = actions.propose_weights(programme, by=None)
    assert made.better
    assert made.weights != made.prior
    assert made.figures["accuracy"]["low"] > 0
    assert (made.decisions, made.firms) == (300, 150)
    actions.adopt_weights(made, REASON, by=factories.user(Role.MINISTRY, programme.ministry))
    assert again(programme).weights == made.weights


def test_approvals_are_counted_by_year_and_by_where_the_expert_stood(app):
    world = World()
    placed = [(1, "ranking"), (2, "ranking"), (4, "ranking"), (1, "override"), (7, "firm")]
    for rank, source in placed:
        case = world.case(CaseState.APPROVED)
        case.chosen.rank, case.chosen.source = rank, source
        factories.save(case.chosen)
    with clock_at(utcnow() - timedelta(days=800)):
        world.case(CaseState.APPROVED)
    db.session.expire_all()
    now, before = approvals_by_year([world.programme])
    assert (now.approvals, now.not_first, now.not_in_three) == (5, 4, 3)
    assert (now.not_listed, now.overridden) == (2, 1)
    assert now.share(now.not_first) == 80
    assert (before.approvals, before.not_first) == (1, 0)
    assert before.year < now.year


def test_the_last_evening_of_a_year_counts_by_the_clock_of_seoul(app):
    world = World()
    case = world.case(CaseState.APPROVED)
    case.approved_at = utcnow().replace(year=2026, month=12, day=31, hour=16)
    factories.save(case)
    assert [row.year for row in approvals_by_year([world.programme])] == [2027]
