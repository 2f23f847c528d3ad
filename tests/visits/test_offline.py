"""The log on a phone without a network, in a real browser: kept, clearly said to be kept, and sent later."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from marketplace.accounts.models import SignInSession
from marketplace.database import db, read_only, utcnow, writing_allowed
from marketplace.visits import actions
from marketplace.visits.models import Visit
from tests.browser import PHONE, chromium, served, signed_in
from tests.conftest import sign_in
from tests.visits.world import World, days_ago, key, log

pytestmark = pytest.mark.browser
KEPT = "기기에 저장됨, 아직 제출되지 않음"
expect.set_options(timeout=60_000)


class Phone:
    """The expert's phone in front of the running site."""

    def __init__(self, app, world: World, address: str, context: BrowserContext) -> None:
        self.app, self.world, self.address, self.context = app, world, address, context
        self.page: Page = context.new_page()
        self.log_page = f"{address}/visits/log/{world.mentorship.id}"

    def open_log(self) -> None:
        """Open the page of the log and wait until it is kept for later."""
        self.page.goto(self.log_page)
        expect(self.page.locator("form[data-ready-offline]")).to_be_visible()

    def write(self, days: int, done: str, start: str = "10:00", end: str = "12:00") -> None:
        self.page.get_by_label("방문한 날").fill(days_ago(days).isoformat())
        self.page.get_by_label("시작 시각").fill(start)
        self.page.get_by_label("끝난 시각").fill(end)
        self.page.get_by_label("한 일").fill(done)

    def hand_in(self) -> None:
        self.page.get_by_role("button", name="제출", exact=True).click()

    @property
    def lines(self):
        return self.page.locator("[data-kept-list] > li")

    def come_back(self) -> None:
        """Close the page and open it anew, as after the phone lay in a pocket."""
        self.page.close()
        self.page = self.context.new_page()
        self.page.goto(self.log_page)

    def stored(self) -> list[str]:
        """What the visits on the server say, in the order of their days."""
        db.session.rollback()
        db.session.expire_all()
        said = [visit.done for visit in db.session.query(Visit).order_by(Visit.starts_at)]
        db.session.rollback()  # an open transaction would keep the site from writing
        return said


@pytest.fixture
def phone(app):
    app.config["WTF_CSRF_ENABLED"] = True
    world = World()
    client = sign_in(app.test_client(), world.writer)
    with served(app) as address, chromium() as browser:
        app.config["TRUSTED_HOSTS"] = None
        context = signed_in(browser, address, client, PHONE)
        yield Phone(app, world, address, context)
        context.close()
    read_only(False)


def test_with_a_network_a_log_is_submitted_at_once_and_the_page_says_so(phone):
    phone.open_log()
    phone.write(1, "도금조를 점검했습니다.")
    phone.hand_in()
    expect(phone.page.get_by_text("방문일지를 제출했습니다. 기업에 확인을 요청했습니다.")).to_be_visible()
    assert phone.stored() == ["도금조를 점검했습니다."]
    assert (
        phone.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length") == 0
    )


def test_two_logs_are_kept_without_a_network_over_a_closed_page_and_sent_when_it_returns(phone):
    phone.open_log()
    phone.context.set_offline(True)
    phone.come_back()
    phone.write(2, "첫째 방문입니다.")
    phone.hand_in()
    expect(phone.lines).to_have_count(1)
    expect(phone.lines.first).to_contain_text(KEPT)
    expect(phone.lines.first).to_contain_text("인터넷이 연결되면 제출됩니다.")
    phone.write(1, "둘째 방문입니다.")
    phone.hand_in()
    expect(phone.lines).to_have_count(2)
    assert phone.stored() == []
    phone.come_back()
    expect(phone.lines).to_have_count(2)
    expect(phone.page.get_by_label("방문한 날")).not_to_have_value("")
    phone.context.set_offline(False)
    expect(phone.page.locator('[data-log-state="sent"]')).to_have_count(2)
    expect(phone.lines.first.locator(".kept-state")).to_have_text("제출됨")
    assert phone.stored() == ["첫째 방문입니다.", "둘째 방문입니다."]


def test_what_is_typed_outlives_a_closed_page(phone):
    phone.open_log()
    phone.write(1, "쓰다 만 내용입니다.")
    expect(phone.page.get_by_text("적으신 내용을 이 기기에 저장했습니다.")).to_be_visible()
    phone.context.set_offline(True)
    phone.come_back()
    expect(phone.page.get_by_label("한 일")).to_have_value("쓰다 만 내용입니다.")
    expect(phone.page.get_by_text("전에 적으시던 내용을 불러왔습니다.")).to_be_visible()


