"""What a form does not ask for changes nothing."""

import pytest
from extras import difference
from who import DOORS

SOME = 12  # of the doors with a form, one of so many is tried; the long run tries them all


@pytest.mark.parametrize("endpoint", [door for door, _ in DOORS][::SOME])
def test_a_field_that_is_not_asked_for_changes_nothing(world, endpoint):
    for rule in world.rules(endpoint):
        if {"GET", "POST"} <= rule.methods:
            assert difference(world, rule) is None
