"""A site whose clock the story moves: requests, jobs and browsers all live at the story's moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from playwright.sync_api import BrowserContext

from marketplace import jobs
from marketplace.accounts.models import User
from marketplace.civil import SEOUL
from marketplace.database import clock_at, db
from tests.browser import WIDE
from tests.conftest import sign_in
from tests.journeys.site import PATIENCE, Person, Site


class Calendar:
    """The site at a moment of the story. ``at`` moves it; people sign in anew after each move."""

    def __init__(self, site: Site, start: datetime) -> None:
        self.site, self.now = site, start
        inner = site.app.wsgi_app

        def at_this_moment(environ: Any, start_response: Any) -> Iterable[bytes]:
            with clock_at(self.now):
                return list(inner(environ, start_response))

        site.app.wsgi_app = at_this_moment  # type: ignore[method-assign]
        self._contexts: list[BrowserContext] = []

    def at(self, day: date, hour: int = 13) -> None:
        """Go to an hour of a day in Seoul; every browser is closed and the worker makes its round."""
        self.now = datetime.combine(day, time(hour), tzinfo=SEOUL).astimezone(UTC)
        for context in self._contexts:
            context.close()
        self._contexts = []
        self.work()

    def work(self) -> None:
        """What the worker does, until nothing is left to do; mails leave too."""
        for _ in range(3):
            self.do(jobs.run_due)
            self.now += timedelta(seconds=61)
        self.mails = self.do_mail()

    def do_mail(self) -> dict[str, list[Any]]:
        """The mails that arrived now, by recipient."""
        from marketplace.mail import deliver_due

        before = len(self.site.post)
        while self.do(deliver_due):
            pass
        arrived: dict[str, list[Any]] = {}
        for mail in self.site.post[before:]:
            arrived.setdefault(str(mail["To"]), []).append(mail)
        return arrived

    def do(self, act: Callable[[], Any]) -> Any:
        """Do something with the site's database at this moment."""

        def then() -> Any:
            with clock_at(self.now):
                return act()

        return self.site.aside(then)

    def ask(self, question: Callable[[], Any]) -> Any:
        """The answer of the database at this moment; plain values."""

        def then() -> Any:
            with clock_at(self.now):
                return question()

        return self.site.asked(then)

    def person(self, user_id: int | None, size: dict[str, int] = WIDE) -> Person:
        """Somebody in front of a browser of the own, signed in at this moment; None: nobody."""
        context = self.site.browser.new_context(viewport=size, locale="ko-KR")  # type: ignore[arg-type]
        context.clock.set_fixed_time(self.now)
        if user_id is not None:
            cookie = self.do(
                lambda: sign_in(self.site.app.test_client(), db.session.get_one(User, user_id)).get_cookie(
                    "session"
                )
            )
            context.add_cookies([{"name": "session", "value": cookie.value, "url": self.site.address}])
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        self.site.complaints.watch(page)
        page.goto(self.site.address)
        return Person(page, self.site.address)
