"""Entering values and deciding on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.codes.actions import kpi_with
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event
from marketplace.files.actions import Prepared
from marketplace.mentorships.models import Goal, Mentorship
from marketplace.mentorships.states import MentorshipState
from marketplace.outcomes import rates
from marketplace.outcomes.models import BUSINESS, BusinessEffect, Measurement, Value
from marketplace.outcomes.wording import announce

MIN_REASON = 5  # characters
#: Values are entered from the first day of work on, also long after the end: follow-up asks for them.
OPEN_FOR_VALUES = tuple(
    state
    for state in MentorshipState
    if state not in (MentorshipState.DRAFTING, MentorshipState.SIGNING, MentorshipState.STOPPED)
)
DOUBT_TEXT = {
    "unit_slip": N_(
        "기존값과 %(size)s배 차이가 납니다. 단위가 협약서(%(unit)s)와 같은지 확인해 주십시오. 맞으면 까닭을 적어 주십시오."
    ),
    "too_good": N_("개선율이 %(size)s%%입니다. 값이 맞으면 까닭과 측정 조건을 적어 주십시오."),
    "much_worse": N_("기존보다 크게 나빠진 값입니다(%(size)s%%). 값이 맞으면 까닭을 적어 주십시오."),
}


@dataclass(frozen=True)
class Stating:
    """Over which period, from what source, with what evidence a value was found; and why it is right though it
    seems implausible. ``files``: the evidence itself, as far as it is handed in."""

    starts_on: date
    ends_on: date
    source: str
    evidence: str
    explanation: str = ""
    files: Sequence[Prepared] = ()


def enter_measurement(
    goal: Goal, *, value: Decimal | None, sample: int, method: str, stating: Stating, by: Any
) -> Measurement:
    """Enter a value of a goal's figure; ``value`` None with ``sample`` 0 says that nothing was collected.

    An implausible value is asked back once: it is taken with an explanation, and staff see both.
    """
    require(by, Permission.ENTER_OUTCOME, goal.mentorship)
    with recorded(by, Event.OUTCOME_ENTERED, goal.mentorship) as record:
        mentorship = _open(goal.mentorship_id)
        _check_period(stating)
        if (value is None) != (sample == 0):
            raise RuleBroken(
                N_(
                    "측정한 표본이 없으면 표본 수를 0으로 하고 값을 비워 주십시오. 값이 있으면 표본 수를 적어 주십시오."
                ),
                field="sample",
            )
        found: list[rates.Doubt] = []
        if value is not None:
            _refuse_impossible("value", goal.unit, value)
            found = rates.doubts(kpi_with(goal.kpi).direction, goal.unit, goal.baseline, value)
            _ask_back(found, goal.unit, stating.explanation)
        row = Measurement(
            goal_id=goal.id,
            value=value,
            sample=sample,
            method=method,
            doubts=[doubt.kind for doubt in found],
            author_id=by.id,
            **_facts(stating, by),
        )
        db.session.add(row)
        db.session.flush()
        record.facts.update(
            measurement=row.id, mentorship=mentorship.id, goal=goal.number, value=_plain(value)
        )
    return row


def enter_effect(
    mentorship: Mentorship, *, kpi: str, before: Decimal, after: Decimal, stating: Stating, by: Any
) -> BusinessEffect:
    """Enter what happened to sales, jobs or another figure of the firm's business."""
    require(by, Permission.ENTER_OUTCOME, mentorship)
    with recorded(by, Event.OUTCOME_ENTERED, mentorship) as record:
        mentorship = _open(mentorship.id)
        _check_period(stating)
        known = kpi_with(kpi)
        if known.field != BUSINESS:
            raise RuleBroken(N_("경영성과 지표를 골라 주십시오."), field="kpi")
        for name, value in (("before", before), ("after", after)):
            _refuse_impossible(name, known.unit, value, may_be_loss=known.unit == "%")
        found = rates.doubts(known.direction, known.unit, before, after)
        _ask_back(found, known.unit, stating.explanation)
        row = BusinessEffect(
            mentorship_id=mentorship.id,
            kpi=kpi,
            unit=known.unit,
            before=before,
            after=after,
            doubts=[doubt.kind for doubt in found],
            author_id=by.id,
            **_facts(stating, by),
        )
        db.session.add(row)
        db.session.flush()
        record.facts.update(effect=row.id, kpi=kpi, before=_plain(before), after=_plain(after))
    return row


