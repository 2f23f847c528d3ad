"""The schema: one head, up and down, with every constraint that the models name."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, inspect
from sqlalchemy.exc import IntegrityError

from marketplace import migrate
from marketplace import settings as settings_module
from marketplace.companies.states import RequestState
from marketplace.database import db
from marketplace.matching.models import MatchCase
from marketplace.matching.states import CaseState
from marketplace.models import Base
from marketplace.reference import load_reference
from tests import factories
from tests.conftest import settings_for
from tests.matching.world import World


def test_there_is_one_head():
    assert len(ScriptDirectory.from_config(migrate.configuration()).get_heads()) == 1


@pytest.mark.both_databases
def test_the_migrated_database_equals_the_models(app):
    command.check(migrate.configuration())


@pytest.mark.both_databases
def test_every_named_constraint_of_the_models_stands_in_the_database(app):
    found = inspect(db.engine)
    missing = []
    for table in Base.metadata.sorted_tables:
        there = {c["name"] for c in found.get_check_constraints(table.name)}
        there |= {c["name"] for c in found.get_unique_constraints(table.name)}
        there |= {c["name"] for c in found.get_foreign_keys(table.name)}
        wanted = [
            c.name
            for c in table.constraints
            if isinstance(c, CheckConstraint | UniqueConstraint | ForeignKeyConstraint)
        ]
        missing += [name for name in wanted if name not in there]
    assert missing == []


@pytest.mark.both_databases
def test_the_schema_goes_down_and_up_again_with_data_in_it(app, database_url):
    db.session.rollback()
    db.engine.dispose()
    settings_module.use(settings_for(database_url))
    migrate.downgrade("base")
    migrate.upgrade()
    assert load_reference()["terms"] > 0


@pytest.mark.both_databases
def test_stopped_cases_go_down_as_withdrawn_and_nothing_else_is_lost(app, database_url):
    case = World().case(CaseState.STOPPED)
    _set_state(case.request, RequestState.STOPPED)
    number, candidates = case.id, len(case.candidates)
    db.session.rollback()
    db.engine.dispose()
    settings_module.use(settings_for(database_url))
    migrate.downgrade("0001")
    migrate.upgrade()
    case = db.session.get_one(MatchCase, number, populate_existing=True)
    assert (case.state, case.request.state) == (CaseState.WITHDRAWN, RequestState.WITHDRAWN)
    assert (len(case.candidates), case.relations, case.reminded_at) == (candidates, None, None)


@pytest.mark.both_databases
def test_a_stopped_case_has_a_reason(app):
    case = World().case(CaseState.STOPPED)
    case.reason = None
    with pytest.raises(IntegrityError, match="stop_has_a_reason"):
        factories.save(case)


def _set_state(thing, state):
    thing.state = state
    factories.save(thing)
    db.session.expire_all()


def test_a_migration_never_imports_the_application():
    for path in (migrate.MIGRATIONS / "versions").glob("*.py"):
        assert "marketplace" not in path.read_text("utf-8").split('"""', 2)[2]
