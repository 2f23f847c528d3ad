"""수행일지: what it says is what the visits say, and its photos are theirs."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pikepdf
import pytest

from marketplace.database import db
from marketplace.files.actions import prepare
from marketplace.visits import actions
from marketplace.visits.models import Visit
from marketplace.visits.printing import logs_pdf, logs_picture
from marketplace.visits.queries import whole_visits_of
from marketplace.visits.states import VisitState
from tests.conftest import sign_in
from tests.files.papers import picture
from tests.mentorships.test_papers import close, text_in
from tests.visits.world import World, key, log


@pytest.fixture
def world(app):
    made = World()
    photos = [prepare(io.BytesIO(picture(size=(900, 600 + n))), f"{n}.jpg") for n in range(2)]
    said = log(
        9, "10:00", "12:30", done="도금조 3호기의 온도를 함께 기록했습니다.", result="불량 원인 둘을 찾음",
        attendees="김 부장, 이 전문가", homework="매일 온도 기록", next_plan="여과기 점검",
    )  # fmt: skip
    first = actions.log_visit(made.mentorship, said, client_key=key(), photos=photos, by=made.writer)
    actions.confirm(first, seen=1, by=made.firm)
    actions.accept(first, 120, seen=1, by=made.operator)
    made.visit(VisitState.CONFIRMED, log=log(5, done="둘째 방문입니다."))
    made.visit(VisitState.REFUSED, log=log(4, done="인정되지 않은 방문입니다."))
    db.session.expire_all()
    return made


def visits(world: World) -> list[Visit]:
    return whole_visits_of(world.operator, world.mentorship)


def test_the_text_is_what_the_logs_say_and_refused_visits_are_left_out(world):
    text = text_in(logs_pdf(world.mentorship, visits(world)))
    first = visits(world)[0]
    expected = [
        "10:00~12:30", "도금조3호기의온도를함께기록했습니다.", "불량원인둘을찾음", "김부장,이전문가", "매일온도기록",
        "여과기점검", "인정된방문1회", "인정시간2시간", "기업확인" + close(world.firm.name),
        "운영기관검토" + close(world.operator.name), "둘째방문입니다.", "운영기관검토대기",
        close(world.company.name), close(first.mentorship.request.reference), "사진1", "사진2",
    ]  # fmt: skip
    assert [words for words in expected if close(words) not in text] == []
    assert "인정되지않은" not in text


def test_the_photos_of_the_newest_version_are_in_the_paper(world):
    with pikepdf.open(io.BytesIO(logs_pdf(world.mentorship, visits(world)))) as paper:
        assert sum(len(page.get_images()) for page in paper.pages) == 2


def test_the_same_visits_give_the_same_bytes(world):
    assert logs_pdf(world.mentorship, visits(world)) == logs_pdf(world.mentorship, visits(world))


def test_those_who_see_the_visits_get_the_paper_and_without_visits_there_is_none(world, app):
    path = f"/mentorships/{world.mentorship.id}/visits.pdf"
    for user in (world.writer, world.firm, world.operator, world.official):
        reader = sign_in(app.test_client(), user)
        assert path in reader.get(f"/mentorships/{world.mentorship.id}/visits").text
        answer = reader.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    elsewhere = World()
    assert sign_in(app.test_client(), elsewhere.firm).get(path).status_code == 404
    empty = f"/mentorships/{elsewhere.mentorship.id}/visits.pdf"
    assert sign_in(app.test_client(), elsewhere.firm).get(empty).status_code == 404


def test_the_paper_can_be_looked_at(world):
    shot = logs_picture(world.mentorship, visits(world))
    assert shot.startswith(b"\x89PNG")
    if folder := os.environ.get("PICTURES"):
        (Path(folder) / "visit-log.png").write_bytes(shot)
