"""How the agreement is written by all three, and put before them by the operator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marketplace.access import Permission, require
from marketplace.audit import history_of, recorded
from marketplace.codes.actions import kpis
from marketplace.companies.eligibility import today
from marketplace.database import db, utcnow
from marketplace.errors import N_, NotAllowed, RuleBroken, raise_all
from marketplace.events import Event
from marketplace.experts.models import Expert
from marketplace.matching.checks import require_free
from marketplace.matching.models import locked
from marketplace.matching.periods import Step
from marketplace.mentorships import planning
from marketplace.mentorships.content import WITHHOLDING, content_of, hash_of, written
from marketplace.mentorships.draft import Draft, Fault, faults_in, missing_in, on_days, put, state_of
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.models_papers import AgreementEdition
from marketplace.mentorships.places import keep_place
from marketplace.mentorships.states import Party, next_state
from marketplace.mentorships.wording import announce

#: What the operator alone sets.
OWN = ("since", "withholding", "sponsor_id")


def save(mentorship: Mentorship, draft: Draft, *, by: Any) -> None:
    """Write the draft as the page has it. ``version`` is the one the page was opened with.

    A new start moves the last day, and the plan with it unless its days were changed on the same page.
    Raises RuleBroken for the first fault, and as a conflict when somebody else saved in the meantime.
    """
    require(by, Permission.EDIT_AGREEMENT, mentorship)
    if draft.own and (by is None or mentorship.party_of(by) is not Party.OPERATOR):
        raise NotAllowed("own")
    with recorded(by, Event.AGREEMENT_SAVED, mentorship) as record:
        mentorship = Mentorship.locked(mentorship.id)
        mentorship.move("save", mentorship.due_at)
        if draft.version is not None and draft.version != mentorship.version:
            raise _overtaken(mentorship, by)
        before = state_of(mentorship)
        draft = _set_own(mentorship, draft)
        catalogue = {row.code: row for row in kpis(retired=True)}
        raise_all([*map(broken_by, faults_in(draft, catalogue, mentorship.since, mentorship.last_day))])
        put(mentorship, draft)
        after = state_of(mentorship)
        changed = [part for part in after if before[part] != after[part]]
        if not changed:
            record.cancel()
            return
        # Rows are things of their own: the mentorship is touched too, so that its version always moves on.
        mentorship.saves += 1
        record.facts.update(parts=changed, before={p: before[p] for p in changed})
        record.facts.update(after={part: after[part] for part in changed})


def _set_own(mentorship: Mentorship, draft: Draft) -> Draft:
    """Take over what the operator sets; the draft with its visits moved when the start moved under them."""
    own = dict(draft.own)
    if own.get("withholding", mentorship.withholding) not in WITHHOLDING:
        raise RuleBroken(
            N_("목록에 없는 값입니다. 목록에 있는 것을 다시 골라 주십시오."), field="withholding"
        )
    sponsor = own.get("sponsor_id", mentorship.sponsor_id)
    contributors = {row.sponsor_id for row in mentorship.programme.contributions}
    if sponsor is not None and sponsor not in contributors:
        raise RuleBroken(N_("목록에 없는 값입니다. 목록에 있는 것을 다시 골라 주십시오."), field="sponsor_id")
    mentorship.withholding = own.get("withholding", mentorship.withholding)
    mentorship.sponsor_id = sponsor
    since = own.get("since") or mentorship.since
    if since == mentorship.since:
        return draft
    if mentorship.formers:
        raise RuleBroken(N_("이미 시작한 멘토링의 시작일은 바꿀 수 없습니다."), field="since")
    untouched = [row.on for row in draft.plan] == [visit.on for visit in mentorship.plan]
    before = mentorship.since
    mentorship.since, mentorship.last_day = planning.term_from(since, mentorship.months)
    keep_place(mentorship)
    if not untouched:
        return draft
    monthly = mentorship.programme.monthly_visits
    days = planning.moved(
        [row.on for row in draft.plan], before, mentorship.since, mentorship.last_day, monthly
    )
    return on_days(draft, days)


def _overtaken(mentorship: Mentorship, by: Any) -> RuleBroken:
    saved = history_of(mentorship, limit=1)
    own = bool(saved) and by is not None and saved[-1].actor_id == by.id
    return RuleBroken(
        N_(
            "다른 화면에서 본인이 이 내용을 먼저 저장했습니다. 이 화면에 쓰신 것은 그대로 있습니다. "
            "다시 저장하면 이 화면의 내용으로 바뀝니다."
        )
        if own
        else N_(
            "그 사이에 다른 분이 이 내용을 먼저 저장했습니다. 이 화면에 쓰신 것은 그대로 있습니다. "
            "다시 저장하면 이 화면의 내용으로 바뀝니다."
        ),
        conflict=True,
    )


def propose(mentorship: Mentorship, *, by: Any) -> None:
    """Put the agreement before the parties: it is complete, the expert is still free, and its text stands from now on.

    A text that was put before them earlier stays as it was; this one is the next edition.
    """
    require(by, Permission.PROPOSE_AGREEMENT, mentorship)
    with recorded(by, Event.AGREEMENT_PROPOSED, mentorship) as record:
        expert = locked(Expert, mentorship.expert_id)  # before the mentorship and its case, as approvals do
        mentorship = Mentorship.locked(mentorship.id)
        next_state(mentorship.state, "propose")
        raise_all([*map(broken_by, missing_in(mentorship, today()))])
        checked = require_free(expert, mentorship.case, Step.APPROVE_FINAL)
        mentorship.move("propose", utcnow() + timedelta(days=mentorship.programme.signing_days))
        mentorship.reason = None
        edition = freeze(mentorship)
        record.facts.update(checked, edition=edition.edition, text_hash=edition.text_hash)
        announce("propose", mentorship)


def freeze(mentorship: Mentorship, following: AgreementEdition | None = None) -> AgreementEdition:
    """Keep what the agreement says now as an edition of its own, within the running transaction.

    One ``following`` another after a change keeps its texts, and the signatures that stand for it; any other is
    to be signed.
    """
    if AgreementEdition.of(mentorship.id, mentorship.edition) is not None:
        mentorship.edition += 1
    content = content_of(mentorship, today())
    if following is not None:
        content |= {"signed": following.content["signed"], "texts": following.content["texts"]}
    text = written(content)
    mentorship.texts = dict(content["texts"])
    edition = AgreementEdition(
        mentorship_id=mentorship.id,
        edition=mentorship.edition,
        content=content,
        text=text,
        text_hash=hash_of(text),
    )
    db.session.add(edition)
    db.session.flush()
    return edition


def broken_by(fault: Fault) -> RuleBroken:
    """The refusal that says a fault."""
    return RuleBroken(fault.sentence, field=fault.part, **fault.facts)
