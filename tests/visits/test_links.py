"""The link of a mail confirms one version of one visit, for one person, once; whatever else is tried is told so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace import tokens
from marketplace.access import Role
from marketplace.audit import history_of
from marketplace.database import db
from marketplace.notifications import Notice, OutboxMail
from marketplace.visits import actions
from marketplace.visits.links import PURPOSE, stamp_for
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState
from tests import factories
from tests.conftest import sign_in
from tests.visits.world import LONG_REASON, World, key, log

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(app):
    return World()


@pytest.fixture
def visit(world):
    return actions.log_visit(world.mentorship, log(1), client_key=key(), by=world.writer)


def link(person) -> str:
    """The newest address that a person was mailed."""
    query = db.session.query(OutboxMail).filter_by(user_id=person.id, token_purpose=PURPOSE)
    mail = query.order_by(OutboxMail.id.desc()).first()
    return mail.link().removeprefix("http://localhost")


def state_of(visit) -> VisitState:
    db.session.expire_all()
    return VisitState(db.session.get_one(Visit, visit.id).state)


def test_the_mail_leads_to_a_page_that_changes_nothing_until_the_button_is_pressed(client, world, visit):
    address = link(world.firm)
    for _ in range(2):
        page = client.get(address)
        assert page.status_code == 200
        assert "도금조 3호기" in page.text
        assert f"{world.firm.name} 님의 확인으로 기록됩니다" in page.text
    assert state_of(visit) == VisitState.LOGGED
    assert client.post(address).status_code == 200
    assert state_of(visit) == VisitState.CONFIRMED
    entry = history_of(visit)[-1]
    assert (entry.actor_id, entry.facts["by_mail"]) == (world.firm.id, True)


def test_the_notice_on_the_site_leads_to_the_visit_and_holds_no_token(world, visit):
    notice = db.session.query(Notice).filter_by(user_id=world.firm.id).one()
    assert notice.path == f"/visits/{visit.id}"


def test_no_valid_token_lies_in_the_database(world, visit):
    mail = db.session.query(OutboxMail).filter_by(user_id=world.firm.id).one()
    token = link(world.firm).rpartition("/")[2]
    kept = [str(value) for value in vars(mail).values()]
    assert not any(token in value for value in kept)


def test_a_link_works_once(client, world, visit):
    address = link(world.firm)
    assert client.post(address).status_code == 200
    again = client.post(address)
    assert again.status_code == 409
    assert "이미 확인한 방문입니다" in again.text
    assert "이미 확인한 방문입니다" in client.get(address).text
    assert [entry.event for entry in history_of(visit)] == ["visit_logged", "visit_confirmed"]


def test_a_link_does_not_outlive_a_correction(client, world, visit):
    old = link(world.firm)
    actions.correct(visit, log(1, "10:00", "13:00"), seen=1, by=world.writer)
    answer = client.post(old)
    assert answer.status_code == 409
    assert "이 링크는 더 쓸 수 없습니다" in answer.text
    assert state_of(visit) == VisitState.LOGGED
    assert client.post(link(world.firm)).status_code == 200
    assert state_of(visit) == VisitState.CONFIRMED


@pytest.mark.parametrize("verb", ["withdraw", "dispute"])
def test_a_link_does_not_outlive_another_answer(client, world, visit, verb):
    address = link(world.firm)
    if verb == "withdraw":
        actions.withdraw(visit, by=world.writer)
    else:
        actions.dispute(visit, LONG_REASON, seen=1, by=world.firm)
    before = state_of(visit)
    assert client.post(address).status_code == 409
    assert client.get(address).status_code == 410
    assert state_of(visit) == before


def test_a_link_does_not_come_to_life_again_when_a_log_is_handed_in_anew(client, world, visit):
    address = link(world.firm)
    actions.confirm(visit, seen=1, by=world.firm)
    actions.send_back(visit, LONG_REASON, by=world.operator)
    actions.correct(visit, log(1), seen=1, by=world.writer)
    assert client.post(address).status_code == 409
    assert state_of(visit) == VisitState.LOGGED


def test_somebody_else_who_is_signed_in_cannot_use_a_link(app, world, visit):
    address = link(world.firm)
    for other in (world.writer, world.operator, factories.user(Role.COMPANY, world.company.organisation)):
        client = sign_in(app.test_client(), other)
        page = client.get(address)
        assert page.status_code == 410
        assert "다른 계정으로 로그인되어 있습니다" in page.text
        assert "도금조" not in page.text
        assert client.post(address).status_code == 409
    assert state_of(visit) == VisitState.LOGGED
    assert sign_in(app.test_client(), world.firm).post(address).status_code == 200


def test_a_tampered_token_is_worth_nothing(client, world, visit):
    address = link(world.firm)
    body, _, signature = address.rpartition(".")
    wrong = [
        f"{body}.{signature[:-2]}AA",
        address[:-5],
        "/confirm-visit/x",
        f"{address}x",
        "/confirm-visit/" + "A" * 2000,
    ]
    for tampered in wrong:
        assert client.get(tampered).status_code == 410
        assert client.post(tampered).status_code == 409
    assert state_of(visit) == VisitState.LOGGED


def test_a_token_for_another_purpose_visit_or_version_is_worth_nothing(client, world, visit):
    stamp = stamp_for(visit, world.firm)
    others = [
        tokens.sign("reset", world.firm.id, stamp),
        tokens.sign(PURPOSE, world.firm.id, stamp.replace(f"{visit.id}.", "999999.", 1)),
        tokens.sign(PURPOSE, world.firm.id, f"{visit.id}.2.{world.firm.link_stamp}"),
        tokens.sign(PURPOSE, world.writer.id, stamp_for(visit, world.writer)),
        tokens.sign(PURPOSE, 10**6, stamp),
        tokens.sign(PURPOSE, world.firm.id, "nonsense"),
        tokens.sign(PURPOSE, world.firm.id, "٣.٣.x"),
    ]
    for token in others:
        assert client.post(f"/confirm-visit/{token}").status_code == 409, token
    assert state_of(visit) == VisitState.LOGGED


def test_a_link_is_void_after_two_weeks(client, world, visit):
    import time_machine

    address = link(world.firm)
    with time_machine.travel(visit.created_at + timedelta(days=14, minutes=1), tick=False):
        assert "14일이 지났습니다" in client.get(address).text
        assert client.post(address).status_code == 409


@pytest.mark.parametrize("change", ["left", "disabled", "links_void"])
def test_a_link_dies_with_the_persons_right(client, world, visit, change):
    address = link(world.firm)
    if change == "left":
        world.firm.organisation_id = None
    elif change == "disabled":
        world.firm.disabled_at = visit.created_at
    else:
        world.firm.use_link()
    factories.save(world.firm)
    assert client.post(address).status_code == 409
    assert state_of(visit) == VisitState.LOGGED


def test_a_link_needs_the_token_of_the_form_as_every_post_does(app, world, visit):
    app.config["WTF_CSRF_ENABLED"] = True
    assert app.test_client().post(link(world.firm)).status_code == 400
    assert state_of(visit) == VisitState.LOGGED
