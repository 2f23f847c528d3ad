"""Photos on a log: taken with it or not at all, kept over versions, seen by those who see the visit."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from marketplace.access import Role
from marketplace.database import db
from marketplace.files.models import StoredFile
from marketplace.visits import actions
from marketplace.visits.models import Visit
from marketplace.visits.photos import shown_before
from tests import factories
from tests.conftest import sign_in
from tests.visits.world import World, key, log, typed


def picture(colour: str = "red", kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(out, kind)
    return out.getvalue()


def upload(content: bytes, name: str = "현장.jpg"):
    return (io.BytesIO(content), name)


@pytest.fixture
def world(app):
    return World()


@pytest.fixture
def phone(world, client):
    return sign_in(client, world.writer)


def send(phone, world: World, *photos, **changes):
    data = typed(log(changes.pop("days", 1)), client_key=changes.pop("client_key", None) or key(), **changes)
    return phone.post(f"/visits/log/{world.mentorship.id}", data=data | {"photos": list(photos)})


def newest() -> Visit:
    db.session.expire_all()
    return db.session.query(Visit).order_by(Visit.id.desc()).first()


def shown(visit: Visit) -> list[int]:
    return [photo.file_id for photo in visit.versions[-1].photos]


@pytest.mark.both_databases
def test_photos_come_with_the_log_in_their_order(world, phone):
    answer = send(phone, world, upload(picture("red")), upload(picture("blue", "PNG"), "도면.png"))
    assert answer.status_code == 303
    visit = newest()
    assert [photo.file.name for photo in visit.versions[-1].photos] == ["현장.jpg", "도면.png"]
    page = phone.get(f"/visits/{visit.id}").text
    assert page.count("/small") == 2
    assert "1번 사진" in page


def test_a_log_sent_twice_is_one_visit_with_its_photos_once(world, phone):
    same = key()
    for _ in range(2):
        assert send(phone, world, upload(picture()), client_key=same).status_code == 303
    assert db.session.query(Visit).count() == 1
    assert len(shown(newest())) == 1
    assert db.session.query(StoredFile).count() == 1


@pytest.mark.parametrize(
    ("photos", "says"),
    [
        ([upload(b"%PDF-1.4 nothing", "도면.jpg")], "현장|사진|파일|PDF"),
        ([upload("메모".encode(), "메모.txt")], "사진이 아닙니다"),
        (
            [upload(picture(str(colour))) for colour in ("red", "blue", "green", "black", "white", "pink")],
            "5개까지",
        ),
    ],
    ids=["a damaged document", "a text", "six photos"],
)
def test_what_is_no_photo_is_refused_at_its_field_and_leaves_nothing(world, phone, photos, says):
    answer = send(phone, world, *photos, done="도금조 온도를 함께 보았습니다.")
    assert answer.status_code == 422
    assert 'id="photos-error"' in answer.text
    assert any(part in answer.text for part in says.split("|"))
    assert "도금조 온도를 함께 보았습니다." in answer.text
    assert "다시 골라 주십시오" in answer.text
    assert db.session.query(Visit).count() == db.session.query(StoredFile).count() == 0


def test_a_log_that_breaks_a_rule_leaves_no_photo_behind(world, phone):
    answer = send(phone, world, upload(picture()), end="09:00")
    assert answer.status_code == 422
    assert db.session.query(StoredFile).count() == 0


@pytest.mark.both_databases
def test_a_correction_keeps_photos_leaves_some_out_and_adds_others_while_older_versions_stay(world, phone):
    send(phone, world, upload(picture("red")), upload(picture("blue")))
    visit = newest()
    first = shown(visit)
    data = typed(log(1), edition=1) | {"without": [str(first[0])], "photos": [upload(picture("green"))]}
    assert phone.post(f"/visits/{visit.id}/edit", data=data).status_code == 303
    visit = newest()
    assert shown(visit)[0] == first[1]
    assert len(shown(visit)) == 2
    assert [photo.file_id for photo in visit.versions[0].photos] == first
    assert "사진" in phone.get(f"/visits/{visit.id}").text
    assert phone.get(f"/files/{first[0]}").status_code == 200


def test_a_correction_cannot_gather_more_photos_than_allowed(world, phone):
    send(phone, world, *(upload(picture(colour)) for colour in ("red", "blue", "green")))
    visit = newest()
    data = typed(log(1), edition=1) | {
        "photos": [upload(picture(colour)) for colour in ("pink", "black", "white")]
    }
    answer = phone.post(f"/visits/{visit.id}/edit", data=data)
    assert answer.status_code == 422
    assert "5장까지" in answer.text
    assert newest().edition == 1


@pytest.mark.both_databases
def test_only_those_who_see_the_visit_see_its_photos(world, phone, app):
    send(phone, world, upload(picture()))
    file_id = shown(newest())[0]
    elsewhere = World()
    for user in (world.writer, world.firm, world.operator, world.official, factories.user(Role.AUDITOR)):
        seer = sign_in(app.test_client(), user)
        whole, small = seer.get(f"/files/{file_id}"), seer.get(f"/files/{file_id}/small")
        assert (whole.status_code, small.status_code) == (200, 200), user.role
        assert max(Image.open(io.BytesIO(small.data)).size) == 480
        again = seer.get(f"/files/{file_id}/small", headers={"If-None-Match": small.headers["ETag"]})
        assert again.status_code == 304
    for user in (elsewhere.writer, elsewhere.firm, elsewhere.operator, factories.user(Role.SPONSOR)):
        seer = sign_in(app.test_client(), user)
        assert seer.get(f"/files/{file_id}").status_code == 404, user.role
        assert seer.get(f"/files/{file_id}/small").status_code == 404, user.role


@pytest.mark.both_databases
def test_staff_are_told_of_a_photo_that_was_handed_in_for_another_visit(world, phone, app):
    send(phone, world, upload(picture()), days=3)
    before = newest()
    send(phone, world, upload(picture()), days=2)
    after = newest()
    assert [visit.id for visit in shown_before(after)] == [before.id]
    page = sign_in(app.test_client(), world.operator).get(f"/visits/{after.id}").text
    assert "같은 사진이 다른 방문일지에도 있습니다" in page
    assert f"/visits/{before.id}" in page
    assert "같은 사진이" not in phone.get(f"/visits/{after.id}").text


def test_the_mails_link_says_how_many_photos_there_are_but_shows_none(world, phone, client):
    from marketplace.tokens import sign
    from marketplace.visits.links import PURPOSE, stamp_for

    send(phone, world, upload(picture()))
    visit = newest()
    token = sign(PURPOSE, world.firm.id, stamp_for(visit, world.firm))
    page = client.application.test_client().get(f"/confirm-visit/{token}").text
    assert "1장 (로그인하면" in page
    assert "/files/" not in page


def test_a_log_without_photos_says_nothing_of_them_in_its_versions(world):
    visit = actions.log_visit(world.mentorship, log(1), client_key=key(), by=world.writer)
    assert "photos" not in visit.versions[-1].content
