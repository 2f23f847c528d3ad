"""The number of SQL statements of a page does not grow with the number of its rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from marketplace.access import Role
from marketplace.accounts.models import Organisation, OrganisationKind, User
from marketplace.audit import AuditEntry
from marketplace.companies.models import Company, MentoringRequest, RequestNeed
from marketplace.companies.states import RequestState
from marketplace.database import db, utcnow, writing_allowed
from marketplace.experts.models import CareerEntry, Expert, ExpertInterest, ExpertSkill, ExpertState
from marketplace.imports.models import ImportFile
from marketplace.jobs import Job
from marketplace.matching.models import Candidate, MatchCase
from marketplace.matching.states import CandidateState, CaseState
from marketplace.notifications import Notice, OutboxMail
from marketplace.rounds.models import Round
from tests import factories
from tests.conftest import sign_in

LISTS = {
    Role.COMPANY: ["/todo", "/requests", "/experts", "/visits/", "/calendar"],
    Role.EXPERT: [
        "/todo",
        "/expert",
        "/expert/careers",
        "/expert/skills",
        "/expert/preview",
        "/offers",
        "/visits/",
        "/visits/log/",
    ],
    Role.OPERATOR: [
        "/todo",
        "/staff/requests",
        "/staff/experts",
        "/cases",
        "/visits/queue",
        "/rounds",
        "/imports",
        "/programmes",
        "/finance",
        "/outcomes/totals",
        "/dashboard",
        "/taxonomy",
        "/codes",
    ],
    Role.MINISTRY: ["/todo", "/cases", "/rounds", "/audit", "/programmes", "/outcomes/totals"],
    Role.ADMIN: ["/todo", "/accounts", "/organisations", "/audit", "/mails", "/jobs"],
}
FEW, MANY = 10, 200


@pytest.fixture
def people(app):
    programme = factories.programme()
    firm = factories.company()
    factories.case(
        factories.request(firm, programme, RequestState.ELIGIBLE)
    )  # so that it may look at experts
    expert = factories.expert()
    return programme, firm, expert, {
        Role.COMPANY: factories.person_of(firm),
        Role.EXPERT: expert.user,
        Role.OPERATOR: factories.user(Role.OPERATOR, programme.operator),
        Role.MINISTRY: factories.user(Role.MINISTRY, programme.ministry),
        Role.ADMIN: factories.user(Role.ADMIN),
    }  # fmt: skip


def add_rows(people, count: int) -> None:
    """``count`` more of everything that a list shows."""
    programme, firm, expert, persons = people
    now, operator, tag = utcnow(), persons[Role.OPERATOR], f"{count}"
    rows: list[object] = []
    for n in range(count):
        user = User(email=f"x{tag}-{n}@example.com", name=f"전문가 {n}", role=Role.EXPERT, confirmed_at=now)
        other = Expert(
            user=user,
            state=ExpertState.VERIFIED if n % 2 else ExpertState.SUBMITTED,
            submitted_at=now,
            verified_at=now,
            verified_by=operator,
            headline="도금",
            industries=["C25"],
            regions=["48"],
            mode="both",
        )
        other.careers = [CareerEntry(employer="포스코", title="부장", text="도금 불량을 줄였습니다.")]
        other.skills = [ExpertSkill(term="QUA-01", words="QUA-01", level=3)]
        other.interests = [ExpertInterest(kind="kin", organisation="형제기업")]
        organisation = Organisation(
            kind=OrganisationKind.FIRM, name=f"기업 {tag}-{n}", brn=factories.brn(10_000 + count * 1000 + n)
        )
        company = Company(organisation=organisation, industry="C25", region="48", employees=30)
        state = list(RequestState)[n % 8] if n % 3 else RequestState.ELIGIBLE
        request = MentoringRequest(
            reference=f"X{tag}-{n}",
            programme=programme,
            company=firm if n % 2 else company,
            state=state,
            title="불량",
            problem="도금이 벗겨집니다.",
            months=3,
            start_on=factories.START,
            mode="onsite",
            region="48",
            submitted_at=now,
            decided_at=now,
            decided_by=operator,
            reason="사유",
        )
        request.needs = [RequestNeed(term="QUA-01", words="QUA-01", priority=3)]
        rows += [other, organisation, company, request]
        if state is RequestState.ELIGIBLE:
            case_state = [CaseState.MATCHING, CaseState.PROPOSED, CaseState.OFFERED][n % 3 if n % 3 else 2]
            case = MatchCase(
                request=request,
                state=case_state,
                since=factories.START,
                until=factories.START + timedelta(days=90),
            )
            offered = {
                "state": CandidateState.OFFERED,
                "offered_at": now,
                "expires_at": now + timedelta(days=3),
            }
            rows += [
                case,
                Candidate(case=case, expert=expert, source="ranking", rank=1, score=5000, **offered),
            ]
            rows += [Candidate(case=case, expert=other, source="ranking", rank=2, score=4000)]
        rows.append(
            ImportFile(
                kind="experts",
                name="x.csv",
                size=1,
                sha256="0" * 64,
                content=b"x",
                uploaded_by_id=operator.id,
            )
        )
        rows.append(Round(name=f"회차 {n}", programme=programme, made_by_id=operator.id, options={}))
        rows.append(Job(kind="x", key=f"x{tag}-{n}", payload={}))
        rows.append(Notice(user_id=operator.id, event="x", sentence="알림", facts={}, path="/todo"))
        rows.append(
            OutboxMail(recipient="a@example.com", language="ko", subject="제목", body="본문", path="/todo")
        )
        rows.append(_entry(n))
    with writing_allowed():
        db.session.add_all(rows)
        db.session.commit()
    db.session.expunge_all()


def _entry(n: int) -> AuditEntry:
    return AuditEntry(
        at=utcnow(),
        actor_role="system",
        actor_name="system",
        event="job_done",
        thing_type="jobs",
        thing_id=n,
        facts={},
        previous="0" * 64,
        hash="0" * 64,
    )


def statements(client, address: str) -> int:
    """How many statements a page needs."""
    seen: list[str] = []

    def listen(connection, cursor, statement, *_):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        answer = client.get(address)
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(seen)


def counted(app, people) -> dict[tuple[str, str], int]:
    found = {}
    for role, addresses in LISTS.items():
        client = sign_in(app.test_client(), people[3][role])
        for address in addresses:
            statements(client, address)  # caches that a first page fills are not counted
            found[role, address] = statements(client, address)
    return found


def test_lists_need_as_many_statements_for_two_hundred_rows_as_for_ten(app, people):
    add_rows(people, FEW)
    few = counted(app, people)
    add_rows(people, MANY)
    many = counted(app, people)
    assert {page: (few[page], many[page]) for page in few if many[page] > few[page]} == {}


def case_with(people, candidates: int) -> MatchCase:
    programme, firm, _, _ = people
    case = factories.case(factories.request(firm, programme, RequestState.ELIGIBLE), state=CaseState.PROPOSED)
    for rank in range(1, candidates + 1):
        factories.candidate(case, rank=rank, score=5000 - rank)
    return case


def test_a_case_needs_as_many_statements_for_many_candidates_as_for_few(app, people):
    few, many = case_with(people, 3), case_with(people, 30)
    persons = people[3]
    pages = {
        Role.OPERATOR: ["/cases/{case}", "/staff/requests/{request}"],
        Role.MINISTRY: ["/cases/{case}"],
        Role.COMPANY: ["/requests/{request}", "/requests/{request}/candidates"],
    }
    for role, addresses in pages.items():
        client = sign_in(app.test_client(), persons[role])
        for address in addresses:
            one, other = (address.format(case=case.id, request=case.request_id) for case in (few, many))
            statements(client, one)
            assert statements(client, other) <= statements(client, one), address
