"""정산: once every visit is decided and every claim paid or refused, what is left is free again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.ledger.verbs_claims import post_release
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState
from marketplace.mentorships.wording import announce
from marketplace.payments.models import Claim
from marketplace.payments.states import DONE
from marketplace.visits.models import Visit
from marketplace.visits.queries import HELD


def settle(mentorship: Mentorship, *, by: Any) -> None:
    """Close the mentorship's money: what was set aside and not drawn is free again. Its return is a step of its own."""
    require(by, Permission.RUN_MENTORSHIP, mentorship)
    with recorded(by, Event.MENTORSHIP_SETTLED, mentorship):
        mentorship = Mentorship.locked(mentorship.id)
        mentorship.move("settle")
        _require_decided(mentorship)
        announce("settle", mentorship)
        post_release(mentorship.programme, mentorship.id)


def release_rest(mentorship: Mentorship, *, by: Any) -> None:
    """Free what is left of a mentorship that was stopped while something of it could still be asked for."""
    require(by, Permission.RUN_MENTORSHIP, mentorship)
    with recorded(by, Event.REST_RELEASED, mentorship):
        mentorship = Mentorship.locked(mentorship.id)
        if mentorship.state != MentorshipState.STOPPED:
            raise RuleBroken(N_("중단된 멘토링의 잔액만 배정 해제할 수 있습니다."), conflict=True)
        _require_decided(mentorship)
        if post_release(mentorship.programme, mentorship.id) is None:
            raise RuleBroken(N_("배정된 금액이 남아 있지 않습니다."), conflict=True)


def open_points(mentorship: Mentorship) -> tuple[int, int]:
    """How many visits are undecided, and how many claims neither paid nor refused."""
    visits = select(Visit.id).where(Visit.mentorship_id == mentorship.id, Visit.state.in_(HELD))
    claims = select(Claim.id).where(Claim.mentorship_id == mentorship.id, Claim.state.not_in(DONE))
    return len(db.session.scalars(visits).all()), len(db.session.scalars(claims).all())


def is_owed(mentorship: Mentorship) -> bool:
    """Whether money of the mentorship may still be asked for."""
    return any(open_points(mentorship))


def _require_decided(mentorship: Mentorship) -> None:
    visits, claims = open_points(mentorship)
    if visits or claims:
        raise RuleBroken(
            N_(
                "결정되지 않은 방문 %(visits)d건과 지급되지 않은 청구 %(claims)d건이 남아 있어 정산할 수 없습니다."
            ),
            visits=visits,
            claims=claims,
        )
