"""Every page for each role in both languages, both lights and all sizes; what it refuses and swaps.

`make looks` asks for all of it and prints how much was looked at; the suite looks at a sample.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import filled
import looks
import make
import pytest
import scene
import swaps

from talent.access import Role
from talent.accounts.models import Account
from talent.db import db
from talent.offices.models import Office

ROLES = (*filled.ROLES, "leader", "auditor")
SIDES = [(role, language) for language in looks.LANGUAGES for role in ROLES]
SIDE = pytest.mark.parametrize(("role", "language"), SIDES)
FRESH = 600  # seconds after which what was going on in the scene is over
FORM, FETCHED, PRESSED = MARKS = ('class="form', "hx-get", "hx-post")


class Scene:
    """The filled scene: made once, put back for each test, and anew when it has grown old."""

    def __init__(self, home, address) -> None:
        self.file, self.address, self.made_at = home / "talent.sqlite3", address, -FRESH
        self.seen, self.marks = set(), {}  # by all tests of this worker

    def open(self):
        kept = self.file.with_suffix(".filled")
        if time.monotonic() - self.made_at < FRESH:
            _copy(kept, self.file)
        else:
            self._fill()
            if self.file.exists():
                _copy(self.file, kept)
                self.made_at = time.monotonic()
        return {role: one and db.session.get(Account, one) for role, one in self.ids.items()}

    def _fill(self):
        who, self.known = filled.fill(self.address)
        office = db.session.get(Office, self.known["office_id"])
        for role in (Role.LEADER, Role.AUDITOR):
            who[role.value] = scene.account(role, office, name="另一人")
        self.ids = {role: account and account.id for role, account in who.items()}


def _copy(source, target):
    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.fixture(scope="session")
def scenery(settings, address):
    return Scene(settings.TALENT_HOME, address)


@pytest.fixture
def round_(opened, guarded, scenery, record_property):
    """A round through the filled scene; what it looked at is told at the end of the run."""
    made = looks.Round(opened, scenery.open(), seen=scenery.seen)
    made.marks, made.pages = scenery.marks, filled.addresses(guarded, scenery.known)
    yield made
    for (what, language), number in made.counts.items():
        record_property(f"{what}, {language}", number)


def hers(made, role):
    account = made.who[role]
    return [path for path, wanted in made.pages.values() if looks.may(account, wanted)]


def having(made, role, language, mark):
    """The pages of the role with it in their main part; each page is asked for once."""
    visitor, known = made.window(role, language), made.marks.setdefault(role, {})
    for path in (mine := hers(made, role)):
        if path not in known:
            answer = visitor.context.request.get(path)
            main = answer.text().partition("<main")[2] if answer.ok else ""
            known[path] = {each for each in MARKS if each in main}
    return [path for path in mine if mark in known[path]]


@SIDE
def test_every_page(round_, role, language):
    for path in hers(round_, role):
        round_.visit(role, language, path)
    round_.refuse()
    round_.judge()
    assert sum(round_.counts[state, language] for state in ("filled", "seen before")) > 20


@SIDE
def test_every_form_that_is_refused(round_, role, language):
    """In the browser: the problem has the focus, and the page is without fault."""
    visitor = round_.window(role, language)
    for path in having(round_, role, language, FORM):
        visitor.go(path)
        for place in range(visitor.page.locator(looks.FORMS).count()):
            if place:
                visitor.go(path)
            if looks.send_nonsense(visitor, place) == 422:
                shown = visitor.page.locator("main").evaluate("e => e.outerHTML")
                met = round_.met(role, f"refused {language}", shown)
                found = looks.unsaid(visitor) if met else looks.refused(visitor)
                round_.note(f"{role} {language} {path} {place}", found)
                round_.counts["refused", language] += 1
            if "sign-in" in visitor.path and round_.who[role]:  # it ended her sessions
                visitor.sign_in(round_.who[role])
    assert round_.wrong == {}, looks.told(round_.wrong)


@SIDE
def test_every_part_that_is_fetched(round_, role, language):
    visitor, met = round_.window(role, language), set()
    for path in having(round_, role, language, FETCHED):
        visitor.go(path)
        for part in swaps.parts(visitor, "hx-get"):
            if (name := (swaps.pattern(path), swaps.pattern(part[1]))) not in met:
                met.add(name)
                visitor.go(path)
                round_.note(f"{role} {language} {path} {part[1]}", swaps.fetch(visitor, path, part))
                round_.counts["fetched", language] += 1
    assert round_.wrong == {}, looks.told(round_.wrong)


@SIDE
def test_every_act_in_place(round_, role, language):
    visitor, met = round_.window(role, language), set()
    for path in having(round_, role, language, PRESSED):
        visitor.go(path)
        while url := swaps.unmet(visitor, met):
            round_.note(f"{role} {language} {path} {url}", swaps.press(visitor, url))
            round_.counts["pressed", language] += 1
            visitor.go(path)
    assert round_.wrong == {}, looks.told(round_.wrong)


@pytest.mark.parametrize("language", looks.LANGUAGES)
def test_every_page_of_an_office_that_has_nothing_yet(opened, guarded, language, record_property):
    office, other = make.office("空社区", name_en="Empty"), make.office("邻社区", name_en="Other")
    roles = (Role.LEADER, Role.COORDINATOR, Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR)
    who = {role.value: scene.account(role, office, name="独一人") for role in roles}
    who["volunteer"] = scene.account(None, None, person=make.person("白丁", at=other))
    made = looks.Round(opened, who)
    known = {"office_id": office.id, "year": scene.today().year, "signup_id": 0, "project_id": 0}
    made.pages = filled.addresses(guarded, known)
    for role in who:
        for path in hers(made, role):
            made.visit(role, language, path, state="empty")
    made.judge()
    for (what, _), number in made.counts.items():
        record_property(f"{what}, {language}", number)
