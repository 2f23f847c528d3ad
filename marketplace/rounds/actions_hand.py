"""Changes by hand: one pair at a time, each with its reason; the rules hold, and nobody else is moved."""

from __future__ import annotations

from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import also_about, recorded
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.matching.checks import require_free
from marketplace.matching.handover import MIN_REASON, find_expert, reason_of
from marketplace.matching.models import MatchCase
from marketplace.matching.periods import Step
from marketplace.rounds.hand import changed
from marketplace.rounds.kept import content_of, problem_from
from marketplace.rounds.models import Round, RoundChange, worth_of
from marketplace.rounds.queries import changes_of, run_of
from marketplace.rounds.states import next_state

NOT_ASSIGNED = N_("지금 이 신청에 배정된 전문가가 아닙니다. 새로 고친 뒤 확인해 주십시오.")


def change(
    round_: Round, case: MatchCase, verb: str, expert_id: int | None, reason: str | None, *, by: Any
) -> RoundChange:
    """Pin or forbid a pair, give the request another expert, leave it out, or take such a change back.

    Refused when a hard rule stands against the pair or the expert has no place left in this round.
    """
    require(by, Permission.RUN_ROUND, round_)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.ROUND_CHANGED, round_, verb=verb, reason=why) as record:
        held = Round.locked(round_.id)
        next_state(held.state, verb)
        also_about(case)
        made = RoundChange(
            round_id=held.id,
            run=held.runs,
            verb=verb,
            case_id=case.id,
            request=case.request.reference,
            expert_id=expert_id if verb in ("pin", "forbid", "give") else None,
            by_id=by.id if by else None,
            reason=why,
            served_before=held.served,
            units_before=held.units,
        )
        record.facts.update(checked(held, case, made))
        after = changed(held.pairs, made)
        made.served_after, made.units_after = worth_of(after)
        held.holds(after)
        db.session.add(made)
        record.facts.update(
            case=case.id,
            expert=expert_id,
            before=[made.served_before, made.units_before],
            after=[made.served_after, made.units_after],
        )
    return made


def checked(held: Round, case: MatchCase, made: RoundChange) -> dict[str, Any]:
    """Refuse what the rules do not allow, and note the points of a pair that is given; facts for the record."""
    now = [pair for pair in held.pairs if pair[0] == made.request]
    chosen = [pair[1] for pair in now]
    if made.verb == "unserve" and not now:
        raise RuleBroken(
            N_("이 신청은 이미 배정되지 않았습니다. 새로 고친 뒤 확인해 주십시오."), conflict=True
        )
    if made.verb == "free" and not _has_wishes(held, made.request):
        raise RuleBroken(
            N_("이 신청에 풀 고정이나 금지가 없습니다. 새로 고친 뒤 확인해 주십시오."), conflict=True
        )
    if made.verb not in ("pin", "forbid", "give"):
        return {}
    if made.expert_id is None:
        raise RuleBroken(N_("전문가를 고르십시오."), field="expert")
    expert = find_expert(made.expert_id)
    if made.verb == "pin" and made.expert_key not in chosen:
        raise RuleBroken(NOT_ASSIGNED, conflict=True)
    if made.verb == "forbid":
        return {}
    facts = require_free(expert, case, Step.PROPOSE)
    if made.verb == "give":
        made.units = _units(held, made)
        if made.expert_key in chosen:
            raise RuleBroken(
                N_("이미 이 신청에 배정된 전문가입니다. 다른 전문가를 고르십시오."), field="expert"
            )
        run = run_of(held)
        places = run.report["places"].get(made.expert_key, 0) if run is not None else 0
        taken = sum(pair[1] == made.expert_key for pair in held.pairs)
        if taken >= places:
            raise RuleBroken(
                N_(
                    "%(name)s 전문가는 이번 회차에서 맡을 %(places)d자리가 모두 찼습니다. 먼저 다른 신청의 배정을 빼거나"
                    " 다른 전문가를 고르십시오."
                ),
                field="expert",
                conflict=True,
                name=expert.name,
                places=places,
            )
    return facts


def _units(held: Round, made: RoundChange) -> int:
    """The points of the pair in the present run; RuleBroken when the expert is none of the request's candidates."""
    run = run_of(held)
    given = problem_from(content_of(run.problem_digest)) if run is not None else None
    known = given is not None and made.request in given.row_of and made.expert_key in given.col_of
    at = given.index(made.request, made.expert_key or "") if given is not None and known else None
    if given is not None and at is not None:
        return int(given.units[at])
    for out in given.blocked if given is not None else ():
        forbidden = out.rule in ("forbidden", "left")
        if (
            (out.request, out.expert) == (made.request, made.expert_key)
            and forbidden
            and out.score is not None
        ):
            return round(out.score * 10_000)
    raise RuleBroken(
        N_("이 신청의 후보가 아닌 전문가입니다. 목록에 있는 전문가를 고르십시오."), field="expert"
    )


def _has_wishes(held: Round, request: str) -> bool:
    last = [c.verb for c in changes_of(held) if c.request == request]
    return bool(last) and last[-1] != "free"
