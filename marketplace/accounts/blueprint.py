"""The one blueprint of this slice; the view modules hang their pages on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
