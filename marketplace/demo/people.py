"""The people of the demo: how they come to their accounts, and the few whose sign-ins are printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace import tokens
from marketplace.access import Role
from marketplace.accounts.actions_admin import invite
from marketplace.accounts.actions_join import accept_invitation, confirm, join
from marketplace.accounts.actions_organisations import save_organisation
from marketplace.accounts.models import ConsentText, Organisation, OrganisationKind, User, civil_today
from marketplace.database import db
from marketplace.ledger.actions import Payment, enter_receipt, save_contribution
from marketplace.ledger.posting import random_key
from marketplace.ledger.states import Source
from marketplace.programmes.actions import save_programme
from marketplace.programmes.models import Programme

#: One password for everybody in the demo, printed by the command that serves it.
PASSWORD = "matching-2026"  # noqa: S105 - not a secret: printed on purpose
DOMAIN = "demo.example"

#: What large companies pledged to the programme and what has arrived, in won.
SPONSORS = (
    ("삼성전자", "sponsor", "배수연", 1_200_000_000, 1_200_000_000),
    ("포스코", "sponsor2", "현지훈", 800_000_000, 500_000_000),
    ("현대모비스", "sponsor3", "나은채", 600_000_000, 0),
)
OPERATORS = (("operator", "이가람"), ("operator2", "최도현"))
OFFICIALS = (("ministry", "정하늘"), ("ministry2", "오세린"))
#: A firm that has just signed up, so that a visitor can play the story from its beginning.
FRESH_FIRM = ("company", "김새봄", "새봄표면처리", "608-81-27189")


@dataclass(frozen=True)
class Staff:
    """Those who act for the programme and for the site in the demo."""

    programme: Programme
    admin: User
    operators: tuple[User, User]
    officials: tuple[User, User]


@dataclass(frozen=True)
class SignIn:
    """A sign-in that is printed: whom it belongs to in Korean and English, the address, what to see there."""

    label: str
    english: str
    email: str
    see: str


SIGN_INS = (
    SignIn("기업", "Firm", "company", "처음부터: 참여의향 → 신청 / a fresh start"),
    SignIn("기업 2", "Firm 2", "company2", "추천 후보에 희망순위 / candidates to rank"),
    SignIn("기업 3", "Firm 3", "haeoreum", "수행중인 멘토링: 방문 확인, 성과 / a running mentorship"),
    SignIn("전문가", "Expert", "expert", "제안에 회신 / an offer to answer"),
    SignIn("전문가 2", "Expert 2", "bong.sh", "수행중인 멘토링: 방문일지, 지급 / visit logs and pay"),
    SignIn("운영기관", "Operator", "operator", "요건검토, 전문가 확인, 추천, 1차 승인 / the queues"),
    SignIn("운영기관 2", "Operator 2", "operator2", "다른 담당자 / a second pair of eyes"),
    SignIn("중소벤처기업부", "Ministry", "ministry", "최종 승인 / the final approval"),
    SignIn("참여 대기업", "Sponsor", "sponsor", "출연금 / the contribution"),
    SignIn("감사", "Auditor", "auditor", "감사기록 / the record"),
    SignIn("시스템 관리자", "Administrator", "admin", "계정, 메일, 작업 / accounts, mail, jobs"),
)


def address(name: str) -> str:
    """The e-mail address of a person of the demo."""
    return f"{name}@{DOMAIN}"


def consents_for(role: Role) -> list[int]:
    """Every text in force at a door, which people of the demo agree to."""
    return [text.id for text in ConsentText.in_force(role, civil_today())]


def invited(
    role: Role, name: str, person: str, organisation: Organisation | None = None, *, by: User | None
) -> User:
    """Invite a person and take the invitation up by the link that was mailed."""
    user = invite(
        email=address(name),
        name=person,
        role=role,
        organisation_id=organisation.id if organisation else None,
        by=by,
    )
    token = tokens.sign("invite", user.id, user.link_stamp)
    return accept_invitation(token=token, password=PASSWORD, agreed=consents_for(role))


def sign_up(
    role: Role, email: str, person: str, phone: str | None, *, firm: str | None = None, brn: str | None = None
) -> None:
    """Sign a person up at one of the open doors."""
    join(
        role=role,
        email=email,
        name=person,
        phone=phone,
        password=PASSWORD,
        agreed=consents_for(role),
        language="ko",
        address=email,  # each signs up from somewhere else, so that the limit per network address holds
        firm_name=firm,
        brn=brn,
    )


def confirmed(email: str) -> User:
    """Confirm the address by the link that was mailed, and give the person.

    Raises LookupError when nobody signed up with the address.
    """
    user = User.with_email(email)
    if user is None:
        raise LookupError(email)
    user = confirm(token=tokens.sign("confirm", user.id, user.link_stamp))
    db.session.refresh(user)  # the firm that was founded, as the next page would see it
    return user


def found_staff(programme: Programme) -> Staff:
    """The people of the operator, the ministry, the audit and the site, invited by the administrator."""
    admin = invited(Role.ADMIN, "admin", "서지안", by=None)
    invited(Role.AUDITOR, "auditor", "문태성", by=admin)
    first, second = (
        invited(Role.OPERATOR, name, person, programme.operator, by=admin) for name, person in OPERATORS
    )
    one, two = (
        invited(Role.MINISTRY, name, person, programme.ministry, by=admin) for name, person in OFFICIALS
    )
    return Staff(programme, admin, (first, second), (one, two))


def found_sponsors(staff: Staff) -> None:
    """Large companies with their people, and what each pledged and paid."""
    for firm, name, person, pledged, received in SPONSORS:
        sponsor = save_organisation(None, name=firm, kind=OrganisationKind.SPONSOR, brn=None, by=staff.admin)
        invited(Role.SPONSOR, name, person, sponsor, by=staff.admin)
        save_contribution(staff.programme, sponsor.id, pledged, received, by=staff.officials[0])
    came = sum(received for *_, received in SPONSORS)
    payment = Payment(Source.GOVERNMENT, came, "국비 교부 1차", random_key())
    enter_receipt(staff.programme, payment, by=staff.operators[0])


def keep_open(staff: Staff, since: date, until: date) -> None:
    """See to it that the programme takes requests on all of these days.

    The programme of the package has the dates of its year; a demo that is built later prolongs it.
    """
    programme = staff.programme
    if programme.opens_on <= since and until <= programme.closes_on:
        return
    values = {
        "opens_on": min(programme.opens_on, since),
        "closes_on": max(programme.closes_on, until),
    }
    save_programme(programme, values, by=staff.officials[0])


def sign_up_fresh_firm() -> None:
    """The firm whose person has an account and nothing else signs up."""
    name, person, firm, brn = FRESH_FIRM
    sign_up(Role.COMPANY, address(name), person, "010-0000-0101", firm=firm, brn=brn)


def confirm_fresh_firm() -> None:
    """And its person opens the mailed link."""
    confirmed(address(FRESH_FIRM[0]))


def sign_in_table() -> str:
    """The printed table: one sign-in per role, in Korean and English, and the shared password."""
    lines = [
        f"  {address(sign_in.email):<26} {sign_in.label} / {sign_in.english}: {sign_in.see}"
        for sign_in in SIGN_INS
    ]
    return "\n".join([*lines, f"  비밀번호 / password: {PASSWORD}"])
