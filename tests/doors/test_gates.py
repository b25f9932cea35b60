"""Every door opens to those who are written down for it, by each method it has, and to no other."""

import pytest
import truth
from who import DOORS, ROLES, WHO

from talent.access import GRANTS, Permission, Policy, Role, Scope

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CLOSED = {"stranger": "sign in", "kiosk": "sign in", "deactivated": "sign in"}
NO_SUCH = ("stranger", "volunteer", "administrator")  # the method is looked at before who comes
# Where an auditor sends a form: a choice of one's own, and lists that are taken away, on record.
AUDITORS_FORMS = {
    "directory.columns", "directory.new_filter", "directory.edit_filter", "directory.remove_filter",
    "directory.export", "certificates.register_export",
    "shifts.new_view", "shifts.edit_view", "shifts.remove_view",
}  # fmt: skip


def answers(world, endpoint):
    """What the gate says to each method and role, as it is and as it is written down."""
    for rule in world.rules(endpoint):
        path = world.path(rule, world.here)
        others = world.methods(path) - rule.methods  # another door at the same address
        for method in (each for each in METHODS if each not in others):
            there = method in rule.methods
            for role in ROLES if there else NO_SUCH:
                expected = "405"
                if there:
                    expected = "open" if role in WHO[endpoint] else CLOSED.get(role, "closed")
                yield method, role, world.gate(role, path, method), expected


@pytest.mark.parametrize("endpoint", [door for door, _ in DOORS])
def test_a_door_opens_to_those_who_are_written_down(world, endpoint):
    wrong = [each for each in answers(world, endpoint) if each[2] != each[3]]
    assert wrong == []


def test_every_door_is_written_down_once_and_has_a_policy(world):
    there = {rule.endpoint for rule in world.rules()}
    assert len(DOORS) == len(WHO)
    assert set(WHO) == there
    assert [d for d in there if not isinstance(world.policy(d), Policy)] == []


def test_everybody_is_there(world):
    assert set(world.accounts) == set(ROLES)


def test_an_auditor_sends_no_form_but_these(world):
    forms = {
        rule.endpoint
        for rule in world.rules()
        if "POST" in rule.methods and world.policy(rule.endpoint).permission in GRANTS[Role.AUDITOR]
    }
    assert forms == AUDITORS_FORMS


@pytest.mark.parametrize("scope", Scope)
def test_whose_things_are_behind_a_door_goes_with_what_it_asks_for(world, scope):
    asked = {
        world.policy(rule.endpoint).permission
        for rule in world.rules()
        if world.policy(rule.endpoint).scope is scope
    }
    of_offices = {Permission(name) for name in truth.MAY}
    may = {
        Scope.PUBLIC: {Permission.PUBLIC, Permission.SIGNED_IN},
        Scope.TOKEN: {Permission.PUBLIC, Permission.SIGNED_IN},
        Scope.OWN: {Permission.SIGNED_IN, *of_offices},
        Scope.EITHER: {Permission.SIGNED_IN, *of_offices},
        Scope.OFFICE: of_offices | {Permission.SIGNED_IN},
        Scope.HOUSE: of_offices,
    }
    assert asked <= may[scope]
