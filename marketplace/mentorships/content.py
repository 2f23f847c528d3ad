"""What an agreement says: gathered once when it is put before the parties, kept as it was, printed from there.

The text is Korean, which prevails. Its SHA-256 is what the parties sign; what a page or a PDF shows comes from the
same content.
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.codes.actions import kpis
from marketplace.errors import written_day
from marketplace.mentorships.models import WEIGHTS, Mentorship
from marketplace.mentorships.texts import AgreementText, text_of, texts_on

FORMAT = 1  # of the content; a later one is read as it was written
WITHHOLDING = {"business": "3.3", "other": "8.8"}  # per cent of a fee, by kind of income
_WITHHOLDING_KO = {"business": "사업소득 3.3%", "other": "기타소득 8.8%"}
SOURCES = {"government": "정부", "sponsor": "참여 대기업", "local": "지자체", "firm": "기업"}
_DIRECTIONS_KO = {"up": "높임", "down": "낮춤"}


def plain(value: Decimal) -> str:
    """A figure as people write it, without superfluous noughts: 4, 0.25."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def per_cent(thousandths: int) -> str:
    """A weight in per cent: 125 is 12.5."""
    return plain(Decimal(thousandths) * 100 / WEIGHTS)


def content_of(mentorship: Mentorship, on: date) -> dict[str, Any]:
    """Everything the agreement says, with the texts in force ``on`` that day, as it can be kept as JSON."""
    request, programme, tier = mentorship.request, mentorship.programme, mentorship.tier
    catalogue = {row.code: row for row in kpis(retired=True)}
    return {
        "format": FORMAT,
        "edition": mentorship.edition,
        "signed": mentorship.edition,  # the edition whose signatures stand; a change keeps those before it
        "reference": request.reference,
        "title": request.title or "",
        "programme": programme.name_ko,
        "firm": {"name": request.company.name, "brn": request.company.brn},
        "expert": mentorship.expert.name,
        "operator": programme.operator.name,
        "sponsor": mentorship.sponsor.name if mentorship.sponsor else None,
        "tier": tier.name_ko,
        "since": mentorship.since.isoformat(),
        "last_day": mentorship.last_day.isoformat(),
        "months": mentorship.months,
        "visits": mentorship.visits,
        "unit_price": mentorship.unit_price,
        "total": mentorship.total,
        "shares": dict(mentorship.shares),
        "withholding": mentorship.withholding,
        "monthly": programme.monthly_visits,
        "purpose": mentorship.purpose,
        "tasks": [task.title for task in mentorship.tasks],
        "goals": [
            {
                "kpi": goal.kpi,
                "name": catalogue[goal.kpi].name_ko if goal.kpi in catalogue else goal.kpi,
                "direction": catalogue[goal.kpi].direction if goal.kpi in catalogue else "",
                "unit": goal.unit,
                "baseline": plain(goal.baseline),
                "target": plain(goal.target),
                "weight": per_cent(goal.weight),
                "method": goal.method,
                "period": goal.period,
                "evidence": goal.evidence,
            }
            for goal in mentorship.goals
        ],
        "plan": [
            {
                "number": visit.number,
                "on": visit.on.isoformat(),
                "task": visit.task.number if visit.task else None,
                "content": visit.content,
            }
            for visit in mentorship.plan
        ],
        "texts": {kind: text.version for kind, text in texts_on(on).items()},
        # Only where there are some: the text of the others stays what it was.
        **({"formers": list(mentorship.formers)} if mentorship.formers else {}),
    }


def texts_in(content: dict[str, Any]) -> list[AgreementText]:
    """The texts that the agreement includes, in the versions that it names."""
    return [text_of(kind, version) for kind, version in content["texts"].items()]


def won(amount: int) -> str:
    """An amount as the agreement writes it: 8,400,000원."""
    return f"{amount:,}원"


