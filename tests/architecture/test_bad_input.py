"""Whatever is sent to whatever form: a message or a normal form, never an error of the server."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from marketplace.access import Role
from marketplace.accounts.models import OrganisationKind, User
from marketplace.database import db, read_only
from tests import factories
from tests.architecture import world as world_module
from tests.architecture.access_matrix import Copies, build_address, sessions, values_for
from tests.architecture.world import rules
from tests.conftest import sign_in

ROLES = ["nobody", "company", "expert", "operator", "ministry", "admin"]
PAYLOADS = [
    "",
    " ",
    "x" * 10_000,
    "가" * 5_000,
    "\x00",
    "널\x00자",
    "\ud800",
    "\udfff 반쪽",
    "각",
    "１２３",
    "٣",
    "\u202eabc",
    "😀" * 300,
    "Infinity",
    "-Infinity",
    "NaN",
    "1e308",
    "1e309",
    "-1",
    "0",
    "999999999999999999999",
    "1.5",
    "0x10",
    "2026-02-31",
    "31 February",
    "9999-12-31",
    "0000-00-00",
    "0001-01-01",
    "2026-13-01",
    "'; DROP TABLE users; --",
    '" onmouseover="alert(1)',
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "%(name)s",
    "%s%s%n",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "\r\nSet-Cookie: a=b",
    "true",
    "[]",
    "none-such",
    "124-81-00999",
]
WORST = ["x" * 10_000, "널\x00자\ud800", "999999999999999999999", "2026-02-31", "none-such", "-1"]
ADDRESSES = [
    "?page=abc",
    "?page=-1",
    "?page=99999999999999999999",
    "?page=%00",
    "?q=%00%ED%A0%80",
    "?sort=none",
    "?tab=%F0%9F%98%80",
]


class Names(HTMLParser):
    """The field names of every form that posts, by its action."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, set[str]]] = []
        self.open: tuple[str, set[str]] | None = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self.open = (given.get("action") or "", set())
            self.forms.append(self.open)
        elif self.open is not None and tag in ("input", "select", "textarea", "button") and given.get("name"):
            self.open[1].add(given["name"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None


@pytest.fixture(scope="module")
def site(sqlite_template):
    copies = Copies(sqlite_template)
    with copies.app.app_context():
        read_only(False)
        world = world_module.build()
        clients = sessions(copies, world)
        db.session.rollback()
    copies.keep()
    return copies, world, clients


def addresses(app, world, client):
    for method, rule in rules(app):
        if method == "GET" and not rule.endpoint.startswith("accounts.sign_out"):
            with app.test_request_context():
                yield build_address(rule, values_for(rule, world.ids)[0])


def forms_of(app, world, client):
    """Every form that this person is shown: (address to post to, names)."""
    seen = {}
    for address in addresses(app, world, client):
        answer = client.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        parser = Names()
        parser.feed(answer.text)
        for action, names in parser.forms:
            names.discard("csrf_token")
            if names and not action.startswith("/sign-out"):
                seen[action or address] = seen.get(action or address, set()) | names
    return seen


@pytest.mark.parametrize("role", ROLES)
def test_no_form_answers_nonsense_with_an_error(site, role):
    copies, world, clients = site
    client = clients[role]
    faults = []
    for action, names in forms_of(copies.app, world, client).items():
        tries = [dict.fromkeys(names, payload) for payload in PAYLOADS]
        tries += [{name: payload} for name in sorted(names) for payload in WORST]
        for data in tries:
            answer = client.post(action, data=_sendable(data))
            if answer.status_code >= 500:
                faults.append(
                    (action, {name: value[:20] for name, value in data.items()}, answer.status_code)
                )
                break
        copies.reset()
    assert faults == []


def _sendable(data):
    """Lone surrogates cannot be encoded by the test client; they are sent as the bytes a hostile client sends."""
    return {
        name: value.encode("utf-8", "surrogatepass") if _lone(value) else value
        for name, value in data.items()
    }


def _lone(value: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in value)


@pytest.mark.parametrize("role", ROLES)
def test_no_address_answers_nonsense_with_an_error(site, role):
    copies, world, clients = site
    faults = []
    for address in addresses(copies.app, world, clients[role]):
        for nonsense in ADDRESSES:
            answer = clients[role].get(address + nonsense)
            if answer.status_code >= 500:
                faults.append((address + nonsense, answer.status_code))
    assert faults == []


def newcomers() -> dict[str, User]:
    """People of whom nothing but the account is known yet, with and without an organisation."""
    bare = {f"{role} without organisation": factories.user(role) for role in Role}
    kinds = {
        Role.COMPANY: OrganisationKind.FIRM,
        Role.OPERATOR: OrganisationKind.OPERATOR,
        Role.MINISTRY: OrganisationKind.MINISTRY,
        Role.SPONSOR: OrganisationKind.SPONSOR,
    }
    housed = {
        f"{role} of a new organisation": factories.user(role, factories.organisation(kind))
        for role, kind in kinds.items()
    }
    return bare | housed


def test_who_has_stated_nothing_yet_meets_no_error(site):
    copies, world, _ = site
    faults = []
    with copies.app.app_context():
        read_only(False)
        people = newcomers()
        clients = {name: sign_in(copies.app.test_client(), person) for name, person in people.items()}
        db.session.rollback()
    for name, client in clients.items():
        for address in addresses(copies.app, world, client):
            if (status := client.get(address).status_code) >= 500:
                faults.append((name, "GET", address, status))
        for action, names in forms_of(copies.app, world, client).items():
            if (status := client.post(action, data=dict.fromkeys(names, "")).status_code) >= 500:
                faults.append((name, "POST", action, status))
    copies.reset()
    assert faults == []


@pytest.mark.parametrize(
    "path",
    [
        "/requests/99999999999999999999",
        "/requests/-1",
        "/requests/%00",
        "/experts/1e9",
        "/%F0%9F",
        "/cases/१",
    ],
)
def test_an_address_that_no_row_can_have_is_not_found(site, path):
    _copies, _, clients = site
    assert clients["company"].get(path).status_code == 404
