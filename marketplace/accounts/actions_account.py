"""What a person does with the own account."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.access import Permission, Role, require
from marketplace.accounts import passwords
from marketplace.accounts.actions_admin import add_invited
from marketplace.accounts.actions_join import mail_again
from marketplace.accounts.actions_sign_in import drop_recovery_codes, must_have_totp
from marketplace.accounts.models import Consent, SignInSession, User
from marketplace.accounts.sessions import end_sessions, open_session
from marketplace.accounts.throttle import count_try, key_of
from marketplace.audit import recorded
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


def save_account(*, name: str, phone: str | None, language: str, by: User) -> None:
    """Change the own name, phone number and language."""
    with recorded(by, Event.ACCOUNT_EDITED, by) as record:
        user = User.locked(by.id) or by
        wanted = {"name": name, "phone": phone, "language": language}
        record.facts["changed"] = [key for key, value in wanted.items() if getattr(user, key) != value]
        user.name, user.phone, user.language = name, phone, language


def sign_out_everywhere(*, by: User) -> None:
    """End every session of one's own, this one included."""
    with recorded(by, Event.SESSIONS_ENDED, by):
        end_sessions(by)


def remove_second_factor(*, password: str, by: User, agent: str = "") -> str:
    """Take the own second factor away; ends every session and opens a new one, whose token is returned.

    Raises TooManyTries, RuleBroken at ``password`` or when staff must keep it.
    """
    if must_have_totp(by):
        raise RuleBroken(
            N_("담당자 계정은 2단계 인증을 해제할 수 없습니다. 시스템 관리자에게 문의해 주십시오.")
        )
    with recorded(None, Event.SIGN_IN_TRIED, by):
        count_try([key_of("account", by.email)])
    if not passwords.fits(password, by.password_hash):
        raise RuleBroken(N_("비밀번호가 맞지 않습니다. 다시 입력해 주십시오."), field="password")
    with recorded(by, Event.TOTP_REMOVED, by):
        user = User.locked(by.id) or by
        user.totp_secret = user.totp_last_step = None
        drop_recovery_codes(user)
        end_sessions(user)
        return open_session(user, agent)


def invite_colleague(*, email: str, name: str, by: User) -> None:
    """Invite a colleague into the own firm; the mail lets the colleague choose a password.

    A known address gets another mail, so that nobody learns here who has an account. Raises TooManyTries.
    """
    require(by, Permission.EDIT_COMPANY)
    if by.organisation_id is None:
        raise RuleBroken(N_("소속 기업이 없어 초대할 수 없습니다. 운영기관에 문의해 주십시오."))
    with recorded(by, Event.ACCOUNT_INVITED, by, colleague=True) as record:
        count_try([key_of("invite", by.id)])
        known = User.with_email(email)
        if known is not None:
            mail_again(known)
            return
        record.thing = User(
            email=email.strip().lower(), name=name, role=Role.COMPANY, organisation_id=by.organisation_id
        )
        add_invited(record.thing)


def consents_of(user: User) -> list[Consent]:
    """What the person agreed to, newest first, with the texts."""
    query = select(Consent).where(Consent.user_id == user.id).join(Consent.text)
    return list(db.session.scalars(query.order_by(Consent.id.desc())).unique())


def open_sessions(user: User) -> list[SignInSession]:
    """The browsers in which the person is signed in, newest first."""
    query = select(SignInSession).where(
        SignInSession.user_id == user.id, SignInSession.ended_at.is_(None), SignInSession.ends_at > utcnow()
    )
    return list(db.session.scalars(query.order_by(SignInSession.id.desc())).unique())