def test_a_kept_log_that_is_refused_says_why_and_is_corrected(phone):
    actions.log_visit(phone.world.mentorship, log(1), client_key=key(), by=phone.world.writer)
    db.session.rollback()
    phone.open_log()
    phone.context.set_offline(True)
    phone.write(1, "겹치는 방문입니다.", "11:00", "13:00")
    phone.hand_in()
    expect(phone.lines.first).to_contain_text(KEPT)
    phone.context.set_offline(False)
    line = phone.page.locator('[data-log-state="refused"]')
    expect(line).to_contain_text("제출하지 못함")
    expect(line).to_contain_text("시간이 겹칩니다")
    line.get_by_role("button", name="고쳐서 다시 제출").click()
    expect(phone.page.locator("#start-error")).to_contain_text("시간이 겹칩니다")
    expect(phone.page.get_by_label("한 일")).to_have_value("겹치는 방문입니다.")
    phone.page.get_by_label("방문한 날").fill(days_ago(2).isoformat())
    phone.hand_in()
    expect(phone.page.get_by_text("방문일지를 제출했습니다. 기업에 확인을 요청했습니다.")).to_be_visible()
    assert phone.stored()[0] == "겹치는 방문입니다."


def test_a_log_refused_at_once_shows_its_fault_and_keeps_what_was_typed(phone):
    phone.open_log()
    phone.write(1, "거꾸로 적었습니다.", "12:00", "10:00")
    phone.hand_in()
    expect(phone.page.locator("#end-error")).to_contain_text("뒤여야 합니다")
    expect(phone.page.locator(".error-summary")).to_be_focused()
    phone.come_back()
    expect(phone.page.get_by_label("한 일")).to_have_value("거꾸로 적었습니다.")
    phone.page.get_by_label("시작 시각").fill("08:00")
    phone.hand_in()
    expect(phone.page.get_by_text("방문일지를 제출했습니다. 기업에 확인을 요청했습니다.")).to_be_visible()


def test_an_expired_session_keeps_the_log_and_asks_to_sign_in(phone):
    phone.open_log()
    phone.write(1, "세션이 끝난 뒤의 일지입니다.")
    with writing_allowed():
        for row in db.session.query(SignInSession):
            row.ended_at = utcnow()
        db.session.commit()
    db.session.rollback()
    phone.hand_in()
    expect(phone.lines.first).to_contain_text(KEPT)
    expect(phone.lines.first).to_contain_text("로그인이 만료되었습니다. 로그인하면 제출됩니다.")
    assert (
        phone.lines.first.get_by_role("link", name="로그인")
        .get_attribute("href")
        .startswith("/sign-in?next=")
    )
    assert phone.stored() == []
    again = sign_in(phone.app.test_client(), phone.world.writer).get_cookie("session")
    phone.context.add_cookies([{"name": "session", "value": again.value, "url": phone.address}])
    phone.page.goto(f"{phone.address}/visits/log/")
    expect(phone.lines.first.locator(".kept-state")).to_have_text("제출됨")
    assert phone.stored() == ["세션이 끝난 뒤의 일지입니다."]


def test_the_device_keeps_no_page_but_the_log_and_names_of_nobody_else(phone):
    actions.log_visit(
        phone.world.mentorship, log(3, attendees="김 부장"), client_key=key(), by=phone.world.writer
    )
    db.session.rollback()
    phone.open_log()
    expect(phone.page.get_by_label("참석자")).to_have_value("김 부장")
    phone.page.goto(f"{phone.address}/visits/")
    kept = phone.page.evaluate(
        """async () => {
          const found = {}
          for (const name of await caches.keys()) {
            const cache = await caches.open(name)
            for (const request of await cache.keys()) {
              const path = new URL(request.url).pathname
              found[path] = path.startsWith('/static/') ? '' : await (await cache.match(request)).text()
            }
          }
          return found
        }"""
    )
    pages = {path: text for path, text in kept.items() if not path.startswith("/static/")}
    assert set(pages) == {"/visits/log/", f"/visits/log/{phone.world.mentorship.id}"}
    for text in pages.values():
        assert "김 부장" not in text
        assert phone.world.firm.name not in text


def test_signing_out_asks_about_logs_that_were_not_sent_and_clears_the_device(phone):
    phone.open_log()
    phone.context.set_offline(True)
    phone.write(1, "보내지 않은 일지입니다.")
    phone.hand_in()
    expect(phone.lines).to_have_count(1)
    asked = []

    def refuse(dialog):
        asked.append(dialog.message)
        dialog.dismiss()

    phone.page.once("dialog", refuse)
    phone.page.get_by_role("button", name="로그아웃").click()
    expect(phone.lines).to_have_count(1)
    assert "1건" in asked[0]
    phone.page.evaluate(
        "window.addEventListener('online', (event) => event.stopImmediatePropagation(), true)"
    )
    phone.page.once("dialog", lambda dialog: dialog.accept())
    phone.page.route("**/visits/log/token", lambda route: route.abort())
    phone.context.set_offline(False)
    phone.page.get_by_role("button", name="로그아웃").click()
    phone.page.wait_for_url(f"{phone.address}/")
    left = phone.page.evaluate(
        "(async () => [Object.keys(localStorage), await caches.keys(), "
        "(await navigator.serviceWorker.getRegistrations()).length, await indexedDB.databases()])()"
    )
    assert left == [[], [], 0, []]
    assert phone.stored() == []


