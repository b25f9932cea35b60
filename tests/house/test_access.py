"""Doors are closed by default, and each opens to the roles that hold its permission."""

from pathlib import Path

import pytest
from truth import MAY, ROLES

from talent import web
from talent.access import GRANTS, Permission, Role

DOORS = Path(__file__).parent / "doors.txt"


def doors(app):
    """Every route: methods, address, endpoint, permission."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, sorted(r.methods))):
        if rule.endpoint != "static":
            view = app.view_functions[rule.endpoint]
            permission = getattr(view, "permission", None)
            yield rule, sorted(rule.methods - {"HEAD", "OPTIONS"}), permission


@pytest.mark.parametrize("permission", MAY)
def test_each_role_holds_what_the_truth_table_says(permission):
    expected = {r for r, mark in zip(ROLES, MAY[permission].split(), strict=True) if mark == "x"}
    assert {role.value for role in Role if Permission(permission) in GRANTS[role]} == expected


def test_the_truth_table_names_every_permission():
    assert {*MAY, "public", "signed_in"} == {p.value for p in Permission}


def test_an_auditor_writes_nothing():
    assert all(p.name.startswith("SEE_") for p in GRANTS[Role.AUDITOR])


def test_every_route_declares_its_permission(app):
    assert [rule.rule for rule, _, permission in doors(app) if permission is None] == []


def test_every_parameter_of_a_route_is_typed(app):
    untyped = [
        rule.rule
        for rule, _, _ in doors(app)
        for name in rule.arguments
        if f":{name}>" not in rule.rule and not name.endswith(("token", "number", "kind", "code"))
    ]
    assert untyped == []


def test_the_list_of_doors_is_the_one_that_was_agreed(app):
    assert web.doors() == DOORS.read_text(encoding="utf-8").splitlines()


def test_a_stranger_of_htmx_is_sent_to_sign_in_as_a_whole_page(browser):
    answer = browser.get("/shifts/mine", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/account/sign-in?next=")
