"""Prints the match machine from its tables into docs/match-machine.md; the tests compare."""

from __future__ import annotations

from pathlib import Path

from marketplace.access import GRANTS, ROLE_LABELS
from marketplace.events import EVENT_LABELS
from marketplace.matching.states import HOLDER, RECORDED_AS, STATE_LABELS, TOLD, TRANSITIONS, WHO, CaseState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "match-machine.md"
_AUDIENCES = {
    "firm": "기업",
    "expert": "전문가",
    "next_expert": "다음 전문가",
    "former_expert": "먼저 제안받은 전문가",
    "operator": "운영기관",
    "ministry": "중소벤처기업부",
    "asked_ministry": "중소벤처기업부(최종 승인을 요청받았던 때)",
}


def who(verb: str) -> str:
    """The role that may do a verb."""
    permission = WHO[verb]
    if permission is None:
        return "시스템 (기한)"
    return ", ".join(ROLE_LABELS[role] for role, granted in GRANTS.items() if permission in granted)


def diagram() -> str:
    """The states and verbs as a mermaid diagram; verbs between the same two states share an arrow."""
    lines = ["stateDiagram-v2", f"    [*] --> {CaseState.MATCHING}"]
    lines += [f"    {state}: {STATE_LABELS[state]}" for state in CaseState]
    for state, row in TRANSITIONS.items():
        by_target: dict[CaseState, list[str]] = {}
        for verb, after in row.items():
            by_target.setdefault(after, []).append(verb)
        lines += [f"    {state} --> {after}: {', '.join(verbs)}" for after, verbs in by_target.items()]
        if not row:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)


def table() -> str:
    """Every verb of every state in a row: who, what is recorded, where it leads, who is told."""
    rows = ["| 상태 | 차례 | 동작 | 누가 | 기록 | 다음 상태 | 알림 |", "|---|---|---|---|---|---|---|"]
    for state, row in TRANSITIONS.items():
        for verb, after in row.items():
            told = ", ".join(_AUDIENCES[audience] for audience in TOLD[verb])
            recorded = EVENT_LABELS[RECORDED_AS[verb]]
            cells = (
                STATE_LABELS[state], HOLDER.get(state, "–"), f"`{verb}`", who(verb), recorded, STATE_LABELS[after], told,
            )  # fmt: skip
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def page() -> str:
    """The whole page."""
    return f"""# 매칭 절차

`marketplace/matching/states.py`의 표에서 찍어 낸 문서입니다. 표를 고친 뒤 `python -m tests.matching.printed`로
다시 찍습니다. 시험이 이 문서와 표를 견줍니다.

```mermaid
{diagram()}
```

`_last`가 붙은 동작은 희망순위에 더 물을 전문가가 없을 때입니다.

{table()}

## 단계마다 다시 확인하는 것

자격(확인 완료, 활동 중), 이해충돌, 남은 자리는 추천, 희망순위, 제안, 수락, 1차 승인, 최종 승인 때마다 다시 확인합니다.
자리는 그 단계에 먼저 이른 매칭이 차지합니다: 수락할 때는 수락 이후의 매칭, 1차 승인할 때는 1차 승인 이후의 매칭, 최종
승인할 때는 최종 승인된 매칭을 셉니다. 그래서 마지막 자리를 두 사람이 동시에 승인하면 한 건만 승인되고, 다른 한 건은
무엇을 하면 되는지 알려 주는 문장으로 거절됩니다. 확정된 매칭 때문에 자리가 없어진 다른 제안은 그대로 두었다가 전문가가
수락할 때 같은 방식으로 거절합니다. 기간이 바뀌거나 앞의 매칭이 취소되면 그사이 다시 자리가 나기 때문입니다.

이해충돌은 매칭을 시작할 때 보관한 거래 관계와 지금의 거래 관계를 합쳐 대조합니다. 그래서 그사이에 기업이 고객사나
경쟁사를 지워도 이해충돌이 없어지지 않습니다. 무엇을 대조했는지는 승인 기록에 남습니다.

시작일이 지난 뒤에 전문가에게 묻거나 승인하면 기간이 같은 개월 수로 옮겨지고, 자리와 이해충돌은 옮긴 기간으로 확인합니다
([결정 4](decisions/0004-a-period-whose-start-has-passed-moves.md)).

## 알림은 단계마다 한 번

회신을 기다리는 전문가에게는 제안한 날부터 사업에 정한 날이 지나면 한 번 알립니다. 희망순위를 정할 기업, 1차 승인할
운영기관, 최종 승인할 중소벤처기업부에는 전문가 알림과 같은 여유를 두고 기한 전에 한 번 알립니다. 한 단계에 머무는 동안
다시 알리지 않습니다.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
