from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.assignment import (
    Blocked,
    Edge,
    Explainer,
    Outcome,
    Problem,
    Quota,
    Team,
    assign,
    assignment_of,
    choice,
    problem,
    solve,
    why_not,
)
from marketplace.matching.assignment.changes import with_places
from marketplace.matching.assignment.sentences import Step
from tests.matching import rounds

few = settings(max_examples=60, deadline=None)


def best_with(made: Problem, request: str | None = None, expert: str | None = None) -> tuple[int, ...] | None:
    """The best of all assignments in which the request is served, by this expert if one is named."""
    ranks = [
        rounds.rank_of(made, chosen)
        for chosen in rounds.every(made)
        if request is None
        or any(
            made.pair(at)[0] == request and (expert is None or made.pair(at)[1] == expert) for at in chosen
        )
    ]
    return max(ranks, default=None)


def difference(made: Problem, rank: tuple[int, ...] | None, outcome: Outcome) -> tuple[float, ...]:
    assert rank is not None
    now = rounds.rank_of(outcome.problem, outcome.chosen.tolist())
    return tuple(after - before for after, before in zip(rank, now, strict=True))


def as_rank(made: Problem, gain: Any) -> tuple[float, ...]:
    units = round(gain.points * 10_000)
    return (gain.minimum, *((gain.served, units) if made.objective == "served" else (units, gain.served)))


@st.composite
def solved(draw: st.DrawFn, **more: Any) -> Outcome:
    drawn = draw(rounds.inputs())
    minimum = {e: draw(st.integers(0, 1)) for e in drawn["capacities"]} if draw(st.booleans()) else None
    return solve(
        rounds.build(drawn, objective=draw(st.sampled_from(["score", "served"])), minimum=minimum, **more)
    )


@few
@given(solved())
def test_the_worth_of_one_more_place_is_what_solving_again_with_it_gives(outcome: Outcome) -> None:
    explainer = Explainer(outcome)
    for j, expert in enumerate(outcome.problem.experts):
        more = with_places(outcome.problem, {expert: int(outcome.problem.places[j]) + 1})
        # A minimum that only the added place could fill counts by the places that were there before.
        capped = more.replace(minimum=outcome.prices.model.least)
        expected = difference(more, best_with(capped), outcome_capped(outcome))
        assert as_rank(outcome.problem, explainer.place_value(expert)) == expected


def outcome_capped(outcome: Outcome) -> Outcome:
    return Outcome(
        outcome.problem.replace(minimum=outcome.prices.model.least),
        outcome.chosen,
        outcome.method,
        outcome.value,
        outcome.limit,
        outcome.scale,
    )


@few
@given(solved())
def test_the_best_place_for_an_unserved_request_is_that_of_solving_again(outcome: Outcome) -> None:
    explainer, made = Explainer(outcome), outcome.problem
    capped = outcome_capped(outcome)
    for left in assignment_of(outcome).unserved:
        facts = {fact.kind: fact for fact in explainer.remedies(left.request)}
        options = {}
        for j, expert in enumerate(made.experts):
            more = with_places(capped.problem, {expert: int(made.places[j]) + 1})
            rank = best_with(more, left.request)
            if rank is not None:
                options[expert] = difference(made, rank, capped)
        if not options:
            assert "place" not in facts
            continue
        gain = facts["place"].gain
        assert gain is not None
        assert as_rank(made, gain) == max(options.values()) == options[facts["place"].facts["expert"]]
        assert facts["place"].chain[0].request == left.request


@few
@given(solved())
def test_what_another_expert_would_change_is_that_of_solving_again(outcome: Outcome) -> None:
    explainer, made = Explainer(outcome), outcome.problem
    for at in range(len(made.row)):
        request, expert = made.pair(at)
        fact = why_not(explainer, request, expert)
        if fact.kind == "assigned":
            assert at in outcome.chosen
            continue
        rank = best_with(made, request, expert)
        if rank is None:
            assert fact.kind == "aim"
            continue
        assert fact.kind == "displaces"
        assert fact.gain is not None
        assert as_rank(made, fact.gain) == difference(made, rank, outcome)
        assert fact.chain[0] == Step(request, fact.chain[0].before, expert)


@few
@given(st.data())
def test_a_rule_that_keeps_a_request_out_tells_what_lifting_it_would_give(data: st.DataObject) -> None:
    drawn = data.draw(rounds.inputs())
    barred = [edge for edge in drawn["edges"] if data.draw(st.booleans())]
    blocked = [Blocked(edge.request, edge.expert, "region", edge.score) for edge in barred]
    outcome = solve(rounds.build(drawn, blocked=blocked))
    explainer = Explainer(outcome)
    for left in assignment_of(outcome).unserved:
        own = [out for out in blocked if out.request == left.request]
        gains = []
        for out in own:
            lifted = rounds.build(drawn, blocked=[other for other in blocked if other != out])
            gains.append(difference(lifted, best_with(lifted), outcome))
        found = [fact for fact in explainer.remedies(left.request) if fact.kind == "rule"]
        best = max(gains, default=(0, 0, 0))
        if best > (0, 0, 0):
            assert found[0].gain is not None
            assert as_rank(outcome.problem, found[0].gain) == best
        else:
            assert not found


