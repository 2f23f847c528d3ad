"""Every staff list as a table: the same rows that the page shows with the same filters, all of them.

An export leaves the house, so it is asked for with a button, needs a permission of its own, and is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from marketplace.access import ROLE_LABELS, Permission, Role, require
from marketplace.accounts import actions_admin, actions_organisations
from marketplace.accounts.models import ORGANISATION_LABELS, OrganisationKind, User
from marketplace.audit import recorded
from marketplace.companies import queries as request_queries
from marketplace.companies.models import PRIORITIES
from marketplace.companies.states import STATE_LABELS as REQUEST_LABELS
from marketplace.companies.views_staff import queue_filter
from marketplace.database import page_of
from marketplace.errors import N_, NotFound
from marketplace.events import EVENT_LABELS, Event
from marketplace.experts import frame as expert_frame
from marketplace.experts import queries as expert_queries
from marketplace.experts.models import EXPERT_STATE_LABELS, SKILL_LEVELS
from marketplace.ledger import sheets as ledger_sheets
from marketplace.matching import queries as case_queries
from marketplace.matching import queries_learning as learning_queries
from marketplace.matching.states import STATE_LABELS as CASE_LABELS
from marketplace.matching.views_staff import queue_filter as case_filter
from marketplace.mentorships import sheets as mentorship_sheets
from marketplace.outcomes import sheets as outcome_sheets
from marketplace.payments import sheets as payment_sheets
from marketplace.programmes.actions import programmes_for
from marketplace.programmes.forms import STATE_LABELS as PROGRAMME_LABELS
from marketplace.reporting import reading, records
from marketplace.reporting.tables import Table
from marketplace.rounds import sheets as round_sheets
from marketplace.taxonomy.actions import terms
from marketplace.web.page import text_arg
from marketplace.web.setup import SEOUL

EVERYTHING = 10**6


@dataclass(frozen=True)
class Export:
    """A list that can be had as a file: whom it is for, its columns (Korean msgids), and its rows."""

    permission: Permission
    columns: tuple[str, ...]
    rows: Callable[[User], list[list[Any]]]


def _local(moment: Any) -> Any:
    return moment.astimezone(SEOUL).replace(tzinfo=None) if moment else None


def _requests(user: User) -> list[list[Any]]:
    found = page_of(request_queries.queue(user, queue_filter()), 1, EVERYTHING).items
    needs = request_queries.needs_of([request.id for request in found])
    return [
        [
            request.reference,
            gettext(REQUEST_LABELS[request.state]),
            request.company.name,
            request.company.brn,
            request.company.industry,
            request.region,
            request.company.employees,
            request.title,
            request.problem,
            "; ".join(f"{n.words}:{gettext(PRIORITIES[n.priority])}" for n in needs.get(request.id, [])),
            request.months,
            request.start_on,
            _local(request.submitted_at),
        ]
        for request in found
    ]


def _cases(user: User) -> list[list[Any]]:
    found = page_of(case_queries.queue(user, case_filter()), 1, EVERYTHING).items
    return [
        [
            case.request.reference,
            gettext(CASE_LABELS[case.state]),
            case.request.company.name,
            case.request.title,
            case.chosen.expert.name if case.chosen else None,
            case.chosen.score / 100 if case.chosen and case.chosen.score is not None else None,
            case.since,
            case.until,
            _local(case.entered_at),
            _local(case.due_at),
            _local(case.first_approved_at),
            _local(case.approved_at),
            case.reason,
        ]
        for case in found
    ]


def _experts(user: User) -> list[list[Any]]:
    names = expert_frame.labels()
    tab = text_arg("tab", 12)
    found = expert_queries.staff_list(tab, expert_frame.search_of_page(), names, 1, EVERYTHING).items
    return [
        [
            expert.id,
            expert.name,
            gettext(EXPERT_STATE_LABELS[expert.state]),
            expert.headline,
            "; ".join(f"{career.employer} {career.title}" for career in expert.careers),
            "; ".join(f"{skill.words}:{gettext(SKILL_LEVELS[skill.level])}" for skill in expert.skills),
            ";".join(expert.industries),
            ";".join(expert.regions),
            expert.years,
            expert.capacity,
            expert.available_from,
            _local(expert.submitted_at),
            _local(expert.verified_at),
        ]
        for expert in found
    ]


def _accounts(user: User) -> list[list[Any]]:
    names = {
        name: text_arg(address) for name, address in {"text": "q", "role": "role", "state": "state"}.items()
    }
    query = actions_admin.accounts_query(**names, sort=text_arg("sort"))
    return [
        [
            person.email,
            person.name,
            gettext(ROLE_LABELS[Role(person.role)]),
            person.organisation.name if person.organisation else None,
            gettext(actions_admin.STATES[actions_admin.state_of(person)]),
            _local(person.created_at),
        ]
        for person in page_of(query, 1, EVERYTHING).items
    ]


def _organisations(user: User) -> list[list[Any]]:
    found = actions_organisations.organisations_page(
        page=1, text=text_arg("q"), kind=text_arg("kind"), sort=text_arg("sort"), size=EVERYTHING, by=user
    )
    return [
        [row.name, gettext(ORGANISATION_LABELS[OrganisationKind(row.kind)]), row.brn] for row in found.items
    ]


def _audit(user: User) -> list[list[Any]]:
    thing = reading.thing_code(text_arg("thing"))
    found = records.audit_page(user, text_arg("event"), text_arg("actor"), thing, 1, EVERYTHING)
    return [
        [
            entry.id,
            _local(entry.at),
            gettext(EVENT_LABELS.get(Event(entry.event), entry.event)),
            entry.actor_name,
            entry.actor_role,
            "; ".join(
                [
                    f"{entry.thing_type} {entry.thing_id or ''}".strip(),
                    *(f"{subject.thing_type} {subject.thing_id}" for subject in entry.subjects),
                ]
            ),
            "; ".join(f"{name}={value}" for name, value in entry.facts.items()),
            entry.hash,
        ]
        for entry in found.items
    ]


def _mails(user: User) -> list[list[Any]]:
    found = records.mail_page(text_arg("state"), text_arg("q"), 1, EVERYTHING).items
    labels = {state: gettext(label) for state, label in records.mail_labels().items()}
    return [[m.id, m.recipient, m.subject, labels[m.state], m.attempts, _local(m.sent_at)] for m in found]


def _programmes(user: User) -> list[list[Any]]:
    return [
        [
            programme.code,
            programme.name_ko,
            gettext(PROGRAMME_LABELS[programme.state]),
            programme.opens_on,
            programme.closes_on,
            programme.budget,
            programme.operator.name,
            programme.ministry.name,
        ]
        for programme in programmes_for(user)
    ]


def _terms(user: User) -> list[list[Any]]:
    return [
        [term.code, term.group_code, term.name_ko, term.name_en, ";".join(term.synonyms), term.replaced_by]
        for term in terms(text_arg("q"), text_arg("group", 5))
    ]


def _overrides(user: User) -> list[list[Any]]:
    years = learning_queries.approvals_by_year(programmes_for(user))
    return [
        [
            row.programme.code,
            row.year,
            row.approvals,
            *(
                value
                for count in (row.not_first, row.not_in_three, row.not_listed, row.overridden)
                for value in (count, round(row.share(count), 1))
            ),
        ]
        for row in years
    ]


EXPORTS: dict[str, Export] = {
    "requests": Export(
        Permission.SEE_QUEUE,
        (N_("신청번호"), N_("상태"), N_("기업명"), N_("사업자등록번호"), N_("업종"), N_("소재지"), N_("상시근로자"),
         N_("제목"), N_("애로내용"), N_("필요분야"), N_("기간"), N_("희망시작일"), N_("접수일시")),
        _requests,
    ),
    "cases": Export(
        Permission.SEE_QUEUE,
        (N_("신청번호"), N_("상태"), N_("기업명"), N_("제목"), N_("전문가"), N_("점수"), N_("시작일"), N_("종료일"),
         N_("현재 단계 시작"), N_("처리 기한"), N_("1차 승인일시"), N_("최종 승인일시"), N_("사유")),
        _cases,
    ),
    "experts": Export(
        Permission.SEE_EXPERT,
        (N_("번호"), N_("성명"), N_("상태"), N_("한줄소개"), N_("경력"), N_("보유기술"), N_("경험업종"), N_("활동지역"),
         N_("경력연수"), N_("동시지원"), N_("활동시작일"), N_("신청일시"), N_("확인일시")),
        _experts,
    ),
    "accounts": Export(
        Permission.MANAGE_ACCOUNTS,
        (N_("이메일"), N_("성명"), N_("역할"), N_("소속"), N_("상태"), N_("등록일시")),
        _accounts,
    ),
    "organisations": Export(
        Permission.MANAGE_ACCOUNTS, (N_("기관명"), N_("종류"), N_("사업자등록번호")), _organisations
    ),
    "audit": Export(
        Permission.SEE_AUDIT,
        (N_("번호"), N_("시각"), N_("처리 내용"), N_("처리자"), N_("역할"), N_("대상"), N_("내용"), N_("해시")),
        _audit,
    ),
    "mails": Export(
        Permission.SEE_MAIL,
        (N_("번호"), N_("받는 사람"), N_("제목"), N_("상태"), N_("시도"), N_("보낸 시각")),
        _mails,
    ),
    "programmes": Export(
        Permission.SEE_PROGRAMME,
        (N_("코드"), N_("사업"), N_("상태"), N_("접수 시작일"), N_("접수 마감일"), N_("예산"), N_("운영기관"),
         N_("최종 승인기관")),
        _programmes,
    ),
    "taxonomy": Export(
        Permission.EDIT_REFERENCE,
        (N_("코드"), N_("분야"), N_("한국어"), N_("영어"), N_("같은 뜻의 낱말"), N_("대체 용어")),
        _terms),
    "overrides": Export(
        Permission.SEE_LEARNING,
        (N_("사업 코드"), N_("연도"), N_("최종 승인"), N_("1위가 아님"), N_("1위가 아님 비율"), N_("3위 안이 아님"),
         N_("3위 안이 아님 비율"), N_("목록 밖"), N_("목록 밖 비율"), N_("그중 예외 제안"), N_("그중 예외 제안 비율")),
        _overrides),
}  # fmt: skip
EXPORTS |= {
    name: Export(permission, columns, rows)
    for permission, sheets in (
        (Permission.SEE_ROUND, round_sheets.SHEETS),
        (Permission.SEE_LEDGER, ledger_sheets.SHEETS),
        (Permission.MOVE_MONEY, payment_sheets.SHEETS),
    )
    for name, (columns, rows) in sheets.items()
}
EXPORTS["outcomes"] = Export(Permission.SEE_PROGRAMME, outcome_sheets.COLUMNS, outcome_sheets.rows)
EXPORTS["mentorships"] = Export(Permission.SEE_MENTORSHIP, mentorship_sheets.COLUMNS, mentorship_sheets.rows)


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
