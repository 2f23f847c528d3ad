"""The last free place of an expert: however many want it at once, one gets it and the others are told."""

import threading

import pytest

from marketplace.accounts.models import User
from marketplace.audit import verify_chain
from marketplace.database import db
from marketplace.matching.models import MatchCase
from tests.conftest import sign_in
from tests.matching.racing import STEPS, Race

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize(("runners", "trials"), [(2, 3), (5, 2), (8, 2)])
def test_the_last_place_goes_to_exactly_one(app, verb, runners, trials):
    race = Race(app, verb, runners)
    for _ in range(trials):
        assert race.run() == {"won": 1, "conflict": runners - 1}
        assert race.holders() == 1
    assert verify_chain() is None


def test_over_the_wire_the_slower_ones_get_409_and_what_to_do(app):
    race = Race(app, "approve_first", 4)
    clients = []
    for person in race.people:
        client = app.test_client()
        clients.append(sign_in(client, db.session.get_one(User, person)))
    chosen = {number: db.session.get_one(MatchCase, number).chosen_id for number in race.cases}
    db.session.close()
    answers = []

    def approve(client, case_id):
        data = {"candidate": chosen[case_id]}
        answers.append(client.post(f"/cases/{case_id}/approve-first", data=data))

    pairs = zip(clients, race.cases, strict=True)
    threads = [threading.Thread(target=approve, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    assert all("다른 전문가를 추천해" in answer.text for answer in answers if answer.status_code == 409)
