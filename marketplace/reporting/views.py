"""The landing page, and the pages on which staff read the record."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext
from flask_login import current_user

from marketplace.access import Permission, may
from marketplace.audit import verify_chain
from marketplace.civil import day_of
from marketplace.database import utcnow
from marketplace.errors import N_
from marketplace.events import EVENT_LABELS
from marketplace.jobs import run_again
from marketplace.mail import send_again
from marketplace.reporting import (
    exports,
    figures,
    reading,
    records,
    views_dashboard,  # noqa: F401 - it registers its page
)
from marketplace.reporting.blueprint import blueprint
from marketplace.reporting.tables import CSV_TYPE, XLSX_TYPE
from marketplace.web.navigation import menu
from marketplace.web.page import Access, me, number_arg, page, show, text_arg, to
from marketplace.web.todo import place_to_go

blueprints = [blueprint]
menu(90, N_("기록"), "reporting.audit_log", lambda user: may(user, Permission.SEE_AUDIT))
place_to_go(
    25,
    N_("기록"),
    "reporting.audit_log",
    N_("누가 언제 무엇을 바꾸었는지 봅니다."),
    lambda user: may(user, Permission.SEE_AUDIT),
)
place_to_go(
    20,
    N_("메일"),
    "reporting.mails",
    N_("보낸 메일과 보내지 못한 메일을 봅니다."),
    lambda user: may(user, Permission.SEE_MAIL),
)
menu(91, N_("메일"), "reporting.mails", lambda user: may(user, Permission.SEE_MAIL))
menu(92, N_("작업"), "reporting.jobs", lambda user: may(user, Permission.SEE_MAIL))


@blueprint.get("/")
@page(Access.PUBLIC)
def landing() -> Any:
    """What this is, three doors, live figures, five steps, open calls."""
    if current_user.is_authenticated:
        return to("/todo")
    return show("reporting/landing.html", figures=figures.public_figures(), calls=figures.open_calls())


@blueprint.get("/about")
@page(Access.PUBLIC)
def about() -> Any:
    """The landing page for those who are signed in."""
    return show("reporting/landing.html", figures=figures.public_figures(), calls=figures.open_calls())


@blueprint.get("/audit")
@page(Permission.SEE_AUDIT)
def audit_log() -> Any:
    """The record, newest first."""
    thing = reading.thing_code(text_arg("thing"))
    entries = records.audit_page(me(), text_arg("event"), text_arg("actor"), thing, number_arg("page"))
    options = [(str(event), gettext(label)) for event, label in EVENT_LABELS.items()]
    return show(
        "reporting/audit.html", entries=entries, labels=EVENT_LABELS, event_options=options, reading=reading
    )


@blueprint.get("/audit/chain")
@page(Permission.SEE_AUDIT)
def audit_chain() -> Any:
    """Check the chain of the record from the first entry to the last."""
    return show("reporting/chain.html", fault=verify_chain())


@blueprint.get("/mails")
@page(Permission.SEE_MAIL)
def mails() -> Any:
    """The outbox: what was, and what will be, sent."""
    found = records.mail_page(text_arg("state"), text_arg("q"), number_arg("page"))
    labels, keeps = records.mail_labels(), records.mails_are_kept()
    options = [(str(state), gettext(label)) for state, label in labels.items()]
    return show("reporting/mails.html", mails=found, labels=labels, keeps=keeps, state_options=options)


@blueprint.get("/mails/<int:mail_id>")
@page(Permission.SEE_MAIL)
def mail(mail_id: int) -> Any:
    """One mail. Its link is shown only where mails are not sent, as in the demo: it may carry a token."""
    return show(
        "reporting/mail.html",
        mail=records.mail_with(mail_id),
        labels=records.mail_labels(),
        keeps=records.mails_are_kept(),
    )


@blueprint.post("/mails/<int:mail_id>/again")
@page(Permission.SEE_MAIL)
def mail_again(mail_id: int) -> Any:
    """Send a mail that could not be delivered once more."""
    records.mail_with(mail_id)
    send_again(mail_id, by=me())
    return to(f"/mails/{mail_id}")


@blueprint.get("/jobs")
@page(Permission.SEE_MAIL)
def jobs() -> Any:
    """What the worker does: its jobs, and when it last looked after what comes round again."""
    found = records.job_page(text_arg("state"), number_arg("page"))
    options = [(str(state), gettext(label)) for state, label in records.JOB_LABELS.items()]
    return show(
        "reporting/jobs.html",
        jobs=found,
        labels=records.JOB_LABELS,
        state_options=options,
        sweeps=records.sweep_lines(),
    )


@blueprint.post("/jobs/<int:job_id>/again")
@page(Permission.SEE_MAIL)
def job_again(job_id: int) -> Any:
    """Run a job that was given up once more."""
    run_again(job_id, by=me())
    flash(gettext("작업을 다시 등록했습니다."), "success")
    return to("/jobs")


@blueprint.post("/exports/<name>")
@page(Permission.EXPORT_LISTS)
def export(name: str) -> Any:
    """A list as XLSX or CSV, with the filters of its page; who took what is recorded."""
    table = exports.export(name, {key: value[:100] for key, value in request.args.items()}, by=me())
    as_csv = request.form.get("format") == "csv"
    content, kind = (table.to_csv(), CSV_TYPE) if as_csv else (table.to_xlsx(), XLSX_TYPE)
    file = f"{name}-{day_of(utcnow()):%Y%m%d}.{'csv' if as_csv else 'xlsx'}"
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f"attachment; filename={file}"}
    )
