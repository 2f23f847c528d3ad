"""The firm's own writing: its data, the first words of a request, and the draft that saves itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.accounts.models import User
from marketplace.audit import history_of, recorded
from marketplace.companies.eligibility import takes_requests
from marketplace.companies.models import (
    Company,
    CompanyRelation,
    MentoringRequest,
    RelationToFirm,
    RequestNeed,
)
from marketplace.companies.numbers import RequestNumber
from marketplace.companies.states import RequestState, next_state
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.programmes.models import Programme
from marketplace.taxonomy.actions import current_vocabulary
from marketplace.taxonomy.vocabulary import Proposal

MOST_NEEDS = 20
PROPOSALS = 6
LEAST_SCORE = 0.15  # weaker proposals rest on a single everyday word
LONGEST_TRACE = 20_000  # characters kept of what was typed but does not fit


def company_of(user: User) -> Company:
    """The firm of the user; a new, unsaved one as long as nothing is known. Refuses people without a firm."""
    if user.organisation_id is None:
        raise RuleBroken(N_("소속 기업이 없는 계정입니다. 운영기관에 문의해 주십시오."))
    return Company.of(user) or Company(
        organisation_id=user.organisation_id, organisation=user.organisation, relations=[], none_of=[]
    )


@dataclass(frozen=True, slots=True)
class NamedRelation:
    """A customer, competitor or supplier as the firm named it; ``brn`` is ten digits or None."""

    kind: RelationToFirm
    name: str
    brn: str | None = None


def save_company(
    values: Mapping[str, Any],
    relations: Sequence[NamedRelation],
    *,
    version: int | None,
    by: User,
    none_of: Collection[RelationToFirm] | None = None,
) -> Company:
    """The firm states its own data and the organisations that matter for conflicts of interest.

    ``none_of`` are the kinds of which it says that there is nobody, as they stand unless given;
    what it leaves open is unknown.
    ``version`` is the one the page was opened with; a newer one in the meantime is refused as a conflict.
    """
    require(by, Permission.EDIT_COMPANY)
    firm = company_of(by)
    require(by, Permission.EDIT_COMPANY, firm)
    with recorded(by, Event.COMPANY_SAVED) as record:
        firm = _stored(firm)
        if version is not None and firm.version != version:
            raise _overtaken(firm, by)
        changed = _set(firm, values)
        wanted = {(relation.kind, relation.name): relation.brn for relation in relations}
        kept = {(RelationToFirm(row.kind), row.name): row for row in firm.relations}
        if wanted != {key: row.brn for key, row in kept.items()}:
            changed.append("relations")
            firm.relations = [kept.get(key) or CompanyRelation(kind=key[0], name=key[1]) for key in wanted]
            for row in firm.relations:
                row.brn = wanted[RelationToFirm(row.kind), row.name]
        denied = [
            str(kind) for kind in RelationToFirm if kind in (firm.none_of if none_of is None else none_of)
        ]
        if _set(firm, {"none_of": denied}):
            changed.append("none_of")
            record.facts["none_of"] = denied
        record.thing = firm
        record.facts["changed"] = changed
        if not changed:
            record.cancel()
    return firm


def _stored(firm: Company) -> Company:
    """The firm's row, locked; added to the running transaction when it is new."""
    if firm.id is None:
        db.session.add(firm)
        db.session.flush()
        return firm
    return db.session.get_one(Company, firm.id, with_for_update={"of": Company}, populate_existing=True)


def _set(thing: Any, values: Mapping[str, Any]) -> list[str]:
    """Set attributes; the names of those that changed."""
    changed = [name for name, value in values.items() if getattr(thing, name) != value]
    for name in changed:
        setattr(thing, name, values[name])
    return changed


def _overtaken(thing: Any, by: User) -> RuleBroken:
    """What is said to who saves an older page: that somebody else was first, or the same person elsewhere."""
    saved = history_of(thing, limit=1)
    own = bool(saved) and saved[-1].actor_id == by.id
    return RuleBroken(
        N_(
            "다른 화면에서 본인이 이 내용을 먼저 저장했습니다. 이 화면에 쓰신 것은 그대로 있습니다. "
            "다시 저장하면 이 화면의 내용으로 바뀝니다."
        )
        if own
        else N_(
            "그 사이에 다른 분이 이 내용을 먼저 저장했습니다. 이 화면에 쓰신 것은 그대로 있습니다. "
            "다시 저장하면 이 화면의 내용으로 바뀝니다."
        ),
        conflict=True,
    )


def express_interest(
    programme_id: int, problem: str, terms: Sequence[str], basics: Mapping[str, Any], *, by: User
) -> MentoringRequest:
    """The firm says what hurts; a draft request with a number of its own begins.

    The same words sent again, by a second click or by going back, lead to the draft that they began.
    """
    require(by, Permission.EDIT_REQUEST)
    firm = company_of(by)
    require(by, Permission.EDIT_REQUEST, firm)
    with recorded(by, Event.INTEREST_EXPRESSED) as record:
        programme = db.session.get(Programme, programme_id)
        if programme is None or not takes_requests(programme):
            raise RuleBroken(
                N_("지금은 신청을 받지 않는 사업입니다. 다른 사업을 골라 주십시오."), field="programme_id"
            )
        firm = _stored(firm)
        begun = _begun_with(firm, programme, problem)
        if begun is not None:
            record.cancel()
            return begun
        _set(firm, {name: value for name, value in basics.items() if value is not None})
        request = MentoringRequest(
            reference=RequestNumber.next_reference(programme.year),
            programme=programme,
            company=firm,
            problem=problem,
            region=firm.region,
            kpi_goals=[],
            declarations=[],
            dismissed=[],
            unfinished={},
            needs=[],
        )
        db.session.add(request)
        _add_terms(request, terms)
        db.session.flush()
        record.thing = request
        record.facts.update(reference=request.reference, terms=[need.term for need in request.needs])
    return request


