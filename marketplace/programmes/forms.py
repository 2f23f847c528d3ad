"""Forms for the rules of a programme."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.errors import N_
from marketplace.programmes.conflicts import RELATIONS, TIES
from marketplace.programmes.models import ProgrammeState
from marketplace.web.fields import ChoiceField, DayField, Needed, TextField, WholeNumberField, options

STATE_LABELS = {
    ProgrammeState.PREPARING: N_("준비 중"),
    ProgrammeState.OPEN: N_("접수 중"),
    ProgrammeState.CLOSED: N_("마감"),
}
NEEDED = [Needed()]


def _days(label: str, hint: str = "") -> WholeNumberField:
    return WholeNumberField(label, NEEDED, least=1, most=90, description=hint)


def _share(label: str, hint: str = "", most: int = 1000) -> WholeNumberField:
    return WholeNumberField(label, NEEDED, most=most, description=hint)


class ProgrammeForm(FlaskForm):
    """Name, term, budget and deadlines of a programme."""

    name_ko = TextField(_("사업명 (한국어)"), NEEDED, limit=120)
    name_en = TextField(_("사업명 (영어)"), NEEDED, limit=120)
    state = ChoiceField(_("상태"), choices=options((str(s), _(label)) for s, label in STATE_LABELS.items()))
    opens_on = DayField(_("접수 시작일"), NEEDED)
    closes_on = DayField(_("접수 마감일"), NEEDED)
    budget = WholeNumberField(_("사업예산 (원)"), NEEDED, most=10**13)
    check_days = _days(_("요건검토 기한 (일)"))
    answer_days = _days(_("보완 기한 (일)"))
    objection_days = _days(_("이의신청 기한 (일)"))
    matching_days = _days(_("후보 추천 기한 (일)"))
    preference_days = _days(_("희망순위 제출 기한 (일)"))
    offer_days = _days(_("전문가 회신 기한 (일)"))
    reminder_days = _days(
        _("처리 요청 알림 (일)"),
        _(
            "전문가에게는 제안한 날부터 이만큼 지나면 한 번 알립니다. 희망순위를 정할 기업과 승인할 운영기관, "
            "중소벤처기업부에는 기한까지 남은 날이 ‘전문가 회신 기한’에서 이 날수를 뺀 만큼 되면 한 번 알립니다."
        ),
    )
    approval_days = _days(_("승인 기한 (단계별, 일)"))
    signing_days = _days(
        _("협약 작성과 서명 기한 (단계별, 일)"),
        _("작성에 이만큼, 서명을 요청한 뒤 서명에 다시 이만큼 줍니다."),
    )
    monthly_visits = WholeNumberField(_("한 달에 할 수 있는 방문 (회)"), NEEDED, least=1, most=31)
    change_days = _days(_("협약변경 신청 기한 (일)"), _("변경 사유가 생긴 날의 다음 날부터 셉니다."))
    change_months = WholeNumberField(
        _("협약변경 신청에 남아 있어야 하는 기간 (개월)"),
        NEEDED,
        most=12,
        description=_("종료일 앞의 기간입니다."),
    )
    cooling_off_months = WholeNumberField(
        _("전 직장 이해충돌 기간 (개월)"), NEEDED, most=120, description=_("퇴직한 날부터 셉니다.")
    )
    min_candidates = WholeNumberField(_("최소 후보 수"), NEEDED, least=1, most=10)
    max_candidates = WholeNumberField(_("최대 후보 수"), NEEDED, least=1, most=10)
    matching_government = WholeNumberField(_("국비 매칭 비율: 정부"), NEEDED, most=1000)
    matching_sponsor = WholeNumberField(
        _("국비 매칭 비율: 참여 대기업"),
        NEEDED,
        most=1000,
        description=_(
            "1 대 1이면 참여 대기업이 입금한 만큼만 국비를 받을 수 있습니다. 참여 대기업을 0으로 두면 매칭 조건을 "
            "적용하지 않습니다."
        ),
    )
    withholding_business = _share(
        _("사업소득 원천징수세율 (천분율)"),
        _("3%면 30을 입력합니다. 개인지방소득세는 따로 더합니다."),
        most=500,
    )
    withholding_other = _share(_("기타소득 원천징수세율 (천분율)"), _("20%면 200을 입력합니다."), most=500)
    deemed_expenses = _share(_("기타소득 필요경비율 (천분율)"), _("60%면 600을 입력합니다."))
    untaxed_income = WholeNumberField(
        _("기타소득 과세최저한 (원)"),
        NEEDED,
        most=10**8,
        description=_("필요경비를 뺀 건별 기타소득금액이 이 금액 이하이면 원천징수하지 않습니다."),
    )
    withholding_local = _share(_("개인지방소득세율 (소득세의 천분율)"), _("소득세의 10%면 100을 입력합니다."))
    visits_a_day = WholeNumberField(
        _("기업별 하루 방문 한도 (회)"),
        NEEDED,
        least=1,
        most=4,
        description=_("같은 기업에 같은 날 인정하는 방문 횟수입니다."),
    )
    visit_least_hours = WholeNumberField(_("방문 한 번의 최소 시간"), NEEDED, least=1, most=24)
    visit_most_hours = WholeNumberField(_("방문 한 번의 최대 시간"), NEEDED, least=1, most=24)
    confirm_days = _days(_("기업의 방문 확인 기한 (일)"))
    confirm_reminder_days = _days(
        _("방문 확인 요청 알림 (일)"), _("방문일지가 제출되고 이만큼 지나도 확인이 없으면 한 번 알립니다.")
    )
    visit_review_days = _days(_("방문 검토 기한 (일)"))
    silence_days = _days(
        _("소식 없는 멘토링 알림 (일)"),
        _(
            "계획한 방문일이 지나도 소식이 없으면 이만큼 지날 때마다 알립니다. 처음은 기업과 전문가, 두 번째는 운영기관, "
            "세 번째는 운영기관에 교체나 중단의 결정을 요청합니다."
        ),
    )


class TierForm(FlaskForm):
    """A kind of mentorship. Shares are entered in thousandths: 450 is 45 %."""

    code = TextField(_("코드"), NEEDED, limit=20)
    name_ko = TextField(_("이름 (한국어)"), NEEDED, limit=60)
    name_en = TextField(_("이름 (영어)"), NEEDED, limit=60)
    months = WholeNumberField(_("기간 (개월)"), NEEDED, least=1, most=12)
    visits = WholeNumberField(_("방문 횟수"), NEEDED, least=1, most=200)
    unit_price = WholeNumberField(_("회당 단가 (원)"), NEEDED, least=1, most=10**8)
    government_share = _share(_("정부 분담 (천분율)"))
    sponsor_share = _share(_("참여 대기업 분담 (천분율)"))
    local_share = _share(_("지자체 분담 (천분율)"))
    firm_share = _share(_("기업 분담 (천분율)"))


class ConflictsForm(FlaskForm):
    """Which tie counts against which relation; the page draws the boxes as a table."""

    pairs = SelectMultipleField(
        _("이해충돌로 보는 관계"),
        choices=options((f"{tie}:{relation}", "") for tie in TIES for relation in RELATIONS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        invalid_choice_message=_(
            "표에 있는 칸만 고를 수 있습니다. 새로 고친 뒤 다시 골라 주십시오: %(value)s"
        ),
    )
