"""Forms of a round: its settings, a change by hand, what-if, and decisions with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import Length, Optional, ValidationError

from marketplace.codes.actions import current_codebook
from marketplace.companies.eligibility import today
from marketplace.matching.assignment import Objective
from marketplace.matching.explanation import PART_TEXT
from marketplace.matching.forms import REASON_LIMIT, Numbers
from marketplace.matching.weights import PRIOR_WEIGHTS
from marketplace.rounds.options import OBJECTIVE_LABELS, Options
from marketplace.web.fields import (
    PAGE_TOO_OLD,
    ChoiceField,
    LongTextField,
    Needed,
    RadiosField,
    TextField,
    WholeNumberField,
    options,
)

_LINES = 4000


def limits_in(text: str | None) -> list[tuple[str, int]]:
    """Lines such as ``경남: 3`` as pairs. Raises ValidationError, which names the line that is none."""
    found = []
    for line in (text or "").splitlines():
        if not line.strip():
            continue
        name, _, number = line.replace("=", ":").rpartition(":")
        number = number.strip().removesuffix("건")
        if not name.strip() or not (number.isascii() and number.isdigit()) or len(number) > 4:
            raise ValidationError(
                _l("‘%(line)s’을(를) ‘이름: 건수’로 고쳐 주십시오.", line=line.strip()[:40])
            )
        found.append((name.strip(), int(number)))
    return found


def _weight(part: str) -> WholeNumberField:
    return WholeNumberField(_l(PART_TEXT[part]), [Needed()], least=0, most=100)


class WeightsForm(FlaskForm):
    """What what-if may change: weights, loads, limits and the aim."""

    w_needs = _weight("needs")
    w_words = _weight("words")
    w_letters = _weight("letters")
    w_symptoms = _weight("symptoms")
    w_related = _weight("related")
    w_industry = _weight("industry")
    w_level = _weight("level")
    w_size = _weight("size")
    w_region = _weight("region")
    objective = RadiosField(
        _l("목표"),
        choices=options((key, _l(label)) for key, label in OBJECTIVE_LABELS.items()),
        default="score",
    )
    keep = WholeNumberField(
        _l("지켜야 할 지원 비율 (%)"),
        [Needed()],
        least=1,
        most=100,
        description=_l(
            "가장 낮은 점수를 높일 때에만 씁니다. 가장 많이 지원할 수 있는 건수 가운데 이만큼은 지원합니다."
        ),
    )
    most = WholeNumberField(
        _l("전문가 한 명의 최대 건수"),
        [Optional()],
        least=0,
        most=100,
        description=_l("비우면 전문가마다 남은 자리만큼 배정합니다."),
    )
    least = WholeNumberField(
        _l("전문가 한 명의 최소 건수"),
        [Optional()],
        least=0,
        most=10,
        description=_l("비우면 정하지 않습니다. 채울 수 없는 전문가는 결과에 따로 보여 드립니다."),
    )
    region_most = WholeNumberField(_l("소재지별 최대 건수"), [Optional()], least=0, most=9999)
    region_exceptions = LongTextField(
        _l("소재지별로 다른 최대 건수"),
        limit=_LINES,
        description=_l("한 줄에 하나씩 ‘경남: 3’처럼 적습니다."),
    )
    employer_most = WholeNumberField(_l("전 직장별 최대 건수"), [Optional()], least=0, most=9999)
    employer_exceptions = LongTextField(
        _l("전 직장별로 다른 최대 건수"),
        limit=_LINES,
        description=_l("한 줄에 하나씩 ‘삼성전자: 5’처럼 적습니다."),
    )

    def validate_w_needs(self, field: Any) -> None:
        if all(self.weight(part) == 0 for part in PRIOR_WEIGHTS):
            raise ValidationError(_l("가중치 가운데 하나는 0보다 커야 합니다."))

    def validate_least(self, field: Any) -> None:
        if field.data is not None and self.most.data is not None and field.data > self.most.data:
            raise ValidationError(_l("최소 건수를 최대 건수 이하로 적어 주십시오."))

    def validate_region_exceptions(self, field: Any) -> None:
        self._regions()

    def validate_employer_exceptions(self, field: Any) -> None:
        limits_in(field.data)

    def _regions(self) -> dict[str, int]:
        book, found = current_codebook(), {}
        for name, most in limits_in(self.region_exceptions.data):
            code = book.region(name, today())
            if code is None:
                raise ValidationError(
                    _l("‘%(name)s’은(는) 없는 소재지입니다. ‘경남’처럼 적어 주십시오.", name=name[:40])
                )
            found[code] = most
        return found

    def weight(self, part: str) -> int:
        """The weight of a part in percent."""
        return getattr(self, f"w_{part}").data or 0

    @property
    def weight_fields(self) -> list[Any]:
        """The fields of the weights, in the order of the parts."""
        return [getattr(self, f"w_{part}") for part in PRIOR_WEIGHTS]

    def settings(self) -> dict[str, Any]:
        """What was filled in, as options by name."""
        return {
            "weights": {part: self.weight(part) for part in PRIOR_WEIGHTS},
            "objective": cast(Objective, self.objective.data),
            "keep": self.keep.data,
            "most": self.most.data,
            "least": self.least.data,
            "region_most": self.region_most.data,
            "regions": self._regions(),
            "employer_most": self.employer_most.data,
            "employers": dict(limits_in(self.employer_exceptions.data)),
        }


class RoundForm(WeightsForm):
    """The settings of a round."""

    name = TextField(_l("회차 이름"), [Needed(_l("회차 이름을 적어 주십시오."))], limit=80)
    scope = RadiosField(
        _l("신청"),
        choices=options([("all", _l("매칭을 기다리는 신청 모두")), ("chosen", _l("아래에서 고른 신청만"))]),
        default="all",
    )
    proposed = BooleanField(
        _l("이미 후보가 추천되어 기업의 답을 기다리는 신청도 포함"),
    )
    cases = Numbers(_l("신청 고르기"), choices=[])
    bonus = WholeNumberField(
        _l("이미 추천한 후보에 더하는 점수"),
        [Needed()],
        least=0,
        most=100,
        description=_l("기업이 이미 본 후보는 이만큼 더 좋은 배정이 있을 때만 바뀝니다."),
    )
    team = RadiosField(
        _l("팀 지원"),
        choices=options(
            [
                ("0", _l("한 신청에 전문가 한 명")),
                ("2", _l("혼자 다 채우지 못하는 신청에 2명까지")),
                ("3", _l("혼자 다 채우지 못하는 신청에 3명까지")),
            ]
        ),
        default="0",
    )
    version = HiddenField(validators=[Length(max=12, message=PAGE_TOO_OLD)])

    def options(self) -> Options:
        """The options that were filled in."""
        return Options(
            **self.settings(),
            bonus=self.bonus.data or 0,
            team=int(self.team.data),
            proposed=self.proposed.data,
            scope=self.scope.data,
        )

    def seen_version(self) -> int | None:
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() else None


class WhatIfForm(WeightsForm):
    """Other settings to compare with; nothing is saved."""

    class Meta:
        csrf = False

    budget = WholeNumberField(
        _l("예산 (원)"),
        [Optional()],
        least=0,
        most=10**13,
        description=_l("비우면 예산을 보지 않습니다. 신청들의 평균 총사업비로 나눈 건수까지만 배정합니다."),
    )


class ChangeForm(FlaskForm):
    """A change of one pair by hand, and why."""

    verb = StringField(validators=[Length(max=10, message=PAGE_TOO_OLD)])  # the button that was pressed
    expert = ChoiceField(
        _l("전문가"), coerce=lambda v: int(v) if str(v).isdigit() and len(str(v)) < 10 else None,
        validate_choice=False,
    )  # fmt: skip
    reason = LongTextField(_l("사유"), [Needed(_l("사유를 적어 주십시오."))], limit=REASON_LIMIT)


class DiscardForm(FlaskForm):
    """Why a round is thrown away."""

    reason = LongTextField(_l("폐기 사유"), [Needed(_l("사유를 적어 주십시오."))], limit=REASON_LIMIT)


class PublishForm(FlaskForm):
    """The word that lets a round out, and which of what fails may be left out."""

    seen = HiddenField(validators=[Length(max=64, message=PAGE_TOO_OLD)])
    leave_out = Numbers(choices=[])
    reason = LongTextField(_l("추천 사유"), [Needed(_l("사유를 적어 주십시오."))], limit=REASON_LIMIT)


def filled(options: Options, regions: Mapping[str, str]) -> dict[str, Any]:
    """Options as data of a form; ``regions`` are names by code."""
    data: dict[str, Any] = {f"w_{part}": weight for part, weight in options.weights.items()}
    for name in ("objective", "keep", "most", "least", "region_most", "employer_most", "bonus", "proposed", "scope",
                 "budget"):  # fmt: skip
        data[name] = getattr(options, name)
    data["team"] = str(options.team)
    data["region_exceptions"] = "\n".join(f"{regions.get(c, c)}: {n}" for c, n in options.regions.items())
    data["employer_exceptions"] = "\n".join(f"{name}: {n}" for name, n in options.employers.items())
    return data
