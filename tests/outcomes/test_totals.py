"""Totals over mentorships: verified values alone, what is missing counted apart, few firms never shown to outsiders."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import event

from marketplace.access import Role
from marketplace.accounts.models import OrganisationKind
from marketplace.codes.actions import kpis
from marketplace.companies.eligibility import today
from marketplace.database import db
from marketplace.outcomes import actions
from marketplace.outcomes.actions import Stating
from marketplace.outcomes.models import BusinessEffect
from marketplace.outcomes.queries_totals import outcomes_of_programme, outcomes_of_sponsor
from marketplace.outcomes.totals import EffectOutcome, Figures, GoalOutcome, Outcome, grouped
from tests import factories
from tests.conftest import sign_in
from tests.outcomes.world import PERIOD, running


def goal(value: str | None = None, better: str | None = None, reached: str | None = None, field: str = "Q"):
    def number(text):
        return None if text is None else Decimal(text)

    return GoalOutcome(
        "Q1", field, "%", 1000, Decimal(4), Decimal(1), number(value), number(better), number(reached)
    )


def outcome(firm: int, *goals: GoalOutcome, **facts) -> Outcome:
    return Outcome(firm, firm, facts.pop("region", "48"), "C25", facts.pop("sponsor", None), goals, **facts)


def test_goals_without_a_value_count_as_missing_and_never_as_nothing_gained():
    figures = Figures.of(
        [outcome(1, goal("1", "75", "100")), outcome(2, goal()), outcome(3, goal("2", "50", "66"))]
    )
    quality = figures.fields[0]
    assert (quality.goals, quality.collected, quality.computed, quality.better) == (3, 2, 2, 2)
    assert (quality.middle, quality.least, quality.most) == (Decimal("62.5"), Decimal(50), Decimal(75))
    assert (figures.mentorships, figures.measured, figures.achievement) == (3, 2, Decimal(83))


def test_a_goal_whose_former_value_was_nothing_has_a_value_but_no_rate():
    figure = Figures.of([outcome(1, goal("0", None, "0"))]).fields[0]
    assert (figure.collected, figure.computed, figure.middle) == (1, 0, None)


def test_effects_are_summed_by_kind_and_unit_and_count_firms_that_rose_and_fell():
    def effects(*changes: tuple[str, str, int]):
        return [EffectOutcome(kpi, unit, Decimal(change)) for kpi, unit, change in changes]

    figures = Figures.of(
        [
            outcome(1, effects=effects(("B3", "명", 5), ("B1", "백만원/년", 2000))),
            outcome(2, effects=effects(("B3", "명", -2))),
            outcome(3, effects=effects(("B3", "명", 0))),
        ]
    )
    sales, jobs = figures.effects
    assert (sales.total, sales.firms) == (Decimal(2000), 1)
    assert (jobs.total, jobs.firms, jobs.rose, jobs.fell) == (Decimal(3), 3, 1, 1)


def test_outsiders_see_no_figure_that_fewer_than_three_firms_stand_behind():
    two = [
        outcome(firm, goal("1", "75", "100"), effects=[EffectOutcome("B3", "명", Decimal(5))])
        for firm in (1, 2)
    ]
    few, enough = Figures.of(two).guarded(), Figures.of([*two, outcome(3, goal("2", "50", "66"))]).guarded()
    assert (few.fields, few.effects, few.achievement) == ([], [], None)
    assert (few.mentorships, few.measured) == (2, 2)
    assert (len(enough.fields), enough.effects, enough.achievement) == (1, [], Decimal(100))
    # Many mentorships of one firm are still one firm.
    same = [outcome(1, goal("1", "75", "100")) for _ in range(5)]
    assert Figures.of(same).guarded().fields == []


def test_groups_hold_every_mentorship_once_the_largest_first():
    outcomes = [outcome(1, region="48"), outcome(2, region="47"), outcome(3, region="47")]
    found = grouped(outcomes, lambda one: one.region)
    assert [(name, figures.mentorships) for name, figures in found] == [("47", 2), ("48", 1)]


@pytest.fixture
def world(app):
    return running()


def effect(world, before: int, after: int, kpi: str = "B3") -> BusinessEffect:
    return actions.enter_effect(
        world.mentorship, kpi=kpi, before=Decimal(before), after=Decimal(after), stating=PERIOD, by=world.firm
    )


@pytest.mark.both_databases
def test_of_a_programme_only_the_newest_verified_values_count(world):
    older = Stating(PERIOD.starts_on.replace(year=today().year - 1), PERIOD.starts_on, "일보", "사본")
    actions.verify(world.measure("2", stating=older), by=world.operator)
    actions.verify(world.measure("1"), by=world.operator)
    world.measure("0.5", stating=Stating(today(), today(), "일보", "사본"))
    actions.verify(effect(world, 20, 25), by=world.operator)
    effect(world, 1000, 3000, "B1")
    db.session.expire_all()
    (one,) = outcomes_of_programme(world.mentorship.programme)
    assert [(goal.kpi, goal.value) for goal in one.goals] == [("Q1", Decimal(1)), ("P4", None)]
    assert (one.goals[0].improvement, one.goals[0].achievement) == (Decimal(75), Decimal(100))
    assert [(effect.kpi, effect.change) for effect in one.effects] == [("B3", Decimal(5))]
    assert one.waiting == 2
    assert (one.overall.rate, one.overall.collected) == (Decimal(100), 600)


def test_staff_see_the_totals_with_definitions_and_others_do_not(world, app):
    actions.verify(world.measure("1"), by=world.operator)
    actions.verify(effect(world, 20, 25), by=world.operator)
    for user in (world.operator, world.official, factories.user(Role.AUDITOR)):
        page = sign_in(app.test_client(), user).get("/outcomes/totals").text
        assert "+75%" in page
        assert "+5" in page
        assert "중단된 것도 들어 있습니다" in page
    for user in (world.firm, world.expert, factories.user(Role.SPONSOR)):
        assert sign_in(app.test_client(), user).get("/outcomes/totals").status_code == 403
    elsewhere = running()
    address = f"/outcomes/totals?programme={world.mentorship.programme.id}"
    assert sign_in(app.test_client(), elsewhere.operator).get(address).status_code == 404


@pytest.mark.parametrize(
    "address", ["?programme=0", "?programme=999999999999999999999", "?programme=x&programme=1"]
)
def test_a_strange_address_is_answered_politely(world, app, address):
    answer = sign_in(app.test_client(), world.operator).get("/outcomes/totals" + address)
    assert answer.status_code in (200, 404)


def test_the_file_holds_every_value_with_its_state_and_goals_without_one(world, app):
    actions.verify(world.measure("1"), by=world.operator)
    effect(world, 20, 25)
    answer = sign_in(app.test_client(), world.operator).post("/exports/outcomes", data={"format": "csv"})
    file = answer.data.decode("utf-8-sig")
    lines = [line for line in file.splitlines() if line.strip()]
    assert len(lines) == 4
    assert "미수집" in file
    assert "확인됨" in file
    assert "확인 대기" in file
    names = {kpi.code: kpi.name_ko for kpi in kpis()}
    assert names["Q1"] in file


def test_a_sponsor_sees_what_its_money_came_to_but_no_firm(app):
    sponsor = factories.user(Role.SPONSOR, factories.organisation(OrganisationKind.SPONSOR))
    mine, other = [], running()
    for _ in range(3):
        made = running(sponsor_id=sponsor.organisation_id)
        actions.verify(made.measure("1"), by=made.operator)
        mine.append(made)
    actions.verify(other.measure("3"), by=other.operator)
    page = sign_in(app.test_client(), sponsor).get("/contribution/outcomes").text
    assert "3건" in page
    assert "+75%" in page
    assert "+25%" not in page
    assert not any(made.mentorship.request.company.name in page for made in [*mine, other])
    assert sign_in(app.test_client(), other.operator).get("/contribution/outcomes").status_code == 403


def test_a_sponsor_with_two_firms_sees_counts_alone(app):
    sponsor = factories.user(Role.SPONSOR, factories.organisation(OrganisationKind.SPONSOR))
    for _ in range(2):
        made = running(sponsor_id=sponsor.organisation_id)
        actions.verify(made.measure("1"), by=made.operator)
    page = sign_in(app.test_client(), sponsor).get("/contribution/outcomes").text
    assert "2건" in page
    assert "+75%" not in page
    assert "3개보다 적으면" in page


def test_the_outcomes_of_many_take_as_many_statements_as_those_of_one(app):
    sponsor = factories.user(Role.SPONSOR, factories.organisation(OrganisationKind.SPONSOR))
    counted = []
    for _ in range(2):
        for _ in range(1 + 3 * len(counted)):
            made = running(sponsor_id=sponsor.organisation_id)
            actions.verify(made.measure("1"), by=made.operator)
            actions.verify(effect(made, 20, 25), by=made.operator)
        db.session.expire_all()
        sponsor.organisation_id  # loaded before it is counted  # noqa: B018
        statements: list[str] = []

        def watch(*args, into=statements):
            into.append(args[2])

        event.listen(db.engine, "before_cursor_execute", watch)
        found = outcomes_of_sponsor(sponsor)
        event.remove(db.engine, "before_cursor_execute", watch)
        counted.append(len(statements))
    assert len(found) == 5
    assert counted[0] == counted[1]
