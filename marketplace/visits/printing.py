"""수행일지 as a PDF: every visit of a mentorship as its newest log says, who confirmed and reviewed it, its photos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marketplace.civil import SEOUL
from marketplace.files.pictures import small
from marketplace.mentorships.content import day
from marketplace.mentorships.models import Mentorship
from marketplace.printing import moment, pdf_of, picture_of
from marketplace.visits.logs import LABELS, MODE_LABELS
from marketplace.visits.models import Visit
from marketplace.visits.states import STANDING, STATE_LABELS, VisitState

LAYOUT = "visits"
NOTHING = "–"
#: What a log says besides day and time, which are the heading of its visit.
_SAID = ("place", "attendees", "task", "done", "result", "homework", "next_plan")


def logs_pdf(mentorship: Mentorship, visits: Sequence[Visit]) -> bytes:
    """The visits in their order; those that were withdrawn or refused are left out. At least one is to stand."""
    shown = standing(visits)
    return pdf_of(LAYOUT, print_data(mentorship, shown), _made(shown), _pictures(shown))


def logs_picture(mentorship: Mentorship, visits: Sequence[Visit], page: int = 0) -> bytes:
    """One page as a PNG, to be looked at."""
    shown = standing(visits)
    return picture_of(LAYOUT, print_data(mentorship, shown), _made(shown), page, _pictures(shown))


def standing(visits: Sequence[Visit]) -> list[Visit]:
    """The visits that are printed."""
    return [visit for visit in visits if visit.state in STANDING]


def print_data(mentorship: Mentorship, visits: Sequence[Visit]) -> dict[str, Any]:
    """Everything the layout sets, as text."""
    request = mentorship.request
    accepted = [visit for visit in visits if visit.state == VisitState.ACCEPTED]
    return {
        "title": "멘토링 수행일지",
        "operator": mentorship.programme.operator.name,
        "footer": f"{request.reference} · 수행일지",
        "parties": [
            ["사업", mentorship.programme.name_ko],
            ["신청번호", request.reference],
            ["기업", request.company.name],
            ["전문가", ", ".join(dict.fromkeys(visit.expert.name for visit in visits))],
            ["협약 기간", f"{day(mentorship.since.isoformat())} ~ {day(mentorship.last_day.isoformat())}"],
            ["인정된 방문", f"{len(accepted)}회 (협약 {mentorship.visits}회)"],
            ["인정 시간", _hours(sum(visit.minutes or 0 for visit in accepted))],
        ],
        "visits": [_visit(number, visit) for number, visit in enumerate(visits, 1)],
    }


def _visit(number: int, visit: Visit) -> dict[str, Any]:
    starts, ends = visit.starts_at.astimezone(SEOUL), visit.ends_at.astimezone(SEOUL)
    said = visit.versions[-1].content
    confirmed = "운영기관의 대신 확인" if visit.confirmed_because else "기업 확인"
    return {
        "title": f"{number}. {day(starts.date().isoformat())} {starts:%H:%M} ~ {ends:%H:%M}",
        "rows": [
            ["전문가", visit.expert.name],
            ["방식", MODE_LABELS[visit.mode]],
            *([LABELS[name], said.get(name) or NOTHING] for name in _SAID),
            ["상태", STATE_LABELS[VisitState(visit.state)]],
            [confirmed, _who(visit.confirmed_by, visit.confirmed_at)],
            *([["대신 확인한 사유", visit.confirmed_because]] if visit.confirmed_because else []),
            ["운영기관 검토", _who(visit.reviewed_by, visit.reviewed_at)],
            ["인정 시간", _hours(visit.minutes) if visit.minutes is not None else NOTHING],
        ],
        "photos": [
            {"name": _name(visit, photo.position), "said": _taken(photo.position, photo.file.taken_at)}
            for photo in visit.versions[-1].photos
        ],
    }


def _who(person: Any, at: datetime | None) -> str:
    return f"{person.name}, {moment(at)}" if person is not None and at is not None else NOTHING


def _hours(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    return " ".join(filter(None, (f"{whole}시간" if whole else "", f"{rest}분" if rest or not whole else "")))


def _name(visit: Visit, position: int) -> str:
    return f"{visit.id}-{position}.jpg"


def _taken(position: int, at: datetime | None) -> str:
    return f"사진 {position}" + (f" · {moment(at)} 촬영" if at is not None else "")


def _pictures(visits: Sequence[Visit]) -> dict[str, bytes]:
    return {
        _name(visit, photo.position): small(photo.file.path)
        for visit in visits
        for photo in visit.versions[-1].photos
    }


def _made(visits: Sequence[Visit]) -> datetime:
    return max(max(visit.entered_at, visit.versions[-1].created_at) for visit in visits)