def question(row: Value, asked: str | None, *, by: Any) -> None:
    """Ask the author about a value; until it is answered it counts nowhere, verified or not."""
    require(by, Permission.VERIFY_OUTCOME, row)
    said = _reason(asked)
    with recorded(by, Event.OUTCOME_QUESTIONED, row.mentorship, **_named(row), question=said):
        row = _locked(row)
        row.move("question")
        row.question, row.answer = said, None
        row.decided_at = row.decided_by_id = None
        announce("question", row.mentorship, row, what=_what(row), said=said)


def answer(row: Value, said: str | None, *, by: Any) -> None:
    """Answer what staff asked about a value of one's own."""
    require(by, Permission.ENTER_OUTCOME, row)
    if row.author_id != by.id:
        raise NotFound(row.id)
    text = _reason(said)
    with recorded(by, Event.OUTCOME_ANSWERED, row.mentorship, **_named(row), answer=text):
        row = _locked(row)
        row.move("answer")
        row.answer = text
        announce("answer", row.mentorship, row, what=_what(row), said=text)


def verify(row: Value, *, by: Any) -> None:
    """Say that evidence was seen and the value is right; from now on it counts in totals."""
    require(by, Permission.VERIFY_OUTCOME, row)
    with recorded(by, Event.OUTCOME_VERIFIED, row.mentorship, **_named(row)):
        row = _locked(row)
        row.decide("verify", by)


def refuse(row: Value, reason: str | None, *, by: Any) -> None:
    """Refuse a value for good; it stays to be seen, and counts nowhere."""
    require(by, Permission.VERIFY_OUTCOME, row)
    said = _reason(reason)
    with recorded(by, Event.OUTCOME_REFUSED, row.mentorship, **_named(row), reason=said):
        row = _locked(row)
        row.decide("refuse", by)
        row.question = said
        announce("refuse", row.mentorship, row, what=_what(row), said=said)


#: Each verb of the table with its action, for tests that walk all of them.
VERBS = {
    "enter": enter_measurement,
    "answer": answer,
    "question": question,
    "verify": verify,
    "refuse": refuse,
}


def _open(mentorship_id: int) -> Mentorship:
    mentorship = db.session.get_one(Mentorship, mentorship_id, populate_existing=True)
    if mentorship.state not in OPEN_FOR_VALUES:
        raise RuleBroken(
            N_("협약이 체결된 뒤부터 성과값을 입력할 수 있습니다. 중단된 멘토링에는 입력할 수 없습니다."),
            conflict=True,
        )
    return mentorship


def _check_period(stating: Stating) -> None:
    if stating.ends_on < stating.starts_on:
        raise RuleBroken(N_("끝난 날이 시작한 날보다 빠릅니다."), field="ends_on")
    if stating.ends_on > today():
        raise RuleBroken(
            N_("아직 지나지 않은 기간입니다. 오늘까지의 날짜를 입력해 주십시오."), field="ends_on"
        )


def _refuse_impossible(field: str, unit: str, value: Decimal, *, may_be_loss: bool = False) -> None:
    if not rates.possible(unit, value, may_be_loss=may_be_loss):
        raise RuleBroken(
            N_(
                "나올 수 없는 값입니다. 비율은 0에서 100 사이, 수량과 금액은 0 이상이어야 합니다. 이익률만 0보다 작을 수 있습니다."
            ),
            field=field,
        )


def _ask_back(found: list[rates.Doubt], unit: str, explanation: str) -> None:
    if found and len(explanation.strip()) < MIN_REASON:
        raise RuleBroken(
            DOUBT_TEXT[found[0].kind],
            field="explanation",
            size=f"{found[0].size:,.1f}".removesuffix(".0"),
            unit=unit,
        )


def _reason(text: str | None) -> str:
    said = (text or "").strip()
    if len(said) < MIN_REASON:
        raise RuleBroken(N_("%(least)s자 이상 적어 주십시오."), field="reason", least=MIN_REASON)
    return said


def _facts(stating: Stating, by: Any) -> Mapping[str, Any]:
    return {
        "starts_on": stating.starts_on,
        "ends_on": stating.ends_on,
        "source": stating.source,
        "evidence": stating.evidence,
        "explanation": stating.explanation,
        "files": list(dict.fromkeys(file.row(by) for file in stating.files)),
    }


def _named(row: Value) -> dict[str, int]:
    return {"measurement" if isinstance(row, Measurement) else "effect": row.id}


def _what(row: Value) -> str:
    code = row.goal.kpi if isinstance(row, Measurement) else row.kpi
    return kpi_with(code).name_ko


def _locked(row: Value) -> Value:
    model: Any = type(row)
    found: Value = db.session.get_one(model, row.id, with_for_update={"of": model}, populate_existing=True)
    return found


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
