"""Self-check of the level: ten questions, one per area, each with five answers from hand work to autonomy.

The areas and their weights (of 1000 points) follow the model of the programme's level check. The result is
only a suggestion: the certificate of a level check, or the firm itself, may say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.errors import N_

LEVELS = (N_("미적용"), N_("기초"), N_("중간1"), N_("중간2"), N_("고도"))
LEVEL_MEANINGS = {
    "미적용": N_("생산 실적을 사람이 손으로 적고 모읍니다."),
    "기초": N_("생산 실적이 자동으로 모이고 생산이력(Lot)을 관리합니다."),
    "중간1": N_("설비 정보가 자동으로 모이고 실시간으로 살펴보며 품질을 분석합니다."),
    "중간2": N_("생산공정을 실시간으로 제어합니다."),
    "고도": N_("공장이 스스로 판단하며 주문에 맞추어 생산합니다."),
}
#: Fewer answers than this suggest nothing.
LEAST_ANSWERS = 7


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its key in ``self_check``, area, wording and the answers worth 0 to 4."""

    key: str
    area: str
    text: str
    weight: float
    answers: tuple[str, str, str, str, str]


QUESTIONS = (
    Question(
        "1",
        N_("리더십·전략"),
        N_("공장을 어떻게 바꿀지 계획이 있습니까?"),
        100,
        (
            N_("계획이 없습니다."),
            N_("필요할 때마다 대표가 정합니다."),
            N_("연간 계획과 예산이 있습니다."),
            N_("지표를 정해 분기마다 점검합니다."),
            N_("자료를 근거로 계획을 계속 고쳐 나갑니다."),
        ),
    ),
    Question(
        "2",
        N_("제품개발"),
        N_("도면과 기술자료를 어떻게 관리합니까?"),
        400 / 6,
        (
            N_("종이나 담당자의 컴퓨터에 있습니다."),
            N_("공용 서버에 모아 둡니다."),
            N_("변경이력과 승인을 시스템으로 관리합니다."),
            N_("설계와 해석, 시제품이 시스템으로 이어집니다."),
            N_("현장 자료가 설계에 자동으로 반영됩니다."),
        ),
    ),
    Question(
        "3",
        N_("생산계획"),
        N_("생산계획을 어떻게 세웁니까?"),
        400 / 6,
        (
            N_("경험으로 정하고 말로 전합니다."),
            N_("엑셀로 세우고 출력해 나눕니다."),
            N_("시스템에서 세우고 실적과 비교합니다."),
            N_("설비와 자재 상황을 반영해 실시간으로 고칩니다."),
            N_("시스템이 가장 좋은 계획을 스스로 만듭니다."),
        ),
    ),
    Question(
        "4",
        N_("공정관리"),
        N_("공정마다 실적을 어떻게 모읍니까?"),
        400 / 6,
        (
            N_("작업일지에 손으로 적습니다."),
            N_("현장에서 바코드나 화면으로 입력합니다."),
            N_("설비에서 자동으로 모입니다."),
            N_("모인 자료로 공정 조건을 자동으로 맞춥니다."),
            N_("이상을 미리 알고 스스로 조정합니다."),
        ),
    ),
    Question(
        "5",
        N_("품질관리"),
        N_("품질은 어떻게 확인합니까?"),
        400 / 6,
        (
            N_("눈으로 보고 따로 기록하지 않습니다."),
            N_("검사 결과를 적어 보관합니다."),
            N_("검사 결과를 시스템에 넣고 원인을 분석합니다."),
            N_("자동 검사와 공정 자료를 묶어 관리합니다."),
            N_("불량을 예측해 미리 막습니다."),
        ),
    ),
    Question(
        "6",
        N_("설비관리"),
        N_("설비는 어떻게 관리합니까?"),
        400 / 6,
        (
            N_("고장이 나면 고칩니다."),
            N_("점검표로 정기 점검합니다."),
            N_("가동과 고장 이력을 시스템으로 관리합니다."),
            N_("상태를 실시간으로 감시합니다."),
            N_("고장을 예측해 미리 정비합니다."),
        ),
    ),
    Question(
        "7",
        N_("물류운영"),
        N_("자재와 재고는 어떻게 파악합니까?"),
        400 / 6,
        (
            N_("눈으로 보고 어림합니다."),
            N_("엑셀로 수량을 관리합니다."),
            N_("입출고를 바코드로 관리하고 재고가 맞습니다."),
            N_("생산계획에 맞추어 자재가 자동으로 요청됩니다."),
            N_("거래처와 재고를 함께 보며 운영합니다."),
        ),
    ),
    Question(
        "8",
        N_("정보시스템"),
        N_("ERP, MES 같은 시스템을 얼마나 씁니까?"),
        200,
        (
            N_("쓰지 않습니다."),
            N_("회계나 영업 등 일부만 씁니다."),
            N_("생산과 품질까지 씁니다."),
            N_("여러 시스템이 서로 이어져 있습니다."),
            N_("모든 자료가 이어지고 분석에 쓰입니다."),
        ),
    ),
    Question(
        "9",
        N_("설비 컨트롤"),
        N_("설비는 얼마나 자동으로 움직입니까?"),
        200,
        (
            N_("대부분 사람이 조작합니다."),
            N_("설비마다 따로 자동 운전합니다."),
            N_("설비의 신호와 값을 모아 볼 수 있습니다."),
            N_("시스템이 설비의 조건을 제어합니다."),
            N_("설비가 서로 주고받으며 스스로 움직입니다."),
        ),
    ),
    Question(
        "10",
        N_("성과"),
        N_("생산성, 품질, 원가, 납기를 숫자로 관리합니까?"),
        100,
        (
            N_("숫자로 관리하지 않습니다."),
            N_("월말에 한 번 모아 봅니다."),
            N_("주마다 지표를 확인합니다."),
            N_("실시간으로 확인하고 조치합니다."),
            N_("목표와 예측까지 시스템으로 관리합니다."),
        ),
    ),
)


def suggested_level(answers: Mapping[str, int]) -> str | None:
    """The level that the answers (question key -> 0 to 4) suggest; None with fewer than seven answers.

    The mean answer, weighted by area, is rounded to the nearest level, halves upwards.
    """
    given = [(question.weight, answers[question.key]) for question in QUESTIONS if question.key in answers]
    if len(given) < LEAST_ANSWERS:
        return None
    mean = sum(weight * answer for weight, answer in given) / sum(weight for weight, _ in given)
    return LEVELS[min(int(mean + 0.5), 4)]
