"""What a door answers of one's own thing, another's, another office's, and of none at all."""

from __future__ import annotations

import re
from pathlib import Path

import world as worlds
from who import WHO

from talent.access import Scope

AGREED = Path(__file__).parents[1] / "house" / "doors.txt"
# Of these scopes, what another office or another person has is not there.
BOUND = {Scope.OFFICE, Scope.OWN, Scope.EITHER, Scope.MEMBERS}
# Whose own things are the ones of the office here: of a volunteer, or of who prepared them there.
OWNERS = ("volunteer", "administrator")
# Who is no owner and of no office, by the scope of the door.
STRANGERS = {
    Scope.OFFICE: ("next_door",),
    Scope.OWN: ("newcomer", "other_volunteer", "coordinator", "manager"),
    Scope.EITHER: ("newcomer", "other_volunteer", "next_door"),
    Scope.MEMBERS: ("newcomer", "next_door"),
}
# What somebody else than the volunteer asked for, and what stands at the office above.
ANOTHERS = {"people.claim_take": "newcomer", "staffing.draft": "administrator"}
ABOVE = {"staffing.plan", "staffing.answer_draft", "staffing.remark_draft"}
# What a post has to say before the thing itself is looked at.
SAID = {
    "national.take_answer": {"office": "office_id"},
    "people.sign": {"person_id": "person_id"},
    "shifts.assign": {"need": "need_id", "person": "person_id"},
    "shifts.board_assign": {"need": "need_id", "person": "person_id"},
    "shifts.walk_in": {"need": "need_id", "person": "person_id"},
    **{f"shifts.{door}": {"need": "need_id"} for door in ("search", "sign_up", "stand_by", "wait")},
}
# Of these the scene has none that is one's own and open; the tests of the feature have.
NONE_OPEN = {
    "accounts.agree_to_take", "accounts.invite_again", "certificates.zip_of_session",
    "national.take_answer",
    "people.sign_on_paper", "renewals.remind", "shifts.party", "shifts.withdraw_handover",
}  # fmt: skip
STAFF = ("leader", "coordinator", "manager", "auditor", "administrator")
NOT_FOUND = 404
PART = {"HX-Request": "true"}
# A page says once more where it is, and has a key of its own for each form.
SAYS_WHERE = re.compile(
    rb'name="(?:next|once|csrf_token|form_key)" value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": "[^"]*"'
)


def doors_with_things():
    """The doors whose address names a thing, in the order of the agreed list."""
    lines = AGREED.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(line.split()[2] for line in lines if "<" in line.split()[1]))


def answer(world, role, path, method, *, part=True, said=None):
    """All that somebody is told, without where it was asked."""
    got = world.ask(role, path, method, headers=PART if part else None, data=said)
    kept = sorted(
        (name, value.partition("=")[0] if name == "Set-Cookie" else value.replace(path, ""))
        for name, value in got.headers
        if name not in {"Content-Security-Policy", "Content-Length", "X-Request-ID"}
    )
    return got.status_code, kept, SAYS_WHERE.sub(b"", got.data)


def insiders(endpoint, scope):
    """Who finds the thing of the office here behind the door, the least first."""
    if endpoint in ANOTHERS:
        return [ANOTHERS[endpoint]]
    staff = [role for role in STAFF if role in WHO[endpoint]]
    own = next(([role] for role in OWNERS if role in WHO[endpoint]), [])
    if scope in {Scope.OWN, Scope.MEMBERS}:
        return own
    if scope is Scope.EITHER:
        return own + staff[1:]  # who leads shifts is told nothing more of a person
    return staff[staff.index("manager") :] if endpoint in ABOVE else staff


def mixed(world, rule, role, method):
    """Of addresses with one part of the office there, those that answer otherwise than without."""
    things = world.things(rule)
    for name in things if len(things) > 1 else ():
        other, none = world.word(rule, name, world.there), worlds.nothing(rule, name)
        paths = [world.path(rule, world.here, **{name: part}) for part in (other, none)]
        told, nothing = (answer(world, role, path, method) for path in paths)
        if told != nothing:
            yield method, role, paths[0], told[0]


def faults(world, endpoint, *, every=False):
    """What is wrong at a door: who is told something, and who is not told what is their own."""
    scope = world.policy(endpoint).scope
    if scope in BOUND:
        for rule in world.rules(endpoint):
            for method in sorted(rule.methods & {"GET", "POST"}) if world.things(rule) else ():
                yield from _told(world, rule, method, scope, every=every)
                yield from _not_told(world, rule, method, scope, every=every)


def _told(world, rule, method, scope, *, every):
    """Who is told of what is not there for them."""
    inside = insiders(rule.endpoint, scope)
    outside = [r for r in STRANGERS[scope] if r in WHO[rule.endpoint] and r not in inside]
    here, there = (world.path(rule, known) for known in (world.here, world.there))
    nowhere = world.nowhere(rule)
    for role in (*(inside if every else inside[:1]), *outside):
        nothing = answer(world, role, nowhere, method)
        asked = [here] if role in outside else [there]
        asked += [there] if role in outside and every else []
        if role == inside[-1 if every else 0]:
            yield from mixed(world, rule, role, method)
        if nothing[0] != NOT_FOUND:
            yield method, role, nowhere, nothing[0]
        for path in asked:
            told = answer(world, role, path, method)
            if told != nothing:
                yield method, role, path, told[0]
    one, other = (answer(world, inside[0], path, method, part=False) for path in (there, nowhere))
    if one != other:
        yield method, inside[0], "as a page", one[0]


def _not_told(world, rule, method, scope, *, every):
    """Who does not find what is there for them."""
    here, words = world.path(rule, world.here), SAID.get(rule.endpoint, {})
    said = {name: world.here[word] for name, word in words.items()}
    for role in insiders(rule.endpoint, scope) if every else insiders(rule.endpoint, scope)[:1]:
        told = answer(world, role, here, method, part=False, said=said)
        if told[0] in {403, NOT_FOUND, 500} and rule.endpoint not in NONE_OPEN:
            yield method, role, "one's own is not there", told[0]
