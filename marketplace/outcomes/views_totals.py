"""What a programme came to, for staff; and what a sponsor's money came to, without naming the firms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from marketplace.access import Permission, may
from marketplace.codes.actions import kpis
from marketplace.errors import N_, NotFound
from marketplace.experts.frame import labels
from marketplace.outcomes import queries_totals
from marketplace.outcomes.blueprint import blueprint
from marketplace.outcomes.showing import name_of, percent, signed
from marketplace.outcomes.totals import LEAST_FIRMS, Figures, Outcome, grouped
from marketplace.programmes.actions import programmes_for
from marketplace.programmes.models import Programme
from marketplace.web.navigation import menu
from marketplace.web.page import me, number_arg, page, show

TENTH = Decimal("0.1")
FIELD_LABELS = {
    "P": N_("생산성"),
    "Q": N_("품질"),
    "C": N_("원가"),
    "D": N_("납기"),
    "S": N_("안전"),
    "E": N_("환경"),
}
menu(46, N_("사업 성과"), "outcomes.totals", lambda user: may(user, Permission.SEE_PROGRAMME))
menu(30, N_("지원 성과"), "outcomes.of_sponsor", lambda user: may(user, Permission.SEE_CONTRIBUTION))


def programme_of_page() -> Programme:
    """The programme that the address names, the newest when it names none; NotFound out of reach."""
    known = programmes_for(me())
    wanted = number_arg("programme", 0)
    found = next((one for one in known if not wanted or one.id == wanted), None)
    if found is None:
        raise NotFound(wanted)
    return found


@blueprint.get("/outcomes/totals")
@page(Permission.SEE_PROGRAMME)
def totals() -> Response:
    """사업 성과: verified values of one programme, over all and by province, industry and sponsor."""
    if not programmes_for(me()):
        return show("outcomes/totals.html", programme=None, **_words())
    programme = programme_of_page()
    found = queries_totals.outcomes_of_programme(programme)
    names, sponsors = labels(), queries_totals.sponsor_names(found)

    def sponsor(one: Outcome) -> str:
        return sponsors[one.sponsor_id] if one.sponsor_id is not None else gettext("없음")

    return show(
        "outcomes/totals.html",
        programme=programme,
        programmes=[
            (one.id, one.name_en if str(get_locale()) == "en" else one.name_ko)
            for one in programmes_for(me())
        ],
        figures=Figures.of(found),
        groups=[
            (gettext("지역별"), grouped(found, lambda one: names.region(one.region))),
            (gettext("업종별"), grouped(found, lambda one: names.industry(one.industry))),
            (gettext("참여 대기업별"), grouped(found, sponsor)),
        ],
        **_words(),
    )


@blueprint.get("/contribution/outcomes")
@page(Permission.SEE_CONTRIBUTION)
def of_sponsor() -> Response:
    """지원 성과: what came of the sponsor's contribution; nothing that fewer than three firms stand behind."""
    found = queries_totals.outcomes_of_sponsor(me())
    return show("outcomes/of_sponsor.html", figures=Figures.of(found).guarded(), **_words())


def _words() -> dict[str, Any]:
    return {
        "fields": {code: gettext(label) for code, label in FIELD_LABELS.items()},
        "names": {kpi.code: name_of(kpi) for kpi in kpis(retired=True)},
        "percent": percent,
        "signed": signed,
        "tenth": TENTH,
        "least": LEAST_FIRMS,
    }
