"""How the course of a mentorship moves its money: set aside at the last signature, freed when it is stopped.

An approved change moves days, targets and the days of visits, never their number or price, so that what was set aside
at the first signature stays right for every later edition.
"""

from __future__ import annotations

from typing import Any

from marketplace.access import Role
from marketplace.audit import recorded
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.ledger.verbs import post_reserve
from marketplace.ledger.verbs_claims import post_release
from marketplace.mentorships.hooks import still_owed
from marketplace.mentorships.models import Mentorship
from marketplace.notifications import tell_all
from marketplace.programmes.sharing import Parts


class MoneyLacking(RuleBroken):
    """A source does not hold what the agreement asks of it."""


def whole_parts(mentorship: Mentorship) -> Parts:
    """What the mentorship costs each source."""
    return visit_parts(mentorship).times(mentorship.visits)


def visit_parts(mentorship: Mentorship) -> Parts:
    """What one visit costs each source, as the agreement says; what does not divide falls to the firm."""
    public: dict[str, int] = {
        source: mentorship.shares[source] // mentorship.visits
        for source in ("government", "sponsor", "local")
    }
    return Parts(**public, firm=mentorship.unit_price - sum(public.values()))


def reserve(mentorship: Mentorship) -> None:
    """Set the whole price aside, once for the mentorship however often its agreement is signed anew.

    Raises MoneyLacking when a source does not do.
    """
    try:
        post_reserve(
            mentorship.programme, mentorship.id, whole_parts(mentorship), first_id=mentorship.sponsor_id
        )
    except RuleBroken as broken:
        if "missing" not in broken.facts:
            raise
        raise MoneyLacking(
            N_(
                "%(source)s 가용액이 %(missing)s원 부족해 협약을 체결할 수 없습니다. 운영기관에 알렸습니다. "
                "입금이 확인되면 다시 서명해 주십시오."
            ),
            **broken.facts,
        ) from broken


def tell_of_lack(mentorship_id: int, lacking: MoneyLacking) -> None:
    """Let the operator see to the money for which a last signature was refused."""
    facts: dict[str, Any] = {"source": lacking.facts["source"], "lacking": lacking.facts["missing"]}
    with recorded(None, Event.MONEY_LACKED) as record:
        mentorship = Mentorship.locked(mentorship_id)
        record.thing = mentorship
        record.facts.update(facts)
        tell_all(
            mentorship.programme.staff(Role.OPERATOR),
            Event.MONEY_LACKED,
            N_("%(firm)s 협약의 마지막 서명이 재원 부족으로 미루어졌습니다."),
            f"/finance/{mentorship.programme.id}",
            body=N_(
                "%(source)s 가용액이 %(lacking)s원 부족합니다. 입금을 확인해 등록한 뒤 다시 서명을 요청해 주십시오."
            ),
            firm=mentorship.request.company.name,
            **facts,
        )


def release_after_stop(mentorship: Mentorship) -> None:
    """Free what was set aside, unless something of it may still be asked for: then it is freed with the last claim."""
    if not any(owed(mentorship) for owed in still_owed):
        post_release(mentorship.programme, mentorship.id)
