"""From the database to the problem of a round: cases, experts' places, scores and the rules on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from marketplace.errors import N_, RuleBroken
from marketplace.matching.assignment import Blocked, Edge, Problem, Quota, free_places, problem
from marketplace.matching.batch import WHOLE, Progress, answers
from marketplace.matching.explanation import digest_of
from marketplace.matching.index import FoundRanking, gates_json, index
from marketplace.matching.models import MatchCase
from marketplace.matching.organisations import organisation_name
from marketplace.matching.periods import Step, period_at
from marketplace.matching.profiles import ExpertProfile, RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rows import case_profile, gates_of, key_of
from marketplace.matching.rules import Gates, exclusions
from marketplace.matching.states import CandidateState, CaseState
from marketplace.programmes.models import Programme, Tier
from marketplace.rounds.hand import Wishes
from marketplace.rounds.offers import offers
from marketplace.rounds.options import Options
from marketplace.rounds.queries import experts_offered
from marketplace.rounds.teaming import teams_of
from marketplace.settings import current

#: Up to so many experts every eligible pair is taken; with more, the best of each request.
FEW, TOP = 200, 50
#: How many pairs that a rule keeps apart are kept per request, the best first, so that the page can say what would help.
BARRED = 15
#: Rules that time or a talk may lift; what another rule excludes is no remedy.
LIFTABLE = {"capacity", "available_from", "available_until", "mode", "region", "paused"}
DECLINED, FORBIDDEN, LEFT = "declined", "forbidden", "left"


@dataclass(frozen=True)
class Built:
    """A problem, and as JSON what it was built from: requests, experts, weights, gates, versions."""

    problem: Problem
    inputs: dict[str, Any]


@dataclass(frozen=True)
class _Pairs:
    edges: dict[str, dict[str, Edge]]
    blocked: list[Blocked]
    covers: dict[str, Mapping[str, tuple[str, ...]]]


def tier_of(case: MatchCase) -> Tier | None:
    """The tier of the request, or the cheapest of its programme that is long enough; None without tiers."""
    if case.request.tier is not None:
        return case.request.tier
    long_enough = [t for t in case.request.programme.tiers if t.months >= (case.request.months or 0)]
    return min(long_enough, key=lambda tier: tier.total, default=None)


def build(
    programme: Programme,
    cases: Sequence[MatchCase],
    options: Options,
    wishes: Wishes,
    tell: Progress = lambda done, total: None,
) -> Built:
    """The problem of these cases as the database stands now; ``tell`` hears how many requests are ranked.

    Raises RuleBroken when there is nothing to match, or when a pair that was pinned may not be any more.
    """
    if not cases:
        raise RuleBroken(N_("매칭할 신청이 없습니다. 신청을 골라 주십시오."), field="cases")
    gates = gates_of(programme)
    requests = {
        case.request.reference: case_profile(case, period_at(case, Step.PROPOSE).since) for case in cases
    }
    found = index().rank(next(iter(requests.values())), gates, options.shares, top=1)
    profiles = {key: found.profile_of(key) for key in found.digests}
    experts = {key: e for key, e in profiles.items() if e.verified and e.active and not e.paused}
    if not experts:
        raise RuleBroken(N_("확인을 마치고 활동 중인 전문가가 없습니다. 전문가를 먼저 확인해 주십시오."))
    ranker = ExpertRanker(weights=dict(options.shares) or None).over(found.table)
    pairs = _pairs(cases, requests, profiles, ranker, gates, wishes, tell, teams=options.team > 0)
    places = _places(experts, requests.values(), gates, options, [case.id for case in cases])
    for request in pairs.edges:
        pairs.edges[request] = {k: edge for k, edge in pairs.edges[request].items() if k in places}
    teams = teams_of(requests, pairs.edges, pairs.covers, options.team)
    made = problem(
        list(requests),
        places,
        [edge for row in pairs.edges.values() for edge in row.values()],
        objective=options.objective,
        keep=options.keep / 100,
        minimum=_least(places, pairs, options),
        quotas=_quotas(requests, experts, options, cases),
        teams=teams,
        pinned=[(r, e) for r, e in wishes.pinned.items() if r in requests],
        published=_known_pairs(cases, pairs),
        bonus=options.bonus,
        blocked=[out for out in pairs.blocked if out.expert in places],
    )
    return Built(made, _inputs(cases, requests, experts, ranker, gates, found))


def _pairs(
    cases: Sequence[MatchCase],
    requests: Mapping[str, RequestProfile],
    profiles: Mapping[str, ExpertProfile],
    ranker: ExpertRanker,
    gates: Gates,
    wishes: Wishes,
    tell: Progress,
    *,
    teams: bool,
) -> _Pairs:
    top = 0 if len(profiles) <= FEW else TOP
    asked = [requests[case.request.reference] for case in cases]
    ask = partial(offers, gates=gates, teams=teams)
    edges: dict[str, dict[str, Edge]] = {}
    blocked: list[Blocked] = []
    covers: dict[str, Mapping[str, tuple[str, ...]]] = {}
    settings = current()
    offered = answers(
        ranker,
        asked,
        partial(ask, top=top),
        cost=2 if top else 2 * WHOLE,
        jobs=settings.batch_jobs,
        progress=tell,
        folder=Path(settings.index_folder),
    )
    for case, profile, offer in zip(cases, asked, list(offered), strict=True):
        key, best, met = profile.key, dict(offer.best), offer.covers
        pinned = wishes.pinned.get(key)
        if pinned is not None and pinned not in best:
            everybody = ask(ranker, [profile], top=0)[0]
            best |= {e: score for e, score in everybody.best.items() if e == pinned}
            met = everybody.covers
        out = _barred(case, best, wishes)
        if pinned is not None and (pinned not in best or pinned in out):
            raise RuleBroken(
                N_("%(firm)s에 고정한 전문가를 더는 배정할 수 없습니다. 고정을 풀고 다시 계산해 주십시오."),
                firm=case.request.company.name,
            )
        edges[key] = {e: Edge(key, e, score / 100) for e, score in best.items() if e not in out}
        blocked += [Blocked(key, e, rule, best[e] / 100) for e, rule in out.items() if e in best]
        covers[key] = met
        apart = [(e, score) for e, score in offer.apart if e not in best]
        for expert, score in apart[:BARRED]:
            rules = [found.rule for found in exclusions(profiles[expert], profile, gates)]
            if rules:
                lifted = score / 100 if set(rules) <= LIFTABLE else None
                blocked.append(Blocked(key, expert, rules[0], lifted))
    return _Pairs(edges, blocked, covers)


def _barred(case: MatchCase, best: Iterable[str], wishes: Wishes) -> dict[str, str]:
    """The experts whom people have ruled out for the case, each with the rule's code."""
    key = case.request.reference
    if key in wishes.left:
        return dict.fromkeys(best, LEFT)
    out = {expert: FORBIDDEN for request, expert in wishes.forbidden if request == key}
    out |= {key_of(c.expert_id): DECLINED for c in case.candidates if not c.may_be_listed}
    return out


