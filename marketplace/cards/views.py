"""Pages of the cards: the published ones for everybody, writing one's own, publishing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import get_locale, gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from marketplace.access import Permission, may, require
from marketplace.cards import actions, queries
from marketplace.cards.anonymous import told_by
from marketplace.cards.forms import CardForm, PublishForm, ReasonForm
from marketplace.cards.models import FIELDS, MOST, Card
from marketplace.cards.states import STATE_LABELS, TONES, TRANSITIONS, CardState
from marketplace.codes.actions import current_codebook
from marketplace.companies.choices import term_choices, term_name
from marketplace.companies.models import SIZE_CLASSES
from marketplace.companies.progress import solved_before
from marketplace.database import page_of
from marketplace.errors import N_
from marketplace.outcomes.queries import mentorship_with_goals
from marketplace.web.fields import options
from marketplace.web.navigation import menu
from marketplace.web.page import Access, me, number_arg, page, show, submitted, text_arg, to
from marketplace.web.todo import Todo, todo_source

blueprint = Blueprint("cards", __name__)
blueprints = [blueprint]
menu(46, N_("사례 공개"), "cards.waiting", lambda user: may(user, Permission.PUBLISH_CARD))
menu(60, N_("해결 사례"), "cards.index", lambda user: True)
_SHOWN_WHILE_WRITING = 3


def like(words: str) -> list[tuple[str, str]]:
    """Titles and addresses of published cards about what a firm writes of."""
    found = queries.find(words, most=_SHOWN_WHILE_WRITING) if words.strip() else []
    return [(one.card.public["title"], url_for("cards.card", card_id=one.card.id)) for one in found]


solved_before.append(like)


@todo_source
def card_todos(user: Any) -> list[Todo]:
    """Cards to publish, and cards of one's own that came back."""
    found = []
    if may(user, Permission.PUBLISH_CARD):
        count, since = queries.waiting_count(user)
        if count:
            found.append(
                Todo(
                    N_("사례 %(count)s건 공개 검토"),
                    url_for("cards.waiting"),
                    since,
                    count=count,
                    facts={"count": count},
                )
            )
    if may(user, Permission.WRITE_CARD):
        for card in queries.returned_to(user):
            url = url_for("cards.edit", mentorship_id=card.mentorship_id, card_id=card.id)
            found.append(Todo(N_("보완요청된 사례 고치기"), url, card.entered_at))
    return found


@blueprint.get("/cards")
@page(Access.PUBLIC)
def index() -> Response:
    """해결 사례: what others did about the same trouble; found by one's own words or by a field."""
    words, term = text_arg("q", 500), text_arg("term", 20)
    return show(
        "cards/index.html",
        found=[(one, [_name(code) for code in one.terms]) for one in queries.find(words, term)],
        asked=bool(words or term),
        groups=term_choices(),
        about=_about,
    )


@blueprint.get("/cards/<int:card_id>")
@page(Access.PUBLIC)
def card(card_id: int) -> Response:
    """One published card."""
    found = queries.published(card_id)
    return show(
        "cards/card.html", card=found, fields=_said(found.public), about=_about(found), terms=_names(found)
    )


@blueprint.get("/mentorships/<int:mentorship_id>/cards")
@page(Permission.SEE_MENTORSHIP)
def of_mentorship(mentorship_id: int) -> Response:
    """The cards of a mentorship, as far as the reader may see them."""
    mentorship = mentorship_with_goals(me(), mentorship_id)
    party = mentorship.party_of(me())
    seen = [one for one in queries.cards_of(mentorship) if may(me(), Permission.SEE_MENTORSHIP, one)]
    own = [one for one in seen if one.party == party]
    return show(
        "cards/of_mentorship.html",
        mentorship=mentorship,
        cards=[(one, badge_of(one)) for one in seen],
        may_write=may(me(), Permission.WRITE_CARD, mentorship)
        and mentorship.state in actions.WRITTEN_FROM
        and len(own) < MOST,
        most=MOST,
        too_early=actions.TOO_EARLY if mentorship.state not in actions.WRITTEN_FROM else None,
    )


@blueprint.route("/mentorships/<int:mentorship_id>/cards/new", methods=["GET", "POST"])
@page(Permission.WRITE_CARD)
def write(mentorship_id: int) -> Response:
    """A new card."""
    mentorship = mentorship_with_goals(me(), mentorship_id)
    require(me(), Permission.WRITE_CARD, mentorship)
    if request.method == "GET" and mentorship.state not in actions.WRITTEN_FROM:
        flash(gettext(actions.TOO_EARLY), "warning")
        return to(url_for("cards.of_mentorship", mentorship_id=mentorship.id))
    form, made = CardForm(), []
    if submitted(form, lambda: made.append(actions.begin(mentorship, form.written(), by=me()))):
        return _kept(made[0])
    return show("cards/write.html", form=form, mentorship=mentorship, card=None)


@blueprint.route("/mentorships/<int:mentorship_id>/cards/<int:card_id>/edit", methods=["GET", "POST"])
@page(Permission.WRITE_CARD)
def edit(mentorship_id: int, card_id: int) -> Response:
    """Go on writing a card."""
    row = queries.card_of(me(), mentorship_id, card_id)
    require(me(), Permission.WRITE_CARD, row)
    form = CardForm(data=row.written)
    if submitted(form, lambda: actions.save(row, form.written(), by=me())):
        return _kept(row)
    return show("cards/write.html", form=form, mentorship=row.mentorship, card=row)


