"""Prints a score with every figure that it is made from into docs/matching.md; the tests compare and recompute.

python -m tests.matching.example
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np

from marketplace.matching.engine.columns import Columns
from marketplace.matching.engine.needs import NeedAsked
from marketplace.matching.engine.parts import HELD, LEAST_COSINE
from marketplace.matching.engine.query import ask
from marketplace.matching.engine.reading import passages_of, without_skills
from marketplace.matching.engine.texts import ASKED, Asked
from marketplace.matching.explanation import PART_TEXT
from marketplace.matching.profiles import ExpertProfile, Mode, Need, RequestProfile, Skill
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates
from marketplace.matching.scoring import Scores
from marketplace.matching.weights import PRIOR_WEIGHTS
from marketplace.taxonomy.symptoms import CHANCE_SHARE, FULL_EVIDENCE, FULL_SHARE, TOLD
from marketplace.taxonomy.vocabulary import packaged_vocabulary

PAGE = Path(__file__).resolve().parents[2] / "docs" / "matching.md"
BEGIN, END = "<!-- 계산 예시 시작 -->", "<!-- 계산 예시 끝 -->"
SHOWN = "101"

EXPERTS = (
    ExpertProfile(
        "101",
        headline="사출 공정 개선",
        entries=(
            "사출 공장에서 성형 조건과 금형 온도를 표준으로 정해 미성형과 흑점을 절반으로 줄였습니다. "
            "반장의 감에 기대던 조건을 기록으로 남기고, 자재 재고를 달마다 실물과 맞추었습니다.",
            "사내 강사로 신입을 가르쳤습니다.",
        ),
        skills=(Skill("PRC-01", "사출성형", 3),),
        industries=("C30",),
        regions=("48",),
        mode=Mode.BOTH,
    ),
    ExpertProfile(
        "102",
        headline="설비 보전",
        entries=(
            "프레스 설비의 예방보전 계획을 세우고 고장 시간을 줄였습니다. 예비품 재고를 정리했습니다.",
            "협력사 설비 점검표를 만들어 작업자가 스스로 점검하게 했습니다.",
        ),
        industries=("C22",),
        regions=("11",),
        mode=Mode.BOTH,
        small_firm_projects=3,
    ),
    ExpertProfile(
        "103",
        headline="물류와 창고 관리",
        entries=("창고 위치를 정하고 바코드로 입출고를 기록해 재고 차이를 없앴습니다.",),
        mode=Mode.REMOTE,
        firm_sizes=frozenset({"small", "large"}),
    ),
)

REQUEST = RequestProfile(
    "예시",
    industry="C22",
    region="48",
    employees=32,
    title="사출 불량과 재고",
    problem="김해에서 승강기 버튼, 안경집, 낚시 릴 덮개, 캠핑 랜턴 갓을 사출합니다. 여름이면 미성형과 흑점이 늘고, 조건은 반장이 감으로 바꿉니다. "
    "자재 재고는 엑셀로 적어 실물과 맞지 않습니다.",
    needs=(Need("PRC-01", "사출성형", 3), Need(None, "엑셀 재고 정리", 1)),
)


def number(value: float) -> str:
    """Six places: enough for a score that is exact to the hundredth."""
    return f"{value:.6f}"


def _at(columns: Columns, column: int, slot: int) -> float:
    return float(columns.many(np.array([column]), np.array([slot]))[0, 0])


class Page:
    """Numbered tables, one below the other."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._numbers = count(1)

    def say(self, text: str) -> None:
        """A paragraph."""
        self.blocks.append(text)

    def table(self, title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table below its number and title; floats are printed by ``number``."""
        lines = [f"**표 {next(self._numbers)}. {title}**", "", _line(head), _line(["---"] * len(head))]
        lines += [_line([number(c) if isinstance(c, float) else str(c) for c in row]) for row in rows]
        self.blocks.append("\n".join(lines))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


class Example:
    """The example as the engine works it out."""

    def __init__(self) -> None:
        self.vocabulary = packaged_vocabulary()
        self.ranker = ExpertRanker(self.vocabulary).fit(EXPERTS)
        self.state = self.ranker.table_.state()
        self.query = ask(REQUEST, self.vocabulary)
        self.scores = Scores(self.state, self.query, self.vocabulary, self.ranker.weights_, Gates())
        self.slots = {self.state.key(slot): slot for slot in range(self.state.size)}
        self.slot = self.slots[SHOWN]
        self.expert = next(expert for expert in EXPERTS if expert.key == SHOWN)
        self.page = Page()

    def printed(self) -> str:
        """All tables, for the page."""
        self._given()
        self._weights()
        self._texts()
        self._counted("words", "낱말")
        self._counted("letters", "글자")
        self._needs()
        self._pointing()
        self._symptoms()
        self._facts()
        self._sum()
        return "\n\n".join(self.page.blocks)

    def _given(self) -> None:
        request, page = REQUEST, self.page
        page.say("### 신청과 전문가")
        needs = "; ".join(
            f"{n.words} ({_PRIORITY[n.priority]}, {n.term or '분류에 없음'})" for n in request.needs
        )
        facts = [
            ("제목", request.title), ("애로내용", request.problem), ("필요분야", needs), ("업종", request.industry),
            ("소재지", f"{request.region} (경남)"), ("상시근로자", f"{request.employees}명"),
        ]  # fmt: skip
        page.table("신청", ["항목", "내용"], facts)
        rows = []
        for expert in EXPERTS:
            skills = "; ".join(f"{s.words} ({s.term}, 수준 {s.level})" for s in expert.skills)
            small = (
                f"300명 미만 기업 {expert.small_firm_projects}건"
                if expert.small_firm_projects is not None
                else "소기업과 대기업을 상대함"
                if expert.firm_sizes
                else "적지 않음"
            )
            rows.append(
                (
                    expert.key, expert.headline, skills or "없음", "<br>".join(expert.entries),
                    ", ".join(expert.industries) or "모름", ", ".join(expert.regions) or "모름",
                    _MODE[expert.mode], small,
                )
            )  # fmt: skip
        head = ["전문가", "한줄소개", "기술", "글", "경험업종", "활동지역", "지원방식", "중소 현장"]
        page.table("전문가 세 명", head, rows)

    def _weights(self) -> None:
        weights = self.scores.weights
        rows = [
            (code, PART_TEXT[code], prior, *(("예", weights[code]) if code in weights else ("아니오", "–")))
            for code, prior in PRIOR_WEIGHTS.items()
        ]
        self.page.say(f"### 전문가 {SHOWN}의 점수")
        self.page.table("가중치", ["항목", "이름", "처음 가중치", "이 신청에서 셈", "나눈 가중치"], rows)

    def _texts(self) -> None:
        state, rows = self.state, []
        segment, _ = state.place(self.slot)
        first = int(segment.first_row[self.slot])
        for at, text in enumerate(passages_of(self.expert)):
            read = Counter(self.vocabulary.reader.read(text).morphemes)
            said = " ".join(word if n == 1 else f"{word}×{n}" for word, n in read.items())
            hits = sum(word in read for word in self.query.words)
            for index, name in (("words", "낱말"), ("letters", "글자")):
                postings = getattr(segment, index)
                row = first + at
                rows.append(
                    (
                        f"글 {at + 1}", name, int(postings.length[row]), len(postings.bag(row)),
                        float(postings.worth[row]), hits if index == "words" else "–",
                    )
                )  # fmt: skip
            self.page.say(f"글 {at + 1}: ‘{text}’ 읽으면 → {said}")
        asked = Counter(self.query.reading.morphemes)
        self.page.say(
            "신청의 제목, 애로내용, 필요분야를 읽으면 → "
            + " ".join(w if n == 1 else f"{w}×{n}" for w, n in asked.items())
        )
        head = ["글", "단위", "개수", "서로 다른 개수", "글의 값", "신청과 같은 것"]
        self.page.table("글의 길이와 값", head, rows)
        means = [
            (name, said.tellers, said.rows, said.length, said.length / said.rows)
            for name, said in (("낱말", state.words), ("글자", state.letters))
        ]
        self.page.table("모든 글", ["단위", "글이 있는 전문가 N", "글의 수", "개수의 합", "평균 길이"], means)

    def _counted(self, index: str, name: str) -> None:
        state, query, lexicon = self.state, self.query, self.vocabulary.symptoms
        said, words = getattr(state, index), getattr(query, index)
        if len(words) > ASKED:
            raise ValueError("the example is to ask for everything that is written")
        times = Counter(getattr(query.reading, "morphemes" if index == "words" else "letters"))
        usual = lexicon.rarity if index == "words" else lexicon.letter_rarity
        bags = state.rows_of(self.slot, index)
        rows = [
            (
                word, times[word], usual(word), float(weight), said.count(word),
                said.rarity(word) or said.single, *(bag.get(word, 0) for bag in bags),
            )
            for word, weight in sorted(words.items())
        ]  # fmt: skip
        head = [name, "신청에서", "드묾 u", "무게 w", "쓴 전문가 n", "희귀도 r", "글 1에서", "글 2에서"]
        self.page.table(f"신청의 {name}", head, rows)
        asked = Asked.of(said, words)
        segment, own = state.place(self.slot)
        first = int(segment.first_row[own])
        postings, norms = getattr(segment, index), said.norms[0]
        sums = [
            float(sum(asked.weighed.get(word, 0.0) * n / (n + norms[first + at]) for word, n in bag.items()))
            for at, bag in enumerate(bags)
        ]
        counted = [float(value * postings.worth[first + at]) for at, value in enumerate(sums)]
        best, mean = max(counted), sum(counted) / len(counted)
        rows = [
            *((f"글 {at} 포화 기준", float(norms[first + at - 1])) for at in (1, 2)),
            *((f"글 {at} 합", value) for at, value in enumerate(sums, 1)),
            *((f"글 {at} 값을 곱함", value) for at, value in enumerate(counted, 1)),
            ("가장 큰 글", best), ("평균", mean), ("둘의 절반씩 x", (best + mean) / 2), ("한계 b", asked.bound),
            ("몫", self.scores.value(index, self.slot)),
        ]  # fmt: skip
        self.page.table(f"{name}에서 몫까지", ["수", "값"], rows)

    def _needs(self) -> None:
        said = self.state.words
        there = frozenset().union(*self.state.rows_of(self.slot, "words"))
        segment, own = self.state.place(self.slot)
        words, rows = [], []
        for need in REQUEST.needs:
            for word in sorted(set(self.vocabulary.reader.read(need.words).morphemes)):
                rarity = said.rarity(word) or said.single
                words.append(
                    (need.words, word, said.count(word), rarity, "예" if word in there else "아니오")
                )
            column = self.vocabulary.symptoms.column[need.term] if need.term else None
            held = _at(segment.held, column, own) if column is not None else 0.0
            (close,) = NeedAsked(self.state, self.vocabulary, need).many(np.array([self.slot]))
            rows.append((need.words, need.priority, held, close))
        head = ["필요분야", "낱말", "쓴 전문가 n", "희귀도 r", "전문가의 글에"]
        self.page.table("필요분야의 낱말", head, words)
        head = ["필요분야", "중요도", "지닌 기술의 값", "가까움"]
        self.page.table("필요분야의 가까움", head, rows)

    def _pointing(self) -> None:
        lexicon, reading = self.vocabulary.symptoms, self.query.reading
        counts = Counter(reading.morphemes)
        ceiling = float(lexicon.idf.max())
        rows = []
        for word, times in sorted(counts.items()):
            row = lexicon.morphemes.get(word)
            rows.append(
                (
                    word,
                    times,
                    "아니오" if row is None else "예",
                    ceiling if row is None else float(lexicon.idf[row]),
                )
            )
        self.page.table("신청의 낱말과 증상 사전", ["낱말", "신청에서", "사전에", "사전 희귀도"], rows)
        above = float((lexicon.vectors([reading])[0] - lexicon._background).max())
        pointing = lexicon.pointing(reading)
        figures = [
            ("아는 몫에서 빼는 우연", CHANCE_SHARE), ("온전한 몫", FULL_SHARE), ("익숙함 F", pointing.familiarity),
            ("가장 뚜렷한 분야의 설명 몫", above), ("온전한 근거", FULL_EVIDENCE), ("온전한 낱말 수", float(TOLD)),
            ("뚜렷함 T", pointing.strength),
        ]  # fmt: skip
        self.page.table("익숙함과 뚜렷함", ["수", "값"], figures)

    def _symptoms(self) -> None:
        lexicon, pointed = self.vocabulary.symptoms, self.query.pointed
        passages = self.vocabulary.reader.read_all(passages_of(self.expert))
        directions = lexicon.directions([without_skills(self.expert, passage) for passage in passages])
        request = lexicon.pointing(self.query.reading).direction
        segment, own = self.state.place(self.slot)
        rows = [
            (
                f"{term} {self.vocabulary.terms[term].ko}", float(request[lexicon.column[term]]), strong,
                *(float(direction[lexicon.column[term]]) for direction in directions),
                _at(segment.topics, lexicon.column[term], own), _at(segment.held, lexicon.column[term], own),
            )
            for term, strong in pointed.items()
        ]  # fmt: skip
        head = [
            "분야",
            "신청의 방향",
            "방향×T",
            "글 1의 방향",
            "글 2의 방향",
            "전문가의 방향",
            "지닌 기술의 값",
        ]
        self.page.table("신청과 전문가가 가리키는 분야", head, rows)
        raw = self.scores.values["symptoms"].nearness.raw  # type: ignore[attr-defined]
        length = float(np.linalg.norm(list(pointed.values())))
        figures = [
            *((f"전문가 {key}의 겹침", float(raw[slot])) for key, slot in self.slots.items()),
            ("신청의 길이 L", length), ("지닌 기술에 곱하는 수", HELD), ("가장 적은 기준", LEAST_COSINE),
            ("몫", self.scores.value("symptoms", self.slot)),
        ]  # fmt: skip
        self.page.table("증상에서 몫까지", ["수", "값"], figures)

    def _facts(self) -> None:
        rows = []
        for code, facet in self.scores.facets.items():
            values = [self.scores.value(code, slot) for slot in self.slots.values()]
            rows.append((PART_TEXT[code], *("모름" if v is None else float(v) for v in values), facet.mean))
        head = ["항목", *(f"전문가 {key}" for key in self.slots), "아는 사람의 평균"]
        self.page.table("업종, 지역, 규모", head, rows)

    def _sum(self) -> None:
        ranking = self.ranker.rank([REQUEST], top=0)[0]
        shown = next(ranked for ranked in ranking.experts if ranked.expert == SHOWN)
        rows: list[Sequence[object]] = []
        for part in shown.parts:
            value = part.value if part.value is not None else self.scores.facets[part.code].mean
            mark = "" if part.value is not None else " (근거 부족, 평균)"
            rows.append((f"{PART_TEXT[part.code]}{mark}", value, part.weight, f"{part.points:.2f}"))
        rows.append(("합", "", "", f"{shown.score:.2f}"))
        self.page.table("점수", ["항목", "몫", "나눈 가중치", "점수"], rows)
        codes = list(shown.parts)
        head = ["순위", "전문가", *(PART_TEXT[part.code] for part in codes), "점수"]
        rows = [
            (
                ranked.rank, ranked.expert,
                *(f"{p.points:.2f}{' (근거 부족)' if p.unknown else ''}" for p in ranked.parts), f"{ranked.score:.2f}",
            )
            for ranked in ranking.experts
        ]  # fmt: skip
        self.page.table("세 명의 순위", head, rows)


_PRIORITY = {1: "희망", 2: "중요", 3: "필수"}
_MODE = {Mode.ONSITE: "대면", Mode.REMOTE: "비대면", Mode.BOTH: "모두", None: "모름"}


@cache
def printed() -> str:
    """What stands between the markers of the page."""
    return Example().printed()


def kept() -> str:
    """What stands there now."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Put the tables into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{printed()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write()
