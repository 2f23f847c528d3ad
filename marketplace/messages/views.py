"""Pages of messages: what was written in a mentorship, and its files."""

from __future__ import annotations

from flask import Blueprint, flash, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission
from marketplace.database import page_of
from marketplace.mentorships.models import Mentorship
from marketplace.mentorships.queries import seen_mentorship
from marketplace.messages import actions, queries
from marketplace.messages.forms import MessageForm
from marketplace.web.page import me, number_arg, page, show, submitted, to

blueprint = Blueprint("messages", __name__)
blueprints = [blueprint]


@blueprint.get("/mentorships/<int:mentorship_id>/messages")
@page(Permission.SEE_MENTORSHIP)
def messages(mentorship_id: int) -> Response:
    """메시지와 파일: the newest first."""
    return _page(seen_mentorship(me(), mentorship_id), MessageForm(formdata=None))


@blueprint.post("/mentorships/<int:mentorship_id>/messages")
@page(Permission.WRITE_MESSAGE)
def write(mentorship_id: int) -> Response:
    """보내기."""
    mentorship, form = seen_mentorship(me(), mentorship_id), MessageForm()
    if submitted(
        form,
        lambda: actions.write(
            mentorship, form.body.data, key=form.key.data or "", files=form.files.prepared(), by=me()
        ),
    ):
        flash(gettext("메시지를 보냈습니다."), "success")
        return to(url_for("messages.messages", mentorship_id=mentorship_id))
    return _page(seen_mentorship(me(), mentorship_id), form)


@blueprint.get("/mentorships/<int:mentorship_id>/files")
@page(Permission.SEE_MENTORSHIP)
def files(mentorship_id: int) -> Response:
    """The files of all messages in one list."""
    mentorship = seen_mentorship(me(), mentorship_id)
    found = page_of(queries.files_of(mentorship), number_arg("page"))
    return show("messages/files.html", mentorship=mentorship, page_=found)


def _page(mentorship: Mentorship, form: MessageForm) -> Response:
    found = page_of(queries.messages_of(mentorship), number_arg("page"), size=20)
    return show("messages/messages.html", mentorship=mentorship, form=form, page_=found)
