"""The lists of rounds as rows for a file, with the filters of their pages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.accounts.models import User
from marketplace.database import page_of
from marketplace.errors import N_
from marketplace.rounds import showing
from marketplace.rounds.lists import chosen_loads, chosen_rows, round_filter
from marketplace.rounds.queries import round_with, rounds_for
from marketplace.rounds.result import Result, Row
from marketplace.rounds.states import STATE_LABELS
from marketplace.web.page import number_arg

EVERYTHING = 10**6
Rows = list[list[Any]]

ROUNDS = (
    N_("번호"),
    N_("회차"),
    N_("사업"),
    N_("상태"),
    N_("신청"),
    N_("지원"),
    N_("점수의 합"),
    N_("만든 사람"),
)
PAIRS = (
    N_("신청번호"),
    N_("기업명"),
    N_("제목"),
    N_("소재지"),
    N_("필요분야"),
    N_("전문가"),
    N_("점수"),
    N_("이유"),
)
LOADS = (
    N_("번호"),
    N_("전문가"),
    N_("전 직장"),
    N_("지금 맡은 건"),
    N_("이 회차"),
    N_("자리"),
    N_("자리 하나의 가치"),
)
EMPLOYERS = (N_("전 직장"), N_("전문가"), N_("지금"), N_("추천한 뒤"))
UNSEEN = (N_("번호"), N_("전문가"), N_("전 직장"), N_("자리"))
GAPS = (
    N_("필요분야"),
    N_("소재지"),
    N_("신청"),
    N_("배정되지 않은 신청"),
    N_("더할 전문가"),
    N_("더 지원할 기업"),
    N_("내용"),
)


def rounds(user: User) -> Rows:
    found = page_of(rounds_for(user, round_filter()), 1, EVERYTHING).items
    return [
        [
            round_.id,
            round_.name,
            round_.programme.name_ko,
            gettext(STATE_LABELS[round_.state]),
            round_.asked,
            round_.served if round_.runs else None,
            round_.total if round_.runs else None,
            round_.made_by.name if round_.made_by else None,
        ]
        for round_ in found
    ]


def _result(user: User) -> Result:
    return Result.of(round_with(user, number_arg("round", 0)))


def pairs(user: User) -> Rows:
    result = _result(user)
    return [
        [
            row.request,
            row.company,
            row.title,
            showing.region(row.region),
            "; ".join(showing.term(need) for need in row.needs),
            "; ".join(name for _, name in row.experts),
            row.score,
            _reason(row, result),
        ]
        for row in chosen_rows(result.rows)
    ]


def _reason(row: Row, result: Result) -> str:
    if row.score is not None:
        return showing.fact(row.choice, result.people) if row.choice else ""
    if row.left or row.unserved is None or not row.unserved["reason"]:
        return str(gettext(showing.LEFT_TEXT if row.left else showing.UNDONE_TEXT))
    said = [showing.unserved(row.unserved["reason"])]
    said += [showing.fact(fact, result.people) for fact in row.unserved["remedies"]]
    return " ".join(said)


def loads(user: User) -> Rows:
    result = _result(user)
    return [
        [
            int(load.expert),
            load.name,
            load.employer,
            load.held,
            load.taken,
            load.places,
            showing.price(load.price) if load.places else None,
        ]
        for load in chosen_loads(result.loads)
    ]


def employers(user: User) -> Rows:
    return [[group.name, group.count, group.now, group.after] for group in _result(user).employers]


def unseen(user: User) -> Rows:
    return [[int(load.expert), load.name, load.employer, load.places] for load in _result(user).never_shown]


def gaps(user: User) -> Rows:
    return [
        [
            showing.term(gap["term"]),
            showing.region(gap["region"]),
            gap["requests"],
            len(gap["unserved"]),
            gap["experts"],
            gap["firms"],
            showing.gap(gap),
        ]
        for gap in _result(user).report["gaps"]
    ]


#: Each list with its columns, by the name in its address.
SHEETS = {
    "rounds": (ROUNDS, rounds),
    "round-pairs": (PAIRS, pairs),
    "round-loads": (LOADS, loads),
    "round-employers": (EMPLOYERS, employers),
    "round-unseen": (UNSEEN, unseen),
    "round-gaps": (GAPS, gaps),
}
