"""What ends a mentorship, by the verbs of its table: finish, report, return_report, pass_check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.companies.eligibility import today
from marketplace.completion.models import (
    AUTHORS,
    FIELDS,
    HIGHEST,
    LOWEST,
    QUESTIONS,
    CompletionReport,
    Handover,
)
from marketplace.completion.wording import remind_of
from marketplace.database import db, utcnow
from marketplace.errors import N_, NotAllowed, RuleBroken, raise_all
from marketplace.events import Event
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState, Party, next_state
from marketplace.mentorships.wording import announce
from marketplace.visits.models import Visit
from marketplace.visits.queries import HELD
from marketplace.visits.states import VisitState

REPORT_DAYS = 14  # after the last visit, as the programmes' rules have it
CHECK_DAYS = 14


@dataclass(frozen=True)
class Taken:
    """A task as the firm's page has it."""

    who: str
    document: str
    done_on: date | None


def is_over(mentorship: Mentorship) -> bool:
    """Whether the visits of a running mentorship are over: its term is, or all that were agreed on were accepted."""
    if mentorship.last_day < today():
        return True
    accepted = select(func.count(Visit.id)).where(
        Visit.mentorship_id == mentorship.id, Visit.state == VisitState.ACCEPTED
    )
    return (db.session.scalar(accepted) or 0) >= mentorship.visits


def finish(mentorship_id: int) -> None:
    """The visits are over: both sides report; nothing when that was said already."""
    with recorded(None, Event.VISITS_FINISHED) as record:
        mentorship = Mentorship.locked(mentorship_id)
        if mentorship.state != MentorshipState.RUNNING or not is_over(mentorship):
            record.cancel()  # another worker was faster, or it was paused or changed meanwhile
            return
        record.thing = mentorship
        mentorship.move("finish", utcnow() + timedelta(days=REPORT_DAYS))
        db.session.add_all(CompletionReport(mentorship_id=mentorship.id, party=party) for party in AUTHORS)
        db.session.add_all(
            Handover(mentorship_id=mentorship.id, task_id=task.id) for task in mentorship.tasks
        )
        db.session.flush()
        announce("finish", mentorship)


def save_report(
    report: CompletionReport, written: Mapping[str, str], scores: Mapping[str, int], comment: str, *, by: Any
) -> None:
    """Keep what one side wrote so far."""
    require(by, Permission.REPORT_COMPLETION, report)
    with recorded(by, Event.COMPLETION_SAVED, report.mentorship, party=str(report.party)):
        _write(_open(report), written, scores, comment)


def submit_report(
    report: CompletionReport, written: Mapping[str, str], scores: Mapping[str, int], comment: str, *, by: Any
) -> None:
    """Hand in one side's report; with the second one it goes to the operator.

    Raises RuleBroken at every field that lacks something; the firm says first who takes each task over.
    """
    require(by, Permission.REPORT_COMPLETION, report)
    if by is None:
        raise NotAllowed("report")
    with recorded(by, Event.COMPLETION_REPORTED, report.mentorship, party=str(report.party)):
        mentorship = Mentorship.locked(report.mentorship_id)
        report = _open(report)
        party = Party(report.party)
        _write(report, written, scores, comment)
        raise_all(
            [
                RuleBroken(N_("입력해 주십시오."), field=name)
                for name, _ in FIELDS[party]
                if not report.written.get(name)
            ]
            + [
                RuleBroken(N_("1점에서 5점까지 골라 주십시오."), field=f"score_{name}")
                for name, _ in QUESTIONS[party]
                if name not in report.scores
            ]
            + (_not_taken_over(mentorship) if party is Party.FIRM else [])
        )
        report.submitted_at, report.submitted_by_id = utcnow(), by.id
        report.edition += 1
        db.session.flush()
        if all(one.submitted_at for one in CompletionReport.of(mentorship.id).values()):
            mentorship.move("report", utcnow() + timedelta(days=CHECK_DAYS))
            mentorship.reason = None
            announce("report", mentorship)


