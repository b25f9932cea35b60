"""What the law said: the reasons, after each has been put into words with its own facts."""

from __future__ import annotations

import re

from hypothesis import settings

QUICK = settings(max_examples=80, derandomize=True, deadline=None)


def whys(reasons):
    """The reasons. Each must need exactly the facts that come with it, and may carry a key."""
    for because in reasons:
        placeholders = set(re.findall(r"%\((\w+)\)s", because.why.value))
        assert placeholders == set(because.facts) - {"key"}, because
        assert because.why.value % because.facts
    return [because.why for because in reasons]
