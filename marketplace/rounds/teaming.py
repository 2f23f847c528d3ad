"""Which requests ask for a team: those whose stated needs no single expert covers, but some together."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from marketplace.matching.assignment import Edge, Team
from marketplace.matching.profiles import RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates


def teams_of(
    requests: Mapping[str, RequestProfile],
    edges: MutableMapping[str, dict[str, Edge]],
    ranker: ExpertRanker,
    gates: Gates,
    most: int,
) -> list[Team]:
    """The teams of at most ``most`` (0: none); the edges of such requests learn which needs they cover."""
    teams: list[Team] = []
    for key, request in requests.items() if most else ():
        needs = frozenset(need.term for need in request.needs if need.term)
        row = edges[key]
        if len(needs) < 2 or not row:
            continue
        covers = {
            ranked.expert: tuple(
                sorted({n.term for n in ranked.needs if n.covered and n.term in needs and n.term})
            )
            for ranked in ranker.rank([request], 0, gates)[0].experts
            if ranked.expert in row
        }
        together = {need for covered in covers.values() for need in covered}
        if any(set(covered) == needs for covered in covers.values()) or together != needs:
            continue
        edges[key] = {e: Edge(key, e, edge.score, covers.get(e, ())) for e, edge in row.items()}
        teams.append(Team(key, needs, most))
    return teams
