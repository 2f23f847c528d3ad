"""Signing in, in up to three steps (password, second factor, new consent texts), and signing out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from marketplace import settings
from marketplace.accounts import passwords, totp
from marketplace.accounts.models import RecoveryCode, SignInSession, User
from marketplace.accounts.sessions import digest, open_session
from marketplace.accounts.throttle import count_try, forgive_try, key_of
from marketplace.audit import recorded
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


def must_have_totp(user: User) -> bool:
    """Whether the second factor may not be left out."""
    return user.is_staff and settings.current().staff_totp == "required"


def check_password(*, email: str, password: str, address: str) -> User:
    """Find the person to whom an e-mail address and a password belong.

    The try is counted before the password is looked at, and an unknown address takes the same steps and as
    long as a known one. ``address`` is the network address. Raises TooManyTries, RuleBroken.
    """
    email = email.strip().lower()
    keys = [key_of("account", email), key_of("address", address)]
    with recorded(None, Event.SIGN_IN_TRIED):
        count_try(keys)
        user = User.with_email(email)
    # No transaction is open here: hashing is slow and must not hold the database.
    if not passwords.fits(password, user.password_hash if user else None) or user is None:
        with recorded(None, Event.SIGN_IN_FAILED, user):
            pass
        raise RuleBroken(
            N_("이메일 또는 비밀번호가 맞지 않습니다. 다시 입력하시거나 비밀번호를 재설정해 주십시오.")
        )
    _refuse_inactive(user)
    with recorded(user, Event.PASSWORD_CHECKED, user):
        forgive_try(keys)
    return user


def _refuse_inactive(user: User) -> None:
    """Say why an account cannot be used; only ever told to someone who knows the password."""
    if user.disabled_at is not None:
        raise RuleBroken(N_("사용이 중지된 계정입니다. 시스템 관리자에게 문의해 주십시오."))
    if user.confirmed_at is None:
        raise RuleBroken(
            N_(
                "이메일 확인이 끝나지 않았습니다. "
                "받으신 메일의 링크를 누르시거나 확인 메일을 다시 받아 주십시오."
            )
        )


def check_second_factor(*, user: User, code: str, address: str) -> None:
    """Accept a code of the person's authenticator app, or one of the recovery codes; each works once.

    Raises TooManyTries, RuleBroken at ``code``.
    """
    keys = [key_of("second", user.id), key_of("address", address)]
    with recorded(None, Event.SIGN_IN_TRIED, user):
        count_try(keys)
    with recorded(user, Event.PASSWORD_CHECKED, user, second_factor=True) as record:
        held = User.locked(user.id)
        right = held is not None and (_use_code(held, code) or _use_recovery_code(held, code))
        if right:
            forgive_try(keys)
        else:
            record.cancel()
    if not right:
        with recorded(None, Event.SIGN_IN_FAILED, user, second_factor=True):
            pass
        raise RuleBroken(
            N_("인증번호가 맞지 않거나 이미 쓰였습니다. 인증 앱에 새로 나온 번호를 입력해 주십시오."),
            field="code",
        )


def _use_code(user: User, code: str) -> bool:
    step = totp.matching_step(user.totp_secret, code, user.totp_last_step) if user.totp_secret else None
    if step is not None:
        user.totp_last_step = step
    return step is not None


def _use_recovery_code(user: User, code: str) -> bool:
    wanted = digest(totp.normal_recovery_code(code))
    query = select(RecoveryCode).where(
        RecoveryCode.user_id == user.id, RecoveryCode.code_hash == wanted, RecoveryCode.used_at.is_(None)
    )
    kept = db.session.scalar(query)
    if kept is not None:
        kept.used_at = utcnow()
    return kept is not None


def enrol_second_factor(*, secret: str, code: str, by: User) -> list[str]:
    """Register an authenticator app for oneself; the recovery codes, to be shown this once."""
    with recorded(by, Event.TOTP_ENROLLED, by):
        user = User.locked(by.id) or by
        step = totp.matching_step(secret, code, None)
        if step is None:
            raise RuleBroken(
                N_("인증번호가 맞지 않습니다. 인증 앱에 새로 나온 6자리 번호를 입력해 주십시오."),
                field="code",
            )
        if user.totp_secret is not None:
            raise RuleBroken(N_("이미 2단계 인증이 등록되어 있습니다. 먼저 해제해 주십시오."), field="code")
        user.totp_secret, user.totp_last_step = secret, step
        codes = totp.new_recovery_codes()
        drop_recovery_codes(user)
        db.session.add_all(RecoveryCode(user_id=user.id, code_hash=digest(c)) for c in codes)
    return codes


def drop_recovery_codes(user: User) -> None:
    """Take all recovery codes of a person away, within the running transaction."""
    for kept in db.session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == user.id)):
        db.session.delete(kept)


def begin_session(*, user: User, agreed: Iterable[int] = (), agent: str = "") -> str:
    """Sign a person in whose steps are all done; the token for the cookie.

    ``agreed`` are the ids of consent texts that the person just ticked. Raises RuleBroken when a required
    text in force is missing.
    """
    with recorded(user, Event.SIGNED_IN, user) as record:
        held = User.locked(user.id)
        if held is None or not held.is_active:
            raise RuleBroken(N_("사용이 중지된 계정입니다. 시스템 관리자에게 문의해 주십시오."))
        given = held.agree(agreed)
        if given:
            record.facts["consents"] = [f"{text.kind} {text.version}" for text in given]
        return open_session(held, agent)


def sign_out(*, row: SignInSession | None, by: Any) -> None:
    """End the session of this browser."""
    with recorded(by, Event.SIGNED_OUT, by):
        if row is not None:
            row.ended_at = row.ended_at or utcnow()
