"""A shift by its link: no account needed to see it, and the place is kept for who is new."""

from datetime import date, timedelta

import make
import plan
import pytest
from pages import Page

from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.offices.models import OfficeKind
from talent.people.models import Consent, Person, Registration, RegistrationState
from talent.rules.consent import ConsentKind
from talent.rules.signup import SignupState
from talent.shifts.invitations import service
from talent.shifts.models import Shift, Signup

pytestmark = pytest.mark.usefixtures("clock")
PASSWORD = "three-quiet-herons"


@pytest.fixture
def office(app):
    make.account()  # somebody has set it up
    return make.office("春风社区", name_en="Spring Breeze")


@pytest.fixture
def shift(office):
    return plan.shift(plan.project(office), places=2)


def link(browser, office, shift):
    """The coordinator makes the link, and gives it to somebody."""
    browser.sign_in(plan.coordinator(office)).send(f"/shifts/{shift.id}/invitation")
    page = browser.visit(f"/shifts/{shift.id}/invitation")
    browser.send("/account/sign-out")
    return page.said("p", id="link")[0].removeprefix("http://localhost:8000")


def settled(now=make.NOW):
    with writing():
        service.settle(now)


def signup():
    db.session.rollback()
    return db.session.query(Signup).one()


def reached(browser, page):
    """The page to which an answer leads, however many steps that are."""
    while page.status == 303:
        page = Page(browser.get(page.location))
    return page


def newcomer(browser, url, **more):
    """Through the whole journey up to the button; the address of the place to take."""
    page = browser.visit(url)
    [new] = [a for a in page.all("a", class_="primary") if "sign-up" in a.get("href")]
    page = reached(browser, browser.send(
        new.get("href"), name="王秀兰", login="xiulan@example.org", password=PASSWORD
    ))  # fmt: skip
    register = page.response.request.full_path
    assert page.response.request.path == "/people/register"
    [chosen] = [o for o in page.all("option") if o.get("selected") is not None and o.get("value")]
    fields = {
        "office": chosen.get("value"), "name": "王秀兰", "document_kind": "resident_id",
        "document": make.resident_id(), "area": "春风社区", "phone": "13912345678",
        "skills": "", "categories": [str(make.category().id)], "privacy": "y", **more,
    }  # fmt: skip
    page = browser.send(register, **fields)
    assert page.location == url
    return browser.visit(url)


def act(page, end="/signup"):
    return next(f.get("action") for f in page.all("form") if end in (f.get("action") or ""))


def test_the_link_shows_the_shift_without_an_account_and_without_anybodys_name(
    browser, office, shift
):
    plan.place(shift, make.person("陈静", at=office))
    url = link(browser, office, shift)
    page = browser.visit(url)
    for said in ("Meals for neighbours", "Wed 3 Jun 2026 09:00", "1 of 2 places free", "社区食堂"):
        assert said in page.words
    for name in ("陈静", "李主任"):
        assert name not in page.text
    assert page.response.headers["X-Robots-Tag"] == "noindex"
    assert len(url.rpartition("/")[2]) >= 20


def test_a_newcomer_registers_and_the_place_is_kept_until_the_office_accepts(
    browser, office, shift
):
    url = link(browser, office, shift)
    page = newcomer(browser, url)
    assert "The office has not decided on the registration yet" in page.words
    browser.send(act(page))
    page = browser.visit(url)
    assert "A place is kept for 王秀兰" in page.words
    one = signup()
    assert (one.state, one.invited, one.newcomer) == (SignupState.OFFERED, True, True)
    assert one.answer_by == shift.starts_at  # in two days, before the week is over
    assert plan.taken(shift) == [1]
    assert told() == [MessageKind.PLACE_KEPT]
    mine = browser.visit("/shifts/mine").words
    assert "Meals for neighbours" in mine
    assert "Kept until you are accepted" in mine  # it is the office that answers
    settled()
    assert signup().state is SignupState.OFFERED
    decide(RegistrationState.ACTIVE)
    settled()
    one = signup()
    assert (one.state, one.newcomer, one.answer_by) == (SignupState.CONFIRMED, False, None)
    assert plan.taken(shift) == [1]
    assert told() == [MessageKind.PLACE_KEPT, MessageKind.SIGNED_UP]
    assert "has a place" in browser.visit(url).words


def decide(state):
    with writing():
        db.session.query(Registration).filter(
            Registration.state == RegistrationState.APPLIED
        ).one().state = state


def told():
    db.session.rollback()
    return [m.kind for m in db.session.query(Message).order_by(Message.id)]


