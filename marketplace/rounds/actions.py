"""What is done to a round as a whole: make, save, run, throw away, follow up. Changes by hand and publishing have files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete

from marketplace import jobs
from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.matching.states import CaseState
from marketplace.programmes.models import Programme
from marketplace.rounds.models import Round, RoundRequest
from marketplace.rounds.options import Options
from marketplace.rounds.queries import case_ids_of, cases_with, choosable
from marketplace.rounds.states import RoundState, next_state

SOLVE = "solve_round"
MOST_REQUESTS = 2000


@dataclass(frozen=True)
class Draft:
    """What the operator fills in: a name, the settings, and the numbers of the cases when they are chosen one by one."""

    name: str
    options: Options
    case_ids: Sequence[int] = ()


def make(programme: Programme, draft: Draft, *, by: Any) -> Round:
    """Begin a round for open requests of a programme; nothing is calculated and nobody is told yet."""
    require(by, Permission.RUN_ROUND, programme)
    with recorded(by, Event.ROUND_SAVED, None) as record:
        made = Round(
            programme_id=programme.id,
            programme=programme,
            name=draft.name,
            made_by_id=by.id if by else None,
            options=draft.options.to_json(),
            state=RoundState.DRAFT,
        )
        db.session.add(made)
        db.session.flush()
        record.thing = made
        record.facts.update(options=made.options, cases=_take(made, draft))
    return made


def save(round_: Round, draft: Draft, *, version: int | None = None, by: Any) -> None:
    """Change what a round asks for; a result that was there no longer counts and has to be calculated anew."""
    require(by, Permission.RUN_ROUND, round_)
    with recorded(by, Event.ROUND_SAVED, round_) as record:
        held = Round.locked(round_.id)
        held.move("save")
        if version is not None and held.version != version:
            raise RuleBroken(
                N_("그사이 다른 담당자가 이 회차를 고쳤습니다. 입력한 내용을 확인하고 다시 저장해 주십시오."),
                conflict=True,
            )
        held.name, held.options = draft.name, draft.options.to_json()
        held.reason = None
        record.facts.update(options=held.options, cases=_take(held, draft))


def _take(round_: Round, draft: Draft) -> list[int]:
    """Make these the cases of the round; their numbers."""
    options = draft.options
    if options.team and options.objective == "fair":
        raise RuleBroken(
            N_(
                "팀을 두는 회차는 점수의 합이나 지원 건수로만 계산할 수 있습니다. 목표를 바꾸거나 팀을 끄십시오."
            ),
            field="team",
        )
    open_now = {case.id for case in choosable(round_.programme, proposed=options.proposed)}
    chosen = open_now if options.scope == "all" else set(draft.case_ids)
    if gone := chosen - open_now:
        raise RuleBroken(
            N_("고른 신청 가운데 %(count)d건은 이 회차에 넣을 수 없는 상태입니다. 다시 골라 주십시오."),
            field="cases",
            conflict=True,
            count=len(gone),
        )
    if not chosen:
        raise RuleBroken(N_("매칭할 신청이 없습니다. 신청을 골라 주십시오."), field="cases")
    if len(chosen) > MOST_REQUESTS:
        raise RuleBroken(
            N_("한 회차에는 신청 %(most)d건까지 넣을 수 있습니다. 나누어 계산해 주십시오."),
            field="cases",
            most=MOST_REQUESTS,
        )
    db.session.execute(delete(RoundRequest).where(RoundRequest.round_id == round_.id))
    db.session.add_all(RoundRequest(round_id=round_.id, case_id=case_id) for case_id in sorted(chosen))
    round_.holds([])
    round_.asked = len(chosen)
    db.session.flush()
    return sorted(chosen)


def run(round_: Round, *, by: Any) -> None:
    """Have the round calculated by a job; what was pinned, forbidden or left out by hand is kept to."""
    require(by, Permission.RUN_ROUND, round_)
    with recorded(by, Event.ROUND_STARTED, round_) as record:
        held = Round.locked(round_.id)
        next_state(held.state, "run")
        options = Options.from_json(held.options)
        if options.scope == "all":
            record.facts["cases"] = _take(held, Draft(held.name, options))
        held.attempts += 1
        job = jobs.enqueue(
            SOLVE, f"{SOLVE}-{held.id}-{held.attempts}", {"round": held.id, "by": by.id if by else None}
        )
        db.session.flush()
        held.job_id = job.id
        held.reason = None
        held.move("run")
        record.facts["attempt"] = held.attempts


def discard(round_: Round, reason: str | None, *, by: Any) -> None:
    """Throw a round away, with the reason; no case is touched."""
    require(by, Permission.RUN_ROUND, round_)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.ROUND_DISCARDED, round_, reason=why):
        held = Round.locked(round_.id)
        held.move("discard")
        held.reason = why


def again(round_: Round, *, by: Any) -> Round:
    """Begin a round for the requests of a published one that came back, and for those whose firm has not answered.

    What a firm was shown gets the round's inertia, so that few of these change; who declined is not asked again, and
    who was asked or accepted keeps the place.
    """
    require(by, Permission.RUN_ROUND, round_)
    with recorded(by, Event.ROUND_SAVED, None, follows=round_.id) as record:
        held = Round.locked(round_.id)
        next_state(held.state, "again")
        cases = cases_with(case_ids_of(held))
        back = [case for case in cases if case.state == CaseState.MATCHING]
        if not back:
            raise RuleBroken(
                N_("되돌아온 신청이 없습니다. 거절되거나 기한이 지난 신청이 생기면 다시 계산할 수 있습니다.")
            )
        open_ = [case.id for case in cases if case.state in (CaseState.MATCHING, CaseState.PROPOSED)]
        before = Options.from_json(held.options)
        options = replace(before, proposed=len(open_) > len(back) or before.proposed, scope="chosen")
        made = Round(
            programme_id=held.programme_id,
            programme=held.programme,
            name=f"{held.name[:70]} ({_number(held) + 1})",
            made_by_id=by.id if by else None,
            follows_id=held.id,
            options=options.to_json(),
            state=RoundState.DRAFT,
        )
        db.session.add(made)
        db.session.flush()
        record.thing = made
        record.facts.update(cases=_take(made, Draft(made.name, options, open_)), options=made.options)
    return made


def _number(round_: Round) -> int:
    """How many rounds this one goes back through, itself counted."""
    count, at = 1, round_
    while at.follows_id is not None:
        at = db.session.get_one(Round, at.follows_id)
        count += 1
    return count
