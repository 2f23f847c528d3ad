"""How an agreement begins: by itself, from an approved match."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from marketplace.audit import also_about, recorded
from marketplace.companies.eligibility import today
from marketplace.companies.models import MentoringRequest
from marketplace.database import db, utcnow
from marketplace.errors import N_
from marketplace.events import Event
from marketplace.matching.models import Candidate, MatchCase, locked
from marketplace.matching.states import CaseState
from marketplace.mentorships.draft import MOST_TASKS, VisitRow, put_plan
from marketplace.mentorships.models import Mentorship, Task
from marketplace.mentorships.places import keep_place
from marketplace.mentorships.planning import spread, term_from
from marketplace.mentorships.queries_due import promised_by_sponsor
from marketplace.mentorships.wording import announce
from marketplace.programmes.models import Tier
from marketplace.taxonomy.actions import current_vocabulary

LAST_CONTENT = N_("성과 확인과 인계")


def open_agreement(case_id: int) -> None:
    """Draw up the agreement of an approved match; nothing when that was done already.

    Term, price and shares are what the tier says today, and stay whatever becomes of the tier. A start that can
    no longer be kept moves to the day on which the time for signing ends.
    """
    with recorded(None, Event.AGREEMENT_OPENED) as record:
        case = locked(MatchCase, case_id)
        if case.state != CaseState.APPROVED or case.chosen is None or Mentorship.of_case(case) is not None:
            record.cancel()  # another worker was faster
            return
        mentorship = _drawn_up(case, case.chosen)
        db.session.add(mentorship)
        db.session.flush()
        keep_place(mentorship)
        record.thing = mentorship
        record.facts.update(_facts(mentorship))
        also_about(case)
        announce("open", mentorship)


def _drawn_up(case: MatchCase, chosen: Candidate) -> Mentorship:
    request, programme = case.request, case.request.programme
    tier = tier_of(request)
    start = case.since if case.since >= today() else today() + timedelta(days=programme.signing_days)
    since, last_day = term_from(start, tier.months)
    mentorship = Mentorship(
        case=case,
        expert=chosen.expert,
        tier=tier,
        sponsor_id=_sponsor_of(request, tier),
        due_at=utcnow() + timedelta(days=programme.signing_days),
        since=since,
        last_day=last_day,
        months=tier.months,
        visits=tier.visits,
        unit_price=tier.unit_price,
        shares=tier.shares(),
        purpose=(request.goal or "")[:2000],
    )
    mentorship.tasks = _tasks_of(request)
    put_plan(mentorship, _plan_of(mentorship))
    return mentorship


def tier_of(request: MentoringRequest) -> Tier:
    """The tier that the request asks for; one of as many months, or else the shortest, when it named none."""
    tiers: Sequence[Tier] = request.programme.tiers
    return request.tier or next((tier for tier in tiers if tier.months == request.months), tiers[0])


def _sponsor_of(request: MentoringRequest, tier: Tier) -> int | None:
    """The contributing company with most of its pledge left; None when the tier asks nothing of one."""
    contributions = request.programme.contributions
    if not contributions or not tier.shares()["sponsor"]:
        return None
    promised = promised_by_sponsor(request.programme)
    best = max(contributions, key=lambda row: (row.pledged - promised.get(row.sponsor_id, 0), -row.id))
    return best.sponsor_id


def _tasks_of(request: MentoringRequest) -> list[Task]:
    """A task for each need, the most urgent first."""
    vocabulary = current_vocabulary()
    needs = sorted(request.needs, key=lambda need: (-need.priority, need.id))[:MOST_TASKS]
    tasks = []
    for number, need in enumerate(needs, 1):
        term = vocabulary.terms.get(need.term or "")
        tasks.append(Task(number=number, title=term.ko if term else need.words, term=need.term))
    return tasks


def _plan_of(mentorship: Mentorship) -> list[VisitRow]:
    """The visits over the term, the tasks one after the other."""
    monthly = mentorship.programme.monthly_visits
    days = spread(mentorship.since, mentorship.last_day, mentorship.visits, monthly)
    plan = []
    for number, on in enumerate(days):
        task = number * len(mentorship.tasks) // len(days) + 1 if mentorship.tasks else None
        last = number == len(days) - 1
        content = LAST_CONTENT if last else mentorship.tasks[task - 1].title if task else ""
        plan.append(VisitRow(on, content, task))
    return plan


def _facts(mentorship: Mentorship) -> dict[str, Any]:
    return {
        "case": mentorship.case_id,
        "expert": mentorship.expert_id,
        "tier": mentorship.tier.code,
        "period": [mentorship.since.isoformat(), mentorship.last_day.isoformat()],
        "visits": mentorship.visits,
        "price": mentorship.total,
        "shares": dict(mentorship.shares),
        "sponsor": mentorship.sponsor_id,
    }
