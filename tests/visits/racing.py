"""Logs that want the same room, handed in by several devices at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence

from flask import Flask

from marketplace.accounts.models import User
from marketplace.database import db, read_only
from marketplace.errors import RuleBroken
from marketplace.mentorships.models import Mentorship
from marketplace.visits import actions
from marketplace.visits.logs import Log


def at_once(app: Flask, attempts: Sequence[Callable[[], object]]) -> Counter[str]:
    """Let everybody try at the same moment; how many of each outcome: won, refused at a field, or an error."""
    outcomes: list[str] = []
    barrier = threading.Barrier(len(attempts))

    def run(attempt: Callable[[], object]) -> None:
        with app.app_context():
            read_only(False)
            barrier.wait(60)
            try:
                attempt()
            except RuleBroken as broken:
                outcomes.append("conflict" if broken.conflict else f"refused at {broken.field}")
            except Exception as error:
                outcomes.append(f"{type(error).__name__}: {error}")
            else:
                outcomes.append("won")

    db.session.rollback()
    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    db.session.rollback()
    db.session.expire_all()
    return Counter(outcomes)


def handing_in(mentorship_id: int, person_id: int, log: Log, client_key: str) -> Callable[[], object]:
    """One device that hands in a log."""

    def attempt() -> object:
        mentorship = db.session.get_one(Mentorship, mentorship_id)
        by = db.session.get_one(User, person_id)
        return actions.log_visit(mentorship, log, client_key=client_key, by=by)

    return attempt