def save_handover(mentorship: Mentorship, taken: Mapping[int, Taken], *, by: Any) -> None:
    """Note who of the firm does each task, by which document, and when it was first done without the expert.

    ``taken`` by the number of the task's row. Only the firm does, and only while its own report is open.
    """
    require(by, Permission.REPORT_COMPLETION, mentorship)
    if by is None or mentorship.party_of(by) is not Party.FIRM:
        raise NotAllowed("handover")
    with recorded(by, Event.HANDOVER_SAVED, mentorship):
        mentorship = Mentorship.locked(mentorship.id)
        _open(CompletionReport.of(mentorship.id)[Party.FIRM])
        for row in Handover.of(mentorship.id):
            if (said := taken.get(row.id)) is None:
                continue
            if said.done_on is not None and said.done_on > today():
                raise RuleBroken(N_("아직 오지 않은 날입니다."), field=f"done_on_{row.id}")
            row.who, row.document, row.done_on = said.who, said.document, said.done_on


def return_report(mentorship: Mentorship, reason: str | None, *, by: Any) -> None:
    """Return the report to both sides, with what is to be mended; each hands its part in again."""
    require(by, Permission.RUN_MENTORSHIP, mentorship)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.REPORT_RETURNED, mentorship, reason=why):
        mentorship = Mentorship.locked(mentorship.id)
        mentorship.move("return_report", utcnow() + timedelta(days=REPORT_DAYS))
        mentorship.reason = why
        for report in CompletionReport.of(mentorship.id).values():
            report.submitted_at = report.submitted_by_id = report.reminded_at = None
        announce("return_report", mentorship, reason=why)


def pass_check(mentorship: Mentorship, *, by: Any) -> None:
    """The final check is passed: what is left is to settle the money.

    Raises RuleBroken while a visit is undecided.
    """
    require(by, Permission.RUN_MENTORSHIP, mentorship)
    with recorded(by, Event.FINAL_CHECK_PASSED, mentorship):
        mentorship = Mentorship.locked(mentorship.id)
        next_state(mentorship.state, "pass_check")
        undecided = len(
            db.session.scalars(
                select(Visit.id).where(Visit.mentorship_id == mentorship.id, Visit.state.in_(HELD))
            ).all()
        )
        if undecided:
            raise RuleBroken(
                N_("확인과 검토가 끝나지 않은 방문이 %(count)d건 있습니다. 먼저 처리해 주십시오."),
                count=undecided,
            )
        mentorship.move("pass_check")
        mentorship.reason = None
        announce("pass_check", mentorship)


def remind(report_id: int) -> None:
    """Remind, once, the side whose report lacks; nothing when it came in meanwhile."""
    with recorded(None, Event.REPORT_REMINDED) as record:
        report = db.session.get_one(CompletionReport, report_id, with_for_update={"of": CompletionReport})
        if report.submitted_at or report.reminded_at or report.mentorship.state != MentorshipState.REPORTING:
            record.cancel()
            return
        record.thing, record.facts["party"] = report.mentorship, str(report.party)
        report.reminded_at = utcnow()
        remind_of(report)


#: The verbs of the mentorship's table that end it.
VERBS: dict[str, Callable[..., Any]] = {
    "finish": finish,
    "report": submit_report,
    "return_report": return_report,
    "pass_check": pass_check,
}


def _open(report: CompletionReport) -> CompletionReport:
    """The report, locked; refused when it was handed in, or the mentorship is not at that point."""
    report = db.session.get_one(
        CompletionReport, report.id, with_for_update={"of": CompletionReport}, populate_existing=True
    )
    next_state(report.mentorship.state, "report")
    if report.submitted_at is not None:
        raise RuleBroken(N_("이미 제출한 완료보고입니다."), conflict=True)
    return report


def _write(
    report: CompletionReport, written: Mapping[str, str], scores: Mapping[str, int], comment: str
) -> None:
    party = Party(report.party)
    report.written = {name: written.get(name, "").strip() for name, _ in FIELDS[party]}
    known = {name for name, _ in QUESTIONS[party]}
    if any(name not in known or not LOWEST <= score <= HIGHEST for name, score in scores.items()):
        raise RuleBroken(N_("1점에서 5점까지 골라 주십시오."))
    report.scores, report.comment = dict(scores), comment.strip()


def _not_taken_over(mentorship: Mentorship) -> list[RuleBroken]:
    lacking = [str(row.task.number) for row in Handover.of(mentorship.id) if not row.is_complete]
    sentence = N_("인계 점검표에 빈 칸이 있습니다(과제 %(tasks)s). 먼저 인계 점검표를 채워 주십시오.")
    return [RuleBroken(sentence, tasks=", ".join(lacking))] if lacking else []
