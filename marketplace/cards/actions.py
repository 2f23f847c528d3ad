"""Writing, publishing and taking down cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.cards.anonymous import told_by
from marketplace.cards.models import AUTHORS, FIELDS, MOST, Card
from marketplace.cards.states import CardState
from marketplace.cards.wording import announce
from marketplace.database import db, utcnow
from marketplace.errors import N_, NotAllowed, RuleBroken, raise_all
from marketplace.events import Event
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import MentorshipState
from marketplace.taxonomy.actions import current_vocabulary

MIN_REASON = 5  # characters
MOST_TERMS = 6
TOO_EARLY = N_("사례는 멘토링이 끝날 무렵, 완료보고를 할 때부터 쓸 수 있습니다.")
WRITTEN_FROM = (
    MentorshipState.REPORTING,
    MentorshipState.CHECKING,
    MentorshipState.SETTLING,
    MentorshipState.CLOSED,
)


def begin(mentorship: Mentorship, written: Mapping[str, str], *, by: Any) -> Card:
    """Begin a card of one's own side; it stays with its author until it is handed in."""
    require(by, Permission.WRITE_CARD, mentorship)
    party = mentorship.party_of(by)
    if party not in AUTHORS:
        raise NotAllowed(Permission.WRITE_CARD)
    with recorded(by, Event.CARD_SAVED, mentorship) as record:
        mentorship = db.session.get_one(
            Mentorship, mentorship.id, with_for_update=True, populate_existing=True
        )
        if mentorship.state not in WRITTEN_FROM:
            raise RuleBroken(TOO_EARLY, conflict=True)
        taken = db.session.query(Card.number).filter_by(mentorship_id=mentorship.id, party=party).all()
        free = sorted(set(range(1, MOST + 1)) - {number for (number,) in taken})
        if not free:
            raise RuleBroken(N_("사례는 한 멘토링에 %(most)s건까지 쓸 수 있습니다."), most=MOST)
        company = mentorship.request.company
        card = Card(
            mentorship_id=mentorship.id,
            party=party,
            number=free[0],
            author_id=by.id,
            written=_kept(written),
            terms=_proposed(written),
            industry=company.industry,
            size_class=company.size_class,
        )
        db.session.add(card)
        db.session.flush()
        record.thing = card
    return card


def save(card: Card, written: Mapping[str, str], *, by: Any) -> None:
    """Keep what the author wrote so far."""
    require(by, Permission.WRITE_CARD, card)
    with recorded(by, Event.CARD_SAVED, card):
        card = _locked(card)
        card.move("save")
        card.written, card.terms = _kept(written), _proposed(written)


def submit(card: Card, *, by: Any) -> None:
    """Hand a card in for publication; what it must say is said."""
    require(by, Permission.WRITE_CARD, card)
    with recorded(by, Event.CARD_SUBMITTED, card):
        card = _locked(card)
        raise_all(_lacking(card.written))
        card.move("submit")
        card.reason = None


def send_back(card: Card, reason: str | None, *, by: Any) -> None:
    """Return a card to its author with what is to be mended."""
    require(by, Permission.PUBLISH_CARD, card)
    _put_back(card, "return", Event.CARD_RETURNED, reason, by)


def take_down(card: Card, reason: str | None, *, by: Any) -> None:
    """Publish a card no longer; it goes back to the operator's desk."""
    require(by, Permission.PUBLISH_CARD, card)
    _put_back(card, "take_down", Event.CARD_TAKEN_DOWN, reason, by)


def publish(card: Card, public: Mapping[str, str], terms: Sequence[str], *, by: Any) -> None:
    """Publish the anonymised text; refused while it holds a name or a number that tells whose it is."""
    require(by, Permission.PUBLISH_CARD, card)
    with recorded(by, Event.CARD_PUBLISHED, card, terms=list(terms)):
        card = _locked(card)
        kept = _kept(public)
        raise_all(_lacking(kept) + _telling(kept, names_of(card.mentorship)) + _unfindable(terms))
        card.move("publish")
        card.public, card.terms = kept, list(terms)
        card.published_at, card.published_by_id, card.reason = utcnow(), by.id, None
        announce("publish", card)


def _lacking(written: Mapping[str, str]) -> list[RuleBroken]:
    return [
        RuleBroken(N_("%(label)s 항목을 적어 주십시오."), field=name, label=label)
        for name, label, needed in FIELDS
        if needed and not written.get(name)
    ]


def _telling(public: Mapping[str, str], names: Sequence[str]) -> list[RuleBroken]:
    return [
        RuleBroken(
            N_("누구인지 알아볼 수 있는 내용이 있습니다: %(found)s. 지우거나 바꿔 주십시오."),
            field=name,
            found=", ".join(found[:5]),
        )
        for name, _, _ in FIELDS
        if (found := told_by(public.get(name, ""), names))
    ]


def _unfindable(terms: Sequence[str]) -> list[RuleBroken]:
    known = current_vocabulary().terms
    if 0 < len(terms) <= MOST_TERMS and all(term in known for term in terms):
        return []
    sentence = N_("찾을 때 쓸 분야를 1개에서 %(most)s개까지 골라 주십시오.")
    return [RuleBroken(sentence, field="terms", most=MOST_TERMS)]


def names_of(mentorship: Mentorship) -> list[str]:
    """Every name that a published card must not hold: the firm, its people and partners, the expert and employers."""
    company, expert = mentorship.request.company, mentorship.expert
    return [
        company.name,
        *(person.name for person in mentorship.request.people()),
        *(relation.name for relation in company.relations),
        expert.name,
        *(career.employer for career in expert.careers),
    ]


#: Each verb of the table with its action, for tests that walk all of them.
VERBS = {"save": save, "submit": submit, "return": send_back, "publish": publish, "take_down": take_down}


def _put_back(card: Card, verb: str, event: Event, reason: str | None, by: Any) -> None:
    said = (reason or "").strip()
    if len(said) < MIN_REASON:
        raise RuleBroken(N_("%(least)s자 이상 적어 주십시오."), field="reason", least=MIN_REASON)
    with recorded(by, event, card, reason=said):
        card = _locked(card)
        card.move(verb)
        card.reason = said
        card.published_at = card.published_by_id = None
        announce(verb, card)


def _kept(written: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, _, _ in FIELDS if (text := (written.get(name) or "").strip())}


def _proposed(written: Mapping[str, str]) -> list[str]:
    text = ". ".join(filter(None, (written.get(name) for name in ("title", "problem", "cause", "action"))))
    return [found.term for found in current_vocabulary().propose(text, top=MOST_TERMS)] if text else []


def _locked(card: Card) -> Card:
    return db.session.get_one(Card, card.id, with_for_update={"of": Card}, populate_existing=True)


__all__ = ["CardState", "begin", "publish", "save", "send_back", "submit", "take_down"]
