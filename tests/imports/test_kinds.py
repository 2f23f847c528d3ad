import json
import re
from datetime import date

from marketplace.codes.book import packaged_codebook
from marketplace.imports import kinds
from marketplace.imports.experts_sheet import experts_layout
from marketplace.imports.faults import Fault, Kind, shown
from marketplace.imports.judgements_sheet import judgements_layout
from marketplace.imports.requests_sheet import requests_layout


class NoTerms:
    """A vocabulary that knows nothing."""

    def resolve(self, words: str) -> str | None:
        return None


LAYOUTS = {
    "experts": experts_layout(packaged_codebook(), NoTerms(), date(2026, 11, 22)),
    "requests": requests_layout(packaged_codebook(), NoTerms(), date(2026, 11, 22)),
    "judgements": judgements_layout(),
}


def test_every_kind_has_its_own_code_and_says_what_is_wrong_and_what_to_do() -> None:
    defined = [value for value in vars(kinds).values() if isinstance(value, Kind)]
    assert len(kinds.BY_CODE) == len(defined) > 30
    for kind in defined:
        assert kind.message.endswith(".") or "%(" in kind.message
        assert re.search(r"(시오|습니다)[^가-힣]*", kind.remedy)


def test_a_fault_survives_being_stored_as_json() -> None:
    fault = Fault(kinds.OUT_OF_RANGE, 3, "years", "경력연수", "99", {"low": "0", "high": "80"})
    assert kinds.fault_from(json.loads(json.dumps(fault.to_json()))) == fault
    assert fault.line() == (
        '3행 [경력연수] "99": 0에서 80 사이가 아닙니다. 0에서 80 사이의 정수로 고쳐 주십시오.'
    )


def test_values_are_shown_short_on_one_line_without_control_characters() -> None:
    assert shown("가\n나\0" + "다" * 100) == "가 나\ufffd" + "다" * 55 + "…"


def test_the_sheets_have_the_documented_columns_in_order() -> None:
    names = {sheet: " ".join(column.name for column in layout.columns) for sheet, layout in LAYOUTS.items()}
    assert names == {
        "experts": "email name headline bio employer title retired_on years skills industries regions mode "
        "available_from capacity days_per_week",
        "requests": "reference company_brn company_name industry region employees level title problem needs "
        "months start_on mode",
        "judgements": "reference expert relevance",
    }


def test_every_column_has_a_label_of_its_own_and_a_hint() -> None:
    for layout in LAYOUTS.values():
        labels = [column.label for column in layout.columns]
        assert len(set(labels)) == len(labels)
        assert all(column.hint for column in layout.columns)