def _places(
    experts: Mapping[str, ExpertProfile],
    requests: Iterable[RequestProfile],
    gates: Gates,
    options: Options,
    case_ids: Sequence[int],
) -> dict[str, int]:
    offered = experts_offered(case_ids)
    free = free_places(experts.values(), requests, gates)
    most = options.most if options.most is not None else 10**6
    return {key: min(max(0, count - offered.get(key, 0)), most) for key, count in free.items()}


def _least(places: Mapping[str, int], pairs: _Pairs, options: Options) -> dict[str, int]:
    if not options.least:
        return {}
    wanted = {expert for row in pairs.edges.values() for expert in row}
    return {key: min(options.least, count) for key, count in places.items() if count and key in wanted}


def employers_of(experts: Mapping[str, ExpertProfile]) -> dict[str, str]:
    """The large company that each expert left last, in one spelling for all; empty when no career is told."""
    last = {key: _last_employer(expert) for key, expert in experts.items()}
    spelt: dict[str, str] = {}
    for name in sorted(set(last.values()), key=lambda name: (len(name), name)):
        spelt.setdefault(organisation_name(name), name)
    return {key: spelt[organisation_name(name)] for key, name in last.items()}


def _last_employer(expert: ExpertProfile) -> str:
    careers = [career for career in expert.careers if career.employer]
    newest = max(careers, key=lambda c: (c.until or c.since or date.min, c.employer), default=None)
    return newest.employer if newest is not None else ""


def _quotas(
    requests: Mapping[str, RequestProfile],
    experts: Mapping[str, ExpertProfile],
    options: Options,
    cases: Sequence[MatchCase],
) -> list[Quota]:
    quotas = []
    regions: dict[str, set[str]] = {}
    for key, request in requests.items():
        regions.setdefault(request.region or "", set()).add(key)
    for region, members in sorted(regions.items()):
        limit = options.regions.get(region, options.region_most)
        if limit is not None and region:
            quotas.append(Quota(f"region:{region}", limit, requests=frozenset(members)))
    groups: dict[str, set[str]] = {}
    for key, employer in employers_of(experts).items():
        groups.setdefault(employer, set()).add(key)
    limits = {organisation_name(name): most for name, most in options.employers.items()}
    for employer, members in sorted(groups.items()):
        limit = limits.get(organisation_name(employer), options.employer_most)
        if limit is not None and employer:
            quotas.append(Quota(f"employer:{employer}", limit, experts=frozenset(members)))
    if (count := affordable(cases, options.budget)) is not None:
        quotas.append(Quota("budget", count, requests=frozenset(requests)))
    return quotas


def affordable(cases: Sequence[MatchCase], budget: int | None) -> int | None:
    """How many mentorships so many won pay for at the mean price of these requests; None without a limit."""
    prices = [tier.total for case in cases if (tier := tier_of(case)) is not None]
    if budget is None or not prices:
        return None
    return budget * len(prices) // sum(prices)


def _known_pairs(cases: Sequence[MatchCase], pairs: _Pairs) -> list[tuple[str, str]]:
    """The pairs that a firm was shown already and has not answered."""
    return [
        (case.request.reference, key_of(candidate.expert_id))
        for case in cases
        if case.state == CaseState.PROPOSED
        for candidate in case.candidates
        if candidate.state == CandidateState.LISTED
        and key_of(candidate.expert_id) in pairs.edges[case.request.reference]
    ]


def _inputs(
    cases: Sequence[MatchCase],
    requests: Mapping[str, RequestProfile],
    experts: Mapping[str, ExpertProfile],
    ranker: ExpertRanker,
    gates: Gates,
    found: FoundRanking,
) -> dict[str, Any]:
    rows = {
        case.request.reference: {
            "case": case.id,
            "company": case.request.company.name,
            "title": case.request.title or "",
            "region": requests[case.request.reference].region or "",
            "needs": sorted({need.term for need in case.request.needs if need.term}),
            "profile": digest_of(requests[case.request.reference]),
        }
        for case in cases
    }
    left = employers_of(experts)
    people = {
        key: {"name": expert.name, "employer": left[key], "capacity": expert.capacity}
        for key, expert in experts.items()
    }
    return {
        "requests": rows,
        "experts": people,
        "profiles": digest_of(found.digests),
        "weights": {part: round(weight, 6) for part, weight in ranker.weights_.items()},
        "gates": gates_json(gates),
        "versions": ranker.versions,
    }
