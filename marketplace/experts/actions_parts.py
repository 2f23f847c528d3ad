"""What experts do with the careers, skills and interests of their own profile, one at a time.

``version`` is the version of the profile that the actor saw; when the profile has moved on since, nothing is
saved. Careers and interests are verified facts: changing them sends a verified profile back to be verified.
A skill that says more than staff confirmed is unconfirmed again, and the profile stays verified.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.experts.changing import finish, own_profile, part_of
from marketplace.experts.models import CareerEntry, ExpertInterest, ExpertSkill
from marketplace.taxonomy.actions import current_vocabulary
from marketplace.taxonomy.vocabulary import compact


def save_career(
    *,
    career: CareerEntry | None,
    employer: str,
    employer_brn: str | None,
    title: str,
    since: date,
    until: date | None,
    text: str | None,
    today: date,
    version: int | None,
    by: Any,
) -> None:
    """The expert adds a position that he or she held, or corrects one."""
    require(by, Permission.EDIT_PROFILE, career.expert if career else None)
    with recorded(by, Event.PROFILE_SAVED, part="careers") as record:
        expert = own_profile(by, record, version)
        if since > today:
            raise RuleBroken(N_("오늘이나 그 전의 날짜를 입력해 주십시오."), field="since")
        if until and until > today:
            raise RuleBroken(
                N_("아직 재직 중이면 퇴직일을 비워 두십시오. 퇴직한 뒤에 입력합니다."), field="until"
            )
        if until and until < since:
            raise RuleBroken(
                N_("퇴직일은 입사일과 같거나 뒤여야 합니다. 두 날짜를 확인해 주십시오."), field="until"
            )
        entry = part_of(expert.careers, career.id) if career else CareerEntry()
        entry.employer, entry.employer_brn, entry.title = employer, employer_brn, title
        entry.since, entry.until, entry.text = since, until, text or ""
        if not career:
            expert.careers.append(entry)
        record.facts |= {"change": "edited" if career else "added", "what": f"{employer} {title}"}
        finish(expert, record, verified_fact=True)


def remove_career(*, career: CareerEntry, by: Any) -> None:
    """The expert takes a position out of the profile."""
    require(by, Permission.EDIT_PROFILE, career.expert)
    with recorded(by, Event.PROFILE_SAVED, part="careers", change="removed") as record:
        expert = own_profile(by, record)
        entry = part_of(expert.careers, career.id)
        record.facts["what"] = f"{entry.employer} {entry.title}"
        expert.careers.remove(entry)
        finish(expert, record, verified_fact=True)


def save_skill(
    *,
    skill: ExpertSkill | None,
    term: str | None,
    words: str | None,
    level: int,
    years: int | None,
    last_used: int | None,
    evidence: str | None,
    version: int | None,
    by: Any,
) -> None:
    """The expert adds a skill or corrects one; words that the taxonomy does not know are kept as they are."""
    require(by, Permission.EDIT_PROFILE, skill.expert if skill else None)
    with recorded(by, Event.PROFILE_SAVED, part="skills") as record:
        expert = own_profile(by, record, version)
        term, words = _meant(term, words)
        for other in expert.skills:
            same = (term is not None and other.term == term) or compact(other.words) == compact(words)
            if same and (skill is None or other.id != skill.id):
                raise RuleBroken(
                    N_("‘%(words)s’은(는) 이미 등록한 기술입니다. 그 기술을 열어 고쳐 주십시오."),
                    field="words",
                    words=other.words,
                )
        entry = part_of(expert.skills, skill.id) if skill else ExpertSkill()
        confirmed = entry.verified_at is not None
        entry.state_again(words=words, term=term, level=level, years=years, evidence=evidence)
        entry.last_used = last_used
        if not skill:
            expert.skills.append(entry)
        record.facts |= {"change": "edited" if skill else "added", "what": words, "term": term}
        if confirmed and entry.verified_at is None:
            record.facts["to_be_verified_again"] = True
        finish(expert, record)


def remove_skill(*, skill: ExpertSkill, by: Any) -> None:
    """The expert takes a skill out of the profile."""
    require(by, Permission.EDIT_PROFILE, skill.expert)
    with recorded(by, Event.PROFILE_SAVED, part="skills", change="removed") as record:
        expert = own_profile(by, record)
        entry = part_of(expert.skills, skill.id)
        record.facts["what"] = entry.words
        expert.skills.remove(entry)
        finish(expert, record)


def save_interest(
    *,
    interest: ExpertInterest | None,
    kind: str,
    organisation: str,
    brn: str | None,
    until: date | None,
    note: str | None,
    version: int | None,
    by: Any,
) -> None:
    """The expert declares a tie to an organisation, or corrects one; having none no longer stands."""
    require(by, Permission.EDIT_PROFILE, interest.expert if interest else None)
    with recorded(by, Event.PROFILE_SAVED, part="interests") as record:
        expert = own_profile(by, record, version)
        entry = part_of(expert.interests, interest.id) if interest else ExpertInterest()
        entry.kind, entry.organisation, entry.brn = kind, organisation, brn
        entry.until, entry.note = until, note
        if not interest:
            expert.interests.append(entry)
        expert.no_interests_declared = False
        record.facts |= {"change": "edited" if interest else "added", "kind": kind, "what": organisation}
        finish(expert, record, verified_fact=True)


def remove_interest(*, interest: ExpertInterest, by: Any) -> None:
    """The expert takes a declared tie back."""
    require(by, Permission.EDIT_PROFILE, interest.expert)
    with recorded(by, Event.PROFILE_SAVED, part="interests", change="removed") as record:
        expert = own_profile(by, record)
        entry = part_of(expert.interests, interest.id)
        record.facts["what"] = entry.organisation
        expert.interests.remove(entry)
        finish(expert, record, verified_fact=True)


def declare_interests(*, none: bool, version: int | None, by: Any) -> None:
    """The expert declares to have no ties beyond the former employers, or takes that back."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.PROFILE_SAVED, part="interests", none=none) as record:
        expert = own_profile(by, record, version)
        if none and expert.interests:
            raise RuleBroken(
                N_("신고한 이해관계가 있습니다. 사실과 다르면 그 항목을 먼저 삭제해 주십시오."), field="none"
            )
        expert.no_interests_declared = none
        finish(expert, record, verified_fact=True)


def _meant(term: str | None, words: str | None) -> tuple[str | None, str]:
    """The taxonomy id and the words for what was chosen or typed; the id is None for unknown words."""
    vocabulary = current_vocabulary()
    if term:
        if term not in vocabulary.terms:
            raise RuleBroken(N_("목록에 있는 기술을 골라 주십시오."), field="term")
        current = vocabulary.current(term)
        return current, words or vocabulary.terms[current].ko
    if not words or not compact(words):
        raise RuleBroken(N_("기술의 이름을 적거나 목록에서 골라 주십시오."), field="words")
    several = vocabulary.alternatives(words)
    if len(several) > 1:
        raise RuleBroken(
            N_("‘%(words)s’은(는) 뜻이 여럿입니다. 다음 가운데 하나로 적어 주십시오: %(names)s"),
            field="words",
            words=words,
            names=", ".join(vocabulary.terms[code].ko for code in several),
        )
    return (several[0] if several else None), words
