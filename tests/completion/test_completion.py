"""Both sides report, the firm takes the tasks over, the operator checks, and what is left is the money."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from marketplace.access import Role
from marketplace.audit import history_of
from marketplace.companies.eligibility import today
from marketplace.completion import actions
from marketplace.completion.actions import Taken
from marketplace.completion.models import FIELDS, QUESTIONS, CompletionReport, Handover
from marketplace.completion.printing import completion_pdf, completion_picture
from marketplace.completion.sweeps import finish_mentorships, remind_of_reports
from marketplace.database import clock_at, db, utcnow
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.states import TRANSITIONS, Party
from marketplace.mentorships.states import MentorshipState as S
from marketplace.notifications import Notice
from marketplace.visits.states import VisitState
from tests import factories
from tests.conftest import sign_in
from tests.mentorships.test_papers import close, text_in
from tests.visits.world import World

pytestmark = pytest.mark.both_databases
REASON = "인계 점검표의 문서 이름이 실제와 다릅니다."


@pytest.fixture
def world(app: Any) -> World:
    return World(visits=2, planned=2)


def fresh(world: World) -> Mentorship:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Mentorship, world.mentorship.id)


def over(world: World, state: S = S.REPORTING) -> World:
    """Every visit was accepted, and the course went on to a state."""
    for _ in range(world.mentorship.visits):
        world.visit(VisitState.ACCEPTED, planned_number=None)
    finish_mentorships()
    if state in (S.CHECKING, S.SETTLING):
        taken(world)
        for party in (Party.FIRM, Party.EXPERT):
            hand_in(world, party)
    if state is S.SETTLING:
        actions.pass_check(fresh(world), by=world.operator)
    return world


def taken(world: World, **changes: Any) -> None:
    said = {"who": "김반장", "document": "도금 작업표준서 3판", "done_on": today(), **changes}
    rows = {row.id: Taken(**said) for row in Handover.of(world.mentorship.id)}
    actions.save_handover(fresh(world), rows, by=world.firm)


def person(world: World, party: Party) -> Any:
    return world.firm if party is Party.FIRM else world.expert.user


def said(party: Party) -> tuple[dict[str, str], dict[str, int], str]:
    return (
        {name: f"{name}에 쓴 글" for name, _ in FIELDS[party]},
        {name: 4 for name, _ in QUESTIONS[party]},
        "고맙습니다.",
    )


def hand_in(world: World, party: Party) -> None:
    report = CompletionReport.of(world.mentorship.id)[party]
    actions.submit_report(report, *said(party), by=person(world, party))


def told(user: Any) -> list[str]:
    return [
        notice.event for notice in db.session.query(Notice).filter_by(user_id=user.id).order_by(Notice.id)
    ]


def test_the_visits_end_when_all_were_accepted_or_the_term_is_over_and_not_before(world):
    world.visit(VisitState.ACCEPTED)
    assert finish_mentorships() == 0
    world.visit(VisitState.ACCEPTED)
    assert finish_mentorships() == 1
    found = fresh(world)
    assert (found.state, (found.due_at - utcnow()).days) == (S.REPORTING, 13)
    assert set(CompletionReport.of(found.id)) == {Party.FIRM, Party.EXPERT}
    assert [row.task.number for row in Handover.of(found.id)] == [1, 2]
    for user in (world.firm, world.expert.user, world.operator):
        assert "visits_finished" in told(user)
    assert finish_mentorships() == 0
    actions.finish(found.id)  # a job may run twice
    assert len(CompletionReport.of(found.id)) == 2


def test_a_term_that_is_over_ends_the_visits_but_not_while_the_mentorship_rests(app):
    running, paused = World(), World(state=S.PAUSED)
    with clock_at(utcnow() + timedelta(days=200)):
        assert finish_mentorships() == 1
    assert (fresh(running).state, fresh(paused).state) == (S.REPORTING, S.PAUSED)


def test_the_second_report_hands_the_mentorship_to_the_operator(world):
    over(world)
    taken(world)
    hand_in(world, Party.EXPERT)
    assert fresh(world).state == S.REPORTING
    assert "completion_reported" not in told(world.operator)
    hand_in(world, Party.FIRM)
    assert fresh(world).state == S.CHECKING
    assert "completion_reported" in told(world.operator)
    entries = [e for e in history_of(world.mentorship) if e.event == "completion_reported"]
    assert [entry.facts["party"] for entry in entries] == ["expert", "firm"]


def test_an_empty_report_is_answered_once_with_everything_that_it_lacks(client, world):
    over(world)
    here = f"/mentorships/{world.mentorship.id}/completion"
    answer = sign_in(client, world.firm).post(here, data={"do": "submit"})
    assert answer.status_code == 422
    assert answer.text.count("입력해 주십시오.") >= 2 * len(FIELDS[Party.FIRM])
    assert answer.text.count("1점에서 5점까지 골라 주십시오.") >= 2 * len(QUESTIONS[Party.FIRM])
    assert "먼저 인계 점검표를 채워 주십시오." in answer.text
    assert answer.text.count('id="error-summary-title"') == 1


@pytest.mark.parametrize("party", [Party.FIRM, Party.EXPERT])
def test_what_lacks_is_named_at_its_field_and_nothing_is_handed_in(world, party):
    over(world)
    taken(world)
    report = CompletionReport.of(world.mentorship.id)[party]
    written, scores, comment = said(party)
    for lacking in (name for name, _ in FIELDS[party]):
        with pytest.raises(RuleBroken) as broken:
            actions.submit_report(report, {**written, lacking: " "}, scores, comment, by=person(world, party))
        assert broken.value.field == lacking
    for lacking in (name for name, _ in QUESTIONS[party]):
        with pytest.raises(RuleBroken) as broken:
            less = {name: score for name, score in scores.items() if name != lacking}
            actions.submit_report(report, written, less, comment, by=person(world, party))
        assert broken.value.field == f"score_{lacking}"
    with pytest.raises(RuleBroken):
        actions.submit_report(
            report, written, {**scores, "skill": 6, "open": 6}, comment, by=person(world, party)
        )
    assert CompletionReport.of(world.mentorship.id)[party].submitted_at is None


def test_the_firm_hands_in_only_after_it_said_who_takes_each_task_over(world):
    over(world)
    with pytest.raises(RuleBroken, match="인계 점검표"):
        hand_in(world, Party.FIRM)
    taken(world, document="")
    with pytest.raises(RuleBroken, match="과제 1, 2"):
        hand_in(world, Party.FIRM)
    with pytest.raises(RuleBroken) as broken:
        taken(world, done_on=today() + timedelta(days=1))
    assert broken.value.field.startswith("done_on_")
    taken(world)
    hand_in(world, Party.FIRM)
    with pytest.raises(RuleBroken):
        taken(world, who="다른 사람")


def test_a_returned_report_is_handed_in_again_with_what_was_written(world):
    over(world, S.CHECKING)
    actions.return_report(fresh(world), REASON, by=world.operator)
    found = fresh(world)
    assert (found.state, found.reason) == (S.REPORTING, REASON)
    reports = CompletionReport.of(found.id)
    assert all(one.submitted_at is None and one.written["done"] == "done에 쓴 글" for one in reports.values())
    for party in (Party.FIRM, Party.EXPERT):
        hand_in(world, party)
    assert fresh(world).state == S.CHECKING
    assert CompletionReport.of(found.id)[Party.FIRM].edition == 2


def test_the_check_is_not_passed_while_a_visit_is_undecided(world):
    world.mentorship.visits = 3
    factories.save(world.mentorship)
    over(world, S.CHECKING)
    waiting = world.visit(VisitState.CONFIRMED)
    with pytest.raises(RuleBroken, match="1건"):
        actions.pass_check(fresh(world), by=world.operator)
    waiting.state, waiting.reviewed_at, waiting.reviewed_by_id = (
        VisitState.ACCEPTED,
        utcnow(),
        world.operator.id,
    )
    factories.save(waiting)
    actions.pass_check(fresh(world), by=world.operator)
    assert fresh(world).state == S.SETTLING


def test_the_side_that_is_late_is_reminded_once_and_the_other_never(world):
    over(world)
    hand_in(world, Party.EXPERT)
    assert remind_of_reports() == 0
    with clock_at(utcnow() + timedelta(days=12)):
        assert (remind_of_reports(), remind_of_reports()) == (1, 0)
    assert told(world.firm).count("report_reminded") == 1
    assert "report_reminded" not in told(world.expert.user)


PEOPLE = {
    Role.COMPANY: lambda world: world.firm,
    Role.EXPERT: lambda world: world.expert.user,
    Role.OPERATOR: lambda world: world.operator,
    Role.MINISTRY: lambda world: factories.user(Role.MINISTRY, world.programme.ministry),
    Role.SPONSOR: lambda world: factories.user(Role.SPONSOR),
    Role.AUDITOR: lambda world: factories.user(Role.AUDITOR),
    Role.ADMIN: lambda world: factories.user(Role.ADMIN),
}
MAY = {
    "report": {Role.COMPANY, Role.EXPERT},
    "return_report": {Role.OPERATOR},
    "pass_check": {Role.OPERATOR},
}


def do(verb: str, world: World, by: Any) -> None:
    mentorship = fresh(world)
    if verb == "report":
        reports = CompletionReport.of(mentorship.id)
        if not reports:
            factories.save(CompletionReport(mentorship_id=mentorship.id, party=Party.EXPERT))
            factories.save(CompletionReport(mentorship_id=mentorship.id, party=Party.FIRM))
            reports = CompletionReport.of(mentorship.id)
        party = Party.FIRM if by.role == Role.COMPANY else Party.EXPERT
        other = reports[Party.EXPERT if party is Party.FIRM else Party.FIRM]
        other.submitted_at, other.submitted_by_id = utcnow(), world.firm.id
        factories.save(other)
        actions.submit_report(reports[party], *said(party), by=by)
    elif verb == "return_report":
        actions.return_report(mentorship, REASON, by=by)
    else:
        actions.pass_check(mentorship, by=by)


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", sorted(MAY))
@pytest.mark.parametrize("role", list(Role))
def test_every_verb_in_every_state_by_every_role(app, state, verb, role):
    world = World(state=state)
    by = PEOPLE[role](world)
    if role not in MAY[verb]:
        with pytest.raises((NotAllowed, NotFound)):
            do(verb, world, by)
    elif verb not in TRANSITIONS[state]:
        with pytest.raises(RuleBroken) as broken:
            do(verb, world, by)
        assert broken.value.conflict
    else:
        do(verb, world, by)
        assert fresh(world).state == TRANSITIONS[state][verb]
        return
    assert fresh(world).state == state


def test_the_pages_lead_both_sides_and_the_operator_to_the_settlement(app, world):
    over(world)
    path = f"/mentorships/{world.mentorship.id}/completion"
    firm, expert = sign_in(app.test_client(), world.firm), sign_in(app.test_client(), world.expert.user)
    operator = sign_in(app.test_client(), world.operator)
    for browser in (firm, expert):
        assert path in browser.get("/todo").text
        assert path in browser.get(f"/mentorships/{world.mentorship.id}").text
    rows = Handover.of(world.mentorship.id)
    typed: dict[str, Any] = {f"who_{row.id}": "김반장" for row in rows}
    wrong = firm.post(f"{path}/handover", data={**typed, f"done_on_{rows[0].id}": "2027-02-31"})
    assert wrong.status_code == 422
    assert "김반장" in wrong.text
    typed |= {f"document_{row.id}": "작업표준서" for row in rows} | {
        f"done_on_{row.id}": today() for row in rows
    }
    assert firm.post(f"{path}/handover", data=typed).status_code == 303
    for browser, party in ((firm, Party.FIRM), (expert, Party.EXPERT)):
        written, scores, _ = said(party)
        given = {
            **written,
            **{f"score_{name}": score for name, score in scores.items()},
            "comment": f"비밀 의견 {party}",
        }
        lacking = browser.post(path, data={**given, "left": "", "do": "submit"})
        assert lacking.status_code == 422
        assert "done에 쓴 글" in lacking.text
        assert browser.post(path, data={**given, "do": "save"}).status_code == 303
        assert "done에 쓴 글" in browser.get(path).text
        assert f"비밀 의견 {party}" not in (expert if party is Party.FIRM else firm).get(path).text
        assert browser.post(path, data={**given, "do": "submit"}).status_code == 303
    assert "비밀 의견 firm" in expert.get(path).text
    assert "완료보고 1건 최종점검" in operator.get("/todo").text
    assert operator.get(f"{path}.pdf").mimetype == "application/pdf"
    short = operator.post(f"{path}/return", data={"reason": "짧음"})
    assert short.status_code == 422
    assert "짧음" in short.text
    assert operator.post(f"{path}/pass").status_code == 303
    assert fresh(world).state == S.SETTLING
    again = operator.post(f"{path}/return", data={"reason": REASON})
    assert again.status_code == 409
    assert REASON in again.text


def test_before_the_visits_are_over_there_is_no_completion_and_no_paper(app, world):
    browser = sign_in(app.test_client(), world.operator)
    path = f"/mentorships/{world.mentorship.id}/completion"
    assert browser.get(path).status_code == 404
    over(world)
    assert browser.get(path).status_code == 200
    assert browser.get(f"{path}.pdf").status_code == 404
    stranger = sign_in(app.test_client(), World().firm)
    assert stranger.get(path).status_code == 404


def test_the_text_of_the_paper_is_what_was_kept_and_the_same_data_give_the_same_bytes(world):
    over(world, S.CHECKING)
    mentorship, reports = fresh(world), CompletionReport.of(world.mentorship.id)
    pdf = completion_pdf(mentorship, reports)
    assert pdf == completion_pdf(mentorship, reports)
    text = text_in(pdf)
    wanted = [
        mentorship.request.reference,
        mentorship.request.company.name,
        mentorship.expert.name,
        "2회 인정 (협약 2회), 4시간",
        *(task.title for task in mentorship.tasks),
        *(
            label + words
            for party in reports
            for (_, label), words in zip(FIELDS[party], reports[party].written.values(), strict=True)
        ),
        *(row.task.title + row.who + row.document for row in Handover.of(mentorship.id)),
    ]
    assert [words for words in wanted if close(words) not in text] == []
    assert "고맙습니다" not in text  # what the sides think of each other is not printed
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) >= 1
    picture = completion_picture(mentorship, reports)
    assert picture.startswith(b"\x89PNG")
    if folder := os.environ.get("PICTURES"):
        (Path(folder) / "completion.png").write_bytes(picture)
