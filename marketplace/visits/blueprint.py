"""The blueprint of this slice's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("visits", __name__)
