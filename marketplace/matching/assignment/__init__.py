"""A whole round at once: the best assignment of requests to experts under capacities and rules, exactly.

``assign`` takes lists of scored pairs; ``problem`` and ``solve`` the whole of it. Pure: no database, no web, no users.
"""

from marketplace.matching.assignment.changes import again, with_expert, with_places, without
from marketplace.matching.assignment.choice import choice, why_not
from marketplace.matching.assignment.compare import Comparison, Figures, compare, figures
from marketplace.matching.assignment.explain import Explainer
from marketplace.matching.assignment.gaps import Gap, gaps
from marketplace.matching.assignment.inputs import Blocked, Edge, Quota, Team
from marketplace.matching.assignment.objects import (
    UNSERVED_TEXT,
    Assignment,
    Unserved,
    assign,
    assignment_of,
    free_places,
    unserved,
)
from marketplace.matching.assignment.outcome import Outcome
from marketplace.matching.assignment.problem import Objective, Problem, problem, problem_of_arrays
from marketplace.matching.assignment.solve import most_served, solve

__all__ = [
    "UNSERVED_TEXT",
    "Assignment",
    "Blocked",
    "Comparison",
    "Edge",
    "Explainer",
    "Figures",
    "Gap",
    "Objective",
    "Outcome",
    "Problem",
    "Quota",
    "Team",
    "Unserved",
    "again",
    "assign",
    "assignment_of",
    "choice",
    "compare",
    "figures",
    "free_places",
    "gaps",
    "most_served",
    "problem",
    "problem_of_arrays",
    "solve",
    "unserved",
    "why_not",
    "with_expert",
    "with_places",
    "without",
]
