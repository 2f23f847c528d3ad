"""The lists of staff as rows for a file, with the filters of their pages, as far as no slice has its own."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.access import ROLE_LABELS, Role
from marketplace.accounts import actions_admin, actions_organisations
from marketplace.accounts.models import ORGANISATION_LABELS, OrganisationKind, User
from marketplace.civil import SEOUL
from marketplace.companies import queries as request_queries
from marketplace.companies.models import PRIORITIES
from marketplace.companies.states import STATE_LABELS as REQUEST_LABELS
from marketplace.companies.views_staff import queue_filter
from marketplace.database import page_of
from marketplace.events import EVENT_LABELS, Event
from marketplace.experts import frame as expert_frame
from marketplace.experts import queries as expert_queries
from marketplace.experts.models import EXPERT_STATE_LABELS, SKILL_LEVELS
from marketplace.matching import queries as case_queries
from marketplace.matching import queries_learning as learning_queries
from marketplace.matching.states import STATE_LABELS as CASE_LABELS
from marketplace.matching.views_staff import queue_filter as case_filter
from marketplace.programmes.actions import programmes_for
from marketplace.programmes.forms import STATE_LABELS as PROGRAMME_LABELS
from marketplace.reporting import reading, records
from marketplace.taxonomy.actions import terms
from marketplace.web.page import text_arg

EVERYTHING = 10**6


def _local(moment: Any) -> Any:
    return moment.astimezone(SEOUL).replace(tzinfo=None) if moment else None


def requests_rows(user: User) -> list[list[Any]]:
    """The requests that the queue would list."""
    found = page_of(request_queries.queue(user, queue_filter()), 1, EVERYTHING).items
    needs = request_queries.needs_of([request.id for request in found])
    return [
        [
            request.reference,
            gettext(REQUEST_LABELS[request.state]),
            request.company.name,
            request.company.brn,
            request.company.industry,
            request.region,
            request.company.employees,
            request.title,
            request.problem,
            "; ".join(f"{n.words}:{gettext(PRIORITIES[n.priority])}" for n in needs.get(request.id, [])),
            request.months,
            request.start_on,
            _local(request.submitted_at),
        ]
        for request in found
    ]


def cases_rows(user: User) -> list[list[Any]]:
    """The cases that the queue would list."""
    found = page_of(case_queries.queue(user, case_filter()), 1, EVERYTHING).items
    return [
        [
            case.request.reference,
            gettext(CASE_LABELS[case.state]),
            case.request.company.name,
            case.request.title,
            case.chosen.expert.name if case.chosen else None,
            case.chosen.score / 100 if case.chosen and case.chosen.score is not None else None,
            case.since,
            case.until,
            _local(case.entered_at),
            _local(case.due_at),
            _local(case.first_approved_at),
            _local(case.approved_at),
            case.reason,
        ]
        for case in found
    ]


def experts_rows(user: User) -> list[list[Any]]:
    """The experts that the list would show."""
    names = expert_frame.labels()
    tab = text_arg("tab", 12)
    found = expert_queries.staff_list(tab, expert_frame.search_of_page(), names, 1, EVERYTHING).items
    return [
        [
            expert.id,
            expert.name,
            gettext(EXPERT_STATE_LABELS[expert.state]),
            expert.headline,
            "; ".join(f"{career.employer} {career.title}" for career in expert.careers),
            "; ".join(f"{skill.words}:{gettext(SKILL_LEVELS[skill.level])}" for skill in expert.skills),
            ";".join(expert.industries),
            ";".join(expert.regions),
            expert.years,
            expert.capacity,
            expert.available_from,
            _local(expert.submitted_at),
            _local(expert.verified_at),
        ]
        for expert in found
    ]


def accounts_rows(user: User) -> list[list[Any]]:
    """The accounts that the page would list."""
    names = {
        name: text_arg(address) for name, address in {"text": "q", "role": "role", "state": "state"}.items()
    }
    query = actions_admin.accounts_query(**names, sort=text_arg("sort"))
    return [
        [
            person.email,
            person.name,
            gettext(ROLE_LABELS[Role(person.role)]),
            person.organisation.name if person.organisation else None,
            gettext(actions_admin.STATES[actions_admin.state_of(person)]),
            _local(person.created_at),
        ]
        for person in page_of(query, 1, EVERYTHING).items
    ]


def organisations_rows(user: User) -> list[list[Any]]:
    """Every organisation."""
    found = actions_organisations.organisations_page(
        page=1, text=text_arg("q"), kind=text_arg("kind"), sort=text_arg("sort"), size=EVERYTHING, by=user
    )
    return [
        [row.name, gettext(ORGANISATION_LABELS[OrganisationKind(row.kind)]), row.brn] for row in found.items
    ]


def audit_rows(user: User) -> list[list[Any]]:
    """The entries of the record that the page would list."""
    thing = reading.thing_code(text_arg("thing"))
    found = records.audit_page(user, text_arg("event"), text_arg("actor"), thing, 1, EVERYTHING)
    return [
        [
            entry.id,
            _local(entry.at),
            gettext(EVENT_LABELS.get(Event(entry.event), entry.event)),
            entry.actor_name,
            entry.actor_role,
            "; ".join(
                [
                    f"{entry.thing_type} {entry.thing_id or ''}".strip(),
                    *(f"{subject.thing_type} {subject.thing_id}" for subject in entry.subjects),
                ]
            ),
            "; ".join(f"{name}={value}" for name, value in entry.facts.items()),
            entry.hash,
        ]
        for entry in found.items
    ]


def mails_rows(user: User) -> list[list[Any]]:
    """The mails that the page would list."""
    found = records.mail_page(text_arg("state"), text_arg("q"), 1, EVERYTHING).items
    labels = {state: gettext(label) for state, label in records.mail_labels().items()}
    return [[m.id, m.recipient, m.subject, labels[m.state], m.attempts, _local(m.sent_at)] for m in found]


def programmes_rows(user: User) -> list[list[Any]]:
    """The programmes in reach."""
    return [
        [
            programme.code,
            programme.name_ko,
            gettext(PROGRAMME_LABELS[programme.state]),
            programme.opens_on,
            programme.closes_on,
            programme.budget,
            programme.operator.name,
            programme.ministry.name,
        ]
        for programme in programmes_for(user)
    ]


def terms_rows(user: User) -> list[list[Any]]:
    """The terms that the page would list."""
    return [
        [term.code, term.group_code, term.name_ko, term.name_en, ";".join(term.synonyms), term.replaced_by]
        for term in terms(text_arg("q"), text_arg("group", 5))
    ]


def overrides_rows(user: User) -> list[list[Any]]:
    """How often staff decided otherwise than the ranking, by programme and year."""
    years = learning_queries.approvals_by_year(programmes_for(user))
    return [
        [
            row.programme.code,
            row.year,
            row.approvals,
            *(
                value
                for count in (row.not_first, row.not_in_three, row.not_listed, row.overridden)
                for value in (count, round(row.share(count), 1))
            ),
        ]
        for row in years
    ]
