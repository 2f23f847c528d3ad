"""Cases, candidates and their reasons as the pages show them, in the reader's language.

Everything that is said of a score comes from the explanation that was stored with the candidate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g
from flask_babel import gettext

from marketplace.companies.models import MODES, PRIORITIES, RELATION_LABELS, RelationToFirm
from marketplace.errors import N_
from marketplace.experts import frame
from marketplace.experts.labels import Labels, without_contacts
from marketplace.experts.models import SKILL_LEVELS, Expert
from marketplace.matching.checks import told
from marketplace.matching.explanation import PART_TEXT
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.periods import coming_period
from marketplace.matching.profiles import Period
from marketplace.matching.rows import relations_of
from marketplace.matching.rules import UNKNOWN_TEXT, peak
from marketplace.matching.second import Pairing
from marketplace.matching.states import (
    CANDIDATE_LABELS,
    HOLDER,
    STATE_LABELS,
    TONES,
    CandidateState,
    CaseState,
)
from marketplace.web.page import said

CANDIDATE_TONES = {
    CandidateState.LISTED: "information",
    CandidateState.OFFERED: "primary",
    CandidateState.ACCEPTED: "success",
    CandidateState.DECLINED: "warning",
    CandidateState.EXPIRED: "warning",
    CandidateState.REFUSED: "danger",
    CandidateState.REJECTED: "danger",
    CandidateState.LAPSED: "gray",
}
#: From how many points on a score is called what, and the tone of its badge; a reading aid, no rule.
#: The points are those of the page, rounded to whole ones, so that number and word never disagree.
BANDS = (
    (80, N_("매우 적합"), "success"),
    (60, N_("적합"), "primary"),
    (40, N_("부분 적합"), "warning"),
    (0, N_("낮음"), "gray"),
)
CHANGES = {
    "kept": N_("변동 없음"),
    "added": N_("매칭 시작 후 추가됨"),
    "removed": N_("매칭 시작 후 삭제됨"),
}
SOURCES = {"ranking": N_("추천"), "firm": N_("기업이 직접 지정"), "override": N_("운영기관 예외 제안")}


def _names() -> Labels:
    """The names of codes, read once for a page, however many candidates it shows."""
    if "names_of_codes" not in g:
        g.names_of_codes = frame.labels()
    found: Labels = g.names_of_codes
    return found


def _term(code: str | None, words: str) -> str:
    """A term's name in the reader's language; the words as written when there is no term."""
    return _names().term(code) if code else words


def case_badge(state: str) -> tuple[str, str]:
    """The name of a case's state and the tone of its badge."""
    return gettext(STATE_LABELS[CaseState(state)]), TONES[CaseState(state)]


def band(points: float | None) -> tuple[str, str] | None:
    """What a score of 0 to 100 points is called, and the tone of its badge; None without a score."""
    if points is None:
        return None
    shown = float(f"{points:.0f}")
    return next((gettext(label), tone) for least, label, tone in BANDS if shown >= least)


def bands() -> list[tuple[str, str, str]]:
    """The words for scores with what each stands for, as tone, word and range."""
    above = [least for least, _label, _tone in BANDS]
    ranges = [gettext("%(least)d점 이상", least=least) for least in above[:-1]]
    ranges.append(gettext("%(least)d점 미만", least=above[-2]))
    return [(tone, gettext(label), said) for (_least, label, tone), said in zip(BANDS, ranges, strict=True)]


def candidate_badge(state: str) -> tuple[str, str]:
    """The name of a candidate's state and the tone of its badge."""
    return gettext(CANDIDATE_LABELS[CandidateState(state)]), CANDIDATE_TONES[CandidateState(state)]


def holder(case: MatchCase) -> str | None:
    """Who has to act now, in words."""
    label = HOLDER.get(CaseState(case.state))
    return gettext(label) if label else None


def changed_relations(case: MatchCase) -> list[tuple[str, str, str]]:
    """What the firm added to, or took from, its relations since the case opened: name, kind, which of the two."""
    return [
        (row["name"], gettext(RELATION_LABELS[RelationToFirm(row["kind"])]), change_badge(change)[0])
        for row, change in relations_of(case)
        if change != "kept"
    ]


def change_badge(change: str) -> tuple[str, str]:
    """What became of a relation since the case opened, and the tone of its badge."""
    return gettext(CHANGES[change]), "gray" if change == "kept" else "warning"


def source(candidate: Candidate) -> str:
    """Where the candidate came from, in words."""
    return str(gettext(SOURCES[candidate.source]))


