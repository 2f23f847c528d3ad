"""The blueprint of this slice's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("payments", __name__)
