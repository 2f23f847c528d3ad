"""What administrators do with accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select

from marketplace import brn as business_number
from marketplace.access import Permission, Role, require
from marketplace.accounts.actions_sign_in import drop_recovery_codes
from marketplace.accounts.models import Organisation, OrganisationKind, User, like
from marketplace.accounts.sessions import end_sessions
from marketplace.audit import recorded
from marketplace.database import Page, db, page_of, utcnow
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event
from marketplace.notifications import tell

# The kind of organisation that a role works for; experts, auditors and administrators need none.
HOME: dict[Role, OrganisationKind] = {
    Role.COMPANY: OrganisationKind.FIRM,
    Role.OPERATOR: OrganisationKind.OPERATOR,
    Role.MINISTRY: OrganisationKind.MINISTRY,
    Role.SPONSOR: OrganisationKind.SPONSOR,
}
DOORS = frozenset({Role.COMPANY, Role.EXPERT})  # the roles that people sign up for by themselves
STATES = {
    "active": N_("사용 중"),
    "unconfirmed": N_("확인 대기"),
    "invited": N_("초대됨"),
    "disabled": N_("사용 중지됨"),
}
_STATE = {
    "active": (User.disabled_at.is_(None), User.confirmed_at.is_not(None)),
    "unconfirmed": (User.disabled_at.is_(None), User.confirmed_at.is_(None), User.password_hash.is_not(None)),
    "invited": (User.disabled_at.is_(None), User.confirmed_at.is_(None), User.password_hash.is_(None)),
    "disabled": (User.disabled_at.is_not(None),),
}
SORTS = {"name": User.name, "email": User.email, "role": User.role, "created": User.id}


def state_of(user: User) -> str:
    """The key in STATES of an account."""
    if user.disabled_at is not None:
        return "disabled"
    if user.confirmed_at is not None:
        return "active"
    return "invited" if user.password_hash is None else "unconfirmed"


def _sorted(query: Select[Any], sort: str) -> Select[Any]:
    column = SORTS.get(sort.removeprefix("-"), User.id)
    back = sort.startswith("-") or sort.removeprefix("-") not in SORTS
    return query.order_by(column.desc() if back else column.asc(), User.id)


def accounts_query(*, text: str = "", role: str = "", state: str = "", sort: str = "") -> Select[Any]:
    """Accounts by part of name, e-mail or organisation, by role and by state; newest first by default."""
    query = select(User).outerjoin(Organisation, User.organisation_id == Organisation.id)
    if text:
        columns = (User.name, User.email, Organisation.name)
        query = query.where(or_(*(func.lower(column).like(like(text), escape="\\") for column in columns)))
    if role in set(Role):
        query = query.where(User.role == role)
    if state in _STATE:
        query = query.where(*_STATE[state])
    return _sorted(query, sort)


def accounts_page(
    *, page: int, by: User, text: str = "", role: str = "", state: str = "", sort: str = ""
) -> Page[User]:
    """One page of the list of accounts."""
    require(by, Permission.MANAGE_ACCOUNTS)
    return page_of(accounts_query(text=text, role=role, state=state, sort=sort), page)


def account(user_id: int, *, by: User) -> User:
    """One account; NotFound when there is none."""
    require(by, Permission.MANAGE_ACCOUNTS)
    user = db.session.get(User, user_id) if user_id < 2**31 else None
    if user is None:
        raise NotFound(user_id)
    return user


def _home(role: Role, organisation_id: int | None, brn: str | None) -> Organisation | None:
    """The organisation a role works for: a firm by its business number, others by their key.

    RuleBroken when it is of another kind than the role needs.
    """
    kind = HOME.get(role)
    if kind is OrganisationKind.FIRM:
        firm = Organisation.with_brn(business_number.normalise(brn or "")[:10])
        if firm is None or firm.kind != kind:
            raise RuleBroken(
                N_("등록된 기업의 사업자등록번호를 입력해 주십시오. 없으면 기관을 먼저 등록해 주십시오."),
                field="brn",
            )
        return firm
    if kind is None:
        return None
    found = db.session.get(Organisation, organisation_id) if organisation_id else None
    if found is None or found.kind != kind:
        raise RuleBroken(
            N_("이 역할에 맞는 기관을 선택해 주십시오. 목록에 없으면 기관을 먼저 등록해 주십시오."),
            field="organisation_id",
        )
    return found


def invite(
    *,
    email: str,
    name: str,
    role: Role,
    organisation_id: int | None = None,
    brn: str | None = None,
    by: User | None,
) -> User:
    """Make an account for a person and mail the link with which the person chooses a password.

    ``organisation_id`` names the organisation of staff and sponsors, ``brn`` the firm of a firm's person.
    """
    require(by, Permission.MANAGE_ACCOUNTS)
    email = email.strip().lower()
    if User.with_email(email) is not None:
        raise RuleBroken(N_("이미 등록된 이메일 주소입니다. 계정 목록에서 찾아 주십시오."), field="email")
    home = _home(role, organisation_id, brn)
    user = User(email=email, name=name, role=role, organisation_id=home.id if home else None)
    with recorded(by, Event.ACCOUNT_INVITED, user, role=str(role)):
        add_invited(user)
    return user


def add_invited(user: User) -> None:
    """Add an account without a password and mail its invitation, within the running transaction."""
    db.session.add(user)
    db.session.flush()
    _mail_invitation(user)


def _mail_invitation(user: User) -> None:
    tell(
        user,
        Event.ACCOUNT_INVITED,
        N_("스마트제조 전문가 매칭에 초대합니다"),
        "/invitations/{token}",
        body=N_(
            "%(name)s 님, 스마트제조 전문가 매칭의 계정이 준비되었습니다.\n\n"
            "아래 링크에서 비밀번호를 정하면 바로 쓰실 수 있습니다. "
            "링크는 14일 동안 한 번만 쓸 수 있습니다.\n"
            "짐작 가는 일이 없으면 이 메일을 지워 주십시오."
        ),
        token_purpose="invite",  # noqa: S106
        name=user.name,
    )


def invite_again(user: User, *, by: User | None) -> None:
    """Mail the invitation once more; the links mailed before stop working."""
    require(by, Permission.MANAGE_ACCOUNTS, user)
    with recorded(by, Event.ACCOUNT_INVITED, user, again=True):
        held = User.locked(user.id) or user
        if held.confirmed_at is not None or held.password_hash is not None or held.disabled_at is not None:
            raise RuleBroken(N_("초대를 기다리는 계정이 아닙니다."), conflict=True)
        held.use_link()
        _mail_invitation(held)


def edit_account(
    user: User, *, name: str, role: Role, organisation_id: int | None, brn: str | None, member: bool, by: User
) -> None:
    """Change a person's name, role and organisation; ``member`` False takes the person out of it.

    A changed role or organisation ends the person's sessions. Nobody changes the own role, and firms' people
    and experts keep theirs, because their applications and profiles hang on it.
    """
    require(by, Permission.MANAGE_ACCOUNTS, user)
    home = _home(role, organisation_id, brn) if member else None
    if role != user.role and user.id == by.id:
        raise RuleBroken(
            N_("본인의 역할은 바꿀 수 없습니다. 다른 시스템 관리자에게 요청해 주십시오."), field="role"
        )
    if role != user.role and DOORS & {role, user.role}:
        raise RuleBroken(
            N_("기업과 전문가의 역할은 바꿀 수 없습니다. 다른 이메일 주소로 새 계정을 초대해 주십시오."),
            field="role",
        )
    with recorded(by, Event.ACCOUNT_EDITED, user) as record:
        held = User.locked(user.id) or user
        new_home = home.id if home else None
        record.facts.update(role=[str(held.role), str(role)], organisation=[held.organisation_id, new_home])
        if (held.role, held.organisation_id) != (role, new_home):
            end_sessions(held)
        held.name, held.role, held.organisation_id = name, role, new_home


def disable(user: User, *, by: User) -> None:
    """Stop an account: every session ends and every mailed link stops working."""
    require(by, Permission.MANAGE_ACCOUNTS, user)
    if user.id == by.id:
        raise RuleBroken(N_("본인의 계정은 중지할 수 없습니다. 다른 시스템 관리자에게 요청해 주십시오."))
    with recorded(by, Event.ACCOUNT_DISABLED, user):
        held = User.locked(user.id) or user
        held.disabled_at = held.disabled_at or utcnow()
        held.use_link()
        end_sessions(held)


def enable(user: User, *, by: User) -> None:
    """Let a stopped account be used again."""
    require(by, Permission.MANAGE_ACCOUNTS, user)
    with recorded(by, Event.ACCOUNT_ENABLED, user):
        held = User.locked(user.id) or user
        held.disabled_at = None


def reset_second_factor(user: User, *, by: User) -> None:
    """Take the second factor of a person away who lost it; ends the person's sessions."""
    require(by, Permission.MANAGE_ACCOUNTS, user)
    if user.id == by.id:
        raise RuleBroken(N_("본인의 2단계 인증은 다른 시스템 관리자가 해제합니다."))
    with recorded(by, Event.TOTP_REMOVED, user):
        held = User.locked(user.id) or user
        held.totp_secret = held.totp_last_step = None
        drop_recovery_codes(held)
        end_sessions(held)
        if held.confirmed_at is not None:
            tell(
                held,
                Event.TOTP_REMOVED,
                N_("시스템 관리자가 2단계 인증을 해제했습니다"),
                "/account",
                body=N_(
                    "요청하신 대로 2단계 인증을 해제했습니다. 다시 로그인하여 새 휴대전화를 등록해 주십시오. "
                    "요청하신 적이 없으면 바로 시스템 관리자에게 알려 주십시오."
                ),
            )
