"""Experts as firms find them: verified and not paused, without addresses and numbers.

Open while a case of the firm is open for nominations; staff have their own list.
"""

from __future__ import annotations

from typing import Any

from flask import g

from marketplace.access import Permission
from marketplace.experts import frame, queries
from marketplace.experts.blueprint import blueprint
from marketplace.experts.card import card_of, links_for, may_look
from marketplace.web.page import me, number_arg, page, show


@blueprint.get("/experts")
@page(Permission.FIND_EXPERT)
def find() -> Any:
    """Find an expert by words, skills, industry and region."""
    if not may_look(me()):
        return _closed()
    names = frame.labels()
    found = queries.open_list(frame.search_of_page(), names, number_arg("page"))
    cards = [card_of(expert, expert.name, names) for expert in found.items]
    return show("experts/find.html", found=found, cards=cards, choices=frame.filters(names))


@blueprint.get("/experts/<int:expert_id>")
@page(Permission.FIND_EXPERT)
def expert(expert_id: int) -> Any:
    """One expert as a firm sees one."""
    if not may_look(me(), expert_id):
        return _closed()
    found = queries.open_expert(expert_id)
    card = card_of(found, found.name, frame.labels())
    return show("experts/expert.html", card=card, links=links_for(me(), found))


def _closed() -> Any:
    """403 with when it opens."""
    g.status = 403
    return show("experts/find_closed.html")
