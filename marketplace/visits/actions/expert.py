"""What the expert does: log a visit, correct the log, withdraw it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.companies.models import Company
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.files.actions import Prepared
from marketplace.files.models import StoredFile
from marketplace.matching.models import locked
from marketplace.mentorships.models import Mentorship, PlannedVisit, Task
from marketplace.mentorships.states import MentorshipState
from marketplace.visits.logs import Log, differences
from marketplace.visits.models import Visit, VisitPhoto, VisitVersion, locked_visit
from marketplace.visits.photos import added
from marketplace.visits.rules import check
from marketplace.visits.states import STANDING, next_state
from marketplace.visits.wording import announce

#: The states in which visits are logged; the last ones may be written up after the term is over.
LOGGED_IN = (MentorshipState.RUNNING, MentorshipState.REPORTING)


def log_visit(
    mentorship: Mentorship, log: Log, *, client_key: str, by: Any, photos: Sequence[Prepared] = ()
) -> Visit:
    """Hand in the log of a visit; one with the same key that is there already is given back unchanged.

    ``client_key`` is drawn on the device, so that a log that is sent twice is one visit.
    Raises RuleBroken at the field that is to be mended.
    """
    require(by, Permission.LOG_VISIT, mentorship)
    with recorded(by, Event.VISIT_LOGGED, None) as record:
        mentorship, expert = _lock(mentorship.id, mentorship.expert_id)
        known = select(Visit).where(Visit.mentorship_id == mentorship.id, Visit.client_key == client_key)
        if (before := db.session.scalar(known)) is not None:
            record.cancel()
            return before
        if mentorship.state not in LOGGED_IN or not expert.belongs_to(by):
            raise RuleBroken(
                N_("지금은 이 멘토링의 방문일지를 제출할 수 없습니다. 멘토링의 상태를 확인해 주십시오."),
                conflict=True,
            )
        check(log, mentorship, expert)
        visit = Visit(
            mentorship_id=mentorship.id,
            expert_id=expert.id,
            client_key=client_key,
            planned_number=_next_planned(mentorship),
        )
        _write(visit, log)
        visit.due_at = utcnow() + timedelta(days=mentorship.programme.confirm_days)
        db.session.add(visit)
        db.session.flush()
        content = _keep(visit, log, added(photos, by), by)
        record.thing, record.subjects = visit, [mentorship]
        record.facts.update(visited_on=content["on"], started=content["start"], ended=content["end"])
        announce("log", visit)
    return visit


def correct(
    visit: Visit,
    log: Log,
    *,
    seen: int,
    by: Any,
    photos: Sequence[Prepared] = (),
    without: Collection[int] = (),
) -> None:
    """Hand in another version of a log; the firm is asked anew, and its earlier link is void.

    ``seen`` is the version that the page showed; another one in the meantime is a conflict. The photos of the
    version before stay but for those files whose keys are in ``without``.
    """
    require(by, Permission.LOG_VISIT, visit)
    with recorded(by, Event.VISIT_CORRECTED, visit) as record:
        mentorship, expert = _lock(visit.mentorship_id, visit.expert_id)
        visit = locked_visit(visit.id)
        next_state(visit.state, "correct")
        require_as_seen(visit, seen)
        if mentorship.state == MentorshipState.CLOSED:
            raise RuleBroken(N_("정산이 끝난 멘토링의 방문일지는 고칠 수 없습니다."), conflict=True)
        check(log, mentorship, expert, besides=visit)
        before = visit.versions[-1].content
        kept = [photo.file for photo in visit.versions[-1].photos if photo.file_id not in without]
        visit.move("correct", utcnow() + timedelta(days=mentorship.programme.confirm_days))
        visit.reminded_at = visit.confirmed_at = visit.confirmed_by_id = visit.confirmed_because = None
        _write(visit, log)
        content = _keep(visit, log, added(photos, by, to=kept), by)
        record.subjects = [mentorship]
        record.facts.update(
            edition=visit.edition, visited_on=content["on"], changed_parts=differences(before, content)
        )
        announce("correct", visit)


def withdraw(visit: Visit, *, by: Any) -> None:
    """Take a log back that should not have been handed in; its time is free again."""
    require(by, Permission.LOG_VISIT, visit)
    with recorded(by, Event.VISIT_WITHDRAWN, visit) as record:
        visit = locked_visit(visit.id)
        visit.move("withdraw")
        record.subjects = [visit.mentorship]
        announce("withdraw", visit)


def require_as_seen(visit: Visit, seen: int) -> None:
    """Refuse whoever decides about a version that is no longer the newest."""
    if visit.edition != seen:
        raise RuleBroken(
            N_("화면을 여신 뒤에 방문일지가 고쳐졌습니다. 새로 고쳐 바뀐 내용을 확인해 주십시오."),
            conflict=True,
        )


def _lock(mentorship_id: int, expert_id: int) -> tuple[Mentorship, Expert]:
    """The expert (no overlap), the firm (one a day) and the mentorship (so many a month), in this order."""
    expert = locked(Expert, expert_id)
    of_firm = select(Mentorship).where(Mentorship.id == mentorship_id)
    company_id = db.session.scalars(of_firm).one().request.company_id
    lock_firm = select(Company.id).where(Company.id == company_id)
    db.session.execute(lock_firm.with_for_update(of=Company, key_share=True))
    again = of_firm.with_for_update(of=Mentorship).execution_options(populate_existing=True)
    return db.session.scalars(again).one(), expert


def _write(visit: Visit, log: Log) -> None:
    visit.starts_at, visit.ends_at = log.starts_at, log.ends_at
    visit.mode, visit.place, visit.attendees = log.mode, log.place, log.attendees
    visit.task_id, visit.done, visit.result = log.task_id, log.done, log.result
    visit.homework, visit.next_plan = log.homework, log.next_plan


def _keep(visit: Visit, log: Log, photos: Sequence[StoredFile], by: Any) -> dict[str, Any]:
    """Add a version to the visit's history; its content."""
    task = db.session.get(Task, log.task_id) if log.task_id else None
    content = log.content(task.title if task else None, [photo.sha256 for photo in photos])
    db.session.refresh(visit, ["versions"])
    version = VisitVersion(number=visit.edition + 1, content=content, by_id=by.id)
    version.photos = [VisitPhoto(file=photo, position=number) for number, photo in enumerate(photos, 1)]
    visit.versions.append(version)
    db.session.flush()
    return content


def _next_planned(mentorship: Mentorship) -> int | None:
    """The first visit of the plan that no standing visit carries out; None when all are."""
    taken = select(Visit.planned_number).where(
        Visit.mentorship_id == mentorship.id,
        Visit.planned_number.is_not(None),
        Visit.state.in_(STANDING),
    )
    query = (
        select(PlannedVisit.number)
        .where(PlannedVisit.mentorship_id == mentorship.id, PlannedVisit.number.not_in(taken))
        .order_by(PlannedVisit.number)
    )
    return db.session.scalar(query.limit(1))
