"""How the three sign the agreement, or one of them does not; after the last signature the mentorship runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import Record, recorded
from marketplace.companies.eligibility import today
from marketplace.database import utcnow
from marketplace.errors import N_, NotAllowed, RuleBroken
from marketplace.events import Event
from marketplace.matching.handover import MIN_REASON, reason_of
from marketplace.mentorships import planning
from marketplace.mentorships.actions.money import MoneyLacking, reserve, tell_of_lack
from marketplace.mentorships.actions.papers import queue_print
from marketplace.mentorships.models import Mentorship, Signature
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.places import keep_place
from marketplace.mentorships.states import Party, next_state
from marketplace.mentorships.wording import announce


def sign(mentorship: Mentorship, *, seen: str, read: bool, by: Any) -> None:
    """Sign for the party that the person belongs to. ``seen`` is the hash of the text that the page showed.

    Raises RuleBroken when it was not said to be read, and as a conflict when another text stands by now, or
    somebody of the same party was faster. The system signs for nobody (NotAllowed). The last signature is refused
    when money lacks (MoneyLacking), and the operator is told.
    """
    require(by, Permission.SIGN_AGREEMENT, mentorship)
    party, number = _party(mentorship, by), mentorship.id
    try:
        _sign(mentorship, party, seen, read, by)
    except MoneyLacking as lacking:
        tell_of_lack(number, lacking)
        raise


def _sign(mentorship: Mentorship, party: Party, seen: str, read: bool, by: Any) -> None:
    with recorded(by, Event.AGREEMENT_SIGNED, mentorship) as record:
        mentorship = Mentorship.locked(mentorship.id)
        next_state(mentorship.state, "sign")
        edition = present_edition(mentorship)
        if seen != edition.text_hash:
            raise RuleBroken(
                N_("화면을 여신 뒤에 협약 내용이 바뀌었습니다. 새로 고쳐 다시 읽어 주십시오."), conflict=True
            )
        if not read:
            raise RuleBroken(N_("협약 내용을 모두 읽은 뒤 표시해 주십시오."), field="read")
        if mentorship.signed_by(party) is not None:
            raise RuleBroken(N_("이미 서명하셨습니다."), conflict=True)
        if any(s.edition == mentorship.edition and s.user_id == by.id for s in mentorship.signatures):
            raise RuleBroken(N_("한 사람이 두 당사자를 대신하여 서명할 수 없습니다."))
        signature = Signature(
            edition=mentorship.edition,
            party=party,
            user_id=by.id,
            name=by.name,
            text_hash=edition.text_hash,
            signed_at=utcnow(),
        )
        mentorship.signatures.append(signature)
        record.facts.update(party=str(party), edition=edition.edition, text_hash=edition.text_hash)
        if mentorship.unsigned:
            mentorship.move("sign", mentorship.due_at)
            announce("sign", mentorship, party=party)
        else:
            begin(mentorship, edition, record)


def begin(mentorship: Mentorship, edition: AgreementEdition, record: Record) -> None:
    """The last signature: from here on the mentorship runs. Whatever begins with it, begins in this transaction.

    When the start has passed by now, the term begins today and is as many months long (docs/decisions/0004),
    as the agreement itself says; but one that ran before, with another expert, keeps its term.
    """
    mentorship.move("sign_last")
    reserve(mentorship)
    if mentorship.since < today() and not mentorship.formers:
        before = [mentorship.since.isoformat(), mentorship.last_day.isoformat()]
        move_term(mentorship)
        after = [mentorship.since.isoformat(), mentorship.last_day.isoformat()]
        plan = [visit.on.isoformat() for visit in mentorship.plan]
        edition.moved = {"since": after[0], "last_day": after[1], "plan": plan}
        record.facts["period_moved"] = {"from": before, "to": after}
    record.facts["last"] = True
    queue_print(mentorship)
    announce("sign_last", mentorship)


def move_term(mentorship: Mentorship) -> None:
    """Let the term begin today, the visits as much later as the start, and the expert's place with it."""
    before = mentorship.since
    mentorship.since, mentorship.last_day = planning.term_from(today(), mentorship.months)
    days = planning.moved(
        [visit.on for visit in mentorship.plan],
        before,
        mentorship.since,
        mentorship.last_day,
        mentorship.programme.monthly_visits,
    )
    for visit, on in zip(mentorship.plan, days, strict=True):
        visit.on = on
    keep_place(mentorship)


def decline(mentorship: Mentorship, reason: str | None, *, by: Any) -> None:
    """Do not sign, and say why: the agreement is written on, and whoever had signed signs its next edition."""
    require(by, Permission.SIGN_AGREEMENT, mentorship)
    party = _party(mentorship, by)
    why = reason_of(reason, MIN_REASON)
    with recorded(by, Event.SIGNATURE_DECLINED, mentorship, reason=why, party=str(party)) as record:
        mentorship = Mentorship.locked(mentorship.id)
        record.facts["edition"] = mentorship.edition
        mentorship.move("decline", utcnow() + timedelta(days=mentorship.programme.signing_days))
        mentorship.reason = why
        announce("decline", mentorship, party=party, reason=why)


def present_edition(mentorship: Mentorship) -> AgreementEdition:
    """The text that lies before the parties. Raises RuleBroken (conflict) when there is none."""
    found = AgreementEdition.of(mentorship.id, mentorship.edition)
    if found is None:
        raise RuleBroken(N_("아직 서명을 요청하지 않은 협약입니다."), conflict=True)
    return found


def _party(mentorship: Mentorship, by: Any) -> Party:
    party = mentorship.party_of(by) if by is not None else None
    if party is None:
        raise NotAllowed("sign")
    return party
