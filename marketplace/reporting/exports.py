"""Every staff list as a table: the same rows that the page shows with the same filters, all of them.

An export leaves the house, so it is asked for with a button, needs a permission of its own, and is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from marketplace.access import Permission, require
from marketplace.accounts.models import User
from marketplace.audit import recorded
from marketplace.codes import sheets as code_sheets
from marketplace.course import sheets as course_sheets
from marketplace.errors import N_, NotFound
from marketplace.events import Event
from marketplace.ledger import sheets as ledger_sheets
from marketplace.mentorships import sheets as mentorship_sheets
from marketplace.outcomes import sheets as outcome_sheets
from marketplace.payments import sheets as payment_sheets
from marketplace.reporting import sheets
from marketplace.reporting.tables import Table
from marketplace.rounds import sheets as round_sheets
from marketplace.visits import sheets as visit_sheets


@dataclass(frozen=True)
class Export:
    """A list that can be had as a file: whom it is for, its columns (Korean msgids), and its rows."""

    permission: Permission
    columns: tuple[str, ...]
    rows: Callable[[User], list[list[Any]]]


EXPORTS: dict[str, Export] = {
    "requests": Export(
        Permission.SEE_QUEUE,
        (N_("신청번호"), N_("상태"), N_("기업명"), N_("사업자등록번호"), N_("업종"), N_("소재지"), N_("상시근로자"),
         N_("제목"), N_("애로내용"), N_("필요분야"), N_("기간"), N_("희망시작일"), N_("접수일시")),
        sheets.requests_rows,
    ),
    "cases": Export(
        Permission.SEE_QUEUE,
        (N_("신청번호"), N_("상태"), N_("기업명"), N_("제목"), N_("전문가"), N_("점수"), N_("시작일"), N_("종료일"),
         N_("현재 단계 시작"), N_("처리 기한"), N_("1차 승인일시"), N_("최종 승인일시"), N_("사유")),
        sheets.cases_rows,
    ),
    "experts": Export(
        Permission.SEE_EXPERT,
        (N_("번호"), N_("성명"), N_("상태"), N_("한줄소개"), N_("경력"), N_("보유기술"), N_("경험업종"), N_("활동지역"),
         N_("경력연수"), N_("동시지원"), N_("활동시작일"), N_("신청일시"), N_("확인일시")),
        sheets.experts_rows,
    ),
    "accounts": Export(
        Permission.MANAGE_ACCOUNTS,
        (N_("이메일"), N_("성명"), N_("역할"), N_("소속"), N_("상태"), N_("등록일시")),
        sheets.accounts_rows,
    ),
    "organisations": Export(
        Permission.MANAGE_ACCOUNTS, (N_("기관명"), N_("종류"), N_("사업자등록번호")), sheets.organisations_rows
    ),
    "audit": Export(
        Permission.SEE_AUDIT,
        (N_("번호"), N_("시각"), N_("처리 내용"), N_("처리자"), N_("역할"), N_("대상"), N_("내용"), N_("해시")),
        sheets.audit_rows,
    ),
    "mails": Export(
        Permission.SEE_MAIL,
        (N_("번호"), N_("받는 사람"), N_("제목"), N_("상태"), N_("시도"), N_("보낸 시각")),
        sheets.mails_rows,
    ),
    "programmes": Export(
        Permission.SEE_PROGRAMME,
        (N_("코드"), N_("사업"), N_("상태"), N_("접수 시작일"), N_("접수 마감일"), N_("예산"), N_("운영기관"),
         N_("최종 승인기관")),
        sheets.programmes_rows,
    ),
    "taxonomy": Export(
        Permission.EDIT_REFERENCE,
        (N_("코드"), N_("분야"), N_("한국어"), N_("영어"), N_("같은 뜻의 낱말"), N_("대체 용어")),
        sheets.terms_rows),
    "overrides": Export(
        Permission.SEE_LEARNING,
        (N_("사업 코드"), N_("연도"), N_("최종 승인"), N_("1위가 아님"), N_("1위가 아님 비율"), N_("3위 안이 아님"),
         N_("3위 안이 아님 비율"), N_("목록 밖"), N_("목록 밖 비율"), N_("그중 예외 제안"), N_("그중 예외 제안 비율")),
        sheets.overrides_rows),
}  # fmt: skip
EXPORTS |= {
    name: Export(permission, columns, rows)
    for permission, offered in (
        (Permission.SEE_ROUND, round_sheets.SHEETS),
        (Permission.SEE_LEDGER, ledger_sheets.SHEETS),
        (Permission.MOVE_MONEY, payment_sheets.SHEETS),
        (Permission.EDIT_REFERENCE, code_sheets.SHEETS),
        (Permission.SEE_PAYMENT, {"claims": (payment_sheets.CLAIMS, payment_sheets.claim_rows)}),
        (Permission.SEE_QUEUE, {"visits": (visit_sheets.COLUMNS, visit_sheets.rows)}),
        (Permission.SEE_QUEUE, {"steps": (course_sheets.COLUMNS, course_sheets.rows)}),
        (Permission.SEE_PROGRAMME, {"outcomes": (outcome_sheets.COLUMNS, outcome_sheets.rows)}),
        (Permission.SEE_MENTORSHIP, {"mentorships": (mentorship_sheets.COLUMNS, mentorship_sheets.rows)}),
    )
    for name, (columns, rows) in offered.items()
}


def export(name: str, filters: dict[str, str], *, by: User) -> Table:
    """The list as a table; recorded with its filters and the number of rows."""
    require(by, Permission.EXPORT_LISTS)
    wanted = EXPORTS.get(name)
    if wanted is None:
        raise NotFound(name)
    require(by, wanted.permission)
    with recorded(by, Event.LIST_EXPORTED, None, list=name, filters=filters) as record:
        rows = wanted.rows(by)
        record.facts["rows"] = len(rows)
    return Table([gettext(column) for column in wanted.columns], rows, name)
