"""The sign-in, hammered: guesses wait, by account and by address; nobody is told who is there."""

from __future__ import annotations

import re
import statistics
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from served import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from by_hand import Ways
    from served import Answer, Site

WRONG = "not-this-one-either"
TOLD = 0.020  # seconds of difference that nobody measures over a network
GUESSES, FREE, FREE_OF_ADDRESS = 24, 5, 30


@dataclass
class Crowd:
    """Who guesses, each from an address of its own."""

    site: Site
    ways: Ways
    used: int = 0
    tokens: dict[str, Visitor] = field(default_factory=dict)

    def another(self, cookies: dict[str, str] | None = None) -> Visitor:
        """Somebody at an address that nobody used."""
        self.used += 1
        visitor = Visitor(self.site, cookies)
        visitor.source = (
            f"127.{20 + self.used // 60000}.{self.used // 250 % 240}.{self.used % 250 + 1}"
        )
        return visitor

    def guess(self, visitor: Visitor, login: str, password: str = WRONG) -> Answer:
        """One try."""
        if visitor.known_token is None:
            visitor.known_token = visitor.token(self.ways.sign_in)
        sent = {"login": login, "password": password, "csrf_token": visitor.known_token}
        return visitor.ask(self.ways.sign_in, "POST", sent)


def of_account(crowd: Crowd, login: str) -> Iterator[str]:
    """Guesses at one login, from everywhere, in turn and at once: five are looked at."""
    said = [crowd.guess(crowd.another(), login) for _ in range(FREE + 3)]
    looked = [each for each in said if each.status != 429]
    if len(looked) > FREE:
        yield f"{len(looked)} of {len(said)} guesses at one login were looked at"
    if any(not each.head.get("Retry-After") for each in said if each.status == 429):
        yield "whoever has to wait is not told how long"


def at_once(crowd: Crowd, login: str) -> Iterator[str]:
    """The same in one moment."""
    visitors = [crowd.another() for _ in range(GUESSES)]
    for each in visitors:
        each.known_token = each.token(crowd.ways.sign_in)
    looked: list[int] = []
    start = threading.Barrier(GUESSES)

    def run(visitor: Visitor) -> None:
        start.wait()
        if (answer := crowd.guess(visitor, login)).status != 429:
            looked.append(answer.status)

    runners = [threading.Thread(target=run, args=(each,)) for each in visitors]
    for each in runners:
        each.start()
    for each in runners:
        each.join()
    if len(looked) > FREE:
        yield f"{len(looked)} of {GUESSES} guesses in one moment were looked at: {looked}"


def of_address(crowd: Crowd) -> Iterator[str]:
    """One address that tries login after login."""
    visitor = crowd.another()
    said = [
        crowd.guess(visitor, f"nobody{n}@demo.example").status for n in range(FREE_OF_ADDRESS + 4)
    ]
    if said.count(429) < 4:
        yield f"{len(said) - said.count(429)} logins were tried from one address"


def owner(crowd: Crowd, login: str, password: str, device: dict[str, str]) -> Iterator[str]:
    """Whose login is guessed at comes in meanwhile on a device of their own, and only there."""
    home = crowd.another(device)
    answer = crowd.guess(home, login, password)
    if answer.status != 303:
        yield f"the holder is kept out on a known device ({answer.status})"
    elsewhere = crowd.guess(crowd.another(), login, password)
    if elsewhere.status != 429:
        yield f"guesses at a login under attack are looked at elsewhere ({elsewhere.status})"


def told_apart(crowd: Crowd, known: list[str]) -> Iterator[str]:
    """The same words, status and time, whether somebody is there or not."""
    took: dict[bool, list[float]] = {True: [], False: []}
    said: dict[bool, set[tuple[int, str]]] = {True: set(), False: set()}
    for turn in range(4):
        for number, login in enumerate(known):
            for there in (True, False) if (turn + number) % 2 else (False, True):
                name = login if there else f"{turn}{number}{login}"
                answer = crowd.guess(crowd.another(), name)
                took[there].append(answer.took)
                said[there].add((answer.status, plain(answer.body, name)))
    apart = statistics.median(took[True]) - statistics.median(took[False])
    if apart > TOLD + 0.15 * statistics.median(took[False]):
        yield f"a known login takes {apart * 1000:.0f} ms longer than an unknown one"
    if said[True] != said[False]:
        yield "the answers for a known and an unknown login differ"


def plain(body: str, login: str) -> str:
    """A page without what differs each time."""
    body = body.replace(login, "").replace(login.replace("@", "%40"), "")
    body = re.sub(r'(nonce|value|content|name="form_key"[^>]*)="[^"]*"', "", body)
    body = re.sub(r'"X-CSRFToken": "[^"]*"', "", body)
    return re.sub(r"[A-Za-z0-9_-]{16,}|\d+ 分钟|\d+ 秒", "", body)
