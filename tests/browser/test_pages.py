"""Every page, as each role sees it: found by all, readable by all, on the smallest phone."""

from __future__ import annotations

import re

import filled
import pytest

LOOKS = {
    "zh light": {"language": "zh"},
    "en dark large": {"language": "en", "theme": "dark", "size": "large"},
}
SAMPLED = {
    "zh dark": {"language": "zh", "theme": "dark"},
    "zh largest": {"language": "zh", "size": "largest"},
    "en light, wide": {"language": "en", "width": 1280},
}
EVERY = 9  # of so many pages one is looked at in the sampled looks
CLOSED = {"accounts.first_start", "reports.components"}  # to whoever comes later, or to an office
SECRET = re.compile(r'name="csrf_token" value="[^"]*"|id="[a-z]*csrf_token"|\d\d:\d\d')


@pytest.fixture
def scene(guarded, address):
    """Who is there, and the address of every page."""
    who, known = filled.fill(address)
    return who, filled.addresses(guarded, known)


def visits(opened, scene, look):
    """Each role's window at each page that opens to it and that looks unlike those before."""
    who, pages = scene
    seen, met = set(), set()
    for role, account in who.items():
        visitor = opened(**{"width": 320, "height": 640} | look)
        if account:
            visitor.sign_in(account)
        for endpoint, path in pages.items():
            answer = visitor.context.request.get(path)
            asked_to_sign_in = "/sign-in" in answer.url and endpoint != "accounts.sign_in"
            if answer.status in {403, 404} or asked_to_sign_in:
                continue
            met.add(endpoint)
            main = SECRET.sub("", answer.text().partition("<main")[2])
            if main not in seen:
                seen.add(main)
                yield visitor, role, endpoint, path
    assert met >= set(pages) - CLOSED, set(pages) - met


def faults(visitor, path):
    """What is wrong with the page, in words."""
    visitor.go(path)
    headings = visitor.page.locator("h1").count()
    found = [*visitor.faults(), *(f"sticks out: {each}" for each in visitor.overflow())]
    return found if headings == 1 else [*found, f"{headings} h1"]


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_every_page_is_without_fault_for_every_role(opened, scene, look):
    wrong = {
        f"{role} {path}": found
        for visitor, role, _, path in visits(opened, scene, look)
        if (found := faults(visitor, path))
    }
    assert wrong == {}, "\n".join(f"{k}: {v}" for k, v in wrong.items())
