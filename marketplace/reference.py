"""Loads the reference data of the package: taxonomy, codes, KPI, consent texts, the programme of the year.

Loading twice changes nothing. A row that is already there is kept as it is, since staff may have edited it;
only what is missing is added.
"""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import ConsentText, Organisation
from marketplace.audit import recorded
from marketplace.codes.models import Industry, Kpi, Region
from marketplace.database import db
from marketplace.events import Event
from marketplace.programmes.models import Programme, ProgrammeState, Tier
from marketplace.taxonomy.actions import put_version
from marketplace.taxonomy.models import Group, Term
from marketplace.taxonomy.vocabulary import packaged_lexicon


def _read(name: str) -> Any:
    return json.loads((resources.files("marketplace") / "data" / name).read_text("utf-8"))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def load_reference() -> dict[str, int]:
    """Add whatever is missing, in one transaction; how many rows of each kind were added."""
    with recorded(None, Event.REFERENCE_LOADED) as record:
        added = {
            "groups": _add_groups(),
            "terms": _add_terms(),
            "industries": _add_industries(),
            "regions": _add_regions(),
            "kpis": _add_kpis(),
            "consent_texts": _add_consent_texts(),
            "programmes": _add_programme(),
        }
        if added["terms"]:
            put_version("loaded from the package")
        record.facts.update(added)
        if not any(added.values()):
            record.cancel()
    return added


def _known(column: Any) -> set[Any]:
    return set(db.session.scalars(select(column)))


def _add(rows: list[Any]) -> int:
    db.session.add_all(rows)
    return len(rows)


def _add_groups() -> int:
    known = _known(Group.code)
    return _add(
        [
            Group(code=row["id"], name_ko=row["ko"], name_en=row["en"], position=position)
            for position, row in enumerate(_read("taxonomy.json")["groups"])
            if row["id"] not in known
        ]
    )


def _add_terms() -> int:
    known = _known(Term.code)
    lexicon = packaged_lexicon()
    return _add(
        [
            Term(
                code=row["id"],
                group_code=row["group"],
                name_ko=row["ko"],
                name_en=row["en"],
                synonyms=row["synonyms"],
                symptoms_ko=lexicon.get(row["id"], {}).get("symptoms_ko", []),
                symptoms_en=lexicon.get(row["id"], {}).get("symptoms_en", []),
                methods_ko=lexicon.get(row["id"], {}).get("methods_ko", []),
                since_version=1,
            )
            for row in _read("taxonomy.json")["terms"]
            if row["id"] not in known
        ]
    )


def _add_industries() -> int:
    known = _known(Industry.code)
    return _add(
        [
            Industry(code=row["code"], name_ko=row["ko"], name_en=row["en"])
            for row in _read("codes.json")["ksic_divisions"]
            if row["code"] not in known
        ]
    )


def _add_regions() -> int:
    known = _known(Region.code)
    return _add(
        [
            Region(
                code=row["code"],
                name_ko=row["ko"],
                short_ko=row["short"],
                name_en=row["en"],
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
                aliases=row["aliases"],
            )
            for row in _read("codes.json")["sido"]
            if row["code"] not in known
        ]
    )


def _add_kpis() -> int:
    known = _known(Kpi.code)
    return _add(
        [
            Kpi(
                code=row["code"],
                field=row["field"],
                name_ko=row["ko"],
                name_en=row["en"],
                unit=row["unit"],
                direction=row["direction"],
                formula=row["formula"],
            )
            for row in _read("kpis.json")
            if row["code"] not in known
        ]
    )


def _add_consent_texts() -> int:
    known = {(row.kind, row.version) for row in db.session.scalars(select(ConsentText))}
    return _add(
        [
            ConsentText(**{**row, "valid_from": _day(row["valid_from"])})
            for row in _read("consents.json")
            if (row["kind"], row["version"]) not in known
        ]
    )


def _add_programme() -> int:
    data = _read("programme.json")
    facts = data["programme"]
    if facts["code"] in _known(Programme.code):
        return 0
    bodies = {row["kind"]: _organisation(row) for row in data["organisations"]}
    db.session.flush()
    programme = Programme(
        **{**facts, "opens_on": _day(facts["opens_on"]), "closes_on": _day(facts["closes_on"])},
        state=ProgrammeState.OPEN,
        operator_id=bodies["operator"].id,
        ministry_id=bodies["ministry"].id,
    )
    programme.tiers = [Tier(**row) for row in data["tiers"]]
    return _add([programme])


def _organisation(row: dict[str, str]) -> Organisation:
    found = db.session.scalar(
        select(Organisation).where(Organisation.kind == row["kind"], Organisation.name == row["name"])
    )
    if found is None:
        found = Organisation(**row)
        db.session.add(found)
    return found
