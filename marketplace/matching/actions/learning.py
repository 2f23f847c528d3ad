"""What becomes of learned weights: they are proposed, and somebody adopts or rejects them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.audit import also_about, recorded
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.matching.backtest import back_test
from marketplace.matching.decisions import Source, data_digest
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.matching.learning import learned_weights, present_weights
from marketplace.matching.models_learning import LearnedWeights, ProposalState
from marketplace.matching.queries_learning import decisions_of
from marketplace.programmes.models import Programme


def propose_weights(programme: Programme, *, by: Any) -> LearnedWeights:
    """Learn weights from what staff decided and keep them as a proposal with its back-test.

    The programme's weights stay as they are. When the same decisions led to an open proposal beside the same
    weights before, that one is the answer and nothing is recorded.
    """
    require(by, Permission.DECIDE_WEIGHTS, programme)
    decisions = decisions_of(programme)
    prior, digest = present_weights(programme.weights), data_digest(decisions)
    known = _open_proposal(programme, digest)
    if known is not None and known.prior == prior:
        return known
    learned, tested = learned_weights(decisions, prior), back_test(decisions, prior)
    with recorded(by, Event.WEIGHTS_PROPOSED) as record:
        proposal = LearnedWeights(
            programme_id=programme.id,
            source=Source.DECISIONS,
            weights=learned,
            prior=prior,
            data_digest=digest,
            decisions=len(decisions),
            firms=len({decision.firm for decision in decisions}),
            better=tested.better,
            figures=tested.to_json(),
            made_by_id=by.id if by else None,
        )
        db.session.add(proposal)
        db.session.flush()
        record.thing = proposal
        also_about(programme, weights=learned, verdict=tested.verdict, data=digest)
    return proposal


def _open_proposal(programme: Programme, digest: str) -> LearnedWeights | None:
    query = (
        select(LearnedWeights)
        .where(
            LearnedWeights.programme_id == programme.id,
            LearnedWeights.data_digest == digest,
            LearnedWeights.source == Source.DECISIONS,
            LearnedWeights.state == ProposalState.PROPOSED,
        )
        .order_by(LearnedWeights.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def adopt_weights(proposal: LearnedWeights, reason: str | None, *, by: Any) -> None:
    """Make these the programme's weights from now on, and say why; rankings already kept stay as they are.

    Weights that the back-test does not call better need a reason of at least ten characters. Other weights in
    the meantime are a conflict, since the proposal was weighed against those that it names.
    """
    require(by, Permission.DECIDE_WEIGHTS, proposal)
    why = _why_adopted(proposal, reason)
    with recorded(by, Event.WEIGHTS_ADOPTED, proposal) as record:
        programme = db.session.get_one(
            Programme, proposal.programme_id, with_for_update={"of": Programme}, populate_existing=True
        )
        proposal = _as_it_is_now(proposal)
        proposal.decide("adopt", why, by)
        if present_weights(programme.weights) != proposal.prior:
            raise RuleBroken(
                N_("제안한 뒤에 사업의 가중치가 바뀌었습니다. 새 제안을 받아 다시 비교해 주십시오."),
                conflict=True,
            )
        if proposal.changes_nothing:
            raise RuleBroken(N_("제안한 가중치가 지금과 같아 채택할 것이 없습니다."))
        record.facts.update(
            weights=[proposal.prior, proposal.weights], reason=why, despite_back_test=not proposal.better
        )
        also_about(programme)
        programme.weights = dict(proposal.weights)


def _why_adopted(proposal: LearnedWeights, reason: str | None) -> str:
    if not proposal.better and len((reason or "").strip()) < MIN_REASON:
        raise RuleBroken(
            N_(
                "과거 결정에서 더 나은 것으로 확인되지 않았습니다. 그래도 채택하려면 사유를 %(least)d자 이상 적어 주십시오."
            ),
            field="reason",
            least=MIN_REASON,
        )
    return reason_of(reason)


def reject_weights(proposal: LearnedWeights, reason: str | None, *, by: Any) -> None:
    """Leave the programme's weights as they are, and say why."""
    require(by, Permission.DECIDE_WEIGHTS, proposal)
    why = reason_of(reason)
    with recorded(by, Event.WEIGHTS_REJECTED, proposal, reason=why):
        proposal = _as_it_is_now(proposal)
        proposal.decide("reject", why, by)
        also_about(proposal.programme)


def _as_it_is_now(proposal: LearnedWeights) -> LearnedWeights:
    """The row, locked until the transaction ends."""
    return db.session.get_one(
        LearnedWeights, proposal.id, with_for_update={"of": LearnedWeights}, populate_existing=True
    )
