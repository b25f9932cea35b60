"""Every page once: readable by whoever sees it, in both lights and all sizes, and valid HTML.

Role and language take turns from page to page; `make looks` looks at all of them.
"""

from __future__ import annotations

import filled
import looks
import make
import pytest
import scene
import swaps
import valid

from talent.access import Role

PARTS = 3
BEFORE = {"accounts.reset": "accounts.open_link"}  # a page that a link of a letter opens
FORMS = (
    "/account/invite", "/offices/new", "/people/new", "/shifts/projects/new",
    "/staffing/standards/new", "/training/courses/new",
)  # fmt: skip
LISTS = (
    "/", "/people/", "/people/applications", "/shifts/", "/shifts/projects", "/shifts/board",
    "/hours/review", "/hours/review/overdue", "/hours/review/doubts", "/training/",
    "/training/sessions", "/training/credentials", "/training/verification", "/training/kinds",
    "/training/social-workers", "/renewals/", "/renewals/requirements", "/renewals/plans",
    "/messages/",
    "/certificates/register", "/staffing/appointments", "/staffing/population", "/ratings/",
    "/ratings/projects",
)  # fmt: skip
OWN_LISTS = (
    "/", "/shifts/", "/shifts/mine", "/hours/", "/certificates/", "/training/mine", "/ratings/mine",
)  # fmt: skip


@pytest.fixture
def filled_scene(guarded, address):
    """Who is there, and the address of every page with the permission it asks for."""
    who, known = filled.fill(address)
    return who, filled.addresses(guarded, known)


def test_what_is_looked_for_would_be_found(opened):
    visitor = opened("en", **looks.PHONE)
    page = "<!doctype html><html lang=en><title>x</title><main><h1>head</h1><h1>b</h1>{}</main>"
    bad = (
        "<p id=a>" + "wide" * 99 + "<img src='data:,'><input id=a><button>go</button>"
        "<style>:root[data-size] button { height: 50px; width: 90px } button { color: #666 }"
        "@media (prefers-color-scheme: dark) { h1 { color: #444; background: #000 } }</style>"
    )
    visitor.page.route("**/verify", lambda route: route.fulfill(
        content_type="text/html", body=page.format(bad)
    ))  # fmt: skip
    visitor.go("/verify")
    found = "\n".join(looks.look(visitor))
    for each in (
        "image-alt: ", "label: ", "\nsticks out: <p", "2 h1", "two elements are #a",
        "px, not 44: <button", "large type: 90 x 50 px, not 60: <button",
        "\ncolor-contrast-enhanced: <button", "dark: color-contrast: <h1",
    ):  # fmt: skip
        assert each in f"\n{found}", found


def test_what_is_not_valid_would_be_found():
    page = (
        "<!DOCTYPE html><html lang=en><head><title>x</title></head><body><h1>a</h1>{}</body></html>"
    )
    assert valid.faults({"fine": page.format("<p>b</p>")}) == {}
    bad = "<p><form action=''><div id=a></p><ul><p></ul><h3>c</h3><b id=a></b><input typo=1>"
    found = " ".join(valid.faults({"bad": page.format(bad)})["bad"])
    for rule in ("attribute-allowed-values", "heading-level", "no-dup-id", "element-permitted"):
        assert rule in found, found


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_without_fault(opened, filled_scene, part):
    who, pages = filled_scene
    round_, met = looks.Round(opened, who), set()
    mine = list(pages)[part::PARTS]
    for turn, endpoint in enumerate(mine):
        path, permission = pages[endpoint]
        those = [role for role, account in who.items() if looks.may(account, permission)]
        begin = turn % len(those)
        for role in those[begin:] + those[:begin]:
            if before := BEFORE.get(endpoint):
                round_.window(role, looks.LANGUAGES[turn % 2]).go(pages[before][0])
            if round_.visit(role, looks.LANGUAGES[turn % 2], path):
                met.add(endpoint)
                break
    round_.refuse()
    round_.judge()
    assert {*mine} - met <= looks.CLOSED
    refused = sum(n for (state, _), n in round_.counts.items() if state == "refused, sent")
    assert refused > len(round_.forms) / 2


def test_a_refused_form_is_without_fault(opened, guarded):
    visitor = opened("zh", **looks.PHONE).sign_in(scene.place().administrator)
    wrong = {}
    for path in FORMS:
        visitor.go(path)
        visitor.send()
        wrong[path] = looks.refused(visitor)
    assert not any(wrong.values()), looks.told(wrong)


def test_an_empty_list_says_what_to_do(opened, guarded):
    office, other = make.office("空社区", name_en="Empty"), make.office("邻社区", name_en="Other")
    wrong = {}
    for account, paths in (
        (scene.account(Role.MANAGER, office), LISTS),
        (scene.account(None, None, person=make.person("白丁", at=other)), OWN_LISTS),
    ):
        visitor = opened("zh", **looks.PHONE).sign_in(account)
        for path in paths:
            visitor.go(path)
            wrong[path] = looks.glance(visitor)
            if path != "/" and not visitor.page.locator("main .empty p").count():
                wrong[path].append("says nothing")
    assert not any(wrong.values()), looks.told(wrong)


def test_what_is_not_there_or_not_allowed_is_said_without_fault(opened, guarded):
    visitor = opened("zh", **looks.PHONE).sign_in(scene.volunteer(scene.place().office))
    for path in ("/none", "/people/", "/shifts/999", "/verify/ZM2026-XXXX"):
        visitor.go(path)
        assert looks.look(visitor) == [], path


def test_the_first_start_is_without_fault(opened, guarded):
    visitor = opened("zh", **looks.PHONE)
    visitor.go("/account/first-start")
    assert looks.look(visitor) == []


def test_what_is_swapped_in_is_without_fault(opened, filled_scene):
    """A filter, a list that is fetched when it is seen, an act in place; `make looks` does all."""
    who, pages = filled_scene
    visitor = opened("zh", **looks.PHONE).sign_in(who["administrator"])
    wrong = {}
    for endpoint in ("people.index", "people.show", "shifts.roster"):
        path = pages[endpoint][0]
        visitor.go(path)
        wrong[path] = swaps.fetch(visitor, path, swaps.parts(visitor, "hx-get")[0])
    _, url, _ = swaps.parts(visitor, "hx-post")[0]  # of the roster
    wrong[url] = swaps.press(visitor, url)
    assert not any(wrong.values()), looks.told(wrong)
