"""Changing a result by hand: what moves, what is kept, and what the next run keeps to."""

from __future__ import annotations

import pytest

from marketplace.audit import history_of
from marketplace.errors import RuleBroken
from marketplace.matching.models import MatchCase
from marketplace.rounds.actions_hand import change
from marketplace.rounds.hand import changed, wishes_of
from marketplace.rounds.models import Round
from marketplace.rounds.queries import cases_with, changes_of
from marketplace.rounds.replaying import replay_round
from marketplace.rounds.states import RoundState
from tests import factories
from tests.rounds.world import WHY, Market, fresh


def case_of(market: Market, request: str) -> MatchCase:
    return cases_with([next(c.id for c in market.cases if c.request.reference == request)])[0]


def other(market: Market, expert: str) -> int:
    return next(e.id for e in market.experts if str(e.id) != expert)


def hand(market: Market, round_: Round, verb: str, request: str, expert: int | None = None) -> Round:
    change(round_, case_of(market, request), verb, expert, WHY, by=market.operator)
    return fresh(round_)


@pytest.mark.both_databases
def test_another_expert_moves_the_total_and_nobody_else(app):
    market = Market(requests=3, places=3)
    market.experts[1].headline, market.experts[1].skills[0].level = "설비 전문가", 1
    factories.save(*market.experts)
    round_ = market.solved()
    request, expert, units = round_.pairs[0]
    before, rest = round_.units, round_.pairs[1:]
    round_ = hand(market, round_, "give", request, other(market, expert))
    made = changes_of(round_)[-1]
    assert [p for p in round_.pairs if p[0] != request] == rest
    assert (made.units_before, made.units_after) == (before, round_.units)
    assert made.units_after - made.units_before == made.units - units != 0
    assert (made.by_id, made.reason, made.run) == (market.operator.id, WHY, 1)
    entry = history_of(round_)[-1]
    assert (entry.event, entry.facts["reason"]) == ("round_changed", WHY)
    assert history_of(case_of(market, request))[-1].id == entry.id
    assert replay_round(round_) == [(1, None)]


def test_a_full_expert_is_refused_with_what_to_do(app):
    market = Market(requests=4, experts=2, places=2)
    round_ = market.solved()
    request, expert, _ = round_.pairs[0]
    with pytest.raises(RuleBroken) as refused:
        hand(market, round_, "give", request, other(market, expert))
    assert (refused.value.field, refused.value.conflict) == ("expert", True)
    assert "자리가 모두 찼습니다" in str(refused.value)


def test_a_hard_rule_stands_against_a_change_by_hand(app):
    market = Market(requests=2, experts=2, places=3)
    round_ = market.solved()
    request, expert, _ = round_.pairs[0]
    wanted = other(market, expert)
    tied = next(e for e in market.experts if e.id == wanted)
    tied.paused_at = tied.created_at
    factories.save(tied)
    with pytest.raises(RuleBroken, match="쉬고"):
        hand(market, round_, "give", request, wanted)
    assert fresh(round_).pairs == round_.pairs


def test_an_expert_who_is_no_candidate_is_refused_at_the_field(app):
    market = Market(requests=1)
    round_ = market.solved()
    with pytest.raises(RuleBroken) as refused:
        hand(market, round_, "give", round_.pairs[0][0], factories.expert().id)
    assert refused.value.field == "expert"


def test_a_change_without_a_reason_is_refused_at_the_field(app):
    market = Market(requests=1)
    round_ = market.solved()
    with pytest.raises(RuleBroken) as refused:
        change(round_, case_of(market, round_.pairs[0][0]), "unserve", None, "짧음", by=market.operator)
    assert refused.value.field == "reason"


def test_a_request_that_is_left_out_stays_so_until_it_is_freed(app):
    market = Market(requests=3, places=3)
    round_ = market.solved()
    request = round_.pairs[0][0]
    round_ = hand(market, round_, "unserve", request)
    assert round_.served == 2
    assert market.run(round_).served == 2
    round_ = hand(market, fresh(round_), "free", request)
    assert market.run(round_).served == 3


def test_a_pinned_pair_stands_in_the_next_run_and_a_forbidden_one_does_not_come_back(app):
    market = Market(requests=2, experts=2, places=2)
    market.experts[1].skills[0].level, market.experts[1].bio = 1, ""
    factories.save(*market.experts)
    round_ = market.solved()
    (one, expert, _), (two, taken, _) = round_.pairs
    round_ = hand(market, round_, "give", one, other(market, expert))
    round_ = hand(market, round_, "forbid", two, int(taken))
    assert [pair[0] for pair in round_.pairs] == [one]
    round_ = market.run(round_)
    assert [one, str(other(market, expert))] in [pair[:2] for pair in round_.pairs]
    assert [two, taken] not in [pair[:2] for pair in round_.pairs]
    assert replay_round(round_) == [(1, None), (2, None)]


def test_a_pin_that_a_rule_now_breaks_fails_the_run_with_what_to_do(app):
    market = Market(requests=1, experts=1)
    round_ = market.solved()
    request, expert, _ = round_.pairs[0]
    round_ = hand(market, round_, "pin", request, int(expert))
    market.experts[0].paused_at = market.experts[0].created_at
    factories.save(market.experts[0])
    factories.expert()
    round_ = market.run(round_)
    assert round_.state == RoundState.FAILED
    assert "고정을 풀고" in round_.reason
    hand(market, round_, "free", request)
    assert market.run(fresh(round_)).state == RoundState.SOLVED


class Made:
    """A change without a database."""

    def __init__(self, verb, request, expert=None, units=None):
        self.verb, self.request, self.expert_key, self.units = verb, request, expert, units


def test_the_latest_change_of_a_request_counts():
    wishes = wishes_of([Made("give", "a", "1"), Made("forbid", "a", "1"), Made("pin", "b", "2")])
    assert (dict(wishes.pinned), wishes.forbidden) == ({"b": "2"}, {("a", "1")})
    wishes = wishes_of(
        [Made("unserve", "a"), Made("give", "a", "3"), Made("pin", "b", "1"), Made("free", "b")]
    )
    assert (dict(wishes.pinned), wishes.left) == ({"a": "3"}, frozenset())


def test_pinning_and_freeing_move_no_pair():
    pairs = [["a", "1", 5], ["b", "2", 7]]
    assert changed(pairs, Made("pin", "a", "1")) == pairs
    assert changed(pairs, Made("free", "a")) == pairs
    assert changed(pairs, Made("unserve", "a")) == [["b", "2", 7]]
    assert changed(pairs, Made("give", "a", "2", 9)) == [["a", "2", 9], ["b", "2", 7]]
