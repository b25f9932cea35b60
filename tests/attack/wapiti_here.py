"""wapiti as it is begun here: from the addresses it is told, along no link, several at once.

By itself it follows every link of every page, compares each with all that are still ahead, and
attacks one address after the other: most of its time goes before it comes to most of the doors.
Here a name is attacked once at each door, by the modules that send many words once anywhere, as
whoever came first and was let in (`WAPITI_DONE` is the file of those). `WAPITI_REACHED` is told
what each module was to attack, what of it was, and what was answered. A module has half of the
time that is left; those come first of which most is to be feared.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from contextvars import ContextVar
from functools import lru_cache
from hashlib import md5
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import attacked
from attacked import MANY_WORDS, Attacked, door, names
from bs4 import BeautifulSoup
from wapitiCore.attack import mod_xss
from wapitiCore.attack.attack import Attack, Mutator
from wapitiCore.controller.wapiti import Wapiti
from wapitiCore.definitions.sql import SqlInjectionFinding
from wapitiCore.main.log import logging
from wapitiCore.main.wapiti import wapiti_asyncio_wrapper
from wapitiCore.model import PayloadInfo
from wapitiCore.net.crawler import AsyncCrawler
from wapitiCore.net.explorer import Explorer
from wapitiCore.parsers.html_parser import Html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wapitiCore.net import Request, Response

AT_ONCE = 8  # requests on their way
ORDER = [
    "csp", "http_headers", "xss", "sql", "permanentxss", "redirect", "crlf", "ssrf", "upload",
    "file", "exec", "xxe",
]  # fmt: skip
SHUT = {401, 403, 404, 405, 410}  # what is wrong with a form (422) is said to whoever is let in
COMPARES = "sql"  # whether true and false are told apart
PAGES = {"permanentxss", "csp", "http_headers"}  # which look at pages, also without names
NOT_HERE = re.compile(r"w4p1t1_md5|php:|PD9waH|windows|^&?set&?$|ping -n|\$DATA", re.IGNORECASE)
NO_TEXT = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)
LEAVES = os.environ["WAPITI_LEAVES"]  # forms that end sessions or close accounts
END = time.monotonic() + float(os.environ["WAPITI_SECONDS"])
acting: ContextVar[tuple[str, Request] | None] = ContextVar("acting", default=None)
here = Attacked()


@lru_cache(maxsize=64)
def read(page: str) -> BeautifulSoup:
    """A page is read once, and only when something is looked for in it."""
    return BeautifulSoup(page, "lxml")


def unread(html: Html, text: str, url: str, encoding: str = "utf-8",
           allow_fragments: bool = False) -> None:  # fmt: skip
    """A page as it came; no page of ours has a base, as its policy says."""
    html._content, html._url, html._base, html._soup = text, url, None, None
    html._encoding, html._allow_fragments = encoding, allow_fragments
    html._fld = urlsplit(url).netloc


def text_alone(html: Html) -> str:
    """Of a page what is read of it: whether two say the same."""
    return md5(" ".join(NO_TEXT.sub(" ", html._content).split()).encode("utf-8", "replace"),
               usedforsecurity=False).hexdigest()  # fmt: skip


every_word = Mutator.mutate


def words_for_mine(mutator: Mutator, request: Request, words: object) -> Iterator[object]:
    """Of all alterations those of names that are this request's to attack."""
    now = acting.get()
    if now is None or now[0] in {"csp", "http_headers"}:  # or when what came of it is looked at
        yield from every_word(mutator, request, words)
        return
    if now[0] == "permanentxss":  # a name that shows at many doors is tried at a few of them
        if here.shows(request, mutator._parameters, now[1]):
            yield from every_word(mutator, request, words)
        return
    if now[0] == "xss" and isinstance(words, list):
        words = [each for each in words if here.anew(request, each.payload)]
    keys, of_mine = here.mine(*now), False
    for each in every_word(mutator, request, words):
        turned = each[1].reversed_parameter  # the word is the name
        if now[0] in MANY_WORDS and NOT_HERE.search(each[1].name if turned else each[2].payload):
            continue
        if not turned:
            of_mine = attacked.key_of(*now, each[1].name) in keys
        if of_mine:
            yield each


def two_words(_request: Request, _parameter: object) -> Iterator[PayloadInfo]:
    """What is looked for where it shows, and a tag: nobody may ever read that as a tag."""
    yield PayloadInfo(payload=mod_xss.random_string())
    yield PayloadInfo(payload=attacked.tag())


send = AsyncCrawler.async_send


