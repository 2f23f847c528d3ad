"""The last free place of an expert: however many want it at once, one gets it and the others are told."""

import pytest

from marketplace.audit import verify_chain
from tests.matching.racing import STEPS, Race

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize(("runners", "trials"), [(2, 3), (5, 2), (8, 2)])
def test_the_last_place_goes_to_exactly_one(app, verb, runners, trials):
    race = Race(app, verb, runners)
    for _ in range(trials):
        assert race.run() == {"won": 1, "conflict": runners - 1}
        assert race.holders() == 1
    assert verify_chain() is None
