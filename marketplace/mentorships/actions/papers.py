"""How the papers of a mentorship are printed once and kept byte for byte."""

from __future__ import annotations

import hashlib

from marketplace.audit import recorded
from marketplace.database import db
from marketplace.events import Event
from marketplace.jobs import Job, enqueue, handles
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.models_papers import AGREEMENT, AgreementEdition, Document
from marketplace.mentorships.printing import agreement_pdf

KIND = "print_agreement"


def queue_print(mentorship: Mentorship) -> None:
    """Have the present edition printed, within the running transaction."""
    number, edition = mentorship.id, mentorship.edition
    enqueue(KIND, f"{KIND}-{number}-{edition}", {"mentorship": number, "edition": edition})


@handles(KIND)
def print_agreement(job: Job) -> None:
    """Print the edition that a job names and keep it with its hash; nothing when that was done already."""
    number, edition_number = int(job.payload["mentorship"]), int(job.payload["edition"])
    mentorship = db.session.get_one(Mentorship, number)
    edition = AgreementEdition.of(number, edition_number)
    if edition is None or Document.of(number, AGREEMENT, edition_number) is not None:
        return
    printed = agreement_pdf(mentorship, edition)
    db.session.rollback()  # printing takes a while, and holds no lock meanwhile
    with recorded(None, Event.DOCUMENT_PRINTED) as record:
        record.thing = Mentorship.locked(number)
        if Document.of(number, AGREEMENT, edition_number) is not None:
            record.cancel()  # another worker was faster
            return
        digest = hashlib.sha256(printed).hexdigest()
        db.session.add(
            Document(
                mentorship_id=number,
                kind=AGREEMENT,
                edition=edition_number,
                sha256=digest,
                content=printed,
            )
        )
        record.facts.update(document=AGREEMENT, edition=edition_number, sha256=digest)