def parts(explanation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of a score for the chart; they add up to the score.

    A part that the profile leaves unknown counts as the mean of the others and is named as such.
    """
    rows = []
    for code, part in explanation.get("parts", {}).items():
        unknown = part["value"] is None
        words = None
        if unknown:
            words = gettext(
                "프로필에 근거가 없어 다른 전문가의 평균인 %(points)s점으로 계산했습니다.",
                points=f"{part['points']:.2f}",
            )
        elif part["because"]:
            words = gettext("근거가 된 말: %(words)s", words=", ".join(part["because"]))
        rows.append(
            {
                "code": code,
                "label": gettext(PART_TEXT[code]),
                "points": None if unknown else part["points"],
                "counted": part["points"],
                "maximum": round(part["weight"] * 100, 2),
                "words": words,
            }
        )
    return rows


def needs(explanation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Per need that the firm stated: covered by which skill or career with which evidence, or not."""
    return [_need(need) for need in explanation.get("needs", []) if need["priority"] in PRIORITIES]


def pairing(found: Pairing) -> dict[str, Any]:
    """A first and a second expert with the needs that each leaves or adds, in words."""
    return {
        "first": found.first.expert.name,
        "second": found.second.expert.name if found.second is not None else None,
        **{
            name: ", ".join(_term(need["term"], need["need"]) for need in getattr(found, name))
            for name in ("left", "covered", "still")
        },
    }


def read_needs(explanation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Fields that the firm did not state but that its problem points to, those that the expert covers.

    The others are left out: nobody asked for them, so they speak against no one.
    """
    found = explanation.get("needs", [])
    return [_need(need) for need in found if need["priority"] not in PRIORITIES and need["covered"]]


def _need(need: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": _term(need["term"], need["need"]),
        "importance": gettext(PRIORITIES[need["priority"]]) if need["priority"] in PRIORITIES else None,
        "status": "covered" if need["covered"] else "uncovered",
        "evidence": _evidence(need),
    }


def _evidence(need: Mapping[str, Any]) -> str:
    if not need["covered"]:
        return str(gettext("프로필에서 해당하는 경력이나 기술을 찾지 못했습니다."))
    said = []
    if need["kind"] == "skill":
        said.append(gettext("보유기술 %(name)s", name=_term(need["term"], need["covered_by"])))
        if need["level"] in SKILL_LEVELS:
            said.append(gettext(SKILL_LEVELS[need["level"]]))
        if need["years"]:
            said.append(gettext("%(years)d년", years=need["years"]))
        if need["last_used"]:
            said.append(gettext("%(year)d년까지 사용", year=need["last_used"]))
    else:
        said.append(gettext("경력 내용"))
    words = " · ".join(said)
    quoted = without_contacts(need["evidence"])
    return f"{words}: “{quoted}”" if quoted else words


def card(
    candidate: Candidate, case: MatchCase, held: Sequence[Period] = (), url: str | None = None
) -> dict[str, Any]:
    """A candidate for the card and the comparison; ``held`` are the periods of the places taken."""
    expert, explanation = candidate.expert, candidate.explanation
    return {
        "id": candidate.id,
        "name": expert.name,
        "headline": without_contacts(expert.headline),
        "score": candidate.score_points,
        "band": band(candidate.score_points),
        "parts": parts(explanation),
        "needs": needs(explanation),
        "read": read_needs(explanation),
        "url": url,
        "small_factory": small_factory(expert) or gettext("근거 부족"),
        "distance": reach(expert, case) or gettext("근거 부족"),
        "open_places": max(0, expert.capacity - peak(held, coming_period(case))),
        "facts": unknown_rules(explanation),
        "note": None if candidate.source == "ranking" else source(candidate),
        "badge": candidate_badge(candidate.state),
        "rank": candidate.rank,
        "preference": candidate.preference,
    }


def ranked_card(
    row: Mapping[str, Any], expert: Expert, case: MatchCase, held: Sequence[Period]
) -> dict[str, Any]:
    """A place of a ranking for the operator's page."""
    return {
        "expert_id": expert.id,
        "rank": row["rank"],
        "name": expert.name,
        "headline": without_contacts(expert.headline),
        "score": row["score"],
        "band": band(row["score"]),
        "parts": parts(row),
        "needs": needs(row),
        "read": read_needs(row),
        "small_factory": small_factory(expert) or gettext("근거 부족"),
        "distance": reach(expert, case) or gettext("근거 부족"),
        "open_places": max(0, expert.capacity - peak(held, coming_period(case))),
        "facts": unknown_rules(row),
    }


def unknown_rules(explanation: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rules that could not be checked for want of a fact, as pairs for a list of facts."""
    return [(gettext("확인 필요"), gettext(UNKNOWN_TEXT[rule])) for rule in explanation.get("unknown", [])]


def small_factory(expert: Expert) -> str | None:
    """The expert's experience in small plants in words; None when the profile does not tell."""
    said: str | None = None
    if expert.small_firm_projects:
        said = gettext("300명 미만 기업 지도 %(count)d건", count=expert.small_firm_projects)
    elif {"micro", "small", "medium"} & set(expert.firm_sizes):
        said = gettext("중소기업 현장 경험이 있습니다.")
    elif expert.firm_sizes:
        said = gettext("중소기업 현장 경험이 적혀 있지 않습니다.")
    return said


def reach(expert: Expert, case: MatchCase) -> str | None:
    """Whether the expert works where the firm is, in words; None when either is unknown."""
    region = case.request.region or case.request.company.region
    if region is None or not expert.regions:
        return None
    names = _names()
    mode = gettext(MODES[expert.mode]) if expert.mode in MODES else gettext("방식 미확인")
    near = region in {names.region_today(code) for code in expert.regions} | set(expert.regions)
    said: str = (
        gettext(
            "기업과 같은 지역에서 활동합니다. (%(region)s, %(mode)s)", region=names.region(region), mode=mode
        )
        if near
        else gettext("활동지역 %(regions)s, %(mode)s", regions=names.region_names(expert.regions), mode=mode)
    )
    return said


def exclusion(reason: Mapping[str, Any]) -> str:
    """The sentence of a broken rule in the reader's language, from what was stored of it."""
    broken = told(reason["rule"], reason["facts"], _names().region)
    return said(broken.sentence, broken.facts)