@few
@given(st.data())
def test_a_quota_that_keeps_a_request_out_tells_what_one_more_would_give(data: st.DataObject) -> None:
    drawn = data.draw(rounds.inputs())
    side = data.draw(st.sampled_from(["requests", "experts"]))
    keys = drawn["requests"] if side == "requests" else list(drawn["capacities"])
    some = frozenset(data.draw(st.sets(st.sampled_from(keys), min_size=1)))

    def quota(at_most: int) -> Quota:
        return Quota("q", at_most, *((some, None) if side == "requests" else (None, some)))

    most = data.draw(st.integers(0, 2))
    outcome = solve(rounds.build(drawn, quotas=[quota(most)]))
    wider = rounds.build(drawn, quotas=[quota(most + 1)])
    explainer = Explainer(outcome)
    for left in assignment_of(outcome).unserved:
        for fact in explainer.remedies(left.request):
            if fact.kind == "quota":
                assert fact.gain is not None
                expected = difference(wider, best_with(wider, left.request), outcome)
                assert as_rank(wider, fact.gain) == expected


@few
@given(solved(), st.booleans())
def test_a_served_request_never_has_a_lower_net_than_its_alternative(outcome: Outcome, exact: bool) -> None:
    explainer = Explainer(outcome)
    for at in outcome.chosen.tolist():
        fact = choice(explainer, outcome.problem.pair(at)[0], exact=exact)
        assert fact is not None
        assert fact.sentence
        if fact.kind == "dearer":
            assert fact.facts["other_score"] > fact.facts["score"]
            assert fact.facts["other_net"] <= fact.facts["net"]
        if fact.kind == "aim":
            assert outcome.problem.objective == "served" or outcome.problem.minimum.any()


def test_the_price_of_a_place_explains_why_the_better_expert_went_elsewhere() -> None:
    edges = [Edge("r1", "a", 82), Edge("r1", "b", 74), Edge("r2", "a", 80), Edge("r2", "b", 70)]
    outcome = solve(problem(["r1", "r2"], {"a": 1, "b": 1}, edges))
    fact = choice(Explainer(outcome), "r1")
    assert fact is not None
    assert fact.kind == "dearer"
    assert fact.facts == {
        "expert": "b", "score": 74.0, "price": 0.0, "net": 74.0,
        "other": "a", "other_score": 82.0, "other_price": 10.0, "other_net": 72.0,
    }  # fmt: skip
    assert "82.00점" in fact.sentence
    swap = why_not(Explainer(outcome), "r1", "a")
    assert swap.facts["points"] == -2
    assert swap.chain == (Step("r1", "b", "a"), Step("r2", "a", "b"))
    assert "-2.00점" in swap.sentence


def test_one_more_place_comes_with_the_chain_that_makes_room() -> None:
    edges = [Edge("r1", "a", 90), Edge("r2", "a", 80), Edge("r2", "b", 60), Edge("r3", "b", 50)]
    outcome = solve(problem(["r1", "r2", "r3"], {"a": 1, "b": 1}, edges))
    (fact,) = Explainer(outcome).remedies("r3")
    assert (fact.kind, fact.facts["expert"], fact.facts["points"]) == ("place", "a", 70)
    assert fact.chain == (Step("r3", None, "b"), Step("r2", "b", "a"))
    assert "+70.00점" in fact.sentence
    assert fact.to_json()["gain"] == {"minimum": 0, "served": 1, "points": 70.0}


def test_what_is_fixed_barred_or_no_candidate_says_so() -> None:
    edges = [Edge("r1", "a", 90), Edge("r1", "b", 95), Edge("r2", "a", 20)]
    made = problem(
        ["r1", "r2"],
        {"a": 2, "b": 1, "c": 1},
        edges,
        pinned=[("r1", "a")],
        blocked=[Blocked("r2", "b", "kin")],
    )
    explainer = Explainer(solve(made))
    fixed, only = choice(explainer, "r1"), choice(explainer, "r2")
    assert fixed is not None
    assert only is not None
    assert (fixed.kind, only.kind) == ("pinned", "only")
    kinds = [why_not(explainer, *pair).kind for pair in (("r1", "b"), ("r2", "b"), ("r2", "c"), ("r2", "a"))]
    assert kinds == ["pinned", "barred", "unlisted", "assigned"]
    assert explainer.remedies("r1") == ()


def test_fair_says_when_a_score_lies_below_the_floor() -> None:
    edges = [Edge("r1", "a", 90), Edge("r2", "b", 80), Edge("r3", "b", 5), Edge("r1", "b", 1)]
    made = problem(["r1", "r2", "r3"], {"a": 1, "b": 2}, edges, objective="fair", keep=0.5)
    outcome = solve(made)
    assert outcome.floor == 800_000
    assert [u.reason for u in assignment_of(outcome).unserved] == ["fairness"]
    explainer = Explainer(outcome)
    fact = choice(explainer, "r1")
    assert fact is not None
    assert (fact.kind, why_not(explainer, "r3", "b").kind) == ("floor", "floor")


def test_a_quota_is_named_as_the_reason_when_places_are_left() -> None:
    edges = [Edge("r1", "a", 90), Edge("r2", "a", 80)]
    made = problem(["r1", "r2"], {"a": 2}, edges, quotas=[Quota("48", 1, frozenset({"r1", "r2"}))])
    outcome = solve(made)
    assert [u.reason for u in assignment_of(outcome).unserved] == ["quota"]
    (fact,) = Explainer(outcome).remedies("r2")
    assert (fact.kind, fact.facts) == ("quota", {"quota": "48", "points": 80.0})


def test_a_round_without_prices_refuses_to_explain_by_them() -> None:
    made = problem(["t"], {"a": 1}, [], teams=[Team("t", frozenset({"n"}))])
    with pytest.raises(ValueError):
        Explainer(solve(made))


def test_assign_knows_the_fair_objective() -> None:
    edges = [Edge("r1", "a", 100), Edge("r1", "b", 60), Edge("r2", "a", 60), Edge("r2", "b", 1)]
    fair = assign(["r1", "r2"], {"a": 1, "b": 1}, edges, objective="fair")
    assert [(p.request, p.expert) for p in fair.pairs] == [("r1", "b"), ("r2", "a")]
