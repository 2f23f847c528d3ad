"""Named queries of the cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from marketplace.access import Permission, require
from marketplace.accounts.models import User
from marketplace.cards.models import Card
from marketplace.cards.states import CardState
from marketplace.companies.models import MentoringRequest
from marketplace.database import db
from marketplace.errors import NotFound
from marketplace.matching.models import MatchCase
from marketplace.mentorships.models import Mentorship
from marketplace.programmes.models import Programme
from marketplace.taxonomy.actions import current_vocabulary

LARGEST_ID = 2**31 - 1
_NAMED, _BESIDE = 1.0, 0.25  # what a shared term, and a term of the same group, counts


def card_of(user: User, mentorship_id: int, card_id: int) -> Card:
    """A card that the user may see: of the own side, or as staff; NotFound otherwise."""
    card = db.session.get(Card, card_id) if max(card_id, mentorship_id) <= LARGEST_ID else None
    if card is None or card.mentorship_id != mentorship_id:
        raise NotFound(card_id)
    require(user, Permission.SEE_MENTORSHIP, card)
    return card


def cards_of(mentorship: Mentorship) -> list[Card]:
    """The cards of both sides."""
    query = select(Card).where(Card.mentorship_id == mentorship.id).order_by(Card.party, Card.number)
    return list(db.session.scalars(query))


def waiting(user: User) -> Select[Any]:
    """Cards that wait to be published, the longest waiting first."""
    found: Select[Any] = (
        _in_reach(select(Card), user)
        .where(Card.state == CardState.SUBMITTED)
        .order_by(Card.entered_at, Card.id)
    )
    return found


def waiting_count(user: User) -> tuple[int, Any]:
    """How many cards wait, and since when the oldest does."""
    query = select(func.count(), func.min(Card.entered_at)).select_from(Card)
    count, since = db.session.execute(_in_reach(query, user).where(Card.state == CardState.SUBMITTED)).one()
    return count, since


def returned_to(user: User) -> list[Card]:
    """Cards of the user's own that came back."""
    query = select(Card).where(
        Card.author_id == user.id, Card.state == CardState.DRAFT, Card.reason.is_not(None)
    )
    return list(db.session.scalars(query.order_by(Card.entered_at)))


def published(card_id: int) -> Card:
    """A published card; NotFound for any other."""
    card = db.session.get(Card, card_id) if card_id <= LARGEST_ID else None
    if card is None or card.state != CardState.PUBLISHED:
        raise NotFound(card_id)
    return card


@dataclass(frozen=True)
class Found:
    """A published card and the shared terms for which it was found; none when everything was asked for."""

    card: Card
    terms: tuple[str, ...]


def find(words: str = "", term: str = "", most: int = 50) -> list[Found]:
    """Published cards: by what a text in the firm's own words points to, by a term, or all, newest first.

    Two statements. A card that shares terms comes before one that shares only their group; ties: the newer first.
    """
    cards = list(
        db.session.scalars(
            select(Card)
            .where(Card.state == CardState.PUBLISHED)
            .order_by(Card.published_at.desc(), Card.id.desc())
        )
    )
    vocabulary = current_vocabulary()
    wanted: dict[str, float] = {}
    if term and term in vocabulary.terms:
        wanted[vocabulary.current(term)] = 1.0
    elif words.strip():
        wanted = {found.term: found.score for found in vocabulary.propose(words, top=8)}
    else:
        return [Found(card, ()) for card in cards[:most]]
    groups = {vocabulary.terms[code].group for code in wanted}
    scored = []
    for place, card in enumerate(cards):
        own = [vocabulary.current(code) for code in card.terms if code in vocabulary.terms]
        shared = tuple(code for code in own if code in wanted)
        near = any(vocabulary.terms[code].group in groups for code in own)
        worth = _NAMED * sum(wanted[code] for code in shared) + (_BESIDE if near else 0.0)
        if shared or (near and not words.strip()):
            scored.append((-worth, place, Found(card, shared)))
    return [found for _, _, found in sorted(scored, key=lambda row: row[:2])[:most]]


def _in_reach(query: Any, user: User) -> Any:
    return (
        query.join(Mentorship, Mentorship.id == Card.mentorship_id)
        .join(MatchCase, MatchCase.id == Mentorship.case_id)
        .join(MentoringRequest, MentoringRequest.id == MatchCase.request_id)
        .where(MentoringRequest.programme_id.in_(Programme.ids_run_by(user)))
    )
