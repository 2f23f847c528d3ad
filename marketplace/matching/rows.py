"""Database rows as the plain values that the ranker and the rules work on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.companies.models import Company, MentoringRequest, RelationToFirm
from marketplace.experts.models import Expert
from marketplace.experts.states import ExpertState
from marketplace.matching.models import MatchCase
from marketplace.matching.profiles import (
    Career,
    ExpertProfile,
    Interest,
    InterestKind,
    Mode,
    Need,
    Period,
    Relation,
    RelationKind,
    RequestProfile,
    Skill,
)
from marketplace.matching.rules import Gates
from marketplace.programmes.conflicts import pairs_of
from marketplace.programmes.models import Programme

_BLANK_LINE = re.compile(r"\n\s*\n")
_RELATIONS = {
    RelationToFirm.CUSTOMER: RelationKind.CUSTOMER,
    RelationToFirm.COMPETITOR: RelationKind.COMPETITOR,
    RelationToFirm.VENDOR: RelationKind.VENDOR,
}


def key_of(expert_id: int) -> str:
    """The ranker's key for an expert of the database."""
    return str(expert_id)


def expert_profile(expert: Expert, commitments: Iterable[Period] = ()) -> ExpertProfile:
    """The expert as the ranker sees one; ``commitments`` are the periods in which a place is held.

    The parts of the introduction between blank lines and the texts of the careers count one by one.
    """
    parts = [part.strip() for part in _BLANK_LINE.split(expert.bio or "")]
    texts = [*parts, *(career.text.strip() for career in expert.careers)]
    return ExpertProfile(
        key=key_of(expert.id),
        name=expert.name,
        headline=expert.headline or "",
        entries=tuple(text for text in texts if text),
        careers=tuple(
            Career(career.employer, career.title, career.since, career.until, career.text.strip())
            for career in expert.careers
        ),
        skills=tuple(
            Skill(skill.term, skill.words, skill.level, skill.years, skill.last_used, skill.evidence)
            for skill in expert.skills
        ),
        years=expert.years,
        industries=tuple(expert.industries),
        regions=tuple(expert.regions),
        mode=Mode(expert.mode) if expert.mode else None,
        firm_sizes=frozenset(expert.firm_sizes) or None,
        small_firm_projects=expert.small_firm_projects,
        verified=expert.state == ExpertState.VERIFIED,
        active=expert.user.is_active,
        paused=expert.paused_at is not None,
        available_from=expert.available_from,
        available_until=expert.available_until,
        capacity=expert.capacity,
        days_per_week=expert.days_per_week,
        commitments=tuple(sorted(commitments, key=lambda held: (held.since, held.until))),
        interests=_interests(expert),
    )


def _interests(expert: Expert) -> tuple[Interest, ...]:
    """Former employers of the careers, by business number where it is known, then what was declared."""
    worked = [
        Interest(InterestKind.EMPLOYER, career.employer, career.employer_brn, career.until)
        for career in expert.careers
    ]
    declared = [
        Interest(InterestKind(str(tie.kind)), tie.organisation, tie.brn, tie.until)
        for tie in expert.interests
    ]
    return (*worked, *declared)


def relation_rows(company: Company) -> list[dict[str, Any]]:
    """The organisations that the firm names now, as they are kept with a case that opens."""
    return [{"kind": str(r.kind), "name": r.name, "brn": r.brn} for r in company.relations]


def relations_of(case: MatchCase) -> list[tuple[dict[str, Any], str]]:
    """What the firm named when the case opened and what it names now, each once.

    With each stands whether it was ``kept``, ``added`` or ``removed`` since then. Both count for conflicts.
    """
    now = relation_rows(case.request.company)
    then = now if case.relations is None else case.relations
    marked = [(row, "kept" if row in then else "added") for row in now]
    return marked + [(row, "removed") for row in then if row not in now]


def case_profile(case: MatchCase, since: date) -> RequestProfile:
    """The case's request as the ranker sees one, from a day on, with every relation since the case opened."""
    return request_profile(case.request, since, [row for row, _ in relations_of(case)])


def request_profile(
    request: MentoringRequest,
    start_on: date | None = None,
    named: Sequence[Mapping[str, Any]] | None = None,
) -> RequestProfile:
    """The request as the ranker sees one; ``start_on`` is the start agreed for the case, if there is one.

    ``named`` are the firm's relations to go by, those of today unless given. Contributors to the programme
    are among the organisations around the firm.
    """
    company = request.company
    relations = [
        Relation(_RELATIONS[RelationToFirm(row["kind"])], row["name"], row["brn"])
        for row in (relation_rows(company) if named is None else named)
    ]
    relations += [
        Relation(RelationKind.CONTRIBUTOR, paid.sponsor.name, paid.sponsor.brn)
        for paid in request.programme.contributions
    ]
    return RequestProfile(
        key=request.reference,
        company_name=company.name,
        company_brn=company.brn or "",
        industry=company.industry,
        region=request.region or company.region,
        employees=company.employees,
        level=request.level,
        title=request.title or "",
        problem=request.problem or "",
        needs=tuple(Need(need.term, need.words, need.priority) for need in request.needs),
        months=request.months or 3,
        start_on=start_on or request.start_on,
        mode=Mode(request.mode) if request.mode else None,
        relations=tuple(relations),
    )


def gates_of(programme: Programme) -> Gates:
    """The hard rules as the programme sets them."""
    return Gates(cooling_off_months=programme.cooling_off_months, ties=pairs_of(programme.conflicts))
