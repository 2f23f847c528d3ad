"""Pages of this slice, one module for each group of them."""

from __future__ import annotations

from marketplace.accounts import views_account, views_admin, views_join, views_sign_in  # noqa: F401 - pages
from marketplace.accounts.blueprint import blueprint

blueprints = [blueprint]
