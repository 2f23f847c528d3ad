"""Pages of this slice."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("companies", __name__)
blueprints = [blueprint]
