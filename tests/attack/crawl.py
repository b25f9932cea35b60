"""Every page that somebody reaches by links, and every form on it, once for each door."""

from __future__ import annotations

import contextlib
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.routing.converters import AnyConverter, BaseConverter, NumberConverter

if TYPE_CHECKING:
    from served import Visitor

DOORS = Path(__file__).parents[1] / "house" / "doors.txt"
OF_A_DOOR = 2  # addresses
# What ends the session that looks around, or gives its account away.
ENDS = (
    "/account/sign-out", "/account/everywhere", "/account/password", "/account/login",
    "/account/devices", "/account/second-step", "/account/passkey", "/account/first-start",
    "/people/claims",
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page, with what it holds."""

    method: str
    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def address(self) -> str:
        """Of one that asks: where it leads."""
        return f"{self.action}?{urlencode(self.fields)}" if self.fields else self.action


@dataclass
class Found:
    """What somebody saw."""

    pages: dict[str, int] = field(default_factory=dict)  # address: status
    forms: dict[tuple[str, str, tuple[str, ...]], Form] = field(default_factory=dict)
    doors: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def posted(self) -> list[Form]:
        """Forms that write."""
        return [form for form in self.forms.values() if form.method == "POST"]

    def asked(self) -> list[str]:
        """Addresses with something in them that may be altered."""
        said = [page for page in self.pages if "?" in page]
        return said + [f.address for f in self.forms.values() if f.method == "GET" and f.fields]


class Reader(HTMLParser):
    """Links and forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, list[tuple[str, str]]]] = []
        self.inside = False
        self.choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what leads somewhere."""
        held = {name: value or "" for name, value in attrs}
        for name in ("href", "src", "hx-get"):
            if name in held:
                self.links.append(held[name])
        if tag == "form":
            self.forms.append((held.get("method", "get").upper(), held.get("action", ""), []))
            self.inside = True
        elif tag == "select":
            self.choice = held.get("name", "")
        elif self.inside and tag == "option" and self.choice:
            if "selected" in held or not any(n == self.choice for n, _ in self.forms[-1][2]):
                self._take(self.choice, held.get("value", ""))
        elif self.inside and tag in {"input", "textarea", "button"} and held.get("name"):
            if held.get("type") in {"radio", "checkbox"} and "checked" not in held:
                return
            self._take(held["name"], held.get("value", "") or "x")

    def _take(self, name: str, value: str) -> None:
        fields = self.forms[-1][2]
        fields[:] = [pair for pair in fields if pair[0] != name] + [(name, value)]

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        self.inside = self.inside and tag != "form"
        self.choice = "" if tag == "select" else self.choice


def rules() -> Map:
    """The doors of the app, as they were agreed."""
    told = [line.split()[:3] for line in DOORS.read_text(encoding="utf-8").splitlines() if line]
    return Map([Rule(path, endpoint=name, methods=ways.split(",")) for ways, path, name in told])


def crawl(visitor: Visitor, doors: Map | None, begin: list[str], until: float) -> Found:
    """Go wherever links lead, at most twice through the same door with the same questions."""
    found, seen, times = Found(), set(begin), Counter()
    ahead = deque(begin)
    named = doors.bind("127.0.0.1") if doors else None
    while ahead and time.monotonic() < until:
        address = ahead.popleft()
        name = door_of(named, address)
        if name is None or times[name, _asks(address)] >= OF_A_DOOR or address.startswith(ENDS[:2]):
            continue
        times[name, _asks(address)] += 1
        answer = visitor.ask(address)
        found.pages[address] = answer.status
        found.doors[name] += answer.status == 200
        if answer.status >= 500:
            found.faults.append(f"{answer.status} at {address}")
        if to := answer.head.get("Location"):
            _ahead(address, [to], seen, ahead)
        if "html" not in (answer.head.get("Content-Type") or ""):
            continue
        page = Reader()
        page.feed(answer.body)
        _ahead(address, page.links, seen, ahead)
        for method, action, fields in page.forms:
            place = urljoin(address, action or address).partition("#")[0]
            form = Form(method, place, tuple(fields))
            if door_of(named, place, method) and not place.startswith(ENDS):
                key = (method, door_of(named, place, method), tuple(n for n, _ in fields))
                found.forms.setdefault(key, form)
    return found


def made_up(doors: Map, found: Found, wanted: set[str]) -> list[str]:
    """Addresses of doors that no link leads to, with what stands elsewhere under the same name."""
    named, seen = doors.bind("127.0.0.1"), dict[tuple[str, type], object]()
    for address in found.pages:
        with contextlib.suppress(HTTPException):
            rule, given = named.match(urlsplit(address).path, return_rule=True)
            for name, value in given.items():
                seen.setdefault((name, type(rule._converters[name])), value)
    made = []
    for rule in doors.iter_rules():
        if rule.endpoint in wanted and "GET" in (rule.methods or ()):
            ways = rule._converters.items()
            known = {name: seen.get((name, type(way)), _any(way)) for name, way in ways}
            with contextlib.suppress(ValueError):  # one of a few words, and another door's
                made.append(named.build(rule.endpoint, known))
    return sorted(made)


def _any(way: BaseConverter) -> object:
    """Something that it takes."""
    if isinstance(way, NumberConverter):
        return 1
    return min(way.items) if isinstance(way, AnyConverter) else "a" * 64


def _ahead(here: str, links: list[str], seen: set[str], ahead: deque[str]) -> None:
    for link in links:
        place = urlsplit(urljoin(here, link))
        if place.netloc or place.scheme or not place.path.startswith("/"):
            continue
        address = place.path + (f"?{place.query}" if place.query else "")
        if address not in seen:
            seen.add(address)
            ahead.append(address)


def door_of(doors, address: str, method: str = "GET") -> str | None:
    """Where an address leads."""
    path = urlsplit(address).path
    if doors is None:
        return path
    try:
        return doors.match(path, method=method)[0]
    except HTTPException:
        return None


def _asks(address: str) -> tuple[str, ...]:
    return tuple(sorted({name for name, _ in parse_qsl(urlsplit(address).query)}))
