"""The firm's writing: nothing typed is lost, two people do not overwrite each other, terms come from words."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from marketplace.audit import history_of
from marketplace.companies import drafting
from marketplace.companies.drafting import Draft, NamedRelation
from marketplace.companies.eligibility import DECLARATIONS, missing_parts, today
from marketplace.companies.levels import LEAST_ANSWERS, LEVELS, QUESTIONS, suggested_level
from marketplace.companies.models import Company, MentoringRequest, RelationToFirm
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.programmes.models import ProgrammeState
from tests import factories
from tests.companies.conftest import full_request

both_databases = pytest.mark.both_databases
PAIN = "도금이 벗겨져서 반품이 들어옵니다. 원인을 모르겠습니다."


def save(request: MentoringRequest, by, page: str = "page", version: int | None = None, **rest) -> None:
    values = {name: rest.pop(name) for name in list(rest) if name in ("title", "problem", "goal")}
    draft = Draft(values, rest.pop("unfinished", {}), version=version, page=page, **rest)
    drafting.save_request(request, draft, by=by)


@both_databases
def test_interest_makes_a_draft_with_a_number_and_the_words_behind_each_need(world):
    request = drafting.express_interest(
        world.programme.id, PAIN, ["PRC-09"], {"size_class": "small"}, by=world.person
    )
    assert request.state == RequestState.DRAFT
    assert request.reference == f"{world.programme.year}-00001"
    need = request.needs[0]
    assert (need.term, need.priority) == ("PRC-09", 3)
    assert "도금" in need.because
    assert request.company.size_class == "small"
    assert request.region == world.firm.region
    assert history_of(request)[0].facts == {"reference": request.reference, "terms": ["PRC-09"]}


@both_databases
def test_the_same_words_sent_again_lead_to_the_draft_that_they_began(world):
    def begin(problem: str) -> MentoringRequest:
        return drafting.express_interest(world.programme.id, problem, ["PRC-09"], {}, by=world.person)

    first = begin(PAIN)
    assert begin(PAIN).id == first.id
    assert [entry.event for entry in history_of(first)] == ["interest_expressed"]
    assert begin(PAIN + " 또 있습니다.").id != first.id
    first.problem = "그 뒤로 고쳐 썼습니다."
    factories.save(first)
    assert begin(PAIN).id != first.id


@both_databases
def test_a_firm_that_nobody_described_yet_gets_its_row_with_the_first_words(world):
    from marketplace.access import Role

    person = factories.user(Role.COMPANY, factories.organisation())
    request = drafting.express_interest(world.programme.id, PAIN, [], {"region": "48"}, by=person)
    assert request.company.region == "48"
    assert Company.of(person) is request.company


@pytest.mark.parametrize(
    "closed", [{"state": ProgrammeState.CLOSED}, {"opens_on": today() + timedelta(days=1)}]
)
def test_a_closed_programme_takes_no_interest(world, closed):
    programme = factories.programme(**closed)
    with pytest.raises(RuleBroken) as refused:
        drafting.express_interest(programme.id, PAIN, [], {}, by=world.person)
    assert refused.value.field == "programme_id"


def test_only_firms_express_interest(world):
    for other in (world.operator, world.expert, world.auditor, world.admin):
        with pytest.raises((NotAllowed, RuleBroken)):
            drafting.express_interest(world.programme.id, PAIN, [], {}, by=other)
    assert db.session.query(MentoringRequest).count() == 0


@both_databases
def test_numbers_do_not_collide_when_many_begin_at_once(app, world):
    people = [factories.person_of(factories.company()) for _ in range(6)]
    programme_id, ids = world.programme.id, [person.id for person in people]
    references, errors = [], []

    def begin(person_id: int) -> None:
        from marketplace.accounts.models import User

        with app.app_context():
            try:
                person = db.session.get(User, person_id)
                db.session.rollback()
                references.append(drafting.express_interest(programme_id, PAIN, [], {}, by=person).reference)
            except Exception as error:
                errors.append(error)

    db.session.rollback()
    threads = [threading.Thread(target=begin, args=(number,)) for number in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(references) == [f"2026-{number:05d}" for number in range(1, 7)]


def test_a_number_that_an_imported_request_bears_is_passed_over(world):
    full_request(world, reference="2026-00001")
    request = drafting.express_interest(world.programme.id, PAIN, [], {}, by=world.person)
    assert request.reference == "2026-00002"


@both_databases
def test_what_cannot_be_stored_is_kept_as_typed_and_keeps_nothing_else_from_being_saved(world):
    request = full_request(world)
    save(request, world.person, title="새 제목", unfinished={"start_on": "2027-02-31"})
    db.session.refresh(request)
    assert request.title == "새 제목"
    assert request.start_on is not None
    assert request.unfinished == {"start_on": "2027-02-31"}
    assert "start_on" in [part.field for part in missing_parts(request)]
    save(request, world.person, unfinished={})
    assert missing_parts(request) == []


@both_databases
def test_the_second_of_two_people_is_told_and_nothing_is_overwritten(world):
    request = full_request(world)
    opened = request.version
    save(request, world.person, page="first", version=opened, title="먼저 저장한 제목")
    with pytest.raises(RuleBroken) as refused:
        save(request, world.person, page="second", version=opened, title="나중 제목")
    assert refused.value.conflict
    db.session.refresh(request)
    assert request.title == "먼저 저장한 제목"
    save(request, world.person, page="second", version=request.version, title="보고 나서 고친 제목")
    assert request.title == "보고 나서 고친 제목"


def test_one_page_saves_again_and_again_without_being_opened_anew(world):
    request = full_request(world)
    opened = request.version
    for number in range(3):
        save(request, world.person, page="same", version=opened, title=f"제목 {number}")
    assert request.title == "제목 2"


def test_a_change_of_needs_alone_also_counts_as_a_change(world):
    request = full_request(world)
    opened = request.version
    save(request, world.person, page="first", version=opened, add=["PRC-09"])
    with pytest.raises(RuleBroken):
        save(request, world.person, page="second", version=opened, title="나중 제목")


def test_saving_what_is_already_saved_leaves_no_entry(world):
    request = full_request(world)
    save(request, world.person, title=request.title)
    assert history_of(request) == []


def test_terms_are_added_once_turned_down_for_good_and_removed(world):
    request = full_request(world, problem=PAIN, needs=())
    offered = [proposal.term for proposal in drafting.proposals(request)]
    assert offered
    save(request, world.person, add=[offered[0], offered[0]])
    assert [(need.term, need.priority) for need in request.needs] == [(offered[0], 3)]
    assert request.needs[0].because
    save(request, world.person, dismiss=[offered[1]])
    assert not {offered[0], offered[1]} & {proposal.term for proposal in drafting.proposals(request)}
    save(request, world.person, remove=[request.needs[0].id])
    assert request.needs == []


def test_own_words_become_a_term_when_the_taxonomy_knows_them_and_stay_words_otherwise(world):
    request = full_request(world, needs=())
    save(request, world.person, words="MES")
    save(request, world.person, words="우리만 쓰는 말")
    assert [need.words for need in request.needs] == ["MES", "우리만 쓰는 말"]
    assert request.needs[0].term is not None
    assert request.needs[1].term is None


def test_the_importance_of_a_need_is_changed_by_its_number(world):
    request = full_request(world)
    save(request, world.person, priorities={request.needs[0].id: 1, 999_999: 3})
    assert request.needs[0].priority == 1
    assert [part.field for part in missing_parts(request)] == ["needs"]


def test_a_term_that_does_not_exist_is_refused_and_needs_have_a_limit(world):
    request = full_request(world)
    with pytest.raises(RuleBroken):
        save(request, world.person, add=["XXX-99"])
    for number in range(drafting.MOST_NEEDS - 1):
        save(request, world.person, words=f"직접 적은 분야 {number}")
    with pytest.raises(RuleBroken) as refused:
        save(request, world.person, words="하나 더")
    assert refused.value.field == "own_words"


@both_databases
def test_a_firm_states_its_data_and_whom_it_deals_with(world):
    named = [
        NamedRelation(RelationToFirm.CUSTOMER, "한빛전자", factories.brn(77)),
        NamedRelation(RelationToFirm.COMPETITOR, "한빛전자"),
    ]
    firm = drafting.save_company(
        {"city": "창원시", "sales": 3_500_000_000}, named, version=None, by=world.person
    )
    kept = firm.relations[0].id
    firm = drafting.save_company({"city": "창원시"}, named[:1], version=firm.version, by=world.person)
    assert [(row.id, row.kind, row.name, row.brn) for row in firm.relations] == [
        (kept, "customer", "한빛전자", factories.brn(77))
    ]
    assert [entry.facts["changed"] for entry in history_of(firm)] == [
        ["city", "sales", "relations"],
        ["relations"],
    ]


@both_databases
def test_the_second_of_two_people_who_change_the_firm_is_told(world):
    opened = world.firm.version
    drafting.save_company({"city": "창원시"}, [], version=opened, by=world.person)
    with pytest.raises(RuleBroken) as refused:
        drafting.save_company({"city": "김해시"}, [], version=opened, by=world.person)
    assert refused.value.conflict
    assert Company.of(world.person).city == "창원시"


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"title": None}, "title"),
        ({"problem": "짧다"}, "problem"),
        ({"goal": None}, "goal"),
        ({"needs": ()}, "needs"),
        ({"needs": (("QUA-01", 2),)}, "needs"),
        ({"tier_id": None}, "tier_id"),
        ({"months": None}, "months"),
        ({"start_on": None}, "start_on"),
        ({"start_on": today() - timedelta(days=1)}, "start_on"),
        ({"mode": None}, "mode"),
        ({"region": None}, "region"),
        ({"place": None}, "place"),
        ({"level": None}, "level"),
        ({"declarations": list(DECLARATIONS)[1:]}, "declarations"),
    ],
)
def test_each_missing_part_is_named_at_its_field(world, lacking, field):
    assert [part.field for part in missing_parts(full_request(world, **lacking))] == [field]


def test_a_remote_request_needs_no_place_and_a_long_tier_needs_its_months(world):
    assert missing_parts(full_request(world, mode="remote", place=None)) == []
    short = full_request(world, tier_id=world.programme.tiers[1].id, months=3)
    assert [(part.field, part.facts) for part in missing_parts(short)] == [("months", {"months": 6})]


def test_what_the_firm_lacks_is_asked_on_its_own_page(world):
    world.firm.industry = world.firm.employees = None
    factories.save(world.firm)
    missing = missing_parts(full_request(world))
    assert [(part.field, part.of_firm) for part in missing] == [("industry", True), ("employees", True)]


def test_the_level_follows_the_answers_and_needs_enough_of_them():
    for answer, level in enumerate(LEVELS):
        assert suggested_level({question.key: answer for question in QUESTIONS}) == level
    few = {question.key: 2 for question in QUESTIONS[: LEAST_ANSWERS - 1]}
    assert suggested_level(few) is None
    assert sum(question.weight for question in QUESTIONS) == pytest.approx(1000)
    high_systems = {question.key: 4 if question.key in ("8", "9") else 0 for question in QUESTIONS}
    assert suggested_level(high_systems) == "중간1"


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2026-08-31", 6, "2027-02-28"), ("2027-01-04", 3, "2027-04-04"), ("2027-10-15", 3, "2028-01-15")],
)
def test_the_wished_period_counts_calendar_months(world, start, months, end):
    from datetime import date

    request = full_request(world, start_on=date.fromisoformat(start), months=months)
    assert request.ends_on == date.fromisoformat(end)
