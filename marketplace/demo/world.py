"""The whole world, stage by stage."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.audit import AuditEntry, recorded
from marketplace.database import db
from marketplace.demo.applications import check_requests, found_firms
from marketplace.demo.cases import lead_cases
from marketplace.demo.people import found_fresh_firm, found_sponsors, found_staff
from marketplace.demo.profiles import found_experts
from marketplace.events import Event
from marketplace.programmes.models import Programme


class HalfBuilt(RuntimeError):
    """The database holds people, but no demo world that was built to its end."""


def is_built() -> bool:
    """Whether the world is there; False on an empty database. Raises HalfBuilt on any other."""
    whole = db.session.scalar(select(AuditEntry.id).where(AuditEntry.event == Event.DEMO_BUILT).limit(1))
    anybody = db.session.scalar(select(User.id).limit(1))
    db.session.rollback()  # the look-up is over and holds no lock
    if whole is None and anybody is not None:
        raise HalfBuilt
    return whole is not None


def build_demo(tell: Callable[[str], None] = lambda stage: None) -> None:
    """Build the world on a database with the reference data and no people; ``tell`` hears each stage."""
    programme = Programme.open_now()[0]
    tell("담당자와 참여 대기업 / staff and sponsors")
    staff = found_staff(programme)
    found_sponsors(staff)
    tell("전문가 / experts")
    found_experts(staff)
    tell("기업과 신청서 / firms and requests")
    applications = found_firms(staff)
    eligible = check_requests(staff, applications)
    found_fresh_firm()
    tell("매칭 / matching")
    lead_cases(staff, eligible)
    with recorded(None, Event.DEMO_BUILT, programme, requests=len(applications), cases=len(eligible)):
        pass
