"""The running site of a story: its address, its people in front of browsers, its post and its record."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import groupby
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from marketplace import jobs, settings
from marketplace.application import create_app
from marketplace.audit import history_of, verify_chain
from marketplace.database import db, read_only
from marketplace.mail import deliver_due
from tests.browser import WIDE, Complaints, chromium, served
from tests.conftest import settings_for
from tests.workers import free_port

PATIENCE = 60_000  # milliseconds; two cores may be busy with other tests
expect.set_options(timeout=PATIENCE)


class PostOffice(list[EmailMessage]):
    """A real mail server that keeps what it is handed."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail (the name is aiosmtpd's)."""
        self.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def post_office() -> Iterator[tuple[PostOffice, int]]:
    """The mail server on a free port of the loopback, with its port."""
    post = PostOffice()
    port = free_port()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield post, port
    finally:
        controller.stop()


def link_in(mail: EmailMessage) -> str:
    """The address that a mail leads to."""
    return str(mail.get_content().strip().splitlines()[-1])


def announces(mail: EmailMessage, sentence: str) -> bool:
    """Whether the subject holds the sentence; spaces aside, for folding a long header may swallow one."""
    subject, wanted = ("".join(str(text).split()) for text in (mail["Subject"], sentence))
    return wanted in subject


@dataclass
class Person:
    """Somebody in front of a browser, who knows the site by what is written on it."""

    page: Page
    address: str

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def sign_in(self, email: str, password: str) -> None:
        """From the landing page to 나의 할 일, agreeing to the texts in force where asked."""
        self.page.goto(self.address)
        self.page.get_by_role("banner").get_by_role("link", name="로그인").click()
        self.page.get_by_label("이메일").fill(email)
        self.page.get_by_label("비밀번호").fill(password)
        self.page.get_by_role("button", name="로그인").click()
        todo = self.page.get_by_role("heading", name="나의 할 일", level=1)
        consents = self.page.get_by_role("heading", name="약관과 동의", level=1)
        expect(todo.or_(consents)).to_be_visible()
        if consents.is_visible():
            self.agree_to_everything()
            self.press("동의하고 계속")
        expect(todo).to_be_visible()

    def agree_to_everything(self) -> None:
        for box in self.main.get_by_role("checkbox", name=re.compile("에 동의합니다")).all():
            self.tick(box)

    def tick(self, box: Locator) -> None:
        """Tick a box or pick one of several by clicking its label, which covers the box itself."""
        if not box.is_checked():
            self.page.locator(f"label[for='{box.get_attribute('id')}']").click()
        expect(box).to_be_checked()

    def take_invitation(self, link: str, password: str) -> None:
        """Follow the link of the mail, set a password, agree, and come to the sign-in page."""
        self.page.goto(link)
        self.page.get_by_label("비밀번호 (필수)", exact=True).fill(password)
        self.page.get_by_label("비밀번호 확인").fill(password)
        self.agree_to_everything()
        self.press("계정 만들기")
        self.sees("계정을 만들었습니다. 로그인해 주십시오.")

    def open(self, menu: str) -> None:
        """Choose from the main menu, which a phone keeps behind a button."""
        self.page.wait_for_load_state()
        toggle = self.page.get_by_role("button", name=re.compile("메뉴$"))
        if toggle.is_visible() and toggle.get_attribute("aria-expanded") == "false":
            toggle.click()
            expect(toggle).to_have_attribute("aria-expanded", "true")
        entries = self.page.get_by_role("navigation", name="주 메뉴")
        entries.get_by_role("link", name=re.compile(rf"^{menu}( \d+건)?$")).click()
        self.page.wait_for_load_state()

    def start_from_todo(self, sentence: str) -> None:
        """Find a line in 나의 할 일 and follow it; fails when it is not there."""
        self.open("나의 할 일")
        expect(self.page.get_by_role("heading", name="나의 할 일", level=1)).to_be_visible()
        self.page.locator("ol.todo").get_by_role("link", name=re.compile(sentence)).click()
        self.page.wait_for_load_state()

    def has_nothing_to_do_about(self, sentence: str) -> None:
        self.open("나의 할 일")
        expect(self.page.get_by_role("heading", name="나의 할 일", level=1)).to_be_visible()
        expect(self.page.locator("ol.todo").get_by_role("link", name=re.compile(sentence))).to_have_count(0)

    def press(self, button: str) -> None:
        self.main.get_by_role("button", name=button, exact=True).click()

    def follow(self, link: str) -> None:
        self.main.get_by_role("link", name=link, exact=True).first.click()

    def sees(self, sentence: str | re.Pattern[str]) -> None:
        expect(self.main.get_by_text(sentence).first).to_be_visible()

    def choose(self, label: str, beginning: str) -> None:
        """Pick the one entry of a box that begins like this."""
        box = self.main.get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s|$)")).first
        entry = box.locator("option").filter(has_text=re.compile(rf"^\s*{re.escape(beginning)}")).first
        box.select_option(label=(entry.text_content() or "").strip())

    def candidate(self, name: str) -> Locator:
        """The card of a candidate."""
        heading = self.page.get_by_role("heading", name=name, exact=True)
        return self.page.get_by_role("article").filter(has=heading)


