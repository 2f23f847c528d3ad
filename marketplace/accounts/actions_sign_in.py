"""Signing in, in up to three steps (password, second factor, new consent texts), and signing out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from marketplace import settings
from marketplace.accounts import passwords, totp
from marketplace.accounts.models import RecoveryCode, SignInSession, User
from marketplace.accounts.sessions import digest, open_session
from marketplace.accounts.throttle import add_try, hold_tries, key_of, refuse_spent
from marketplace.audit import Record, recorded
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event


def must_have_totp(user: User) -> bool:
    """Whether the second factor may not be left out."""
    return user.is_staff and settings.current().staff_totp == "required"


def check_password(*, email: str, password: str, address: str, agent: str = "") -> tuple[User, str | None]:
    """Find the person to whom an e-mail address and a password belong, and sign in who has no further step.

    The token for the cookie, or None while a step is missing. One try is one entry of the record, whichever
    way it ends. An unknown address takes the same steps and as long as a known one. ``address`` is the network
    address. Raises TooManyTries, RuleBroken.
    """
    email = email.strip().lower()
    keys = [key_of("account", email), key_of("address", address)]
    refuse_spent(keys)
    user = User.with_email(email)
    number, kept = (user.id, user.password_hash) if user else (0, None)
    db.session.rollback()  # hashing is slow and must not hold the database
    fits = passwords.fits(password, kept)
    with recorded(None, Event.SIGN_IN_FAILED) as record:
        # The person is locked before the head of the record, as everywhere else.
        user = record.thing = User.locked(number)
        hold_tries(keys)
        right = fits and user is not None and user.password_hash == kept
        token = _let_through(record, user, agent) if right and user and user.is_active else None
        if record.event is Event.SIGN_IN_FAILED:
            add_try(keys)
    if not right or user is None:
        raise RuleBroken(
            N_("이메일 또는 비밀번호가 맞지 않습니다. 다시 입력하시거나 비밀번호를 재설정해 주십시오.")
        )
    _refuse_inactive(user)
    return user, token


def _let_through(record: Record, user: User, agent: str, *, second: bool = False) -> str | None:
    """Open the session when no step is missing, and say in the record how far the sign-in got."""
    waits = not second and (user.totp_secret is not None or must_have_totp(user))
    if waits or any(text.required for text in user.missing_consents()):
        record.turns_out(user, Event.PASSWORD_CHECKED)
        return None
    record.turns_out(user, Event.SIGNED_IN)
    return open_session(user, agent)


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


def check_second_factor(*, user: User, code: str, address: str, agent: str = "") -> str | None:
    """Accept a code of the person's authenticator app, or one of the recovery codes; each works once.

    The token for the cookie when that was the last step, else None. Raises TooManyTries, RuleBroken at ``code``.
    """
    keys = [key_of("second", user.id), key_of("address", address)]
    token = None
    with recorded(None, Event.SIGN_IN_FAILED, user, second_factor=True) as record:
        held = User.locked(user.id)
        hold_tries(keys)
        right = held is not None and (_use_code(held, code) or _use_recovery_code(held, code))
        if right and held is not None and held.is_active:
            token = _let_through(record, held, agent, second=True)
        else:
            add_try(keys)
    if not right:
        raise RuleBroken(
            N_("인증번호가 맞지 않거나 이미 쓰였습니다. 인증 앱에 새로 나온 번호를 입력해 주십시오."),
            field="code",
        )
    _refuse_inactive(user)
    return token


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
