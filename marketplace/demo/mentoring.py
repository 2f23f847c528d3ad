"""The steps of a mentorship in the demo, from the first deposit to the published cards, each by whose turn it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial

from sqlalchemy import select

from marketplace.accounts.models import User, civil_today
from marketplace.cards import actions as cards
from marketplace.cards.models import Card
from marketplace.civil import last_day_of, months_after
from marketplace.completion import actions as completion
from marketplace.completion.actions import Taken
from marketplace.completion.models import QUESTIONS, CompletionReport, Handover
from marketplace.completion.sweeps import finish_mentorships
from marketplace.course import actions as course
from marketplace.course.models import FIELDS, CourseStep
from marketplace.course.states import Decision, StepKind, StepState
from marketplace.course.sweeps import open_steps
from marketplace.database import db
from marketplace.demo import measuring, texts
from marketplace.demo.agreements import mentorship_of
from marketplace.demo.applications import Application
from marketplace.demo.timeline import office_day
from marketplace.imports import actions as imports
from marketplace.jobs import work_off
from marketplace.ledger.actions import Payment, enter_receipt
from marketplace.ledger.posting import random_key
from marketplace.ledger.states import Source
from marketplace.mentorships.actions.money import whole_parts
from marketplace.mentorships.states import Party
from marketplace.messages.actions import write as write_message
from marketplace.payments import actions as payments
from marketplace.payments.models import Claim
from marketplace.payments.states import ClaimState
from marketplace.visits import actions as visits
from marketplace.visits.logs import Log
from marketplace.visits.models import Visit
from marketplace.visits.states import VisitState

Do = Callable[[Application], None]
STARTS_AFTER = 11  # days after the approval
MONTHS = 3  # of a term
VISITS, EVERY = 21, 4.1  # of a term of three months; days from one to the next


def pay_in(application: Application) -> None:
    """The firm's part arrives, and the expert says where to be paid."""
    mentorship = mentorship_of(application)
    part = whole_parts(mentorship).firm
    paid = Payment(Source.FIRM, part, "기업부담금", random_key(), mentorship_id=mentorship.id)
    enter_receipt(application.staff.programme, paid, by=application.staff.operators[0])
    expert = mentorship.expert
    payments.save_account(expert, "국민은행", f"9000{expert.id:08d}", expert.name, by=expert.user)


def visited_on(today: date, since: date) -> date:
    """The day of the visit that is written up today: the day before, or the Friday before a weekend, but none before
    the term."""
    return max(office_day(today - timedelta(days=1)), since)


def log(application: Application, number: int) -> None:
    """The expert writes up the latest visit."""
    mentorship = mentorship_of(application)
    done, result, homework = texts.VISITS[number % len(texts.VISITS)]
    said = Log(
        visited_on(civil_today(), mentorship.since),
        time(14),
        time(16, 30) if number % 3 else time(17),
        done,
        place=application.written.more["place"],
        attendees=f"{application.person.name}, {mentorship.expert.name}",
        task_id=mentorship.tasks[number % len(mentorship.tasks)].id,
        result=result,
        homework=homework,
    )
    visits.log_visit(mentorship, said, client_key=random_key(), by=mentorship.expert.user)


def confirm(application: Application) -> None:
    """The firm confirms the visits that wait for it."""
    for visit in _visits(application, VisitState.LOGGED):
        visits.confirm(visit, seen=visit.edition, by=application.person)


def review(application: Application) -> None:
    """The operator recognises the visits that were confirmed."""
    for visit in _visits(application, VisitState.CONFIRMED):
        visits.accept(visit, visit.length, seen=visit.edition, by=application.staff.operators[0])


def _visits(application: Application, state: VisitState) -> list[Visit]:
    query = select(Visit).where(Visit.mentorship_id == mentorship_of(application).id, Visit.state == state)
    return list(db.session.scalars(query.order_by(Visit.starts_at)))


def order(application: Application) -> None:
    """The other operator approves what was claimed and asks the bank to pay it."""
    payer = application.staff.operators[1]
    claims = _claims(application, ClaimState.CLAIMED)
    for claim in claims:
        payments.approve(claim, by=payer)
    if claims:
        payments.make_order(application.staff.programme, [claim.id for claim in claims], by=payer)


def pay(application: Application) -> None:
    """The bank has paid; what it sent back is taken in as a file."""
    payer, today = application.staff.operators[1], civil_today().isoformat()
    claims = _claims(application, ClaimState.ORDERED)
    if not claims:
        return
    lines = ["지급명세 번호,청구번호,실지급액,결과,지급일"]
    lines += [f"{claim.order.number},{claim.id},{claim.net},이체,{today}" for claim in claims if claim.order]
    file = imports.Upload(f"이체결과_{today}.csv", "\n".join(lines).encode())
    taken = imports.upload("payments", file, None, False, by=payer)
    work_off()
    imports.write(imports.find_import(taken.id, by=payer), by=payer)
    work_off()