@dataclass
class Site:
    """The served site of one story."""

    app: Flask
    address: str
    browser: Browser
    post: PostOffice
    complaints: Complaints = field(default_factory=Complaints)

    def person(self, size: dict[str, int] = WIDE) -> Person:
        """A new person with a browser of the own, nobody signed in."""
        context = self.browser.new_context(viewport=size, locale="ko-KR")  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        self.complaints.watch(page)
        return Person(page, self.address)

    def aside(self, act: Callable[[], Any], *, reading: bool = False) -> Any:
        """Do something with the site's database in another thread, for Playwright's loop occupies this one."""

        def run() -> Any:
            read_only(reading)
            with self.app.app_context():
                return act()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(run).result()

    def asked(self, question: Callable[[], Any]) -> Any:
        """The answer of the database to a question; plain values, for rows do not outlive it."""
        return self.aside(question, reading=True)

    def work(self) -> None:
        """What the worker does in one round: jobs and sweeps."""
        self.aside(jobs.run_due)

    def delivered(self) -> dict[str, list[EmailMessage]]:
        """Have the outbox delivered; what arrived this time, by recipient."""
        before = len(self.post)
        while self.aside(deliver_due):
            pass
        arrived: dict[str, list[EmailMessage]] = {}
        for mail in self.post[before:]:
            arrived.setdefault(str(mail["To"]), []).append(mail)
        return arrived

    def record_of(self, model: Any, number: int) -> list[tuple[str, str]]:
        """What happened to a thing and who did it, in order; saving again and again counts once."""

        def read() -> list[tuple[str, str]]:
            entries = history_of(db.session.get_one(model, number), limit=1000)
            return [(entry.event, entry.actor_name) for entry in entries]

        return [step for step, _ in groupby(self.asked(read))]

    def assert_the_record_is_whole(self) -> None:
        assert self.asked(verify_chain) is None

    def assert_browsers_complained_of_nothing(self, but_refusals: tuple[int, ...] = ()) -> None:
        """No error on any console but the statuses with which the site refused what a story tries on purpose."""
        refused = [f"status of {status} " in line for line in self.complaints for status in but_refusals]
        assert sum(refused) == len(but_refusals) == len(self.complaints), self.complaints


@contextmanager
def opened(path: Path) -> Iterator[Site]:
    """The site on this SQLite file, with the protection of forms on, as in production."""
    app = create_app(settings_for(f"sqlite:///{path}"))
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600  # scripts and styles are fetched once for each browser
    with post_office() as (post, port), served(app) as address:
        settings.current().smtp_port = port
        settings.current().base_url = address
        with chromium() as browser:
            yield Site(app, address, browser, post)
    with app.app_context():
        db.engine.dispose()


def picture(page: Page, name: str, top: Locator) -> None:
    """Keep what the window shows from this place on for the documentation, when PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        top.evaluate("place => window.scrollTo(0, place.getBoundingClientRect().top + window.scrollY - 24)")
        page.screenshot(path=Path(folder) / f"{name}.png")
