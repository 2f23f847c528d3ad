"""Accounts and organisations in the hands of administrators, and the own account."""

import pytest
from sqlalchemy import event, func, select

from marketplace.access import Permission, Role, may
from marketplace.accounts import actions_account, actions_admin, actions_organisations
from marketplace.accounts.models import Organisation, OrganisationKind, SignInSession, User
from marketplace.database import db
from marketplace.errors import NotAllowed
from tests import factories
from tests.accounts.people import PASSWORD, events, link_of, mails, person, send, texts
from tests.conftest import sign_in

OTHERS = [role for role in Role if role != Role.ADMIN]


@pytest.fixture
def admin(app):
    return person(Role.ADMIN)


@pytest.fixture
def browser(client, admin):
    return sign_in(client, admin)


def again(thing):
    return db.session.get_one(type(thing), thing.id, populate_existing=True)


def place(user, **changed):
    home = user.organisation
    facts = {"name": user.name, "role": str(user.role), "organisation_id": "", "brn": "", "member": "y"}
    if home is not None:
        facts["brn" if home.kind == "firm" else "organisation_id"] = (
            home.brn if home.kind == "firm" else home.id
        )
    return {**facts, **changed}


@pytest.mark.both_databases
def test_an_invited_operator_chooses_a_password_and_works(app, client, browser):
    home = factories.organisation(OrganisationKind.OPERATOR)
    form = {"name": "박지은", "email": "Op@Example.com", "role": "operator", "organisation_id": home.id}
    assert browser.post("/accounts/invite", data=form).status_code == 303
    user = User.with_email("op@example.com")
    assert (user.role, user.organisation_id, user.is_active) == (Role.OPERATOR, home.id, False)
    link = link_of(mails(user.id)[0])
    visitor = app.test_client()
    assert "박지은" in visitor.get(link).text
    assert visitor.post(link, data={"password": PASSWORD, "repeated": PASSWORD}).location == "/sign-in"
    assert send(visitor, user.email).location == "/todo"
    assert visitor.post(link, data={"password": PASSWORD, "repeated": PASSWORD}).status_code == 422
    assert events()[:2] == ["account_invited", "password_set"]


