"""Every action asks for permission first, and refuses whoever lacks it.

The actions are found by looking, not by a list: every public function with a keyword ``by``.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.access import GRANTS, Permission, Role, Scope
from marketplace.errors import NotAllowed, NotFound

ROOT = Path(__file__).resolve().parents[2]

#: Functions that take the actor and ask nothing themselves, each with its reason.
ASK_NOTHING: dict[str, str] = {
    "marketplace.notifications.read_notices": "one's own notices",
    "marketplace.accounts.actions_account.save_account": "one's own account",
    "marketplace.accounts.actions_account.sign_out_everywhere": "one's own sessions",
    "marketplace.accounts.actions_account.remove_second_factor": "one's own second factor",
    "marketplace.accounts.actions_password.change_password": "one's own password",
    "marketplace.accounts.actions_sign_in.enrol_second_factor": "one's own second factor",
    "marketplace.accounts.actions_sign_in.sign_out": "one's own session",
    "marketplace.matching.bulk.approve_each": "calls one action per case, each of which asks",
    "marketplace.payments.bulk.approve_each": "calls one action per claim, each of which asks",
    "marketplace.visits.bulk.accept_each": "calls one action per visit, each of which asks",
}
#: Actions that need a permission but are handed no thing whose owner could be asked: lists, new things, lookups
#: that ask again once they have found the thing, and an expert's own profile, which is found by the actor.
WITHOUT_THING: set[str] = {
    "marketplace.accounts.actions_account.invite_colleague",
    "marketplace.accounts.actions_admin.account",
    "marketplace.accounts.actions_admin.accounts_page",
    "marketplace.accounts.actions_admin.invite",
    "marketplace.accounts.actions_organisations.organisation",
    "marketplace.accounts.actions_organisations.organisations_page",
    "marketplace.accounts.actions_organisations.save_organisation",
    "marketplace.codes.actions.save_industry",
    "marketplace.codes.actions.save_kpi",
    "marketplace.codes.actions.save_region",
    "marketplace.companies.drafting.express_interest",
    "marketplace.companies.drafting.save_company",
    "marketplace.experts.actions.pause",
    "marketplace.payments.actions.paying.take_results",  # asks for each claim, once it is locked
    "marketplace.experts.actions.resume",
    "marketplace.experts.actions.save_availability",
    "marketplace.experts.actions.save_basics",
    "marketplace.experts.actions.save_fields",
    "marketplace.experts.actions_parts.declare_interests",
    "marketplace.experts.verification.submit",
    "marketplace.experts.verification.verify_several",
    "marketplace.files.actions.keep_upload",
    "marketplace.imports.actions.find_import",
    "marketplace.imports.actions.imports_page",
    "marketplace.imports.actions.upload",
    "marketplace.ledger.queries.find_ledger",
    "marketplace.jobs.rows.run_again",
    "marketplace.mail.send_again",
    "marketplace.programmes.actions.find_programme",
    "marketplace.reporting.exports.export",
    "marketplace.taxonomy.actions.replace_term",
    "marketplace.taxonomy.actions.save_term",
    "marketplace.visits.actions.feeds.close_feed",
    "marketplace.visits.actions.feeds.open_feed",
}


class Foreign:
    """Belongs to nobody that asks; every part of it is just as foreign."""

    id = 1
    version = 1

    def belongs_to(self, user: Any) -> bool:
        return False

    def operated_by(self, user: Any) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


def actions() -> dict[str, Callable[..., Any]]:
    """Every public function of the package that takes the actor as ``by`` and is defined where it is found."""
    found = {}
    for path in sorted((ROOT / "marketplace").rglob("*.py")):
        if "by: " not in path.read_text("utf-8") or path.name == "audit.py" or "demo" in path.parts:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        for attribute, function in vars(module).items():
            if attribute.startswith("_") or not inspect.isfunction(function) or function.__module__ != name:
                continue
            parameter = inspect.signature(function).parameters.get("by")
            if parameter is not None and parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                found[f"{name}.{attribute}"] = function
    return found


ACTIONS = actions()


def asked(function: Callable[..., Any]) -> tuple[Permission | None, bool]:
    """The permission that the function requires, and whether it names a thing."""
    for node in ast.walk(ast.parse(inspect.getsource(function).lstrip())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "require":
            permission = node.args[1]
            name = permission.attr if isinstance(permission, ast.Attribute) else ""
            return (Permission[name] if name in Permission.__members__ else None), len(node.args) > 2
    return None, False


GUARDED = {name: function for name, function in ACTIONS.items() if name not in ASK_NOTHING}


def person(role: Role) -> Any:
    return SimpleNamespace(
        id=10**6, role=role, organisation_id=None, is_active=True, name="누구", language="ko"
    )


def call(function: Callable[..., Any], by: Any) -> None:
    given = {
        name: Foreign()
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "by" and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }
    positional = [
        given.pop(name)
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    ]
    function(*positional, **given, by=by)


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_an_action_asks_for_a_permission(name):
    permission, names_thing = asked(GUARDED[name])
    assert permission is not None
    assert names_thing or name in WITHOUT_THING


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_an_action_refuses_every_role_that_lacks_the_permission(app, name):
    permission, _ = asked(GUARDED[name])
    lacking = [role for role in Role if permission not in GRANTS[role]]
    for role in lacking:
        with pytest.raises(NotAllowed):
            call(GUARDED[name], person(role))


@pytest.mark.parametrize("name", sorted(set(GUARDED) - WITHOUT_THING))
def test_an_action_does_not_find_what_is_not_in_the_actors_reach(app, name):
    permission, _ = asked(GUARDED[name])
    limited = [role for role in Role if GRANTS[role].get(permission) in (Scope.OWN, Scope.PROGRAMME)]
    for role in limited:
        with pytest.raises(NotFound):
            call(GUARDED[name], person(role))


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_an_action_refuses_a_disabled_account(app, name):
    permission, _ = asked(GUARDED[name])
    allowed = next(role for role in Role if permission in GRANTS[role])
    disabled = person(allowed)
    disabled.is_active = False
    with pytest.raises(NotAllowed):
        call(GUARDED[name], disabled)
