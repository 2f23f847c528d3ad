"""The statement of payments: what it says is what the claims and the ledger say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from marketplace.companies.eligibility import today
from marketplace.mentorships.content import day, won
from marketplace.payments.printing import statement_pdf, statement_picture
from marketplace.payments.queries import claims_of_expert
from marketplace.payments.states import ClaimState as S
from tests.conftest import sign_in
from tests.mentorships.test_papers import close, text_in
from tests.payments.world import World


@pytest.fixture
def world(app):
    made = World()
    made.claims = [made.claim(state) for state in (S.PAID, S.PAID, S.ORDERED, S.CLAIMED, S.REFUSED)]
    return made


def claims_of(world):
    return claims_of_expert(world.payer, world.mentorship, world.expert.id)


def test_the_text_of_the_statement_is_what_the_claims_say(world):
    claims = claims_of(world)
    text = text_in(statement_pdf(world.mentorship, claims))
    paid = [claim for claim in claims if claim.state == S.PAID]
    counted = [claim for claim in claims if claim.state != S.REFUSED]
    rows = [
        day(claim.visit.starts_at.date().isoformat())
        + won(claim.amount)
        + won(claim.income_tax)
        + won(claim.local_tax)
        + won(claim.net)
        + "지급됨"
        + day(today().isoformat())
        for claim in paid
    ]
    sums = [
        "지급액합계" + won(sum(claim.amount for claim in counted)),
        "그중지급됨" + won(sum(claim.amount for claim in paid)),
        won(sum(claim.net for claim in paid)),
        "합계"
        + "".join(won(sum(getattr(claim, of) for claim in counted)) for of in ("government", "sponsor")),
    ]
    names = [world.programme.name_ko, world.mentorship.request.reference, world.expert.name]
    assert [words for words in (*rows, *sums, *names, "지급불승인") if close(words) not in text] == []
    assert world.holds("paid") == sum(claim.net for claim in paid)


def test_the_same_claims_give_the_same_bytes(world):
    assert statement_pdf(world.mentorship, claims_of(world)) == statement_pdf(
        world.mentorship, claims_of(world)
    )


def test_the_statement_is_for_the_expert_and_the_staff_and_not_for_the_firm(app, world):
    path = f"/mentorships/{world.mentorship.id}/payments/{world.expert.id}.pdf"
    for person in (world.expert.user, world.payer):
        browser = sign_in(app.test_client(), person)
        assert path in browser.get(f"/mentorships/{world.mentorship.id}/settlement").text
        answer = browser.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    firm = sign_in(app.test_client(), world.firm)
    assert path not in firm.get(f"/mentorships/{world.mentorship.id}/settlement").text
    assert firm.get(path).status_code == 404
    assert sign_in(app.test_client(), World().payer).get(path).status_code == 404


def test_the_statement_as_a_picture_has_ink(world):
    picture = statement_picture(world.mentorship, claims_of(world))
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
    if folder := os.environ.get("PICTURES"):
        (Path(folder) / "payments.png").write_bytes(picture)
