"""What administrators do with organisations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select

from marketplace import brn as business_number
from marketplace.access import Permission, require
from marketplace.accounts.models import Organisation, OrganisationKind, User, like
from marketplace.audit import recorded
from marketplace.database import PAGE_SIZE, Page, db, page_of
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event


def organisations_page(
    *, page: int, by: User, text: str = "", kind: str = "", sort: str = "", size: int = PAGE_SIZE
) -> Page[Organisation]:
    """One page of the list of organisations, by part of the name or business number and by kind."""
    require(by, Permission.MANAGE_ACCOUNTS)
    query: Select[Any] = select(Organisation)
    if text:
        number = business_number.normalise(text)
        found = [func.lower(Organisation.name).like(like(text), escape="\\")]
        query = query.where(or_(*found, Organisation.brn == number))
    if kind in set(OrganisationKind):
        query = query.where(Organisation.kind == kind)
    columns = {"name": Organisation.name, "kind": Organisation.kind}
    column = columns.get(sort.removeprefix("-"), Organisation.name)
    query = query.order_by(column.desc() if sort.startswith("-") else column.asc(), Organisation.id)
    return page_of(query, page, size)


def organisation(organisation_id: int, *, by: User) -> Organisation:
    """One organisation; NotFound when there is none."""
    require(by, Permission.MANAGE_ACCOUNTS)
    found = db.session.get(Organisation, organisation_id) if organisation_id < 2**31 else None
    if found is None:
        raise NotFound(organisation_id)
    return found


def save_organisation(
    found: Organisation | None, *, name: str, kind: OrganisationKind, brn: str | None, by: User
) -> Organisation:
    """Add an organisation or change its name and business number; the kind stays once it is there."""
    require(by, Permission.MANAGE_ACCOUNTS)
    number = business_number.normalise(brn) if brn else None
    if number is None and kind == OrganisationKind.FIRM:
        raise RuleBroken(N_("기업은 사업자등록번호를 입력해 주십시오."), field="brn")
    if number is not None and not business_number.is_valid(number):
        raise RuleBroken(
            N_("사업자등록번호가 맞지 않습니다. 사업자등록증의 숫자 10자리를 확인해 주십시오."), field="brn"
        )
    other = Organisation.with_brn(number) if number else None
    if other is not None and other is not found:
        raise RuleBroken(N_("이미 등록된 사업자등록번호입니다. 기관 목록에서 찾아 주십시오."), field="brn")
    saved = found or Organisation(kind=kind, name=name, brn=number)
    with recorded(by, Event.ORGANISATION_SAVED, saved) as record:
        record.facts.update(name=name, brn=number, kind=str(saved.kind))
        saved.name, saved.brn = name, number
        db.session.add(saved)
    return saved


def people_of(found: Organisation) -> list[User]:
    """Everybody of an organisation, whatever the state of the account."""
    query = select(User).where(User.organisation_id == found.id).order_by(User.name, User.id)
    return list(db.session.scalars(query).unique())


def organisations_for_staff() -> list[Organisation]:
    """The organisations that staff and sponsors work for, by kind and name."""
    query = select(Organisation).where(Organisation.kind != OrganisationKind.FIRM)
    return list(db.session.scalars(query.order_by(Organisation.kind, Organisation.name)))
