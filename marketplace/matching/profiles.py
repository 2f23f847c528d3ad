"""What the ranker and the assignment know of an expert and of a request: plain values, no database, no web.

Whatever builds these (a spreadsheet row, a database row, a test) decides what is known; ``None`` always
means *unknown* and is shown as unknown, never as a good or a bad score.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Mode(StrEnum):
    """How an expert works with a firm."""

    ONSITE = "onsite"
    REMOTE = "remote"
    BOTH = "both"


class InterestKind(StrEnum):
    """Why an expert may not be free to advise a firm."""

    EMPLOYER = "employer"  # worked there; ``until`` is the day of leaving
    SHARES = "shares"  # holds shares in it
    KIN = "kin"  # a relative owns or manages it
    VENDOR = "vendor"  # paid by, or tied to, this supplier of solutions


class RelationKind(StrEnum):
    """What another organisation is to the firm that asks."""

    SELF = "self"  # the firm itself
    CUSTOMER = "customer"
    COMPETITOR = "competitor"
    CONTRIBUTOR = "contributor"  # the large company that pays into the programme
    VENDOR = "vendor"  # a supplier of solutions that the firm considers


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill of an expert.

    ``term`` is a taxonomy id, or None when the words are the expert's own and the taxonomy lacks them.
    ``level`` 1 이해, 2 수행, 3 주도, 4 지도. ``years`` of use. ``last_used`` is a calendar year.
    """

    term: str | None
    words: str
    level: int | None = None
    years: int | None = None
    last_used: int | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Career:
    """One position held; ``text`` says what was done there. Open-ended when ``until`` is None."""

    employer: str
    title: str
    since: date | None
    until: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Interest:
    """A declared tie of an expert to an organisation (see ``InterestKind``)."""

    kind: InterestKind
    organisation: str
    brn: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open span of days: ``since`` counts, ``until`` does not."""

    since: date
    until: date

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        return self.until - timedelta(days=1)

    def overlaps(self, other: Period) -> bool:
        return self.since < other.until and other.since < self.until


@dataclass(frozen=True, slots=True)
class ExpertProfile:
    """An expert as the ranker sees one.

    ``entries`` are the texts that count one by one (a career, a project, a paper).
    ``industries`` are KSIC divisions such as ``C26``; ``regions`` codes of 시도 such as ``48``.
    ``commitments`` are the periods in which one place of ``capacity`` is already held.
    ``firm_sizes`` are the classes of firm worked with (micro, small, medium, midsize, large);
    ``small_firm_projects`` counts earlier jobs in firms of fewer than 300 people.
    """

    key: str
    name: str = ""
    headline: str = ""
    entries: tuple[str, ...] = ()
    careers: tuple[Career, ...] = ()
    skills: tuple[Skill, ...] = ()
    years: int | None = None
    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    mode: Mode | None = None
    firm_sizes: frozenset[str] | None = None
    small_firm_projects: int | None = None
    verified: bool = True
    active: bool = True  # has an account in use, so that an offer can be answered
    paused: bool = False
    available_from: date | None = None
    available_until: date | None = None
    capacity: int = 1
    days_per_week: int | None = None
    commitments: tuple[Period, ...] = ()
    interests: tuple[Interest, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """One need of a request. ``priority`` 1 희망, 2 중요, 3 필수.

    ``term`` is None for words that the taxonomy lacks.
    """

    term: str | None
    words: str
    priority: int = 2


@dataclass(frozen=True, slots=True)
class Relation:
    """Another organisation that matters for conflicts of interest (see ``RelationKind``)."""

    kind: RelationKind
    organisation: str
    brn: str | None = None


@dataclass(frozen=True, slots=True)
class RequestProfile:
    """A request as the ranker sees one.

    ``level`` is 미적용, 기초, 중간1, 중간2 or 고도; ``employees`` a head count.
    """

    key: str
    company_name: str = ""
    company_brn: str = ""
    industry: str | None = None
    region: str | None = None
    employees: int | None = None
    level: str | None = None
    title: str = ""
    problem: str = ""
    needs: tuple[Need, ...] = ()
    months: int = 3
    start_on: date | None = None
    mode: Mode | None = None
    relations: tuple[Relation, ...] = field(default=())
    former_partners: tuple[str, ...] = ()  # keys of experts this firm asked not to be paired with again
