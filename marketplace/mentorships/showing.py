"""What the pages show of a mentorship, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext

from marketplace.civil import day_of, is_working_day
from marketplace.companies.choices import in_english, kpi_names
from marketplace.errors import N_
from marketplace.ledger.queries import set_aside
from marketplace.mentorships.content import WITHHOLDING, per_cent, plain, rules, texts_in
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.states import HOLDER, PARTY_LABELS, STATE_LABELS, MentorshipState, Party
from marketplace.mentorships.wording import name_of
from marketplace.web.setup import day, won

__all__ = ["rules"]  # for the templates
S = MentorshipState
TONES = {  # of the badge
    S.DRAFTING: "gray",
    S.SIGNING: "information",
    S.RUNNING: "success",
    S.PAUSED: "warning",
    S.REPORTING: "information",
    S.CHECKING: "primary",
    S.SETTLING: "primary",
    S.CLOSED: "gray",
    S.STOPPED: "danger",
}
SOURCES = {
    "government": N_("정부지원금"),
    "sponsor": N_("출연금"),
    "local": N_("지자체 지원금"),
    "firm": N_("기업부담금"),
}
NEXT = {  # what comes next in a state
    S.DRAFTING: N_("과제, 목표, 방문 계획을 적고 운영기관이 서명을 요청합니다."),
    S.SIGNING: N_("기업, 전문가, 운영기관이 모두 서명하면 멘토링이 시작됩니다."),
    S.RUNNING: N_("계획에 따라 방문하고 방문일지를 적습니다."),
    S.PAUSED: N_("운영기관이 다시 시작하거나 중단합니다."),
    S.REPORTING: N_("기업과 전문가가 완료보고를 제출합니다."),
    S.CHECKING: N_("운영기관이 완료보고를 점검합니다."),
    S.SETTLING: N_("운영기관이 정산합니다."),
    S.CLOSED: N_("모든 절차가 끝났습니다."),
    S.STOPPED: N_("더 진행하지 않습니다."),
}
#: The way as it is drawn, each step with the states in which it is under way.
_WAY = (
    (N_("협약 작성"), (S.DRAFTING,)),
    (N_("서명"), (S.SIGNING,)),
    (N_("수행"), (S.RUNNING, S.PAUSED)),
    (N_("완료보고"), (S.REPORTING,)),
    (N_("최종점검"), (S.CHECKING,)),
    (N_("정산"), (S.SETTLING,)),
)


def state_badge(state: str) -> tuple[str, str]:
    """The state's name and the tone of its badge."""
    return gettext(STATE_LABELS[S(state)]), TONES[S(state)]


def holder(mentorship: Mentorship) -> str | None:
    """Who has to act now, in words; the parties that have not signed while it is being signed."""
    state = S(mentorship.state)
    if state is S.SIGNING:
        return ", ".join(gettext(PARTY_LABELS[party]) for party in mentorship.unsigned)
    return gettext(HOLDER[state]) if state in HOLDER else None


def turn(mentorship: Mentorship) -> tuple[str | None, str]:
    """Who has to act now, and what comes next, in words; also where money is still set aside after a stop."""
    if mentorship.state == S.STOPPED and set_aside(mentorship.id) > 0:
        what = gettext("운영기관이 남은 방문의 검토와 지급을 마치고 배정된 잔액을 해제합니다.")
        return gettext(PARTY_LABELS[Party.OPERATOR]), what
    return holder(mentorship), gettext(NEXT[S(mentorship.state)])


def steps(mentorship: Mentorship) -> list[dict[str, Any]]:
    """The way of the mentorship with where it stands."""
    state = S(mentorship.state)
    here = next((place for place, (_, states) in enumerate(_WAY) if state in states), len(_WAY))
    found = []
    for place, (label, _) in enumerate(_WAY):
        standing = "done" if place < here else "current" if place == here else "next"
        if state is S.PAUSED and standing == "current":
            standing = "paused"
        if state is S.STOPPED:
            standing = "stopped" if place == len(_WAY) - 1 else "next"
        due = day(day_of(mentorship.due_at)) if standing == "current" and mentorship.due_at else None
        found.append({"label": gettext(label), "state": standing, "due": due})
    return [step for step in found if state is not S.STOPPED or step["state"] == "stopped"]