def test_another_person_on_the_same_device_finds_nothing_of_the_first(phone):
    phone.open_log()
    phone.context.set_offline(True)
    phone.write(1, "먼저 쓴 사람의 일지입니다.")
    phone.hand_in()
    expect(phone.lines).to_have_count(1)
    other = World()
    cookie = sign_in(phone.app.test_client(), other.writer).get_cookie("session")
    phone.page.route("**/visits/log/token", lambda route: route.abort())
    phone.context.set_offline(False)
    phone.context.add_cookies([{"name": "session", "value": cookie.value, "url": phone.address}])
    phone.page.goto(f"{phone.address}/visits/log/")
    expect(phone.page.get_by_text(other.company.name)).to_be_visible()
    expect(phone.page.locator("[data-kept-logs]")).to_be_hidden()
    phone.page.wait_for_function("caches.keys().then((names) => names.length === 0)")
    assert phone.stored() == []


def photo(folder: Path, name: str, colour: str) -> Path:
    Image.new("RGB", (800, 600), colour).save(folder / name)
    return folder / name


def shown_photos(phone) -> list[str]:
    """The names of the photos of the newest visit on the server."""
    db.session.rollback()
    db.session.expire_all()
    visit = db.session.query(Visit).order_by(Visit.id.desc()).first()
    names = [shown.file.name for shown in visit.versions[-1].photos]
    db.session.rollback()
    return names


def test_photos_taken_without_a_network_wait_over_a_closed_page_and_come_with_their_log(phone, tmp_path):
    phone.open_log()
    phone.context.set_offline(True)
    phone.write(1, "사진 두 장과 함께 보냅니다.")
    phone.page.get_by_label("사진").set_input_files(
        [photo(tmp_path, "도금조.jpg", "red"), photo(tmp_path, "계기판.jpg", "blue")]
    )
    phone.hand_in()
    expect(phone.lines.first).to_contain_text(KEPT)
    phone.come_back()
    phone.context.set_offline(False)
    expect(phone.page.locator('[data-log-state="sent"]')).to_have_count(1)
    assert shown_photos(phone) == ["도금조.jpg", "계기판.jpg"]
    left = phone.page.evaluate(
        """new Promise((resolve) => { const open = indexedDB.open('visit-photos', 1)
          open.onsuccess = () => { const all = open.result.transaction('photos').objectStore('photos').getAll()
            all.onsuccess = () => resolve(all.result.length) } })"""
    )
    assert left == 0


def test_photos_that_were_chosen_outlive_a_closed_page_like_what_was_typed(phone, tmp_path):
    phone.open_log()
    phone.write(1, "쓰다 만 내용입니다.")
    phone.page.get_by_label("사진").set_input_files([photo(tmp_path, "도금조.jpg", "red")])
    expect(phone.page.get_by_text("적으신 내용을 이 기기에 저장했습니다.")).to_be_visible()
    phone.come_back()
    expect(phone.page.get_by_label("한 일")).to_have_value("쓰다 만 내용입니다.")
    phone.page.wait_for_function("document.querySelector('[name=photos]').files.length === 1")
    phone.hand_in()
    expect(phone.page.get_by_text("방문일지를 제출했습니다. 기업에 확인을 요청했습니다.")).to_be_visible()
    expect(phone.page.get_by_role("img", name="1번 사진 크게 보기")).to_be_visible()
    assert shown_photos(phone) == ["도금조.jpg"]


def test_a_file_that_is_no_photo_is_named_at_its_field_and_the_log_is_kept(phone, tmp_path):
    (tmp_path / "메모.txt").write_text("메모입니다.", encoding="utf-8")
    phone.open_log()
    phone.write(1, "메모를 잘못 골랐습니다.")
    phone.page.get_by_label("사진").set_input_files([tmp_path / "메모.txt"])
    phone.hand_in()
    expect(phone.page.locator("#photos-error")).to_contain_text("사진이 아닙니다")
    expect(phone.page.get_by_label("한 일")).to_have_value("메모를 잘못 골랐습니다.")
    phone.come_back()
    expect(phone.page.get_by_label("한 일")).to_have_value("메모를 잘못 골랐습니다.")
    expect(phone.page.locator("#photos-error")).to_have_count(0)
    assert phone.page.evaluate("document.querySelector('[name=photos]').files.length") == 0
    phone.page.get_by_label("사진").set_input_files([photo(tmp_path, "도금조.jpg", "red")])
    phone.hand_in()
    expect(phone.page.get_by_text("방문일지를 제출했습니다. 기업에 확인을 요청했습니다.")).to_be_visible()
    assert shown_photos(phone) == ["도금조.jpg"]
