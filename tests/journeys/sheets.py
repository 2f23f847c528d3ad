"""Spreadsheets as offices send them: experts in a workbook, requests in a CSV file that Korean Excel wrote."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from marketplace.accounts.models import civil_today
from tests.factories import brn

EXPERT_COLUMNS = (
    "이메일",
    "성명",
    "한줄소개",
    "경력소개",
    "최종직장",
    "최종직위",
    "퇴직일",
    "경력연수",
    "보유기술",
    "경험업종",
    "활동지역",
    "지원방식",
    "활동시작일",
    "동시지원",
)
#: Name, headline, career, employer, title, years, skills.
EXPERTS = (
    ("한도금", "도금 공정 품질 전문가", "도금 박리 불량의 원인을 찾아 반품을 없앴습니다.", "대한전자", "수석", 31, "도금·표면처리:4;공정불량 저감:4"),
    ("유표면", "표면처리 라인 책임자", "표면처리 라인의 전처리 조건을 바로잡아 박리를 줄였습니다.", "한빛중공업", "부장", 27, "도금·표면처리:4;공정불량 저감:3"),
    ("노품질", "품질관리 전문가", "공정불량을 통계로 관리하고 고객 반품에 대응했습니다.", "대한전자", "파트장", 24, "공정불량 저감:4;SPC:3"),
    ("설비오", "설비보전 전문가", "도금 설비의 예방보전 체계를 세웠습니다.", "누리화학", "차장", 22, "예지보전:4;공정불량 저감:2"),
    ("구매진", "구매와 협력사 관리 전문가", "협력사 납기와 단가를 관리했습니다.", "한빛중공업", "부장", 26, "구매·자재관리:3"),
    ("정보솔", "생산정보시스템 전문가", "MES를 구축해 작업일보를 없앴습니다.", "새길정보", "이사", 20, "MES:4;LOT 추적·이력관리:3"),
    ("원가람", "원가관리 전문가", "제품별 원가를 계산하는 체계를 만들었습니다.", "누리화학", "부장", 28, "표준원가·원가계산:3"),
)  # fmt: skip
START = civil_today() + timedelta(days=43)
FIRMS = (("가람도금", brn(777_001)), ("나래정밀", brn(777_002)))
REFERENCES = ("접수-0001", "접수-0002")


def write_experts(path: Path) -> None:
    """A workbook of experts, with dates as Excel dates."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("전문가")
        sheet.write_row(0, 0, EXPERT_COLUMNS)
        for number, (name, headline, career, employer, title, years, skills) in enumerate(EXPERTS, 1):
            row = [f"expert{number}@example.com", name, headline, career, employer, title]
            sheet.write_row(number, 0, row)
            sheet.write_datetime(number, 6, date(2022, 12, 31), day)
            sheet.write_row(number, 7, [years, skills, "C25", "경남;부산", "대면"])
            sheet.write_datetime(number, 12, date(2026, 1, 1), day)
            sheet.write_number(number, 13, 2)


def write_requests(path: Path) -> None:
    """A CSV file in CP949 with two requests."""
    header = ("신청번호", "사업자등록번호", "기업명", "업종", "소재지", "상시근로자", "구축수준", "제목", "애로내용",
              "필요분야", "기간", "희망시작일", "지원방식")  # fmt: skip
    rows = (
        (REFERENCES[0], FIRMS[0][1], FIRMS[0][0], "C25", "경남", 38, "기초", "도금 박리 불량",
         "도금한 부품이 벗겨져서 반품이 들어옵니다. 원인을 몰라 작업일보를 손으로 뒤집니다.",
         "도금·표면처리:3;공정불량 저감:2", 3, START.isoformat(), "대면"),
        (REFERENCES[1], FIRMS[1][1], FIRMS[1][0], "C25", "경남", 21, "미적용", "작업일보 전산화",
         "생산 실적을 종이에 적어 어느 LOT에서 문제가 생겼는지 알 수 없습니다.",
         "MES:3", 3, START.isoformat(), "모두"),
    )  # fmt: skip
    with path.open("w", encoding="cp949", newline="") as file:
        csv.writer(file).writerows([header, *rows])
