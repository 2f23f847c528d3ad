"""The sheet of experts: one row per person, identified by the e-mail address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from marketplace.codes.book import CodeBook
from marketplace.errors import N_
from marketplace.imports import cells, kinds
from marketplace.imports.columns import Column, Layout, Progress, Sheet, read_sheet
from marketplace.imports.faults import Kind, shown
from marketplace.imports.graded import Graded, Resolver, graded, own_words
from marketplace.imports.limits import WEB, Limits
from marketplace.matching.profiles import Career, ExpertProfile, Mode, Skill

SKILL_LEVELS = {1: N_("이해"), 2: N_("수행"), 3: N_("주도"), 4: N_("지도")}

#: So many unknown industries of a cell are named in its remark; more are a cell gone wrong.
_WORDS_NAMED = 20
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """A checked row, with the defaults filled in. ``number`` is its row in the file.

    ``given`` names the columns that were filled in, so that an update leaves the others alone.
    ``regions`` are codes that stand on the day of the import, ``industries`` codes such as ``C26``, and
    ``unknown_industries`` the words in that column that name none.
    """

    number: int
    email: str
    name: str
    headline: str
    bio: str
    employer: str
    title: str
    retired_on: date | None
    years: int | None
    skills: tuple[Graded, ...]
    industries: tuple[str, ...]
    regions: tuple[str, ...]
    mode: Mode
    available_from: date
    capacity: int
    days_per_week: int
    given: frozenset[str]
    unknown_industries: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """The address in the form that addresses are compared by."""
        return self.email.casefold()

    @property
    def entries(self) -> tuple[str, ...]:
        """The parts of ``bio`` between blank lines, which count one by one."""
        return entries_of(self.bio)

    def profile(self) -> ExpertProfile:
        """The row as the ranker sees it; its key is the address as written."""
        career = Career(self.employer, self.title, None, self.retired_on, "")
        return ExpertProfile(
            key=self.email,
            name=self.name,
            headline=self.headline,
            entries=self.entries,
            careers=(career,) if self.employer or self.title else (),
            skills=tuple(Skill(skill.term, skill.words, skill.grade) for skill in self.skills),
            years=self.years,
            industries=self.industries,
            regions=self.regions,
            mode=self.mode,
            available_from=self.available_from,
            capacity=self.capacity,
            days_per_week=self.days_per_week,
        )


def entries_of(text: str) -> tuple[str, ...]:
    """The parts of a free text between blank lines."""
    return tuple(part for piece in _BLANK_LINE.split(text) if (part := piece.strip()))


def experts_layout(book: CodeBook, terms: Resolver, today: date, limits: Limits = WEB) -> Layout[ExpertRow]:
    """The columns of the sheet; ``today`` dates the regions and is the default of ``available_from``."""
    line = cells.line(limits.line)
    columns = (
        Column(
            "email",
            N_("이메일"),
            N_("전문가를 알아보는 주소. 이미 있는 주소면 그 전문가를 고칩니다."),
            cells.email,
            required=True,
        ),
        Column("name", N_("성명"), N_("이름. 예: 홍길동"), cells.line(100), required=True),
        Column("headline", N_("한줄소개"), N_("한 줄로 적은 전문 분야"), line, default=""),
        Column(
            "bio",
            N_("경력소개"),
            N_("경력을 자유롭게. 경력·과제·논문 사이에 빈 줄을 두면 하나씩 셉니다."),
            cells.prose(limits.prose),
            default="",
        ),
        Column("employer", N_("최종직장"), N_("마지막으로 일한 대기업"), line, default=""),
        Column("title", N_("최종직위"), N_("그곳에서의 직위"), line, default=""),
        Column("retired_on", N_("퇴직일"), N_("날짜. 예: 2024-12-31"), cells.day),
        Column("years", N_("경력연수"), N_("정수. 예: 30"), cells.whole(0, 80, "년")),
        Column(
            "skills",
            N_("보유기술"),
            N_("기술:수준을 세미콜론으로. 예: MES:4;설비보전:3 (1 이해, 2 수행, 3 주도, 4 지도)"),
            graded(terms, SKILL_LEVELS, 2, limits.line),
            default=(),
        ),
        Column(
            "industries",
            N_("경험업종"),
            N_("한국표준산업분류 중분류를 세미콜론으로. 제조업이 아니어도 됩니다. 예: C26;J62"),
            cells.industries(book),
            default=cells.Industries(),
        ),
        Column(
            "regions",
            N_("활동지역"),
            N_("시·도를 세미콜론으로. 예: 경남;부산"),
            cells.regions(book, today),
            default=(),
        ),
        Column(
            "mode",
            N_("지원방식"),
            N_("대면, 비대면, 모두. 비우면 모두"),
            cells.choice(cells.MODES),
            default=Mode.BOTH,
        ),
        Column(
            "available_from",
            N_("활동시작일"),
            N_("날짜. 예: 2027-01-01. 비우면 오늘"),
            cells.day,
            default=today,
        ),
        Column(
            "capacity",
            N_("동시지원"),
            N_("한 번에 맡을 수 있는 건수. 비우면 1"),
            cells.whole(0, 99, "건"),
            default=1,
        ),
        Column("days_per_week", N_("주당일수"), N_("1에서 5. 비우면 2"), cells.whole(1, 5, "일"), default=2),
    )
    return Layout(columns, _build, lambda row: row.identity, "email", _remarks)


def read_experts(
    stream: BinaryIO,
    name: str,
    *,
    book: CodeBook,
    terms: Resolver,
    today: date,
    limits: Limits = WEB,
    on_progress: Progress | None = None,
) -> Sheet[ExpertRow]:
    """Read and check a file of experts; nothing is raised, every fault is in the answer."""
    return read_sheet(stream, name, experts_layout(book, terms, today, limits), limits, on_progress)


def _build(number: int, values: Mapping[str, Any], given: frozenset[str]) -> ExpertRow:
    stated: cells.Industries = values["industries"]
    # A cell of which nothing could be read must not empty what the expert has stated before.
    given = given if stated.codes else given - {"industries"}
    read = {**values, "industries": stated.codes, "unknown_industries": stated.unknown}
    return ExpertRow(number=number, given=given, **read)


def _remarks(row: ExpertRow) -> list[tuple[str, Kind, Mapping[str, str]]]:
    found: list[tuple[str, Kind, Mapping[str, str]]] = []
    if words := own_words(row.skills):
        found.append(("skills", kinds.OWN_WORDS, {"words": words}))
    if row.unknown_industries:
        words = ", ".join(shown(word) for word in row.unknown_industries[:_WORDS_NAMED])
        found.append(("industries", kinds.LEFT_OUT_INDUSTRIES, {"words": words}))
    return found
