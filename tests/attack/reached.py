"""Which doors there are for whom, and which of them were come to."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from crawl import ENDS, door_of
from served import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from served import Site
    from werkzeug.routing import Map

sys.path.insert(0, str(ROOT / "tests" / "doors"))
from who import WHO  # who comes in, as it was written down by hand


def open_to(role: str, doors: Map) -> set[str]:
    """The doors that a role may look through."""
    return {
        rule.endpoint for rule in doors.iter_rules()
        if "GET" in (rule.methods or ()) and role in WHO.get(rule.endpoint, ())
        and not rule.rule.startswith(ENDS)
    }  # fmt: skip


def of_doors(role: str, doors: Map, addresses: Iterable[str]) -> str:
    """To how many of the doors that can be looked through and are open to a role these lead."""
    named, many = doors.bind("127.0.0.1"), open_to(role, doors)
    led_to = {door_of(named, address) for address in addresses} & many
    return f"{len(led_to)} of {len(many)} doors"


BUSY, TRACEBACK = "503", "Traceback (most recent call last)"


def told_faults(said: str) -> int:
    """How many faults a log tells of, without those who waited for SQLite in vain."""
    told = re.split(r"^(?=[A-Z]+ |\[)", said, flags=re.MULTILINE)
    return sum(TRACEBACK in each and "database is locked" not in each for each in told)


class Watch:
    """What is asked of a site from now on, or was from its beginning, by its own log."""

    def __init__(self, site: Site, *, anew: bool = True) -> None:
        self.file, self.begin = site.asked, site.asked.stat().st_size if anew else 0

    def lines(self) -> list[list[str]]:
        """Method, path, status."""
        with self.file.open("rb") as log:
            log.seek(self.begin)
            lines = log.read().decode("utf-8", "replace").splitlines()
        told = [re.fullmatch(r"(\S+) (.*) (\d+)", line) for line in lines]
        return [list(each.groups()) for each in told if each]

    def many(self) -> int:
        """How many requests."""
        return len(self.lines())

    def paths(self, *, answered: bool = False) -> list[str]:
        """Which paths were looked at, or which of them answered with a page."""
        told = [line for line in self.lines() if line[0] == "GET"]
        return [path for _, path, status in told if not answered or status < "400"]

    def faults(self) -> list[str]:
        """What answered with a fault of ours."""
        lines = [line for line in self.lines() if line[2] >= "500" and line[2] != BUSY]
        return sorted({f"{way} {path}" for way, path, _ in lines})

    def busy(self) -> int:
        """How many were told to come again (503): on SQLite who waited ten seconds to write."""
        return sum(status == BUSY for _, _, status in self.lines())


def plain_doors(doors) -> list[str]:
    """Addresses that need nothing: no link has to lead there."""
    return sorted(
        rule.rule for rule in doors.iter_rules()
        if "GET" in (rule.methods or ()) and "<" not in rule.rule
    )  # fmt: skip
