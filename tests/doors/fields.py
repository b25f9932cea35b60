"""What of a person each role is ever shown, written out by hand, and where the answers show it."""

from __future__ import annotations

import canaries
from who import ROLES, WHO

from talent.access import Field
from talent.directory.columns import Shown

ALL = frozenset(Field)
_FILE = {Field.PHONE, Field.MAIL, Field.BIRTH, Field.AREA, Field.EMERGENCY}
_LISTED = {Field.AREA, Field.BIRTH, Field.MAIL}
_SAID = {Field.NOTES, Field.REASONS}
# Of whom: oneself and one's child, others of the office, and nobody of an office elsewhere.
SEES = {
    "volunteer": {"own": ALL - {Field.GUARDIAN}, "office": _SAID},
    "leader": {"own": {Field.REASONS}, "office": {Field.REASONS}},
    "coordinator": {"own": ALL - {Field.IDENTITY}, "office": _LISTED | {Field.PHONE} | _SAID},
    "auditor": {"own": ALL - {Field.IDENTITY}, "office": _LISTED | _SAID},
    "manager": {"own": ALL, "office": _FILE | _SAID},
    "administrator": {"own": ALL, "office": _FILE | _SAID},
    # Their own files are of the office, and nothing else is theirs.
    "pending": {"office": _FILE | {Field.REASONS}},
    "other_volunteer": {"office": _FILE | {Field.REASONS}},
    "social_worker": {"office": _FILE},
}
# What is posted and shows something.
LOOKS = {
    "people.identity": {"reason": "核对"},
    "directory.export": {"reason": "名单", "kind": "csv", "columns": [*Shown]},
    "certificates.register_export": {"why": "核对"},
    "privacy.take": {},
    "privacy.take_out": {"reason": "本人申请"},
}
# A kind of credential is all offices', and with it the courses after which it is renewed.
COMMON = {("training.edit_kind", "name")}


def seen(world, endpoint, roles=ROLES):
    """What a door shows to each of the roles: (role, whose, field)."""
    for rule in world.rules(endpoint):
        for method in ("GET", "POST"):
            if method not in rule.methods or (method == "POST" and endpoint not in LOOKS):
                continue
            data = LOOKS[endpoint] if method == "POST" else None
            for role in (each for each in roles if each in WHO[endpoint]):
                answer = world.ask(role, world.path(rule, world.here), method, data=data)
                for whose, field in canaries.found(world.marks, answer):
                    if (endpoint, field) not in COMMON:
                        yield role, whose, field


def too_much(world, endpoint, shown):
    """What a door shows that it does not declare, or that the role is never to see."""
    declared = world.policy(endpoint).shows
    return {
        (role, whose, field)
        for role, whose, field in shown
        if field not in declared or field not in SEES.get(role, {}).get(whose, ())
    }
