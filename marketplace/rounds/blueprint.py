"""The blueprint of this slice's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("rounds", __name__, cli_group=None)
