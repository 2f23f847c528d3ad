"""The rules of a programme."""

import pytest

from marketplace.access import Role
from marketplace.accounts.models import OrganisationKind
from marketplace.audit import history_of
from marketplace.database import db
from tests import factories
from tests.conftest import sign_in

pytestmark = pytest.mark.both_databases
TIER = {
    "code": "x", "name_ko": "시험", "name_en": "Test", "months": "3", "visits": "24", "unit_price": "350000",
    "government_share": "500", "sponsor_share": "400", "local_share": "0", "firm_share": "100",
}  # fmt: skip


def official(programme):
    return factories.user(Role.MINISTRY, programme.ministry)


def rules(programme, **changes):
    names = (
        "name_ko name_en state opens_on closes_on budget check_days answer_days objection_days matching_days "
        "preference_days offer_days reminder_days approval_days cooling_off_months min_candidates max_candidates"
    )
    return {**{name: str(getattr(programme, name)) for name in names.split()}, **changes}


def test_a_changed_rule_keeps_its_old_value_in_the_record(app, client):
    programme = factories.programme()
    sign_in(client, official(programme))
    answer = client.post(f"/programmes/{programme.id}/edit", data=rules(programme, offer_days="5"))
    assert answer.status_code == 303
    db.session.refresh(programme)
    assert programme.offer_days == 5
    assert history_of(programme)[-1].facts["changed"] == {"offer_days": [3, 5]}


def test_a_closing_day_before_the_opening_day_is_refused_at_its_field(app, client):
    programme = factories.programme()
    sign_in(client, official(programme))
    answer = client.post(f"/programmes/{programme.id}/edit", data=rules(programme, closes_on="2025-01-01"))
    assert answer.status_code == 422
    assert "마감일은 시작일과 같거나" in answer.text
    assert 'value="2025-01-01"' in answer.text


def test_shares_that_do_not_make_up_the_whole_are_refused(app, client):
    programme = factories.programme()
    sign_in(client, official(programme))
    answer = client.post(f"/programmes/{programme.id}/tiers/new", data={**TIER, "firm_share": "99"})
    assert answer.status_code == 422
    assert "100%" in answer.text


def test_the_remainder_of_rounding_falls_to_the_firm(app):
    tier = factories.programme().tiers[0]
    tier.unit_price, tier.visits = 333_333, 1
    shares = tier.shares()
    assert sum(shares.values()) == 333_333
    assert shares["government"] == 166_666


def test_another_ministrys_programme_is_not_found(app, client):
    theirs = factories.programme()
    sign_in(client, official(factories.programme()))
    assert client.get(f"/programmes/{theirs.id}").status_code == 404
    assert client.post(f"/programmes/{theirs.id}/tiers/new", data=TIER).status_code == 404


def test_a_sponsor_sees_only_its_own_contribution(app, client):
    programme = factories.programme()
    ours = factories.organisation(OrganisationKind.SPONSOR, name="우리전자")
    other = factories.organisation(OrganisationKind.SPONSOR, name="남의중공업")
    factories.contribution(programme, ours, 111_000_000)
    factories.contribution(programme, other, 222_000_000)
    text = sign_in(client, factories.user(Role.SPONSOR, ours)).get("/contribution").text
    assert "111,000,000원" in text
    assert "222,000,000원" not in text


def test_receiving_more_than_was_pledged_is_refused(app, client):
    programme = factories.programme()
    sponsor = factories.organisation(OrganisationKind.SPONSOR)
    sign_in(client, official(programme))
    data = {"sponsor_id": str(sponsor.id), "pledged": "100", "received": "101"}
    answer = client.post(f"/programmes/{programme.id}/contributions", data=data)
    assert answer.status_code == 422
    assert "약정액을 넘을 수 없습니다" in answer.text
