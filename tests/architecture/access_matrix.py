"""Asks every route as every principal about our thing and about a missing one; keeps the answers in a table.

The table is read by people: a changed cell is a changed right. ``python -m tests.architecture.access_matrix``
writes it anew; the test compares.
"""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Flask

from marketplace import settings as settings_module
from marketplace.application import create_app
from marketplace.database import db, read_only
from tests.architecture import world as world_module
from tests.architecture.world import CANARY, World, rules

TABLE = Path(__file__).with_name("access_matrix.csv")
PRINCIPALS = [
    "nobody",
    "company",
    "company_other",
    "company_former",
    "expert",
    "expert_other",
    "operator",
    "operator_other",
    "ministry",
    "ministry_other",
    "sponsor",
    "auditor",
    "admin",
    "disabled",
]
MISSING = 2**31 - 2


def values_for(rule: Any, ids: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts of an address for our own thing and for a missing one."""
    special = special_parts(rule, ids)
    own = {name: special.get(name, ids.get(name, "x")) for name in rule.arguments}
    missing = {name: MISSING if isinstance(value, int) else "none-such" for name, value in own.items()}
    return own, missing


def special_parts(rule: Any, ids: dict[str, Any]) -> dict[str, Any]:
    """Parts whose meaning depends on the slice."""
    if rule.endpoint == "web.set_language":
        return {"code": "en"}
    if rule.rule.startswith("/codes/kpis"):
        return {"code": "P1"}
    if rule.rule.startswith("/codes/industries"):
        return {"code": "C25"}
    if "entry_id" in rule.arguments:
        kind = rule.rule.split("/")[2]
        return {
            "entry_id": ids[{"careers": "career_id", "skills": "skill_id", "interests": "interest_id"}[kind]]
        }
    if rule.endpoint in ("companies.edit_request", "companies.autosave_request", "companies.change_needs"):
        return {"request_id": ids["draft_id"]}
    if rule.endpoint in ("rounds.pair", "rounds.change_pair"):
        return {"case_id": ids["round_case_id"]}
    if rule.endpoint in (
        "mentorships.agreement",
        "mentorships.agreement_pdf",
        "mentorships.sign",
        "mentorships.decline",
    ):
        return {"mentorship_id": ids["signing_id"]}
    if "change_id" in rule.arguments:
        return {"mentorship_id": ids["running_id"]}
    if rule.endpoint in (
        "mentorships.pause",
        "mentorships.resume",
        "mentorships.ask_change",
        "replacement.replace",
    ):
        return {"mentorship_id": ids["running_id"]}
    if rule.endpoint.startswith("outcomes.") and "value_id" in rule.arguments:
        return {
            "kind": "goals",
            "value_id": ids["asked_value_id" if rule.endpoint.endswith("answer") else "value_id"],
        }
    if rule.endpoint.startswith("cards.") and "card_id" in rule.arguments:
        if rule.endpoint == "cards.card":
            return {"card_id": ids["published_card_id"]}
        return {
            "mentorship_id": ids["reporting_id"],
            "card_id": ids["draft_card_id" if rule.endpoint in ("cards.edit", "cards.submit") else "card_id"],
        }
    if rule.endpoint.startswith(("cards.", "completion.")) and "mentorship_id" in rule.arguments:
        return {"mentorship_id": ids["reporting_id"]}
    if rule.endpoint.startswith(("outcomes.", "visits.", "messages.")) and "mentorship_id" in rule.arguments:
        return {"mentorship_id": ids["visiting_id"]}
    if rule.endpoint.startswith("course.") and rule.arguments:
        decides = rule.endpoint in ("course.decide", "course.send_back")
        return {
            "mentorship_id": ids["running_id"],
            "step_id": ids["answered_step_id" if decides else "step_id"],
        }
    if rule.endpoint == "payments.statement":
        return {"mentorship_id": ids["visiting_id"]}
    if rule.endpoint in ("visits.accept", "visits.send_back"):
        return {"visit_id": ids["confirmed_visit_id"]}
    if rule.endpoint.startswith("reporting.export"):
        return {"name": "cases"}
    return {}


def judged(response: Any) -> str:
    """What an answer means for access: yes, sign-in, 403 or 404. An error of the server is named as such."""
    if response.status_code in (403, 404):
        return str(response.status_code)
    if response.status_code >= 500:
        return f"ERROR {response.status_code}"
    location = response.headers.get("Location", "")
    if response.status_code in (302, 303) and location.startswith("/sign-in"):
        return "sign-in"
    return "yes"


class Copies:
    """Fresh copies of one SQLite world, since asking with POST changes it."""

    def __init__(self, template: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="matrix-"))
        self.template = self.folder / "template.sqlite3"
        self.live = self.folder / "live.sqlite3"
        shutil.copy(template, self.template)
        shutil.copy(template, self.live)
        from tests.conftest import settings_for

        settings = settings_for(f"sqlite:///{self.live}")
        settings_module.use(settings)
        self.app: Flask = create_app(settings)
        self.app.config["WTF_CSRF_ENABLED"] = False

    def keep(self) -> None:
        """What the live world is now is what every reset goes back to."""
        with closing(sqlite3.connect(self.live)) as live, closing(sqlite3.connect(self.template)) as kept:
            live.backup(kept)

    def reset(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.live}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.template, self.live)


def sessions(copies: Copies, world: World) -> dict[str, Any]:
    """A browser for every principal, signed in as far as that goes."""
    from tests.conftest import sign_in

    clients = {"nobody": copies.app.test_client()}
    for name, person in world.people.items():
        clients[name] = sign_in(copies.app.test_client(), person)
    return clients


def ask(template: Path, only: str = "") -> Iterator[tuple[list[str], dict[str, str], list[str]]]:
    """Rows of the matrix: [method, rule, thing], the answer for each principal, and who saw our canary."""
    copies = Copies(template)
    with copies.app.app_context():
        read_only(False)
        world = world_module.build()
        cookies = {name: client.get_cookie("session") for name, client in sessions(copies, world).items()}
        db.session.rollback()
    copies.keep()
    for method, rule in rules(copies.app):
        if only and not rule.endpoint.startswith(only):
            continue
        own, missing = values_for(rule, world.ids)
        for thing, parts in (("own", own), ("missing", missing))[: 2 if rule.arguments else 1]:
            answers, saw = {}, []
            for principal in PRINCIPALS:
                with copies.app.test_request_context():
                    address = build_address(rule, parts)
                client = copies.app.test_client()  # a fresh one: an earlier answer may have signed it out
                if cookies[principal] is not None:
                    client.set_cookie("session", cookies[principal].value)
                response = client.open(
                    address, method=method, data={"format": "csv"} if method == "POST" else None
                )
                answers[principal] = judged(response)
                if CANARY.encode() in response.get_data():
                    saw.append(principal)
                if method != "GET" and answers[principal] not in ("403", "404"):
                    copies.reset()
            yield [method, rule.rule, thing], answers, saw
    shutil.rmtree(copies.folder, ignore_errors=True)


def build_address(rule: Any, parts: dict[str, Any]) -> str:
    """The path of a rule with its parts filled in."""
    built = rule.build(parts, append_unknown=False)
    return str(built[1])


def stored() -> dict[tuple[str, str, str], dict[str, str]]:
    """The table as it is kept."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (row["method"], row["rule"], row["thing"]): {name: row[name] for name in PRINCIPALS}
            | {"canary": row["canary"]}
            for row in csv.DictReader(file)
        }


def write(template: Path) -> None:
    """Write the table anew."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["method", "rule", "thing", *PRINCIPALS, "canary"])
        for key, answers, saw in ask(template):
            writer.writerow([*key, *(answers[name] for name in PRINCIPALS), " ".join(saw)])


if __name__ == "__main__":
    from tests.conftest import _fill

    folder = Path(tempfile.mkdtemp())
    path = folder / "template.sqlite3"
    os.environ.setdefault("MARKETPLACE_MODE", "test")
    _fill(f"sqlite:///{path}")
    write(path)
    print(f"{TABLE.name} written; read it before you commit it")
