"""Features that do not come from word statistics: industry, region, small-factory fit, skills by term."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from marketplace.codes.book import newest_region
from marketplace.matching.profiles import ExpertProfile, Mode, RequestProfile

#: Manufacturing divisions (KSIC) whose plants share materials, machines or customers.
_FAMILIES: tuple[frozenset[str], ...] = tuple(
    frozenset(codes.split())
    for codes in (
        "C10 C11 C12",  # food, drink, tobacco
        "C13 C14 C15",  # textile, apparel, leather
        "C16 C17 C18 C32",  # wood, paper, printing, furniture
        "C19 C20 C21 C22",  # refining, chemicals, medicines, rubber and plastic
        "C20 C21 C10",  # batch processes under hygiene rules
        "C23 C24",  # furnaces: ceramics, basic metal
        "C24 C25",  # metal and what is made of it
        "C25 C28 C29 C30 C31 C34",  # parts, machines, vehicles and their repair
        "C22 C30",  # plastic parts for cars
        "C26 C27 C28",  # electronics, instruments and medical, electrical
        "C33 C32",  # other goods
    )
)

NEIGHBOUR = 0.5

#: What experience in small plants sounds like, and what shows that the world was another one.
_SMALL = re.compile(
    r"중소(?:기업|업체|제조)|소기업|소규모|영세|작은\s*(?:공장|회사|업체)|협력사|협력업체|하청|뿌리\s*(?:기업|산업|업체)"
    r"|(?:[1-9]\d?|1\d\d|2\d\d)\s*(?:명|인|여\s*명)\s*(?:짜리|규모|남짓|되는|안팎|미만|이하|공장|업체|회사)"
    r"|(?:공장|업체|회사|기업)\s*(?:\d+|[한두세네]|다섯|여섯|일곱|여덟|아홉|열|스무|서른)\s*여?\s*(?:곳|군데)"
    r"|수기|엑셀|종이\s*(?:일지|장부|기록)|small (?:firm|plant|compan|factor)|supplier development|\bsmes?\b"
)
_LARGE_ONLY = re.compile(
    r"완전\s*자동|무인\s*(?:공장|라인)|수(?:백|천)억|[1-9]\d{2,}\s*억|(?:해외|글로벌)\s*법인|본사\s*(?:기획|전략)"
    r"|그룹\s*(?:전사|차원|총괄)|전사\s*(?:표준|전략|총괄)|대규모"
)

#: What a skill at level 1 이해, 2 수행, 3 주도, 4 지도 is worth for a need.
LEVEL_WORTH: Mapping[int, float] = {1: 0.55, 2: 0.7, 3: 0.85, 4: 1.0}
NAMED_IN_TEXT = 0.6  # a term that a career names, though no skill is declared
AMBIGUOUS_NAME = 0.3

_SMALL_CLASSES = frozenset({"micro", "small", "medium"})


@lru_cache(maxsize=256)
def neighbours(division: str) -> frozenset[str]:
    """The divisions that count half for ``division`` (itself left out)."""
    return frozenset().union(*(family for family in _FAMILIES if division in family)) - {division}


def industry_fit(division: str | None, known: Iterable[str]) -> float | None:
    """1 for the same division, .5 for a neighbour, else 0; None when either side is unknown.

    What an expert did outside manufacturing (section C) tells nothing of the plants he knows.
    """
    codes = {code for code in known if code.startswith("C")}
    if division is None or not codes:
        return None
    return 1.0 if division in codes else NEIGHBOUR if codes & neighbours(division) else 0.0


def region_fit(expert: ExpertProfile, request: RequestProfile) -> float | None:
    """1 in the firm's province, .6 when the work can be done from afar, else 0; None when unknown."""
    if request.region is not None and newest_region(request.region) in map(newest_region, expert.regions):
        return 1.0
    if Mode.REMOTE in (expert.mode, request.mode):
        return 0.6
    if request.region is None or not expert.regions:
        return None
    return 0.0


#: Where a term belongs on the way of building a smart factory: 1 order and first records, 2 machines counted by
#: machines and systems, 3 control, forecast and optimisation. Terms of a trade belong to no stage.
_STAGES: Mapping[str, float] = {
    term: stage
    for stage, terms in (
        (
            1.0,
            "PRD-01 PRD-02 PRD-03 PRD-04 PRD-06 PRD-07 PRD-08 PRD-09 PRD-11 EQP-01 EQP-02 EQP-04 QUA-01 QUA-04 QUA-10",
        ),
        (
            1.0,
            "QUA-11 QUA-12 SCM-01 SCM-02 SCM-04 SCM-06 SCM-07 SYS-02 STR-02 STR-03 STR-08 AUT-07 DAT-10 BIZ-01",
        ),
        (
            2.0,
            "SYS-01 SYS-03 SYS-04 SYS-05 SYS-07 SYS-08 SYS-10 SYS-13 AUT-01 AUT-02 AUT-05 AUT-08 AUT-09 DAT-01",
        ),
        (2.0, "DAT-02 DAT-06 QUA-02 PRD-05 EQP-03"),
        (3.0, "SYS-06 SYS-09 AUT-03 AUT-04 AUT-06 AUT-11 DAT-03 DAT-04 DAT-05 DAT-07 DAT-08 DAT-09 STR-10"),
    )
    for term in terms.split()
}
#: The stage that a firm of each level has before it.
_LEVEL_STAGE: Mapping[str, float] = {"미적용": 1.0, "기초": 1.5, "중간1": 2.0, "중간2": 2.5, "고도": 3.0}


def stage_of(terms: Iterable[str]) -> float | None:
    """The mean stage of the terms that an expert holds, to the nearest quarter; None when none has a stage."""
    stages = [_STAGES[term] for term in terms if term in _STAGES]
    return round(4 * sum(stages) / len(stages)) / 4 if stages else None


def level_fit(level: str | None, stage: float | None) -> float | None:
    """1 where the expert's terms belong to the stage that the firm has before it, less by half for each stage
    between; None when either side is unknown."""
    before = _LEVEL_STAGE.get(level or "")
    if before is None or stage is None:
        return None
    return max(0.0, 1 - abs(before - stage) / 2)


def small_plant_fit(expert: ExpertProfile, texts: Iterable[str]) -> float | None:
    """Experience with firms of fewer than 300 people: what is declared, else what the texts tell.

    Declared projects count .5 for the first and reach 1 at five. In texts each kind of sign counts once;
    None when nothing is declared and the texts are silent.
    """
    if expert.small_firm_projects is not None:
        projects = expert.small_firm_projects
        return 0.0 if projects <= 0 else min(1.0, 0.4 + 0.12 * projects)
    if expert.firm_sizes is not None:
        return min(1.0, len(expert.firm_sizes & _SMALL_CLASSES) / 2)
    joined = "\n".join(texts).lower()
    small = len({m.group() for m in _SMALL.finditer(joined)})
    large = len({m.group() for m in _LARGE_ONLY.finditer(joined)})
    if not small and not large:
        return None
    return 0.0 if not small else min(1.0, max(0.0, 0.6 + 0.2 * small - 0.2 * large))
