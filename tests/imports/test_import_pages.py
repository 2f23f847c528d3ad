"""Staff bring spreadsheets in through the site."""

import io

import pytest
from sqlalchemy import select

from marketplace import jobs
from marketplace.access import Role
from marketplace.audit import history_of
from marketplace.companies.eligibility import findings
from marketplace.companies.models import Company, MentoringRequest
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.experts.models import Expert, ExpertState
from marketplace.imports.models import ImportFile, ImportState
from marketplace.notifications import OutboxMail
from marketplace.taxonomy.actions import current_vocabulary
from tests import factories
from tests.conftest import sign_in

pytestmark = pytest.mark.both_databases
EXPERTS = (
    "이메일,성명,최종직장,최종직위,퇴직일,보유기술,활동지역,경험업종\n"
    "a@example.com,김전문,포스코,부장,2024-12-31,도금:4;MES,경남,C25\n"
    "b@example.com,이전문,LG전자,수석,2023.6.30,손맛 조율:3,서울,26\n"
)
REQUESTS = (
    "reference,company_brn,company_name,industry,region,title,problem,needs,months\n"
    "r01,124-81-00998,해무표면처리,C25,부산,도금이 벗겨집니다,자꾸 반품이 들어옵니다,도금:3,4\n"
)


@pytest.fixture
def operator(app, client):
    programme = factories.programme()
    person = factories.user(Role.OPERATOR, programme.operator)
    sign_in(client, person)
    person.programme = programme
    return person


def bring(client, content, name="experts.csv", **data):
    content = content if isinstance(content, bytes) else content.encode()
    data = {"kind": "experts", "file": (io.BytesIO(content), name), **data}
    answer = client.post("/imports/new", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    jobs.run_due()
    db.session.rollback()
    return newest()


def newest():
    query = select(ImportFile).order_by(ImportFile.id.desc()).limit(1)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def write(client, file):
    answer = client.post(f"/imports/{file.id}/write")
    assert answer.status_code == 303, answer.text
    jobs.run_due()
    db.session.rollback()
    return newest()


def test_experts_come_in_checked_first_and_written_on_a_persons_word(operator, client):
    file = bring(client, EXPERTS)
    assert (file.state, file.summary["new"]) == (ImportState.CHECKED, 2)
    assert db.session.query(Expert).count() == 0
    file = write(client, file)
    assert file.state == ImportState.WRITTEN
    experts = {expert.user.email: expert for expert in db.session.query(Expert)}
    assert experts["a@example.com"].state == ExpertState.SUBMITTED
    assert {skill.term for skill in experts["a@example.com"].skills} >= {"SYS-01"}
    assert [skill.words for skill in experts["b@example.com"].skills] == ["손맛 조율"]
    assert experts["b@example.com"].careers[0].until.isoformat() == "2023-06-30"
    assert history_of(file)[-1].facts["new"] == 2


def test_a_korean_excel_file_in_cp949_is_read(operator, client):
    file = bring(client, EXPERTS.encode("cp949"))
    assert file.state == ImportState.CHECKED


def test_the_same_file_twice_changes_nothing(operator, client):
    write(client, bring(client, EXPERTS))
    again = bring(client, EXPERTS)
    assert (again.summary["new"], again.summary["changed"], again.summary["same"]) == (0, 0, 2)


def test_a_changed_row_changes_only_what_it_gives(operator, client):
    write(client, bring(client, EXPERTS))
    file = bring(client, "email,name,capacity\na@example.com,김전문,3\n")
    assert file.summary["changed"] == 1
    write(client, file)
    expert = next(e for e in db.session.query(Expert) if e.user.email == "a@example.com")
    db.session.refresh(expert)
    assert (expert.capacity, expert.regions) == (3, ["48"])


def test_a_new_employer_of_a_verified_expert_must_be_verified_again(operator, client):
    expert = factories.expert(careers=(("포스코", None, None),))
    file = bring(client, f"email,name,employer,title\n{expert.user.email},{expert.name},삼성전자,상무\n")
    write(client, file)
    db.session.refresh(expert)
    assert expert.state == ExpertState.SUBMITTED


def test_industries_that_nobody_knows_stop_no_file_and_empty_no_profile(operator, client):
    write(client, bring(client, EXPERTS))
    rows = "email,name,industries\na@example.com,김전문,C25;J62;우주 개발\nb@example.com,이전문,J99\n"
    file = bring(client, rows)
    assert (file.state, file.summary["changed"], file.summary["same"]) == (ImportState.CHECKED, 1, 1)
    page = client.get(f"/imports/{file.id}").text
    assert "모르는 업종이라 읽지 않았습니다: 우주 개발." in page
    assert "모르는 업종이라 읽지 않았습니다: J99." in page
    write(client, file)
    stated = {expert.user.email: expert.industries for expert in db.session.query(Expert)}
    assert stated == {"a@example.com": ["C25", "J62"], "b@example.com": ["C26"]}


def test_a_request_from_outside_manufacturing_is_taken_in_and_the_check_says_so(operator, client):
    content = REQUESTS.replace("C25", "창고 및 운송관련 서비스업")
    file = bring(client, content, "requests.csv", kind="requests", programme_id=str(operator.programme.id))
    assert file.state == ImportState.CHECKED, file.faults
    write(client, file)
    request = db.session.query(MentoringRequest).one()
    found = findings(request)["industry"]
    assert (found.result, found.facts["code"]) == ("fault", "H52")
    assert (
        "제조업이 아닙니다: H52 창고 및 운송관련 서비스업" in client.get(f"/staff/requests/{request.id}").text
    )


def test_one_bad_row_keeps_the_whole_file_out_and_says_where(operator, client):
    file = bring(client, EXPERTS + "not-an-address,박전문,,,2025-02-31,,,\n")
    assert file.state == ImportState.FAULTY
    page = client.get(f"/imports/{file.id}").text
    assert "이메일 주소가 아닙니다" in page
    assert "2025-02-31" in page
    marked = client.get(f"/imports/{file.id}/marked.xlsx")
    assert marked.data[:2] == b"PK"
    assert client.post(f"/imports/{file.id}/write").status_code == 409


def test_an_address_of_another_role_is_a_fault_of_its_row(operator, client):
    file = bring(client, f"email,name\n{operator.email},김전문\n")
    assert file.state == ImportState.FAULTY
    assert file.faults[0]["kind"] == "other_account"


def test_invitations_go_out_when_asked_for(operator, client):
    write(client, bring(client, EXPERTS, invite="y"))
    sent = {mail.recipient for mail in db.session.query(OutboxMail) if mail.token_purpose == "invite"}
    assert sent == {"a@example.com", "b@example.com"}


def test_requests_come_in_with_their_firm_and_wait_for_the_check(operator, client):
    file = bring(client, REQUESTS, "requests.csv", kind="requests", programme_id=str(operator.programme.id))
    assert file.state == ImportState.CHECKED, file.faults
    write(client, file)
    request = db.session.query(MentoringRequest).one()
    assert (request.reference, request.state, request.company.name) == ("r01", "submitted", "해무표면처리")
    assert [(need.term, need.priority) for need in request.needs] == [
        (current_vocabulary().resolve("도금"), 3)
    ]
    assert request.tier.months == 6


def test_requests_cannot_be_brought_into_another_operators_programme(operator, client):
    theirs = factories.programme()
    data = {
        "kind": "requests",
        "programme_id": str(theirs.id),
        "file": (io.BytesIO(REQUESTS.encode()), "r.csv"),
    }
    answer = client.post("/imports/new", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "사업을 고르십시오" in answer.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.csv", "", "빈 파일"),
        ("x.xls", "abc", ""),
        ("x.xlsx", "이것은 엑셀이 아닙니다", ""),
        ("x.csv", "이름만,있는,머리글\n1,2,3\n", "이메일"),
        ("x\x00.csv", EXPERTS, ""),
    ],
)
def test_an_unusable_file_is_answered_with_a_sentence_and_never_an_error(
    operator, client, name, content, words
):
    data = {"kind": "experts", "file": (io.BytesIO(content.encode()), name)}
    answer = client.post("/imports/new", data=data, content_type="multipart/form-data")
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        jobs.run_due()
        page = client.get(answer.headers["Location"]).text
        assert words in page
    else:
        assert words in answer.text


