"""Runs the last-place race many times on SQLite and on PostgreSQL and prints what came out.

    python -m bench.race --trials 200

Each trial lets 2 to 8 people take the same last place at once, by accepting, by the first or by the final
approval. Ends with 1 when a place was overbooked, nobody or several won, or anything but a polite refusal came.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from marketplace import migrate
from marketplace import settings as settings_module
from marketplace.application import create_app
from marketplace.database import db, read_only
from tests.conftest import settings_for
from tests.matching.racing import STEPS, Race
from tests.postgres import Cluster


def trials(url: str, count: int) -> tuple[Counter[str], int]:
    """Outcomes over so many trials, and in how many not exactly one won."""
    settings_module.use(settings_for(url))
    migrate.upgrade()
    app = create_app(settings_for(url))
    outcomes: Counter[str] = Counter()
    wrong = 0
    with app.app_context():
        read_only(False)
        combinations = [(verb, runners) for verb in STEPS for runners in range(2, 9)]
        races: dict[tuple[str, int], Race] = {}
        for number in range(count):
            key = combinations[number % len(combinations)]
            race = races[key] if key in races else races.setdefault(key, Race(app, *key))
            found = race.run()
            outcomes.update(found)
            wrong += found != {"won": 1, "conflict": key[1] - 1} or race.holders() != 1
        db.session.close()
        db.engine.dispose()
    return outcomes, wrong


def main() -> None:
    """Run on both databases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--trials", type=int, default=200, help="on each database (default 200)")
    count = parser.parse_args().trials
    cluster = Cluster()
    cluster.start()
    failed = False
    try:
        with tempfile.TemporaryDirectory() as folder:
            urls = {
                "SQLite": f"sqlite:///{Path(folder) / 'race.sqlite3'}",
                "PostgreSQL": cluster.url("postgres"),
            }
            for name, url in urls.items():
                begun = time.perf_counter()
                outcomes, wrong = trials(url, count)
                took = time.perf_counter() - begun
                print(
                    f"{name}: {count} trials in {took:.1f} s, {dict(outcomes)}, {wrong} not as they must be"
                )
                failed |= bool(wrong)
    finally:
        cluster.stop()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
