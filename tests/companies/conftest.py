"""What the tests of this slice share: a programme with its people, a firm with its person, a full request."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.access import Role
from marketplace.companies import actions, progress
from marketplace.companies.eligibility import DECLARATIONS, ITEMS, today
from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import RequestState
from marketplace.matching import hooks as _joined_before  # noqa: F401 - joining in a patched list would be lost
from tests import factories

FINE = {item: {"result": "ok", "note": ""} for item in ITEMS}


@pytest.fixture(autouse=True)
def nobody_joins_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """This slice by itself: what later slices do at the same time is tested there."""
    for module, hooks in (
        (actions, "on_eligible"),
        (actions, "on_withdrawn"),
        (progress, "case_progress"),
        (progress, "case_standings"),
        (progress, "case_matches"),
        (progress, "case_histories"),
    ):
        monkeypatch.setattr(module, hooks, [])


@pytest.fixture
def world(app) -> SimpleNamespace:
    """A programme, somebody of each kind that has to do with it, and a firm."""
    programme = factories.programme()
    firm = factories.company(name="한빛도금")
    return SimpleNamespace(
        programme=programme,
        firm=firm,
        person=factories.person_of(firm),
        operator=factories.user(Role.OPERATOR, programme.operator),
        ministry=factories.user(Role.MINISTRY, programme.ministry),
        stranger=factories.person_of(factories.company()),
        other_operator=factories.user(Role.OPERATOR, factories.programme().operator),
        expert=factories.user(Role.EXPERT),
        auditor=factories.user(Role.AUDITOR),
        admin=factories.user(Role.ADMIN),
    )


def full_request(
    world: SimpleNamespace, state: RequestState = RequestState.DRAFT, **facts: Any
) -> MentoringRequest:
    """A request of the world's firm that lacks nothing."""
    defaults: dict[str, Any] = {
        "tier_id": world.programme.tiers[0].id,
        "start_on": today() + timedelta(days=60),
        "place": "창원시 성산구 공단로 1",
        "declarations": list(DECLARATIONS),
    }
    return factories.request(world.firm, world.programme, state, **{**defaults, **facts})