async def counted(crawler: AsyncCrawler, request: Request, *more: object,
                  **named: object) -> Response:  # fmt: skip
    """Each answer is counted, and looked through for tags of ours."""
    response = await send(crawler, request, *more, **named)
    if now := acting.get():  # what is explored is not read yet
        here.answered(now[0], request, response)
        here.read(request, response)
    return response


note = Attack.add_payload


async def noted(module: Attack, kind: type, number: int = -1, level: int = 0,
                request: Request | None = None, parameter: str = "", *more: object,
                **named: object) -> None:  # fmt: skip
    """Each finding is kept: wapiti's own report has no place for those of its module for XXE."""
    here.found.add((kind.name(), request.file_path if request else "/", parameter or ""))
    await note(module, kind, number, level, request, parameter, *more, **named)


def forms_alone(explorer: Explorer, response: Response, request: Request) -> list[Request]:
    """Of a page its forms: where links lead we were before it."""
    if not response.type.startswith("text/html"):
        return []
    here.read(request, response)
    forms = []
    for form in Html(response.content, response.url).iter_forms():
        key = (door(form), form.method, tuple(sorted(names(form))))
        inside = explorer._scope.check(form) and not explorer.is_forbidden(form.url)
        left = form.method == "POST" and form.file_path.startswith(LEAVES)
        if inside and not left and key[0] and key not in here.forms:
            here.forms.add(key)
            form.link_depth = request.link_depth + 1
            forms.append(form)
    return forms


async def several(wapiti: Wapiti, module: Attack, done: set[int]) -> None:
    """What a module does, for several addresses at the same moment."""
    room, name = asyncio.Semaphore(AT_ONCE), module.name
    taken, through = here.taken.setdefault(name, {}), here.through.setdefault(name, set())

    async def one(request: Request, response: Response, keys: set[str]) -> None:
        async with room:
            acting.set((name, request))
            try:
                await module.attack(request, response)
            except Exception as error:  # noqa: BLE001 - as wapiti does
                logging.error(f"{name} fell over {request}: {error!r}")
            done.add(request.path_id)
            through.update(keys)
            if response.status in SHUT:
                here.shut.setdefault(name, set()).update(keys)

    # All of them first: while it reads its notes are locked for whoever notes a finding. What is
    # open is attacked before the same name at the same door where nobody is let in.
    told = [each async for each in wapiti.load_resources_for_module(module)]
    async with asyncio.TaskGroup() as group:
        for request, response in sorted(told, key=lambda pair: pair[1].status in SHUT):
            if not await module.must_attack(request, response):
                continue
            if name in PAGES:
                keys = {request.url} if taken.setdefault(request.url, request) is request else set()
            else:
                keys = here.mine(name, request)
            if keys:
                group.create_task(one(request, response, keys))
    if name == COMPARES:
        await asked_again(module, told)


async def asked_again(module: Attack, told: list[tuple[Request, Response]]) -> None:
    """What was found by comparing pages is looked for anew, while nobody else changes them."""
    doubted = {each for each in here.found if each[0] == SqlInjectionFinding.name()}
    here.found -= doubted
    for request, response in told:
        if request.file_path in {where for _, where, _ in doubted}:
            acting.set((module.name, request))
            await module.attack(request, response)


in_order = Wapiti._load_attack_modules


async def worst_first(wapiti: Wapiti, crawler: AsyncCrawler) -> list[Attack]:
    """The modules as they are to come."""
    return sorted(await in_order(wapiti, crawler), key=lambda each: ORDER.index(each.name))


whole_module = Wapiti.run_attack_module


async def in_time(wapiti: Wapiti, module: Attack) -> None:
    """Half of what is left, and all of it for the last."""
    left = max(2.0, END - time.monotonic())
    wapiti.set_max_attack_time(left if module.name == ORDER[-1] else left / 2)
    began = time.monotonic()
    await whole_module(wapiti, module)
    here.took[module.name] = time.monotonic() - began
    here.keep()


def main() -> int:
    """Let it run, with some steps of ours."""
    Explorer.extract_links = forms_alone
    Wapiti._load_attack_modules = worst_first
    Wapiti.load_and_attack = several
    Wapiti.run_attack_module = in_time
    Mutator.mutate = words_for_mine
    AsyncCrawler.async_send = counted
    Attack.add_payload = noted
    Html.__init__ = unread
    Html.soup = property(lambda html: read(html._content))
    Html.text_only_md5 = property(text_alone)
    mod_xss.get_random_string_payload = two_words
    try:
        return int(wapiti_asyncio_wrapper() or 0)
    finally:
        here.keep()


if __name__ == "__main__":
    sys.exit(main())
