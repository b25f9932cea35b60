"""What is known of people is shown to whom it is meant for, and at the doors that say so."""

import canaries
from fields import seen, too_much
from who import DOORS

from talent.access import Field

FEW = ("volunteer", "pending", "leader", "auditor", "coordinator", "manager", "administrator")
SOME = 9  # of the doors that show nothing, one of so many is looked at


def shows(world):
    return [door for door, _ in DOORS if world.policy(door).shows]


def test_a_door_shows_the_fields_that_it_declares_to_those_who_are_to_see_them(world):
    wrong, idle = {}, {}
    for door in shows(world):
        shown = set(seen(world, door, FEW))
        if found := too_much(world, door, shown):
            wrong[door] = found
        if missing := world.policy(door).shows - {field for _, _, field in shown}:
            idle[door] = missing
    assert (wrong, idle) == ({}, {})


def test_other_doors_show_nothing_of_people(world):
    silent = [door for door, _ in DOORS if not world.policy(door).shows][::SOME]
    assert {d: f for d in silent if (f := set(seen(world, d, FEW[-2:])))} == {}


def test_every_field_is_marked_here_and_there(world):
    for whose in canaries.WHOSE:
        marked = {field for owner, field in world.marks.values() if owner == whose}
        assert marked >= set(Field) - ({Field.GUARDIAN} if whose == "office" else set())
