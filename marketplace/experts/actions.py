"""What experts do with their own profile. Each change is one entry in the record and moves ``changed_at``.

Every action here works on the actor's own profile and makes it when there is none yet. ``version`` is the
version of the profile that the actor saw; when the profile has moved on since, nothing is saved.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.audit import Record, recorded
from marketplace.database import db
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event
from marketplace.experts.models import CareerEntry, Expert, ExpertInterest, ExpertSkill, ExpertState
from marketplace.notifications import tell
from marketplace.taxonomy.actions import current_vocabulary
from marketplace.taxonomy.vocabulary import compact


def save_basics(
    *, headline: str | None, bio: str | None, years: int | None, version: int | None, by: Any
) -> None:
    """The expert says in a few words who he or she is."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.PROFILE_SAVED, part="basics") as record:
        expert = _own(by, record, version)
        expert.headline, expert.bio, expert.years = headline, bio, years
        _finish(expert, record)


def save_fields(
    *,
    industries: list[str],
    regions: list[str],
    mode: str | None,
    firm_sizes: list[str],
    small_firm_projects: int | None,
    version: int | None,
    by: Any,
) -> None:
    """The expert names the industries, regions and sizes of firm to work with."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.PROFILE_SAVED, part="fields") as record:
        expert = _own(by, record, version)
        expert.industries, expert.regions, expert.mode = industries, regions, mode
        expert.firm_sizes, expert.small_firm_projects = firm_sizes, small_firm_projects
        _finish(expert, record)


def save_availability(
    *,
    available_from: date | None,
    available_until: date | None,
    capacity: int,
    days_per_week: int,
    version: int | None,
    by: Any,
) -> None:
    """The expert says from when until when, and how much, he or she can work."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.PROFILE_SAVED, part="availability") as record:
        expert = _own(by, record, version)
        if available_from and available_until and available_until < available_from:
            raise RuleBroken(N_("시작일과 같거나 뒤의 날짜를 입력해 주십시오."), field="available_until")
        expert.available_from, expert.available_until = available_from, available_until
        expert.capacity, expert.days_per_week = capacity, days_per_week
        _finish(expert, record)


def pause(*, reason: str, by: Any) -> None:
    """The expert takes no new work for the time being and says why."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.EXPERT_PAUSED, reason=reason) as record:
        _own(by, record).pause(reason)


def resume(*, by: Any) -> None:
    """The expert takes work again."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.EXPERT_RESUMED) as record:
        _own(by, record).resume()


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
        expert = _own(by, record, version)
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
        entry = _item(expert.careers, career.id) if career else CareerEntry()
        entry.employer, entry.employer_brn, entry.title = employer, employer_brn, title
        entry.since, entry.until, entry.text = since, until, text or ""
        if not career:
            expert.careers.append(entry)
        record.facts |= {"change": "edited" if career else "added", "what": f"{employer} {title}"}
        _finish(expert, record, verified_fact=True)


def remove_career(*, career: CareerEntry, by: Any) -> None:
    """The expert takes a position out of the profile."""
    require(by, Permission.EDIT_PROFILE, career.expert)
    with recorded(by, Event.PROFILE_SAVED, part="careers", change="removed") as record:
        expert = _own(by, record)
        entry = _item(expert.careers, career.id)
        record.facts["what"] = f"{entry.employer} {entry.title}"
        expert.careers.remove(entry)
        _finish(expert, record, verified_fact=True)


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
        expert = _own(by, record, version)
        term, words = _meant(term, words)
        for other in expert.skills:
            same = (term is not None and other.term == term) or compact(other.words) == compact(words)
            if same and (skill is None or other.id != skill.id):
                raise RuleBroken(
                    N_("‘%(words)s’은(는) 이미 등록한 기술입니다. 그 기술을 열어 고쳐 주십시오."),
                    field="words",
                    words=other.words,
                )
        entry = _item(expert.skills, skill.id) if skill else ExpertSkill()
        entry.term, entry.words, entry.level = term, words, level
        entry.years, entry.last_used, entry.evidence = years, last_used, evidence
        if not skill:
            expert.skills.append(entry)
        record.facts |= {"change": "edited" if skill else "added", "what": words, "term": term}
        _finish(expert, record)


