"""Changing a result by hand, one request at a time, and publishing it."""

from __future__ import annotations

from flask import flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission, may
from marketplace.errors import NotFound
from marketplace.matching import showing as case_showing
from marketplace.matching.checks import HOLDS_AGAINST
from marketplace.matching.models import MatchCase
from marketplace.matching.periods import Step
from marketplace.matching.queries import experts_with, held_by
from marketplace.rounds import queries, showing
from marketplace.rounds.actions_hand import change
from marketplace.rounds.actions_publish import pairs_hash, proposals, publish
from marketplace.rounds.blueprint import blueprint
from marketplace.rounds.forms import ChangeForm, PublishForm
from marketplace.rounds.models import Round, RoundChange
from marketplace.rounds.pair import choices_for, ranked_rows
from marketplace.rounds.result import Result
from marketplace.rounds.states import CHANGES, TRANSITIONS, RoundState, next_state
from marketplace.web.page import me, page, show, submitted, to


@blueprint.get("/rounds/<int:round_id>/requests/<int:case_id>")
@page(Permission.SEE_ROUND)
def pair(round_id: int, case_id: int) -> Response:
    """One request of a round: why this expert, and who else could."""
    round_ = queries.round_with(me(), round_id)
    return _pair_page(round_, queries.case_in_round(me(), round_, case_id), ChangeForm(formdata=None))


@blueprint.post("/rounds/<int:round_id>/requests/<int:case_id>")
@page(Permission.RUN_ROUND)
def change_pair(round_id: int, case_id: int) -> Response:
    """Change one request by hand."""
    round_ = queries.round_with(me(), round_id)
    case, form = queries.case_in_round(me(), round_, case_id), ChangeForm()
    made: list[RoundChange] = []
    if submitted(form, lambda: made.append(_change(round_, case, form))):
        flash(_told(made[0]), "success")
        return to(url_for("rounds.pair", round_id=round_id, case_id=case_id))
    return _pair_page(queries.round_with(me(), round_id), case, form)


def _change(round_: Round, case: MatchCase, form: ChangeForm) -> RoundChange:
    verb = form.verb.data or ""
    if verb not in CHANGES:
        raise NotFound(verb)
    expert = form.expert.data
    if verb == "pin" or (verb == "forbid" and expert is None):
        chosen = [pair[1] for pair in round_.pairs if pair[0] == case.request.reference]
        expert = int(chosen[0]) if len(chosen) == 1 else expert
    return change(round_, case, verb, expert, form.reason.data, by=me())


def _told(made: RoundChange) -> str:
    """What the change did to the whole, from old to new with the difference."""
    return str(
        gettext(
            "바꾸었습니다. 점수의 합 %(before)s → %(after)s (%(points)s점), 지원 %(was)d건 → %(now)d건.",
            before=f"{made.units_before / 10_000:.2f}",
            after=f"{made.units_after / 10_000:.2f}",
            points=f"{made.difference:+.2f}",
            was=made.served_before,
            now=made.served_after,
        )
    )


def _pair_page(round_: Round, case: MatchCase, form: ChangeForm) -> Response:
    result = Result.of(round_)
    row = next((row for row in result.rows if row.case_id == case.id), None)
    if row is None:
        raise NotFound(case.id)
    options = choices_for(result, row.request)
    form.expert.choices = [
        (option.expert, f"{option.name} · {option.score:.1f}") for option in options if not option.chosen
    ]
    ranked = ranked_rows(result, case, [expert for expert, _ in row.experts]) if row.experts else []
    experts = experts_with([int(entry["expert"]) for entry in ranked])
    held = held_by(list(experts), HOLDS_AGAINST[Step.PROPOSE])
    cards = [
        case_showing.ranked_card(entry, expert, case, [period for _, period in held.get(expert.id, [])])
        for entry in ranked
        if (expert := experts.get(int(entry["expert"]))) is not None
    ]
    return show(
        "rounds/pair.html",
        round=round_,
        result=result,
        row=row,
        case=case,
        form=form,
        choices=options,
        need_names=[showing.term(need) for need in row.needs],
        cards=cards,
        changes=[made for made in result.changes if made.case_id == case.id],
        verbs=TRANSITIONS[RoundState(round_.state)] if may(me(), Permission.RUN_ROUND, round_) else {},
    )


@blueprint.route("/rounds/<int:round_id>/publish", methods=["GET", "POST"])
@page(Permission.PUBLISH_ROUND)
def publish_page(round_id: int) -> Response:
    """What publishing would propose, what a rule stands against, and the word that lets it out."""
    round_, form = queries.round_with(me(), round_id), PublishForm()
    next_state(round_.state, "publish")
    out: list[int] = []

    def act() -> None:
        left = publish(
            round_, form.reason.data, seen=form.seen.data or "", leave_out=form.leave_out.data or [], by=me()
        )
        out.append(len(left))

    if submitted(form, act):
        flash(gettext("배정을 기업에 추천했습니다."), "success")
        if out[0]:
            flash(gettext("규칙에 맞지 않는 %(count)d건은 추천하지 않았습니다.", count=out[0]), "warning")
        return to(url_for("rounds.detail", round_id=round_id))
    round_ = queries.round_with(me(), round_id)
    form.seen.data = pairs_hash(round_)  # of what is shown now, also when an older page was refused
    found = proposals(round_)
    return show(
        "rounds/publish.html",
        round=round_,
        form=form,
        good=[proposal for proposal in found if proposal.fault is None],
        faulty=[proposal for proposal in found if proposal.fault is not None],
    )
