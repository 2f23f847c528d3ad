"""Prints the machine of a round from its tables into docs/round-machine.md; the tests compare."""

from __future__ import annotations

from pathlib import Path

from marketplace.access import GRANTS, ROLE_LABELS
from marketplace.events import EVENT_LABELS
from marketplace.rounds.states import RECORDED_AS, STATE_LABELS, TRANSITIONS, WHO, RoundState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "round-machine.md"


def who(verb: str) -> str:
    """The role that may do a verb."""
    permission = WHO[verb]
    if permission is None:
        return "시스템 (계산)"
    return ", ".join(ROLE_LABELS[role] for role, granted in GRANTS.items() if permission in granted)


def diagram() -> str:
    """The states and verbs as a mermaid diagram; verbs between the same two states share an arrow."""
    lines = ["stateDiagram-v2", f"    [*] --> {RoundState.DRAFT}"]
    lines += [f"    {state}: {STATE_LABELS[state]}" for state in RoundState]
    for state, row in TRANSITIONS.items():
        by_target: dict[RoundState, list[str]] = {}
        for verb, after in row.items():
            by_target.setdefault(after, []).append(verb)
        lines += [f"    {state} --> {after}: {', '.join(verbs)}" for after, verbs in by_target.items()]
        if not row:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)


def table() -> str:
    """Every verb of every state in a row: who, what is recorded, where it leads."""
    rows = ["| 상태 | 동작 | 누가 | 기록 | 다음 상태 |", "|---|---|---|---|---|"]
    for state, row in TRANSITIONS.items():
        for verb, after in row.items():
            cells = (
                STATE_LABELS[state],
                f"`{verb}`",
                who(verb),
                EVENT_LABELS[RECORDED_AS[verb]],
                STATE_LABELS[after],
            )
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def page() -> str:
    """The whole page."""
    return f"""# 매칭 회차

`marketplace/rounds/states.py`의 표에서 찍어 낸 문서입니다. 표를 고친 뒤 `python -m tests.rounds.printed`로 다시
찍습니다. 시험이 이 문서와 표를 견줍니다.

```mermaid
{diagram()}
```

{table()}

## 무엇이 보관되는가

계산마다 푼 문제(신청, 전문가의 자리, 쌍의 점수, 상한, 고정과 금지)가 그 내용의 SHA-256 아래에 보관되고, 결과도 해시와
함께 남습니다. `flask replay-round 번호` 또는 `flask replay-round --all`은 보관된 문제만으로 다시 풀어 해시를 견주고, 하나라도
다르면 1로 끝납니다. 그 뒤에 직접 바꾼 배정은 한 건마다 누가, 언제, 왜 바꾸었고 점수의 합이 얼마에서 얼마가 되었는지 남습니다.

## 직접 바꾸기

`give`는 한 신청의 전문가를 바꾸고 `unserve`는 배정을 뺍니다. 다른 신청은 움직이지 않습니다. `pin`은 지금의 배정을, `give`는
바꾼 배정을 다음 계산에서도 지키게 합니다. `forbid`는 그 쌍을 다시 배정하지 못하게 하고 `free`는 그 신청의 고정, 금지, 제외를
모두 풉니다. 배정하는 변경은 이해충돌, 자리, 기간 등 필수 규칙을 그때 다시 확인합니다.

## 추천

`publish`는 한 트랜잭션입니다. 배정마다 필수 규칙을 다시 확인하고, 맞지 않는 것이 하나라도 있으면 담당자가 그 신청을 빼기로
표시하지 않는 한 아무것도 추천하지 않습니다. 추천된 매칭은 [매칭 절차](match-machine.md)의 `release`와 같은 상태가 되고, 기록
한 건이 모든 매칭의 이력에 나타납니다. `again`은 되돌아온 신청과 아직 기업이 답하지 않은 신청으로 새 회차를 만듭니다.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
