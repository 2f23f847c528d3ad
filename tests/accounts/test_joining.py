"""Sign-up at the two doors, confirmation, and what strangers must not learn from them."""

import pytest
from sqlalchemy import select

from marketplace import tokens
from marketplace.access import Role
from marketplace.accounts.models import Consent, Organisation, User
from marketplace.database import db, utcnow
from tests import factories
from tests.accounts.people import PASSWORD, events, link_of, mails, person, same_text, send, texts

pytestmark = pytest.mark.both_databases


def answers(role=Role.EXPERT, **changed):
    """A form filled in rightly."""
    form = {
        "name": "김영수",
        "email": "young@example.com",
        "phone": "010-1234-5678",
        "password": PASSWORD,
        "repeated": PASSWORD,
        "consents": texts(role),
    }
    if role == Role.COMPANY:
        form.update(firm_name="대한정밀", brn="101-81-50024")
        form["brn"] = factories.brn(7777)
    return {**form, **changed}


def join(client, role=Role.EXPERT, **changed):
    return client.post(f"/join/{role}", data=answers(role, **changed))


def newest_user():
    return db.session.scalars(select(User).order_by(User.id.desc()).limit(1)).one()


def test_the_door_is_chosen_first(app, client):
    page = client.get("/join")
    assert "/join/company" in page.text
    assert "/join/expert" in page.text


def test_an_expert_joins_confirms_and_signs_in(app, client):
    assert join(client).location == "/mail-sent"
    user = newest_user()
    assert (user.role, user.confirmed_at, user.is_active) == (Role.EXPERT, None, False)
    given = db.session.scalars(select(Consent.text_id).where(Consent.user_id == user.id)).all()
    assert sorted(given) == sorted(texts(Role.EXPERT))
    assert "이메일 확인이 끝나지 않았습니다" in send(client, user.email).text

    link = link_of(mails(user.id)[0])
    page = client.get(link)
    assert page.status_code == 200
    assert user.email in page.text
    assert db.session.get_one(User, user.id, populate_existing=True).confirmed_at is None
    assert client.post(link).location == "/sign-in"
    assert send(client, user.email).location == "/todo"
    assert events()[:3] == ["sign_in_tried", "signed_up", "sign_in_failed"]
    assert "email_confirmed" in events()


def test_a_firm_is_founded_when_its_person_confirms(app, client):
    number = factories.brn(4242)
    typed = f"{number[:3]}-{number[3:5]}-{number[5:]}"
    assert join(client, Role.COMPANY, brn=typed).location == "/mail-sent"
    assert Organisation.with_brn(number) is None
    client.post(link_of(mails()[0]))
    firm = Organisation.with_brn(number)
    user = newest_user()
    assert (firm.name, firm.kind) == ("대한정밀", "firm")
    assert (user.organisation_id, user.applied_firm) == (firm.id, None)


def test_nobody_is_attached_silently_to_a_firm_that_is_there(app, client):
    firm = factories.organisation()
    answer = join(client, Role.COMPANY, brn=firm.brn)
    assert answer.status_code == 422
    assert "초대를 요청해 주십시오" in answer.text
    assert 'value="김영수"' in answer.text
    assert db.session.scalars(select(User)).all() == []


def test_the_second_of_two_who_apply_for_one_firm_is_told_so_at_confirmation(app, client):
    join(client, Role.COMPANY, email="one@example.com")
    join(client, Role.COMPANY, email="two@example.com")
    first, second = (link_of(mail) for mail in mails())
    assert client.post(first).status_code == 303
    refused = client.post(second)
    assert refused.status_code == 409
    assert "이미 등록된 사업자등록번호" in refused.text
    assert newest_user().confirmed_at is None


@pytest.mark.parametrize(
    "number", ["123-45-67890", "1234567890", "12345", "가나다", "0000000000", "9" * 20, "١٢٣"]
)
def test_a_wrong_business_number_is_named_at_the_field(app, client, number):
    answer = join(client, Role.COMPANY, brn=number)
    assert answer.status_code == 422
    assert "숫자 10자리를 확인해 주십시오" in answer.text


@pytest.mark.parametrize("role", [Role.COMPANY, Role.EXPERT])
def test_every_required_text_must_be_ticked(app, client, role):
    for left_out in texts(role):
        ticked = [text for text in texts(role) if text != left_out]
        answer = join(client, role, consents=ticked)
        assert answer.status_code == 422
        assert "모두 동의해 주십시오" in answer.text
    assert db.session.scalars(select(User)).all() == []


