"""Reading the record: the audit log with its filters, the outbox, the jobs."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from marketplace import settings
from marketplace.audit import AuditEntry, is_about
from marketplace.database import PAGE_SIZE, Page, db, page_of
from marketplace.errors import N_, NotFound
from marketplace.jobs import Job
from marketplace.notifications import MailState, OutboxMail

MAIL_LABELS = {MailState.PENDING: N_("대기"), MailState.SENT: N_("발송됨"), MailState.DEAD: N_("발송 불가")}


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


def audit_page(event: str, actor: str, thing: str, number: int, size: int = PAGE_SIZE) -> Page[AuditEntry]:
    """Entries, newest first; ``thing`` is a table name with or without an id, such as match_cases 12.

    A thing is found as the one that an entry is about and among the further things it touched.
    """
    query = select(AuditEntry).options(selectinload(AuditEntry.subjects)).order_by(AuditEntry.id.desc())
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


def job_page(number: int) -> Page[Job]:
    """Jobs, newest first."""
    return page_of(select(Job).order_by(Job.id.desc()), number)
