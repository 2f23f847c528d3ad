"""Publishing: one transaction, one entry with every case, and nothing when a rule stands against one."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from marketplace.audit import AuditEntry, history_of, verify_chain
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.snapshots import replay
from marketplace.matching.states import CandidateState, CaseState
from marketplace.notifications import Notice
from marketplace.rounds import actions, actions_publish
from marketplace.rounds.actions_publish import pairs_hash, proposals, publish
from marketplace.rounds.models import Round
from marketplace.rounds.queries import case_ids_of, cases_with
from marketplace.rounds.states import RoundState
from tests import factories
from tests.rounds.world import WHY, Market, fresh


def out(market: Market, round_: Round, **more) -> list:
    return publish(round_, WHY, seen=pairs_hash(round_), by=market.operator, **more)


def cases_of(round_: Round) -> list[MatchCase]:
    db.session.expire_all()
    return cases_with(case_ids_of(round_))


def last_place_goes(market: Market, expert_id: int) -> None:
    """Another case is accepted by the expert, who had one place."""
    case = factories.case(state=CaseState.MATCHING)
    expert = next(e for e in market.experts if e.id == expert_id)
    taken = factories.candidate(case, expert, state=CandidateState.ACCEPTED)
    case.state, case.chosen_id = CaseState.ACCEPTED, taken.id
    factories.save(case)


@pytest.mark.both_databases
def test_every_pair_becomes_a_proposal_in_one_entry_that_names_every_case(app):
    market = Market(requests=3, places=2)
    round_ = market.solved()
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    assert out(market, round_) == []
    round_ = fresh(round_)
    assert (round_.state, round_.published_by_id) == (RoundState.PUBLISHED, market.operator.id)
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries + 1
    for case in cases_of(round_):
        assert case.state == CaseState.PROPOSED and case.due_at is not None
        (candidate,) = case.candidates
        assert [case.request.reference, str(candidate.expert_id)] in [p[:2] for p in round_.pairs]
        assert candidate.explanation["needs"] and candidate.state == CandidateState.LISTED
        assert replay(case.ranking) is None
        entry = history_of(case)[-1]
        assert entry.event == "round_published" and entry.id == history_of(round_)[-1].id
        told = select(Notice.sentence).where(Notice.path == f"/requests/{case.request_id}/candidates")
        assert len(db.session.scalars(told).all()) == 1
    assert verify_chain() is None


@pytest.mark.both_databases
def test_when_an_experts_last_place_went_meanwhile_nothing_is_published(app):
    market = Market(requests=2, experts=2, places=1)
    round_ = market.solved()
    last_place_goes(market, int(round_.pairs[0][1]))
    with pytest.raises(RuleBroken) as refused:
        out(market, round_)
    assert refused.value.conflict
    assert fresh(round_).state == RoundState.SOLVED
    assert {case.state for case in cases_of(round_)} == {CaseState.MATCHING}
    assert db.session.scalar(select(func.count()).select_from(Candidate)) == 1


def test_what_fails_is_left_out_only_on_the_operators_word(app):
    market = Market(requests=2, experts=2, places=1)
    round_ = market.solved()
    last_place_goes(market, int(round_.pairs[0][1]))
    faulty = [p for p in proposals(fresh(round_)) if p.fault is not None]
    assert [p.case.request.reference for p in faulty] == [round_.pairs[0][0]]
    left = out(market, fresh(round_), leave_out={faulty[0].case.id})
    assert [p.case.id for p in left] == [faulty[0].case.id]
    states = {case.request.reference: case.state for case in cases_of(round_)}
    assert states == {round_.pairs[0][0]: CaseState.MATCHING, round_.pairs[1][0]: CaseState.PROPOSED}
    assert list(history_of(fresh(round_))[-1].facts["left_out"]) == [str(faulty[0].case.id)]


def test_a_round_never_gives_an_expert_more_than_the_places_that_are_left(app):
    market = Market(requests=2, experts=1, places=2)
    round_ = market.solved()
    assert round_.served == 2
    market.experts[0].capacity = 1
    factories.save(market.experts[0])
    assert [p.fault is None for p in proposals(fresh(round_))] == [True, False]


def test_pairs_that_changed_after_the_page_was_opened_are_not_published(app):
    market = Market(requests=2, places=2)
    round_ = market.solved()
    with pytest.raises(RuleBroken) as refused:
        publish(round_, WHY, seen="0" * 64, by=market.operator)
    assert refused.value.conflict
    assert fresh(round_).state == RoundState.SOLVED


@pytest.mark.both_databases
def test_an_end_between_two_cases_leaves_nothing_behind(app, monkeypatch):
    market = Market(requests=3, places=2)
    round_ = market.solved()
    real, calls = actions_publish.announce, []

    def dies(*args, **facts):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args, **facts)

    monkeypatch.setattr(actions_publish, "announce", dies)
    with pytest.raises(KeyboardInterrupt):
        out(market, round_)
    assert fresh(round_).state == RoundState.SOLVED
    assert {case.state for case in cases_of(round_)} == {CaseState.MATCHING}
    assert db.session.scalar(select(func.count()).select_from(Candidate)) == 0


def test_requests_that_came_back_make_a_round_that_changes_little_else(app):
    market = Market(requests=3, experts=4, places=1)
    round_ = market.solved()
    out(market, round_)
    cases = cases_of(round_)
    back = cases[0]
    back.candidates[0].state, back.candidates[0].reason = CandidateState.DECLINED, "사정이 있습니다."
    declined, back.state = str(back.candidates[0].expert_id), CaseState.MATCHING
    factories.save(back, *back.candidates)
    after = actions.again(fresh(round_), by=market.operator)
    assert (after.follows_id, after.asked) == (round_.id, 3)
    before = {pair[0]: pair[1] for pair in round_.pairs}
    after = market.run(after)
    now = {pair[0]: pair[1] for pair in after.pairs}
    assert now.get(back.request.reference) != declined
    kept = [key for key in before if key != back.request.reference and now.get(key) == before[key]]
    assert len(kept) == 2


def test_nothing_came_back_so_there_is_nothing_to_follow_up(app):
    market = Market(requests=1)
    round_ = market.in_state(RoundState.PUBLISHED)
    with pytest.raises(RuleBroken, match="되돌아온"):
        actions.again(round_, by=market.operator)