@pytest.mark.both_databases
def test_an_invited_sponsor_must_agree_to_the_texts(app, client, browser):
    home = factories.organisation(OrganisationKind.SPONSOR)
    form = {"name": "한", "email": "s@example.com", "role": "sponsor", "organisation_id": home.id}
    browser.post("/accounts/invite", data=form)
    link = link_of(mails()[0])
    visitor = app.test_client()
    chosen = {"password": PASSWORD, "repeated": PASSWORD}
    assert visitor.post(link, data=chosen).status_code == 422
    assert visitor.post(link, data={**chosen, "consents": texts(Role.SPONSOR)}).status_code == 303
    assert send(visitor, "s@example.com").location == "/todo"


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"organisation_id": ""}, "이 역할에 맞는 기관을 선택해 주십시오"),
        ({"organisation_id": "ministry"}, "이 역할에 맞는 기관을 선택해 주십시오"),
        ({"organisation_id": "999999"}, "field-error"),
        ({"organisation_id": "abc"}, "field-error"),
        ({"role": "king"}, "field-error"),
        ({"role": "company", "brn": "1234567890"}, "등록된 기업의 사업자등록번호"),
        ({"role": "company", "brn": "x" * 10_000}, "field-error"),
        ({"email": "known"}, "이미 등록된 이메일 주소입니다"),
        ({"email": "no-at"}, "field-error"),
        ({"name": ""}, "field-error"),
    ],
)
def test_an_invitation_that_does_not_fit_is_refused_at_the_field(browser, admin, changed, sentence):
    operator = factories.organisation(OrganisationKind.OPERATOR)
    ministry = factories.organisation(OrganisationKind.MINISTRY)
    form = {
        "name": "이",
        "email": "x@example.com",
        "role": "operator",
        "organisation_id": operator.id,
        **changed,
    }
    form["organisation_id"] = (
        ministry.id if form["organisation_id"] == "ministry" else form["organisation_id"]
    )
    form["email"] = admin.email if form["email"] == "known" else form["email"]
    answer = browser.post("/accounts/invite", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert mails() == []


def test_inviting_again_makes_the_first_link_worthless(app, browser):
    form = {"name": "감사", "email": "audit@example.com", "role": "auditor"}
    browser.post("/accounts/invite", data=form)
    user = User.with_email("audit@example.com")
    first = link_of(mails(user.id)[0])
    assert browser.post(f"/accounts/{user.id}/invite-again").status_code == 303
    assert app.test_client().get(first).status_code == 422
    assert app.test_client().get(link_of(mails(user.id)[1])).status_code == 200


def test_only_those_who_were_never_here_are_invited_again(browser):
    user = person()
    assert browser.post(f"/accounts/{user.id}/invite-again").status_code == 409
    assert mails() == []


@pytest.mark.both_databases
def test_a_changed_role_ends_the_sessions(app, browser):
    user = person(Role.AUDITOR)
    theirs = sign_in(app.test_client(), user)
    home = factories.organisation(OrganisationKind.MINISTRY)
    form = place(user, role="ministry", organisation_id=home.id)
    assert browser.post(f"/accounts/{user.id}", data=form).status_code == 303
    assert (again(user).role, again(user).organisation_id) == (Role.MINISTRY, home.id)
    assert theirs.get("/todo").status_code == 302
    assert events() == ["account_edited"]


def test_a_changed_name_leaves_the_sessions_open(app, browser):
    user = person(Role.AUDITOR)
    theirs = sign_in(app.test_client(), user)
    assert browser.post(f"/accounts/{user.id}", data=place(user, name="새 이름")).status_code == 303
    assert "새 이름" in theirs.get("/todo").text


@pytest.mark.both_databases
def test_a_person_who_left_the_firm_is_no_member_any_more(app, browser):
    user = person(Role.COMPANY, factories.organisation())
    theirs = sign_in(app.test_client(), user)
    form = place(user)
    form.pop("member")
    assert browser.post(f"/accounts/{user.id}", data=form).status_code == 303
    assert again(user).organisation_id is None
    assert theirs.get("/todo").status_code == 302


@pytest.mark.parametrize(
    "old, new",
    [(Role.EXPERT, "auditor"), (Role.AUDITOR, "expert"), (Role.COMPANY, "admin"), (Role.ADMIN, "company")],
)
def test_firms_people_and_experts_keep_their_role(browser, old, new):
    firm = factories.organisation()
    user = person(old, firm if old == Role.COMPANY else None)
    answer = browser.post(f"/accounts/{user.id}", data=place(user, role=new, brn=firm.brn))
    assert answer.status_code == 422
    assert again(user).role == old


def test_nobody_changes_the_own_role_or_stops_oneself(browser, admin):
    assert browser.post(f"/accounts/{admin.id}", data=place(admin, role="auditor")).status_code == 422
    assert browser.post(f"/accounts/{admin.id}/disable").status_code == 422
    assert browser.post(f"/accounts/{admin.id}/reset-second-factor").status_code == 422
    assert (again(admin).role, again(admin).disabled_at) == (Role.ADMIN, None)
    assert events() == []


@pytest.mark.both_databases
def test_a_stopped_account_is_out_and_can_come_back(app, browser):
    user = person()
    theirs = sign_in(app.test_client(), user)
    assert browser.post(f"/accounts/{user.id}/disable").status_code == 303
    assert theirs.get("/todo").status_code == 302
    assert send(app.test_client(), user.email).status_code == 422
    assert browser.post(f"/accounts/{user.id}/enable").status_code == 303
    assert send(app.test_client(), user.email).location == "/todo"
    assert events()[0] == "account_disabled"
    assert "account_enabled" in events()


@pytest.mark.both_databases
def test_a_lost_second_factor_is_taken_away_and_the_person_told(app, browser):
    user = person(totp_secret="JBSWY3DPEHPK3PXP")
    theirs = sign_in(app.test_client(), user)
    assert browser.post(f"/accounts/{user.id}/reset-second-factor").status_code == 303
    assert again(user).totp_secret is None
    assert theirs.get("/todo").status_code == 302
    assert mails(user.id)[0].subject == "시스템 관리자가 2단계 인증을 해제했습니다"
    assert events() == ["totp_removed"]


PAGES = ["/accounts", "/accounts/invite", "/organisations", "/organisations/new"]


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_see_and_do_nothing_of_this(app, client, role):
    user, victim, firm = person(role), person(), factories.organisation()
    sign_in(client, user)
    paths = [*PAGES, f"/accounts/{victim.id}", f"/organisations/{firm.id}"]
    assert [client.get(path).status_code for path in paths] == [403] * len(paths)
    posts = [
        f"/accounts/{victim.id}/{verb}"
        for verb in ("disable", "enable", "invite-again", "reset-second-factor")
    ]
    assert [client.post(path).status_code for path in posts] == [403] * len(posts)
    for act in (
        lambda: actions_admin.disable(victim, by=user),
        lambda: actions_admin.enable(victim, by=user),
        lambda: actions_admin.invite(email="x@example.com", name="x", role=Role.ADMIN, by=user),
        lambda: actions_admin.invite_again(victim, by=user),
        lambda: actions_admin.reset_second_factor(victim, by=user),
        lambda: actions_admin.accounts_page(page=1, by=user),
        lambda: actions_admin.account(victim.id, by=user),
        lambda: actions_organisations.organisation(firm.id, by=user),
        lambda: actions_organisations.organisations_page(page=1, by=user),
        lambda: actions_organisations.save_organisation(
            firm, name="x", kind=OrganisationKind.FIRM, brn=firm.brn, by=user
        ),
        lambda: actions_admin.edit_account(
            victim, name="x", role=Role.ADMIN, organisation_id=None, brn=None, member=True, by=user
        ),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert events() == []


@pytest.mark.parametrize("number", [999999, 10**20])
def test_what_is_not_there_is_not_found(browser, number):
    for path in (f"/accounts/{number}", f"/organisations/{number}"):
        assert browser.get(path).status_code == 404


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "query, names",
    [
        ("q=KIM", ["Kim"]),
        ("q=100%25", []),
        ("role=expert", ["Kim"]),
        ("state=disabled", ["Lee"]),
        ("state=invited", ["Park"]),
        ("state=unconfirmed", ["Choi"]),
        ("sort=name", ["Choi", "Kim", "Lee", "Park", "관리자"]),
        ("sort=-name&role=auditor", ["Park", "Lee", "Choi"]),
        ("role=nonsense&state=nonsense&sort=nonsense&page=abc", ["Choi", "Park", "Lee", "Kim", "관리자"]),
        ("page=99999999&role=expert", ["Kim"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(app, client, query, names):
    import re

    from marketplace.database import utcnow

    sign_in(client, person(Role.ADMIN, name="관리자"))
    person(Role.EXPERT, name="Kim")
    person(name="Lee", disabled_at=utcnow())
    person(name="Park", confirmed_at=None, password_hash=None)
    person(name="Choi", confirmed_at=None)
    page = client.get(f"/accounts?{query}")
    assert page.status_code == 200
    assert re.findall(r'<th scope="row"><a href="/accounts/\d+">([^<]+)<', page.text) == names


def test_the_number_of_statements_does_not_grow_with_the_list(app, client, browser):
    seen = []

    def see(*_):
        seen.append(1)

    counts = []
    for extra in (10, 30):
        factories.save(
            *(
                User(role=Role.EXPERT, email=f"e{extra}-{n}@example.com", name="전문가", organisation=None)
                for n in range(extra)
            )
        )
        seen.clear()
        event.listen(db.engine, "before_cursor_execute", see)
        assert browser.get("/accounts").status_code == 200
        event.remove(db.engine, "before_cursor_execute", see)
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.both_databases
def test_organisations_are_added_and_changed(browser):
    number = factories.brn(31)
    form = {"name": "대한정밀", "kind": "firm", "brn": f"{number[:3]}-{number[3:5]}-{number[5:]}"}
    assert browser.post("/organisations/new", data=form).status_code == 303
    firm = Organisation.with_brn(number)
    assert (
        browser.post(f"/organisations/{firm.id}", data={"name": "대한정밀(주)", "brn": number}).status_code
        == 303
    )
    assert again(firm).name == "대한정밀(주)"
    assert again(firm).kind == "firm"
    assert "대한정밀(주)" in browser.get(f"/organisations?q={form['brn']}").text
    assert events() == ["organisation_saved"] * 2


@pytest.mark.parametrize(
    "changed",
    [{"brn": ""}, {"brn": "1234567890"}, {"brn": "known"}, {"name": ""}, {"kind": "x"}, {"kind": ""}],
)
def test_an_organisation_that_does_not_fit_is_refused_at_the_field(browser, changed):
    known = factories.organisation()
    form = {"name": "새 기업", "kind": "firm", "brn": factories.brn(32), **changed}
    form["brn"] = known.brn if form["brn"] == "known" else form["brn"]
    answer = browser.post("/organisations/new", data=form)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert db.session.scalar(select(func.count()).where(Organisation.name == "새 기업")) == 0


@pytest.mark.both_databases
def test_the_own_account_is_changed(app, client):
    user = person(Role.EXPERT)
    sign_in(client, user)
    form = {"name": "새 이름", "phone": "010 9999 8888", "language": "en"}
    assert client.post("/account", data=form).status_code == 303
    assert (again(user).name, again(user).phone, again(user).language) == ("새 이름", "010 9999 8888", "en")
    assert events() == ["account_edited"]


@pytest.mark.parametrize(
    "changed", [{"name": ""}, {"name": "가" * 121}, {"phone": "abc"}, {"language": "xx"}]
)
def test_the_own_account_takes_no_nonsense(app, client, changed):
    user = person(name="변경 없음")
    sign_in(client, user)
    answer = client.post("/account", data={"name": "이름", "phone": "", "language": "ko", **changed})
    assert answer.status_code == 422
    assert again(user).name == "변경 없음"


@pytest.mark.both_databases
def test_signing_out_everywhere_ends_every_session(app, client):
    user = person()
    other = sign_in(app.test_client(), user)
    sign_in(client, user)
    assert client.post("/account/sign-out-everywhere").status_code == 303
    assert [browser.get("/todo").status_code for browser in (client, other)] == [302, 302]
    assert all(row.ended_at for row in db.session.scalars(select(SignInSession)))
    assert events() == ["sessions_ended"]


def test_the_account_shows_consents_and_sessions(app, client):
    user = person(Role.SPONSOR)
    send(client, user.email)
    client.post("/sign-in/consents", data={"consents": texts(Role.SPONSOR)})
    page = client.get("/account")
    assert "이용약관, 1판" in page.text
    assert "지금 이 기기" in page.text
    assert actions_account.open_sessions(user)[0].agent.startswith("Werkzeug")


@pytest.mark.both_databases
def test_a_firm_invites_a_colleague_into_the_own_firm(app, client):
    user = person(Role.COMPANY, factories.organisation())
    sign_in(client, user)
    form = {"name": "동료", "email": "mate@example.com"}
    assert client.post("/account/colleagues", data=form).status_code == 303
    mate = User.with_email("mate@example.com")
    assert (mate.role, mate.organisation_id) == (Role.COMPANY, user.organisation_id)
    assert mails(mate.id)[0].token_purpose == "invite"


def test_inviting_a_known_address_changes_nothing_and_tells_the_inviter_nothing(app, client):
    user, known = person(Role.COMPANY, factories.organisation()), person(Role.EXPERT)
    sign_in(client, user)
    answer = client.post("/account/colleagues", data={"name": "동료", "email": known.email})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert (again(known).role, again(known).organisation_id) == (Role.EXPERT, None)
    assert [mail.token_purpose for mail in mails(known.id)] == ["reset"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COMPANY])
def test_only_firms_invite_colleagues(app, client, role):
    sign_in(client, person(role))
    assert client.get("/account/colleagues").status_code == 403


def test_the_first_administrator_is_made_on_the_command_line(app, client):
    from urllib.parse import urlsplit

    from marketplace.accounts.cli import create_admin

    runner = app.test_cli_runner()
    made = runner.invoke(create_admin, ["--email", "first@example.com"])
    assert made.exit_code == 0, made.output
    db.session.rollback()
    assert client.get(urlsplit(made.output.strip()).path).status_code == 200
    renewed = runner.invoke(create_admin, ["--email", "first@example.com"])
    db.session.rollback()
    assert client.get(urlsplit(made.output.strip()).path).status_code == 422
    form = {"password": PASSWORD, "repeated": PASSWORD}
    assert client.post(urlsplit(renewed.output.strip()).path, data=form).status_code == 303
    user = User.with_email("first@example.com")
    assert may(user, Permission.MANAGE_ACCOUNTS)
    refused = runner.invoke(create_admin, ["--email", "first@example.com"])
    assert refused.exit_code == 1
