"""What wapiti attacked as whom, and what was answered: for its report and whoever comes next."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from crawl import door_of, rules

if TYPE_CHECKING:
    from wapitiCore.net import Request, Response

MANY_WORDS = {"exec", "file", "xxe"}  # 36, 49 and 7 of them for each name
SHOWN = 3  # doors at which scripts are tried for a name that shows elsewhere, a place of a kind
DONE = Path(os.environ["WAPITI_DONE"])
REACHED = Path(os.environ["WAPITI_REACHED"])
named = rules().bind("127.0.0.1") if os.environ["WAPITI_DOORS"] == "talent" else None
WHO = os.environ["WAPITI_NAME"]
TAG = re.compile(r"<u id=(tag-\w+)>")
RANDOM = re.compile(r"w[0-9a-z]{9}")  # a word of wapiti's
_numbers = count(1)


def tag() -> str:
    """A tag that stands nowhere else, for what is kept and shown to somebody later."""
    return f"'\"><u id=tag-{WHO}{next(_numbers)}>"


def names(request: Request) -> set[str]:
    """What may be altered in it."""
    told = [*request.get_params, *request.file_params]
    told += request.post_params if isinstance(request.post_params, list) else []
    return {name for name, *_ in told} - {"csrf_token", "form_key"}


def door(request: Request) -> str | None:
    """Where it leads."""
    return door_of(named, request.file_path, request.method)


def key_of(module: str, request: Request, name: str) -> str:
    """A name at its door; whichever line it stands in."""
    name = re.sub(r"\d+", "#", name)
    return name if module in MANY_WORDS else f"{request.method} {door(request)} {name}"


class Attacked:
    """Which names were attacked by which module, now or as somebody before."""

    def __init__(self) -> None:
        told = json.loads(DONE.read_text()) if DONE.exists() else {}
        self.before = {module: set(keys) for module, keys in told.items()}
        self.taken: dict[str, dict[str, Request]] = {}
        self.through: dict[str, set[str]] = {}
        self.shut: dict[str, set[str]] = {}  # where nobody was let in: no work for who comes next
        self.forms: set[tuple[str | None, str, tuple[str, ...]]] = set()
        self.shown: dict[str, set[str | None]] = {}
        self.places: dict[str, set[str | None]] = {}
        self.answers: dict[str, Counter[int]] = {}
        self.found: set[tuple[str, str, str]] = set()  # kind, address, name
        self.took: dict[str, float] = {}

    def mine(self, module: str, request: Request) -> set[str]:
        """Keys that nobody has taken before this request."""
        taken, before = self.taken.setdefault(module, {}), self.before.get(module, set())
        keys = {key_of(module, request, name) for name in names(request)} - before
        return {key for key in keys if taken.setdefault(key, request) is request}

    def shows(self, request: Request, told: list[str], page: Request) -> bool:
        """Whether these names are to be tried where they show on this page."""
        name = " ".join(key_of("", request, each) for each in told)
        return self._anew(self.shown, name, door(page))

    def anew(self, request: Request, word: str) -> bool:
        """Whether this script, made for the place where a word shows, is to be tried here."""
        return self._anew(self.places, RANDOM.sub("", word), door(request))

    def _anew(self, known: dict[str, set[str | None]], what: str, where: str | None) -> bool:
        """At a few doors each; a tag was sent with every name at every door."""
        doors = known.setdefault(what, set())
        new = where not in doors and len(doors) < SHOWN
        doors |= {where} if new else set()
        return new

    def answered(self, module: str, request: Request, response: Response) -> None:
        """Count it; a fault is kept."""
        self.answers.setdefault(module, Counter())[response.status] += 1
        if response.status >= 500:
            kind = "busy" if response.status == 503 else "fault"
            self.found.add((kind, f"{request.method} {request.file_path}", ""))

    def read(self, request: Request, response: Response) -> None:
        """Keep a tag of ours that stands in a page."""
        if response.type.startswith("text/html"):
            for found in TAG.finditer(response.content):
                self.found.add(("a tag that was kept", request.file_path, found[1]))

    def keep(self) -> None:
        """For who comes next, and for the report."""
        modules = {
            module: {
                "of": sorted(taken),
                "through": sorted(self.through.get(module, set())),
                "shut": sorted(self.shut.get(module, set())),
                "answers": dict(self.answers.get(module, {})),
                "seconds": round(self.took.get(module, 0)),
            }
            for module, taken in self.taken.items()
        }
        REACHED.write_text(json.dumps({"found": sorted(self.found), "modules": modules}))
