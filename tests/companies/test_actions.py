"""Every verb of a request: where it leads, who may, what is recorded and told; and every refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from marketplace.access import Permission
from marketplace.accounts.models import User
from marketplace.audit import history_of
from marketplace.companies import actions
from marketplace.companies.drafting import Draft, save_request
from marketplace.companies.eligibility import ITEMS, today
from marketplace.companies.models import MentoringRequest
from marketplace.companies.states import HOLDER, OPEN_STATES, STATE_LABELS, TRANSITIONS, WHO, RequestState
from marketplace.database import db, utcnow
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.notifications import Notice, OutboxMail
from marketplace.programmes.models import ProgrammeState
from tests import factories
from tests.companies.conftest import FINE, full_request

both_databases = pytest.mark.both_databases
S = RequestState
DO: dict[str, Callable[[MentoringRequest, Any], Any]] = {
    "save": lambda request, by: save_request(request, Draft({"title": "새 제목"}, {}), by=by),
    "submit": lambda request, by: actions.submit_request(request, by=by),
    "take": lambda request, by: actions.take_request(request, by=by),
    "return": lambda request, by: actions.return_request(request, FINE, "주소를 고쳐 주십시오.", by=by),
    "find_eligible": lambda request, by: actions.find_eligible(request, FINE, by=by),
    "find_ineligible": lambda request, by: actions.find_ineligible(request, FINE, "휴업 중입니다.", by=by),
    "object": lambda request, by: actions.raise_objection(request, "휴업이 아닙니다.", by=by),
    "uphold": lambda request, by: actions.uphold_finding(request, "증빙이 없습니다.", by=by),
    "reopen": lambda request, by: actions.reopen_check(request, "증빙을 확인했습니다.", by=by),
    "withdraw": lambda request, by: actions.withdraw_request(request, "사정이 바뀌었습니다.", by=by),
}
RECORDED = {
    "save": "request_saved",
    "submit": "request_submitted",
    "take": "request_taken",
    "return": "request_returned",
    "find_eligible": "request_eligible",
    "find_ineligible": "request_ineligible",
    "object": "objection_raised",
    "uphold": "objection_decided",
    "reopen": "objection_decided",
    "withdraw": "request_withdrawn",
}
TOLD = {  # verb -> the people of the world who are told
    "save": set(),
    "submit": {"person", "operator"},
    "take": {"person"},
    "return": {"person"},
    "find_eligible": {"person"},
    "find_ineligible": {"person"},
    "object": {"operator"},
    "uphold": {"person"},
    "reopen": {"person"},
    "withdraw": {"operator"},
}

BY_MATCHING = {"stop"}  # done with the case, see tests/matching


def request_in(world, state: RequestState) -> MentoringRequest:
    """A request that stands in a state with everything the state brings along."""
    facts: dict[str, Any] = {}
    if state in (S.RETURNED, S.INELIGIBLE):
        facts["answer_due_at"] = utcnow() + timedelta(days=7)
    if state is S.OBJECTED:
        facts |= {"objection": "아닙니다.", "objected_at": utcnow(), "reason": "휴업 중입니다."}
        facts |= {"decided_at": utcnow(), "decided_by_id": world.operator.id}
    return full_request(world, state, **facts)


def actor(world, verb: str) -> Any:
    """Whoever may do the verb."""
    return world.person if WHO[verb] is Permission.EDIT_REQUEST else world.operator


def test_the_tables_know_the_same_states_and_verbs():
    verbs = {verb for row in TRANSITIONS.values() for verb in row}
    assert verbs == set(WHO)
    assert verbs - BY_MATCHING == set(DO) == set(RECORDED) == set(TOLD)
    assert set(TRANSITIONS) == set(S) == set(STATE_LABELS)
    assert set(HOLDER) | set(OPEN_STATES) | {S.INELIGIBLE, S.WITHDRAWN, S.STOPPED} == set(S)


@both_databases
@pytest.mark.parametrize("verb", sorted(DO))
def test_a_verb_leads_from_each_state_as_the_table_says_and_nowhere_else(world, verb):
    for state in S:
        request = request_in(world, state)
        after = TRANSITIONS[state].get(verb)
        if after is None:
            with pytest.raises((RuleBroken, NotFound)) as refused:
                DO[verb](request, actor(world, verb))
            # A draft does not exist for the operator; otherwise the state itself refuses.
            if not (state is S.DRAFT and actor(world, verb) is world.operator):
                assert refused.value.conflict, (state, verb)
            db.session.refresh(request)
            assert request.state == state
            assert history_of(request) == []
        else:
            DO[verb](request, actor(world, verb))
            db.session.refresh(request)
            assert request.state == after, (state, verb)
            assert [entry.event for entry in history_of(request)] == [RECORDED[verb]]
        request.state = S.WITHDRAWN  # a firm has one request at a time
        factories.save(request)


@pytest.mark.parametrize("verb", sorted(DO))
def test_only_the_one_whom_the_table_names_may_do_a_verb(world, verb):
    state = next(state for state, row in TRANSITIONS.items() if verb in row and state is not S.DRAFT)
    request = request_in(world, state)
    allowed = actor(world, verb)
    foreign = world.stranger if allowed is world.person else world.other_operator
    with pytest.raises(NotFound):
        DO[verb](request, foreign)
    others = {world.person, world.operator, world.ministry, world.expert, world.auditor, world.admin} - {
        allowed
    }
    for other in others:
        with pytest.raises(NotAllowed):
            DO[verb](request, other)
    assert history_of(request) == []
    DO[verb](request, allowed)


@pytest.mark.parametrize("verb", sorted(TOLD))
def test_those_concerned_are_told_on_the_site_and_by_mail(world, verb):
    state = next(
        state
        for state, row in TRANSITIONS.items()
        if verb in row and (verb != "withdraw" or state != S.DRAFT)
    )
    request = request_in(world, state)
    DO[verb](request, actor(world, verb))
    wanted = {getattr(world, name).id for name in TOLD[verb]}
    everybody = {person.id for person in vars(world).values() if isinstance(person, User)}
    notices = db.session.query(Notice).all()
    assert {notice.user_id for notice in notices} & everybody == wanted
    assert {mail.user_id for mail in db.session.query(OutboxMail)} & everybody == wanted
    for notice in notices:
        assert request.reference in notice.sentence % notice.facts
        prefix = "/requests/" if notice.user_id == world.person.id else "/staff/requests/"
        assert notice.path == f"{prefix}{request.id}"


def test_the_reason_of_a_return_reaches_the_firm_with_its_deadline(world):
    request = request_in(world, S.CHECKING)
    actions.return_request(request, FINE, "공장 주소를 적어 주십시오.", by=world.operator)
    assert (request.answer_due_at - utcnow()).days in (9, 10)
    mail = db.session.query(OutboxMail).one()
    assert "공장 주소를 적어 주십시오." in mail.body
    assert actions.written(request.answer_due_at) in mail.body


@pytest.mark.parametrize("verb", ["return", "find_ineligible", "object", "uphold", "reopen"])
@pytest.mark.parametrize("nothing", ["", None])
def test_what_must_be_explained_is_refused_without_a_reason(world, verb, nothing):
    state = next(state for state, row in TRANSITIONS.items() if verb in row)
    request = request_in(world, state)
    act = {
        "return": lambda: actions.return_request(request, FINE, nothing, by=world.operator),
        "find_ineligible": lambda: actions.find_ineligible(request, FINE, nothing, by=world.operator),
        "object": lambda: actions.raise_objection(request, nothing, by=world.person),
        "uphold": lambda: actions.uphold_finding(request, nothing, by=world.operator),
        "reopen": lambda: actions.reopen_check(request, nothing, by=world.operator),
    }[verb]
    with pytest.raises(RuleBroken) as refused:
        act()
    assert refused.value.field in ("reason", "text")
    db.session.refresh(request)
    assert request.state == state


def test_a_request_with_a_fault_cannot_be_found_eligible(world):
    request = request_in(world, S.CHECKING)
    checks = {**FINE, "brn": {"result": "fault", "note": ""}}
    with pytest.raises(RuleBroken) as refused:
        actions.find_eligible(request, checks, by=world.operator)
    assert refused.value.field == "brn"


@pytest.mark.parametrize("item", sorted(ITEMS))
def test_what_could_not_be_checked_needs_a_note_before_the_request_is_eligible(world, item):
    request = request_in(world, S.CHECKING)
    with pytest.raises(RuleBroken) as refused:
        actions.find_eligible(request, {**FINE, item: {"result": "unknown", "note": ""}}, by=world.operator)
    assert refused.value.field == item
    checks = {**FINE, item: {"result": "unknown", "note": "전화로 확인함"}}
    actions.find_eligible(request, checks, by=world.operator)
    assert request.checks[item]["note"] == "전화로 확인함"


@both_databases
def test_interim_checks_are_kept_without_a_decision(world):
    request = request_in(world, S.CHECKING)
    actions.save_checks(request, {**FINE, "region": {"result": "fault", "note": "폐업"}}, by=world.operator)
    db.session.refresh(request)
    assert (request.state, request.checks["region"]["result"]) == (S.CHECKING, "fault")
    with pytest.raises(RuleBroken):
        actions.save_checks(request_in(world, S.SUBMITTED), FINE, by=world.operator)
    with pytest.raises(NotAllowed):
        actions.save_checks(request, FINE, by=world.ministry)


@both_databases
def test_a_finding_can_be_objected_to_once_and_only_in_time(world):
    late = request_in(world, S.INELIGIBLE)
    late.answer_due_at = utcnow() - timedelta(minutes=1)
    factories.save(late)
    with pytest.raises(RuleBroken):
        actions.raise_objection(late, "늦었습니다.", by=world.person)
    request = request_in(world, S.CHECKING)
    actions.find_ineligible(request, FINE, "휴업 중입니다.", by=world.operator)
    actions.raise_objection(request, "휴업이 아닙니다.", by=world.person)
    actions.uphold_finding(request, "증빙이 없습니다.", by=world.operator)
    with pytest.raises(RuleBroken):
        actions.raise_objection(request, "다시 봐 주십시오.", by=world.person)
    assert request.objection_answer == "증빙이 없습니다."


def test_a_reopened_check_forgets_the_old_decision_and_may_be_objected_to_again(world):
    request = request_in(world, S.CHECKING)
    actions.find_ineligible(request, FINE, "휴업 중입니다.", by=world.operator)
    actions.raise_objection(request, "휴업이 아닙니다.", by=world.person)
    actions.reopen_check(request, "확인했습니다.", by=world.operator)
    assert (request.decided_at, request.decided_by, request.reason) == (None, None, None)
    actions.find_ineligible(request, FINE, "체납이 있습니다.", by=world.operator)
    assert request.may_still_answer


def test_later_slices_act_in_the_same_transaction(world, monkeypatch):
    seen = []
    monkeypatch.setattr(actions, "on_eligible", [lambda request, by: seen.append((request.state, by))])
    monkeypatch.setattr(actions, "on_withdrawn", [lambda request, by: seen.append((request.state, by))])
    request = request_in(world, S.CHECKING)
    actions.find_eligible(request, FINE, by=world.operator)
    actions.withdraw_request(request, by=world.person)
    assert seen == [(S.ELIGIBLE, world.operator), (S.WITHDRAWN, world.person)]


@both_databases
@pytest.mark.parametrize("verb", ["find_eligible", "withdraw"])
def test_a_refusal_of_a_later_slice_undoes_the_step(world, monkeypatch, verb):
    def refuse(request, by):
        raise RuleBroken("이미 승인되었습니다.", conflict=True)

    monkeypatch.setattr(actions, "on_eligible", [refuse])
    monkeypatch.setattr(actions, "on_withdrawn", [refuse])
    request = request_in(world, S.CHECKING)
    with pytest.raises(RuleBroken, match="승인"):
        DO[verb](request, actor(world, verb))
    db.session.refresh(request)
    assert request.state == S.CHECKING
    assert (history_of(request), db.session.query(Notice).count()) == ([], 0)


def test_a_draft_is_handed_in_only_while_the_programme_takes_requests(world):
    request = request_in(world, S.DRAFT)
    for facts in (
        {"state": ProgrammeState.CLOSED},
        {"state": ProgrammeState.OPEN, "opens_on": today() + timedelta(days=1)},
        {"opens_on": today() - timedelta(days=9), "closes_on": today() - timedelta(days=1)},
    ):
        for name, value in facts.items():
            setattr(world.programme, name, value)
        factories.save(world.programme)
        with pytest.raises(RuleBroken):
            actions.submit_request(request, by=world.person)
    returned = request_in(world, S.RETURNED)
    actions.submit_request(returned, by=world.person)
    assert returned.state == S.SUBMITTED


@both_databases
def test_a_corrected_request_keeps_its_first_date_and_gets_a_new_deadline(world):
    request = request_in(world, S.RETURNED)
    first = request.submitted_at = utcnow() - timedelta(days=20)
    factories.save(request)
    actions.submit_request(request, by=world.person)
    assert request.submitted_at == first
    assert request.check_due_at > utcnow()
    assert (request.reason, request.answer_due_at, request.taken_by) == (None, None, None)


def test_nobody_may_check_with_a_disabled_account(world):
    world.operator.disabled_at = utcnow()
    factories.save(world.operator)
    with pytest.raises(NotAllowed):
        actions.take_request(request_in(world, S.SUBMITTED), by=world.operator)
