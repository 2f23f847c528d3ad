"""Every page opens for whom it is, in every state."""

import pytest

from marketplace.access import Role
from marketplace.experts.models import ExpertState
from tests import factories
from tests.experts.conftest import complete, searching_person

OWN = [
    "/expert",
    "/expert/basics",
    "/expert/careers",
    "/expert/careers/new",
    "/expert/skills",
    "/expert/skills/new",
    "/expert/skills/new?group=QUA",
    "/expert/fields",
    "/expert/availability",
    "/expert/pause",
    "/expert/interests",
    "/expert/interests/new",
    "/expert/preview",
    "/expert/submit",
]


@pytest.mark.parametrize("path", OWN)
def test_a_new_expert_can_open_every_step_and_nothing_is_stored(path, person, as_user):
    assert as_user(person).get(path).status_code == 200
    assert factories.db.session.query(factories.Expert).count() == 0


@pytest.mark.parametrize("state", list(ExpertState))
def test_every_step_opens_in_every_state(state, as_user):
    expert = complete(state, interests=(("shares", "한빛부품"),))
    client = as_user(expert.user)
    parts = [
        f"/expert/{kind}/{items[0].id}{end}"
        for kind, items in (
            ("careers", expert.careers),
            ("skills", expert.skills),
            ("interests", expert.interests),
        )
        for end in ("", "/remove")
    ]
    for path in [*OWN, *parts]:
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MINISTRY, Role.AUDITOR])
@pytest.mark.parametrize("state", [state for state in ExpertState if state is not ExpertState.DRAFT])
def test_staff_see_the_list_and_the_profile_once_it_was_handed_in(state, role, as_user):
    expert = complete(state)
    client = as_user(factories.user(role))
    assert expert.name in client.get("/staff/experts").text
    assert expert.name in client.get(f"/staff/experts/{expert.id}").text


@pytest.mark.parametrize("role", [Role.COMPANY, Role.EXPERT, Role.SPONSOR, Role.ADMIN])
def test_others_do_not_see_the_pages_of_staff(role, as_user):
    expert = complete(ExpertState.SUBMITTED)
    client = as_user(factories.user(role))
    for path in ("/staff/experts", f"/staff/experts/{expert.id}", "/staff/experts/verify"):
        assert client.get(path).status_code == 403
    assert client.post(f"/staff/experts/{expert.id}/contacts").status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.EXPERT])
def test_only_experts_have_a_profile(role, as_user):
    client = as_user(factories.user(role))
    for path in OWN:
        assert client.get(path).status_code == 403


def test_signed_out_people_are_asked_to_sign_in(client):
    for path in ("/expert", "/experts", "/staff/experts"):
        response = client.get(path)
        assert response.status_code in (302, 303) and "/sign-in" in response.headers["Location"]


@pytest.mark.parametrize("number", ["0", "999999", str(10**20), "abc", "-1"])
def test_an_id_that_cannot_be_is_not_found(number, as_user):
    expert = complete(ExpertState.VERIFIED)
    own, firm = as_user(expert.user), as_user(searching_person())
    staff = as_user(factories.user(Role.OPERATOR))
    for kind in ("careers", "skills", "interests"):
        assert own.get(f"/expert/{kind}/{number}").status_code == 404
        assert own.post(f"/expert/{kind}/{number}/remove").status_code == 404
    assert firm.get(f"/experts/{number}").status_code == 404
    assert staff.get(f"/staff/experts/{number}").status_code == 404
    assert staff.post(f"/staff/experts/{number}/decision").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["page=abc", "page=-1", "page=99999999999", "q=" + "%25" * 300, "q=%00", "q=%ED%A0%80", "q=😀", "sort=nonsense",
     "industry=%22%5D&region=zz&group=%00", "tab=nonsense", "q=PM", "sort=-years", "sort=submitted"],
)  # fmt: skip
def test_a_nonsense_address_of_a_list_gives_a_list(query, as_user):
    complete(ExpertState.VERIFIED)
    assert as_user(factories.user(Role.OPERATOR)).get(f"/staff/experts?{query}").status_code == 200
    assert as_user(searching_person()).get(f"/experts?{query}").status_code == 200