def test_a_second_click_neither_takes_a_second_place_nor_keeps_it_longer(browser, office):
    shift = plan.shift(plan.project(office), starts=24 * 20)
    url = link(browser, office, shift)
    page = newcomer(browser, url)
    for _ in range(2):
        browser.send(act(page))
    assert signup().answer_by == make.NOW + timedelta(days=7)
    assert plan.taken(shift) == [1]


@pytest.mark.parametrize("state", [RegistrationState.RETURNED, RegistrationState.LEFT])
def test_who_is_not_accepted_loses_the_place_and_the_next_one_moves_up(
    browser, office, shift, state
):
    url = link(browser, office, shift)
    browser.send(act(newcomer(browser, url)))
    plan.place(shift, make.person("陈静", at=office))
    plan.place(shift, make.person("赵云", at=office), state=SignupState.WAITING)
    decide(state)
    settled()
    assert plan.states(shift) == {"removed": 1, "confirmed": 2}
    removed = db.session.query(Message).filter_by(kind=MessageKind.REMOVED).one()
    assert removed.facts["reason"] in {
        "The registration as a volunteer was not accepted.", "未能通过志愿者登记。",
    }  # fmt: skip


def test_an_undecided_registration_frees_the_place_in_time_and_says_so(browser, office, shift):
    url = link(browser, office, shift)
    browser.send(act(newcomer(browser, url)))
    settled(shift.starts_at - timedelta(seconds=1))
    assert plan.states(shift) == {"offered": 1}
    settled(shift.starts_at)
    assert (plan.states(shift), plan.taken(shift)) == ({"removed": 1}, [0])
    assert MessageKind.REMOVED in told()


def test_every_other_rule_is_asked_again_when_the_registration_is_accepted(browser, office, shift):
    url = link(browser, office, shift)
    browser.send(act(newcomer(browser, url)))
    with writing():
        db.session.get(Shift, shift.id).needs[0].minimum_age = 70
    decide(RegistrationState.ACTIVE)
    settled()
    assert (plan.states(shift), plan.taken(shift)) == ({"removed": 1}, [0])


def test_a_kept_place_counts_and_the_last_one_is_not_given_twice(browser, office):
    shift = plan.shift(plan.project(office), places=1)
    url = link(browser, office, shift)
    browser.send(act(newcomer(browser, url)))
    browser.sign_in(make.volunteer(office, "陈静"))
    page = browser.visit(url)
    assert "Join the waiting list" in page.words
    browser.send(act(page))
    assert plan.states(shift) == {"offered": 1, "waiting": 1}
    browser.send(act(page).replace("wait=1", ""))
    assert plan.states(shift) == {"offered": 1, "waiting": 1}


def test_an_active_volunteer_has_the_place_at_once(browser, office, shift):
    url = link(browser, office, shift)
    page = browser.sign_in(make.volunteer(office)).visit(url)
    browser.send(act(page))
    assert (signup().state, signup().invited) == (SignupState.CONFIRMED, True)
    assert browser.visit(f"{url}/registration", status=303).location == url


def test_the_registration_of_another_community_does_not_hold_here(browser, office, shift):
    url = link(browser, office, shift)
    other = make.office("秋水社区")
    browser.sign_in(make.volunteer(other))
    page = browser.visit(url)
    assert "Only an active volunteer can take a place." in page.words
    assert "This registration does not hold for this shift." in page.words
    to = browser.visit(f"{url}/registration", status=303).location
    assert to.startswith(f"/people/register?office={office.id}&next=")
    assert browser.send(to, office=office.id).location == url
    browser.send(act(browser.visit(url)))
    assert signup().state is SignupState.OFFERED


def test_a_newcomer_cannot_take_a_place_without_the_link(browser, office, shift):
    url = link(browser, office, shift)
    newcomer(browser, url)
    browser.send(plan.signup_url(shift), status=403)


def test_a_guardian_brings_a_child_along_by_the_link(browser, office, shift):
    guardian = make.volunteer(office)
    child = make.person(
        "王小明", at=office, birth_date=date(2012, 5, 1), guardian_id=guardian.person_id,
        state=RegistrationState.APPLIED,
    )  # fmt: skip
    url = link(browser, office, shift)
    page = browser.sign_in(guardian).visit(url)
    way = f"/shifts/invited/{url.rpartition('/')[2]}/signup?need={shift.needs[0].id}"
    assert "Under 18 the consent of the guardian is needed." in page.words
    browser.send(f"{way}&person={child.id}", status=409)
    make.saved(
        Consent(
            person_id=child.id, kind=ConsentKind.GUARDIAN, version="2026-06", given_at=make.NOW,
            given_by="王秀兰", by_guardian=True,
        )
    )  # fmt: skip
    browser.send(f"{way}&person={child.id}")
    assert (signup().person.name, signup().state) == ("王小明", SignupState.OFFERED)
    stranger = make.person("陈静", at=office)
    browser.send(f"{way}&person={stranger.id}", status=404)


