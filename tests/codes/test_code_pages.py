"""Staff change codes."""

import pytest
from sqlalchemy import select

from marketplace.access import Role
from marketplace.codes.actions import kpis, regions
from marketplace.codes.models import Kpi, Region
from marketplace.database import db
from tests import factories
from tests.conftest import sign_in

pytestmark = pytest.mark.both_databases


def test_a_region_that_is_ended_no_longer_stands(app, client):
    import datetime

    region = db.session.scalar(select(Region).where(Region.code == "36"))
    sign_in(client, factories.user(Role.ADMIN))
    data = {
        "code": "36",
        "name_ko": region.name_ko,
        "short_ko": "세종",
        "name_en": "Sejong",
        "valid_to": "2026-12-31",
    }
    assert client.post(f"/codes/regions/{region.id}", data=data).status_code == 303
    db.session.expire_all()
    assert "36" in [r.code for r in regions(datetime.date(2026, 12, 31))]
    assert "36" not in [r.code for r in regions(datetime.date(2027, 1, 1))]


def test_one_code_may_not_stand_twice_on_a_day(app, client):
    sign_in(client, factories.user(Role.ADMIN))
    data = {
        "code": "36",
        "name_ko": "다른곳",
        "short_ko": "다른",
        "name_en": "Other",
        "valid_from": "2027-01-01",
    }
    answer = client.post("/codes/regions/new", data=data)
    assert answer.status_code == 422
    assert "이미 있습니다" in answer.text


def test_a_retired_indicator_is_no_longer_offered_but_stays(app, client):
    sign_in(client, factories.user(Role.ADMIN))
    data = {
        "name_ko": "시간당 생산량",
        "name_en": "Output",
        "unit": "ea/h",
        "direction": "up",
        "formula": "x",
        "retired": "y",
    }
    assert client.post("/codes/kpis/P1", data=data).status_code == 303
    assert "P1" not in [kpi.code for kpi in kpis()]
    assert db.session.scalar(select(Kpi).where(Kpi.code == "P1")) is not None


def test_a_day_that_does_not_exist_is_refused_and_what_was_typed_stays(app, client):
    region = db.session.scalar(select(Region).where(Region.code == "36"))
    sign_in(client, factories.user(Role.ADMIN))
    data = {
        "code": "36",
        "name_ko": "세종시",
        "short_ko": "세종",
        "name_en": "Sejong",
        "valid_to": "2026-02-31",
    }
    answer = client.post(f"/codes/regions/{region.id}", data=data)
    assert answer.status_code == 422
    assert "2026-07-01처럼" in answer.text
    assert "세종시" in answer.text
    assert "2026-02-31" in answer.text
