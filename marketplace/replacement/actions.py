"""The verb replace: the next best expert takes over, once all three have signed anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.companies.eligibility import today
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.matching.checks import require_free
from marketplace.matching.handover import MIN_REASON, find_expert, placed, put_forward, reason_of
from marketplace.matching.index import rank_case
from marketplace.matching.models import Candidate, MatchCase, locked
from marketplace.matching.periods import Step
from marketplace.matching.snapshots import keep_ranking
from marketplace.matching.states import CandidateState
from marketplace.mentorships.actions.drafting import freeze
from marketplace.mentorships.content import WITHHOLDING
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.planning import crowded, spread
from marketplace.mentorships.states import next_state
from marketplace.mentorships.wording import announce
from marketplace.replacement.queries import visits_made
from marketplace.visits.models import Visit
from marketplace.visits.states import STANDING


def replace(mentorship: Mentorship, expert_id: int, withholding: str, reason: str | None, *, by: Any) -> None:
    """Let this expert take over what is left: visits, term and money, to be signed by all three as a new edition.

    The visits that were made stay with the former expert and are paid to him; his place is free at once. Hard rules
    are asked anew for the days that are left. Raises RuleBroken when nothing is left to take over.
    """
    require(by, Permission.RUN_MENTORSHIP, mentorship)
    why = reason_of(reason, MIN_REASON)
    if withholding not in WITHHOLDING:
        raise RuleBroken(
            N_("목록에 없는 값입니다. 목록에 있는 것을 다시 골라 주십시오."), field="withholding"
        )
    found = rank_case(mentorship.case, also=[find_expert(expert_id).id])
    with recorded(by, Event.EXPERT_REPLACED, mentorship, reason=why) as record:
        expert = locked(Expert, expert_id)  # before the mentorship and its case, as approvals do
        mentorship = Mentorship.locked(mentorship.id)
        next_state(mentorship.state, "replace")
        former, made = mentorship.expert, visits_made(mentorship)
        left = mentorship.visits - made
        _require_something_left(mentorship, expert, left)
        case = locked(MatchCase, mentorship.case_id)
        case.since, case.until = max(mentorship.since, today()), mentorship.last_day + timedelta(days=1)
        record.facts.update(require_free(expert, case, Step.APPROVE_FINAL))
        stored = keep_ranking(case, found, by)
        _take_place(case, put_forward(case, expert, placed(found, expert), "override", by))
        mentorship.formers = [
            *mentorship.formers,
            {
                "expert_id": former.id,
                "expert": former.name,
                "visits": made - sum(one["visits"] for one in mentorship.formers),
                "until": today().isoformat(),
            },
        ]
        mentorship.expert_id, mentorship.withholding = expert.id, withholding
        _plan_anew(mentorship, left)
        mentorship.move("replace", utcnow() + timedelta(days=mentorship.programme.signing_days))
        mentorship.reason = why
        db.session.flush()
        db.session.refresh(mentorship, ["expert"])
        edition = freeze(mentorship)
        record.subjects.append(case)
        record.facts.update(
            former_expert=former.id, visits_left=left, ranking=stored.id, edition=edition.edition,
            text_hash=edition.text_hash,
        )  # fmt: skip
        announce("replace", mentorship, reason=why, former=former.name, left=left)


def _require_something_left(mentorship: Mentorship, expert: Expert, left: int) -> None:
    if expert.id == mentorship.expert_id:
        raise RuleBroken(N_("지금 맡고 있는 전문가입니다. 다른 전문가를 고르십시오."), field="expert")
    if left <= 0:
        raise RuleBroken(N_("남은 방문이 없어 전문가를 바꿀 필요가 없습니다."), conflict=True)
    if mentorship.last_day <= today():
        raise RuleBroken(N_("협약 기간이 끝나 전문가를 바꿀 수 없습니다."), conflict=True)


def _take_place(case: MatchCase, candidate: Candidate) -> None:
    """The place of the case is the new expert's; that he agrees, his signature says."""
    before = case.chosen
    db.session.flush()
    candidate.answer(CandidateState.ACCEPTED)
    case.choose(candidate)
    if before is not None:
        before.state = CandidateState.LAPSED


def _plan_anew(mentorship: Mentorship, left: int) -> None:
    """Lay the planned visits that were not made over the days that are left; those before keep their days."""
    query = select(Visit.planned_number).where(
        Visit.mentorship_id == mentorship.id, Visit.state.in_(STANDING), Visit.planned_number.is_not(None)
    )
    made = set(db.session.scalars(query))
    open_ = [visit for visit in mentorship.plan if visit.number not in made][-left:]
    kept = [visit.on for visit in mentorship.plan if visit not in open_]
    for visit, on in zip(open_, _days(mentorship, kept, len(open_)), strict=True):
        visit.on = on


def _days(mentorship: Mentorship, kept: list[date], count: int) -> list[date]:
    """From tomorrow on, or from the first of next month when this month would be too full."""
    monthly, last = mentorship.programme.monthly_visits, mentorship.last_day
    tomorrow = min(today() + timedelta(days=1), last)
    days = spread(tomorrow, last, count, monthly)
    first = (today().replace(day=1) + timedelta(days=32)).replace(day=1)
    if crowded([*kept, *days], monthly) and first <= last:
        days = spread(first, last, count, monthly)
    return days
