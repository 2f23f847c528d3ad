"""What many mentorships came to: pure sums and medians over verified values, with how many stand behind each.

Nothing that was not collected or not verified counts; it is counted apart, so that a reader sees what is missing.
Stopped mentorships belong to the cohort: leaving them out would choose the winners.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import TypeVar

from marketplace.outcomes import rates

K = TypeVar("K", bound=Hashable)
LEAST_FIRMS = 3  # behind a figure that is shown to somebody who may not know the firms one by one


@dataclass(frozen=True, slots=True)
class GoalOutcome:
    """A goal with its newest verified value; ``value`` None: not collected or not verified.

    ``improvement`` in per cent of before, None also when before was 0; ``achievement`` in per cent of the way.
    """

    kpi: str
    field: str
    unit: str
    weight: int
    baseline: Decimal
    target: Decimal
    value: Decimal | None = None
    improvement: Decimal | None = None
    achievement: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EffectOutcome:
    """The newest verified effect of a kind on the firm's business: after less before, in the unit."""

    kpi: str
    unit: str
    change: Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """One mentorship of the cohort. ``waiting`` values were entered and not decided about."""

    mentorship_id: int
    firm_id: int
    region: str
    industry: str
    sponsor_id: int | None
    goals: Sequence[GoalOutcome] = ()
    effects: Sequence[EffectOutcome] = ()
    waiting: int = 0

    @property
    def overall(self) -> rates.Overall:
        """The weighted achievement over the goals with a verified value."""
        return rates.overall((goal.weight, goal.achievement) for goal in self.goals)


@dataclass(frozen=True, slots=True)
class FieldFigure:
    """Goals of one field (P, Q, C, D, S, E): how many, of how many there is a verified value, of how many a rate.

    ``middle``, ``least`` and ``most`` are improvements in per cent over ``computed`` goals; None when there are none.
    """

    field: str
    goals: int
    collected: int
    computed: int
    better: int
    middle: Decimal | None
    least: Decimal | None
    most: Decimal | None
    firms: int


@dataclass(frozen=True, slots=True)
class EffectFigure:
    """Effects of one kind in one unit over the firms that reported: their sum, and how many rose and fell."""

    kpi: str
    unit: str
    firms: int
    total: Decimal
    rose: int
    fell: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a cohort came to. ``measured`` mentorships have a verified value; ``achievement`` is their median."""

    mentorships: int
    firms: int
    measured: int
    measured_firms: int
    waiting: int
    achievement: Decimal | None
    fields: Sequence[FieldFigure] = field(default=())
    effects: Sequence[EffectFigure] = field(default=())

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Figures:
        """The figures of these mentorships."""
        reached = [(one, rate) for one in outcomes if (rate := one.overall.rate) is not None]
        return cls(
            mentorships=len(outcomes),
            firms=len({one.firm_id for one in outcomes}),
            measured=len(reached),
            measured_firms=len({one.firm_id for one, _ in reached}),
            waiting=sum(one.waiting for one in outcomes),
            achievement=median(rate for _, rate in reached) if reached else None,
            fields=_fields(outcomes),
            effects=_effects(outcomes),
        )

    def guarded(self) -> Figures:
        """Without whatever fewer than ``LEAST_FIRMS`` firms stand behind."""
        return Figures(
            self.mentorships,
            self.firms,
            self.measured,
            self.measured_firms,
            self.waiting,
            self.achievement if self.measured_firms >= LEAST_FIRMS else None,
            [one for one in self.fields if one.firms >= LEAST_FIRMS],
            [one for one in self.effects if one.firms >= LEAST_FIRMS],
        )


def grouped(outcomes: Iterable[Outcome], key: Callable[[Outcome], K]) -> list[tuple[K, Figures]]:
    """The figures of each group, the largest group first."""
    groups: dict[K, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(key(one), []).append(one)
    found = [(name, Figures.of(members)) for name, members in groups.items()]
    return sorted(found, key=lambda pair: (-pair[1].mentorships, str(pair[0])))


def _fields(outcomes: Sequence[Outcome]) -> list[FieldFigure]:
    found = []
    by_field: dict[str, list[tuple[int, GoalOutcome]]] = {}
    for one in outcomes:
        for goal in one.goals:
            by_field.setdefault(goal.field, []).append((one.firm_id, goal))
    for name, members in by_field.items():
        collected = [(firm, goal) for firm, goal in members if goal.value is not None]
        improved = [goal.improvement for _, goal in collected if goal.improvement is not None]
        found.append(
            FieldFigure(
                name,
                len(members),
                len(collected),
                len(improved),
                sum(value > 0 for value in improved),
                median(improved) if improved else None,
                min(improved, default=None),
                max(improved, default=None),
                len({firm for firm, goal in collected if goal.improvement is not None}),
            )
        )
    return sorted(found, key=lambda one: "PQCDSE".find(one.field))


def _effects(outcomes: Sequence[Outcome]) -> list[EffectFigure]:
    by_kind: dict[tuple[str, str], list[tuple[int, Decimal]]] = {}
    for one in outcomes:
        for effect in one.effects:
            by_kind.setdefault((effect.kpi, effect.unit), []).append((one.firm_id, effect.change))
    return [
        EffectFigure(
            kpi,
            unit,
            len({firm for firm, _ in members}),
            sum((change for _, change in members), Decimal(0)),
            sum(change > 0 for _, change in members),
            sum(change < 0 for _, change in members),
        )
        for (kpi, unit), members in sorted(by_kind.items())
    ]
