"""The firms of the demo and their requests, from the first words to the operator's decision."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.companies import actions, drafting
from marketplace.companies.eligibility import DECLARATIONS, Result, findings
from marketplace.companies.models import MentoringRequest, RelationToFirm
from marketplace.demo.people import Staff, joined
from marketplace.demo.sheets import DemoRequest, demo_requests

#: How far a request gets before the operator decides; every other one is found eligible.
UNDECIDED = ("draft", "submitted", "checking", "returned", "ineligible", "objected")
RETURN_REASON = (
    "상시근로자 수가 고용보험 가입자 명부와 다릅니다. 명부에 맞게 고쳐 주시고, 어려움이 생긴 시기와 하루 생산량을 "
    "애로내용에 덧붙여 주십시오."
)
REFUSAL_REASON = (
    "같은 해에 다른 스마트공장 지원과제를 수행 중인 것으로 확인되어 지원 제외 사유에 해당합니다. "
    "과제가 끝나는 2027년 3월 이후에 다시 신청하실 수 있습니다."
)
OBJECTION = (
    "말씀하신 과제는 지난 9월에 끝나 완료보고서까지 냈습니다. 전산에 아직 진행 중으로 남아 있는 것 같으니 "
    "완료 확인서를 보시고 다시 판단해 주십시오."
)


@dataclass(frozen=True)
class Application:
    """What a firm applied for in the demo, and the person who acts for it."""

    written: DemoRequest
    person: User
    request: MentoringRequest

    @property
    def goes_to(self) -> str:
        """How far it gets."""
        return self.written.more["state"]


def found_firms(staff: Staff) -> list[Application]:
    """Every firm signs up, says who it is and what hurts, and most hand the request in."""
    applications = []
    for written in demo_requests():
        person = _signed_up(written)
        _say_who(written, person)
        application = Application(written, person, _say_what(staff, written, person))
        if application.goes_to != "draft":
            actions.submit_request(application.request, by=person)
        applications.append(application)
    return applications


def _signed_up(written: DemoRequest) -> User:
    row, more = written.row, written.more
    return joined(
        Role.COMPANY, more["email"], more["person"], None, firm=row.company_name, brn=row.company_brn
    )


def _say_who(written: DemoRequest, person: User) -> None:
    row, more = written.row, written.more
    values = {
        "industry": row.industry,
        "region": row.region,
        "city": more["city"] or None,
        "employees": row.employees,
        "size_class": None if row.employees is None else "small" if row.employees < 50 else "medium",
        "products": more["products"] or None,
    }
    kinds = (
        (RelationToFirm.CUSTOMER, more["customers"]),
        (RelationToFirm.COMPETITOR, more["competitors"]),
        (RelationToFirm.VENDOR, more["vendors"]),
    )
    relations = [
        drafting.NamedRelation(kind, name) for kind, names in kinds for name in names.split(";") if name
    ]
    drafting.save_company(values, relations, version=None, by=person)


def _say_what(staff: Staff, written: DemoRequest, person: User) -> MentoringRequest:
    row, more = written.row, written.more
    named = [need.term for need in row.needs if need.term]
    terms = named or [term for term in more["accepted"].split(";") if term]
    request = drafting.express_interest(staff.programme.id, row.problem, terms, {}, by=person)
    wished = {need.term: need.grade for need in row.needs}
    tier = next((tier for tier in staff.programme.tiers if tier.months >= row.months), None)
    values = {
        "title": row.title,
        "goal": more["goal"] or None,
        "level": row.level,
        "months": row.months,
        "start_on": row.start_on,
        "mode": str(row.mode),
        "place": more["place"] or None,
        "tier_id": tier.id if tier else None,
        "declarations": list(DECLARATIONS) if more["goal"] else [],
    }
    draft = drafting.Draft(
        values=values,
        unfinished={},
        priorities={need.id: wished[need.term] for need in request.needs if need.term in wished},
    )
    drafting.save_request(request, draft, by=person)
    return request


def check_requests(staff: Staff, applications: list[Application]) -> list[Application]:
    """The operator goes through what was handed in; those that were found eligible."""
    eligible = []
    for application in applications:
        if application.goes_to in ("draft", "submitted"):
            continue
        actions.take_request(application.request, by=staff.operators[0])
        if application.goes_to not in UNDECIDED:
            checks = checks_of(application.request)
            actions.find_eligible(application.request, checks, by=staff.operators[0])
            eligible.append(application)
        elif application.goes_to != "checking":
            _decide_against(staff, application)
    return eligible


def checks_of(request: MentoringRequest) -> dict[str, dict[str, str]]:
    """The site's own findings as the operator's, with a note where the site could not tell."""
    return {
        item: {
            "result": str(finding.result),
            "note": "사업자등록증과 대조하여 확인했습니다." if finding.result == Result.UNKNOWN else "",
        }
        for item, finding in findings(request).items()
    }


def _decide_against(staff: Staff, application: Application) -> None:
    request, operator = application.request, staff.operators[1]
    checks = checks_of(request)
    if application.goes_to == "returned":
        actions.return_request(request, checks, RETURN_REASON, by=operator)
        return
    checks["declarations"] = {"result": str(Result.FAULT), "note": "지원과제 관리시스템에서 수행 중 확인"}
    actions.find_ineligible(request, checks, REFUSAL_REASON, by=operator)
    if application.goes_to == "objected":
        actions.raise_objection(request, OBJECTION, by=application.person)
