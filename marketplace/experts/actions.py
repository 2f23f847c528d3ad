"""What experts do with their own profile. Each change is one entry in the record and moves ``changed_at``.

Every action here works on the actor's own profile and makes it when there is none yet. ``version`` is the
version of the profile that the actor saw; when the profile has moved on since, nothing is saved.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.experts.changing import finish, own_profile


def save_basics(
    *, headline: str | None, bio: str | None, years: int | None, version: int | None, by: Any
) -> None:
    """The expert says in a few words who he or she is."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.PROFILE_SAVED, part="basics") as record:
        expert = own_profile(by, record, version)
        expert.headline, expert.bio, expert.years = headline, bio, years
        finish(expert, record)


def save_fields(
    *,
    industries: list[str],
    regions: list[str],
    mode: str | None,
    firm_sizes: list[str],
    small_firm_projects: int | None,
    version: int | None,
    by: Any,
) -> None:
    """The expert names the industries, regions and sizes of firm to work with."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.PROFILE_SAVED, part="fields") as record:
        expert = own_profile(by, record, version)
        expert.industries, expert.regions, expert.mode = industries, regions, mode
        expert.firm_sizes, expert.small_firm_projects = firm_sizes, small_firm_projects
        finish(expert, record)


def save_availability(
    *,
    available_from: date | None,
    available_until: date | None,
    capacity: int,
    days_per_week: int,
    version: int | None,
    by: Any,
) -> None:
    """The expert says from when until when, and how much, he or she can work."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.PROFILE_SAVED, part="availability") as record:
        expert = own_profile(by, record, version)
        if available_from and available_until and available_until < available_from:
            raise RuleBroken(N_("시작일과 같거나 뒤의 날짜를 입력해 주십시오."), field="available_until")
        expert.available_from, expert.available_until = available_from, available_until
        expert.capacity, expert.days_per_week = capacity, days_per_week
        finish(expert, record)


def pause(*, reason: str, by: Any) -> None:
    """The expert takes no new work for the time being and says why."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.EXPERT_PAUSED, reason=reason) as record:
        own_profile(by, record).pause(reason)


def resume(*, by: Any) -> None:
    """The expert takes work again."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.EXPERT_RESUMED) as record:
        own_profile(by, record).resume()
