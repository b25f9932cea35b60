"""Every line of the policy taken away once, and everything behind every door for every role."""

import pytest
from extras import difference
from fields import SEES, seen, too_much
from gates import survivors
from objects import doors_with_things, faults
from who import DOORS


@pytest.mark.parametrize("endpoint", [door for door, _ in DOORS])
def test_no_weaker_policy_goes_unseen(world, endpoint):
    assert survivors(world, endpoint) == []


@pytest.mark.parametrize("endpoint", doors_with_things())
def test_nobody_at_all_is_told_of_what_is_another_ones(world, endpoint):
    assert list(faults(world, endpoint, every=True)) == []


@pytest.mark.parametrize("endpoint", [door for door, _ in DOORS])
def test_no_field_that_is_not_asked_for_changes_anything(world, endpoint):
    for rule in world.rules(endpoint):
        if {"GET", "POST"} <= rule.methods:
            assert difference(world, rule) is None


def test_each_role_sees_of_people_what_is_written_down_for_it_and_no_more(world):
    wrong, told = {}, {}
    for door, _ in DOORS:
        shown = set(seen(world, door))
        if found := too_much(world, door, shown):
            wrong[door] = found
        for role, whose, field in shown:
            told.setdefault(role, {}).setdefault(whose, set()).add(field)
    assert wrong == {}
    assert told == SEES
