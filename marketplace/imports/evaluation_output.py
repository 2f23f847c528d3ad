"""What ``flask evaluate`` prints: tables for people, one long table as CSV, one object as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.errors import N_
from marketplace.imports.files_output import aligned, csv_lines
from marketplace.matching.evaluation import FIGURES

SLICE_NAMES: Mapping[str, str] = {
    "needs": N_("필요분야"),
    "wording": N_("표현"),
    "industry": N_("업종"),
    "length": N_("애로내용 길이"),
}
CLASS_NAMES: Mapping[tuple[str, str], str] = {
    ("needs", "given"): N_("적어 냄"),
    ("needs", "empty"): N_("비움"),
    ("wording", "method"): N_("방법·시스템 이름 있음"),
    ("wording", "symptom"): N_("증상만"),
    ("industry", "unknown"): N_("모름"),
    ("length", "short"): N_("짧음"),
    ("length", "medium"): N_("중간"),
    ("length", "long"): N_("긺"),
}


def figures(values: Mapping[str, Any], form: str) -> str:
    """The figures of an evaluation. JSON and, when two rankings are compared, all forms hold each request."""
    if form == "json":
        return json.dumps(values, ensure_ascii=False) + "\n"
    return _long(values) if form == "csv" else _tables(values)


def _tables(values: Mapping[str, Any]) -> str:
    total = [[name, _number(values[name]), span_text(values["intervals"][name])] for name in FIGURES]
    total.append(["n_requests", str(values["n_requests"]), ""])
    span = N_("95% 구간")
    text = aligned([N_("지표"), N_("값"), span], total)
    if values["slices"]:
        head = [N_("구분"), N_("갈래"), N_("신청"), "ndcg@10", span, "recall@1", "mrr"]
        text += "\n" + aligned(head, [_slice_line(part) for part in values["slices"]])
    if "comparison" in values:
        text += "\n" + _comparison(values["comparison"])
    return text


def _slice_line(part: Mapping[str, Any]) -> list[str]:
    return [
        SLICE_NAMES.get(part["slice"], part["slice"]),
        CLASS_NAMES.get((part["slice"], part["class"]), part["class"]),
        str(part["n"]),
        _number(part["ndcg@10"]),
        span_text(part["intervals"]["ndcg@10"]),
        _number(part["recall@1"]),
        _number(part["mrr"]),
    ]


def _comparison(values: Mapping[str, Any]) -> str:
    facts = {
        "against": values["against"],
        "figure": values["figure"],
        "mean": _number(values["mean"]),
        "other": _number(values["mean_against"]),
        "difference": _signed(values["difference"]),
        "span": span_text(values["interval"], signed=True) or "-",
        "wins": values["wins"],
        "ties": values["ties"],
        "losses": values["losses"],
    }
    title = N_(
        "비교 상대 %(against)s, %(figure)s: %(mean)s 대 %(other)s, 차이 %(difference)s (95%% 구간 %(span)s), "
        "승 %(wins)s 무 %(ties)s 패 %(losses)s"
    )
    rows = [
        [row["reference"], _number(row["value"]), _number(row["against"]), _signed(row["difference"])]
        for row in sorted(values["requests"], key=lambda row: (row["difference"], row["reference"]))
    ]
    head = [N_("신청"), values["figure"], N_("상대"), N_("차이")]
    return title % facts + "\n" + aligned(head, rows)


def _long(values: Mapping[str, Any]) -> str:
    """One figure a line: the totals, the slices, then the comparison and its requests."""
    lines = [["figure", "value", "low", "high", "slice", "class", "n", "reference"]]
    lines += _block(values, "", "", values["n_requests"])
    lines.append(["n_requests", str(values["n_requests"]), "", "", "", "", "", ""])
    for part in values["slices"]:
        lines += _block(part, part["slice"], part["class"], part["n"])
    if "comparison" in values:
        lines += _compared(values["comparison"])
    return csv_lines(lines)


def _block(part: Mapping[str, Any], name: str, value: str, n: int) -> list[list[str]]:
    return [
        [figure, _number(part[figure]), *_ends(part["intervals"][figure]), name, value, str(n), ""]
        for figure in FIGURES
    ]


def _compared(values: Mapping[str, Any]) -> list[list[str]]:
    figure, n = values["figure"], str(values["n_requests"])
    told = f"{figure} of {values['against']}"
    lines = [
        [told, _number(values["mean_against"]), "", "", "", "", n, ""],
        ["difference", _number(values["difference"]), *_ends(values["interval"]), "", "", n, ""],
    ]
    lines += [[name, str(values[name]), "", "", "", "", n, ""] for name in ("wins", "ties", "losses")]
    for row in values["requests"]:
        named = ((figure, "value"), (told, "against"), ("difference", "difference"))
        lines += [[name, _number(row[key]), "", "", "", "", "1", row["reference"]] for name, key in named]
    return lines


def _ends(span: Sequence[float] | None) -> list[str]:
    return ["", ""] if span is None else [_number(end) for end in span]


def span_text(span: Sequence[float] | None, signed: bool = False) -> str:
    """``0.6100 ~ 0.7400`` as people write it; empty when there is none."""
    if span is None:
        return ""
    low, high = (_signed(end) if signed else _number(end) for end in span)
    return f"{low} ~ {high}"


def _number(value: float) -> str:
    return f"{value:.4f}"


def _signed(value: float) -> str:
    return f"{value:+.4f}"
