"""Every door opens to those who are written down for it, by each method it has, and to no other."""

import pytest
from gates import survivors, wrong
from who import DOORS, ROLES, WHO

from talent.access import GRANTS, Policy, Role

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
NO_SUCH = ("stranger", "volunteer", "administrator")  # the method is looked at before who comes
# Where an auditor sends a form: a choice of one's own, and lists that are taken away, on record.
AUDITORS_FORMS = {
    "directory.columns", "directory.new_filter", "directory.edit_filter", "directory.remove_filter",
    "directory.export", "certificates.register_export", "reports.audit_export",
    "shifts.new_view", "shifts.edit_view", "shifts.remove_view",
}  # fmt: skip


@pytest.mark.parametrize("endpoint", [door for door, _ in DOORS])
def test_a_door_opens_to_those_who_are_written_down(world, endpoint):
    assert list(wrong(world, endpoint)) == []


@pytest.mark.parametrize("endpoint", [door for door, _ in DOORS])
def test_a_method_that_a_door_has_not_is_refused(world, endpoint):
    for rule in world.rules(endpoint):
        path = world.path(rule, world.here)
        for method in METHODS - world.methods(path):
            assert {world.gate(role, path, method) for role in NO_SUCH} == {"405"}


@pytest.mark.parametrize("endpoint", [door for door, _ in DOORS][::40])
def test_a_weaker_policy_is_seen(world, endpoint):
    assert survivors(world, endpoint) == []


@pytest.mark.parametrize(("role", "status"), [("stranger", 303), ("volunteer", 403)])
def test_who_is_not_let_in_gets_the_page_that_says_so(world, role, status):
    doors = [door for door, roles in DOORS if role not in roles][::25]
    for rule in (world.rules(door)[0] for door in doors):
        answer = world.ask(role, world.path(rule, world.here), max(rule.methods))
        assert answer.status_code == status, rule
        assert status == 403 or answer.location.startswith("/account/sign-in")


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
