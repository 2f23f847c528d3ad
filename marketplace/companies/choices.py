"""What can be chosen on the pages of this slice, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale, gettext

from marketplace.codes.actions import industries, kpis, regions
from marketplace.codes.book import MANUFACTURING, by_section
from marketplace.companies.eligibility import today
from marketplace.programmes.models import Programme
from marketplace.taxonomy.actions import choices as terms_by_group
from marketplace.taxonomy.actions import current_vocabulary
from marketplace.web.setup import won

Choices = list[tuple[str, str]]


def in_english() -> bool:
    """Whether the reader chose English."""
    locale = get_locale()
    return locale is not None and str(locale.language) == "en"


def named(row: Any) -> str:
    """The name of a row that has one in each language."""
    return str(row.name_en if in_english() else row.name_ko)


def labelled(labels: Mapping[Any, str]) -> Choices:
    """Choices from a table of Korean labels."""
    return [(str(value), gettext(label)) for value, label in labels.items()]


def region_choices(*also: str | None) -> Choices:
    """The regions that stand today, and, so that old data keeps its name, the codes given."""
    rows = regions(today())
    known = {row.code for row in rows}
    older = [row for row in regions() if row.code in also and row.code not in known]
    return [(row.code, named(row)) for row in [*rows, *older]]


def industry_choices(*also: str | None) -> Choices:
    """The divisions of manufacturing with their codes, and, so that an imported firm keeps its own, those given."""
    return [
        (row.code, f"{row.code} {named(row)}")
        for row in industries()
        if row.code.startswith(MANUFACTURING) or row.code in also
    ]


def industries_by_section() -> dict[str, Choices]:
    """Every division under the name of its section, manufacturing first: what a list can be narrowed to."""
    language = "en" if in_english() else "ko"
    return {
        section.label(language): [(row.code, f"{row.code} {named(row)}") for row in rows]
        for section, rows in by_section(industries())
    }


def kpi_choices() -> Choices:
    """The indicators of the catalogue with their units."""
    return [(row.code, f"{named(row)} ({row.unit})") for row in kpis()]


def kpi_units() -> dict[str, str]:
    """The unit of each indicator, retired ones as well."""
    return {row.code: row.unit for row in kpis(retired=True)}


def kpi_names() -> dict[str, str]:
    """The name of each indicator, retired ones as well."""
    return {row.code: named(row) for row in kpis(retired=True)}


def tier_choices(programme: Programme) -> Choices:
    """The tiers of a programme by name."""
    return [(str(tier.id), named(tier)) for tier in programme.tiers]


def tier_notes(programme: Programme) -> dict[str, str]:
    """How long each tier lasts, what it costs, and what of it the firm bears."""
    return {
        str(tier.id): gettext(
            "총사업비 %(total)s 가운데 기업부담 %(own)s",
            total=won(tier.total),
            own=won(tier.shares()["firm"]),
        )
        for tier in programme.tiers
    }


def term_choices() -> dict[str, Choices]:
    """The terms of the taxonomy by the name of their group."""
    place = 2 if in_english() else 1
    return {group: [(term[0], term[place]) for term in terms] for group, terms in terms_by_group() if terms}


def term_name(code: str | None, words: str) -> str:
    """A term's name in the reader's language; the firm's own words when there is no term."""
    term = current_vocabulary().terms.get(code or "")
    return term.label("en" if in_english() else "ko") if term else words
