"""Who sees whom, and until when: firms the experts, experts the firms."""

from datetime import timedelta

import pytest

from marketplace.database import utcnow
from marketplace.matching.states import CandidateState, CaseState
from tests import factories
from tests.conftest import sign_in
from tests.matching.world import World

pytestmark = pytest.mark.both_databases
S = CaseState
PRIVATE = ("도금이 벗겨져 반품", "불량을 줄입니다", "상시근로자", "애로사항", "추천 이유")


@pytest.fixture
def world(app):
    return World(experts=2)


@pytest.mark.parametrize("state", list(CaseState))
def test_a_firm_looks_at_experts_while_it_may_nominate_and_at_its_candidates_after(world, client, state):
    case = world.case(state)
    stranger = factories.expert(name="모르는사람")
    sign_in(client, factories.person_of(case.request.company))
    opened = state in (S.MATCHING, S.PROPOSED)
    page = client.get("/experts")
    assert (page.status_code, "모르는사람" in page.text) == ((200, True) if opened else (403, False))
    assert client.get(f"/experts/{stranger.id}").status_code == (200 if opened else 403)
    nominating = client.get(f"/requests/{case.request_id}/nominate/{stranger.id}")
    assert (nominating.status_code, "모르는사람" in nominating.text) == (
        (200, True) if opened else (409, False)
    )
    if state is not S.MATCHING:
        own = client.get(f"/experts/{case.candidates[0].expert_id}").status_code
        assert own == (403 if state is S.WITHDRAWN else 200)


@pytest.mark.parametrize(
    "state",
    [CandidateState.DECLINED, CandidateState.EXPIRED, CandidateState.LAPSED, CandidateState.REJECTED],
)
def test_an_offer_that_is_over_shows_the_firm_by_name_only(world, client, state):
    case = world.case(S.OFFERED)
    offer = case.candidates[0]
    sign_in(client, offer.expert.user)
    page = client.get(f"/offers/{offer.id}").text
    assert all(text in page for text in PRIVATE)
    offer.state, offer.reason = state, "일정이 맞지 않습니다."
    factories.save(offer)
    page = client.get(f"/offers/{offer.id}").text
    assert case.request.company.name in page and case.request.title in page and "제안한 날" in page
    assert [text for text in PRIVATE if text in page] == []


def test_an_offer_whose_time_is_over_is_closed_before_the_sweep_comes(world, client):
    offer = world.case(S.OFFERED).candidates[0]
    offer.expires_at = utcnow() - timedelta(minutes=1)
    factories.save(offer)
    page = sign_in(client, offer.expert.user).get(f"/offers/{offer.id}").text
    assert [text for text in PRIVATE if text in page] == []


@pytest.mark.parametrize("state", [S.ACCEPTED, S.FIRST_APPROVED, S.APPROVED])
def test_who_accepted_goes_on_seeing_what_the_firm_wants(world, client, state):
    offer = world.case(state).candidates[0]
    page = sign_in(client, offer.expert.user).get(f"/offers/{offer.id}").text
    assert all(text in page for text in PRIVATE)
