"""Every address of the app with real numbers in it, and everybody who may come there."""

from __future__ import annotations

import filled
from werkzeug.routing import AnyConverter

from talent.access import NOBODY

# What an address outside the pages needs, by the name of its door.
WORDS = {"fingerprint": "0" * 64, "filename": "css/talent.css", "code": "none"}


def address(rule, known):
    """The address of a door; where the scene has no such thing, one of nothing."""
    words = {}
    for name in rule.arguments:
        found = filled._word(rule.endpoint, name, known)
        number = f"int:{name}>" in rule.rule
        if found is None or (number and not str(found).isdecimal()):
            found = 999_999 if number else WORDS.get(name, "none-such")
        if isinstance(choice := rule._converters[name], AnyConverter) and found not in choice.items:
            found = min(choice.items)
        words[name] = found
    path = rule.build(words, append_unknown=False)[1]
    return path + filled.QUERY.get(rule.endpoint, "").format(**known)


def doors(app, method):
    """The rules that take this method, in the order of their addresses."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    return [rule for rule in rules if method in rule.methods]


def opens(app, rule, account):
    """Whether the door opens to this account, as far as its permission goes."""
    permission = getattr(app.view_functions[rule.endpoint], "permission", None)
    return permission is None or (account.actor if account else NOBODY).may(permission)
