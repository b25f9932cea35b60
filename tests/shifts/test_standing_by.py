"""Those who stand by for a full shift: seated before who waits, and free to step back."""

from datetime import timedelta

import make
import plan
import pytest
from queueing import full, give_up, of, stands, told

from talent.db import db, writing
from talent.messages.models import MessageKind
from talent.rules.signup import SignupState
from talent.shifts.models import Need

pytestmark = pytest.mark.usefixtures("clock")
WAITING, RESERVE = SignupState.WAITING, SignupState.RESERVE
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def offering(office):
    """An office that asks before it gives a place."""
    make.let(office, waiting_mode="offer")
    return office


def reserve_url(shift):
    return plan.signup_url(shift, way="reserve")


def test_a_volunteer_stands_by_and_is_seated_before_who_waits(browser, office):
    shift, accounts = full(office, "甲", reserve=1)
    standby = make.volunteer(office, "备用")
    page = browser.sign_in(standby).visit(f"/shifts/{shift.id}")
    assert "1 more may stand by" in page.words
    page = browser.send(reserve_url(shift), htmx=True, status=200)
    assert "You stand by. If a place becomes free, you have it and are told." in page.words
    assert "Stands by, number 1" in page.words
    assert "Stands by, number 1" in browser.visit("/shifts/mine").words
    give_up(browser, shift, accounts["王秀兰"])
    assert stands(shift, "备用", "甲") == ["confirmed", "waiting"]
    assert told(MessageKind.PROMOTED) == ["备用"]
    need = db.session.query(Need).filter_by(shift_id=shift.id).one()
    assert (need.taken, need.reserved) == (1, 0)


def test_who_stands_by_agreed_beforehand_and_is_not_asked_again(browser, offering):
    shift, accounts = full(offering, "甲", reserve=1, state=RESERVE)
    give_up(browser, shift, accounts["王秀兰"])
    assert stands(shift, "甲") == ["confirmed"]
    assert told(MessageKind.PLACE_OFFERED) == []


def test_as_many_stand_by_as_are_asked_for_and_one_who_steps_back_makes_room(browser, office):
    shift, accounts = full(office, "甲", reserve=1, state=RESERVE)
    second = make.volunteer(office, "乙")
    browser.sign_in(second)
    assert "Stand by" not in browser.visit(f"/shifts/{shift.id}").said("button")
    words = browser.send(reserve_url(shift), status=409).words
    assert "Enough people stand by for this position already." in words
    give_up(browser, shift, accounts["甲"])
    browser.sign_in(second).send(reserve_url(shift), htmx=True, status=200)
    assert stands(shift, "甲", "乙") == ["cancelled", "reserve"]


def test_the_waiting_do_not_stand_by_of_themselves_when_a_reserve_leaves(browser, office):
    shift, accounts = full(office, "甲", reserve=1, state=RESERVE)
    plan.place(shift, make.person("乙", at=office), state=WAITING)
    give_up(browser, shift, accounts["甲"])
    assert stands(shift, "甲", "乙") == ["cancelled", "waiting"]


@pytest.mark.parametrize(("second", "status"), [(-1, 200), (0, 409)])
def test_who_stands_by_can_step_back_until_the_start(browser, office, clock, second, status):
    shift, accounts = full(office, "甲", reserve=1, state=RESERVE)
    clock.move_to(shift.starts_at + second * SECOND)
    browser.sign_in(accounts["甲"])
    browser.send(f"/shifts/{shift.id}/cancellation", htmx=True, status=status)


def test_who_stands_by_keeps_the_time_free(browser, office):
    shift, accounts = full(office, "甲", reserve=1, state=RESERVE)
    other = plan.shift(plan.project(office))
    browser.sign_in(accounts["甲"]).send(plan.signup_url(other), status=409)
    assert plan.states(other) == {}
    assert stands(shift, "甲") == ["reserve"]


def test_standing_by_where_a_place_is_free_takes_the_place(browser, office):
    shift = plan.shift(plan.project(office), places=1, reserve=1)
    account = make.volunteer(office)
    page = browser.sign_in(account).send(reserve_url(shift), htmx=True, status=200)
    assert "A place has just become free, and you have it." in page.words
    assert stands(shift, "王秀兰") == ["confirmed"]


def test_who_stands_by_does_not_fall_back_to_the_waiting_list(browser, office):
    shift, accounts = full(office, "甲", reserve=1, state=RESERVE)
    browser.sign_in(accounts["甲"])
    browser.send(plan.signup_url(shift, way="waiting"), htmx=True, status=200)
    need = db.session.query(Need).filter_by(shift_id=shift.id).one()
    assert (stands(shift, "甲"), need.reserved) == (["reserve"], 1)


def test_the_leader_sees_the_line_and_seats_one_who_stands_by_on_the_day(browser, office, clock):
    shift, _ = full(office, "甲", reserve=1, state=RESERVE)
    plan.place(shift, make.person("乙", at=office), state=WAITING)
    page = browser.sign_in(plan.coordinator(office)).visit(f"/shifts/{shift.id}/roster")
    assert {"Stand by", "Waiting list"} <= set(page.said("h2"))
    with writing():
        db.session.query(Need).filter_by(shift_id=shift.id).update({"places": 2})
    clock.move_to(shift.starts_at + MINUTE)
    person = of(shift, "甲").person_id
    browser.sign_in(plan.leader(office)).send(
        f"/shifts/{shift.id}/walk-ins?need={shift.needs[0].id}&person={person}"
    )
    need = db.session.query(Need).filter_by(shift_id=shift.id).one()
    assert (stands(shift, "甲", "乙"), need.taken, need.reserved) == (
        ["confirmed", "waiting"], 2, 0,
    )  # fmt: skip