def _begun_with(firm: Company, programme: Programme, problem: str) -> MentoringRequest | None:
    """The firm's draft that says the same in the same programme."""
    query = select(MentoringRequest).where(
        MentoringRequest.company_id == firm.id,
        MentoringRequest.programme_id == programme.id,
        MentoringRequest.state == RequestState.DRAFT,
        MentoringRequest.problem == problem,
    )
    return db.session.scalars(query.order_by(MentoringRequest.id.desc())).first()


@dataclass(frozen=True)
class Draft:
    """One sending of the draft's page.

    ``values`` are the fields that are well formed; ``unfinished`` holds, by input name, what was typed into
    the others. ``version`` is the request's when the page was opened and ``page`` names that opening: a page
    may save again and again, but not over what somebody else saved in the meantime. The rest are changes to
    the needs: priorities by need id, terms and words to add, terms turned down, needs (by id) to remove.
    """

    values: Mapping[str, Any]
    unfinished: Mapping[str, str]
    version: int | None = None
    page: str | None = None
    priorities: Mapping[int, int] = field(default_factory=dict)
    add: Sequence[str] = ()
    words: str | None = None
    dismiss: Sequence[str] = ()
    remove: Sequence[int] = ()


def save_request(request: MentoringRequest, draft: Draft, *, by: User) -> None:
    """The firm goes on writing; what is well formed is stored, and what is not is kept as it was typed."""
    require(by, Permission.EDIT_REQUEST, request)
    with recorded(by, Event.REQUEST_SAVED, request) as record:
        request = MentoringRequest.locked(request.id)
        next_state(request.state, "save")
        if (
            draft.version is not None
            and draft.version != request.version
            and draft.page != request.saved_from
        ):
            raise _overtaken(request, by)
        changed = _set(request, draft.values)
        kept = {name: text[:LONGEST_TRACE] for name, text in draft.unfinished.items()}
        changed += _set(request, {"unfinished": kept})
        if _change_needs(request, draft):
            changed.append("needs")
        if not changed:
            record.cancel()
            return
        # Needs are rows of their own: the request is touched too, so that its version always moves on.
        request.saved_from = draft.page
        request.saves += 1
        record.facts["changed"] = changed


def _change_needs(request: MentoringRequest, draft: Draft) -> bool:
    before = [(need.id, need.words, need.priority) for need in request.needs], list(request.dismissed)
    request.needs = [need for need in request.needs if need.id not in draft.remove]
    for need in request.needs:
        need.priority = draft.priorities.get(need.id, need.priority)
    _add_terms(request, draft.add)
    if draft.words:
        _add_words(request, draft.words)
    vocabulary = current_vocabulary() if draft.dismiss else None
    known = [term for term in draft.dismiss if vocabulary is not None and term in vocabulary.terms]
    request.dismissed = [*request.dismissed, *(term for term in known if term not in request.dismissed)]
    return before != ([(need.id, need.words, need.priority) for need in request.needs], request.dismissed)


def _add_terms(request: MentoringRequest, terms: Sequence[str]) -> None:
    if not terms:
        return
    vocabulary = current_vocabulary()
    reasons = {proposal.term: proposal.because for proposal in vocabulary.propose(own_words(request), top=40)}
    for code in terms:
        if code not in vocabulary.terms:
            raise RuleBroken(N_("목록에 없는 필요분야입니다. 목록에서 골라 주십시오."), field="term")
        term = vocabulary.terms[vocabulary.current(code)]
        because = ", ".join(reasons.get(term.id, ()))[:300] or None
        _add_need(request, RequestNeed(term=term.id, words=term.ko, because=because, priority=2))


def _add_words(request: MentoringRequest, words: str) -> None:
    vocabulary = current_vocabulary()
    _add_need(request, RequestNeed(term=vocabulary.resolve(words), words=words[:120], priority=2))


def _add_need(request: MentoringRequest, need: RequestNeed) -> None:
    """Add a need unless it is there already; the first one is 필수, for a request needs one."""
    for known in request.needs:
        if known.words == need.words or (need.term is not None and known.term == need.term):
            return
    if len(request.needs) >= MOST_NEEDS:
        raise RuleBroken(
            N_("필요분야는 %(most)d개까지 정할 수 있습니다. 덜 급한 것을 먼저 빼 주십시오."),
            field="own_words",
            most=MOST_NEEDS,
        )
    if not request.needs:
        need.priority = 3
    request.needs.append(need)


def own_words(request: MentoringRequest) -> str:
    """Everything that the firm said in its own words, for proposing terms."""
    return "\n".join(text for text in (request.title, request.problem, request.goal) if text)


def proposals_for(words: str, settled: Collection[str] = ()) -> list[Proposal]:
    """Terms that these words point to, best first, without those that are settled."""
    if not words.strip():
        return []
    found = current_vocabulary().propose(words, top=PROPOSALS + len(settled))
    likely = [one for one in found if one.score >= LEAST_SCORE and one.term not in settled]
    return likely[:PROPOSALS]


def proposals(request: MentoringRequest) -> list[Proposal]:
    """Terms that the firm's words point to, without those it took or turned down."""
    settled = {need.term for need in request.needs if need.term} | set(request.dismissed)
    return proposals_for(own_words(request), settled)
