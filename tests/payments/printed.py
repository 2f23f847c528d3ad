"""Prints the machine of a claim from its tables into docs/payment-machine.md; the tests compare."""

from __future__ import annotations

from pathlib import Path

from marketplace.access import GRANTS, ROLE_LABELS
from marketplace.events import EVENT_LABELS
from marketplace.payments.states import RECORDED_AS, STATE_LABELS, TOLD, TRANSITIONS, WHO, ClaimState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "payment-machine.md"
_AUDIENCES = {"firm": "기업", "expert": "전문가"}


def who(verb: str) -> str:
    """The role that may do a verb."""
    permission = WHO[verb]
    if permission is None:
        return "시스템 (방문 인정과 함께)"
    return ", ".join(ROLE_LABELS[role] for role, granted in GRANTS.items() if permission in granted)


def diagram() -> str:
    """The states and verbs as a mermaid diagram; verbs between the same two states share an arrow."""
    lines = ["stateDiagram-v2", f"    [*] --> {ClaimState.CLAIMED}: claim"]
    lines += [f"    {state}: {STATE_LABELS[state]}" for state in ClaimState]
    for state, row in TRANSITIONS.items():
        by_target: dict[ClaimState, list[str]] = {}
        for verb, after in row.items():
            by_target.setdefault(after, []).append(verb)
        lines += [f"    {state} --> {after}: {', '.join(verbs)}" for after, verbs in by_target.items()]
        if not row:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)


def table() -> str:
    """Every verb of every state in a row: who, what is recorded, where it leads, who is told."""
    rows = ["| 상태 | 동작 | 누가 | 기록 | 다음 상태 | 알림 |", "|---|---|---|---|---|---|"]
    steps = [("–", "claim", ClaimState.CLAIMED)]
    steps += [
        (STATE_LABELS[state], verb, after)
        for state, row in TRANSITIONS.items()
        for verb, after in row.items()
    ]
    for label, verb, after in steps:
        told = ", ".join(_AUDIENCES[audience] for audience in TOLD[verb])
        cells = (
            label,
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
    return f"""# 지급 절차

`marketplace/payments/states.py`의 표에서 찍어 낸 문서입니다. 표를 고친 뒤 `python -m tests.payments.printed`로
다시 찍습니다. 시험이 이 문서와 표를 견줍니다.

```mermaid
{diagram()}
```

{table()}

## 돈이 가는 길

마지막 서명과 한 거래 안에서 협약 금액 전체가 재원별로 배정됩니다. 한 재원이라도 모자라면 서명은 되지 않고 운영기관에 알립니다.
서명을 요청할 때는 부족액을 알리기만 합니다. 서명하는 몇 주 사이에 출연금이 들어오는 일이 많고, 돈이 반드시 있어야 하는 때는 마지막
서명이기 때문입니다. 협약변경은 날짜, 목표, 방문 계획만 바꾸고 횟수와 단가는 바꾸지 않으므로 배정액도 그대로입니다.

방문이 인정되는 거래 안에서 청구가 만들어집니다. 금액은 협약의 회당 단가이고 재원별로 나누며 나머지는 기업부담금입니다. 방문을
검토하거나 확인한 사람은 지급을 승인하지 못합니다. 승인하면 배정액이 지급 대기로, 지급하면 실지급액과 원천징수액으로 옮겨집니다.
같은 기업의 하루 한도는 승인할 때 다시 봅니다.

승인한 것은 되돌리지 않습니다. 잘못 지급한 돈은 재정 현황의 거래에서 환수로 돌려받습니다. 이체가 실패하면 은행의 사유와 함께
승인된 상태로 돌아가 다음 지급명세에 다시 들어갑니다.

## 정산

결정되지 않은 방문이나 지급되지 않은 청구가 있으면 정산할 수 없습니다. 정산하면 쓰지 않은 배정액이 재원별 가용액으로 돌아가고,
반납은 재정 현황에서 따로 등록합니다. 중단할 때 청구될 것이 없으면 남은 배정액이 바로 풀리고, 있으면 마지막 청구까지 끝난 뒤
운영기관이 풉니다.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
