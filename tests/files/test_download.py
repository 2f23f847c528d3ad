"""Handing files out: to whom, and with which headers."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import unquote

import pytest

from marketplace.access import Role
from marketplace.database import db
from marketplace.files import seeing
from marketplace.files.actions import keep_upload
from marketplace.files.seeing import seen_by
from tests import factories
from tests.conftest import sign_in
from tests.files.papers import pdf, photo, with_script, workbook

TEXT = "오늘 도금 라인을 보았습니다.".encode()


@pytest.fixture
def expert(app):
    return factories.user(Role.EXPERT)


@pytest.fixture
def resolvers():
    """Resolvers that a test registers are forgotten afterwards."""
    before = list(seeing._resolvers)
    yield
    seeing._resolvers[:] = before


def address(content: bytes, name: str, by) -> str:
    return f"/files/{keep_upload(BytesIO(content), name, by=by).id}"


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (TEXT, "방문 기록 (1차).txt", "text/plain"),
        (pdf(), "보고서.pdf", "application/pdf"),
        (workbook(), "실적.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_document_is_handed_out_as_an_attachment_under_its_korean_name(
    client, expert, content, name, media_type
):
    answer = sign_in(client, expert).get(address(content, name, expert))
    assert (answer.status_code, answer.data, answer.mimetype) == (200, content, media_type)
    way, plain, full = answer.headers["Content-Disposition"].split("; ")
    assert way == "attachment"
    assert plain.isascii()
    assert full.isascii()
    assert full.startswith("filename*=UTF-8''")
    assert unquote(full.removeprefix("filename*=UTF-8''")) == name
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_picture_that_was_written_anew_may_be_shown_in_a_page(client, expert):
    answer = sign_in(client, expert).get(address(photo(), "현장.jpg", expert))
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("inline; ")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_cannot_break_out_of_its_header(client, expert):
    name = 'a";filename=x.exe;b=".txt'
    answer = sign_in(client, expert).get(address(TEXT, name, expert))
    assert answer.headers["Content-Disposition"].count(";") == 2
    assert '"x.exe' not in answer.headers["Content-Disposition"]


def test_an_unchanged_file_is_not_sent_again(client, expert):
    path = address(TEXT, "방문.txt", expert)
    signed_in = sign_in(client, expert)
    tag = signed_in.get(path).headers["ETag"]
    assert signed_in.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("role", list(Role))
def test_a_file_of_somebody_else_is_not_found(client, expert, role):
    path = address(TEXT, "방문.txt", expert)
    answer = sign_in(client, factories.user(role)).get(path)
    assert answer.status_code == 404


def test_nobody_gets_a_file_without_signing_in(client, expert):
    answer = client.get(address(TEXT, "방문.txt", expert))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_whoever_may_see_what_holds_a_file_may_have_it(client, expert, resolvers):
    firm, stranger = factories.user(Role.COMPANY), factories.user(Role.COMPANY)
    held = keep_upload(BytesIO(TEXT), "방문.txt", by=expert)
    loose = keep_upload(BytesIO(pdf()), "보고서.pdf", by=expert)
    holder, file, other = firm.id, held.id, loose.id
    seen_by(lambda thing, user: thing.id == file and user.id == holder)
    signed_in = sign_in(client, firm)
    assert signed_in.get(f"/files/{file}").data == TEXT
    assert signed_in.get(f"/files/{other}").status_code == 404
    assert sign_in(client, stranger).get(f"/files/{file}").status_code == 404


def test_a_quarantined_file_is_handed_out_to_nobody_and_staff_are_told_why(client, expert, resolvers):
    operator = factories.user(Role.OPERATOR, factories.programme().operator)
    firm = factories.user(Role.COMPANY)
    path = address(pdf(with_script), "자동.pdf", expert)
    seen_by(lambda thing, user: True)
    for person in (expert, firm):
        assert sign_in(client, person).get(path).status_code == 404
    page = sign_in(client, operator).get(path)
    assert page.mimetype == "text/html"
    assert "자동으로 실행되는 코드가 들어 있어 따로 보관했습니다." in page.text
    assert expert.name in page.text
    assert "Content-Disposition" not in page.headers


def test_staff_who_may_not_see_what_holds_a_quarantined_file_do_not_find_it(client, expert):
    path = address(pdf(with_script), "자동.pdf", expert)
    operator = factories.user(Role.OPERATOR, factories.programme().operator)
    assert sign_in(client, operator).get(path).status_code == 404


def test_a_file_whose_content_is_lost_is_not_found_rather_than_an_error(client, expert):
    kept = keep_upload(BytesIO(TEXT), "방문.txt", by=expert)
    path = f"/files/{kept.id}"
    kept.path.unlink()
    db.session.rollback()
    assert sign_in(client, expert).get(path).status_code == 404
