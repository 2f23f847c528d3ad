"""Making and running a round: what comes out, what is kept, and that a replay gives the same hash."""

from __future__ import annotations

import pytest

from marketplace import jobs
from marketplace.audit import history_of
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.matching.models_ranking import Snapshot
from marketplace.matching.states import CaseState
from marketplace.rounds import actions
from marketplace.rounds.models import Round
from marketplace.rounds.queries import run_of
from marketplace.rounds.replaying import replay_round
from marketplace.rounds.states import RoundState
from tests import factories
from tests.rounds.world import Market, fresh


@pytest.mark.both_databases
def test_a_round_assigns_every_request_that_a_place_is_there_for(app):
    market = Market(requests=5, experts=2, places=2)
    round_ = market.solved()
    assert round_.state == RoundState.SOLVED
    assert (round_.asked, round_.served) == (5, 4)
    taken = [expert for _, expert, _ in round_.pairs]
    assert max(taken.count(str(expert.id)) for expert in market.experts) == 2
    assert [e.event for e in history_of(round_)] == ["round_saved", "round_started", "round_solved"]


def test_what_a_run_was_made_from_is_kept_under_its_hash(app):
    round_ = Market().solved()
    run = run_of(round_)
    problem = db.session.get_one(Snapshot, run.problem_digest)
    inputs = db.session.get_one(Snapshot, run.inputs_digest)
    assert problem.kind == "problem" and len(problem.content["requests"]) == 4
    assert {"versions", "weights", "gates", "requests", "experts"} <= set(inputs.content)
    assert run.result["problem"] == run.problem_digest


@pytest.mark.both_databases
def test_a_replay_gives_the_same_hash_and_a_changed_result_is_found(app):
    round_ = Market().solved()
    assert replay_round(round_) == [(1, None)]
    run = run_of(round_)
    run.result_hash = "0" * 64
    factories.save(run)
    assert replay_round(round_)[0][1] is not None


def test_the_command_replays_every_round_and_ends_with_one_when_a_hash_differs(app):
    round_ = Market().solved()
    number, run = round_.id, run_of(round_)
    db.session.rollback()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["replay-round", str(number)]).exit_code == 0
    every = runner.invoke(args=["replay-round", "--all"])
    assert "1 of 1 rounds replay to the same hash." in every.output
    run = run_of(db.session.get_one(Round, number))
    run.result_hash = "0" * 64
    from marketplace.database import read_only

    read_only(False)
    factories.save(run)
    assert runner.invoke(args=["replay-round", "--all"]).exit_code == 1
    assert runner.invoke(args=["replay-round", "99"]).exit_code == 1
    assert runner.invoke(args=["replay-round"]).exit_code == 2


def test_running_the_job_twice_makes_one_run(app):
    market = Market()
    round_ = market.solved()
    job = round_.job
    from marketplace.rounds.solving import solve_round

    solve_round(job)
    assert fresh(round_).runs == 1


def test_a_round_that_was_thrown_away_while_it_ran_stays_thrown_away(app):
    market = Market()
    round_ = market.in_state(RoundState.RUNNING)
    actions.discard(round_, "다른 회차로 합쳐 계산합니다.", by=market.operator)
    jobs.run_due()
    assert fresh(round_).state == RoundState.DISCARDED


def test_without_experts_a_run_fails_with_a_sentence_and_can_be_run_again(app):
    market = Market(experts=0)
    round_ = market.solved()
    assert round_.state == RoundState.FAILED
    assert "전문가" in round_.reason
    market.experts.append(factories.expert())
    assert market.run(round_).state == RoundState.SOLVED


def test_a_round_whose_job_was_given_up_fails_and_can_be_run_again(app):
    market = Market()
    round_ = market.in_state(RoundState.RUNNING)
    round_.job.state = jobs.JobState.FAILED
    factories.save(round_.job)
    jobs.run_due()
    assert fresh(round_).state == RoundState.FAILED


def test_a_limit_on_places_and_a_quota_hold(app):
    market = Market(requests=5, experts=2, places=3)
    assert market.solved(most=1).served == 2
    assert market.solved(region_most=3).served == 3
    assert market.solved(employer_most=1, most=2).served == 3  # the one without a career has no limit


def test_an_open_offer_counts_as_a_place_that_is_taken(app):
    market = Market(requests=3, experts=1, places=2)
    from datetime import timedelta

    from marketplace.database import utcnow
    from marketplace.matching.states import CandidateState

    asked = factories.case(state=CaseState.OFFERED)
    factories.candidate(
        asked,
        market.experts[0],
        state=CandidateState.OFFERED,
        offered_at=utcnow(),
        expires_at=utcnow() + timedelta(days=3),
    )
    assert market.solved().served == 1


def test_a_team_covers_what_no_single_expert_does(app):
    market = Market(requests=0, experts=0)
    for term in ("QUA-01", "SYS-01"):
        factories.expert(skills=((term, 4),), bio="", headline="전문가")
    market.case(needs=(("QUA-01", 3), ("SYS-01", 3)), title="", problem="도움이 필요합니다.")
    round_ = market.solved(team=2)
    assert round_.served == 1
    assert len(round_.pairs) == 2
    assert replay_round(round_) == [(1, None)]


def test_a_fair_round_with_teams_is_refused_at_the_field(app):
    market = Market()
    with pytest.raises(RuleBroken) as refused:
        market.round(team=2, objective="fair")
    assert refused.value.field == "team"


def test_cases_that_are_not_open_any_more_are_refused(app):
    market = Market()
    market.cases[0].state = CaseState.WITHDRAWN
    factories.save(market.cases[0])
    with pytest.raises(RuleBroken) as refused:
        market.round(case_ids=(market.cases[0].id,))
    assert (refused.value.field, refused.value.conflict) == ("cases", True)


def test_two_people_who_save_the_same_draft_end_as_one_change(app):
    market = Market()
    round_ = market.round()
    version = round_.version
    actions.save(round_, market.draft("다른 이름"), version=version, by=market.operator)
    with pytest.raises(RuleBroken) as refused:
        actions.save(round_, market.draft("또 다른 이름"), version=version, by=market.operator)
    assert refused.value.conflict
    assert fresh(round_).name == "다른 이름"
