"""Fields that no form asks for, sent along with each."""

from __future__ import annotations

import bodies
from objects import PART, SAYS_WHERE

NEW_EACH_TIME = {"accounts.new_passkey"}  # the page asks another question each time


def extras(world, asked):
    """What somebody might try: another's numbers, a role, hours, a state, of what is not asked."""
    tried = {
        "role": "administrator", "roles": "administrator", "system": "1", "admin": "1",
        "office_id": world.there["office_id"], "office": world.there["office_id"],
        "person_id": world.there["person_id"], "person": world.there["person_id"],
        "account_id": world.there["account_id"], "guardian_id": world.there["person_id"],
        "home_office_id": world.there["office_id"], "merged_into_person_id": "1", "id": "1",
        "hours": "999", "minutes": "59999", "claimed_minutes": "59999", "places": "9999",
        "state": "approved", "status": "approved", "verified_at": "2026-01-01T00:00",
        "approved_at": "2026-01-01T00:00", "made_by": "1", "volunteer_no": "V0000001",
        "document": "110105195001010013", "epoch": "9", "password_hash": "x", "closed_at": "",
    }  # fmt: skip
    return {name: value for name, value in tried.items() if name not in asked}


def outcome(world, rule, data, names):
    """What is answered, and what would stand in the columns of these names."""
    with world.watched(names) as touched:
        path, role = world.path(rule, world.here), bodies.sender(world, rule.endpoint)
        got = world.ask(role, path, "POST", data=data, headers=PART)
    shown = b"" if rule.endpoint in NEW_EACH_TIME else SAYS_WHERE.sub(b"", got.data)
    return got.status_code, got.location, shown, touched


def difference(world, rule):
    """Whether more fields make more happen; None when they do not."""
    fields = bodies.form(world, rule)
    if not fields:
        return None
    more = extras(world, {name for name, _, _ in fields})
    plain = outcome(world, rule, bodies.sent(fields), more)
    with_more = outcome(world, rule, bodies.sent(fields) | more, more)
    return None if plain == with_more else (plain[0], with_more[0], plain[3] ^ with_more[3])
