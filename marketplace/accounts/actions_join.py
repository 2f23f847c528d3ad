"""Joining: sign-up at the two open doors, confirming the e-mail address, accepting an invitation."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from marketplace import brn as business_number
from marketplace import tokens
from marketplace.access import Role
from marketplace.accounts import passwords
from marketplace.accounts.models import Organisation, OrganisationKind, User
from marketplace.accounts.throttle import count_try, key_of
from marketplace.audit import recorded
from marketplace.database import db, utcnow
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.notifications import tell

DEAD_LINK = N_("이미 쓰였거나 기한이 지난 링크입니다. 새 메일을 받아 다시 시도해 주십시오.")
FIRM_KNOWN = N_(
    "이미 등록된 사업자등록번호입니다. 같은 회사의 담당자나 운영기관에 계정 초대를 요청해 주십시오."
)


def join(
    *,
    role: Role,
    email: str,
    name: str,
    phone: str | None,
    password: str,
    agreed: Iterable[int],
    language: str,
    address: str,
    firm_name: str | None = None,
    brn: str | None = None,
) -> None:
    """Sign a person up for a firm or as an expert, and mail the link that confirms the address.

    A known e-mail address gets a mail of its own instead; the caller cannot tell the difference. The firm is
    founded at confirmation. Raises TooManyTries, RuleBroken at password, brn or consents.
    """
    email = email.strip().lower()
    passwords.check(password, email)
    firm = _applied_firm(firm_name, brn) if role == Role.COMPANY else None
    with recorded(None, Event.SIGN_IN_TRIED, sign_up=True):
        count_try([key_of("join", email), key_of("join-from", address)])
    kept = passwords.hashed(password)
    new = User(
        email=email,
        name=name,
        phone=phone,
        role=role,
        language=language,
        password_hash=kept,
        applied_firm=firm,
    )
    if db.session.scalar(select(User.id).where(User.email == email)) is None:
        with recorded(None, Event.SIGNED_UP, new) as record:
            db.session.add(new)
            db.session.flush()
            record.facts["consents"] = [f"{text.kind} {text.version}" for text in new.agree(agreed)]
            _mail_confirmation(new)
        return
    new.check_agreed(agreed)
    known = User.with_email(email)
    with recorded(None, Event.SIGNED_UP_AGAIN, known):
        mail_again(known)


def _applied_firm(name: str | None, brn: str | None) -> dict[str, str]:
    number = business_number.normalise(brn or "")
    if not business_number.is_valid(number):
        raise RuleBroken(
            N_("사업자등록번호가 맞지 않습니다. 사업자등록증의 숫자 10자리를 확인해 주십시오."), field="brn"
        )
    if Organisation.with_brn(number) is not None:
        raise RuleBroken(FIRM_KNOWN, field="brn")
    return {"name": name or "", "brn": number}


def _mail_confirmation(user: User) -> None:
    tell(
        user,
        Event.SIGNED_UP,
        N_("이메일 주소를 확인해 주십시오"),
        "/confirm/{token}",
        body=N_(
            "%(name)s 님, 회원가입을 신청하셨습니다.\n\n"
            "아래 링크를 열어 가입을 마쳐 주십시오. 링크는 3일 동안 한 번만 쓸 수 있습니다.\n"
            "가입을 신청하신 적이 없으면 링크를 열지 마시고 이 메일을 지워 주십시오."
        ),
        token_purpose="confirm",  # noqa: S106
        name=user.name,
    )


def mail_again(user: User | None) -> None:
    """Tell the owner of an address with which somebody signed up again.

    An account that was never confirmed may have been made by somebody else. The link therefore lets the owner
    of the mailbox choose the password, which confirms the address as well.
    """
    if user is None or user.disabled_at is not None:
        return
    tell(
        user,
        Event.SIGNED_UP_AGAIN,
        N_("이미 가입된 이메일 주소입니다"),
        "/reset/{token}",
        body=N_(
            "이 이메일 주소로 회원가입 신청이나 초대가 있었습니다. "
            "이미 계정이 있으므로 새로 만들지 않았습니다.\n\n"
            "비밀번호를 잊으셨거나 가입을 마치지 못하셨으면 아래 링크에서 비밀번호를 정해 주십시오. "
            "링크는 1시간 동안 한 번만 쓸 수 있습니다.\n"
            "짐작 가는 일이 없으면 이 메일을 지워 주십시오. 바뀌는 것은 없습니다."
        ),
        token_purpose="reset",  # noqa: S106
    )


def ask_confirmation(*, email: str, address: str) -> None:
    """Mail the confirmation link again; the answer is the same whether the address is known or not."""
    email = email.strip().lower()
    with recorded(None, Event.RESET_ASKED, confirmation=True):
        count_try([key_of("mail", email), key_of("mail-from", address)])
        user = User.with_email(email)
        if user is not None and user.confirmed_at is None and user.disabled_at is None and user.password_hash:
            _mail_confirmation(user)


def person_of_link(purpose: str, token: str) -> User:
    """The person to whom a mailed link was sent; RuleBroken when the link is forged, old or used."""
    read = tokens.read(purpose, token)
    user = db.session.get(User, read[0]) if read else None
    if read is None or user is None or user.link_stamp != read[1] or user.disabled_at is not None:
        raise RuleBroken(DEAD_LINK)
    return user


def person_of_link_now(purpose: str, token: str) -> User:
    """The same, within the running transaction and held until its end, so that a link works once."""
    user = User.locked(person_of_link(purpose, token).id)
    if user is None:
        raise RuleBroken(DEAD_LINK)
    return person_of_link(purpose, token)


def confirm(*, token: str) -> User:
    """Confirm the e-mail address by its mailed link; founds the firm that the person signed up for."""
    with recorded(None, Event.EMAIL_CONFIRMED) as record:
        user = person_of_link_now("confirm", token)
        record.thing = user
        settle(user)
        user.use_link()
    return user


def settle(user: User) -> None:
    """The address is proven: confirm the account and found its firm, within the running transaction."""
    user.confirmed_at = user.confirmed_at or utcnow()
    firm = user.applied_firm
    if firm is None:
        return
    user.applied_firm = None
    if user.organisation_id is not None:
        return
    if Organisation.with_brn(firm["brn"]) is not None:
        raise RuleBroken(FIRM_KNOWN, conflict=True)
    founded = Organisation(kind=OrganisationKind.FIRM, name=firm["name"], brn=firm["brn"])
    db.session.add(founded)
    db.session.flush()
    user.organisation_id = founded.id


def accept_invitation(*, token: str, password: str, agreed: Iterable[int]) -> User:
    """Take up an invitation: choose a password and agree to the texts of one's door."""
    with recorded(None, Event.PASSWORD_SET, invitation=True) as record:
        user = person_of_link_now("invite", token)
        record.thing = user
        passwords.check(password, user.email)
        user.agree(agreed)
        user.password_hash = passwords.hashed(password)
        settle(user)
        user.use_link()
    return user
