"""Which requests ask for a team: those whose stated needs no single expert covers, but some together."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from marketplace.matching.assignment import Edge, Team
from marketplace.matching.profiles import RequestProfile
from marketplace.rounds.offers import needs_of


def teams_of(
    requests: Mapping[str, RequestProfile],
    edges: MutableMapping[str, dict[str, Edge]],
    covers: Mapping[str, Mapping[str, tuple[str, ...]]],
    most: int,
) -> list[Team]:
    """The teams of at most ``most`` (0: none); the edges of such requests learn which needs they cover.

    ``covers`` says by request and expert which of the stated needs the expert covers.
    """
    teams: list[Team] = []
    for key, request in requests.items() if most else ():
        needs, row = needs_of(request), edges[key]
        if len(needs) < 2 or not row:
            continue
        met = {expert: covers[key].get(expert, ()) for expert in row}
        together = {need for covered in met.values() for need in covered}
        if any(set(covered) == needs for covered in met.values()) or together != needs:
            continue
        edges[key] = {e: Edge(key, e, edge.score, met[e]) for e, edge in row.items()}
        teams.append(Team(key, needs, most))
    return teams
