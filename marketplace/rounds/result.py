"""A solved round as rows and figures for its pages: pairs, those unserved, loads, and what stands today beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import fmean
from typing import Any

from marketplace.errors import NotFound
from marketplace.matching.assignment import Problem
from marketplace.rounds.hand import Wishes, wishes_of
from marketplace.rounds.kept import content_of, problem_from
from marketplace.rounds.models import POINT, Round, RoundChange, RoundRun
from marketplace.rounds.queries import Held, changes_of, held_in, run_of, shown_experts
from marketplace.rounds.report import spread


@dataclass(frozen=True)
class Row:
    """One request of a round: its experts with their scores, or why it has none."""

    request: str
    case_id: int
    company: str
    title: str
    region: str
    needs: tuple[str, ...]
    experts: tuple[tuple[str, str], ...] = ()
    score: float | None = None
    choice: Mapping[str, Any] | None = None
    unserved: Mapping[str, Any] | None = None
    pinned: bool = False
    left: bool = False
    forbidden: tuple[str, ...] = ()
    changed: bool = False


@dataclass(frozen=True)
class Load:
    """An expert's part in a round: places that were free, held before, taken by the round."""

    expert: str
    name: str
    employer: str
    places: int
    held: int
    taken: int
    price: Mapping[str, Any] | None
    shown: bool

    @property
    def after(self) -> int:
        return self.held + self.taken


@dataclass(frozen=True)
class Side:
    """The programme's matches as figures: now, or with the round."""

    served: int
    total: float
    mean: float | None
    worst: float | None
    gini: float


@dataclass(frozen=True)
class Group:
    """A region or a former employer: how many there are, matches now, and with the round."""

    name: str
    count: int
    now: int
    added: int

    @property
    def after(self) -> int:
        return self.now + self.added


@dataclass
class Result:
    """Everything about the present run of a round; read once, in a constant number of statements."""

    round: Round
    run: RoundRun
    inputs: Mapping[str, Any]
    changes: Sequence[RoundChange]
    held: Sequence[Held]
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, round_: Round) -> Result:
        """The result of a round; NotFound while there is none."""
        run = run_of(round_) if round_.runs else None
        if run is None:
            raise NotFound(round_.id)
        return cls(
            round_,
            run,
            content_of(run.inputs_digest),
            changes_of(round_),
            held_in(round_.programme),
            shown_experts(round_.programme),
        )

    @property
    def report(self) -> Mapping[str, Any]:
        return self.run.report

    @property
    def people(self) -> Mapping[str, Any]:
        return dict(self.inputs["experts"])

    @cached_property
    def problem(self) -> Problem:
        """What the run was solved from."""
        return problem_from(content_of(self.run.problem_digest))

    @cached_property
    def wishes(self) -> Wishes:
        return wishes_of(self.changes)

    @cached_property
    def rows(self) -> list[Row]:
        """Every request of the run, by its key."""
        given: dict[str, list[tuple[str, int]]] = {}
        for request, expert, units in self.round.pairs:
            given.setdefault(request, []).append((expert, units))
        reasons = {reason["request"]: reason for reason in self.report["unserved"]}
        first = {tuple(pair[:2]) for pair in self.run.result["pairs"]}
        return [
            self._row(request, facts, given.get(request, []), reasons.get(request), first)
            for request, facts in sorted(self.inputs["requests"].items())
        ]

    def _row(
        self,
        request: str,
        facts: Mapping[str, Any],
        members: Sequence[tuple[str, int]],
        reason: Mapping[str, Any] | None,
        first: set[tuple[Any, ...]],
    ) -> Row:
        wishes = self.wishes
        now = {(request, expert) for expert, _ in members}
        same = now == {pair for pair in first if pair[0] == request}
        return Row(
            request=request,
            case_id=facts["case"],
            company=facts["company"],
            title=facts["title"],
            region=facts["region"],
            needs=tuple(facts["needs"]),
            experts=tuple((expert, self.name(expert)) for expert, _ in members),
            score=fmean(units for _, units in members) / POINT if members else None,
            choice=self.report["choices"].get(request) if same else None,
            unserved=None if members else reason or {"reason": "", "rules": {}, "remedies": []},
            pinned=request in wishes.pinned,
            left=request in wishes.left,
            forbidden=tuple(self.name(expert) for r, expert in sorted(wishes.forbidden) if r == request),
            changed=not same,
        )

    def name(self, expert: str) -> str:
        return str(self.people[expert]["name"]) if expert in self.people else expert

    @cached_property
    def loads(self) -> list[Load]:
        """Every expert who was counted in the run, the fullest first."""
        taken = counted(pair[1] for pair in self.round.pairs)
        before = counted(match.expert for match in self.held)
        shown = self.seen | set(self.report["listed"]) | set(taken)
        rows = [
            Load(
                expert=expert,
                name=facts["name"],
                employer=facts["employer"],
                places=self.report["places"].get(expert, 0),
                held=before.get(expert, 0),
                taken=taken.get(expert, 0),
                price=self.report["prices"].get(expert),
                shown=expert in shown,
            )
            for expert, facts in self.people.items()
        ]
        return sorted(rows, key=lambda load: (-load.taken, -load.held, load.name, load.expert))

    @property
    def never_shown(self) -> list[Load]:
        """The experts whom no case of the programme and no list of this round has shown."""
        return [load for load in self.loads if not load.shown]

    @cached_property
    def now(self) -> Side:
        """The programme's matches that hold a place today."""
        scores = [match.score for match in self.held if match.score is not None]
        return self._side(len(self.held), scores, with_round=False)

    @cached_property
    def after(self) -> Side:
        """The same, with every pair of the round."""
        scores = [match.score for match in self.held if match.score is not None]
        scores += [row.score for row in self.rows if row.score is not None]
        return self._side(len(self.held) + self.round.served, scores, with_round=True)

    def _side(self, served: int, scores: Sequence[float], *, with_round: bool) -> Side:
        loads = {load.expert: load.after if with_round else load.held for load in self.loads}
        places = {load.expert: load.places + load.held for load in self.loads}
        return Side(
            served=served,
            total=sum(scores),
            mean=fmean(scores) if scores else None,
            worst=min(scores, default=None),
            gini=spread(loads, places),
        )

    @property
    def worst(self) -> float | None:
        """The lowest score of a served request of the round."""
        return min((row.score for row in self.rows if row.score is not None), default=None)

    @property
    def regions(self) -> list[Group]:
        """Requests of the round by region, with the programme's matches there now and with the round."""
        asked = counted(row.region for row in self.rows)
        added = counted(row.region for row in self.rows if row.score is not None)
        now = counted(match.region for match in self.held)
        return [
            Group(key, asked.get(key, 0), now.get(key, 0), added.get(key, 0))
            for key in sorted({*asked, *now})
        ]

    @property
    def employers(self) -> list[Group]:
        """Experts by former employer, with the places taken now and with the round; the largest first."""
        groups: dict[str, list[Load]] = {}
        for load in self.loads:
            groups.setdefault(load.employer, []).append(load)
        rows = [
            Group(name, len(loads), sum(load.held for load in loads), sum(load.taken for load in loads))
            for name, loads in groups.items()
        ]
        return sorted(rows, key=lambda group: (-group.after, -group.count, group.name))


def counted(values: Any) -> dict[str, int]:
    """How often each value occurs."""
    found: dict[str, int] = {}
    for value in values:
        found[value] = found.get(value, 0) + 1
    return found
