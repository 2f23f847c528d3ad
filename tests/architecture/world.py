"""A small world with two of everything: what belongs to us, what belongs to others. For the matrix and crawls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from marketplace.access import Role
from marketplace.accounts.models import OrganisationKind, User
from marketplace.audit import recorded
from marketplace.cards import actions as cards
from marketplace.companies.eligibility import today
from marketplace.companies.states import RequestState
from marketplace.completion.models import AUTHORS, CompletionReport, Handover
from marketplace.course.models import CourseStep
from marketplace.database import db, utcnow
from marketplace.events import Event
from marketplace.experts.models import ExpertState
from marketplace.files.actions import keep_upload
from marketplace.imports.models import ImportFile, ImportState
from marketplace.jobs import Job, JobState
from marketplace.ledger.verbs import post_deposit, post_matching, post_receipt
from marketplace.matching.backtest import back_test
from marketplace.matching.learning import present_weights
from marketplace.matching.models_learning import LearnedWeights
from marketplace.matching.states import CandidateState
from marketplace.mentorships import actions as mentorship_actions
from marketplace.mentorships.actions.changing import request_change
from marketplace.mentorships.actions.money import reserve
from marketplace.mentorships.actions.opening import open_agreement
from marketplace.mentorships.models import Goal, Mentorship
from marketplace.messages.models import Message, MessageFile
from marketplace.notifications import OutboxMail, tell
from marketplace.outcomes import actions as outcomes
from marketplace.outcomes.actions import Stating
from marketplace.payments.actions import approve, make_order, save_account
from marketplace.payments.queries import claim_of_visit
from marketplace.programmes.models import Tier
from marketplace.rounds import actions as round_actions
from marketplace.rounds.options import Options, percents
from marketplace.rounds.solving import solve_round
from marketplace.visits.actions import accept
from marketplace.visits.models import VisitPhoto
from marketplace.visits.states import VisitState
from tests import factories
from tests.files.papers import photo
from tests.mentorships.world import asked_change, sign, whole
from tests.visits import world as visits

CANARY = "KANARI"  # stands in everything of "ours"; a stranger's page must never show it


@dataclass
class World:
    """People by principal name, and the ids of our things by the name that addresses use."""

    people: dict[str, User] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)


def build() -> World:
    """One programme, firm, expert and case of ours, and another programme with its own people."""
    world = World()
    ours, theirs = factories.programme(name_ko=f"{CANARY} 사업"), factories.programme()
    firm, other_firm = factories.company(name=f"{CANARY} 기업"), factories.company()
    sponsor = factories.organisation(OrganisationKind.SPONSOR)
    factories.contribution(ours, sponsor)
    with recorded(None, Event.MONEY_RECEIVED, ours):
        receipt = post_receipt(ours, sponsor, 20_000_000, key="receipt")
        post_matching(ours, 20_000_000, key="matching")
    world.people = {
        "company": factories.person_of(firm),
        "company_other": factories.person_of(other_firm),
        "company_former": factories.user(Role.COMPANY),
        "operator": factories.user(Role.OPERATOR, ours.operator),
        "operator_other": factories.user(Role.OPERATOR, theirs.operator),
        "ministry": factories.user(Role.MINISTRY, ours.ministry),
        "ministry_other": factories.user(Role.MINISTRY, theirs.ministry),
        "sponsor": factories.user(Role.SPONSOR, sponsor),
        "auditor": factories.user(Role.AUDITOR),
        "admin": factories.user(Role.ADMIN),
        "disabled": factories.user(Role.OPERATOR, ours.operator, disabled_at=utcnow()),
    }
    expert = factories.expert(
        careers=(("포스코", None, None),),
        interests=(("kin", "형제기업"),),
    )
    other_expert = factories.expert()
    world.people["expert"], world.people["expert_other"] = expert.user, other_expert.user
    eligible = factories.request(
        firm, ours, RequestState.ELIGIBLE, title=f"{CANARY} 제목", problem=f"{CANARY} 도금이 벗겨집니다."
    )
    eligible.tier_id = None
    case = factories.case(eligible)
    candidate = factories.candidate(
        case,
        expert,
        state=CandidateState.OFFERED,
        preference=1,
        offered_at=utcnow(),
        expires_at=utcnow() + timedelta(days=3),
        score=7150,
    )
    _set(case, state="offered")
    draft = factories.request(firm, ours, RequestState.DRAFT, title=f"{CANARY} 초안")
    waiting = factories.expert(ExpertState.SUBMITTED)
    with recorded(None, Event.RESET_ASKED, world.people["company"]):
        tell(world.people["company"], Event.RESET_ASKED, f"{CANARY} 알림", "/todo")
    upload = factories.save(
        ImportFile(
            kind="experts",
            name="experts.csv",
            size=1,
            sha256="0" * 64,
            state=ImportState.CHECKED,
            content=b"x",
            uploaded_by_id=world.people["operator"].id,
        )
    )
    proposal = factories.save(
        LearnedWeights(
            programme_id=ours.id,
            weights={**present_weights({}), "words": 0.11, "industry": 0.15},
            prior=present_weights({}),
            data_digest="0" * 64,
            decisions=0,
            firms=0,
            better=False,
            figures=back_test([], {}).to_json(),
        )
    )
    file = keep_upload(BytesIO(f"{CANARY} 방문 기록".encode()), f"{CANARY}.txt", by=world.people["company"])
    mail = db.session.query(OutboxMail).first()
    world.ids = {
        "request_id": eligible.id,
        "draft_id": draft.id,
        "case_id": case.id,
        "candidate_id": candidate.id,
        "expert_id": expert.id,
        "waiting_expert_id": waiting.id,
        "career_id": expert.careers[0].id,
        "skill_id": expert.skills[0].id,
        "interest_id": expert.interests[0].id,
        "need_id": eligible.needs[0].id,
        "programme_id": ours.id,
        "tier_id": ours.tiers[0].id,
        "user_id": world.people["company_other"].id,
        "organisation_id": firm.organisation_id,
        "mail_id": mail.id if mail else 1,
        "import_id": upload.id,
        "file_id": file.id,
        "row_id": 1,
        "ranking_id": 1,
        "proposal_id": proposal.id,
        "transaction_id": receipt.id,
        "code": "SYS-01",
    }
    given_up = Job(kind="none", key="none-1", payload={}, state=JobState.FAILED, attempts=5)
    world.ids["job_id"] = factories.save(given_up).id
    world.ids |= _round(ours, firm, world.people["operator"])
    world.ids |= _mentorships(ours, firm, expert, world.people)
    world.ids |= _visits(ours, firm, expert)
    world.ids |= _outcomes(world)
    world.ids |= _payments(world)
    return world


def _visits(programme: Any, firm: Any, expert: Any) -> dict[str, int]:
    """A running mentorship of ours with a visit that waits for the firm, and one each for expert and operator."""
    own = visits.World(programme=programme, company=firm, expert=expert)
    done = f"{CANARY} 도금조를 점검했습니다."
    waiting = own.visit(log=visits.log(1, done=done))
    seen = keep_upload(BytesIO(photo()), "현장.jpg", by=own.writer)
    factories.save(VisitPhoto(version_id=waiting.versions[0].id, file_id=seen.id, position=1))
    own.visit(VisitState.RETURNED, log=visits.log(2, done=done))
    confirmed = own.visit(VisitState.CONFIRMED, log=visits.log(3, done=done))
    note = factories.save(
        Message(mentorship_id=own.mentorship.id, by_id=own.writer.id, key=visits.key(), body=f"{CANARY} 자료")
    )
    hand_out = keep_upload(BytesIO("도금 조건표".encode()), "조건표.txt", by=own.writer)
    factories.save(MessageFile(message_id=note.id, file_id=hand_out.id, position=1))
    return {"visiting_id": own.mentorship.id, "visit_id": waiting.id, "confirmed_visit_id": confirmed.id}


def _payments(world: World) -> dict[str, int]:
    """A claim of ours that waits for approval, and one in an order to the bank."""
    people = world.people
    running = db.session.get_one(Mentorship, world.ids["visiting_id"])
    with recorded(None, Event.AGREEMENT_SIGNED, running):
        reserve(running)
        post_deposit(running.programme, running.id, 840_000, key="deposit")
    own = visits.World.of(running)
    save_account(running.expert, "국민은행", "12345678901", running.expert.name, by=people["expert"])
    claims = []
    for days in (4, 5):
        made = own.visit(VisitState.CONFIRMED, log=visits.log(days, done=f"{CANARY} 점검"))
        accept(
            made, made.length, seen=made.edition, by=factories.user(Role.OPERATOR, running.programme.operator)
        )
        claims.append(claim_of_visit(made.id))
    approve(claims[1], by=people["operator"])
    order = make_order(running.programme, [claims[1].id], by=people["operator"])
    return {"claim_id": claims[0].id, "ordered_claim_id": claims[1].id, "order_id": order.id}


def _outcomes(world: World) -> dict[str, int]:
    """Values of the running mentorship, one of them questioned, and cards of one that is ending."""
    people = world.people
    running = db.session.get_one(Mentorship, world.ids["visiting_id"])
    goal = factories.save(
        Goal(
            mentorship_id=running.id, number=9, kpi="Q1", unit="%", baseline=Decimal(4), target=Decimal(1),
            weight=1000, method="집계", period="매월", evidence="일보",
        )
    )  # fmt: skip
    db.session.refresh(running)
    values = []
    for days in (30, 60):
        period = Stating(
            today() - timedelta(days=days), today() - timedelta(days=days - 20), "일보", f"{CANARY} 일보"
        )
        values.append(
            outcomes.enter_measurement(
                goal, value=Decimal(2), sample=9, method="집계", stating=period, by=people["expert"]
            )
        )
    outcomes.question(values[1], "근거를 알려 주십시오.", by=people["operator"])
    ending = db.session.get_one(Mentorship, world.ids["reporting_id"])
    written = dict.fromkeys(("title", "problem", "cause", "action", "result"), f"{CANARY} 글")
    public = dict.fromkeys(written, "도금 두께를 잡은 글")
    drawn = [cards.begin(ending, written, by=people["expert"]) for _ in range(3)]
    for card in drawn[1:]:
        cards.submit(card, by=people["expert"])
    cards.publish(drawn[2], public, ["SYS-01"], by=people["operator"])
    return {
        "goal_id": goal.id, "value_id": values[0].id, "asked_value_id": values[1].id,
        "draft_card_id": drawn[0].id, "card_id": drawn[1].id, "published_card_id": drawn[2].id,
    }  # fmt: skip


def _round(programme: Any, firm: Any, operator: User) -> dict[str, int]:
    """A solved round about one waiting request of ours."""
    waiting = factories.case(
        factories.request(firm, programme, RequestState.ELIGIBLE, title=f"{CANARY} 회차 신청")
    )
    draft = round_actions.Draft(f"{CANARY} 회차", Options(weights=percents({})))
    made = round_actions.make(programme, draft, by=operator)
    round_actions.run(made, by=operator)
    solve_round(db.session.get_one(Job, made.job_id))
    return {"round_id": made.id, "round_case_id": waiting.id}


def _mentorships(programme: Any, firm: Any, expert: Any, people: dict[str, User]) -> dict[str, int]:
    """Mentorships of ours, one after the other: being written, being signed, running, and at its end."""
    tier = factories.save(
        Tier(
            programme_id=programme.id, code="few", name_ko="짧은 지원", name_en="Short", months=3, visits=3,
            unit_price=350_000, government_share=500, sponsor_share=400, local_share=0, firm_share=100,
        )
    )  # fmt: skip
    found = {}
    for name, month in (
        ("mentorship_id", "2027-01"),
        ("signing_id", "2027-06"),
        ("running_id", "2027-11"),
        ("reporting_id", "2028-04"),
    ):
        request = factories.request(
            firm,
            programme,
            RequestState.ELIGIBLE,
            title=f"{CANARY} 멘토링",
            tier_id=tier.id,
            start_on=date.fromisoformat(f"{month}-04"),
        )
        case = factories.case(request)
        chosen = factories.candidate(case, expert, state=CandidateState.ACCEPTED, offered_at=utcnow())
        approved = {"state": "approved", "chosen_id": chosen.id, "approved_by_id": people["ministry"].id}
        _set(
            case,
            **approved,
            approved_at=utcnow(),
            first_approved_at=utcnow(),
            first_approved_by_id=people["operator"].id,
        )
        open_agreement(case.id)
        mentorship = Mentorship.of_case(case)
        assert mentorship is not None
        mentorship_actions.save(mentorship, whole(mentorship), by=people["operator"])
        if name in ("signing_id", "running_id"):
            mentorship_actions.propose(mentorship, by=people["operator"])
        if name == "running_id":
            for principal in ("company", "expert", "operator"):
                sign(mentorship, people[principal])
            asked = asked_change(mentorship, last_day=mentorship.last_day + timedelta(days=7))
            for state, kind, key in (
                ("open", "midterm", "step_id"),
                ("answered", "monthly", "answered_step_id"),
            ):
                step = CourseStep(
                    mentorship_id=mentorship.id, kind=kind, period=mentorship.since, state=state
                )
                found[key] = factories.save(step).id
            found["change_id"] = request_change(mentorship, asked, by=people["company"]).id
        if name == "reporting_id":
            _set(mentorship, state="reporting")
            for party in AUTHORS:
                factories.save(CompletionReport(mentorship_id=mentorship.id, party=party))
            for task in mentorship.tasks:
                factories.save(Handover(mentorship_id=mentorship.id, task_id=task.id))
        found[name] = mentorship.id
    return found


def _set(thing: Any, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(thing, name, value)
    factories.save(thing)


def rules(app: Any) -> Iterator[tuple[str, Any]]:
    """Every method and rule of the site but static files."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule
