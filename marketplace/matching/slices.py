"""The kinds of requests that an evaluation tells apart, because a mean over all hides where a ranker fails."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.matching.profiles import RequestProfile
from marketplace.taxonomy.vocabulary import Vocabulary

#: Characters of the problem below which it is short and medium. Two sentences; four; more.
SHORT, MEDIUM = 120, 200


def facets(requests: Iterable[RequestProfile], vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    """Each request's class by slice, under its key.

    ``needs`` given or empty; ``wording`` method when title or problem names a term of the taxonomy beyond
    doubt, else symptom; ``industry`` the division, unknown when there is none; ``length`` of the problem:
    short, medium or long.
    """
    return {request.key: _classes(request, vocabulary) for request in requests}


def _classes(request: RequestProfile, vocabulary: Vocabulary) -> dict[str, str]:
    text = f"{request.title}. {request.problem}"
    named = any(not match.ambiguous for match in vocabulary.find(text))
    return {
        "needs": "given" if request.needs else "empty",
        "wording": "method" if named else "symptom",
        "industry": request.industry or "unknown",
        "length": _length(request.problem),
    }


def _length(problem: str) -> str:
    size = len(" ".join(problem.split()))
    return "short" if size < SHORT else "medium" if size < MEDIUM else "long"
