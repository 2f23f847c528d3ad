"""The one blueprint of this slice; the view modules hang their pages on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from marketplace.companies.choices import named
from marketplace.companies.showing import days_left, result_badge, state_badge, waiting

blueprint = Blueprint("companies", __name__)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "named": named,
        "days_left": days_left,
        "state_badge": state_badge,
        "result_badge": result_badge,
        "waiting": waiting,
    }
