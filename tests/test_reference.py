"""The reference data of the package."""

import pytest
from sqlalchemy import delete, func, select

from marketplace.access import Role
from marketplace.audit import recorded
from marketplace.codes.actions import current_codebook, save_industry
from marketplace.codes.models import Industry, Kpi
from marketplace.database import db
from marketplace.errors import RuleBroken
from marketplace.events import Event
from marketplace.reference import load_reference
from marketplace.taxonomy.actions import current_vocabulary, replace_term, save_term, term_with
from tests import factories

pytestmark = pytest.mark.both_databases


def test_loading_again_changes_nothing(app):
    assert set(load_reference().values()) == {0}


def test_a_site_that_knew_manufacturing_only_is_given_the_other_divisions_once(app):
    operator = factories.user(Role.OPERATOR)
    changed = db.session.scalars(select(Industry).where(Industry.code == "C25")).one()
    save_industry(changed, {"name_ko": "금속가공업", "name_en": "Metalworking"}, by=operator)
    with recorded(None, Event.REFERENCE_LOADED):
        db.session.execute(delete(Industry).where(Industry.code.not_like("C%")))
    assert current_codebook().industry("J62") is None
    added = load_reference()
    assert (added.pop("industries"), set(added.values())) == (52, {0})
    assert current_codebook().industry("J62") == "J62"
    assert current_codebook().industries["C25"].ko == "금속가공업"
    assert set(load_reference().values()) == {0}


def test_the_database_answers_like_the_package(app):
    assert db.session.scalar(select(func.count()).select_from(Kpi)) == 29
    assert current_codebook().industry("금속 가공제품 제조업") == "C25"
    assert current_codebook().industry("연구개발업") == "M70"
    assert len(current_codebook().industries) == 77
    assert current_vocabulary().resolve("제조실행시스템") == "SYS-01"


def test_a_changed_term_is_read_at_once_and_makes_a_new_version(app):
    operator = factories.user(Role.OPERATOR)
    before = current_vocabulary()
    save_term("SYS-01", {"synonyms": ["MES", "생산 두뇌"]}, by=operator)
    assert current_vocabulary().resolve("생산두뇌") == "SYS-01"
    assert current_vocabulary().version != before.version


def test_a_synonym_may_not_mean_two_terms(app):
    operator = factories.user(Role.OPERATOR)
    with pytest.raises(RuleBroken) as refused:
        save_term("SYS-02", {"synonyms": ["MES"]}, by=operator)
    assert refused.value.field == "synonyms"


def test_a_replaced_term_stays_and_leads_to_its_successor(app):
    operator = factories.user(Role.OPERATOR)
    replace_term("SYS-02", "SYS-01", by=operator)
    assert term_with("SYS-02").replaced_by == "SYS-01"
    assert current_vocabulary().resolve("POP") == "SYS-01"
