"""What is known of people is shown to whom it is meant for, and at the doors that say so."""

import canaries
import pytest
from fields import seen, too_much
from who import DOORS

from talent.access import Field

FEW = ("volunteer", "pending", "leader", "auditor", "coordinator", "manager", "administrator")
SOME = 9  # of the doors that show nothing, one of so many is looked at


@pytest.fixture(scope="module")
def marks(world):
    """The marks that were planted."""
    return canaries.plant(world)


def shows(world):
    return [door for door, _ in DOORS if world.policy(door).shows]


def test_a_door_shows_the_fields_that_it_declares_to_those_who_are_to_see_them(world, marks):
    wrong, idle = {}, {}
    for door in shows(world):
        shown = set(seen(world, marks, door, FEW))
        if found := too_much(world, door, shown):
            wrong[door] = found
        if missing := world.policy(door).shows - {field for _, _, field in shown}:
            idle[door] = missing
    assert (wrong, idle) == ({}, {})


def test_other_doors_show_nothing_of_people(world, marks):
    silent = [door for door, _ in DOORS if not world.policy(door).shows][::SOME]
    assert {d: f for d in silent if (f := set(seen(world, marks, d, FEW[-2:])))} == {}


def test_every_field_is_marked_here_and_there(marks):
    for whose in canaries.WHOSE:
        marked = {field for owner, field in marks.values() if owner == whose}
        assert marked >= set(Field) - ({Field.GUARDIAN} if whose == "office" else set())
