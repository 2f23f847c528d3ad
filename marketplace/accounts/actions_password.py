"""Passwords that were forgotten or are to be changed."""

from __future__ import annotations

from marketplace.accounts import passwords
from marketplace.accounts.actions_join import person_of_link_now, settle
from marketplace.accounts.models import User
from marketplace.accounts.sessions import end_sessions, open_session
from marketplace.accounts.throttle import count_try, key_of
from marketplace.audit import recorded
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.notifications import tell


def ask_reset(*, email: str, address: str) -> None:
    """Mail a link for a new password; the answer is the same whether the address is known or not."""
    email = email.strip().lower()
    with recorded(None, Event.RESET_ASKED):
        count_try([key_of("mail", email), key_of("mail-from", address)])
        user = User.with_email(email)
        if user is not None and user.disabled_at is None:
            tell(
                user,
                Event.RESET_ASKED,
                N_("비밀번호를 다시 정해 주십시오"),
                "/reset/{token}",
                body=N_(
                    "비밀번호 재설정을 요청하셨습니다. 아래 링크에서 새 비밀번호를 정해 주십시오. "
                    "링크는 1시간 동안 한 번만 쓸 수 있습니다.\n"
                    "요청하신 적이 없으면 이 메일을 지워 주십시오. 비밀번호는 그대로입니다."
                ),
                token_purpose="reset",  # noqa: S106
            )


def reset_password(*, token: str, password: str) -> User:
    """Set a new password by its mailed link; ends every session and makes every link worthless."""
    with recorded(None, Event.PASSWORD_SET) as record:
        user = person_of_link_now("reset", token)
        record.thing = user
        _set(user, password)
        settle(user)
    return user


def change_password(*, old: str, password: str, by: User, agent: str = "") -> str:
    """Change one's own password; ends every session and opens a new one, whose token is returned.

    Raises TooManyTries, RuleBroken at old or password.
    """
    keys = [key_of("account", by.email)]
    with recorded(None, Event.SIGN_IN_TRIED, by):
        count_try(keys)
    if not passwords.fits(old, by.password_hash):
        raise RuleBroken(N_("지금 쓰시는 비밀번호가 맞지 않습니다. 다시 입력해 주십시오."), field="old")
    with recorded(by, Event.PASSWORD_SET, by):
        user = User.locked(by.id) or by
        _set(user, password)
        return open_session(user, agent)


def _set(user: User, password: str) -> None:
    passwords.check(password, user.email)
    user.password_hash = passwords.hashed(password)
    user.use_link()
    end_sessions(user)
    if user.confirmed_at is not None:
        tell(
            user,
            Event.PASSWORD_SET,
            N_("비밀번호가 바뀌었습니다"),
            "/account",
            body=N_(
                "비밀번호가 바뀌어 모든 기기에서 로그아웃되었습니다. 직접 바꾸신 것이 아니면 바로 비밀번호를 "
                "재설정하고 운영기관에 알려 주십시오."
            ),
        )
