"""The codes as rows for a file."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from marketplace.accounts.models import User
from marketplace.codes import actions
from marketplace.errors import N_

REGIONS = (N_("코드"), N_("이름"), N_("약칭"), N_("영어"), N_("사용 시작일"), N_("사용 종료일"))
INDUSTRIES = (N_("코드"), N_("한국어"), N_("영어"))
KPIS = (N_("코드"), N_("분야"), N_("한국어"), N_("영어"), N_("단위"), N_("좋은 방향"), N_("산식"), N_("상태"))


def region_rows(user: User) -> list[list[Any]]:
    """Every region, also those that have ended."""
    return [
        [row.code, row.name_ko, row.short_ko, row.name_en, row.valid_from, row.valid_to]
        for row in actions.regions()
    ]


def industry_rows(user: User) -> list[list[Any]]:
    """Every division."""
    return [[row.code, row.name_ko, row.name_en] for row in actions.industries()]


def kpi_rows(user: User) -> list[list[Any]]:
    """Every indicator, also those no longer used."""
    return [
        [
            row.code,
            row.field,
            row.name_ko,
            row.name_en,
            row.unit,
            gettext("높을수록 좋음") if row.direction == "up" else gettext("낮을수록 좋음"),
            row.formula,
            gettext("사용 종료") if row.retired else gettext("사용 중"),
        ]
        for row in actions.kpis(retired=True)
    ]


SHEETS = {
    "regions": (REGIONS, region_rows),
    "industries": (INDUSTRIES, industry_rows),
    "kpis": (KPIS, kpi_rows),
}
