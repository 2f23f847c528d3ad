"""The agreement as a PDF: what it says is what was kept, the same bytes each time, with its hash."""

from __future__ import annotations

import hashlib
import io
import os
import re
from pathlib import Path

import pypdf
import pytest

from marketplace.audit import history_of
from marketplace.database import db
from marketplace.events import Event
from marketplace.jobs import Job, JobState, work_off
from marketplace.mentorships.actions.papers import KIND, print_agreement
from marketplace.mentorships.content import day, won
from marketplace.mentorships.models_papers import AGREEMENT, AgreementEdition, Document
from marketplace.mentorships.printing import agreement_pdf, agreement_picture
from marketplace.mentorships.states import MentorshipState
from marketplace.mentorships.texts import all_texts
from marketplace.printing import moment
from tests.conftest import sign_in
from tests.mentorships.world import World, fresh


@pytest.fixture
def running(app):
    return World().mentorship(MentorshipState.RUNNING)


def edition_of(mentorship) -> AgreementEdition:
    edition = AgreementEdition.of(mentorship.id, mentorship.edition)
    assert edition is not None
    return edition


def close(text: str) -> str:
    """A text without blanks: lines break where the page ends."""
    return re.sub(r"\s+", "", text)


def text_in(pdf: bytes) -> str:
    return close("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def test_the_text_of_the_paper_is_what_was_kept(running):
    edition = edition_of(running)
    text, content = text_in(agreement_pdf(running, edition)), edition.content
    wanted = [
        content["programme"], content["reference"], content["title"], content["firm"]["name"], content["expert"],
        content["operator"], content["purpose"], *content["tasks"], content["tier"], won(content["total"]),
        *(won(amount) for amount in content["shares"].values()), day(content["since"]), day(content["last_day"]),
        *(f"{v['number']}회차" + day(v["on"]) + str(v["task"]) + v["content"] for v in content["plan"]),
        *(goal[name] for goal in content["goals"] for name in ("name", "unit", "baseline", "method", "evidence")),
        *(line for body in all_texts() for line in body.body_ko.split("\n")),
        *(row.name + moment(row.signed_at) for row in running.signatures),
        edition.text_hash,
    ]  # fmt: skip
    assert [words for words in wanted if close(words) not in text] == []


def test_the_same_data_give_the_same_bytes_whatever_the_clock_and_the_machine_say(running, monkeypatch):
    edition = edition_of(running)
    first = agreement_pdf(running, edition)
    monkeypatch.setenv("TZ", "America/New_York")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert agreement_pdf(running, edition) == first


def test_the_job_of_the_last_signature_keeps_the_paper_with_its_hash_once(running):
    job = db.session.query(Job).filter_by(kind=KIND).one()
    work_off()
    kept = Document.of(running.id, AGREEMENT, 1)
    assert kept is not None
    assert kept.sha256 == hashlib.sha256(kept.content).hexdigest()
    assert kept.content == agreement_pdf(fresh(running), edition_of(running))
    print_agreement(job)  # a job may run twice
    assert db.session.query(Document).count() == 1
    entry = history_of(running)[-1]
    assert (entry.event, entry.facts["sha256"]) == (Event.DOCUMENT_PRINTED, kept.sha256)
    assert db.session.get_one(Job, job.id).state == JobState.DONE


def test_the_paper_is_handed_out_before_and_after_it_was_kept_and_only_to_those_concerned(app, running):
    path = f"/mentorships/{running.id}/agreement.pdf"
    client = sign_in(app.test_client(), running.expert.user)
    before = client.get(path)
    work_off()
    after = client.get(path)
    assert before.data == after.data
    assert after.mimetype == "application/pdf"
    assert (
        Document.of(running.id, AGREEMENT, 1).sha256
        in client.get(f"/mentorships/{running.id}/agreement").text
    )
    stranger = sign_in(app.test_client(), World().experts[0].user)
    assert stranger.get(path).status_code == 404
    draft = World().opened()
    assert (
        sign_in(app.test_client(), draft.expert.user)
        .get(f"/mentorships/{draft.id}/agreement.pdf")
        .status_code
        == 404
    )


def test_the_paper_as_a_picture_has_ink_on_every_page(running):
    edition = edition_of(running)
    pages = len(pypdf.PdfReader(io.BytesIO(agreement_pdf(running, edition))).pages)
    assert pages >= 3
    for page in range(pages):
        picture = agreement_picture(running, edition, page)
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 10_000
        if folder := os.environ.get("PICTURES"):
            (Path(folder) / f"agreement-{page + 1}.png").write_bytes(picture)
