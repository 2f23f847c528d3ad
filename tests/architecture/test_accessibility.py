"""Every page of every role, at two widths, in a real browser: axe finds nothing, the console is silent."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from marketplace.database import db, read_only
from tests.architecture import world as world_module
from tests.architecture.access_matrix import Copies, build_address, sessions, values_for
from tests.architecture.world import rules
from tests.browser import PHONE, WIDE, Complaints, chromium, served, signed_in

ROLES = ["nobody", "company", "expert", "operator", "ministry", "sponsor", "auditor", "admin"]
#: Pages that leave the page: downloads, redirects and the machine's health.
NOT_PAGES = ("web.health", "web.set_language", "imports.marked", "imports.empty")


@pytest.fixture(scope="module")
def site(sqlite_template):
    copies = Copies(sqlite_template)
    with copies.app.app_context():
        read_only(False)
        world = world_module.build()
        clients = sessions(copies, world)
        db.session.rollback()
    return copies.app, world, clients


def pages_of(app, world, client) -> list[str]:
    """Addresses that answer this person with a page."""
    found = []
    for method, rule in rules(app):
        if method != "GET" or rule.endpoint in NOT_PAGES:
            continue
        own, missing = values_for(rule, world.ids)
        for parts in (own, missing) if rule.endpoint == "companies.request_page" else (own,):
            with app.test_request_context():
                address = build_address(rule, parts)
            answer = client.get(address)
            if answer.mimetype == "text/html" and answer.status_code in (200, 404):
                found.append(address)
    return sorted(set(found))


@pytest.mark.browser
@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_an_accessibility_fault_or_a_console_error(site, role):
    app, world, clients = site
    faults: list[str] = []
    axe = Axe()
    paths = pages_of(app, world, clients[role])  # before Playwright's loop runs in this thread
    with served(app) as address, chromium() as browser:
        app.config["TRUSTED_HOSTS"] = None
        for size in (WIDE, PHONE):
            context = signed_in(browser, address, clients[role], size)
            page = context.new_page()
            complaints = Complaints()
            complaints.watch(page)
            for path in paths:
                status = page.goto(address + path).status
                for violation in axe.run(page).response["violations"]:
                    nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
                    faults.append(f"{size['width']} {path}: {violation['id']}: {nodes}")
                wide = page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                if wide > 0:
                    faults.append(f"{size['width']} {path}: scrolls sideways by {wide}px")
                expected = status == 404
                faults += [f"{path}: {text}" for text in complaints if not (expected and "404" in text)]
                complaints.clear()
            context.close()
    assert faults == []
