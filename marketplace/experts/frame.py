"""What the pages of this slice share: labels for the reader, the steps of a profile, addresses of lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext

from marketplace.civil import day_of
from marketplace.codes.actions import regions
from marketplace.database import utcnow
from marketplace.errors import N_
from marketplace.experts.completeness import parts_of
from marketplace.experts.labels import Labels
from marketplace.experts.models import Expert
from marketplace.experts.queries import Search, profile_of
from marketplace.experts.states import ExpertState
from marketplace.taxonomy.actions import groups
from marketplace.web.page import me, show, text_arg
from marketplace.web.setup import chosen_language

STEPS = {
    "basics": N_("기본"),
    "careers": N_("경력"),
    "skills": N_("기술"),
    "fields": N_("분야"),
    "availability": N_("가능 시간"),
    "interests": N_("이해관계"),
    "preview": N_("미리보기"),
    "submit_profile": N_("제출"),
}
STATE_TONES = {
    ExpertState.DRAFT: "gray",
    ExpertState.SUBMITTED: "information",
    ExpertState.RETURNED: "warning",
    ExpertState.VERIFIED: "success",
    ExpertState.SUSPENDED: "danger",
}


def today() -> date:
    """The day in Seoul."""
    return day_of(utcnow())


def labels() -> Labels:
    """The names of codes in the reader's language."""
    return Labels(chosen_language(), today())


def after(step: str) -> str:
    """The address of the step that follows."""
    names = list(STEPS)
    return url_for(f"experts.{names[min(names.index(step) + 1, len(names) - 1)]}")


def step(template: str, name: str, expert: Expert, **context: Any) -> Any:
    """Show a step of one's own profile.

    After a conflict the form takes the version of now, so that a second look and a second press save it.
    """
    form = context.get("form")
    if g.get("status") == 409:
        expert = profile_of(me())
        if form is not None and "version" in form:
            form.version.data = str(expert.version or 0)
    undone = {part.step for part in parts_of(expert) if part.required and not part.done}
    tabs = [
        {
            "label": gettext(label),
            "url": url_for(f"experts.{key}"),
            "current": key == name,
            "undone": key in undone,
        }
        for key, label in STEPS.items()
    ]
    following = url_for(f"experts.{name}") if name not in STEPS else after(name)
    return show(template, expert=expert, tabs=tabs, following=following, tones=STATE_TONES, **context)


def search_of_page() -> Search:
    """What the address narrows a list to."""
    return Search(
        words=text_arg("q", 50),
        industry=text_arg("industry", 5),
        region=text_arg("region", 5),
        group=text_arg("group", 5),
        sort=text_arg("sort", 20),
    )


def filters(names: Labels) -> dict[str, Any]:
    """The choices of the select boxes above a list, industries by section."""
    english = names.language == "en"
    return {
        "industries": names.industries_by_section(),
        "regions": [(row.code, row.name_en if english else row.short_ko) for row in regions(names.on)],
        "groups": [(row.code, row.name_en if english else row.name_ko) for row in groups()],
    }


def ids_arg(name: str, most: int = 50) -> list[int]:
    """Whole numbers that stand several times in the address or the form; anything else is left out."""
    texts = request.values.getlist(name)
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]
    return list(dict.fromkeys(numbers))[:most]


def versions_arg(name: str) -> dict[int, int]:
    """Pairs of id and version, written 12-3, from the form; anything else is left out."""
    pairs = (text.partition("-") for text in request.form.getlist(name)[:50])
    return {
        int(one): int(other)
        for one, _, other in pairs
        if all(n.isascii() and n.isdigit() and len(n) < 10 for n in (one, other))
    }
