"""Everything that can be wrong with a file, a row or a cell: what is wrong, and what to do.

Both are Korean gettext msgids; the %(name)s places are filled from ``Fault.params``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.errors import N_
from marketplace.imports.faults import Fault, Kind

# The file as a whole.
EMPTY_FILE = Kind("empty_file", N_("빈 파일입니다."), N_("머리글과 자료가 든 파일을 올려 주십시오."))
TOO_LARGE = Kind(
    "too_large",
    N_("파일이 너무 큽니다(%(size)s, 한도 %(limit)s)."),
    N_("파일을 여러 개로 나누어 올려 주십시오."),
)
TOO_MANY_ROWS = Kind(
    "too_many_rows",
    N_("행이 %(limit)s개를 넘습니다."),
    N_("파일을 여러 개로 나누어 올려 주십시오."),
)
TOO_MANY_COLUMNS = Kind(
    "too_many_columns",
    N_("열이 %(limit)s개를 넘습니다."),
    N_("양식에 없는 열을 지우고 다시 올려 주십시오."),
)
WRONG_EXTENSION = Kind(
    "wrong_extension",
    N_("파일 이름 '%(name)s'의 확장자를 받을 수 없습니다."),
    N_(".csv 또는 .xlsx 파일로 저장해 올려 주십시오."),
)
WRONG_CONTENT = Kind(
    "wrong_content",
    N_("확장자는 .%(extension)s인데 내용은 %(found)s입니다."),
    N_("엑셀에서 열어 '다른 이름으로 저장'으로 .xlsx 또는 .csv 파일을 만들어 올려 주십시오."),
)
OLD_EXCEL = Kind(
    "old_excel",
    N_("예전 엑셀 형식(.xls) 파일입니다."),
    N_("엑셀에서 열어 '다른 이름으로 저장 > Excel 통합 문서(.xlsx)'로 저장해 올려 주십시오."),
)
ENCRYPTED = Kind(
    "encrypted",
    N_("암호가 걸린 파일이라 읽을 수 없습니다."),
    N_("엑셀에서 암호를 풀고 다시 저장해 올려 주십시오."),
)
DAMAGED = Kind(
    "damaged",
    N_("파일이 손상되어 읽을 수 없습니다."),
    N_("엑셀에서 열어 새 .xlsx 파일로 저장해 올려 주십시오."),
)
SUSPICIOUS = Kind(
    "suspicious",
    N_("압축을 풀면 지나치게 커지는 파일이라 열지 않았습니다."),
    N_("자료만 새 통합 문서에 복사해 저장한 뒤 올려 주십시오."),
)
UNKNOWN_ENCODING = Kind(
    "unknown_encoding",
    N_("%(line)s번째 줄의 글자를 UTF-8로도 CP949로도 읽을 수 없습니다."),
    N_("엑셀에서 'CSV UTF-8(쉼표로 분리)' 형식으로 저장해 올려 주십시오."),
)
BROKEN_QUOTES = Kind(
    "broken_quotes",
    N_("큰따옴표의 짝이 맞지 않아 그 뒤를 읽을 수 없습니다."),
    N_('글 안의 큰따옴표는 두 번("") 쓰고, 줄바꿈이나 쉼표가 든 글은 큰따옴표로 감싸 주십시오.'),
)
# The header.
MISSING_COLUMNS = Kind(
    "missing_columns",
    N_("꼭 있어야 하는 열이 없습니다: %(columns)s. 읽은 머리글: %(found)s"),
    N_("첫 행의 머리글을 양식대로 고쳐 주십시오."),
)
DUPLICATE_COLUMN = Kind(
    "duplicate_column",
    N_("같은 열이 두 번 있습니다(%(first)s열과 %(second)s열)."),
    N_("둘 가운데 하나를 지워 주십시오."),
)
UNKNOWN_COLUMN = Kind(
    "unknown_column",
    N_("모르는 열이라 읽지 않았습니다: %(columns)s."),
    N_("필요한 자료라면 머리글을 양식의 이름으로 고쳐 주십시오."),
)
OTHER_SHEETS = Kind(
    "other_sheets",
    N_("'%(read)s' 시트만 읽었고 나머지 시트는 읽지 않았습니다: %(others)s."),
    N_("다른 시트의 자료는 첫 시트로 옮기거나 따로 올려 주십시오."),
)
NO_ROWS = Kind("no_rows", N_("머리글 아래에 자료가 없습니다."), N_("한 행 이상 채워 올려 주십시오."))
TOO_MANY_FAULTS = Kind(
    "too_many_faults",
    N_("잘못된 곳이 %(limit)s곳을 넘어 여기까지만 적었습니다."),
    N_("위의 것을 고친 뒤 다시 올려 주십시오."),
)
# Rows.
MERGED_CELLS = Kind(
    "merged_cells",
    N_("합쳐진 셀(%(area)s)입니다. 값은 첫 칸에만 있고 나머지 칸은 비어 있습니다."),
    N_("엑셀에서 셀 병합을 풀고 칸마다 값을 채워 주십시오."),
)
EXTRA_CELLS = Kind(
    "extra_cells",
    N_("머리글보다 칸이 많습니다."),
    N_("쉼표가 든 글은 큰따옴표로 감싸고, 남는 칸은 지워 주십시오."),
)
REPEATED = Kind(
    "repeated",
    N_("%(row)s행과 같은 값입니다."),
    N_("파일 안에서 한 번만 나오도록 한 행을 지우거나 고쳐 주십시오."),
)
# Cells.
EMPTY = Kind("empty", N_("꼭 필요한 값이 비어 있습니다."), N_("값을 채워 주십시오."))
FORMULA_ERROR = Kind(
    "formula_error",
    N_("수식의 결과가 오류입니다."),
    N_("수식을 고치거나 값을 직접 적어 주십시오."),
)
CONTROL_CHARACTER = Kind(
    "control_character",
    N_("쓸 수 없는 제어 문자(%(code)s)가 들어 있습니다."),
    N_("그 글자를 지우거나 글을 다시 적어 주십시오."),
)
TOO_LONG = Kind(
    "too_long",
    N_("%(limit)s자까지 적을 수 있는데 %(length)s자입니다."),
    N_("%(limit)s자 안으로 줄여 주십시오."),
)
NOT_AN_EMAIL = Kind("not_an_email", N_("이메일 주소가 아닙니다."), N_("name@example.com처럼 적어 주십시오."))
NOT_A_NUMBER = Kind("not_a_number", N_("정수가 아닙니다."), N_("12처럼 숫자만 적어 주십시오."))
OUT_OF_RANGE = Kind(
    "out_of_range",
    N_("%(low)s에서 %(high)s 사이가 아닙니다."),
    N_("%(low)s에서 %(high)s 사이의 정수로 고쳐 주십시오."),
)
NOT_A_DATE = Kind(
    "not_a_date",
    N_("날짜로 읽을 수 없습니다."),
    N_("2024-12-31, 2024.12.31 또는 20241231처럼 적어 주십시오."),
)
NO_SUCH_DAY = Kind(
    "no_such_day", N_("달력에 없는 날짜입니다."), N_("있는 날짜로 고쳐 주십시오(예: 2024-02-29).")
)
NOT_A_BRN = Kind(
    "not_a_brn",
    N_("사업자등록번호가 맞지 않습니다."),
    N_("사업자등록증의 열 자리 번호를 다시 확인해 주십시오(예: 124-81-00998)."),
)
UNKNOWN_INDUSTRY = Kind(
    "unknown_industry",
    N_("'%(word)s'은(는) 모르는 업종입니다."),
    N_("한국표준산업분류의 중분류 코드(예: C25)나 그 이름으로 적어 주십시오."),
)
LEFT_OUT_INDUSTRIES = Kind(
    "left_out_industries",
    N_("모르는 업종이라 읽지 않았습니다: %(words)s."),
    N_("필요한 자료라면 한국표준산업분류의 중분류 코드(예: C26, J62)나 그 이름으로 고쳐 주십시오."),
)
UNKNOWN_REGION = Kind(
    "unknown_region",
    N_("'%(word)s'은(는) 모르는 지역입니다."),
    N_("'경남'이나 '경상남도'처럼 시·도 이름으로 적어 주십시오."),
)
NOT_A_CHOICE = Kind(
    "not_a_choice",
    N_("고를 수 있는 값이 아닙니다."),
    N_("다음 가운데 하나로 적어 주십시오: %(choices)s"),
)
BAD_GRADE = Kind(
    "bad_grade",
    N_("'%(word)s'의 뒤에는 %(low)s에서 %(high)s 사이의 정수가 와야 합니다."),
    N_("'%(example)s'처럼 적어 주십시오(%(meaning)s)."),
)
OWN_WORDS = Kind(
    "own_words",
    N_("분류에 없는 말이라 적은 그대로 두었습니다: %(words)s."),
    N_("분류에 있는 이름이 있으면 그 이름으로 바꾸면 더 잘 찾습니다."),
)
UNLISTED = Kind(
    "unlisted", N_("%(file)s 파일에 없는 값입니다."), N_("그 파일에 있는 값으로 고치거나 행을 지워 주십시오.")
)
OTHER_ACCOUNT = Kind(
    "other_account",
    N_("전문가가 아닌 다른 역할의 계정이 쓰는 주소입니다."),
    N_("전문가 본인의 다른 이메일 주소로 고쳐 주십시오."),
)
ALREADY_HANDLED = Kind(
    "already_handled",
    N_("이미 검토를 시작했거나 다른 사업의 신청이라 바꿀 수 없습니다."),
    N_("이 행을 지우거나 신청 화면에서 처리해 주십시오."),
)
OTHER_REQUEST_OPEN = Kind(
    "other_request_open",
    N_("이 사업자등록번호의 신청이 같은 사업에 이미 있습니다(%(other)s)."),
    N_("한 기업은 한 사업에 한 건만 신청할 수 있습니다. 한 건만 남기고 이 행을 지워 주십시오."),
)
UNKNOWN_CLAIM = Kind(
    "unknown_claim",
    N_("이 청구번호의 청구가 없습니다."),
    N_("지급명세의 청구번호로 고치거나 이 행을 지워 주십시오."),
)
OTHER_ORDER = Kind(
    "other_order",
    N_("이 지급명세에서 이체를 기다리는 청구가 아닙니다."),
    N_("지급명세에서 내려받은 파일의 번호로 고치거나 이 행을 지워 주십시오."),
)
OTHER_NET = Kind(
    "other_net",
    N_("지급명세의 실지급액(%(net)s원)과 다릅니다."),
    N_("은행이 실제로 이체한 금액을 확인해 주십시오. 금액이 다르면 지급됨으로 등록할 수 없습니다."),
)
NO_DAY_OF_PAYMENT = Kind(
    "no_day_of_payment", N_("이체한 날이 없습니다."), N_("지급일 칸에 은행이 이체한 날을 적어 주십시오.")
)
OTHER_DAY_OF_PAYMENT = Kind(
    "other_day_of_payment",
    N_("지급을 요청한 날부터 오늘까지의 날이 아닙니다."),
    N_("지급일을 은행이 이체한 날로 고쳐 주십시오."),
)
OTHER_TAXES = Kind(
    "other_taxes",
    N_("지급을 요청한 뒤 원천징수율이 바뀌었습니다."),
    N_("이체 실패로 되돌린 뒤 다시 지급을 요청해 주십시오."),
)
NO_REASON = Kind(
    "no_reason",
    N_("이체하지 못한 까닭이 없습니다."),
    N_("사유 칸에 은행의 사유를 %(least)s자 이상 적어 주십시오."),
)

#: Every kind by its code.
BY_CODE: Mapping[str, Kind] = {kind.code: kind for kind in list(vars().values()) if isinstance(kind, Kind)}


def fault_from(data: Mapping[str, Any]) -> Fault:
    """The fault that ``Fault.to_json`` wrote."""
    return Fault(**{**data, "kind": BY_CODE[data["kind"]]})