def test_a_minor_registers_on_the_way_with_the_guardians_consent(browser, office, shift):
    url = link(browser, office, shift)
    minor = {
        "document": make.resident_id(date(2010, 3, 14)), "guardian_name": "王建国",
        "guardian_phone": "13800138000", "guardian": "y",
    }  # fmt: skip
    browser.send(act(newcomer(browser, url, **minor)))
    assert signup().state is SignupState.OFFERED


def test_the_place_is_given_up_by_who_took_it(browser, office, shift):
    url = link(browser, office, shift)
    browser.send(act(newcomer(browser, url)))
    page = browser.visit(url)
    assert browser.send(act(page, "/giving-up")).location == url
    assert (plan.states(shift), plan.taken(shift)) == ({"cancelled": 1}, [0])
    other = make.volunteer(office, "陈静")
    browser.sign_in(other).send(f"/shifts/signups/{signup().id}/giving-up", status=404)


def test_a_link_that_was_withdrawn_or_renewed_says_so(browser, office, shift):
    url = link(browser, office, shift)
    assert link(browser, office, shift) != url
    assert "This link is not valid any more." in browser.visit(url, status=404).words
    renewed = link(browser, office, shift)
    browser.sign_in(plan.coordinator(office))
    browser.send(f"/shifts/{shift.id}/invitation/withdrawal")
    for each in (url, renewed, "/shifts/invited/none"):
        assert "not valid any more" in browser.visit(each, status=404).words
        assert "not valid any more" in browser.visit(f"{each}/registration", status=404).words
        browser.send(f"{each}/signup?need={shift.needs[0].id}&person=1", status=409)


@pytest.mark.parametrize(
    ("hours", "said"), [(49, "cannot sign up for this shift now"), (60, "This shift is over.")]
)
def test_a_shift_that_has_begun_or_is_over_says_so_and_takes_nobody(
    browser, clock, office, shift, hours, said
):
    url = link(browser, office, shift)
    clock.move_to(make.hours_later(hours))
    page = browser.sign_in(make.volunteer(office)).visit(url)
    assert said in page.words
    assert not [f for f in page.all("form") if "/signup" in (f.get("action") or "")]
    own = db.session.query(Person).order_by(Person.id.desc()).first()
    browser.send(f"{url}/signup?need={shift.needs[0].id}&person={own.id}", status=409)


def test_a_called_off_shift_says_so_and_why(browser, office, shift):
    url = link(browser, office, shift)
    with writing():
        row = db.session.get(Shift, shift.id)
        row.state, row.cancel_reason = "cancelled", "下雨"
    page = browser.visit(url)
    assert "This shift was cancelled." in page.words
    assert "下雨" in page.words


def test_the_coordinator_sees_who_came_by_the_link(browser, office, shift):
    url = link(browser, office, shift)
    browser.send(act(newcomer(browser, url)))
    plan.place(shift, make.person("陈静", at=office))
    page = browser.sign_in(plan.coordinator(office)).visit(f"/shifts/{shift.id}/invitation")
    [came] = page.said("ul", id="came")
    assert "王秀兰" in came
    assert "Kept until the registration is accepted" in came
    assert "陈静" not in came


def test_a_link_is_made_by_those_who_plan_in_their_own_office_alone(browser, office, shift):
    browser.sign_in(make.volunteer(office)).send(f"/shifts/{shift.id}/invitation", status=403)
    other = make.office("秋水社区")
    browser.sign_in(plan.coordinator(other)).send(f"/shifts/{shift.id}/invitation", status=404)
    browser.visit(f"/shifts/{shift.id}/invitation", status=404)


def test_the_office_that_is_proposed_is_the_audience_or_the_nearest_that_registers(app):
    district = make.office("东湖区", kind=OfficeKind.DISTRICT)
    street = make.office("梨园街道", kind=OfficeKind.STREET, parent=district)
    make.office("春风社区", parent=street)
    other = make.office("秋水社区", kind=OfficeKind.STATION)
    for audience, expected in ((district, street.id), (street, street.id), (other, None)):
        found = service.office_for(plan.shift(plan.project(street, audience=audience)))
        assert (found.id if found else None) == expected
