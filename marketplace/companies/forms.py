"""Forms of the firm's data, of the first words of a request, and of the decisions about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace import brn
from marketplace.companies import choices
from marketplace.companies.drafting import NamedRelation
from marketplace.companies.eligibility import ITEMS, RELATION_FIELDS, RESULT_LABELS, Result
from marketplace.companies.models import SIZE_CLASSES, Company, MentoringRequest, RelationToFirm
from marketplace.programmes.models import Programme
from marketplace.web.fields import (
    ChoiceField,
    ChoicesField,
    LongTextField,
    Needed,
    TextField,
    WholeNumberField,
    options,
)

MOST_LINES = 40
_NUMBER_AT_END = re.compile(r"^(?P<name>.*?)[\s,;/]+(?P<number>[0-9][0-9\- ]{8,13}[0-9])$")
NEEDED = Needed()


def or_none(text: Any) -> str | None:
    """Coerce for choices that may stay open."""
    return str(text) if text else None


def id_or_none(text: Any) -> int | None:
    """Coerce for choices of a row that may stay open."""
    return int(text) if text else None


def opened_version(sent: Any) -> int | None:
    """The version that a page was opened with; None when it names none, 0, which is nobody's, when it is no number."""
    text = str(sent or "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def open_choice(label: Any, **kwargs: Any) -> ChoiceField:
    """A box to choose from that may stay empty; its choices are set when the page is drawn."""
    return ChoiceField(label, [Optional()], coerce=kwargs.pop("coerce", or_none), **kwargs)


def offer(field: Any, pairs: Iterable[tuple[Any, str]]) -> None:
    """Set the choices of a box, an empty one first."""
    field.choices = options([("", gettext("고르십시오")), *pairs])


def parsed_line(line: str) -> tuple[str, str | None]:
    """A name with, perhaps, a business number behind it. Raises ValidationError when the number is wrong."""
    found = _NUMBER_AT_END.match(line)
    if found is None:
        name, number = line, None
    else:
        name, number = found["name"].strip(" ,;/"), brn.normalise(found["number"])
        if not brn.is_valid(number):
            raise ValidationError(
                gettext(
                    "‘%(line)s’의 사업자등록번호를 확인해 주십시오. 모르면 이름만 적으십시오.", line=line[:60]
                )
            )
    if not 0 < len(name) <= 120:
        raise ValidationError(gettext("‘%(line)s…’은 너무 깁니다. 이름만 적어 주십시오.", line=line[:30]))
    return name, number


class NamesField(LongTextField):
    """Organisations, one to a line; ``named`` gives them as (name, business number or None)."""

    def named(self) -> list[tuple[str, str | None]]:
        lines = [line.strip() for line in (self.data or "").split("\n")]
        return list(dict(parsed_line(line) for line in lines if line).items())

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if len(self.named()) > MOST_LINES:
            raise ValidationError(gettext("%(most)d곳까지 적어 주십시오.", most=MOST_LINES))


class CompanyForm(FlaskForm):
    """What the firm says of itself."""

    version = HiddenField()
    industry = open_choice(_l("업종 (한국표준산업분류)"))
    region = open_choice(_l("소재지 (시·도)"))
    city = TextField(_l("시·군·구"), limit=60, description=_l("예: 창원시 성산구"))
    employees = WholeNumberField(
        _l("상시근로자"), [Optional()], most=100_000, description=_l("상시근로자 수를 적습니다.")
    )
    sales = WholeNumberField(
        _l("연 매출액"),
        [Optional()],
        most=10**14,
        description=_l("지난해 매출액을 원 단위로 적습니다. 예: 3,500,000,000"),
    )
    size_class = open_choice(_l("기업규모"))
    products = TextField(_l("주요 생산품"), limit=500, description=_l("예: 자동차 브래킷 도금, 프레스 부품"))
    customers = NamesField(_l("주요 고객사"), description=_l("납품하는 기업을 한 줄에 하나씩 적습니다."))
    no_customers = BooleanField(_l("주요 고객사 없음"))
    competitors = NamesField(
        _l("경쟁사"), description=_l("같은 고객을 두고 경쟁하는 기업을 한 줄에 하나씩 적습니다.")
    )
    no_competitors = BooleanField(_l("경쟁사 없음"))
    vendors = NamesField(
        _l("거래 중이거나 검토 중인 공급기업"),
        description=_l("설비나 솔루션을 사고 있거나 살지 검토하는 기업을 한 줄에 하나씩 적습니다."),
    )
    no_vendors = BooleanField(_l("거래 중이거나 검토 중인 공급기업 없음"))

    OWN = ("industry", "region", "city", "employees", "sales", "size_class", "products")

    @classmethod
    def of(cls, firm: Company) -> CompanyForm:
        """The form, filled with what is stored unless something was sent."""
        stored = {name: getattr(firm, name) for name in cls.OWN}
        for kind, name in RELATION_FIELDS.items():
            stored[f"no_{name}"] = kind in firm.none_of
            rows = [row for row in firm.relations if row.kind == kind]
            stored[name] = "\n".join(
                f"{row.name} {brn.formatted(row.brn)}" if row.brn else row.name for row in rows
            )
        form = cls(data={**stored, "version": firm.version or ""})
        offer(form.industry, choices.industry_choices(firm.industry))
        offer(form.region, choices.region_choices(firm.region))
        offer(form.size_class, choices.labelled(SIZE_CLASSES))
        return form

    def values(self) -> dict[str, Any]:
        return {name: self[name].data for name in self.OWN}

    def relations(self) -> list[NamedRelation]:
        return [
            NamedRelation(kind, name, number)
            for kind, field in RELATION_FIELDS.items()
            for name, number in self[field].named()
        ]

    def none_of(self) -> list[RelationToFirm]:
        """The kinds of which the firm says that there is nobody."""
        return [kind for kind, field in RELATION_FIELDS.items() if self[f"no_{field}"].data]

    def _no_names_besides(self, field: Any) -> None:
        if field.data and self[field.name.removeprefix("no_")].data:
            raise ValidationError(
                gettext("위에 이름을 적으셨습니다. 없으면 이름을 지우고, 있으면 이 표시를 지워 주십시오.")
            )

    validate_no_customers = validate_no_competitors = validate_no_vendors = _no_names_besides

    def opened_version(self) -> int | None:
        return opened_version(self.version.data)


class TermsField(ChoicesField):
    """Proposed terms as boxes to tick; the page draws them itself, with the words that led to each."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class InterestForm(FlaskForm):
    """참여의향: which programme, who, and what hurts."""

    programme_id = ChoiceField(_l("사업"), coerce=id_or_none)
    region = open_choice(_l("소재지 (시·도)"))
    industry = open_choice(_l("업종"))
    employees = WholeNumberField(
        _l("상시근로자"), [Optional()], most=100_000, description=_l("상시근로자 수를 적습니다.")
    )
    size_class = open_choice(_l("기업규모"))
    problem = LongTextField(
        _l("무엇이 가장 불편하십니까?"),
        [Needed(_l("불편한 점을 한두 문장으로 적어 주십시오."))],
        limit=4000,
        description=_l(
            "현장에서 쓰는 말 그대로 적으십시오. 예: 도금이 벗겨져 반품이 들어오는데 원인을 모르겠습니다."
        ),
    )
    terms = TermsField(_l("필요분야"), validate_choice=False)

    BASICS = ("region", "industry", "employees", "size_class")

    @classmethod
    def of(cls, firm: Company, programmes: list[Programme]) -> InterestForm:
        """The form for a firm; what is known of it already is not asked again."""
        form = cls(data={"programme_id": programmes[0].id if programmes else None})
        form.programme_id.choices = options((row.id, choices.named(row)) for row in programmes)
        offer(form.region, choices.region_choices())
        offer(form.industry, choices.industry_choices())
        offer(form.size_class, choices.labelled(SIZE_CLASSES))
        for name in cls.BASICS:
            if getattr(firm, name) is not None:
                delattr(form, name)
        return form

    def basics(self) -> dict[str, Any]:
        return {name: self[name].data for name in self.BASICS if name in self}


class ReasonForm(FlaskForm):
    """One text that must be given: an objection or the answer to it."""

    text = LongTextField(_l("내용"), [NEEDED], limit=2000)


class WithdrawForm(FlaskForm):
    """A last question before a request is taken back."""

    reason = LongTextField(_l("취소 사유"), [Optional()], limit=500, description=_l("적지 않으셔도 됩니다."))


class CheckForm(FlaskForm):
    """The eligibility check: a result and a note for each item, and the reason of the decision."""

    reason = LongTextField(
        _l("사유"),
        limit=2000,
        description=_l("보완요청과 부적격에는 반드시 적습니다. 기업에 그대로 전달됩니다."),
    )

    @classmethod
    def of(cls, request: MentoringRequest, found: dict[str, Any]) -> CheckForm:
        """The form with what was noted before, else with what the site found by itself."""
        stored: dict[str, Any] = {}
        for item in ITEMS:
            noted = request.checks.get(item, {})
            stored[item] = noted.get("result") or str(found[item].result)
            stored[f"{item}_note"] = noted.get("note", "")
        return cls(data=stored)

    def checks(self) -> dict[str, dict[str, str]]:
        return {item: {"result": self[item].data, "note": self[f"{item}_note"].data or ""} for item in ITEMS}


for _item, _label in ITEMS.items():
    setattr(
        CheckForm,
        _item,
        ChoiceField(
            _l(_label),
            choices=[SelectChoice(str(result), _l(RESULT_LABELS[result])) for result in Result],
            default=str(Result.UNKNOWN),
        ),
    )
    setattr(CheckForm, f"{_item}_note", TextField(_l("메모"), limit=300))
