"""현황판 for staff."""

from __future__ import annotations

from flask_babel import get_locale
from werkzeug.wrappers import Response

from marketplace.access import Permission, may
from marketplace.errors import N_
from marketplace.experts.frame import labels
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import KIND_LABELS, SOURCE_LABELS
from marketplace.outcomes.queries_totals import outcomes_of_programme
from marketplace.outcomes.showing import percent
from marketplace.outcomes.totals import Figures
from marketplace.outcomes.views_totals import programme_of_page
from marketplace.programmes.actions import programmes_for
from marketplace.reporting import dashboard
from marketplace.reporting.blueprint import blueprint
from marketplace.web.navigation import menu
from marketplace.web.page import me, page, show

menu(5, N_("현황판"), "reporting.board", lambda user: may(user, Permission.SEE_PROGRAMME))


@blueprint.get("/dashboard")
@page(Permission.SEE_PROGRAMME)
def board() -> Response:
    """현황판: funnel, waiting times, provinces, outcomes, money and concentration of one programme."""
    known = programmes_for(me())
    if not known:
        return show("reporting/dashboard.html", programme=None)
    programme, names = programme_of_page(), labels()
    experts, employers = dashboard.concentration(programme)
    return show(
        "reporting/dashboard.html",
        programme=programme,
        programmes=[(one.id, one.name_en if str(get_locale()) == "en" else one.name_ko) for one in known],
        stages=dashboard.funnel(programme),
        waits=dashboard.waits(programme),
        provinces=dashboard.provinces(programme, names.region_today),
        region=names.region,
        figures=Figures.of(outcomes_of_programme(programme)),
        percent=percent,
        money=ledger.positions(programme) if may(me(), Permission.SEE_LEDGER, programme) else [],
        kinds=KIND_LABELS,
        sources=SOURCE_LABELS,
        experts=experts,
        employers=employers,
        searchable=may(me(), Permission.SEE_REQUEST) and may(me(), Permission.SEE_EXPERT),
    )
