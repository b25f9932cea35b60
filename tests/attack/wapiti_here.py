"""wapiti as it is begun here: from the addresses it is told, along no link, several at once.

By itself it follows every link of every page, compares each with all that are still ahead, and
attacks one address after the other: most of its time goes before it comes to most of the doors.
Here a name is attacked once at each door, by the modules that send many words once anywhere, as
whoever came first (`WAPITI_DONE` is the file of those). `WAPITI_REACHED` is told what each module
was to attack, and what of it was. A module has half of the time that is left.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from crawl import door_of, rules
from wapitiCore.attack.attack import Mutator
from wapitiCore.controller.wapiti import Wapiti
from wapitiCore.main.log import logging
from wapitiCore.main.wapiti import wapiti_asyncio_wrapper
from wapitiCore.net.explorer import Explorer
from wapitiCore.parsers.html_parser import Html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wapitiCore.attack.attack import Attack
    from wapitiCore.net import Request, Response

AT_ONCE = 6  # requests on their way
MANY_WORDS = {"exec", "file", "xxe"}  # 68, 71 and 18 of them for each name
PAGES = {"permanentxss", "csp", "http_headers"}  # which look at pages, also without names
DONE = Path(os.environ["WAPITI_DONE"])
REACHED = Path(os.environ["WAPITI_REACHED"])
LEAVES = os.environ["WAPITI_LEAVES"]  # forms that end sessions or close accounts
END = time.monotonic() + float(os.environ["WAPITI_SECONDS"])
named = rules().bind("127.0.0.1") if os.environ["WAPITI_DOORS"] == "talent" else None
acting: ContextVar[tuple[str, Request] | None] = ContextVar("acting", default=None)


def names(request: Request) -> set[str]:
    """What may be altered in it."""
    told = [*request.get_params, *request.file_params]
    told += request.post_params if isinstance(request.post_params, list) else []
    return {name for name, *_ in told} - {"csrf_token", "form_key"}


def key_of(module: str, request: Request, name: str) -> str:
    """A name at its door; whichever line it stands in."""
    name = re.sub(r"\d+", "#", name)
    if module in MANY_WORDS:
        return name
    return f"{request.method} {door_of(named, request.file_path, request.method)} {name}"


class Names:
    """Which were attacked by whom, now or as somebody before."""

    def __init__(self) -> None:
        told = json.loads(DONE.read_text()) if DONE.exists() else {}
        self.before = {module: set(keys) for module, keys in told.items()}
        self.taken: dict[str, dict[str, Request]] = {}
        self.through: dict[str, set[str]] = {}
        self.forms: set[tuple[str | None, str, tuple[str, ...]]] = set()

    def mine(self, module: str, request: Request) -> set[str]:
        """Keys that nobody has taken before this request."""
        taken, before = self.taken.setdefault(module, {}), self.before.get(module, set())
        keys = {key_of(module, request, name) for name in names(request)} - before
        return {key for key in keys if taken.setdefault(key, request) is request}

    def keep(self) -> None:
        """For who comes next, and for the report."""
        told = {
            module: {"of": sorted(taken), "through": sorted(self.through.get(module, set()))}
            for module, taken in self.taken.items()
        }
        REACHED.write_text(json.dumps(told))


attacked = Names()
every_word = Mutator.mutate


def words_for_mine(mutator: Mutator, request: Request, words: object) -> Iterator[object]:
    """Of all alterations those of names that are this request's to attack."""
    now = acting.get()
    if now is None or now[0] in PAGES:  # or when what came of it is looked at
        yield from every_word(mutator, request, words)
        return
    keys = attacked.mine(*now)
    for each in every_word(mutator, request, words):
        if each[1].reversed_parameter or key_of(*now, each[1].name) in keys:
            yield each


def forms_alone(explorer: Explorer, response: Response, request: Request) -> list[Request]:
    """Of a page its forms: where links lead we were before it."""
    if not response.type.startswith("text/html"):
        return []
    forms = []
    for form in Html(response.content, response.url).iter_forms():
        key = (door_of(named, form.file_path, form.method), form.method, tuple(sorted(names(form))))
        inside = explorer._scope.check(form) and not explorer.is_forbidden(form.url)
        left = form.method == "POST" and form.file_path.startswith(LEAVES)
        if inside and not left and key[0] and key not in attacked.forms:
            attacked.forms.add(key)
            form.link_depth = request.link_depth + 1
            forms.append(form)
    return forms


async def several(wapiti: Wapiti, module: Attack, done: set[int]) -> None:
    """What a module does, for several addresses at the same moment."""
    room, name = asyncio.Semaphore(AT_ONCE), module.name
    taken, through = attacked.taken.setdefault(name, {}), attacked.through.setdefault(name, set())

    async def one(request: Request, response: Response, keys: set[str]) -> None:
        async with room:
            acting.set((name, request))
            try:
                await module.attack(request, response)
            except Exception as error:  # noqa: BLE001 - as wapiti does
                logging.error(f"{name} fell over {request}: {error!r}")
            done.add(request.path_id)
            through.update(keys)

    # All of them first: while it reads its notes are locked for whoever notes a finding.
    told = [each async for each in wapiti.load_resources_for_module(module)]
    async with asyncio.TaskGroup() as group:
        for request, response in told:
            if not await module.must_attack(request, response):
                continue
            if name in PAGES:
                keys = {request.url} if taken.setdefault(request.url, request) is request else set()
            else:
                keys = attacked.mine(name, request)
            if keys:
                group.create_task(one(request, response, keys))


whole_module = Wapiti.run_attack_module


async def in_time(wapiti: Wapiti, module: Attack) -> None:
    """Half of what is left, and all of it for the last."""
    left = max(2.0, END - time.monotonic())
    wapiti.set_max_attack_time(left if module.name == "permanentxss" else left / 2)
    await whole_module(wapiti, module)


def main() -> int:
    """Let it run, with some steps of ours."""
    Explorer.extract_links = forms_alone
    Wapiti.load_and_attack = several
    Wapiti.run_attack_module = in_time
    Mutator.mutate = words_for_mine
    try:
        return int(wapiti_asyncio_wrapper() or 0)
    finally:
        attacked.keep()


if __name__ == "__main__":
    sys.exit(main())
