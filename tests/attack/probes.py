"""Everything that we ask ourselves, of Talent and of the canary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import by_hand
import hammer
import slow
from scanners import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

OTHERS = ("manager@demo.example", "leader@demo.example", "auditor@demo.example")
OFFICE = "office@demo.example"


def as_findings(tool: str, told: Iterable[str]) -> Iterator[Finding]:
    """Sentences of ours."""
    for each in told:
        yield Finding("by hand", tool, each)


def probes(site, ways) -> dict[str, Callable[[], Iterator[str]]]:
    """Everything that we ask ourselves."""
    large = "/large" if site.name == "canary" else "/static/css/talent.css"
    login = OFFICE if site.name == "talent" else ways.login
    who = by_hand.Ways(**{**ways.__dict__, "login": login})
    lasts = 20 if site.name == "talent" else 1
    return {
        "session fixation": lambda: by_hand.fixation(site, ways),
        "forged cookies": lambda: by_hand.forged_cookies(site, ways),
        "a session that was left": lambda: by_hand.left_session(site, ways),
        "bodies and heads": lambda: by_hand.bodies(site, ways),
        "deep JSON": lambda: by_hand.deep(site, ways, by_hand.come_in(site, who)),
        "paths": lambda: by_hand.paths(site, ways),
        "hosts": lambda: by_hand.hosts(site, ways),
        "ends of lines, redirects": lambda: by_hand.lines_ends(site, ways),
        "slow: nothing": lambda: slow.silent(site, lasts),
        "slow: heads": lambda: slow.heads(site, lasts),
        "slow: bodies": lambda: slow.bodies(site, lasts, ways.large),
        "slow: chunks": lambda: slow.chunks(site, lasts, ways.large),
        "slow: readers": lambda: slow.readers(site, lasts, large),
    }


def hammered(site, ways) -> dict[str, Callable[[], Iterator[str]]]:
    """The sign-in, last of all: afterwards it is shut to some."""
    crowd = hammer.Crowd(site, ways)
    talent = site.name == "talent"
    known = list(OTHERS) if talent else [ways.login] * 3
    device = {k: v for k, v in by_hand.come_in(site, ways).cookies.items() if k == "device"}
    other = OFFICE if talent else ways.login
    return {
        "sign-in: told apart": lambda: hammer.told_apart(crowd, known),
        "sign-in: of a login": lambda: hammer.of_account(crowd, ways.login),
        "sign-in: its holder": lambda: hammer.owner(crowd, ways.login, ways.password, device),
        "sign-in: of an address": lambda: hammer.of_address(crowd),
        "sign-in: at once": lambda: hammer.at_once(crowd, other),
    }
