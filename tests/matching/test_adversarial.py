"""Profiles made to be ranked, against people who can do the work.

Ten firms tell what hurts; for each, one honest expert has done just that. An adversary joins the honest ones
with one trick at a time, claims every industry, and must stay below the expert whom the firm needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from marketplace.matching.profiles import ExpertProfile, Need, RequestProfile, Skill
from marketplace.matching.ranker import ExpertRanker
from marketplace.matching.rules import Gates
from marketplace.taxonomy.vocabulary import packaged_vocabulary

VOCABULARY = packaged_vocabulary()
EVERY_INDUSTRY = tuple(f"C{number}" for number in range(10, 35))


def _expert(key: str, headline: str, skills: str, industry: str, *entries: str) -> ExpertProfile:
    own = tuple(Skill(VOCABULARY.resolve(words), words, 3, 12) for words in skills.split(";"))
    return ExpertProfile(
        key, headline=headline, entries=entries, skills=own, industries=(industry,), years=28
    )


def _request(
    key: str, industry: str, title: str, problem: str, needs: tuple[Need, ...] = ()
) -> RequestProfile:
    return RequestProfile(
        key, industry=industry, employees=34, region="48", title=title, problem=problem, needs=needs
    )


#: The firm's case and the expert who has done it; neither borrows the other's sentences.
CASES: tuple[tuple[RequestProfile, ExpertProfile], ...] = (
    (
        _request(
            "plating",
            "C25",
            "도금이 자꾸 벗겨집니다",
            "아연도금한 브라켓을 납품하는데 조립하다가 껍데기가 일어난다고 반품이 옵니다. 약품은 업체가 권하는 대로 "
            "넣고 있고 같은 조건인데 어떤 날은 괜찮습니다. 원인을 모르겠습니다.",
        ),
        _expert(
            "h-plating",
            "표면처리 품질 30년",
            "도금;표면처리",
            "C25",
            "협력사 아연도금 라인 열두 곳의 전처리 조건을 표준으로 만들었습니다. 탈지와 산세의 농도를 매일 재어 밀착 불량을 3%에서 0.2%로 줄였습니다.",
            "도금 두께와 밀착 시험을 출하 전에 하도록 바꾸고, 반품된 부품의 박리 원인을 로트별로 추적했습니다.",
        ),
    ),
    (
        _request(
            "late",
            "C28",
            "납기를 못 맞춥니다",
            "주문이 들어오면 영업이 날짜를 먼저 약속하고 현장은 급한 것부터 만듭니다. 매일 순서가 바뀌어 밀린 것이 "
            "쌓이고 고객 전화를 받느라 하루가 갑니다. 일정을 어떻게 짜야 할지 모르겠습니다.",
        ),
        _expert(
            "h-late",
            "생산계획과 납기 관리",
            "생산계획",
            "C28",
            "산업기계 공장에서 주간 생산계획을 세우는 일을 14년 했습니다. 영업과 생산이 함께 보는 부하표로 납기 준수율을 71%에서 95%로 올렸습니다.",
            "긴급 주문이 끼어들 때의 순서 규칙을 만들고, 공정별 능력을 재어 약속할 수 있는 날짜를 계산하게 했습니다.",
        ),
    ),
    (
        _request(
            "breakdown",
            "C29",
            "프레스가 예고 없이 섭니다",
            "오래된 프레스 여섯 대가 돌아가며 멈춥니다. 부품은 고장이 나야 주문하고, 고칠 줄 아는 사람은 한 명뿐인데 "
            "곧 그만둡니다. 멈추기 전에 알 수 있으면 좋겠습니다.",
        ),
        _expert(
            "h-breakdown",
            "설비보전, 예지보전",
            "설비보전;예지보전",
            "C29",
            "차체 공장 프레스 40대의 보전을 맡아 고장 시간을 절반으로 줄였습니다. 예방 정비 주기표와 예비품 목록을 만들었습니다.",
            "베어링과 클러치에 진동 센서를 달아 이상을 먼저 알아내는 체계를 세웠고, 정비 요원을 길러 냈습니다.",
        ),
    ),
    (
        _request(
            "count",
            "C26",
            "재고가 장부와 다릅니다",
            "전산에는 있는 자재가 창고에 가 보면 없습니다. 급하게 사 오면 또 나옵니다. 월말마다 이틀씩 세는데 "
            "다음 달이면 다시 틀어집니다.",
            (Need(VOCABULARY.resolve("재고관리"), "재고관리", 3),),
        ),
        _expert(
            "h-count",
            "자재와 창고 관리",
            "재고관리;WMS",
            "C26",
            "전자부품 창고의 입출고를 바코드로 바꾸어 재고 정확도를 82%에서 99%로 올렸습니다.",
            "자재 불출 절차와 순환 실사를 정착시켜 월말 실사를 없앴습니다. 로케이션을 나누고 선입선출을 지키게 했습니다.",
        ),
    ),
    (
        _request(
            "scratch",
            "C22",
            "사출품 흠집을 사람이 못 걸러 냅니다",
            "검사하는 아주머니 네 분이 눈으로 보는데 오후가 되면 놓칩니다. 고객사에서 흠 있는 것이 나와 전수 선별을 "
            "두 번 했습니다. 카메라로 볼 수 있는지 궁금합니다.",
        ),
        _expert(
            "h-scratch",
            "머신비전 외관검사",
            "비전검사",
            "C22",
            "사출 부품 외관 검사에 머신비전을 들여 육안 검사 인원을 여덟에서 둘로 줄였습니다. 조명과 광학계를 직접 골랐습니다.",
            "긁힘과 미성형의 한도 견본을 만들고, 과검출과 미검출을 날마다 재어 판정 기준을 다듬었습니다.",
        ),
    ),
    (
        _request(
            "paper",
            "C24",
            "작업일보를 손으로 씁니다",
            "현장에서 종이에 적은 것을 사무실에서 저녁에 엑셀로 옮깁니다. 숫자가 틀리고 사흘 지나야 알 수 있습니다. "
            "지금 몇 개 만들었는지 사장인 저도 모릅니다.",
            (Need(VOCABULARY.resolve("MES"), "MES", 2),),
        ),
        _expert(
            "h-paper",
            "MES 구축과 현장 정착",
            "MES;POP",
            "C24",
            "압연 공장의 생산 실적을 단말로 모으는 MES를 구축하고 3년 동안 운영했습니다. 종이 일보를 없애고 실시간 현황판을 달았습니다.",
            "중소 협력사 다섯 곳에서 실적 집계 항목을 줄이고 현장 반장이 직접 입력하도록 가르쳤습니다.",
        ),
    ),
    (
        _request(
            "mould",
            "C22",
            "금형을 바꾸는 데 반나절이 걸립니다",
            "품목이 늘어 하루에 서너 번 바꾸는데 그때마다 기계가 네 시간씩 놉니다. 사람마다 하는 순서가 다르고 "
            "볼트와 공구를 찾으러 다닙니다.",
        ),
        _expert(
            "h-mould",
            "현장 개선, 준비교체 단축",
            "SMED;린 생산",
            "C22",
            "사출 공장의 금형 교체 시간을 180분에서 28분으로 줄였습니다. 내준비와 외준비를 나누고 클램프를 표준화했습니다.",
            "작업 동영상을 찍어 표준작업을 정하고, 공구 대차와 5S를 정착시켰습니다.",
        ),
    ),
    (
        _request(
            "power",
            "C24",
            "전기 요금이 너무 많이 나옵니다",
            "열처리로를 스물네 시간 켜 두는데 어느 기계가 얼마나 쓰는지 모릅니다. 요금은 작년보다 삼 할이 올랐고 "
            "고객사가 탄소 배출량을 적어 내라고 합니다.",
        ),
        _expert(
            "h-power",
            "공장 에너지 진단과 절감",
            "에너지관리;FEMS",
            "C24",
            "열처리로와 공기압축기의 전력을 설비별로 계측해 피크를 낮추고 연간 전력을 18% 줄였습니다.",
            "공장 에너지 관리 시스템을 세우고 제품별 탄소 배출량을 산정해 고객사에 제출했습니다.",
        ),
    ),
    (
        _request(
            "food",
            "C10",
            "이물 클레임이 줄지 않습니다",
            "김치에서 머리카락과 비닐이 나왔다는 신고가 한 달에 서너 건입니다. 인증은 받았는데 기록은 점검 전날 몰아서 "
            "씁니다. 어디서 들어가는지 못 찾고 있습니다.",
        ),
        _expert(
            "h-food",
            "식품 위생과 해썹 운영",
            "HACCP;품질관리",
            "C10",
            "절임 식품 공장에서 해썹을 12년 운영했습니다. 이물 혼입 경로를 공정별로 찾아 금속검출과 선별 조건을 고쳤습니다.",
            "중요관리점 기록을 자동으로 남기게 하고, 위생 구역과 작업자 동선을 나누어 클레임을 80% 줄였습니다.",
        ),
    ),
    (
        _request(
            "weld",
            "C30",
            "용접할 사람을 구할 수 없습니다",
            "숙련공 두 분이 내년에 나가시면 일을 받을 수가 없습니다. 로봇을 알아봤는데 소량이라 안 맞는다는 말도 있고 "
            "맞는다는 말도 있어 결정을 못 합니다.",
        ),
        _expert(
            "h-weld",
            "로봇 용접 자동화",
            "용접;산업용 로봇",
            "C30",
            "프레임 용접에 협동로봇 셀을 열한 대 들였습니다. 다품종 소량에 맞게 지그를 바꾸고 투자 회수를 따져 사장님들께 보고했습니다.",
            "용접 조건표와 비드 검사 기준을 만들고, 숙련공의 손 조건을 티칭으로 옮겼습니다.",
        ),
    ),
)
HONEST = tuple(expert for _, expert in CASES)
IDS = [request.key for request, _ in CASES]

_TERMS = [term for term in VOCABULARY.terms.values() if not term.replaced_by]
_KOREAN_NAMES = ", ".join(term.ko for term in _TERMS)
_ALL_NAMES = " / ".join(" ".join((term.ko, term.en, *term.synonyms)) for term in _TERMS)
_PLEASANTRIES = (
    "저는 오랫동안 대기업에서 일하며 여러 현장을 다녔습니다. 품질과 생산과 설비를 두루 살폈고 현장의 어려움을 함께 "
    "풀었습니다. 기업의 문제를 듣고 원인을 찾아 개선해 드리겠습니다. "
)


def _liar(*entries: str, headline: str = "", skills: tuple[Skill, ...] = ()) -> ExpertProfile:
    return ExpertProfile(
        "a-liar",  # before every honest key, so that a tie is lost to the liar
        headline=headline,
        entries=entries,
        skills=skills,
        industries=EVERY_INDUSTRY,
        regions=("48",),
        small_firm_projects=99,
    )


def _told(request: RequestProfile) -> str:
    return f"{request.title}. {request.problem}"


def _spaced(text: str, mark: str) -> str:
    return mark.join(text)


TRICKS: dict[str, Callable[[RequestProfile], ExpertProfile]] = {
    "every term of the taxonomy in the text": lambda r: _liar(_KOREAN_NAMES),
    "every term of the taxonomy as a mastered skill": lambda r: _liar(
        "제조 현장 자문", skills=tuple(Skill(term.id, term.ko, 4, 40, 2026) for term in _TERMS)
    ),
    "every name in both languages, synonyms and all": lambda r: _liar(_ALL_NAMES),
    "a term to an entry": lambda r: _liar(
        *(f"{t.ko} {t.en} 전문가입니다. {t.ko} 다수 수행." for t in _TERMS)
    ),
    "the title fifty times": lambda r: _liar(" ".join([r.title] * 50)),
    "each word of the firm ten times": lambda r: _liar(
        " ".join(" ".join([word] * 10) for word in _told(r).split())
    ),
    "the request copied": lambda r: _liar(_told(r)),
    "the request copied into headline and three entries": lambda r: _liar(
        _told(r), r.problem, r.problem + " 해결했습니다.", headline=r.title
    ),
    "the request copied among all terms": lambda r: _liar(_told(r) + " " + _KOREAN_NAMES),
    "one word of the title": lambda r: _liar(max(r.title.split(), key=len)),
    "one word of the trade": lambda r: _liar("자동화"),
    "the industry's English names beside the firm's words": lambda r: _liar(
        " ".join(f"{word} {term.en}" for word, term in zip(_told(r).split() * 4, _TERMS, strict=False))
    ),
    "the request hidden behind blank lines": lambda r: _liar(
        _PLEASANTRIES + "\n" * 400 + "\u3000" * 400 + _told(r)
    ),
    "the request with a mark of no width in every word": lambda r: _liar(
        _PLEASANTRIES, _spaced(_told(r), "\u200b")
    ),
    "the request with soft hyphens and fillers": lambda r: _liar(
        _spaced(_told(r), "\u00ad"), _spaced(_told(r), "\u2060"), _told(r).replace(" ", "\u3164")
    ),
    "the title with no-width marks between copies": lambda r: _liar("\u200b".join([r.title] * 40)),
    "a very long life of pleasantries": lambda r: _liar(_PLEASANTRIES * 150),
    "a very long life with the request somewhere in it": lambda r: _liar(
        _PLEASANTRIES * 60 + _told(r) + _PLEASANTRIES * 60
    ),
    "three hundred entries of pleasantries and terms": lambda r: _liar(
        *(f"{_PLEASANTRIES} {_TERMS[i % len(_TERMS)].ko} {i}번째 현장." for i in range(300))
    ),
}


def _order(pool: tuple[ExpertProfile, ...], request: RequestProfile) -> list[str]:
    ranking = ExpertRanker(VOCABULARY).fit(pool).rank([request], 0, Gates.none())[0]
    return [ranked.expert for ranked in ranking.experts]


@pytest.mark.parametrize(("request_", "honest"), CASES, ids=IDS)
def test_the_expert_who_has_done_it_comes_first_among_the_honest(
    request_: RequestProfile, honest: ExpertProfile
) -> None:
    assert _order(HONEST, request_)[0] == honest.key


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize(("request_", "honest"), CASES, ids=IDS)
def test_a_profile_made_to_be_ranked_stays_below_the_expert_who_has_done_it(
    request_: RequestProfile, honest: ExpertProfile, trick: str
) -> None:
    order = _order((*HONEST, TRICKS[trick](request_)), request_)
    assert order.index(honest.key) < order.index("a-liar")


@pytest.mark.parametrize(("request_", "honest"), CASES, ids=IDS)
def test_an_honest_expert_does_not_gain_by_repeating_a_profile(
    request_: RequestProfile, honest: ExpertProfile
) -> None:
    other = next(expert for expert in HONEST if expert is not honest)
    padded = replace(other, entries=other.entries * 10, headline=" ".join([other.headline] * 10))
    pool = tuple(padded if expert is other else expert for expert in HONEST)
    assert _order(pool, request_)[0] == honest.key


def test_an_honest_short_profile_that_speaks_of_the_same_trouble_is_no_copy() -> None:
    request = _request(
        "peeling",
        "C25",
        "도금 박리 불량으로 반품",
        "아연도금 부품의 도금이 벗겨져 반품이 늘었습니다. 박리 불량의 원인을 모릅니다.",
    )
    honest = ExpertProfile(
        "plater", headline="도금 품질", entries=("도금 박리 불량의 원인을 찾아 반품을 없앴습니다.",),
        skills=(Skill(VOCABULARY.resolve("도금"), "도금", 4),),
    )  # fmt: skip
    planner = ExpertProfile(
        "planner", headline="MES", entries=("생산관리시스템을 구축하고 실적을 집계했습니다.",)
    )
    ranking = ExpertRanker(VOCABULARY).fit([honest, planner]).rank([request], 0, Gates.none())[0]
    first = ranking.experts[0]
    assert first.expert == "plater"
    assert {part.code: part.hundredths for part in first.parts}["words"] > 0
