"""By keyboard alone: nothing is out of reach, and focus is never lost."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
import scene
from playwright.sync_api import expect
from visitor import PASSWORD

from talent import clock
from talent.db import db
from talent.rules.signup import SignupState
from talent.shifts.models import Signup

MOST_TABS = 60


@pytest.fixture
def shifts(guarded):
    place = scene.place()
    place.volunteer = scene.volunteer(place.office)
    place.first = scene.shift(place.project, scene.at(2, 10), places=1)
    place.second = scene.shift(place.project, scene.at(3, 10))
    return place


@pytest.fixture
def hers(opened):
    return opened("en")


def focused(visitor, query):
    """Whether the focus is on such an element, or in it."""
    return visitor.page.evaluate(
        "q => document.activeElement !== document.body && !!document.activeElement.closest(q)",
        query,
    )


def tab_to(visitor, query):
    """Press Tab until the focus is there, and see that it shows each time."""
    for _ in range(MOST_TABS):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("q => document.activeElement.matches(q)", query):
            assert visitor.page.evaluate(SHOWN), f"focus on {query} does not show"
            return
    pytest.fail(f"{query} is out of reach")


SHOWN = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    && box.bottom > 0 && box.top < innerHeight;
}"""


def test_a_shift_is_taken_by_keyboard_alone(hers, shifts):
    hers.go("/account/sign-in")
    tab_to(hers, "[name=login]")
    hers.page.keyboard.type(shifts.volunteer.email)
    hers.page.keyboard.press("Tab")
    hers.page.keyboard.type(PASSWORD)
    hers.enter()
    assert hers.path == "/"
    tab_to(hers, "main a[href='/shifts/for-me']")
    hers.enter()
    assert hers.path == "/shifts/for-me"
    tab_to(hers, f"main a[href='/shifts/{shifts.first.id}']")
    hers.enter()
    assert hers.path == f"/shifts/{shifts.first.id}"
    tab_to(hers, f"form[action^='/shifts/{shifts.first.id}/signup'] button")
    hers.enter()
    assert focused(hers, f"#shift-{shifts.first.id}")
    expect(hers.page.locator("#say")).to_contain_text("place")
    db.session.rollback()
    assert db.session.query(Signup).one().state is SignupState.CONFIRMED
    hers.page.keyboard.press("Tab")  # and the reader goes on where she was
    assert focused(hers, "main .card")


@pytest.mark.parametrize("path", ["/", "/account/sign-in", "/verify"])
def test_the_first_stop_of_a_page_leads_past_its_head(hers, shifts, path):
    hers.go(path)
    hers.page.keyboard.press("Tab")
    assert focused(hers, "a.skip")
    hers.page.keyboard.press("Enter")
    assert focused(hers, "#main")
    hers.page.keyboard.press("Tab")
    assert focused(hers, "main a, main button, main input")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_error_takes_the_focus_and_what_was_typed_stays(opened, shifts, scripts):
    visitor = opened("en", scripts=scripts)
    visitor.sign_in(scene.account(None, None, name="Wang Xiulan"))
    visitor.go("/people/register")
    visitor.fill(
        office=shifts.office.id,
        document="110105",
        area="Spring Breeze",
        skills="first aid\nsign language",
    )
    visitor.send()
    assert visitor.page.title().startswith("Error:")
    assert focused(visitor, "[data-problem]")
    assert visitor.page.locator("[data-problem] [role=alert]").count() == 1
    kept = {n: visitor.page.locator(f"[name={n}]").input_value() for n in ("document", "area")}
    assert kept == {"document": "110105", "area": "Spring Breeze"}
    assert "sign language" in visitor.page.locator("[name=skills]").input_value()
    field = visitor.page.locator("[name=document]")
    assert field.get_attribute("aria-invalid") == "true"
    if scripts:  # axe is one itself
        assert visitor.faults() == []
    tab_to(visitor, "[data-problem] a[href='#document']")
    visitor.page.keyboard.press("Enter")
    assert focused(visitor, "#document")
    told = field.get_attribute("aria-describedby").split()
    said = visitor.page.locator(f"#{told[-1]}").inner_text()
    assert (
        said.removeprefix("Error:").strip() in visitor.page.locator("[data-problem]").inner_text()
    )


