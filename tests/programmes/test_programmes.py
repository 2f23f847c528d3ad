"""The rules of a programme."""

import pytest

from marketplace.access import Role
from marketplace.accounts.models import OrganisationKind
from marketplace.audit import history_of
from marketplace.database import db
from marketplace.matching.rows import gates_of
from marketplace.programmes.conflicts import CONFLICTS, pairs_of, table_of
from marketplace.programmes.models import Programme
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
        "preference_days offer_days reminder_days approval_days signing_days monthly_visits change_days "
        "change_months cooling_off_months min_candidates max_candidates "
        "matching_government matching_sponsor withholding_business withholding_other deemed_expenses "
        "untaxed_income withholding_local "
        "visits_a_day visit_least_hours visit_most_hours confirm_days confirm_reminder_days visit_review_days "
        "silence_days"
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


def test_the_programme_of_the_package_starts_with_the_default_table(app):
    shipped = db.session.query(Programme).filter_by(code="SMM-2026").one()
    assert shipped.conflicts == table_of(pairs_of(CONFLICTS)) == factories.programme().conflicts


def test_the_ministry_says_which_tie_counts_and_the_rules_follow(app, client):
    programme = factories.programme()
    sign_in(client, official(programme))
    url = f"/programmes/{programme.id}/conflicts"
    page = client.get(url).text
    assert page.count('name="pairs"') == 20
    assert page.count(" checked") == len(pairs_of(CONFLICTS))
    before = programme.conflicts
    ticked = ["employer:self", "vendor:vendor"]
    assert client.post(url, data={"pairs": ticked}).status_code == 303
    db.session.refresh(programme)
    after = {"employer": ["self"], "shares": [], "kin": [], "vendor": ["vendor"]}
    assert programme.conflicts == after
    assert gates_of(programme).ties == ("employer:self", "vendor:vendor")
    entry = history_of(programme)[-1]
    assert (entry.event, entry.facts["changed"]) == ("programme_saved", {"conflicts": [before, after]})
    assert client.get(f"/programmes/{programme.id}").text.count(">이해충돌</span>") == 2


def test_a_pair_that_is_not_in_the_table_is_refused_and_the_ticks_are_kept(app, client):
    programme = factories.programme()
    sign_in(client, official(programme))
    answer = client.post(
        f"/programmes/{programme.id}/conflicts", data={"pairs": ["kin:customer", "kin:moon"]}
    )
    assert answer.status_code == 422
    assert "표에 있는 칸만 고를 수 있습니다" in answer.text
    assert 'value="kin:customer" checked' in answer.text
    db.session.refresh(programme)
    assert programme.conflicts == table_of(pairs_of(CONFLICTS))


def test_the_operator_reads_the_table_and_does_not_change_it(app, client):
    programme = factories.programme()
    sign_in(client, factories.user(Role.OPERATOR, programme.operator))
    assert "이해충돌로 보는 관계" in client.get(f"/programmes/{programme.id}").text
    assert client.post(f"/programmes/{programme.id}/conflicts", data={"pairs": []}).status_code == 403
