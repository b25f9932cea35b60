"""Every page, as each role sees it: found by all, readable by all, on the smallest phone."""

from __future__ import annotations

import re

import filled
import make
import pytest
import scene

from talent.access import NOBODY, Role

LOOKS = {
    "zh light": {"language": "zh"},
    "en dark large": {"language": "en", "theme": "dark", "size": "large"},
}
# Roles of an office see much the same pages: each is looked at in one look, the volunteer in both.
LEFT_OUT = {"zh": {"coordinator", "manager"}, "en": {"newcomer", "administrator"}}
SAMPLED = {
    "zh dark": {"language": "zh", "theme": "dark"},
    "zh largest": {"language": "zh", "size": "largest"},
    "en light, wide": {"language": "en", "width": 1280, "height": 800},
}
EVERY = 12  # of so many pages one is looked at in the sampled looks
PHONE = {"width": 320, "height": 640}
CLOSED = {"accounts.first_start", "reports.components"}  # to whoever comes later, or to an office
FORMS = (
    "/account/invite", "/offices/new", "/offices/categories/new",
    "/people/new", "/people/imports", "/shifts/projects/new", "/shifts/board/views/new",
    "/staffing/population/new", "/staffing/standards/new", "/training/courses/new",
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
SECRET = re.compile(r'name="(csrf_token|form_key)" value="[^"]*"|id="[a-z]*csrf_token"|\d\d:\d\d')


@pytest.fixture
def filled_scene(guarded, address):
    """Who is there, and the address of every page with the permission it asks for."""
    who, known = filled.fill(address)
    return who, filled.addresses(guarded, known)


def visits(opened, filled_scene, look):
    """Each role's window at each page that opens to it and that looks unlike those before."""
    who, pages = filled_scene
    seen, met = set(), set()
    for role, account in who.items():
        if role in LEFT_OUT[look["language"]]:
            continue
        visitor = opened(**PHONE | look)
        if account:
            visitor.sign_in(account)
        else:
            visitor.context.add_cookies([filled.tablet(visitor.address)])
        for endpoint, (path, permission) in pages.items():
            if not (account.actor if account else NOBODY).may(permission):
                continue
            answer = visitor.context.request.get(path)
            if not answer.ok:  # another one's thing
                assert answer.status in {404, 409}, (role, path, answer.status)
                continue
            met.add(endpoint)
            main = SECRET.sub("", answer.text().partition("<main")[2])
            if main not in seen:
                seen.add(main)
                yield visitor, role, path
    if "administrator" not in LEFT_OUT[look["language"]]:
        assert met >= set(pages) - CLOSED, set(pages) - met


def faults(visitor, path, *, act=None):
    """What is wrong with the page, or with what comes of an act on it, in words."""
    visitor.go(path)
    if act:
        act()
    headings = visitor.page.locator("h1").count()
    found = [*visitor.faults(), *(f"sticks out: {each}" for each in visitor.overflow())]
    return found if headings == 1 else [*found, f"{headings} h1"]


def told(wrong):
    return "\n".join(f"{where}: {what}" for where, what in wrong.items())


def test_what_is_looked_for_would_be_found(opened):
    visitor = opened("en", **PHONE)
    page = "<!doctype html><html lang=en><title>x</title><main><h1>a</h1><h1>b</h1>{}</main>"
    bad = "<p>" + "wide" * 99 + "<img src='data:,'><input>"
    visitor.page.route("**/verify", lambda route: route.fulfill(
        content_type="text/html", body=page.format(bad)
    ))  # fmt: skip
    found = " ".join(faults(visitor, "/verify"))
    for each in ("image-alt: ", "label: ", "sticks out: <p>", "2 h1"):
        assert each in found


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_every_page_is_without_fault_for_every_role(opened, filled_scene, look):
    wrong = {
        f"{role} {path}": found
        for visitor, role, path in visits(opened, filled_scene, look)
        if (found := faults(visitor, path))
    }
    assert wrong == {}, told(wrong)


def test_other_looks_are_without_fault_on_a_sample_of_pages(opened, filled_scene):
    who, pages = filled_scene
    wrong = {}
    for turn, (name, look) in enumerate(SAMPLED.items()):
        for role in ("volunteer", "administrator"):
            visitor = opened(**PHONE | look).sign_in(who[role])
            may = [path for path, wanted in pages.values() if who[role].actor.may(wanted)]
            for path in may[turn::EVERY]:
                if found := faults(visitor, path):
                    wrong[f"{name} {role} {path}"] = found
    assert wrong == {}, told(wrong)


def test_a_refused_form_is_without_fault(opened, guarded):
    account = scene.place().administrator
    visitor = opened("zh", **PHONE).sign_in(account)
    wrong = {}
    for path in FORMS:
        found = faults(visitor, path, act=visitor.send)
        if not visitor.page.locator("[data-problem]:focus").count():
            found.append("the problem has no focus")
        if not visitor.page.title().startswith("错误："):
            found.append(visitor.page.title())
        if found:
            wrong[path] = found
    assert wrong == {}, told(wrong)


def test_an_empty_list_says_what_to_do(opened, guarded):
    office, other = make.office("空社区", name_en="Empty"), make.office("邻社区", name_en="Other")
    wrong = {}
    for account, paths in (
        (scene.account(Role.MANAGER, office), LISTS),
        (scene.account(None, None, person=make.person("白丁", at=other)), OWN_LISTS),
    ):
        visitor = opened("zh", **PHONE).sign_in(account)
        for path in paths:
            found = faults(visitor, path)
            if path != "/" and not visitor.page.locator("main .empty p").count():
                found.append("says nothing")
            if found:
                wrong[path] = found
    assert wrong == {}, told(wrong)


def test_what_is_not_there_or_not_allowed_is_said_without_fault(opened, guarded):
    visitor = opened("zh", **PHONE).sign_in(scene.volunteer(scene.place().office))
    for path in ("/none", "/people/", "/shifts/999", "/verify/ZM2026-XXXX"):
        assert faults(visitor, path) == []


def test_the_first_start_is_without_fault(opened, guarded):
    assert faults(opened("zh", **PHONE), "/account/first-start") == []