def _claims(application: Application, state: ClaimState) -> list[Claim]:
    query = select(Claim).where(Claim.mentorship_id == mentorship_of(application).id, Claim.state == state)
    return list(db.session.scalars(query.order_by(Claim.id)))


def ask(application: Application) -> None:
    """The worker opens the steps of the course that are due."""
    open_steps()


def answer(application: Application) -> None:
    """Both sides answer the open steps of the course."""
    for step in CourseStep.of(mentorship_of(application).id):
        if step.state != StepState.OPEN:
            continue
        for party in step.unanswered:
            fields = FIELDS[StepKind(step.kind)][party]
            said = {name: texts.COURSE[step.kind, party, name] for name, _, needed in fields if needed}
            course.answer(step, said, by=_of(application, party))


def decide(application: Application) -> None:
    """The operator reads what was answered and lets the mentorship go on."""
    for step in CourseStep.of(mentorship_of(application).id):
        if step.state == StepState.ANSWERED:
            course.decide(step, str(Decision.GO_ON), None, by=application.staff.operators[0])


def _of(application: Application, party: Party) -> User:
    return application.person if party is Party.FIRM else mentorship_of(application).expert.user


def say(application: Application, party: Party, body: str) -> None:
    """One side writes to the other."""
    write_message(mentorship_of(application), body, key=random_key(), by=_of(application, party))


def finish(application: Application) -> None:
    """The worker ends the visits, and asks both sides for their reports."""
    finish_mentorships()


def report(application: Application, party: Party) -> None:
    """One side reports; the firm first says who takes each task over."""
    mentorship, by = mentorship_of(application), _of(application, party)
    if party is Party.FIRM:
        taken = {
            row.id: Taken("생산팀장", "작업표준서와 점검표", civil_today() - timedelta(days=7))
            for row in Handover.of(mentorship.id)
        }
        completion.save_handover(mentorship, taken, by=by)
    scores = {name: score for (name, _), score in zip(QUESTIONS[party], (5, 5, 4, 5, 5), strict=True)}
    completion.submit_report(
        CompletionReport.of(mentorship.id)[party], texts.REPORTS[party], scores, "", by=by
    )


def pass_check(application: Application) -> None:
    """The operator finds the reports complete."""
    completion.pass_check(mentorship_of(application), by=application.staff.operators[0])


def settle(application: Application) -> None:
    """The operator closes the mentorship's money."""
    payments.settle(mentorship_of(application), by=application.staff.operators[1])


def write_cards(application: Application) -> None:
    """Both sides write down what was learned."""
    mentorship = mentorship_of(application)
    for party, written in texts.CARDS.items():
        by = _of(application, party)
        cards.submit(cards.begin(mentorship, written, by=by), by=by)


def publish_cards(application: Application) -> None:
    """The operator publishes them; nothing in them tells whose they are."""
    query = select(Card).where(Card.mentorship_id == mentorship_of(application).id).order_by(Card.id)
    for card in db.session.scalars(query).all():
        cards.publish(card, card.written, card.terms[:3], by=application.staff.operators[0])


def lengthened(since: date) -> int:
    """The days by which a term that begins then is longer than its months, because it would end on a holiday."""
    return (last_day_of(since, MONTHS) - months_after(since, MONTHS)).days + 1


def led(late: int = 0) -> list[tuple[int, bool, Do]]:
    """What happens after the signatures, in days since the approval, and whether staff do it; the term is ``late``
    days longer than its months."""
    steps: list[tuple[int, bool, Do]] = [
        (13, True, pay_in),
        (11, False, partial(say, party=Party.EXPERT, body=texts.FIRST_MESSAGE)),
        (12, False, partial(say, party=Party.FIRM, body=texts.FIRST_ANSWER)),
        (47, False, partial(say, party=Party.FIRM, body=texts.LATER_MESSAGE)),
    ]
    for number in range(VISITS):
        day = STARTS_AFTER + 2 + int(number * EVERY)
        steps += [
            (day, False, partial(log, number=number)),
            (day + 1, False, confirm),
            (day + 5, True, review),
        ]
    for opened in (13, 34, 60, 67, 96):
        steps += [(opened, False, ask), (opened + 2, False, answer), (opened + 6, True, decide)]
    for paid in (50, 106):
        steps += [(paid, True, order), (paid + 4, True, pay)]
    return [
        *steps,
        (48, False, partial(measuring.measure, at=measuring.HALFWAY)),
        (52, True, measuring.verify),
        (102, False, partial(measuring.measure, at=measuring.END)),
        (103, False, measuring.report_business),
        (104 + late, False, finish),
        (105 + late, False, partial(report, party=Party.FIRM)),
        (106 + late, False, partial(report, party=Party.EXPERT)),
        (108, True, measuring.verify),
        (107 + late, False, write_cards),
        (110 + late, True, pass_check),
        (113 + late, True, settle),
        (113 + late, True, publish_cards),
    ]
