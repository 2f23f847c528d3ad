"""People for the tests of experts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from marketplace.access import Role
from marketplace.accounts.models import OrganisationKind, User
from marketplace.companies.states import RequestState
from marketplace.experts.models import Expert, ExpertState
from tests import factories
from tests.conftest import sign_in

LEFT = date(2020, 12, 31)


@pytest.fixture
def person(app) -> User:
    """An expert who has not begun a profile."""
    return factories.user(Role.EXPERT, name="김도현", phone="010-1234-5678")


@pytest.fixture
def operator(app) -> User:
    return factories.user(Role.OPERATOR, factories.organisation(OrganisationKind.OPERATOR))


def complete(state: ExpertState = ExpertState.DRAFT, **facts: Any) -> Expert:
    """A profile in which nothing required is missing."""
    facts = {
        "careers": (("한빛전자", date(1995, 3, 1), LEFT),),
        "no_interests_declared": True,
        **facts,
    }
    if state is ExpertState.SUBMITTED:
        facts.setdefault("submitted_at", factories.utcnow())
    return factories.expert(state, **facts)


def searching_person() -> User:
    """Somebody of a firm that may look at experts: its case is open for nominations."""
    firm = factories.company()
    factories.case(factories.request(firm, state=RequestState.ELIGIBLE))
    return factories.person_of(firm)


@pytest.fixture
def as_user(app):
    """A browser in which the given person is signed in."""
    return lambda user: sign_in(app.test_client(), user)