def test_a_dropped_file_cannot_be_written(operator, client):
    file = bring(client, EXPERTS)
    assert client.post(f"/imports/{file.id}/discard").status_code == 303
    assert client.post(f"/imports/{file.id}/write").status_code == 409


def test_an_empty_workbook_to_fill_in_can_be_had(operator, client):
    assert client.get("/imports/template/experts.xlsx").data[:2] == b"PK"
    assert client.get("/imports/template/else.xlsx").status_code == 404


def test_a_second_request_of_a_firm_is_a_fault_of_its_row_and_nothing_is_written(operator, client):
    both = REQUESTS + "r02,1248100998,해무표면처리,C25,부산,둘째,또 문제가 있습니다,도금:3,4\n"
    data = {"kind": "requests", "programme_id": str(operator.programme.id)}
    file = bring(client, both, "requests.csv", **data)
    assert file.state == ImportState.FAULTY
    assert [(fault["kind"], fault["row"]) for fault in file.faults] == [("other_request_open", 3)]
    page = client.get(f"/imports/{file.id}").text
    assert "이미 있습니다(r01)" in page and "한 건만 남기고" in page


def test_a_firm_that_handed_in_after_the_check_stops_the_writing(operator, client):
    data = {"kind": "requests", "programme_id": str(operator.programme.id)}
    file = bring(client, REQUESTS, "requests.csv", **data)
    assert file.state == ImportState.CHECKED
    firm = factories.organisation(name="해무표면처리", brn="1248100998")
    company = factories.save(Company(organisation_id=firm.id))
    handed_in = factories.request(company, operator.programme, RequestState.SUBMITTED)
    file = write(client, file)
    assert file.state == ImportState.FAULTY
    assert [request.id for request in db.session.query(MentoringRequest)] == [handed_in.id]


def test_a_firm_whose_request_is_withdrawn_or_in_another_programme_may_come_in(operator, client):
    firm = factories.organisation(name="해무표면처리", brn="1248100998")
    company = factories.save(Company(organisation_id=firm.id))
    factories.request(company, operator.programme, RequestState.WITHDRAWN)
    factories.request(company, factories.programme(), RequestState.SUBMITTED)
    data = {"kind": "requests", "programme_id": str(operator.programme.id)}
    assert bring(client, REQUESTS, "requests.csv", **data).state == ImportState.CHECKED
