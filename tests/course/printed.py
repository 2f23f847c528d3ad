"""Prints the machine of a step of the course from its tables into docs/course-machine.md; the tests compare."""

from __future__ import annotations

from pathlib import Path

from marketplace.access import GRANTS, ROLE_LABELS
from marketplace.course.models import DECIDED, FIELDS
from marketplace.course.states import (
    HOLDER,
    KIND_LABELS,
    RECORDED_AS,
    STATE_LABELS,
    TOLD,
    TRANSITIONS,
    WHO,
    StepState,
)
from marketplace.events import EVENT_LABELS
from marketplace.mentorships.states import PARTY_LABELS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "course-machine.md"
_AUDIENCES = {"firm": "기업", "expert": "전문가", "operator": "운영기관", "asked": "물은 쪽"}


def diagram() -> str:
    """The states and verbs as a mermaid diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {StepState.OPEN}: 때가 되면"]
    lines += [f"    {state}: {STATE_LABELS[state]}" for state in StepState]
    for state, row in TRANSITIONS.items():
        lines += [f"    {state} --> {after}: {verb}" for verb, after in row.items()]
        if not row:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)


def who(verb: str) -> str:
    """The roles that may do a verb."""
    return ", ".join(ROLE_LABELS[role] for role, granted in GRANTS.items() if WHO[verb] in granted)


def table() -> str:
    """Every verb of every state in a row."""
    rows = ["| 상태 | 차례 | 동작 | 누가 | 기록 | 다음 상태 | 알림 |", "|---|---|---|---|---|---|---|"]
    for state, row in TRANSITIONS.items():
        for verb, after in row.items():
            told = ", ".join(_AUDIENCES[audience] for audience in TOLD[verb])
            cells = (
                STATE_LABELS[state],
                HOLDER.get(state, "–"),
                f"`{verb}`",
                who(verb),
                EVENT_LABELS[RECORDED_AS[verb]],
                STATE_LABELS[after],
                told,
            )
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def kinds() -> str:
    """What each kind asks of whom, and whether the operator decides."""
    rows = ["| 단계 | 누구에게 | 무엇을 | 운영기관의 결정 |", "|---|---|---|---|"]
    for kind, asked in FIELDS.items():
        for party, fields in asked.items():
            labels = "; ".join(label for _, label, _ in fields)
            decided = "필요" if kind in DECIDED else "–"
            rows.append(f"| {KIND_LABELS[kind]} | {PARTY_LABELS[party]} | {labels} | {decided} |")
    return "\n".join(rows)


def whole() -> str:
    """The page as it is kept."""
    return f"""# 진행 점검 절차

`marketplace/course/states.py`와 `models.py`의 표에서 찍어 낸 문서입니다. 표를 고친 뒤 `python -m tests.course.printed`로
다시 찍습니다. 시험이 이 문서와 표를 견줍니다.

```mermaid
{diagram()}
```

{table()}

## 단계

{kinds()}

## 언제 열리나

착수회의는 협약 기간이 시작된 날, 월간보고는 달이 끝난 다음 날, 중간점검은 방문의 절반 또는 기간의 절반 가운데 먼저 온 날,
사후관리는 협약 기간이 끝난 뒤 3개월, 6개월, 12개월에 열립니다. 답변 기한은 14일이고, 월간보고는 다음 달 10일입니다. 기한 사흘
전에 답하지 않은 쪽에 한 번 알립니다.

완료보고가 모두 제출되었거나 중단된 멘토링에서는 더 답을 기다리지 않습니다. 사후관리는 중단된 멘토링에서만 기다리지 않습니다.

계획한 방문일이 지나도 방문일지가 없으면 사업이 정한 날수(처음 값 7일)마다 한 단계씩 알립니다. 첫째는 기업과 전문가, 둘째는
운영기관, 셋째는 운영기관에 전문가 교체나 중단의 결정을 요청합니다. 일시중지한 동안은 세지 않습니다.
"""


if __name__ == "__main__":
    PAGE.write_text(whole(), encoding="utf-8")
    print(f"{PAGE.name} written")