def remove_skill(*, skill: ExpertSkill, by: Any) -> None:
    """The expert takes a skill out of the profile."""
    require(by, Permission.EDIT_PROFILE, skill.expert)
    with recorded(by, Event.PROFILE_SAVED, part="skills", change="removed") as record:
        expert = _own(by, record)
        entry = _item(expert.skills, skill.id)
        record.facts["what"] = entry.words
        expert.skills.remove(entry)
        _finish(expert, record)


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
        expert = _own(by, record, version)
        entry = _item(expert.interests, interest.id) if interest else ExpertInterest()
        entry.kind, entry.organisation, entry.brn = kind, organisation, brn
        entry.until, entry.note = until, note
        if not interest:
            expert.interests.append(entry)
        expert.no_interests_declared = False
        record.facts |= {"change": "edited" if interest else "added", "kind": kind, "what": organisation}
        _finish(expert, record, verified_fact=True)


def remove_interest(*, interest: ExpertInterest, by: Any) -> None:
    """The expert takes a declared tie back."""
    require(by, Permission.EDIT_PROFILE, interest.expert)
    with recorded(by, Event.PROFILE_SAVED, part="interests", change="removed") as record:
        expert = _own(by, record)
        entry = _item(expert.interests, interest.id)
        record.facts["what"] = entry.organisation
        expert.interests.remove(entry)
        _finish(expert, record, verified_fact=True)


def declare_interests(*, none: bool, version: int | None, by: Any) -> None:
    """The expert declares to have no ties beyond the former employers, or takes that back."""
    require(by, Permission.EDIT_PROFILE)
    with recorded(by, Event.PROFILE_SAVED, part="interests", none=none) as record:
        expert = _own(by, record, version)
        if none and expert.interests:
            raise RuleBroken(
                N_("신고한 이해관계가 있습니다. 사실과 다르면 그 항목을 먼저 삭제해 주십시오."), field="none"
            )
        expert.no_interests_declared = none
        _finish(expert, record, verified_fact=True)


def _own(by: Any, record: Record, version: int | None = None) -> Expert:
    """The actor's profile, locked until the end of the transaction; a new one when there is none yet.

    RuleBroken (conflict) when ``version`` is given and another change came first.
    """
    query = select(Expert).where(Expert.user_id == by.id).with_for_update(of=Expert)
    expert = db.session.scalar(query.execution_options(populate_existing=True))
    if version is not None and version != (expert.version if expert else 0):
        raise RuleBroken(
            N_(
                "그 사이에 다른 화면에서 프로필이 바뀌었습니다. 입력하신 내용은 아래에 그대로 있습니다. "
                "확인하신 뒤 다시 저장하면 이 내용으로 바뀝니다."
            ),
            conflict=True,
        )
    if expert is None:
        expert = Expert.blank(by)
        db.session.add(expert)
    record.thing = expert
    return expert


def _item(items: list[Any], item_id: int) -> Any:
    """The part with this id among the parts of the profile; NotFound when it is gone."""
    for item in items:
        if item.id == item_id:
            return item
    raise NotFound(item_id)


def _finish(expert: Expert, record: Record, *, verified_fact: bool = False) -> None:
    """Note that the profile changed; nothing happened when everything is as it was."""
    session = db.session
    if not (session.new or session.deleted or any(map(session.is_modified, session.dirty))):
        record.cancel()
        return
    expert.touch()
    if verified_fact and expert.state == ExpertState.VERIFIED:
        expert.change_verified()
        record.facts["to_be_verified_again"] = True
        tell(
            expert.user,
            Event.PROFILE_SUBMITTED,
            N_("확인된 내용이 바뀌어 운영기관의 확인을 다시 받습니다."),
            "/expert",
            body=N_(
                "경력이나 이해관계가 바뀌었습니다. 운영기관이 확인을 마칠 때까지 "
                "새로운 제안을 받지 않습니다. 이미 진행 중인 자문은 계속됩니다."
            ),
        )
    else:
        expert.state = expert.next_state("save")


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
