"""A picture of every page as each role sees it: filled, empty and refused (`make screens`)."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import filled
import make
import pytest
import scene

from talent.access import NOBODY, Role

FOLDER = Path(__file__).parents[2] / "build" / "screens"
ONLY = re.compile(os.environ.get("ONLY", ""))  # a part of addresses, for a second look
PHONE = {"width": 360, "height": 740, "phone": True}
DESK = {"width": 1280, "height": 800}
LOOKS = {
    "zh phone": {"language": "zh", **PHONE},
    "en desk": {"language": "en", **DESK},
    "en phone": {"language": "en", **PHONE},
    "zh desk": {"language": "zh", **DESK},
}
BOTH = dict(list(LOOKS.items())[:2])  # both languages and both windows
SAMPLED = {
    "zh phone dark": {"language": "zh", "theme": "dark", **PHONE},
    "zh phone largest": {"language": "zh", "size": "largest", **PHONE},
    "en desk dark": {"language": "en", "theme": "dark", **DESK},
    "zh desk large": {"language": "zh", "size": "large", **DESK},
}
EVERY = 12  # of so many pages one is taken in dark and in large type
CHANGING = re.compile(r'name="(csrf_token|form_key)" value="[^"]*"|csrf_token"|\d\d:\d\d')
# The first form of a page that asks for something, and how it is sent with nothing filled in.
ASKED = """const shown = e => e.name && e.checkVisibility()
    && !["submit", "button", "hidden", "fieldset"].includes(e.type);
  const form = [...document.querySelectorAll("main form[method=post]")]
    .find(each => [...each.elements].some(shown));"""
ASKING = f"() => {{ {ASKED} return !!form; }}"
SEND_EMPTY = f"""() => {{ {ASKED}
  for (const e of [...form.elements].filter(shown)) {{ e.value = ""; e.checked = false; }}
  HTMLFormElement.prototype.submit.call(form);
}}"""


def take(visitor, look, role, state, endpoint):
    """The whole page as it stands, and a line of the list that the sheet is made from."""
    folder = FOLDER / look.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{role}-{state}-{endpoint}.jpg"
    visitor.page.screenshot(path=path, type="jpeg", quality=70, full_page=True, scale="css")
    size = visitor.page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    told = {
        "file": path.relative_to(FOLDER).as_posix(), "look": look, "role": role, "state": state,
        "name": endpoint, "address": visitor.path, "title": visitor.page.title(), "size": size,
    }  # fmt: skip
    with (folder / "list.jsonl").open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(told, ensure_ascii=False) + "\n")


@pytest.fixture
def doors(guarded, address):
    """Who is there, and every page: its name, its address, the permission it asks for."""
    who, known = filled.fill(address)
    found = filled.addresses(guarded, known)
    return who, [(name, *told) for name, told in found.items() if ONLY.search(told[0])]


def entered(opened, look, account):
    visitor = opened(**look)
    if account:
        return visitor.sign_in(account)
    visitor.context.add_cookies([filled.tablet(visitor.address)])
    return visitor


def seen_by(account, pages):
    """The pages that open to the account."""
    actor = account.actor if account else NOBODY
    return [(name, path) for name, path, permission in pages if actor.may(permission)]


@pytest.mark.parametrize("look", LOOKS)
def test_filled(opened, doors, look):
    who, pages = doors
    seen = set()
    for role in filled.ROLES:
        visitor = entered(opened, LOOKS[look], who[role])
        for name, path in seen_by(who[role], pages):
            answer = visitor.context.request.get(path)
            main = CHANGING.sub("", answer.text().partition("<main")[2])
            if answer.ok and main not in seen:  # what two roles see alike is taken once
                seen.add(main)
                visitor.go(path)
                take(visitor, look, role, "filled", name)


@pytest.mark.parametrize("look", SAMPLED)
def test_dark_and_large(opened, doors, look):
    who, pages = doors
    turn = list(SAMPLED).index(look)
    for role in ("volunteer", "administrator"):
        visitor = entered(opened, SAMPLED[look], who[role])
        for name, path in seen_by(who[role], pages)[turn::EVERY]:
            if visitor.go(path).ok:
                take(visitor, look, role, "filled", name)


@pytest.mark.parametrize("look", BOTH)
def test_refused(opened, doors, look):
    who, pages = doors
    met = set()
    for role in ("stranger", "volunteer", "administrator"):
        visitor = entered(opened, LOOKS[look], who[role])
        for name, path in seen_by(who[role], pages):
            if name in met or not visitor.go(path).ok:
                continue
            if not visitor.page.evaluate(ASKING):
                continue
            with visitor.page.expect_event("load"):
                visitor.page.evaluate(SEND_EMPTY)
            if visitor.page.locator("[data-problem]").count():
                met.add(name)
                take(visitor, look, role, "refused", name)


@pytest.mark.parametrize("look", BOTH)
def test_empty(opened, guarded, look):
    office, other = make.office("空社区", name_en="Empty"), make.office("邻社区", name_en="Other")
    who = {
        "volunteer": scene.account(None, None, person=make.person("白丁", at=other)),
        "manager": scene.account(Role.MANAGER, office),
    }
    pages = [
        (rule.endpoint, rule.build({})[1], guarded.view_functions[rule.endpoint].permission)
        for rule in sorted(guarded.url_map.iter_rules(), key=lambda each: each.rule)
        if "GET" in rule.methods and not rule.arguments and rule.endpoint not in filled.NOT_PAGES
    ]
    for role, account in who.items():
        visitor = entered(opened, LOOKS[look], account)
        for name, path in seen_by(account, pages):
            if ONLY.search(path) and visitor.go(path).ok:
                take(visitor, look, role, "empty", name)
