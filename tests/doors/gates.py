"""What the gate of each door says, and whether a policy that is weaker would be noticed."""

from __future__ import annotations

from contextlib import contextmanager

from who import ROLES, WHO

from talent.access import GRANTS, Permission

CLOSED = {"stranger": "sign in", "kiosk": "sign in", "deactivated": "sign in"}


def wrong(world, endpoint):
    """Where the gate says otherwise than is written down: method, role, what it says."""
    for rule in world.rules(endpoint):
        path = world.path(rule, world.here)
        for method in sorted(rule.methods & {"GET", "POST"}):
            for role in ROLES:
                expected = "open" if role in WHO[endpoint] else CLOSED.get(role, "closed")
                if (said := world.gate(role, path, method)) != expected:
                    yield method, role, said


def holders(permission):
    """The roles that hold it."""
    return frozenset(role for role, granted in GRANTS.items() if permission in granted)


def weaker(permission):
    """Permissions that more hold, one for each set of roles; last of all none is asked for."""
    if permission is Permission.PUBLIC:
        return []
    found = {}
    if permission is not Permission.SIGNED_IN:
        found = {holders(p): p for p in Permission if holders(p) > holders(permission)}
        found |= {"account": Permission.SIGNED_IN}
    return [*found.values(), Permission.PUBLIC]


@contextmanager
def instead(world, endpoint, permission):
    """The door asks for another permission meanwhile."""
    view = world.app.view_functions[endpoint]
    stated, view.permission = view.permission, permission
    try:
        yield
    finally:
        view.permission = stated


def survivors(world, endpoint):
    """The weaker permissions that nobody would notice at the door."""
    found = []
    for permission in weaker(world.policy(endpoint).permission):
        with instead(world, endpoint, permission):
            if next(wrong(world, endpoint), None) is None:
                found.append(permission)
    return found