def test_a_list_of_people_has_one_stop_for_each_and_arrows_go_to_their_acts(hers, shifts):
    start = clock.now() - timedelta(minutes=30)
    running = scene.shift(shifts.project, start)
    names = ("李强", "吴敏", "郑爽")
    signups = [make.signup(running, make.person(name, at=shifts.office)).id for name in names]
    hers.sign_in(shifts.coordinator).go(f"/shifts/{running.id}/roster")
    rows = [f"#attendee-{each}" for each in signups]
    hers.page.locator(f"{rows[0]} [tabindex='0']").wait_for()
    tab_to(hers, f"{rows[0]} *")
    for row in rows[1:]:
        hers.page.keyboard.press("Tab")
        assert focused(hers, row)
    first = hers.page.evaluate("document.activeElement.innerText")
    hers.page.keyboard.press("ArrowRight")
    assert focused(hers, rows[2])
    assert hers.page.evaluate("document.activeElement.innerText") != first
    hers.page.keyboard.press("ArrowUp")
    assert focused(hers, rows[1])
    hers.page.keyboard.press("ArrowLeft")
    hers.enter()
    expect(hers.page.locator(f"{rows[1]} .state")).to_have_count(1)
    assert hers.page.locator(f"{rows[1]} [tabindex='0']").count() == 1
    assert focused(hers, rows[1])
    assert hers.faults() == []


def test_a_wrong_password_takes_the_focus_and_keeps_the_login(hers, shifts):
    hers.go("/account/sign-in")
    hers.fill(login=shifts.volunteer.email, password="something else")
    hers.send()
    assert focused(hers, "[data-problem]")
    assert hers.page.locator("[name=login]").input_value() == shifts.volunteer.email
    assert hers.page.locator("[name=password]").input_value() == ""


def test_a_filter_leaves_the_focus_where_one_types_and_says_what_it_found(hers, shifts):
    hers.sign_in(shifts.volunteer).go("/shifts/")
    tab_to(hers, "main summary")
    hers.page.keyboard.press("Enter")
    tab_to(hers, "#place")
    with hers.page.expect_response(lambda answer: "place=nowhere" in answer.url) as answered:
        hers.page.keyboard.type("nowhere", delay=20)
    assert answered.value.request.headers["hx-request"] == "true"
    hers.page.locator("#results .empty").wait_for()
    assert focused(hers, "#place")
    assert hers.page.locator("#place").input_value() == "nowhere"
    assert hers.path.endswith("place=nowhere")
    hers.page.go_back()
    hers.page.go_forward()
    assert hers.page.locator("h1").count() == 1


def test_a_refusal_is_said_beside_the_act(hers, opened, shifts):
    hers.sign_in(shifts.volunteer).go(f"/shifts/{shifts.first.id}")
    other = scene.account(None, None, person=make.person("李强", at=shifts.office))
    his = opened("en").sign_in(other)
    his.go(f"/shifts/{shifts.first.id}")
    act = f"/shifts/{shifts.first.id}/signup?need={shifts.first.needs[0].id}"
    his.send(act)
    hers.send(act)
    said = hers.page.locator(f"#shift-{shifts.first.id} .said")
    assert said.get_by_role("alert").count() == 1
    assert said.inner_text().strip()
    assert focused(hers, f"#shift-{shifts.first.id}")
    assert hers.faults() == []


def test_whoever_is_signed_out_meanwhile_signs_in_and_is_back(hers, shifts):
    hers.sign_in(shifts.volunteer).go(f"/shifts/{shifts.first.id}")
    hers.page.wait_for_load_state("networkidle")  # what comes late brings the cookie again
    hers.context.clear_cookies(name="talent")
    act = f"form[action^='/shifts/{shifts.first.id}/signup'] button"
    hers.page.locator(act).click()
    hers.page.wait_for_url("**/account/sign-in**")
    hers.fill(login=shifts.volunteer.email, password=PASSWORD)
    hers.send()
    assert hers.path == f"/shifts/{shifts.first.id}"


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(opened, shifts):
    his = opened("zh", width=360, height=740).sign_in(shifts.volunteer)
    tab_to(his, ".menu-button")
    his.page.keyboard.press("Enter")
    his.page.locator("#menu a[href='/hours/']").wait_for()
    assert his.faults() == []
    assert his.overflow() == []
    his.page.keyboard.press("Escape")
    his.page.locator("#menu").wait_for(state="hidden")
    assert focused(his, ".menu-button")
    his.page.keyboard.press("Enter")
    tab_to(his, "#menu a[href='/hours/']")
    his.enter()
    assert his.path == "/hours/"
    assert not his.page.locator("#menu nav").is_visible()
