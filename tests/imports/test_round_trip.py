"""What is exported as a table and imported again is the same."""

import io
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.codes.book import packaged_codebook
from marketplace.imports.cells import clean
from marketplace.imports.experts_sheet import read_experts
from marketplace.imports.faults import BadCell
from marketplace.imports.limits import WEB
from marketplace.reporting.tables import Table

TODAY = date(2026, 11, 22)
COLUMNS = ["이메일", "성명", "한줄소개", "경력소개", "보유기술", "경험업종", "활동지역", "퇴직일", "경력연수"]


class NoTerms:
    """A vocabulary that knows nothing."""

    def resolve(self, words: str) -> str | None:
        return None


def normal(text: str) -> bool:
    """Whether the text is in the importer's normal form already."""
    try:
        return clean("'" + text if text.startswith("'") else text) == text == " ".join(text.split())
    except BadCell:
        return False


FORMULAS = st.sampled_from(
    ["=1+1", "+82-10", "- 생산", "@a", "＝1", "－ 품질", "'=1", "''+1", '"쉼표, 따옴"']
)
LINES = st.one_of(FORMULAS, st.text(max_size=20)).filter(normal)
ENTRIES = st.lists(LINES.filter(bool), max_size=3).map("\n\n".join)
PEOPLE = st.tuples(
    LINES.filter(bool),
    LINES,
    ENTRIES,
    st.lists(st.sampled_from(["MES:3", "사출:4", "금형:1"]), unique=True),
    st.lists(st.sampled_from(sorted(packaged_codebook().industries)), unique=True),
    st.lists(st.sampled_from(["11", "12", "48", "52"]), unique=True),
    st.one_of(st.none(), st.dates(date(1950, 1, 1), date(2050, 12, 31))),
    st.one_of(st.none(), st.integers(0, 60)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=4))
def test_experts_come_back_equal_from_csv_and_from_xlsx(people: list[tuple[Any, ...]]) -> None:
    rows = [
        [f"e{i}@b.kr", name, head, bio, ";".join(skills), ";".join(work), ";".join(places), left, years]
        for i, (name, head, bio, skills, work, places, left, years) in enumerate(people)
    ]
    table = Table(COLUMNS, rows)
    for data, file in ((table.to_csv(), "a.csv"), (table.to_xlsx(), "a.xlsx")):
        sheet = read_experts(
            io.BytesIO(data), file, book=packaged_codebook(), terms=NoTerms(), today=TODAY, limits=WEB
        )
        assert [fault.line() for fault in sheet.faults] == []
        found = [
            (
                row.name,
                row.headline,
                row.bio,
                [f"{skill.words}:{skill.grade}" for skill in row.skills],
                list(row.industries),
                list(row.regions),
                row.retired_on,
                row.years,
            )
            for row in sheet.rows
        ]
        assert found == people
