"""Rankings that a decision rests on: kept with everything they were made from, and replayed to the same list.

Profiles, requests and vocabularies are stored once each, under the SHA-256 of their JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from marketplace.database import db
from marketplace.matching.code_version import code_version
from marketplace.matching.explanation import digest_of, plain
from marketplace.matching.index import FoundRanking, listed
from marketplace.matching.models import MatchCase
from marketplace.matching.models_ranking import Snapshot, StoredRanking
from marketplace.matching.profiles import ExpertProfile, RequestProfile
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import FORMER_TIES, Gates
from marketplace.taxonomy.actions import current_vocabulary
from marketplace.taxonomy.vocabulary import Term, Vocabulary

_BATCH = 400


def keep_ranking(case: MatchCase, found: FoundRanking, by: Any) -> StoredRanking:
    """Store a ranking with its inputs in the running transaction and make it the case's ranking."""
    vocabulary = vocabulary_json(found.vocabulary)
    digests = {
        "experts": digest_of(found.digests),
        "request": digest_of(found.request),
        "vocabulary": digest_of(vocabulary),
    }
    known = _known({*found.digests.values(), *digests.values()})
    rows = [
        {"digest": digest, "kind": "expert", "content": plain(found.profile_of(key))}
        for key, digest in found.digests.items()
        if digest not in known
    ]
    whole = {"experts": found.digests, "request": plain(found.request), "vocabulary": vocabulary}
    rows += [
        {"digest": digests[kind], "kind": kind, "content": content}
        for kind, content in whole.items()
        if digests[kind] not in known
    ]
    _put(rows)
    stored = StoredRanking(
        case_id=case.id,
        made_by_id=by.id if by else None,
        request_digest=digests["request"],
        vocabulary_digest=digests["vocabulary"],
        experts_digest=digests["experts"],
        weights=dict(found.weights),
        settings=found.settings,
        code_version=code_version(),
        result=found.result,
        result_hash=found.result_hash,
    )
    db.session.add(stored)
    db.session.flush()
    case.ranking_id = stored.id
    return stored


def _known(digests: Iterable[str]) -> set[str]:
    ordered = sorted(digests)
    known: set[str] = set()
    for at in range(0, len(ordered), _BATCH):
        query = select(Snapshot.digest).where(Snapshot.digest.in_(ordered[at : at + _BATCH]))
        known.update(db.session.scalars(query))
    return known


def _put(rows: list[dict[str, Any]]) -> None:
    """Insert what is not there; two rankings at once may bring the same snapshot."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    unique = list({row["digest"]: row for row in rows}.values())
    for at in range(0, len(unique), _BATCH):
        insert = dialect.insert(Snapshot).values(unique[at : at + _BATCH])
        db.session.execute(insert.on_conflict_do_nothing(index_elements=["digest"]))


def vocabulary_json(vocabulary: Vocabulary) -> dict[str, Any]:
    """A vocabulary as JSON: its version and terms."""
    return {"version": vocabulary.version, "terms": [plain(term) for term in vocabulary.terms.values()]}


def vocabulary_from(content: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary that ``vocabulary_json`` wrote."""
    return Vocabulary((from_json(Term, row) for row in content["terms"]), version=content["version"])


def replay(stored: StoredRanking) -> str | None:
    """Rank again from the snapshots alone; None when the same list comes out, else how it differs.

    The answer is in English, for the log and the command line.
    """
    if digest_of(stored.result) != stored.result_hash:
        return "the stored result was changed after it was kept"
    request = from_json(RequestProfile, _content(stored.request_digest, stored))
    keys = _content(stored.experts_digest, stored)
    profiles = [from_json(ExpertProfile, content) for content in _contents(keys.values())]
    if len(profiles) != len(keys):
        return f"{len(keys) - len(profiles)} of {len(keys)} profiles are missing"
    settings = stored.settings
    ranker = ExpertRanker(_vocabulary(stored), stored.weights or None).fit(profiles)
    ranking = ranker.rank(
        [request],
        top=0 if settings["also"] else settings["top"],
        gates=from_json(Gates, {"ties": FORMER_TIES, **settings["gates"]}),
        today=date.fromisoformat(settings["today"]) if settings["today"] else None,
    )[0]
    again = listed(ranking, settings)
    if digest_of(again) == stored.result_hash:
        return None
    before, after = (
        [(row["expert"], row["score"]) for row in result["experts"]] for result in (stored.result, again)
    )
    places = [place for place, pair in enumerate(zip(before, after, strict=False), 1) if pair[0] != pair[1]]
    where = f"first at place {places[0]}" if places else "in the explanation or the exclusions"
    code = "" if stored.code_version == code_version() else f"; made by code {stored.code_version}"
    return f"the list differs {where}{code}"


def _vocabulary(stored: StoredRanking) -> Vocabulary:
    now = current_vocabulary()
    if digest_of(vocabulary_json(now)) == stored.vocabulary_digest:
        return now  # reading the same words in again would only cost time
    return vocabulary_from(_content(stored.vocabulary_digest, stored))


def _content(digest: str, stored: StoredRanking) -> dict[str, Any]:
    snapshot = db.session.get_one(Snapshot, digest)
    if digest_of(snapshot.content) != digest:
        raise ValueError(f"snapshot {digest} of ranking {stored.id} was changed after it was kept")
    return snapshot.content


def _contents(digests: Iterable[str]) -> list[dict[str, Any]]:
    wanted = sorted(digests)
    found: list[dict[str, Any]] = []
    for at in range(0, len(wanted), _BATCH):
        query = select(Snapshot).where(Snapshot.digest.in_(wanted[at : at + _BATCH]))
        for snapshot in db.session.scalars(query):
            if digest_of(snapshot.content) == snapshot.digest:
                found.append(snapshot.content)
    return found


def from_json(kind: Any, value: Any) -> Any:
    """The value that ``explanation.plain`` wrote, in the type that its dataclass declares."""
    origin = get_origin(kind)
    if value is None:
        return None
    if origin in (Union, UnionType):
        return from_json(next(arm for arm in get_args(kind) if arm is not type(None)), value)
    if origin in (tuple, frozenset):
        return origin(from_json(get_args(kind)[0], item) for item in value)
    if kind is date:
        return date.fromisoformat(value)
    if hasattr(kind, "__dataclass_fields__"):
        hints = _hints(kind)
        return kind(**{name: from_json(hints[name], item) for name, item in value.items()})
    return kind(value)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
