"""What somebody typed comes back after the session ended or the language changed, and goes when it was sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from marketplace.access import Role
from marketplace.accounts.models import OrganisationKind
from tests import factories
from tests.browser import PHONE, chromium, served, signed_in
from tests.conftest import sign_in

WORDS = "도금이 벗겨져서 반품이 들어옵니다.\n원인을 모르겠습니다."
PATIENCE = 120_000  # milliseconds; the first page that proposes terms may have to build their index
OFFER = "[data-autosave-offer]"


def problem(page: Page) -> str:
    return page.locator("#problem").input_value()


@pytest.mark.browser
def test_what_was_typed_outlives_the_session_and_a_change_of_language(app):
    factories.programme()
    person = factories.user(Role.COMPANY, factories.organisation(OrganisationKind.FIRM))
    client = sign_in(app.test_client(), person)
    app.config["TRUSTED_HOSTS"] = None
    with served(app) as address, chromium() as browser:
        context = signed_in(browser, address, client, PHONE)
        session = context.cookies()
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/requests/new")
        expect(page.locator(OFFER)).to_be_hidden()
        page.locator("#problem").fill(WORDS)

        page.goto(f"{address}/language/en?next=/requests/new")
        page.goto(f"{address}/language/ko?next=/requests/new")
        page.goto(f"{address}/requests/new")
        assert problem(page) == ""
        page.get_by_role("button", name="불러오기").click()
        assert problem(page) == WORDS

        context.clear_cookies(name="session")
        page.get_by_role("button", name="참여의향 제출").click()
        page.wait_for_url("**/sign-in?next=/requests/new")
        expect(page.get_by_text("로그인이 만료되어 처리하지 못했습니다.")).to_be_visible()
        context.add_cookies(session)
        page.goto(f"{address}/requests/new")
        page.get_by_role("button", name="불러오기").click()
        assert problem(page) == WORDS

        page.get_by_role("button", name="참여의향 제출").click()
        page.wait_for_url("**/edit#needs")
        page.goto(f"{address}/requests/new")
        expect(page.locator(OFFER)).to_be_hidden()