@blueprint.get("/mentorships/<int:mentorship_id>/cards/<int:card_id>")
@page(Permission.SEE_MENTORSHIP)
def own(mentorship_id: int, card_id: int) -> Response:
    """A card as written and as published, and the operator's desk beside it."""
    return _own_page(queries.card_of(me(), mentorship_id, card_id))


@blueprint.post("/mentorships/<int:mentorship_id>/cards/<int:card_id>/submit")
@page(Permission.WRITE_CARD)
def submit(mentorship_id: int, card_id: int) -> Response:
    """제출."""
    row, form = queries.card_of(me(), mentorship_id, card_id), FlaskForm()
    if submitted(form, lambda: actions.submit(row, by=me())):
        flash(gettext("사례를 제출했습니다. 운영기관이 익명으로 고친 뒤 공개합니다."), "success")
        return to(_url(row))
    return _own_page(row, refused=form)


@blueprint.post("/mentorships/<int:mentorship_id>/cards/<int:card_id>/publish")
@page(Permission.PUBLISH_CARD)
def publish(mentorship_id: int, card_id: int) -> Response:
    """공개."""
    row = queries.card_of(me(), mentorship_id, card_id)
    form = _publish_form(row)
    if submitted(form, lambda: actions.publish(row, form.written(), form.terms.data or [], by=me())):
        flash(gettext("사례를 공개했습니다."), "success")
        return to(_url(row))
    return _own_page(row, publishing=form)


@blueprint.post("/mentorships/<int:mentorship_id>/cards/<int:card_id>/return")
@page(Permission.PUBLISH_CARD)
def send_back(mentorship_id: int, card_id: int) -> Response:
    """보완요청."""
    return _away(mentorship_id, card_id, actions.send_back)


@blueprint.post("/mentorships/<int:mentorship_id>/cards/<int:card_id>/take-down")
@page(Permission.PUBLISH_CARD)
def take_down(mentorship_id: int, card_id: int) -> Response:
    """공개 중지."""
    return _away(mentorship_id, card_id, actions.take_down)


@blueprint.get("/staff/cards")
@page(Permission.PUBLISH_CARD)
def waiting() -> Response:
    """사례 공개: cards that wait for the operator."""
    return show("cards/waiting.html", found=page_of(queries.waiting(me()), number_arg("page")))


def badge_of(card: Card) -> tuple[str, str]:
    """The name of a card's state and the tone of its badge."""
    state = CardState(card.state)
    return gettext(STATE_LABELS[state]), TONES[state]


def _away(mentorship_id: int, card_id: int, act: Callable[..., None]) -> Response:
    row, form = queries.card_of(me(), mentorship_id, card_id), ReasonForm()
    if submitted(form, lambda: act(row, form.reason.data, by=me())):
        flash(gettext("작성자에게 알렸습니다."), "success")
        return to(_url(row))
    return _own_page(row, reason=form)


def _publish_form(row: Card) -> PublishForm:
    form = PublishForm(data={**(row.public or row.written), "terms": row.terms})
    proposed = set(row.terms)
    groups = term_choices()
    found = [(code, name) for pairs in groups.values() for code, name in pairs if code in proposed]
    form.terms.choices = options(found, gettext("글에서 읽은 분야"))
    for group, pairs in groups.items():
        form.terms.choices += options([pair for pair in pairs if pair[0] not in proposed], group)
    return form


def _own_page(
    row: Card,
    *,
    refused: FlaskForm | None = None,
    publishing: PublishForm | None = None,
    reason: ReasonForm | None = None,
) -> Response:
    desk = may(me(), Permission.PUBLISH_CARD, row)
    given = told_by(". ".join(row.written.values()), actions.names_of(row.mentorship)) if desk else []
    return show(
        "cards/own.html",
        card=row,
        mentorship=row.mentorship,
        badge=badge_of(row),
        verbs=TRANSITIONS[CardState(row.state)],
        written=_said(row.written),
        public=_said(row.public),
        terms=_names(row),
        desk=desk,
        given=given,
        refused=refused,
        publishing=publishing or (_publish_form(row) if desk and request.method == "GET" else None),
        reason=reason or ReasonForm(formdata=None),
    )


def _kept(row: Card) -> Response:
    flash(gettext("저장했습니다. 다 쓰셨으면 제출해 주십시오."), "success")
    return to(_url(row))


def _url(row: Card) -> str:
    return url_for("cards.own", mentorship_id=row.mentorship_id, card_id=row.id)


def _said(text: dict[str, str]) -> list[tuple[str, str]]:
    return [(gettext(label), text[name]) for name, label, _ in FIELDS if name != "title" and text.get(name)]


def _about(row: Card) -> str:
    industry = current_codebook().industries.get(row.industry or "")
    name = None if industry is None else (industry.en if str(get_locale()) == "en" else industry.ko)
    size = gettext(SIZE_CLASSES[row.size_class]) if row.size_class in SIZE_CLASSES else None
    return " · ".join(filter(None, (name, size)))


def _name(code: str) -> str:
    return term_name(code, code)


def _names(row: Card) -> list[tuple[str, str]]:
    return [(code, _name(code)) for code in row.terms]
