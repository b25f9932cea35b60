"""Addresses in templates are those that Flask itself would write."""

import pytest
from flask import url_for

from talent.addresses import address

VALUES = (7, "a b", "东/区&?=#é", "+%")
SIGNS = "".join(map(chr, range(128)))
MORE = (
    {}, {"after": 3, "q": "a b&c", "none": None}, {"each": ["x", "é"], "yes": True},
    {"back": SIGNS, SIGNS: 1}, {"back": "/东区?a=b", "n": 2},
    {"each": []}, {"each": [], "n": 2, "东": "西"},
)  # fmt: skip


def _filled(rule, value):
    return {name: value if f"int:{name}" not in rule.rule else 12 for name in rule.arguments}


@pytest.mark.parametrize("root", ["", "/talent"])
def test_every_address_is_the_one_that_flask_writes(app, root):
    rules = [rule for rule in app.url_map.iter_rules() if "<any" not in rule.rule]
    assert len(rules) > 100
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
        for rule in rules:
            for value in VALUES:
                for more in MORE:
                    given = _filled(rule, value) | more
                    assert address(rule.endpoint, **given) == url_for(rule.endpoint, **given)


def test_what_flask_alone_can_write_it_writes(app):
    with app.test_request_context("/shifts/"):
        for endpoint, given in (
            ("shifts.show", {"shift_id": 3, "_anchor": "x"}),
            ("shifts.show", {"shift_id": 3, "_external": True}),
            (".index", {}),
        ):
            assert address(endpoint, **given) == url_for(endpoint, **given)


def test_a_missing_piece_is_no_address(app):
    with app.test_request_context("/"), pytest.raises(Exception, match="shift_id"):
        address("shifts.show")
