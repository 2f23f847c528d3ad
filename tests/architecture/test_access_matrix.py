"""Every route x every principal x our thing or a missing one, against the table that people have read."""

from __future__ import annotations

import pytest

from marketplace.access import GRANTS, Permission, Role
from marketplace.application import create_app
from marketplace.web.page import Access, page, undeclared_views
from tests.architecture import access_matrix
from tests.architecture.access_matrix import PRINCIPALS
from tests.conftest import settings_for

SIGNED_OUT = ("nobody", "disabled")


@pytest.fixture(scope="session")  # of a module, it would be asked again whenever the database changes between
def matrix(sqlite_template):
    return {tuple(key): (answers, saw) for key, answers, saw in access_matrix.ask(sqlite_template)}


@pytest.mark.xdist_group("matrix")
def test_every_cell_is_as_the_table_says(matrix):
    table = access_matrix.stored()
    found = {key: answers | {"canary": " ".join(saw)} for key, (answers, saw) in matrix.items()}
    wrong = [
        (key, name, "table:", table.get(key, {}).get(name), "site:", found.get(key, {}).get(name))
        for key in sorted(table.keys() | found.keys())
        for name in [*PRINCIPALS, "canary"]
        if table.get(key, {}).get(name) != found.get(key, {}).get(name)
    ]
    assert wrong == []


@pytest.mark.xdist_group("matrix")
def test_no_answer_is_an_error_of_the_server(matrix):
    assert [
        key for key, (answers, _) in matrix.items() if any("ERROR" in answer for answer in answers.values())
    ] == []


@pytest.mark.xdist_group("matrix")
def test_what_belongs_to_us_is_never_seen_by_another_firm_or_expert(matrix):
    strangers = {"nobody", "company_former", "expert_other", "operator_other", "ministry_other", "disabled"}
    public = {"/", "/about", "/requests/new"}  # the name of an open programme is public
    leaks = {key: strangers & set(saw) for key, (_, saw) in matrix.items() if key[1] not in public}
    assert {key: who for key, who in leaks.items() if who} == {}


@pytest.mark.xdist_group("matrix")
def test_the_roles_reach_what_their_permissions_say_and_no_more(matrix, app):
    """An oracle apart from the table: the declared access of a view and the grants of a role."""
    role_of = {"company_other": Role.COMPANY, "company_former": Role.COMPANY, "expert_other": Role.EXPERT}
    role_of |= {"operator_other": Role.OPERATOR, "ministry_other": Role.MINISTRY}
    declared = {
        (method, rule.rule): app.view_functions[rule.endpoint].access
        for method, rule in access_matrix.rules(app)
    }
    wrong = []
    for (method, rule, thing), (answers, _) in matrix.items():
        access = declared[method, rule]
        for principal, answer in answers.items():
            if access is Access.PUBLIC:
                expected = answer in ("yes", "404", "sign-in")
            elif principal in SIGNED_OUT:
                expected = answer == "sign-in"
            elif isinstance(access, Permission):
                role = role_of.get(principal) or Role(principal)
                expected = (
                    (answer == "403") if access not in GRANTS[role] else answer in ("yes", "404", "403")
                )
            else:
                expected = answer in ("yes", "404")
            if not expected:
                wrong.append((method, rule, thing, principal, answer))
    assert wrong == []


def test_every_view_declares_its_access(app):
    assert undeclared_views(app) == []


def test_the_site_does_not_start_with_a_view_that_declares_nothing(app, database_url, monkeypatch):
    from marketplace.web import views

    monkeypatch.setattr(views.blueprint, "_got_registered_once", False)
    monkeypatch.setattr(views.blueprint, "deferred_functions", list(views.blueprint.deferred_functions))
    views.blueprint.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    with pytest.raises(RuntimeError, match=r"web\.forgotten"):
        create_app(settings_for(database_url))


def test_a_declared_view_keeps_its_declaration():
    assert page(Permission.SEE_AUDIT)(lambda: None).access is Permission.SEE_AUDIT
