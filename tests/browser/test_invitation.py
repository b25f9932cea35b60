"""From a link on a phone to a kept place: a newcomer registers and signs up in one journey."""

from __future__ import annotations

import make
import pytest
import scene
from visitor import PASSWORD

from talent import clock
from talent.access import SYSTEM
from talent.db import db, writing
from talent.people.models import Registration, RegistrationState
from talent.people.registrations import service as registrations
from talent.rules.signup import SignupState
from talent.schedule import SCHEDULE, run
from talent.shifts.models import Signup

NAME, LOGIN = "王秀兰", "xiulan@example.org"
MOST_SCREENS = 6  # from the link to the confirmation, both counted
KEPT = {"zh": f"已为{NAME}保留名额", "en": f"A place is kept for {NAME}"}
HAS = {"zh": f"{NAME}已有名额", "en": f"{NAME} has a place"}
WINDOWS = {
    "in Chinese on a phone": {"language": "zh", "width": 360, "height": 740, "phone": True},
    "in English without JavaScript": {"language": "en", "width": 360, "scripts": False},
}


def only(model):
    db.session.rollback()
    return db.session.query(model).one()


def looked_at(visitor):
    """Nothing of what a stranger would check is wrong on the page."""
    assert visitor.overflow() == []
    if visitor.scripts:
        assert visitor.faults() == []


def blank(visitor):
    """The fields that wait for what somebody types, by their names."""
    return set(
        visitor.page.locator("main form.form").evaluate_all(
            """forms => forms.flatMap(form => [...form.elements])
              .filter(e => e.matches("input, textarea") && e.type !== "hidden" && !e.value)
              .map(e => e.name)"""
        )
    )


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS.keys())
def test_a_newcomer_comes_by_a_link_registers_and_has_a_place_in_six_screens(opened, window):
    place = scene.place()
    shift = scene.shift(place.project, scene.at(3, 10))
    desk = opened("zh", width=360).sign_in(place.coordinator)
    desk.go(f"/shifts/{shift.id}/invitation")
    desk.send("/invitation")
    looked_at(desk)
    link = desk.page.locator("#link").inner_text().removeprefix(desk.address)
    assert desk.page.locator(".qr svg").count() == 1

    hers = opened(**window)
    hers.go(link)
    looked_at(hers)
    hers.press(hers.page.locator("main a.button.primary").first)
    asked = blank(hers)
    hers.fill(name=NAME, login=LOGIN, password=PASSWORD)
    hers.send()
    assert hers.path.startswith("/people/register")
    known = {name: hers.page.locator(f"[name={name}]").input_value() for name in ("name", "email")}
    assert known == {"name": NAME, "email": LOGIN}  # never asked twice
    assert asked == {"name", "login", "password"}
    assert not asked & blank(hers)
    assert hers.page.locator("[name=office]").input_value() == str(place.office.id)
    hers.fill(
        document_kind="resident_id", document=make.resident_id(), area="春风社区",
        phone="13912345678", categories=[str(place.project.category_id)], privacy=True,
    )  # fmt: skip
    hers.send()
    assert hers.path == link
    looked_at(hers)
    assert blank(hers) == set()
    hers.press(hers.page.locator("main form[action*='/signup'] button").first)
    assert KEPT[window["language"]] in hers.words
    looked_at(hers)
    # The last press answers at the address of the screen before: it is one screen more.
    assert len(hers.screens) + 1 <= MOST_SCREENS, hers.screens
    assert only(Signup).state is SignupState.OFFERED

    with writing():
        registrations.move(
            db.session.query(Registration).one(), RegistrationState.ACTIVE,
            actor=SYSTEM, now=clock.now(),
        )  # fmt: skip
    assert [job.name for job in SCHEDULE if not run(job, clock.now())] == []
    assert only(Signup).state is SignupState.CONFIRMED
    hers.go(link)
    assert HAS[window["language"]] in hers.words


def test_a_link_that_leads_nowhere_says_so(opened, guarded):
    scene.place()
    visitor = opened("zh", width=320)
    visitor.go("/shifts/invited/none")
    assert "该链接已失效" in visitor.words
    assert visitor.faults() == []