@pytest.mark.parametrize("junk", [["abc"], ["99999999999999999999"], ["-1"], ["1e9"]])
def test_nonsense_instead_of_texts_is_refused(app, client, junk):
    assert join(client, consents=junk).status_code == 422


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "가" * 121},
        {"email": "kein-at"},
        {"email": f"{'a' * 250}@example.com"},
        {"phone": "전화"},
        {"phone": "0" * 40},
        {"password": "짧다", "repeated": "짧다"},
        {"password": "가나" * 65, "repeated": "가나" * 65},
        {"password": "qwerty12345", "repeated": "qwerty12345"},
        {"password": "1111111111", "repeated": "1111111111"},
        {"password": "young@example.com", "repeated": "young@example.com"},
        {"password": "열 글자가 넘는\x07 비밀", "repeated": "열 글자가 넘는\x07 비밀"},
        {"repeated": "다른 비밀번호입니다"},
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_stored(app, client, changed):
    answer = join(client, **changed)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert db.session.scalars(select(User)).all() == []
    assert mails() == []


def test_a_known_address_gets_a_mail_and_the_stranger_the_same_answer(app, client):
    known = person(Role.EXPERT)
    answer = join(client, email=known.email)
    other = join(client, email="new@example.com")
    assert (answer.status_code, answer.location) == (other.status_code, other.location)
    mail = mails(known.id)[0]
    assert mail.subject == "이미 가입된 이메일 주소입니다"
    assert len(mails()) == 2
    assert db.session.get_one(User, known.id, populate_existing=True).name == known.name


def test_signing_up_twice_does_not_tell_whether_the_address_was_known(app, client):
    known = person(Role.EXPERT)
    for email in (known.email, "new@example.com"):
        number = factories.brn(hash(email) % 10**6)
        first = join(client, Role.COMPANY, email=email, brn=number)
        second = join(client, Role.COMPANY, email=email, brn=number)
        assert first.location == second.location == "/mail-sent"


def test_an_address_somebody_else_signed_up_is_taken_over_by_its_owner(app, client):
    join(client, password="남이 정한 비밀번호", repeated="남이 정한 비밀번호")
    join(client)
    stranger, owner = mails()
    assert stranger.token_purpose == "confirm"
    assert owner.token_purpose == "reset"
    link = link_of(owner)
    client.post(link, data={"password": PASSWORD, "repeated": PASSWORD})
    user = newest_user()
    assert user.confirmed_at is not None
    assert send(client, user.email, "남이 정한 비밀번호").status_code == 422
    assert send(client, user.email).location == "/todo"


def test_sign_ups_are_limited(app, client):
    for number in range(10):
        assert join(client, email=f"p{number}@example.com").status_code == 303
    assert join(client, email="p11@example.com").status_code == 429


@pytest.mark.parametrize("purpose", ["confirm", "reset", "invitations"])
@pytest.mark.parametrize("token", ["x", "a.b.c", "x" * 5000, "%00", "한글"])
def test_a_made_up_link_is_refused(app, client, purpose, token):
    for answer in (client.get(f"/{purpose}/{token}"), client.post(f"/{purpose}/{token}")):
        assert answer.status_code in (400, 404, 422)


def test_a_confirmation_link_works_once(app, client):
    join(client)
    link = link_of(mails()[0])
    assert client.post(link).status_code == 303
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 422
        assert "이미 쓰였거나 기한이 지난 링크" in answer.text


def test_a_link_is_good_for_its_purpose_alone(app, client):
    join(client)
    token = link_of(mails()[0]).rpartition("/")[2]
    assert client.get(f"/reset/{token}").status_code == 422
    assert client.get(f"/invitations/{token}").status_code == 422


def test_an_old_link_is_refused(app, client, monkeypatch):
    join(client)
    link = link_of(mails()[0])
    monkeypatch.setitem(tokens.MAX_AGE, "confirm", -1)
    assert client.post(link).status_code == 422


def test_a_link_of_a_stopped_account_is_refused(app, client):
    join(client)
    link = link_of(mails()[0])
    user = newest_user()
    user.disabled_at = utcnow()
    factories.save(user)
    assert client.post(link).status_code == 422


def test_the_confirmation_is_mailed_again_with_the_same_answer_for_everybody(app, client):
    join(client)
    confirmed = person(Role.EXPERT)
    pages = []
    for email in ("young@example.com", confirmed.email, "nobody@example.com"):
        answer = client.post("/confirm", data={"email": email})
        pages.append((answer.status_code, answer.location, same_text(answer)))
    assert pages[0] == pages[1] == pages[2]
    assert [mail.token_purpose for mail in mails()] == ["confirm", "confirm"]
    assert client.post(link_of(mails()[1])).status_code == 303
