"""Skills that an expert's own text names or points to, to be accepted one by one."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.experts.models import Expert
from marketplace.taxonomy.vocabulary import Vocabulary

#: Below this share of a text's wording a proposal is a guess that costs the reader more than it brings.
LEAST_SCORE = 0.5
MOST = 10


@dataclass(frozen=True, slots=True)
class SkillProposal:
    """A term that the text points to: its id and the words that led to it."""

    term: str
    because: tuple[str, ...]


def text_of(expert: Expert) -> list[str]:
    """The parts of a profile that are read for skills: the introduction by paragraphs, and each career."""
    paragraphs = (expert.bio or "").split("\n\n")
    careers = [f"{career.title}. {career.text}" for career in expert.careers]
    return [part for part in (expert.headline or "", *paragraphs, *careers) if part.strip()]


def proposals_for(expert: Expert, vocabulary: Vocabulary) -> list[SkillProposal]:
    """At most ``MOST`` terms, those that the text names before those it points to; none already held."""
    held = {skill.term for skill in expert.skills}
    scores: dict[str, float] = {}
    because: dict[str, list[str]] = {}
    for part in text_of(expert):
        for proposal in vocabulary.propose(part, top=MOST):
            if proposal.term in held or proposal.score < LEAST_SCORE:
                continue
            scores[proposal.term] = max(scores.get(proposal.term, 0.0), proposal.score)
            known = because.setdefault(proposal.term, [])
            known += [words for words in proposal.because if words not in known]
    best = sorted(scores, key=lambda term: (-scores[term], term))[:MOST]
    return [SkillProposal(term, tuple(because[term][:4])) for term in best]