def written(content: dict[str, Any]) -> str:
    """The agreement as text, line by line: what is signed."""
    lines = ["스마트제조 전문가 멘토링 협약서", f"제{content['edition']}판"]
    lines += [*_parties(content), *_money(content), *_work(content)]
    lines += _rules(content)
    for number, text in enumerate(texts_in(content), 1):
        lines += ["", f"붙임 {number}. {text.title_ko} (제{text.version}판)", *text.body_ko.split("\n")]
    return "\n".join(lines) + "\n"


def _parties(content: dict[str, Any]) -> list[str]:
    firm = content["firm"]
    number = f" (사업자등록번호 {firm['brn']})" if firm["brn"] else ""
    return [
        "",
        f"사업: {content['programme']}",
        f"신청번호: {content['reference']}",
        f"제목: {content['title']}",
        f"기업: {firm['name']}{number}",
        f"전문가: {content['expert']}",
        f"운영기관: {content['operator']}",
        f"참여 대기업: {content['sponsor'] or '정해지지 않음'}",
        f"기간: {day(content['since'])} ~ {day(content['last_day'])} ({content['months']}개월)",
        *formers(content),
    ]


def formers(content: dict[str, Any]) -> list[str]:
    """Who was the expert before, with how many visits until when, a line each."""
    return [
        f"이전 전문가: {former['expert']}, 방문 {former['visits']}회, {day(former['until'])}까지"
        for former in content.get("formers", [])
    ]


def _money(content: dict[str, Any]) -> list[str]:
    return [
        "",
        f"지원유형: {content['tier']}",
        f"방문: {content['visits']}회, 회당 {won(content['unit_price'])}, 총 {won(content['total'])}",
        *(f"{label} 분담: {won(content['shares'][source])}" for source, label in SOURCES.items()),
        f"원천징수: {tax(content)}",
    ]


def _work(content: dict[str, Any]) -> list[str]:
    lines = ["", "목적", content["purpose"], "", "과제"]
    lines += [f"{number}. {title}" for number, title in enumerate(content["tasks"], 1)]
    lines += ["", "목표"]
    for number, goal in enumerate(content["goals"], 1):
        lines += [
            f"{number}. {goal['name']} ({goal['kpi']}, {goal['unit']}, {_DIRECTIONS_KO.get(goal['direction'], '')}):"
            f" {goal['baseline']} → {goal['target']}, 가중치 {goal['weight']}%",
            f"   측정 방법: {goal['method']}",
            f"   측정 기간: {goal['period']}",
            f"   증빙: {goal['evidence']}",
        ]
    lines += ["", "회차별 계획"]
    for visit in content["plan"]:
        task = f" [과제 {visit['task']}]" if visit["task"] else ""
        lines.append(f"{visit['number']}회차 {day(visit['on'])}{task} {visit['content']}")
    return lines


def _rules(content: dict[str, Any]) -> list[str]:
    return ["", "이행", *(f"{number}. {rule}" for number, rule in enumerate(rules(content), 1))]


def tax(content: dict[str, Any]) -> str:
    """The tax that is withheld of each fee, in the words that are signed."""
    return _WITHHOLDING_KO[content["withholding"]]


def rules(content: dict[str, Any]) -> list[str]:
    """How the agreement is carried out, in the words that are signed."""
    return [
        f"방문은 기간 안에서 한 달에 {content['monthly']}회까지 하며, 확인되고 검토된 방문에만 수당을 지급한다.",
        "마지막 서명이 시작일보다 늦으면 기간은 마지막 서명일부터 같은 개월 수로 옮겨지고, 방문 계획도 그만큼 옮겨진다.",
        "협약을 바꾸려면 협약변경을 신청하여 상대방의 동의와 운영기관의 승인을 받는다. 승인 전에는 효력이 없다.",
        "이 협약은 기업, 전문가, 운영기관이 모두 서명한 때부터 효력이 있다.",
    ]


def day(iso: str) -> str:
    """A kept day as a Korean agreement writes it: 2027. 1. 4."""
    return written_day(date.fromisoformat(iso))


def hash_of(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
