"""The rules of a programme, as staff set them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.access import Permission, Scope, require, scope_of
from marketplace.accounts.models import User
from marketplace.audit import recorded
from marketplace.database import db
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event
from marketplace.programmes.conflicts import table_of
from marketplace.programmes.models import Programme, Tier

Check = Callable[[Programme], None]
_checks: list[Check] = []


def rules_checked_by(check: Check) -> Check:
    """Register a check of a programme's new rules against what already happened; it raises RuleBroken."""
    if check not in _checks:
        _checks.append(check)
    return check


def programmes_for(user: User) -> list[Programme]:
    """The programmes that a staff member may see, newest first, with tiers and contributions."""
    scope = scope_of(user, Permission.SEE_PROGRAMME)
    query = (
        select(Programme)
        .options(selectinload(Programme.tiers), selectinload(Programme.contributions))
        .order_by(Programme.year.desc(), Programme.id.desc())
    )
    if scope is not Scope.ALL:
        query = query.where(Programme.id.in_(Programme.ids_run_by(user)))
    return list(db.session.scalars(query))


def find_programme(programme_id: int, *, by: User) -> Programme:
    """The programme, if it is in the reader's reach; else NotFound."""
    require(by, Permission.SEE_PROGRAMME)
    found = db.session.get(Programme, programme_id)
    if found is None:
        raise NotFound(programme_id)
    require(by, Permission.SEE_PROGRAMME, found)
    return found


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _changed(thing: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    before = _plain({name: getattr(thing, name) for name in values})
    after = _plain(values)
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def save_programme(programme: Programme, values: dict[str, Any], *, by: User) -> None:
    """Set the name, term, budget, deadlines and weights of a programme; the old values stay in the record."""
    require(by, Permission.EDIT_PROGRAMME, programme)
    with recorded(by, Event.PROGRAMME_SAVED, programme, changed=_changed(programme, values)):
        for name, value in values.items():
            setattr(programme, name, value)
        if programme.closes_on < programme.opens_on:
            raise RuleBroken(N_("마감일은 시작일과 같거나 그 뒤여야 합니다."), field="closes_on")
        if programme.min_candidates > programme.max_candidates:
            raise RuleBroken(N_("최소 후보 수는 최대 후보 수보다 클 수 없습니다."), field="min_candidates")
        if programme.reminder_days >= programme.offer_days:
            raise RuleBroken(N_("알림은 회신 기한보다 먼저 나가야 합니다."), field="reminder_days")
        if programme.visit_least_hours > programme.visit_most_hours:
            raise RuleBroken(
                N_("방문의 최소 시간은 최대 시간보다 길 수 없습니다."), field="visit_least_hours"
            )
        if programme.confirm_reminder_days >= programme.confirm_days:
            raise RuleBroken(N_("알림은 확인 기한보다 먼저 나가야 합니다."), field="confirm_reminder_days")
        for check in _checks:
            check(programme)


def save_conflicts(programme: Programme, pairs: list[str], *, by: User) -> None:
    """Set which tie of an expert counts against which relation; rankings already kept stay as they are."""
    require(by, Permission.EDIT_PROGRAMME, programme)
    values = {"conflicts": table_of(pairs)}
    with recorded(by, Event.PROGRAMME_SAVED, programme, changed=_changed(programme, values)):
        programme.conflicts = values["conflicts"]


def save_tier(programme: Programme, tier: Tier | None, values: dict[str, Any], *, by: User) -> Tier:
    """Add or change a kind of mentorship; its shares make up the whole."""
    require(by, Permission.EDIT_PROGRAMME, programme)
    if tier is not None and tier.programme_id != programme.id:
        raise NotFound(tier.id)
    facts = _changed(tier, values) if tier else _plain(values)
    with recorded(by, Event.TIER_SAVED, programme, tier=values["code"], changed=facts):
        shares = ("government_share", "sponsor_share", "local_share", "firm_share")
        if sum(values[name] for name in shares) != 1000:
            raise RuleBroken(N_("분담비율의 합이 100%가 되어야 합니다."), field="firm_share")
        tier = tier or Tier(programme_id=programme.id)
        for name, value in values.items():
            setattr(tier, name, value)
        db.session.add(tier)
    return tier


def find_tier(programme: Programme, tier_id: int) -> Tier:
    """The tier of this programme, or NotFound."""
    found = db.session.get(Tier, tier_id)
    if found is None or found.programme_id != programme.id:
        raise NotFound(tier_id)
    return found
