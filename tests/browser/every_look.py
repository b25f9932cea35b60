"""Every page for each role in both languages, both lights and all sizes; what it refuses and swaps.

`make looks` asks for all of it and prints how much was looked at; the suite looks at a sample.
"""

from __future__ import annotations

import filled
import looks
import make
import pytest
import scene
import swaps

from talent.access import Role
from talent.db import db
from talent.offices.models import Office

ROLES = (*filled.ROLES, "leader", "auditor")
SIDES = [(role, language) for language in looks.LANGUAGES for role in ROLES]
SIDE = pytest.mark.parametrize(("role", "language"), SIDES)


@pytest.fixture
def round_(opened, guarded, address, record_property):
    """A round through the filled scene; what it looked at is told at the end of the run."""
    who, known = filled.fill(address)
    office = db.session.get(Office, known["office_id"])
    for role in (Role.LEADER, Role.AUDITOR):
        who[role.value] = scene.account(role, office, name="另一人")
    made = looks.Round(opened, who)
    made.pages = filled.addresses(guarded, known)
    yield made
    for (what, language), number in made.counts.items():
        record_property(f"{what}, {language}", number)


def hers(made, role):
    account = made.who[role]
    return [path for path, wanted in made.pages.values() if looks.may(account, wanted)]


@SIDE
def test_every_page(round_, role, language):
    for path in hers(round_, role):
        round_.visit(role, language, path)
    round_.refuse()
    round_.judge()
    assert round_.counts["filled", language] > 50


@SIDE
def test_every_form_that_is_refused(round_, role, language):
    """In the browser: the problem has the focus, and the page is without fault."""
    visitor = round_.window(role, language)
    for path in hers(round_, role):
        if not visitor.context.request.get(path).ok:
            continue
        visitor.go(path)
        for place in range(visitor.page.locator(looks.FORMS).count()):
            visitor.go(path)
            if looks.send_nonsense(visitor, place) == 422:
                round_.note(f"{role} {language} {path} {place}", looks.refused(visitor))
                round_.counts["refused", language] += 1
            if "sign-in" in visitor.path and round_.who[role]:  # it ended her sessions
                visitor.sign_in(round_.who[role])
    assert round_.wrong == {}, looks.told(round_.wrong)


@SIDE
def test_every_part_that_is_fetched(round_, role, language):
    visitor, met = round_.window(role, language), set()
    for path in hers(round_, role):
        if "hx-get" not in visitor.context.request.get(path).text().partition("<main")[2]:
            continue
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
    for path in hers(round_, role):
        if "hx-post" not in visitor.context.request.get(path).text().partition("<main")[2]:
            continue
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
