"""The codes in force, and how staff change them. Rows are ended or retired, never deleted."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from marketplace.access import Permission, require
from marketplace.audit import recorded
from marketplace.codes import book
from marketplace.codes.models import Industry, Kpi, Region
from marketplace.database import db
from marketplace.errors import N_, NotFound, RuleBroken
from marketplace.events import Event


def current_codebook() -> book.CodeBook:
    """Industries and regions as the database has them. Two statements."""
    return book.CodeBook(
        [
            book.Industry(row.code, row.name_ko, row.name_en)
            for row in db.session.scalars(select(Industry).order_by(Industry.code))
        ],
        [
            book.Region(
                row.code,
                row.name_ko,
                row.short_ko,
                row.name_en,
                row.valid_from,
                row.valid_to,
                tuple(row.aliases),
            )
            for row in db.session.scalars(select(Region).order_by(Region.code, Region.id))
        ],
    )


def industries() -> list[Industry]:
    """All divisions by code."""
    return list(db.session.scalars(select(Industry).order_by(Industry.code)))


def regions(on: date | None = None) -> list[Region]:
    """Regions by code; only those that stand on a day when one is given."""
    rows = list(db.session.scalars(select(Region).order_by(Region.code, Region.id)))
    if on is None:
        return rows
    standing = {region.code for region in current_codebook().regions_valid_on(on)}
    return [row for row in rows if row.code in standing]


def kpis(retired: bool = False) -> list[Kpi]:
    """The catalogue by code, without retired indicators unless asked for."""
    query = select(Kpi).order_by(Kpi.id)
    return list(db.session.scalars(query if retired else query.where(Kpi.retired.is_(False))))


def region_with(row_id: int) -> Region:
    """The region row, or NotFound."""
    found = db.session.get(Region, row_id)
    if found is None:
        raise NotFound(row_id)
    return found


def kpi_with(code: str) -> Kpi:
    """The indicator, or NotFound."""
    found = db.session.scalar(select(Kpi).where(Kpi.code == code))
    if found is None:
        raise NotFound(code)
    return found


def save_region(region: Region | None, values: dict[str, Any], *, by: Any) -> Region:
    """Add or change a region; a code may not stand twice on the same day."""
    require(by, Permission.EDIT_REFERENCE)
    with recorded(by, Event.CODE_SAVED, region, values=_plain(values)) as record:
        region = region or Region()
        for name, value in values.items():
            setattr(region, name, value)
        db.session.add(region)
        for other in db.session.scalars(select(Region).where(Region.code == region.code)):
            if other is not region and _overlap(other, region):
                raise RuleBroken(
                    N_("같은 코드의 지역이 이 기간에 이미 있습니다. 먼저 있던 지역의 종료일을 정하십시오."),
                    field="valid_from",
                )
        record.thing = region
    return region


def save_kpi(kpi: Kpi | None, values: dict[str, Any], *, by: Any) -> Kpi:
    """Add or change an indicator; one that is no longer used is retired."""
    require(by, Permission.EDIT_REFERENCE)
    with recorded(by, Event.CODE_SAVED, kpi, values=_plain(values)) as record:
        kpi = kpi or Kpi()
        for name, value in values.items():
            setattr(kpi, name, value)
        db.session.add(kpi)
        record.thing = kpi
    return kpi


def save_industry(industry: Industry, values: dict[str, Any], *, by: Any) -> Industry:
    """Change the names of a division."""
    require(by, Permission.EDIT_REFERENCE)
    with recorded(by, Event.CODE_SAVED, industry, values=_plain(values)):
        for name, value in values.items():
            setattr(industry, name, value)
    return industry


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _overlap(one: Region, other: Region) -> bool:
    first, last = date.min, date.max
    return (one.valid_from or first) <= (other.valid_to or last) and (other.valid_from or first) <= (
        one.valid_to or last
    )
