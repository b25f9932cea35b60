"""What a screen reader is given on five journeys, kept in a folder: roles, names, what is said.

`make looks` compares. `SPOKEN=write` before it keeps what is heard now, to be read before it
goes in.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import scene
from playwright.sync_api import expect
from visitor import PASSWORD

KEPT = Path(__file__).parent / "heard"
WEEKDAY = re.compile("(周|星期)[一二三四五六日]")
FIGURES = re.compile(r"(?<!level=)\d+")


@pytest.fixture
def place(guarded):
    made = scene.place()
    made.volunteer = scene.volunteer(made.office)
    made.shift = scene.shift(made.project, scene.at(2, 10))
    return made


class Listener:
    """Keeps what is heard step by step; days and figures are left out, which differ each time."""

    def __init__(self, visitor) -> None:
        self.visitor, self.heard = visitor, []

    def hear(self, step) -> None:
        page = self.visitor.page
        page.wait_for_load_state("networkidle")  # what comes when it is seen has come
        text = page.locator("main").aria_snapshot()
        said = page.locator("#say").inner_text().strip()
        whole = f"== {step}: {page.title()}\n{text}\n" + (f"-- said: {said}\n" if said else "")
        told = FIGURES.sub("0", WEEKDAY.sub("周〇", whole))
        self.heard.append(told.replace("–0年0月0日 周〇", "–"))  # one that ends after midnight

    def compare(self, name) -> None:
        file, now = KEPT / f"{name.replace(' ', '-')}.txt", "".join(self.heard)
        if os.environ.get("SPOKEN") == "write":
            file.parent.mkdir(exist_ok=True)
            file.write_text(now, encoding="utf-8")
        assert now == file.read_text(encoding="utf-8")


@pytest.fixture
def listener(opened):
    return Listener(opened("zh"))


def test_signing_in(listener, place):
    listener.visitor.go("/account/sign-in")
    listener.hear("asked")
    listener.visitor.fill(login=place.volunteer.email, password="something else")
    listener.visitor.send()
    listener.hear("refused")
    listener.visitor.fill(password=PASSWORD)
    listener.visitor.send()
    listener.hear("in")
    listener.compare("signing in")


def test_a_place_on_a_shift(listener, place):
    visitor = listener.visitor.sign_in(place.volunteer)
    visitor.go(f"/shifts/{place.shift.id}")
    listener.hear("a shift")
    visitor.page.locator(f"main form[action^='/shifts/{place.shift.id}/signup'] button").click()
    expect(visitor.page.locator("#say")).not_to_be_empty()
    listener.hear("taken")
    listener.compare("a place on a shift")


def test_a_search_that_finds_nothing(listener, place):
    visitor = listener.visitor.sign_in(place.coordinator)
    visitor.go("/people/")
    listener.hear("all")
    visitor.page.locator("main form[role=search] input[name=q]").fill("nobody")
    visitor.page.locator("#results .empty").wait_for()
    expect(visitor.page.locator("#say")).not_to_be_empty()
    listener.hear("nobody")
    listener.compare("a search that finds nothing")


def test_a_form_that_is_refused(listener, place):
    visitor = listener.visitor.sign_in(place.coordinator)
    visitor.go("/people/new")
    visitor.send()
    listener.hear("refused")
    listener.compare("a form that is refused")


def test_somebody_who_came(listener, place):
    visitor = listener.visitor.sign_in(place.coordinator)
    now = scene.shift(place.project, scene.clock.now())
    scene.make.signup(now, place.volunteer.person)
    visitor.go(f"/shifts/{now.id}/roster")
    visitor.page.wait_for_load_state("networkidle")
    listener.hear("a list")
    visitor.page.locator("main form[hx-post$='/arrival'] button[type=submit]").first.click()
    expect(visitor.page.locator("#say")).not_to_be_empty()
    listener.hear("came")
    listener.compare("somebody who came")
