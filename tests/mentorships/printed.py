"""Prints the machines of mentorship and change from their tables into docs/mentorship-machine.md; the tests compare."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from marketplace.access import GRANTS, ROLE_LABELS, Permission
from marketplace.events import EVENT_LABELS, Event
from marketplace.mentorships.states import (
    CHANGE_LABELS,
    CHANGE_RECORDED_AS,
    CHANGE_TOLD,
    CHANGE_WHO,
    CHANGES,
    HOLDER,
    RECORDED_AS,
    STATE_LABELS,
    TOLD,
    TRANSITIONS,
    WHO,
    ChangeState,
    MentorshipState,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mentorship-machine.md"
_AUDIENCES = {
    "firm": "기업",
    "expert": "전문가",
    "former_expert": "먼저 맡았던 전문가",
    "operator": "운영기관",
    "ministry": "중소벤처기업부",
    "unsigned": "서명하지 않은 당사자",
    "other_party": "상대방",
    "asking_party": "신청한 당사자",
}


def _who(permission: Permission | None) -> str:
    if permission is None:
        return "시스템 (기간)"
    return ", ".join(ROLE_LABELS[role] for role, granted in GRANTS.items() if permission in granted)


def diagram(rows: Mapping[Any, Mapping[str, Any]], labels: Mapping[Any, str], first: StrEnum) -> str:
    """States and verbs as a mermaid diagram; verbs between the same two states share an arrow."""
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    lines += [f"    {state}: {labels[state]}" for state in rows]
    for state, row in rows.items():
        by_target: dict[Any, list[str]] = {}
        for verb, after in row.items():
            by_target.setdefault(after, []).append(verb)
        lines += [f"    {state} --> {after}: {', '.join(verbs)}" for after, verbs in by_target.items()]
        if not row:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)


def table(
    rows: Mapping[Any, Mapping[str, Any]],
    labels: Mapping[Any, str],
    who: Mapping[str, Permission | None],
    recorded: Mapping[str, Event],
    told: Mapping[str, tuple[str, ...]],
) -> str:
    """Every verb of every state in a row: who, what is recorded, where it leads, who is told."""
    lines = ["| 상태 | 동작 | 누가 | 기록 | 다음 상태 | 알림 |", "|---|---|---|---|---|---|"]
    for state, row in rows.items():
        for verb, after in row.items():
            audiences = ", ".join(_AUDIENCES[audience] for audience in told[verb]) or "–"
            cells = (
                labels[state],
                f"`{verb}`",
                _who(who[verb]),
                EVENT_LABELS[recorded[verb]],
                labels[after],
                audiences,
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    holders = "\n".join(f"- {STATE_LABELS[state]}: {who}" for state, who in HOLDER.items())
    return f"""# 협약과 멘토링 절차

`marketplace/mentorships/states.py`의 표에서 찍어 낸 문서입니다. 표를 고친 뒤 `python -m tests.mentorships.printed`로
다시 찍습니다. 시험이 이 문서와 표를 견줍니다.

## 협약과 멘토링

최종 승인된 매칭마다 협약 초안이 저절로 만들어집니다.

```mermaid
{diagram(TRANSITIONS, STATE_LABELS, MentorshipState.DRAFTING)}
```

`sign_last`는 세 당사자 가운데 마지막 서명입니다. 그때 시작일이 지났으면 기간이 그날부터 같은 개월 수로 옮겨지고
([결정 4](decisions/0004-a-period-whose-start-has-passed-moves.md)), 방문 계획도 함께 옮겨집니다.

{table(TRANSITIONS, STATE_LABELS, WHO, RECORDED_AS, TOLD)}

상태마다 처리할 차례:

{holders}

## 무엇에 서명하는가

서명을 요청하면 그때의 협약 내용이 글로 굳어 하나의 판이 됩니다. 당사자는 그 글의 SHA-256에 서명하고, 서명에는 누가,
언제, 어느 판에 했는지가 남습니다. 한 당사자라도 거절하면 다시 작성하며, 다음 요청은 새 판이 되어 세 당사자가 모두 다시
서명합니다. 굳은 판과 서명은 고치거나 지우지 않습니다.

## 협약변경

```mermaid
{diagram(CHANGES, CHANGE_LABELS, ChangeState.REQUESTED)}
```

{table(CHANGES, CHANGE_LABELS, CHANGE_WHO, CHANGE_RECORDED_AS, CHANGE_TOLD)}

`agree`와 `refuse`는 신청하지 않은 당사자가, `withdraw`는 신청한 당사자가 합니다. 운영기관이 신청하면 기업과 전문가가 모두
동의해야 하며, 먼저 한 동의가 `agree_first`입니다. 승인하면 협약이 새 판이 되고 협약서를 다시 찍습니다. 서명은 앞선 판의
것이 그대로 남습니다. 신청한 사람은 승인하지 못합니다.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
