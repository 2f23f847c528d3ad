"""What the commands on files print: aligned tables for people, CSV and JSON for programs."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from marketplace.errors import N_
from marketplace.formulas import guarded
from marketplace.matching.assignment import UNSERVED_TEXT, Assignment
from marketplace.matching.explanation import PART_TEXT, Ranked, Ranking
from marketplace.matching.profiles import RequestProfile

#: The hard rules in a word each, in the order in which they are counted up.
RULE_NAMES: Mapping[str, str] = {
    "unverified": N_("자격 미확인"),
    "inactive": N_("계정 미사용"),
    "paused": N_("활동 중지"),
    "refused": N_("기업이 원하지 않음"),
    "capacity": N_("자리 없음"),
    "available_from": N_("시작일"),
    "available_until": N_("종료일"),
    "mode": N_("지원방식"),
    "region": N_("지역"),
    "employer": N_("전 직장"),
    "shares": N_("지분"),
    "kin": N_("친족"),
    "vendor": N_("공급기업"),
}


def rankings_head(form: str) -> str:
    """What stands before the first of the rankings."""
    header = ["reference", "rank", "expert", "name", "score", *PART_TEXT, "needs_covered", "needs_asked"]
    return csv_lines([header]) if form == "csv" else ""


def ranking(request: RequestProfile, answer: Ranking, names: Mapping[str, str], form: str) -> str:
    """The ranking of one request.

    ``form`` json: one object per request, one per line. csv: one line per ranked expert, no BOM, so that
    programs can read it from the pipe. table: for people.
    """
    if form == "json":
        return json.dumps(answer.to_json(), ensure_ascii=False) + "\n"
    if form == "csv":
        return csv_lines([_ranked_line(answer.reference, ranked, names) for ranked in answer.experts])
    return _ranking_table(request, answer, names)


def assignment(outcome: Assignment, names: Mapping[str, str], seconds: float, form: str) -> str:
    """The pairs, the total, the unserved with the reason of each, and the time it took."""
    if form == "json":
        answer = {**outcome.to_json(), "seconds": round(seconds, 4)}
        return json.dumps(answer, ensure_ascii=False) + "\n"
    pairs = [[p.request, p.expert, names.get(p.expert, ""), f"{p.score:.2f}"] for p in outcome.pairs]
    if form == "csv":
        lines = [[*pair, "", ""] for pair in pairs]
        lines += [[left.request, "", "", "", left.reason, left.sentence] for left in outcome.unserved]
        return csv_lines([["reference", "expert", "name", "score", "reason", "sentence"], *lines])
    text = aligned([N_("신청"), N_("전문가"), N_("성명"), N_("점수")], pairs)
    for left in outcome.unserved:
        rules = _counted(left.rules)
        text += f"{left.request}: {UNSERVED_TEXT[left.reason]}" + (f" ({rules})" if rules else "") + "\n"
    summary = N_("배정 %(served)s건, 미배정 %(unserved)s건, 점수 합 %(total)s, %(seconds)s초")
    return (
        text
        + summary
        % {
            "served": len(outcome.pairs),
            "unserved": len(outcome.unserved),
            "total": outcome.total,
            "seconds": f"{seconds:.2f}",
        }
        + "\n"
    )


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for a terminal, where a Korean syllable takes two places; no blanks at line ends."""
    lines = [list(header), *([_one_line(cell) for cell in row] for row in rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(header))]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )


def _ranking_table(request: RequestProfile, answer: Ranking, names: Mapping[str, str]) -> str:
    rows = [
        [
            str(ranked.rank),
            f"{ranked.score:.2f}",
            ranked.expert,
            names.get(ranked.expert, ""),
            _reasons(ranked),
        ]
        for ranked in answer.experts
    ]
    title = _one_line(f"{answer.reference}  {request.company_name}  {request.title}")
    head = [N_("순위"), N_("점수"), N_("전문가"), N_("성명"), N_("이유")]
    text = f"{title}\n" + (aligned(head, rows) if rows else N_("추천할 수 있는 전문가가 없습니다.") + "\n")
    counts: dict[str, int] = {}
    for out in answer.excluded:
        for rule in {exclusion.rule for exclusion in out.exclusions}:
            counts[rule] = counts.get(rule, 0) + 1
    if counts:
        facts = {"count": len(answer.excluded), "rules": _counted(counts)}
        text += N_("제외 %(count)s명 (%(rules)s)") % facts + "\n"
    return text + "\n"


def _counted(rules: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {rules[rule]}" for rule, name in RULE_NAMES.items() if rule in rules)


def _reasons(ranked: Ranked) -> str:
    """The needs that are covered, then the two parts that weigh most."""
    covered = [need.need for need in ranked.needs if need.covered]
    texts = [f"{N_('필요분야')}: {', '.join(covered)}"] if covered else []
    parts = sorted(ranked.parts, key=lambda part: -part.hundredths)[:2]
    for part in parts:
        if part.hundredths > 0:
            words = f" ({', '.join(part.because[:4])})" if part.because else ""
            texts.append(f"{PART_TEXT[part.code]} {part.points:.1f}{words}")
    return "; ".join(texts)


def _ranked_line(reference: str, ranked: Ranked, names: Mapping[str, str]) -> list[str]:
    points = {part.code: f"{part.points:.2f}" for part in ranked.parts}
    covered = sum(need.covered for need in ranked.needs)
    return [
        reference,
        str(ranked.rank),
        ranked.expert,
        names.get(ranked.expert, ""),
        f"{ranked.score:.2f}",
        *(points.get(code, "") for code in PART_TEXT),
        str(covered),
        str(len(ranked.needs)),
    ]


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
