"""An expert as a firm may see one: nothing here gives away an address, a number, or a declared tie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.experts.labels import Labels, without_contacts
from marketplace.experts.models import Expert


@dataclass(frozen=True, slots=True)
class CardCareer:
    """A position: where, as what, from year to year (None: unknown, or still there)."""

    employer: str
    title: str
    since: int | None
    until: int | None
    text: str


@dataclass(frozen=True, slots=True)
class CardSkill:
    """A skill by name, with its level 1 to 4, years of use, last year of use, and whether staff confirmed it."""

    name: str
    level: int
    years: int | None
    last_used: int | None
    verified: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What a firm sees; names are in the reader's language, ``mode`` and ``firm_sizes`` are codes."""

    id: int | None
    name: str
    headline: str
    bio: str
    years: int | None
    careers: tuple[CardCareer, ...]
    skills: tuple[CardSkill, ...]
    industries: tuple[str, ...]
    regions: tuple[str, ...]
    mode: str | None
    firm_sizes: tuple[str, ...]
    small_firm_projects: int | None


def card_of(expert: Expert, name: str, labels: Labels) -> Card:
    """The card of one expert; strongest skills and latest careers first."""
    # Latest first: a position still held ends last; without dates the order of entry stands in.
    careers = sorted(
        expert.careers,
        key=lambda c: (c.until or (date.max if c.since else date.min), c.since or date.min, c.id),
        reverse=True,
    )
    skills = sorted(expert.skills, key=lambda skill: (-skill.level, -(skill.years or 0), skill.id))
    return Card(
        id=expert.id,
        name=name,
        headline=without_contacts(expert.headline),
        bio=without_contacts(expert.bio),
        years=expert.years,
        careers=tuple(
            CardCareer(
                c.employer,
                c.title,
                c.since.year if c.since else None,
                c.until.year if c.until else None,
                without_contacts(c.text),
            )
            for c in careers
        ),
        skills=tuple(
            CardSkill(labels.skill(s), s.level, s.years, s.last_used, s.verified_at is not None)
            for s in skills
        ),
        industries=tuple(labels.industry(code) for code in expert.industries),
        regions=tuple(dict.fromkeys(labels.region(code) for code in expert.regions)),
        mode=expert.mode,
        firm_sizes=tuple(expert.firm_sizes),
        small_firm_projects=expert.small_firm_projects,
    )


@dataclass(frozen=True, slots=True)
class CandidateLink:
    """Something that a firm can do with an expert: a translated label and where it leads."""

    label: str
    url: str


#: Slices above add to this: from the user and the expert to a link, or None when there is nothing to do.
candidate_actions: list[Callable[[Any, Expert], CandidateLink | None]] = []


#: Slices above say here whether a firm may look now: at experts in general (None), or at the one with this id.
looking_open: list[Callable[[Any, int | None], bool]] = []


def may_look(user: Any, expert_id: int | None = None) -> bool:
    """Whether a firm may look at experts by name now; names and careers are shown while they are needed."""
    return any(opened(user, expert_id) for opened in looking_open)


def links_for(user: Any, expert: Expert) -> list[CandidateLink]:
    """What the user can do with the expert, in the order in which it was added."""
    return [link for action in candidate_actions if (link := action(user, expert)) is not None]