def _price_facts(visits: int, price: int, total: int, shares: dict[str, int]) -> list[tuple[str, str]]:
    sources = [(gettext(label), won(shares[source])) for source, label in SOURCES.items()]
    times = gettext("%(visits)d회 × %(price)s", visits=visits, price=won(price))
    return [(gettext("총사업비"), won(total)), *sources, (gettext("방문"), times)]


def price_facts(mentorship: Mentorship) -> list[tuple[str, str]]:
    """The price as a whole and by source, as the agreement has it now."""
    return _price_facts(mentorship.visits, mentorship.unit_price, mentorship.total, mentorship.shares)


def content_price_facts(content: dict[str, Any]) -> list[tuple[str, str]]:
    """The price as a whole and by source, with the tier and the tax withheld, as an edition says."""
    rows = _price_facts(content["visits"], content["unit_price"], content["total"], content["shares"])
    tax = (gettext("원천징수"), withholding(content["withholding"]))
    return [(gettext("지원유형"), content["tier"]), *rows, tax]


def withholding(kind: str) -> str:
    """How much tax is withheld of a fee, in words."""
    label = gettext("사업소득") if kind == "business" else gettext("기타소득")
    return f"{label} {WITHHOLDING[kind]}%"


def signatures(mentorship: Mentorship) -> list[dict[str, Any]]:
    """Each party with its name, and who signed for it when."""
    found = []
    for party in Party:
        signature = mentorship.signed_by(party)
        found.append(
            {
                "party": gettext(PARTY_LABELS[party]),
                "name": name_of(mentorship, party),
                "signed": signature is not None,
                "who": signature.name if signature else None,
                "when": signature.signed_at if signature else None,
            }
        )
    return found


def texts(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The texts that the agreement includes: the Korean ones, which are signed, and the English below."""
    return [
        {
            "title": text.title_en if in_english() else text.title_ko,
            "version": text.version,
            "body": text.body_ko,
            "english": text.body_en if in_english() else None,
        }
        for text in texts_in(content)
    ]


def goals(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The goals with the indicator's name in the reader's language."""
    names = kpi_names()
    return [{**goal, "name": names.get(goal["kpi"], goal["name"])} for goal in content["goals"]]


def stored_goals(mentorship: Mentorship) -> list[dict[str, Any]]:
    """The goals as they stand now, written like those of an edition."""
    names = kpi_names()
    return [
        {
            "kpi": goal.kpi,
            "name": names.get(goal.kpi, goal.kpi),
            "unit": goal.unit,
            "baseline": plain(goal.baseline),
            "target": plain(goal.target),
            "weight": per_cent(goal.weight),
            "method": goal.method,
            "period": goal.period,
            "evidence": goal.evidence,
        }
        for goal in mentorship.goals
    ]


def party(name: str) -> str:
    """A party in words."""
    return str(gettext(PARTY_LABELS[Party(name)]))


def formers(content: dict[str, Any]) -> str | None:
    """Who was the expert before, with how many visits until when; None where nobody was."""
    said = [
        gettext(
            "%(name)s (방문 %(visits)d회, %(until)s까지)",
            name=former["expert"],
            visits=former["visits"],
            until=iso_day(former["until"]),
        )
        for former in content.get("formers", [])
    ]
    return ", ".join(said) or None


def iso_day(iso: str) -> str:
    """A kept day in the reader's language."""
    return day(date.fromisoformat(iso))


def edition_for(mentorship: Mentorship) -> AgreementEdition | None:
    """The edition that was put before the parties last; None before the first time."""
    if mentorship.state == S.DRAFTING:
        return None
    return AgreementEdition.of(mentorship.id, mentorship.edition)


def resting_days(mentorship: Mentorship) -> list[str]:
    """Planned days that are no working days: allowed, but to be looked at."""
    return [
        gettext("%(number)d회차 %(day)s", number=visit.number, day=day(visit.on))
        for visit in mentorship.plan
        if not is_working_day(visit.on)
    ]
