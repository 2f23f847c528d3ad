"""The agreement as a PDF, printed from what was kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.mentorships import content as wording
from marketplace.mentorships.models import ChangeRequest, Mentorship, Signature
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.states import PARTY_LABELS, ChangeState, Party
from marketplace.printing import moment, pdf_of, picture_of

LAYOUT = "agreement"


def agreement_pdf(mentorship: Mentorship, edition: AgreementEdition) -> bytes:
    """An edition of the agreement with its signatures and what was changed since, as a PDF."""
    return pdf_of(LAYOUT, print_data(mentorship, edition), edition.created_at)


def agreement_picture(mentorship: Mentorship, edition: AgreementEdition, page: int = 0) -> bytes:
    """One page of the same paper as a PNG, to be looked at."""
    return picture_of(LAYOUT, print_data(mentorship, edition), edition.created_at, page)


def print_data(mentorship: Mentorship, edition: AgreementEdition) -> dict[str, Any]:
    """Everything the layout sets, as text."""
    content = edition.content
    return {
        "title": "스마트제조 전문가 멘토링 협약서",
        "operator": content["operator"],
        "edition": f"제{content['edition']}판",
        "footer": f"{content['reference']} · 제{content['edition']}판",
        "moved": _moved(edition),
        "parties": _parties(content),
        "money": _money(content),
        "price": [
            ["지원유형", content["tier"]],
            ["방문", f"{content['visits']}회, 회당 {wording.won(content['unit_price'])}"],
            ["원천징수", wording.tax(content)],
        ],
        "purpose": content["purpose"],
        "tasks": content["tasks"],
        "goals": [
            [
                str(n),
                f"{goal['name']} ({goal['kpi']})",
                goal["unit"],
                goal["baseline"],
                goal["target"],
                f"{goal['weight']}%",
            ]
            for n, goal in enumerate(content["goals"], 1)
        ],
        "measures": [
            f"{n}. 측정 방법: {goal['method']} / 측정 기간: {goal['period']} / 증빙: {goal['evidence']}"
            for n, goal in enumerate(content["goals"], 1)
        ],
        "plan": _plan(edition),
        "rules": wording.rules(content),
        "texts": [
            {
                "title": f"붙임 {n}. {text.title_ko} (제{text.version}판)",
                "lines": text.body_ko.split("\n"),
            }
            for n, text in enumerate(wording.texts_in(content), 1)
        ],
        "signatures": _signatures(mentorship, content),
        "changes": [_change(change) for change in mentorship.changes if _applied(change, content)],
        "hash": edition.text_hash,
    }


def _moved(edition: AgreementEdition) -> str | None:
    if edition.moved is None:
        return None
    since, last_day = (wording.day(edition.moved[end]) for end in ("since", "last_day"))
    return (
        f"마지막 서명이 시작일보다 늦어 기간이 {since} ~ {last_day}로 옮겨졌다."
        " 아래 회차별 계획은 옮겨진 날짜이다."
    )


def _parties(content: dict[str, Any]) -> list[list[str]]:
    firm = content["firm"]
    term = f"{wording.day(content['since'])} ~ {wording.day(content['last_day'])} ({content['months']}개월)"
    return [
        ["사업", content["programme"]],
        ["신청번호", content["reference"]],
        ["제목", content["title"]],
        ["기업", firm["name"]],
        ["사업자등록번호", firm["brn"] or "없음"],
        ["전문가", content["expert"]],
        ["운영기관", content["operator"]],
        ["참여 대기업", content["sponsor"] or "정해지지 않음"],
        ["기간", term],
        *(["이전 전문가", line.removeprefix("이전 전문가: ")] for line in wording.formers(content)),
    ]


def _money(content: dict[str, Any]) -> list[list[str]]:
    rows = [[label, wording.won(content["shares"][source])] for source, label in wording.SOURCES.items()]
    return [*rows, ["합계", wording.won(content["total"])]]


def _plan(edition: AgreementEdition) -> list[list[str]]:
    plan = edition.content["plan"]
    days = edition.moved["plan"] if edition.moved else [visit["on"] for visit in plan]
    return [
        [f"{visit['number']}회차", wording.day(on), str(visit["task"] or "–"), visit["content"]]
        for visit, on in zip(plan, days, strict=True)
    ]


def _signatures(mentorship: Mentorship, content: dict[str, Any]) -> list[list[str]]:
    signed: Sequence[Signature] = mentorship.signatures
    under = {row.party: row for row in signed if row.edition == content["signed"]}
    names = {Party.FIRM: content["firm"]["name"], Party.EXPERT: content["expert"]}
    rows = []
    for party in Party:
        row = under.get(party)
        who, when = (row.name, moment(row.signed_at)) if row else ("서명 전", "–")
        rows.append([PARTY_LABELS[party], names.get(party, content["operator"]), who, when])
    return rows


def _applied(change: ChangeRequest, content: dict[str, Any]) -> bool:
    return change.state == ChangeState.APPROVED and (change.edition or 0) <= content["edition"]


def _change(change: ChangeRequest) -> list[str]:
    asked = f"{PARTY_LABELS[Party(change.asked_by)]}, 제{change.edition}판"
    decided = moment(change.decided_at) if change.decided_at else "–"
    return [asked, change.cause, f"{decided}, 효력 {wording.day(change.effective_on.isoformat())}"]
