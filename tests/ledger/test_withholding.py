"""Shares, their sums, and what is withheld: whole won, always adding up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.ledger.states import Income
from marketplace.ledger.withholding import Rates, withheld_from
from marketplace.programmes.sharing import Parts, split, spread
from tests import factories

WON = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("gross", "income", "income_tax", "local_tax"),
    [
        (350_000, Income.BUSINESS, 10_500, 1_050),
        (350_000, Income.OTHER, 28_000, 2_800),
        (1_000_000, Income.BUSINESS, 30_000, 3_000),
        (1_000_000, Income.OTHER, 80_000, 8_000),
        (333_333, Income.BUSINESS, 9_990, 990),  # 9,999.99 and 999: both cut to tens
        (333_333, Income.OTHER, 26_660, 2_660),  # 26,666.64 and 2,666
        (125_000, Income.OTHER, 0, 0),  # 50,000 after expenses: left untaxed
        (125_001, Income.OTHER, 10_000, 1_000),
        (125_000, Income.BUSINESS, 3_750, 370),  # no such floor for business income
        (333, Income.BUSINESS, 0, 0),
        (0, Income.OTHER, 0, 0),
    ],
)
def test_taxes_are_cut_to_ten_won_each(gross, income, income_tax, local_tax):
    found = withheld_from(gross, income, Rates())
    assert (found.income_tax, found.local_tax) == (income_tax, local_tax)
    assert found.net + found.total == gross


def test_the_rates_are_those_of_the_programme(app):
    programme = factories.programme(withholding_business=50, untaxed_income=0)
    rates = Rates.of(programme)
    assert withheld_from(100_000, Income.BUSINESS, rates).total == 5_500
    assert withheld_from(125_000, Income.OTHER, rates).total == 11_000
    assert Rates.of(factories.programme()) == Rates()


@given(WON, st.sampled_from(list(Income)))
def test_never_more_than_the_law_says_and_less_than_ten_won_under_it_each(gross, income):
    share = Fraction(3, 100) if income is Income.BUSINESS else Fraction(4, 10) * Fraction(2, 10)
    found = withheld_from(gross, income, Rates())
    if income is Income.OTHER and gross * Fraction(4, 10) <= 50_000:
        assert found.total == 0
        return
    assert 0 <= gross * share - found.income_tax < 10
    assert 0 <= found.income_tax * Fraction(1, 10) - found.local_tax < 10
    assert found.income_tax % 10 == found.local_tax % 10 == 0


@given(WON, st.lists(st.integers(0, 333), min_size=3, max_size=3), st.integers(1, 200))
def test_the_parts_of_a_price_add_up_and_only_the_firm_bears_the_rounding(price, shares, visits):
    parts = split(price, *shares)
    assert parts.total == price
    for part, share in zip((parts.government, parts.sponsor, parts.local), shares, strict=True):
        assert 0 <= Fraction(price * share, 1000) - part < 1
    assert 0 <= parts.firm - Fraction(price * (1000 - sum(shares)), 1000) < 3
    assert parts.times(visits).total == price * visits


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6).filter(any), st.data())
def test_what_is_spread_adds_up_and_fits_everywhere(room, data):
    amount = data.draw(st.integers(0, sum(room)))
    parts = spread(amount, room)
    assert sum(parts) == amount
    for part, place in zip(parts, room, strict=True):
        assert 0 <= part <= place
        assert abs(part - Fraction(amount * place, sum(room))) < len(room)


def test_what_does_not_fit_or_is_below_zero_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        spread(3, [1, 1])
    with pytest.raises(ValueError, match="below zero"):
        Parts(1, -1)
    with pytest.raises(ValueError, match="below zero"):
        withheld_from(-1, Income.OTHER, Rates())
    with pytest.raises(ValueError, match="beyond the whole"):
        split(100, 500, 400, 101)


def test_a_tier_costs_each_source_so_many_times_its_part_of_a_visit(app):
    tier = factories.programme().tiers[0]
    tier.unit_price, tier.visits = 333_333, 24
    assert tier.shares() == dict(tier.visit_shares().times(24).items())
    assert sum(tier.shares().values()) == tier.total
