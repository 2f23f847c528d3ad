"""Reading the record: the audit log with its filters, the outbox, the jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from marketplace import settings
from marketplace.access import Permission, Scope, scope_of
from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, is_about
from marketplace.database import PAGE_SIZE, Page, db, page_of, utcnow
from marketplace.errors import N_, NotFound
from marketplace.jobs import SWEEP, Job, JobState, sweeps
from marketplace.notifications import MailState, OutboxMail
from marketplace.programmes.models import Programme

MAIL_LABELS = {MailState.PENDING: N_("대기"), MailState.SENT: N_("발송됨"), MailState.DEAD: N_("발송 불가")}


JOB_LABELS = {
    JobState.QUEUED: N_("대기"),
    JobState.RUNNING: N_("진행 중"),
    JobState.DONE: N_("완료"),
    JobState.FAILED: N_("실패"),
}
#: What each sweep does, by the key of its row.
SWEEP_LABELS = {
    "sweep-mail.deliver": N_("메일 발송"),
    "sweep-matching.sweeps.expire_offers": N_("회신 기한이 지난 제안 종료"),
    "sweep-matching.sweeps.remind_experts": N_("전문가 회신 요청 알림"),
    "sweep-matching.sweeps.remind_holders": N_("기업·담당자 처리 요청 알림"),
    "sweep-rounds.solving.fail_lost_rounds": N_("중단된 회차 계산 정리"),
    "sweep-files.sweeps.clear_orphans": N_("어디에도 남지 않은 파일 정리"),
    "sweep-mentorships.sweeps.open_agreements": N_("승인된 매칭의 협약 초안 작성"),
    "sweep-course.sweeps.open_steps": N_("착수회의·월간보고·중간점검·사후관리 시작"),
    "sweep-course.sweeps.remind_of_steps": N_("진행 점검 답변 요청 알림"),
    "sweep-course.sweeps.note_silences": N_("소식 없는 멘토링 알림"),
    "sweep-completion.sweeps.finish_mentorships": N_("방문이 끝난 멘토링의 완료보고 시작"),
    "sweep-completion.sweeps.remind_of_reports": N_("완료보고 제출 요청 알림"),
    "sweep-visits.sweeps.remind_firms": N_("기업의 방문 확인 요청 알림"),
}
LATE = timedelta(minutes=10)


def mails_are_kept() -> bool:
    """Whether mails are only kept for the staff's page and none is sent, as in the demo."""
    return settings.current().mail == "outbox"


def mail_labels() -> dict[MailState, str]:
    """The states of mails as they are: where none is sent, none waits to be sent."""
    return MAIL_LABELS | ({MailState.PENDING: N_("보관됨 · 발송하지 않음")} if mails_are_kept() else {})


def like(words: str) -> str:
    """A pattern that finds these words anywhere, whatever signs they hold; escape with a backslash."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def audit_page(
    user: User, event: str, actor: str, thing: str, number: int, size: int = PAGE_SIZE
) -> Page[AuditEntry]:
    """Entries, newest first; ``thing`` is a table name with or without an id, such as match_cases 12.

    The ministry reads those about its own programmes. A thing is found as the one that an entry is about and among the further things it touched.
    """
    query = select(AuditEntry).options(selectinload(AuditEntry.subjects)).order_by(AuditEntry.id.desc())
    if scope_of(user, Permission.SEE_AUDIT) is not Scope.ALL:
        query = query.where(AuditEntry.programme_id.in_(Programme.ids_run_by(user)))
    if event:
        query = query.where(AuditEntry.event == event)
    if actor:
        query = query.where(AuditEntry.actor_name.ilike(like(actor), escape="\\"))
    kind, _, thing_id = thing.partition(" ")
    if kind:
        plain = thing_id.isascii() and thing_id.isdigit() and len(thing_id) < 10
        query = query.where(is_about(kind, int(thing_id) if plain else None))
    return page_of(query, number, size)


def mail_page(state: str, words: str, number: int, size: int = PAGE_SIZE) -> Page[OutboxMail]:
    """Mails, newest first."""
    query = select(OutboxMail).order_by(OutboxMail.id.desc())
    if state in list(MailState):
        query = query.where(OutboxMail.state == state)
    if words:
        pattern = like(words)
        query = query.where(
            or_(
                OutboxMail.recipient.ilike(pattern, escape="\\"),
                OutboxMail.subject.ilike(pattern, escape="\\"),
            )
        )
    return page_of(query, number, size)


def mail_with(mail_id: int) -> OutboxMail:
    """One mail, or NotFound."""
    found = db.session.get(OutboxMail, mail_id)
    if found is None:
        raise NotFound(mail_id)
    return found


def job_page(state: str, number: int, size: int = PAGE_SIZE) -> Page[Job]:
    """Jobs, newest first, without the rows of sweeps."""
    query = select(Job).where(Job.kind != SWEEP).order_by(Job.id.desc())
    if state in list(JobState):
        query = query.where(Job.state == state)
    return page_of(query, number, size)


@dataclass(frozen=True, slots=True)
class SweepLine:
    """A sweep as staff see it: what it does, when it last ran (None: never) and how that went."""

    says: str
    ran_at: datetime | None
    found: int | None
    turns: int
    late: bool
    last_error: str | None


def sweep_lines() -> list[SweepLine]:
    """Every sweep, also those that no worker has seen yet. One statement."""
    rows = {row.key: row for row in sweeps.rows()}
    return [_line(key, rows.get(key)) for key in sorted(sweeps.names())]


def _line(key: str, row: Job | None) -> SweepLine:
    says = SWEEP_LABELS.get(key, key)
    if row is None:
        return SweepLine(says, None, None, 0, True, None)
    # Whoever is at it shows so by its lease; a row that waits shows it by its next turn.
    expected = row.leased_until or row.run_at
    late = utcnow() - expected > LATE
    return SweepLine(says, sweeps.last_ran(row), row.payload.get("found"), row.attempts, late, row.last_error)
