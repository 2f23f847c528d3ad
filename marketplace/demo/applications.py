"""The firms of the demo and their requests, from the sign-up to the operator's decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.access import Role
from marketplace.accounts.models import User
from marketplace.companies import actions, drafting
from marketplace.companies.eligibility import DECLARATIONS, Result, findings
from marketplace.companies.models import MentoringRequest, RelationToFirm
from marketplace.demo.people import Staff, confirmed, sign_up
from marketplace.demo.sheets import DemoRequest
from marketplace.matching.models import MatchCase

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


@dataclass
class Application:
    """What a firm applies for in the demo. Its steps are methods, each done by the one whose turn it is."""

    written: DemoRequest
    staff: Staff
    starts: date | None = None  # the wished start of one that came long ago
    _person: User | None = None
    _request: MentoringRequest | None = None

    @property
    def goes_to(self) -> str:
        """How far it gets."""
        return self.written.more["state"]

    @property
    def person(self) -> User:
        """Who acts for the firm."""
        if self._person is None:
            raise LookupError(self.written.row.reference)
        return self._person

    @property
    def request(self) -> MentoringRequest:
        """The request, once the firm has said what hurts."""
        if self._request is None:
            raise LookupError(self.written.row.reference)
        return self._request

    @property
    def case(self) -> MatchCase:
        """The case, once the request was found eligible."""
        case = MatchCase.of_request(self.request)
        if case is None:
            raise LookupError(self.request.reference)
        return case

    def sign_up(self) -> None:
        """The person signs up for the firm."""
        row, more = self.written.row, self.written.more
        sign_up(Role.COMPANY, more["email"], more["person"], None, firm=row.company_name, brn=row.company_brn)

    def confirm(self) -> None:
        """The person opens the mailed link, which founds the firm."""
        self._person = confirmed(self.written.more["email"])

    def say_who(self) -> None:
        """The firm states its own data."""
        row, more = self.written.row, self.written.more
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
        none_of = [kind for kind, names in kinds if not names]
        drafting.save_company(values, relations, version=None, by=self.person, none_of=none_of)

    def say_what(self) -> None:
        """The firm says what hurts, and accepts terms that its words point to."""
        row, more = self.written.row, self.written.more
        named = [need.term for need in row.needs if need.term]
        terms = named or [term for term in more["accepted"].split(";") if term]
        self._request = drafting.express_interest(
            self.staff.programme.id, row.problem, terms, {}, by=self.person
        )

    def fill_in(self) -> None:
        """The firm fills in the rest of the request."""
        row, more = self.written.row, self.written.more
        wished = {need.term: need.grade for need in row.needs}
        tier = next((tier for tier in self.staff.programme.tiers if tier.months >= row.months), None)
        values = {
            "title": row.title,
            "goal": more["goal"] or None,
            "level": row.level,
            "months": row.months,
            "start_on": self.starts or self.written.start_on,
            "mode": str(row.mode),
            "place": more["place"] or None,
            "tier_id": tier.id if tier else None,
            "declarations": list(DECLARATIONS) if more["goal"] else [],
        }
        draft = drafting.Draft(
            values=values,
            unfinished={},
            priorities={need.id: wished[need.term] for need in self.request.needs if need.term in wished},
        )
        drafting.save_request(self.request, draft, by=self.person)

    def submit(self) -> None:
        """The firm hands the request in."""
        actions.submit_request(self.request, by=self.person)

    def take(self) -> None:
        """The operator begins to check."""
        actions.take_request(self.request, by=self.staff.operators[0])

    def find_eligible(self) -> None:
        """The operator finds nothing against it."""
        actions.find_eligible(self.request, checks_of(self.request), by=self.staff.operators[0])

    def send_back(self) -> None:
        """The operator asks for a correction."""
        actions.return_request(
            self.request, checks_of(self.request), RETURN_REASON, by=self.staff.operators[1]
        )

    def find_ineligible(self) -> None:
        """The operator finds a reason against it."""
        checks = checks_of(self.request)
        checks["declarations"] = {"result": str(Result.FAULT), "note": "지원과제 관리시스템에서 수행 중 확인"}
        actions.find_ineligible(self.request, checks, REFUSAL_REASON, by=self.staff.operators[1])

    def object(self) -> None:
        """The firm objects to that."""
        actions.raise_objection(self.request, OBJECTION, by=self.person)


def checks_of(request: MentoringRequest) -> dict[str, dict[str, str]]:
    """The site's own findings as the operator's, with a note where the site could not tell."""
    return {
        item: {
            "result": str(finding.result),
            "note": "사업자등록증과 대조하여 확인했습니다." if finding.result == Result.UNKNOWN else "",
        }
        for item, finding in findings(request).items()
    }
