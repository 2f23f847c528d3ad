"""The files that stand behind a value: handed in with it, opened from it, by nobody else."""

from __future__ import annotations

import io
from typing import Any

import pytest

from marketplace.database import db
from marketplace.outcomes.models import BusinessEffect, Measurement
from tests.files.papers import pdf, with_script, workbook
from tests.matching.test_views import sign_in
from tests.outcomes.world import PERIOD, Running, running

TYPED = {
    "value": "1.2", "sample": "200", "method": "전수 검사", "source": "공정 일보", "evidence": "사본",
    "starts_on": PERIOD.starts_on.isoformat(), "ends_on": PERIOD.ends_on.isoformat(), "explanation": "",
}  # fmt: skip


@pytest.fixture
def world(app: Any) -> Running:
    return running()


@pytest.fixture
def client(app: Any) -> Any:
    return app.test_client()


def test_evidence_is_handed_in_with_a_value_and_opened_from_it_by_those_who_see_the_mentorship(
    app: Any, world: Running, client: Any
) -> None:
    record, photo = pdf(), workbook()
    files = [(io.BytesIO(record), "검사기록.pdf"), (io.BytesIO(photo), "일보.xlsx")]
    sign_in(client, world.expert)
    url = f"/mentorships/{world.mentorship.id}/outcomes/{world.goal.id}"
    assert client.post(url, data={**TYPED, "files": files}).status_code == 303
    row = db.session.query(Measurement).one()
    assert [file.name for file in row.files] == ["검사기록.pdf", "일보.xlsx"]
    links = [f"/files/{file.id}" for file in row.files]
    for user in (world.operator, world.firm, world.official):
        seer = app.test_client()
        sign_in(seer, user)
        page = seer.get(f"/outcomes/goals/{row.id}").text
        assert all(link in page for link in links)
        assert seer.get(links[0]).data == record
    stranger = app.test_client()
    sign_in(stranger, running().firm)
    assert stranger.get(links[0]).status_code == 404


def test_an_effect_on_the_business_has_its_evidence_too(world: Running, client: Any) -> None:
    sign_in(client, world.firm)
    typed = {
        **TYPED,
        "kpi": "B1",
        "before": "3,000",
        "after": "3,400",
        "files": [(io.BytesIO(pdf()), "신고서.pdf")],
    }
    assert client.post(f"/mentorships/{world.mentorship.id}/outcomes/effects", data=typed).status_code == 303
    row = db.session.query(BusinessEffect).one()
    assert [file.name for file in row.files] == ["신고서.pdf"]
    assert "신고서.pdf" in client.get(f"/outcomes/effects/{row.id}").text


def test_a_file_that_is_refused_stops_the_value_and_what_was_typed_stays(world: Running, client: Any) -> None:
    sign_in(client, world.firm)
    url = f"/mentorships/{world.mentorship.id}/outcomes/{world.goal.id}"
    refused = client.post(url, data={**TYPED, "files": [(io.BytesIO(b"MZ" + bytes(500)), "기록.exe")]})
    assert refused.status_code == 422
    assert "실행 파일은 받지 않습니다" in refused.text
    assert "고르신 파일은 보관되지 않았습니다" in refused.text
    assert 'value="공정 일보"' in refused.text
    assert db.session.query(Measurement).count() == 0


def test_evidence_that_is_kept_apart_is_told_and_not_handed_to_the_firm(world: Running, client: Any) -> None:
    sign_in(client, world.firm)
    url = f"/mentorships/{world.mentorship.id}/outcomes/{world.goal.id}"
    files = [(io.BytesIO(pdf(with_script)), "기록.pdf")]
    assert client.post(url, data={**TYPED, "files": files}).status_code == 303
    row = db.session.query(Measurement).one()
    assert "격리" in client.get(f"/outcomes/goals/{row.id}").text
    assert client.get(f"/files/{row.files[0].id}").status_code == 404
