"""The blueprint that the views of this slice share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("experts", __name__)
