"""Pages of this slice."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("programmes", __name__)
blueprints = [blueprint]
