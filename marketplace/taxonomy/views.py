"""Pages of this slice."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("taxonomy", __name__)
blueprints = [blueprint]
