"""The sheet of requests: one row per request, identified by its reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from marketplace.codes.book import CodeBook
from marketplace.errors import N_
from marketplace.imports import cells, kinds
from marketplace.imports.columns import Column, Layout, Progress, Sheet, read_sheet
from marketplace.imports.faults import Kind
from marketplace.imports.graded import Graded, Resolver, graded, own_words
from marketplace.imports.limits import WEB, Limits
from marketplace.matching.profiles import Mode, Need, RequestProfile

PRIORITIES = {1: N_("희망"), 2: N_("중요"), 3: N_("필수")}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A checked row, with the defaults filled in. ``number`` is its row in the file.

    ``company_brn`` is ten digits; ``industry`` and ``region`` are codes; ``given`` names the columns that
    were filled in.
    """

    number: int
    reference: str
    company_brn: str
    company_name: str
    industry: str
    region: str
    employees: int | None
    level: str | None
    title: str
    problem: str
    needs: tuple[Graded, ...]
    months: int
    start_on: date | None
    mode: Mode
    given: frozenset[str]

    def profile(self) -> RequestProfile:
        """The row as the ranker sees it; its key is the reference."""
        return RequestProfile(
            key=self.reference,
            company_name=self.company_name,
            company_brn=self.company_brn,
            industry=self.industry,
            region=self.region,
            employees=self.employees,
            level=self.level,
            title=self.title,
            problem=self.problem,
            needs=tuple(Need(need.term, need.words, need.grade) for need in self.needs),
            months=self.months,
            start_on=self.start_on,
            mode=self.mode,
        )


def requests_layout(book: CodeBook, terms: Resolver, today: date, limits: Limits = WEB) -> Layout[RequestRow]:
    """The columns of the sheet; ``today`` dates the regions."""
    columns = (
        Column(
            "reference",
            N_("신청번호"),
            N_("행을 알아보는 번호. 파일 안에서 한 번만"),
            cells.line(100),
            required=True,
        ),
        Column(
            "company_brn",
            N_("사업자등록번호"),
            N_("열 자리. 예: 124-81-00998"),
            cells.business_number,
            required=True,
        ),
        Column("company_name", N_("기업명"), N_("사업자등록증의 상호"), cells.line(200), required=True),
        Column(
            "industry",
            N_("업종"),
            N_("한국표준산업분류 중분류 하나. 예: C25"),
            cells.industry(book),
            required=True,
        ),
        Column("region", N_("소재지"), N_("시·도 하나. 예: 경남"), cells.region(book, today), required=True),
        Column("employees", N_("상시근로자"), N_("정수. 예: 26"), cells.whole(0, 1_000_000, "명")),
        Column("level", N_("구축수준"), N_("미적용, 기초, 중간1, 중간2, 고도"), cells.choice(cells.LEVELS)),
        Column("title", N_("제목"), N_("애로를 한 줄로"), cells.line(limits.line), required=True),
        Column(
            "problem",
            N_("애로내용"),
            N_("겪는 일을 있는 그대로 자유롭게"),
            cells.prose(limits.prose),
            required=True,
        ),
        Column(
            "needs",
            N_("필요분야"),
            N_("분야:중요도를 세미콜론으로. 예: MES:3;도금 (1 희망, 2 중요, 3 필수). 모르면 비웁니다."),
            graded(terms, PRIORITIES, 2, limits.line),
            default=(),
        ),
        Column("months", N_("기간"), N_("3에서 6. 비우면 3"), cells.whole(3, 6, "개월"), default=3),
        Column("start_on", N_("희망시작일"), N_("날짜. 예: 2027-03-02"), cells.day),
        Column(
            "mode",
            N_("지원방식"),
            N_("대면, 비대면, 모두. 비우면 모두"),
            cells.choice(cells.MODES),
            default=Mode.BOTH,
        ),
    )
    return Layout(columns, _build, lambda row: row.reference, "reference", _remarks)


def read_requests(
    stream: BinaryIO,
    name: str,
    *,
    book: CodeBook,
    terms: Resolver,
    today: date,
    limits: Limits = WEB,
    on_progress: Progress | None = None,
) -> Sheet[RequestRow]:
    """Read and check a file of requests; nothing is raised, every fault is in the answer."""
    return read_sheet(stream, name, requests_layout(book, terms, today, limits), limits, on_progress)


def _build(number: int, values: Mapping[str, Any], given: frozenset[str]) -> RequestRow:
    return RequestRow(number=number, given=given, **values)


def _remarks(row: RequestRow) -> list[tuple[str, Kind, Mapping[str, str]]]:
    words = own_words(row.needs)
    return [("needs", kinds.OWN_WORDS, {"words": words})] if words else []
