"""Messages of a mentorship: who writes, who is told, who reads, and which files come with them."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import event

from marketplace.access import Role
from marketplace.audit import AuditEntry, history_of
from marketplace.database import db
from marketplace.errors import NotAllowed, NotFound, RuleBroken
from marketplace.files.actions import prepare
from marketplace.files.models import StoredFile
from marketplace.messages import actions
from marketplace.messages.models import Message
from marketplace.notifications import Notice, OutboxMail
from tests import factories
from tests.conftest import sign_in
from tests.files.papers import pdf, with_script, workbook
from tests.visits.world import World, key

TEXT = "다음 주 화요일에 도금조 도면을 준비해 주십시오."


@pytest.fixture
def world(app):
    return World()


def address(world: World) -> str:
    return f"/mentorships/{world.mentorship.id}/messages"


def send(client, world: World, body: str = TEXT, *files, **data):
    data = {"body": body, "key": key(), "files": list(files)} | data
    return client.post(address(world), data=data)


def upload(content: bytes, name: str):
    return (io.BytesIO(content), name)


@pytest.mark.both_databases
def test_a_message_reaches_the_other_side_and_its_mail_but_not_its_writer(world):
    actions.write(world.mentorship, TEXT, key=key(), by=world.writer)
    told = {notice.user_id for notice in db.session.query(Notice)}
    assert told == {world.firm.id}
    mail = db.session.query(OutboxMail).one()
    assert TEXT in mail.body
    assert mail.path.endswith("/messages#message-1")


def test_what_the_operator_writes_reaches_both_sides_in_the_name_of_the_body(world):
    actions.write(world.mentorship, TEXT, key=key(), by=world.operator)
    notices = db.session.query(Notice).all()
    assert {notice.user_id for notice in notices} == {world.firm.id, world.writer.id}
    assert {notice.facts["writer"] for notice in notices} == {world.programme.operator.name}


def test_the_record_knows_of_the_message_but_not_what_it_says(world):
    message = actions.write(world.mentorship, TEXT, key=key(), by=world.firm)
    entry = history_of(message)[0]
    assert entry.facts["files"] == 0
    assert not any(TEXT in str(entry.facts) for entry in db.session.query(AuditEntry))


@pytest.mark.both_databases
def test_a_message_sent_twice_is_one(world):
    same = key()
    first = actions.write(world.mentorship, TEXT, key=same, by=world.firm)
    assert actions.write(world.mentorship, TEXT, key=same, by=world.firm).id == first.id
    assert db.session.query(Message).count() == db.session.query(OutboxMail).count() == 1


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.COMPANY, Role.EXPERT, Role.OPERATOR)]
)
def test_those_who_only_read_do_not_write(world, role):
    with pytest.raises(NotAllowed):
        actions.write(world.mentorship, TEXT, key=key(), by=factories.user(role))


def test_people_of_another_mentorship_neither_write_nor_read(world, app):
    actions.write(world.mentorship, TEXT, key=key(), by=world.firm)
    elsewhere = World()
    for stranger in (elsewhere.firm, elsewhere.writer, elsewhere.operator):
        with pytest.raises(NotFound):
            actions.write(world.mentorship, TEXT, key=key(), by=stranger)
        db.session.rollback()
        assert sign_in(app.test_client(), stranger).get(address(world)).status_code == 404


def test_each_side_the_ministry_and_the_auditor_read_what_was_written(world, app):
    actions.write(world.mentorship, TEXT, key=key(), by=world.firm)
    for user in (world.firm, world.writer, world.operator, world.official, factories.user(Role.AUDITOR)):
        page = sign_in(app.test_client(), user).get(address(world)).text
        assert TEXT in page
        assert ("보내기</" in page) == (user.role in (Role.COMPANY, Role.EXPERT, Role.OPERATOR))


@pytest.mark.both_databases
def test_files_come_with_the_message_and_are_seen_by_those_who_see_the_mentorship(world, app):
    drawing = pdf()
    answer = send(
        sign_in(app.test_client(), world.firm),
        world,
        TEXT,
        upload(drawing, "도면.pdf"),
        upload(workbook(), "실적.xlsx"),
    )
    assert answer.status_code == 303
    message = db.session.query(Message).one()
    assert [held.file.name for held in message.files] == ["도면.pdf", "실적.xlsx"]
    file_id = message.files[0].file_id
    for user in (world.writer, world.operator, world.official):
        seer = sign_in(app.test_client(), user)
        assert seer.get(f"/files/{file_id}").data == drawing
        assert "도면.pdf" in seer.get(f"/mentorships/{world.mentorship.id}/files").text
    elsewhere = World()
    assert sign_in(app.test_client(), elsewhere.writer).get(f"/files/{file_id}").status_code == 404


def test_a_file_alone_is_a_message_and_nothing_at_all_is_none(world):
    file = prepare(io.BytesIO(pdf()), "도면.pdf")
    assert actions.write(world.mentorship, None, key=key(), files=[file], by=world.firm).body == ""
    with pytest.raises(RuleBroken) as refused:
        actions.write(world.mentorship, None, key=key(), by=world.firm)
    assert refused.value.field == "body"


def test_a_refused_file_is_named_at_its_field_keeps_the_text_and_leaves_nothing(world, client):
    answer = send(sign_in(client, world.firm), world, TEXT, upload(b"MZ" + bytes(200), "설치.exe"))
    assert answer.status_code == 422
    assert 'id="files-error"' in answer.text
    assert TEXT in answer.text
    assert "다시 골라 주십시오" in answer.text
    assert db.session.query(Message).count() == db.session.query(StoredFile).count() == 0


def test_a_quarantined_file_says_so_and_is_not_handed_out(world, client, app):
    send(sign_in(client, world.firm), world, TEXT, upload(pdf(with_script), "문서.pdf"))
    file = db.session.query(StoredFile).one()
    assert file.is_quarantined
    page = sign_in(app.test_client(), world.writer).get(address(world)).text
    assert "격리" in page
    assert f"/files/{file.id}" not in page
    assert sign_in(app.test_client(), world.operator).get(f"/files/{file.id}").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"), [("가" * 4000, 303), ("가" * 4001, 422), ("\x00 \t", 422), ("🙂 좋습니다", 303)]
)
def test_long_empty_and_strange_texts_are_taken_or_refused_politely(world, client, body, status):
    assert send(sign_in(client, world.firm), world, body).status_code == status


def test_six_files_are_too_many_and_the_text_stays(world, client):
    files = [upload(f"자료 {n}".encode(), f"{n}.txt") for n in range(6)]
    answer = send(sign_in(client, world.firm), world, TEXT, *files)
    assert answer.status_code == 422
    assert "5개까지" in answer.text
    assert TEXT in answer.text


def test_the_page_takes_as_many_statements_for_two_hundred_messages_as_for_ten(world, client):
    signed_in = sign_in(client, world.firm)
    counted = {}
    for many in (10, 200):
        while db.session.query(Message).count() < many:
            file = prepare(io.BytesIO(str(db.session.query(Message).count()).encode() * 20), "표.txt")
            actions.write(world.mentorship, TEXT, key=key(), files=[file], by=world.writer)
        statements: list[str] = []

        def watch(*args, into=statements):
            into.append(args[2])

        event.listen(db.engine, "before_cursor_execute", watch)
        for page in (address(world), f"/mentorships/{world.mentorship.id}/files"):
            assert signed_in.get(page).status_code == 200
        event.remove(db.engine, "before_cursor_execute", watch)
        counted[many] = len(statements)
    assert counted[10] == counted[200]
