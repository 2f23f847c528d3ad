"""Hard rules: who may not be proposed for a request, and why. They stand apart from every score.

Unknown facts never exclude, with one exception: a tie to an organisation whose end is unknown still stands,
because a conflict that is overlooked cannot be made good afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from marketplace.civil import months_after
from marketplace.codes.book import newest_region
from marketplace.errors import N_, Filled
from marketplace.matching.organisations import organisation_name, same_organisation
from marketplace.matching.profiles import (
    ExpertProfile,
    Interest,
    InterestKind,
    Mode,
    Period,
    Relation,
    RelationKind,
    RequestProfile,
)
from marketplace.programmes.conflicts import CONFLICTS, RELATIONS, pairs_of

#: The sentence for each rule, a gettext msgid to be filled with the facts of the exclusion.
EXCLUSION_TEXT: Mapping[str, str] = {
    "unverified": N_("자격 확인을 마치지 않은 전문가입니다."),
    "inactive": N_("초대를 아직 수락하지 않았거나 계정 사용이 중지된 전문가입니다."),
    "paused": N_("전문가가 활동을 쉬고 있습니다."),
    "refused": N_("기업이 다시 만나지 않기를 원한 전문가입니다."),
    "capacity": N_("동시에 맡을 수 있는 %(capacity)s건이 그 기간에 모두 찼습니다(%(taken)s건 진행)."),
    "available_from": N_("%(available_from)s부터 활동할 수 있어 희망 시작일 %(start_on)s에 맞지 않습니다."),
    "available_until": N_("%(available_until)s까지만 활동할 수 있어 %(ends_on)s까지 지원할 수 없습니다."),
    "mode": N_("희망하는 지원방식(%(wanted)s)과 전문가의 지원방식(%(offered)s)이 다릅니다."),
    "region": N_("대면 지원이 필요한 지역(%(region)s)이 전문가의 활동지역에 없습니다."),
    "employer": (
        N_(
            "전문가가 몸담았던 %(organisation)s이(가) 이 기업의 %(relation)s이며 "
            "퇴직 후 %(months)s개월이 지나지 않았습니다."
        )
    ),
    "shares": N_("전문가가 이 기업의 %(relation)s인 %(organisation)s의 지분을 가지고 있습니다."),
    "kin": N_("전문가의 친족이 이 기업의 %(relation)s인 %(organisation)s을(를) 소유하거나 경영합니다."),
    "vendor": N_("전문가가 이 기업의 %(relation)s인 %(organisation)s과(와) 이해관계가 있습니다."),
}

#: What is shown when a rule could not be checked because a fact is missing.
UNKNOWN_TEXT: Mapping[str, str] = {
    "dates": N_("희망 시작일이 없어 기간과 일정을 확인하지 못했습니다."),
    "region": N_("활동지역을 알 수 없어 대면 지원이 가능한지 확인이 필요합니다."),
    "mode": N_("지원방식을 알 수 없어 확인이 필요합니다."),
}

RELATION_TEXT: Mapping[RelationKind, str] = {
    RelationKind.SELF: N_("신청 기업"),
    RelationKind.CUSTOMER: N_("고객사"),
    RelationKind.COMPETITOR: N_("경쟁사"),
    RelationKind.CONTRIBUTOR: N_("출연 기업"),
    RelationKind.VENDOR: N_("공급기업"),
}

MODE_TEXT: Mapping[Mode, str] = {Mode.ONSITE: N_("대면"), Mode.REMOTE: N_("비대면"), Mode.BOTH: N_("모두")}


#: What counted before a programme could say so itself. Rankings kept without ``ties`` replay with this.
FORMER_TIES = pairs_of(
    {
        "employer": ("self", "customer", "competitor", "contributor"),
        "shares": tuple(RELATIONS),
        "kin": tuple(RELATIONS),
        "vendor": ("self", "vendor"),
    }
)


@dataclass(frozen=True, slots=True)
class Gates:
    """Which hard rules are on, and how long a former employer stays a conflict (months after leaving).

    ``ties`` are the ties that count, as ``tie:relation`` (see ``programmes.conflicts``).
    """

    verified: bool = True
    conflicts: bool = True
    refused: bool = True
    paused: bool = True
    capacity: bool = True
    dates: bool = True
    mode: bool = True
    region: bool = True
    cooling_off_months: int = 24
    ties: tuple[str, ...] = pairs_of(CONFLICTS)

    @classmethod
    def none(cls) -> Gates:
        """Availability, capacity, mode and region switched off, so that ranking alone is judged.

        Verification, conflicts of interest and the firm's own refusals stay on: no list that anyone sees
        may break them.
        """
        return cls(paused=False, capacity=False, dates=False, mode=False, region=False)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One broken rule: its code (a key of ``EXCLUSION_TEXT``) and the facts that fill its sentence."""

    rule: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The reason in Korean."""
        return Filled(EXCLUSION_TEXT[self.rule], **self.facts)


@lru_cache(maxsize=10_000)
def period_of(request: RequestProfile) -> Period | None:
    """The days the request asks for, or None when it names no start."""
    if request.start_on is None:
        return None
    return Period(request.start_on, months_after(request.start_on, request.months))


def peak(commitments: Iterable[Period], within: Period) -> int:
    """The largest number of commitments held on one day of ``within``."""
    changes: list[tuple[date, int]] = []
    for held in commitments:
        if held.overlaps(within):
            changes += [(max(held.since, within.since), 1), (min(held.until, within.until), -1)]
    most = now = 0
    for _, change in sorted(changes):  # an end sorts before a start of the same day: periods are half-open
        now += change
        most = max(most, now)
    return most


def exclusions(
    expert: ExpertProfile, request: RequestProfile, gates: Gates | None = None, *, today: date | None = None
) -> tuple[Exclusion, ...]:
    """Every rule that keeps the expert from this request, in a fixed order; empty when eligible.

    ``today`` stands in for the start when the request names none, in the cooling-off rule only.
    """
    on = gates or Gates()
    broken: list[Exclusion] = []
    if on.verified and not expert.verified:
        broken.append(Exclusion("unverified"))
    if on.verified and not expert.active:
        broken.append(Exclusion("inactive"))
    if on.paused and expert.paused:
        broken.append(Exclusion("paused"))
    if on.refused and expert.key in request.former_partners:
        broken.append(Exclusion("refused"))
    broken += _capacity(expert, request) if on.capacity else ()
    broken += _dates(expert, request) if on.dates else ()
    broken += _mode(expert, request) if on.mode else ()
    broken += _region(expert, request) if on.region else ()
    if on.conflicts:
        broken += _conflicts(expert, request, on, today)
    return tuple(broken)


def unchecked(expert: ExpertProfile, request: RequestProfile, gates: Gates | None = None) -> tuple[str, ...]:
    """The rules (keys of ``UNKNOWN_TEXT``) that are on but could not be checked for want of a fact."""
    on = gates or Gates()
    missing = []
    if (on.dates or on.capacity) and request.start_on is None:
        missing.append("dates")
    if on.mode and expert.mode is None and request.mode in (Mode.ONSITE, Mode.REMOTE):
        missing.append("mode")
    if on.region and _must_meet(expert, request) and (not expert.regions or request.region is None):
        missing.append("region")
    return tuple(missing)


def _capacity(expert: ExpertProfile, request: RequestProfile) -> list[Exclusion]:
    span = period_of(request)
    taken = peak(expert.commitments, span) if span else 0
    if taken < expert.capacity:
        return []
    return [Exclusion("capacity", {"capacity": str(expert.capacity), "taken": str(taken)})]


def _dates(expert: ExpertProfile, request: RequestProfile) -> list[Exclusion]:
    span = period_of(request)
    if span is None:
        return []
    broken = []
    if expert.available_from is not None and expert.available_from > span.since:
        facts = {"available_from": expert.available_from.isoformat(), "start_on": span.since.isoformat()}
        broken.append(Exclusion("available_from", facts))
    last_day = span.until - timedelta(days=1)
    if expert.available_until is not None and expert.available_until < last_day:
        facts = {"available_until": expert.available_until.isoformat(), "ends_on": last_day.isoformat()}
        broken.append(Exclusion("available_until", facts))
    return broken


def _mode(expert: ExpertProfile, request: RequestProfile) -> list[Exclusion]:
    if expert.mode is None or request.mode is None or Mode.BOTH in (expert.mode, request.mode):
        return []
    if expert.mode is request.mode:
        return []
    return [Exclusion("mode", {"wanted": MODE_TEXT[request.mode], "offered": MODE_TEXT[expert.mode]})]


def _must_meet(expert: ExpertProfile, request: RequestProfile) -> bool:
    """Whether the two can only work face to face, so that the region matters."""
    return Mode.ONSITE in (expert.mode, request.mode) and Mode.REMOTE not in (expert.mode, request.mode)


def _region(expert: ExpertProfile, request: RequestProfile) -> list[Exclusion]:
    if not _must_meet(expert, request) or request.region is None or not expert.regions:
        return []
    if newest_region(request.region) in map(newest_region, expert.regions):
        return []
    return [Exclusion("region", {"region": request.region})]


def _interests(expert: ExpertProfile) -> list[Interest]:
    """Declared ties, and the employers of the career, which are ties whether declared or not.

    An employer that stands in both counts by the later day of leaving.
    """
    declared = list(expert.interests)
    for career in expert.careers:
        if career.employer:
            declared.append(Interest(InterestKind.EMPLOYER, career.employer, None, career.until))
    return declared


def _conflicts(
    expert: ExpertProfile, request: RequestProfile, gates: Gates, today: date | None
) -> list[Exclusion]:
    firm = Relation(RelationKind.SELF, request.company_name, request.company_brn or None)
    start = request.start_on or today
    found: dict[tuple[str, str, RelationKind], Exclusion] = {}
    for tie in _interests(expert):
        for relation in (firm, *request.relations):
            if not same_organisation(tie.organisation, tie.brn, relation.organisation, relation.brn):
                continue
            if not _stands(tie, relation, start, gates):
                continue
            facts = {
                "organisation": relation.organisation,
                "relation": RELATION_TEXT[relation.kind],
                "months": str(gates.cooling_off_months),
            }
            key = (tie.kind.value, organisation_name(relation.organisation), relation.kind)
            found.setdefault(key, Exclusion(tie.kind.value, facts))
    return list(found.values())


def _stands(tie: Interest, relation: Relation, start: date | None, gates: Gates) -> bool:
    if f"{tie.kind.value}:{relation.kind.value}" not in gates.ties:
        return False
    if tie.kind is not InterestKind.EMPLOYER or tie.until is None or start is None:
        return True
    return start < months_after(tie.until, gates.cooling_off_months)
