"""The job that calculates a round: rank, build, solve, explain, and keep what it was made from."""

from __future__ import annotations

from sqlalchemy import select

from marketplace import jobs
from marketplace.accounts.models import User
from marketplace.audit import recorded
from marketplace.database import db
from marketplace.errors import N_, RuleBroken
from marketplace.events import Event
from marketplace.i18n import translate
from marketplace.jobs import Job, JobState
from marketplace.matching.assignment import Outcome, solve
from marketplace.matching.batch import Progress
from marketplace.matching.code_version import code_version
from marketplace.notifications import tell
from marketplace.rounds.actions import SOLVE
from marketplace.rounds.building import Built, build
from marketplace.rounds.hand import wishes_of
from marketplace.rounds.kept import keep
from marketplace.rounds.models import Round, RoundRun
from marketplace.rounds.options import Options
from marketplace.rounds.queries import case_ids_of, cases_with, changes_of
from marketplace.rounds.report import report_of
from marketplace.rounds.states import RoundState

STEPS = 20  # how often a run says how far it is


@jobs.handles(SOLVE)
def solve_round(job: Job) -> None:
    """Calculate the round of the job. Run twice, it does nothing the second time."""
    job_id, maker = job.id, job.payload["by"]
    round_ = db.session.get_one(Round, job.payload["round"])
    if round_.state != RoundState.RUNNING or round_.job_id != job_id:
        return
    try:
        built = build_round(round_, _teller(job_id))
    except RuleBroken as broken:
        db.session.rollback()
        _fail(round_.id, job_id, translate(broken.sentence, "ko", **broken.facts))
        return
    outcome = solve(built.problem)
    report = report_of(outcome, built.inputs)
    with recorded(None, Event.ROUND_SOLVED, round_) as record:
        held = Round.locked(round_.id)
        if held.state != RoundState.RUNNING or held.job_id != job_id:
            record.cancel()  # thrown away meanwhile
            return
        run = RoundRun(
            round_id=held.id,
            number=held.runs + 1,
            made_by_id=maker,
            options=held.options,
            problem_digest=keep("problem", built.problem.to_json()),
            inputs_digest=keep("round", built.inputs),
            code_version=code_version(),
            result=outcome.to_json(),
            result_hash=outcome.digest,
            report=report,
        )
        db.session.add(run)
        held.runs += 1
        held.asked = len(built.problem.requests)
        held.holds(pairs_of(outcome))
        held.move("solve")
        record.facts.update(
            run=run.number, problem=run.problem_digest, result=run.result_hash, served=held.served
        )
        if maker is not None:
            tell(
                db.session.get_one(User, maker),
                Event.ROUND_SOLVED,
                N_("매칭 회차 ‘%(name)s’의 계산이 끝났습니다. 결과를 확인해 주십시오."),
                f"/rounds/{held.id}",
                name=held.name,
            )


def build_round(round_: Round, tell_progress: Progress = lambda done, total: None) -> Built:
    """The problem of a round as the database stands now, with the wishes of its changes by hand."""
    cases = cases_with(case_ids_of(round_))
    wishes = wishes_of(changes_of(round_))
    return build(round_.programme, cases, Options.from_json(round_.options), wishes, tell_progress)


def pairs_of(outcome: Outcome) -> list[list[object]]:
    """The pairs of an outcome as a round keeps them."""
    given = outcome.problem
    return [[*given.pair(at), int(given.units[at])] for at in outcome.chosen.tolist()]


def _teller(job_id: int) -> Progress:
    told = -1

    def say(done: int, total: int) -> None:
        nonlocal told
        step = done * STEPS // max(1, total)
        if step != told:
            told = step
            jobs.progress(job_id, done, total)

    return say


def _fail(round_id: int, job_id: int | None, reason: str) -> None:
    with recorded(None, Event.ROUND_FAILED, None, reason=reason) as record:
        held = Round.locked(round_id)
        record.thing = held
        if held.state != RoundState.RUNNING or held.job_id != job_id:
            record.cancel()
            return
        held.reason = reason
        held.move("fail")


@jobs.every
def fail_lost_rounds() -> int:
    """Fail the rounds whose job was given up, so that they can be run again; their number."""
    query = (
        select(Round.id, Round.job_id)
        .join(Job, Job.id == Round.job_id)
        .where(Round.state == RoundState.RUNNING, Job.state == JobState.FAILED)
    )
    lost = db.session.execute(query).all()
    db.session.rollback()
    for round_id, job_id in lost:
        _fail(
            round_id,
            job_id,
            N_("계산이 여러 번 중단되었습니다. 시스템 관리자에게 알리고 다시 계산해 주십시오."),
        )
    return len(lost)
