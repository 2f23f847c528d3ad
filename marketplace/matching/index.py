"""The ranker's index in this process: it follows the database without a restart.

Before each ranking the index asks which experts changed and reads only those. What it holds is compared by
equality, never by "newer than", so that a rolled-back transaction or another reader's older view of the data
is put right by the next ranking.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import selectinload

from marketplace.accounts.models import User
from marketplace.companies.models import MentoringRequest
from marketplace.database import db
from marketplace.experts.models import Expert
from marketplace.experts.states import ExpertState
from marketplace.matching import index_files
from marketplace.matching.engine.table import ExpertTable
from marketplace.matching.explanation import Ranked, Ranking, digest_of
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.periods import Step, period_at
from marketplace.matching.profiles import ExpertProfile, Period, RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rows import case_profile, expert_profile, gates_of, key_of, request_profile
from marketplace.matching.rules import Gates
from marketplace.matching.states import PLACE_HELD_IN
from marketplace.taxonomy.actions import current_vocabulary
from marketplace.taxonomy.vocabulary import Vocabulary

TOP = 20  # how many places a ranking shows to the operator
_BATCH = 500  # ids in one IN (...); SQLite takes no more than some thousand
_KEPT_AGAIN = 0.1  # the share of experts that changed from which the index is stored anew
_KNOWN_STATES = (ExpertState.SUBMITTED, ExpertState.VERIFIED, ExpertState.SUSPENDED)


class FoundRanking:
    """A ranking with everything that is needed to keep and to replay it (see ``snapshots``).

    ``also`` are experts that are listed although they rank below ``top``. Scores are equal in both: an
    expert's score does not depend on how many places are listed.
    """

    def __init__(
        self,
        ranking: Ranking,
        request: RequestProfile,
        table: ExpertTable,
        digests: dict[str, str],
        vocabulary: Vocabulary,
        weights: dict[str, float],
        settings: dict[str, Any],
    ) -> None:
        self.ranking = ranking
        self.request = request
        self.table = table
        self._state = table.state()
        self.digests = digests
        self.vocabulary = vocabulary
        self.weights = weights
        self.settings = settings
        self.result = listed(ranking, settings)
        self.result_hash = digest_of(self.result)

    def profile_of(self, key: str) -> ExpertProfile:
        """The profile that was ranked."""
        return self._state.profile_of(key)

    def of(self, expert_id: int) -> Ranked | None:
        """The expert's place, if he has one among those listed."""
        key = key_of(expert_id)
        return next((r for r in self.ranking.experts if r.expert == key), None)


def listed(ranking: Ranking, settings: dict[str, Any]) -> dict[str, Any]:
    """The ranking as JSON: the first ``top`` places, the experts of ``also``, and all who are excluded."""
    whole = ranking.to_json()
    shown = [
        row for row in whole["experts"] if row["rank"] <= settings["top"] or row["expert"] in settings["also"]
    ]
    return {"experts": shown, "excluded": whole["excluded"]}


class ExpertIndex:
    """Fitted rankers over the experts of one database; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ranker: ExpertRanker | None = None
        self._vocabulary: Vocabulary | None = None
        self._seen: dict[int, str] = {}
        self._held: dict[int, list[Period]] | None = None
        self._digests: dict[str, str] = {}
        self._weighted: dict[tuple[tuple[str, float], ...], ExpertRanker] = {}

    def rank(
        self,
        request: RequestProfile,
        gates: Gates,
        weights: dict[str, float],
        *,
        top: int = TOP,
        also: Sequence[int] = (),
        today: date | None = None,
    ) -> FoundRanking:
        """Rank the experts as the database has them now."""
        settings: dict[str, Any] = {
            "top": top,
            "also": [key_of(expert_id) for expert_id in also],
            "today": today.isoformat() if today else None,
            "gates": gates_json(gates),
        }
        with self._lock:
            self._follow()
            ranker = self._with(weights)
            ranking = ranker.rank([request], top=0 if also else top, gates=gates, today=today)[0]
            vocabulary = ranker.vocabulary_
            return FoundRanking(
                ranking,
                request,
                ranker.table_,
                dict(self._digests),
                vocabulary,
                dict(ranker.weights_),  # as they count now, whatever the prior is later
                settings,
            )

    def _with(self, weights: dict[str, float]) -> ExpertRanker:
        """A ranker with these weights over the same learned table."""
        if self._ranker is None:
            raise RuntimeError("the index follows the database before it is asked")
        key = tuple(sorted(weights.items()))
        if key not in self._weighted:
            self._weighted[key] = ExpertRanker(weights=weights or None).over(self._ranker.table_)
        return self._weighted[key]

    def _follow(self) -> None:
        vocabulary = current_vocabulary()
        states = _states()
        held = _commitments()
        if self._ranker is None or not _same(self._vocabulary, vocabulary):
            self._begin(vocabulary, states, held)
        if self._ranker is not None:
            changes = self._take_changes(self._ranker, states, held)
            if changes > _KEPT_AGAIN * len(states):
                index_files.keep(index_files.Kept(self._ranker.table_, states, self._digests))
        self._seen, self._held = states, held

    def _begin(self, vocabulary: Vocabulary, states: dict[int, str], held: dict[int, list[Period]]) -> None:
        """Take the index that was kept, or read everybody."""
        kept = index_files.find(vocabulary)
        if kept is None:
            profiles = _read(list(states), held)
            table = ExpertTable(vocabulary)
            table.build(list(profiles.values()))
            digests = {key: digest_of(profile) for key, profile in profiles.items()}
            kept = index_files.Kept(table, states, digests)
            self._held = held
            index_files.keep(kept)
        else:
            self._held = None  # not known as of then
        self._vocabulary, self._seen, self._digests = vocabulary, kept.seen, dict(kept.digests)
        self._ranker = ExpertRanker().over(kept.table)
        self._weighted = {}

    def _take_changes(
        self, ranker: ExpertRanker, states: dict[int, str], held: dict[int, list[Period]]
    ) -> int:
        """Bring the index up to the database; how many experts changed."""
        for gone in self._seen.keys() - states.keys():
            ranker.remove(key_of(gone))
            del self._digests[key_of(gone)]
        changed = [expert_id for expert_id, state in states.items() if self._seen.get(expert_id) != state]
        fresh = _read(changed, held)
        known = ranker.table_.state()
        before = self._held
        others = held.keys() | before.keys() if before is not None else states.keys()
        for expert_id in (others & states.keys()) - set(changed):
            key, periods = key_of(expert_id), tuple(held.get(expert_id, ()))
            if before is None or tuple(before.get(expert_id, ())) != periods:
                profile = known.profile_of(key)
                if profile.commitments != periods:
                    fresh[key] = replace(profile, commitments=periods)
        for key in sorted(fresh):
            ranker.update(fresh[key])
            self._digests[key] = digest_of(fresh[key])
        return len(fresh)


def _same(held: Vocabulary | None, now: Vocabulary) -> bool:
    return held is now or (held is not None and held.digest == now.digest)


def _states() -> dict[int, str]:
    """What tells whether an expert changed, by id: one statement, whatever the number of experts' parts."""
    query = (
        select(
            Expert.id,
            Expert.changed_at,
            Expert.version,
            Expert.state,
            Expert.paused_at,
            User.name,
            User.disabled_at,
            User.confirmed_at,
        )
        .join(User, User.id == Expert.user_id)
        .where(Expert.state.in_(_KNOWN_STATES))
        .order_by(Expert.id)
    )
    return {row[0]: repr(tuple(row)) for row in db.session.execute(query)}


def _commitments() -> dict[int, list[Period]]:
    """The periods in which places are held, by expert, in order."""
    query = (
        select(Candidate.expert_id, MatchCase.since, MatchCase.until)
        .join(Candidate, Candidate.id == MatchCase.chosen_id)
        .where(MatchCase.state.in_(PLACE_HELD_IN))
        .order_by(Candidate.expert_id, MatchCase.since, MatchCase.until)
    )
    held: dict[int, list[Period]] = {}
    for expert_id, since, until in db.session.execute(query):
        held.setdefault(expert_id, []).append(Period(since, until))
    return held


def _read(ids: Sequence[int], held: dict[int, list[Period]]) -> dict[str, ExpertProfile]:
    profiles: dict[str, ExpertProfile] = {}
    for at in range(0, len(ids), _BATCH):
        query = (
            select(Expert)
            .where(Expert.id.in_(ids[at : at + _BATCH]))
            .options(
                selectinload(Expert.careers), selectinload(Expert.skills), selectinload(Expert.interests)
            )
            .execution_options(populate_existing=True)
        )
        for expert in db.session.scalars(query):
            profiles[key_of(expert.id)] = expert_profile(expert, held.get(expert.id, ()))
    return profiles


def gates_json(gates: Gates) -> dict[str, Any]:
    """The gates as JSON values."""
    return {name: getattr(gates, name) for name in Gates.__dataclass_fields__}


_indexes: WeakKeyDictionary[Engine, ExpertIndex] = WeakKeyDictionary()
_making = threading.Lock()


def index() -> ExpertIndex:
    """The index over the database of the running application; each database has its own."""
    with _making:
        return _indexes.setdefault(db.engine, ExpertIndex())


def rank_request(
    request: MentoringRequest, *, start_on: date | None = None, top: int = TOP, also: Sequence[int] = ()
) -> FoundRanking:
    """Rank the experts for a request by the rules and weights of its programme.

    ``also`` lists these experts whatever their place. Reads the database and writes nothing.
    """
    programme = request.programme
    return index().rank(
        request_profile(request, start_on), gates_of(programme), dict(programme.weights), top=top, also=also
    )


def rank_case(case: MatchCase, *, top: int = TOP, also: Sequence[int] = ()) -> FoundRanking:
    """``rank_request`` for a case: in the period in which experts would be asked now, and with every
    organisation that the firm named since the case opened."""
    programme = case.request.programme
    profile = case_profile(case, period_at(case, Step.PROPOSE).since)
    return index().rank(profile, gates_of(programme), dict(programme.weights), top=top, also=also)
