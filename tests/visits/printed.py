"""Prints the machine of a visit from its tables into docs/visit-machine.md; the tests compare."""

from __future__ import annotations

from pathlib import Path

from marketplace.access import GRANTS, ROLE_LABELS
from marketplace.events import EVENT_LABELS
from marketplace.visits.states import HOLDER, RECORDED_AS, STATE_LABELS, TOLD, TRANSITIONS, WHO, VisitState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "visit-machine.md"
_AUDIENCES = {"firm": "기업", "expert": "전문가", "operator": "운영기관"}


def who(verb: str) -> str:
    """The role that may do a verb."""
    permission = WHO[verb]
    if permission is None:
        return "시스템 (기한)"
    return ", ".join(ROLE_LABELS[role] for role, granted in GRANTS.items() if permission in granted)


def diagram() -> str:
    """The states and verbs as a mermaid diagram; verbs between the same two states share an arrow."""
    lines = ["stateDiagram-v2", f"    [*] --> {VisitState.LOGGED}: log"]
    lines += [f"    {state}: {STATE_LABELS[state]}" for state in VisitState]
    for state, row in TRANSITIONS.items():
        by_target: dict[VisitState, list[str]] = {}
        for verb, after in row.items():
            by_target.setdefault(after, []).append(verb)
        lines += [f"    {state} --> {after}: {', '.join(verbs)}" for after, verbs in by_target.items()]
        if not row:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)


def table() -> str:
    """Every verb of every state in a row: who, what is recorded, where it leads, who is told."""
    rows = ["| 상태 | 차례 | 동작 | 누가 | 기록 | 다음 상태 | 알림 |", "|---|---|---|---|---|---|---|"]
    steps = [("–", "–", "log", VisitState.LOGGED)]
    steps += [
        (STATE_LABELS[state], HOLDER.get(state, "–"), verb, after)
        for state, row in TRANSITIONS.items()
        for verb, after in row.items()
    ]
    for label, holder, verb, after in steps:
        told = ", ".join(_AUDIENCES[audience] for audience in TOLD[verb])
        cells = (
            label,
            holder,
            f"`{verb}`",
            who(verb),
            EVENT_LABELS[RECORDED_AS[verb]],
            STATE_LABELS[after],
            told,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def page() -> str:
    """The whole page."""
    return f"""# 방문 절차

`marketplace/visits/states.py`의 표에서 찍어 낸 문서입니다. 표를 고친 뒤 `python -m tests.visits.printed`로
다시 찍습니다. 시험이 이 문서와 표를 견줍니다.

```mermaid
{diagram()}
```

{table()}

## 방문일지가 지켜야 하는 것

끝난 시각은 시작한 시각보다 뒤이고, 아직 오지 않은 때가 아니며, 협약 기간 안이어야 합니다. 한 전문가의 방문은 어느 멘토링의
것이든 서로 겹칠 수 없습니다. 한 번의 최소·최대 시간, 한 달 한도, 같은 기업의 하루 한도는 사업 규정에 적힌 값이고, 방문 횟수는
협약한 횟수를 넘지 않습니다. 전문가, 기업, 멘토링을 차례로 잠근 채 확인하므로 두 기기에서 동시에 제출해도 하나만 들어갑니다.
불인정되거나 취소된 방문은 시간과 계획의 회차를 내놓습니다.

## 고친 일지

고칠 때마다 새 판이 더해지고 앞의 판은 그대로 남습니다. 기업은 새 판을 다시 확인하며, 앞의 판을 확인하는 메일 링크는 쓸 수 없게
됩니다. 메일 링크는 사람, 방문, 판을 함께 서명한 것이라 그 판의 확인을 기다리는 동안에만, 한 번만 통합니다. 링크를 여는 것만으로는
아무것도 바뀌지 않습니다.

## 답이 없는 기업

사업에 정한 날이 지나면 기업에 한 번 다시 알립니다. 확인 기한까지 답이 없으면 방문 검토 화면의 ‘기업 응답 없음’에 나타납니다.
기업이 답하지 않은 방문은 저절로 인정되지 않습니다. 기한이 지난 뒤 담당자가 전화나 자료로 확인하고 그 방법을 적어 기업 대신 확인할
수 있으며, 기업과 전문가가 통지를 받습니다. 방문을 하거나 확인한 사람은 그 방문을 검토할 수 없으므로 검토는 다른 담당자가 합니다.
고친 일지는 기업이 다시 확인합니다.

## 사진

한 판에 다섯 장까지 붙입니다. 사진은 다시 그려 보관하므로 찍은 곳과 기기 정보는 남지 않고 찍은 시각만 남습니다. 방문을 볼 수 있는
사람만 사진을 봅니다. 고친 판에서 뺀 사진도 앞의 판에는 그대로 있습니다. 같은 사진이 다른 방문일지에도 있으면 담당자에게 알려 줍니다.
인터넷이 없을 때 고른 사진은 기기에 있다가 일지와 함께 제출됩니다.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
