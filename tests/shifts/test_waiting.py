"""The line for a full shift: given or offered, answered, passed on."""

from datetime import timedelta

import make
import plan
import pytest
from counting import queries
from queueing import full, give_up, of, stands, told

from talent.access import SYSTEM
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.rules.signup import SignupState
from talent.shifts import jobs
from talent.shifts.models import Need, Shift, Signup
from talent.shifts.places import service as places

pytestmark = pytest.mark.usefixtures("clock")
WAITING, RESERVE, OFFERED = SignupState.WAITING, SignupState.RESERVE, SignupState.OFFERED
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def offering(office):
    """An office that asks before it gives a place, and waits twelve hours for the answer."""
    make.let(office, waiting_mode="offer")
    return office


def answer(browser, shift, account, way="acceptance", status=200):
    url = f"/shifts/{shift.id}/offer/{way}"
    return browser.sign_in(account).send(url, htmx=True, status=status)


def run(job, now):
    with writing():
        return job(now)


def test_an_office_that_gives_moves_the_first_of_three_up_at_once(browser, office):
    shift, accounts = full(office, "甲", "乙", "丙")
    give_up(browser, shift, accounts["王秀兰"])
    assert stands(shift, "甲", "乙", "丙") == ["confirmed", "waiting", "waiting"]
    assert told(MessageKind.PROMOTED) == ["甲"]
    assert told(MessageKind.PLACE_OFFERED) == []


def test_an_office_that_offers_asks_the_first_of_three_and_keeps_the_place(browser, offering):
    shift, accounts = full(offering, "甲", "乙", "丙")
    give_up(browser, shift, accounts["王秀兰"])
    assert stands(shift, "甲", "乙", "丙") == ["offered", "waiting", "waiting"]
    assert plan.taken(shift) == [1]
    assert told(MessageKind.PLACE_OFFERED) == ["甲"]
    assert told(MessageKind.PROMOTED) == []
    page = browser.sign_in(accounts["甲"]).visit(f"/shifts/{shift.id}")
    assert "A place is kept for you" in page.words
    assert "Please answer until 1 Jun 2026, 21:00" in page.words
    assert "Accept or decline until 1 Jun 2026, 21:00" in browser.visit("/shifts/mine").words
    other = make.volunteer(offering, "路人")
    words = browser.sign_in(other).send(plan.signup_url(shift), status=409).words
    assert "Every place on this shift is taken." in words


def test_who_accepts_has_the_place_and_a_second_tap_changes_nothing(browser, offering):
    shift, accounts = full(offering, "甲", "乙")
    give_up(browser, shift, accounts["王秀兰"])
    for _ in range(2):
        assert "You have a place." in answer(browser, shift, accounts["甲"]).words
    assert stands(shift, "甲", "乙") == ["confirmed", "waiting"]
    assert (plan.taken(shift), of(shift, "甲").answer_by) == ([1], None)
    assert told(MessageKind.SIGNED_UP) == ["甲"]
    assert told(MessageKind.PLACE_OFFERED) == []  # had it not gone out, it would be dropped


def test_declining_passes_on_until_the_last_and_leaves_the_line(browser, offering):
    shift, accounts = full(offering, "甲", "乙")
    give_up(browser, shift, accounts["王秀兰"])
    page = answer(browser, shift, accounts["甲"], "refusal")
    assert "You have declined. The place goes to the next in line." in page.words
    assert stands(shift, "甲", "乙") == ["cancelled", "offered"]
    answer(browser, shift, accounts["甲"], "refusal")
    assert stands(shift, "甲", "乙") == ["cancelled", "offered"]
    answer(browser, shift, accounts["乙"], "refusal")
    assert (stands(shift, "乙"), plan.taken(shift)) == (["cancelled"], [0])


def test_nobody_answers_for_somebody_else_or_without_an_offer(browser, offering):
    shift, accounts = full(offering, "甲", "乙")
    for way in ("acceptance", "refusal"):
        words = answer(browser, shift, accounts["甲"], way, status=409).words
        assert "No place is kept for you on this shift." in words
    give_up(browser, shift, accounts["王秀兰"])
    answer(browser, shift, accounts["乙"], status=409)
    assert stands(shift, "甲", "乙") == ["offered", "waiting"]


@pytest.mark.parametrize(("second", "states"), [(-1, "offered waiting"), (0, "cancelled offered")])
def test_an_offer_lapses_at_the_second_and_the_next_one_is_asked(
    browser, offering, clock, second, states
):
    shift, accounts = full(offering, "甲", "乙")
    give_up(browser, shift, accounts["王秀兰"])
    clock.move_to(make.hours_later(12) + second * SECOND)
    run(jobs.pass_on_offers, make.hours_later(12) + second * SECOND)
    assert stands(shift, "甲", "乙") == states.split()
    assert told(MessageKind.OFFER_LAPSED) == (["甲"] if second == 0 else [])
    page = answer(browser, shift, accounts["甲"], status=200 if second else 409)
    assert ("You have a place." in page.words) == bool(second)


def test_an_answer_that_comes_too_late_is_refused_also_before_the_job_has_run(
    browser, offering, clock
):
    shift, accounts = full(offering, "甲", "乙")
    give_up(browser, shift, accounts["王秀兰"])
    clock.move_to(make.hours_later(12))
    words = answer(browser, shift, accounts["甲"], status=409).words
    assert "The place was kept until 1 Jun 2026, 21:00. It went to the next in line." in words


def test_any_act_on_the_shift_passes_a_lapsed_offer_on(browser, offering, clock):
    shift, accounts = full(offering, "甲", "乙")
    give_up(browser, shift, accounts["王秀兰"])
    clock.move_to(make.hours_later(13))
    other = make.volunteer(offering, "路人")
    browser.sign_in(other).send(plan.signup_url(shift, way="waiting"), htmx=True, status=200)
    assert stands(shift, "甲", "乙", "路人") == ["cancelled", "offered", "waiting"]


def test_what_is_freed_in_the_night_is_asked_from_the_morning_on(browser, offering, clock):
    make.let(offering, cancel_minutes=60)
    shift, accounts = full(offering, "甲", starts=72)
    clock.move_to(make.hours_later(14.5))  # 23:30
    give_up(browser, shift, accounts["王秀兰"])
    assert of(shift, "甲").answer_by == make.hours_later(23 + 12)  # 20:00 of the next day
    message = db.session.query(Message).filter_by(kind=MessageKind.PLACE_OFFERED).one()
    assert message.useless_after == make.hours_later(35)


def test_too_near_to_the_start_the_place_is_given_at_once(browser, offering, clock):
    make.let(offering, cancel_minutes=60)
    shift, accounts = full(offering, "甲", starts=24)  # nine in the morning
    clock.move_to(make.hours_later(14))  # 23:00
    give_up(browser, shift, accounts["王秀兰"])
    assert stands(shift, "甲") == ["confirmed"]
    message = db.session.query(Message).filter_by(kind=MessageKind.PROMOTED).one()
    assert message.useless_after == shift.starts_at


@pytest.mark.parametrize("second", [0, 1])
def test_nothing_is_offered_into_a_shift_that_has_begun(browser, offering, clock, second):
    shift, _ = full(offering, "甲", starts=2)
    clock.move_to(shift.starts_at + second * SECOND)
    with writing():
        db.session.query(Need).filter_by(shift_id=shift.id).update({"places": 2})
    run(jobs.fill_places, shift.starts_at + second * SECOND)
    assert stands(shift, "甲") == ["waiting"]


def test_a_shift_that_is_called_off_with_an_open_offer_stays_called_off(browser, offering, clock):
    shift, accounts = full(offering, "甲", "乙")
    give_up(browser, shift, accounts["王秀兰"])
    boss = browser.sign_in(plan.coordinator(offering))
    boss.send(f"/shifts/{shift.id}/calling-off", reason="下雨")
    words = answer(browser, shift, accounts["甲"], status=409).words
    assert "This shift was cancelled." in words
    clock.move_to(make.hours_later(13))
    run(jobs.pass_on_offers, make.hours_later(13))
    assert stands(shift, "甲", "乙") == ["offered", "waiting"]
    assert told(MessageKind.OFFER_LAPSED) == []
    assert told(MessageKind.PLACE_OFFERED) == []  # not sent any more


def test_a_shift_that_moves_towards_an_open_offer_shortens_it(browser, offering):
    shift, accounts = full(offering, "甲")
    give_up(browser, shift, accounts["王秀兰"])
    boss = browser.sign_in(plan.coordinator(offering))
    boss.send(
        f"/shifts/{shift.id}/edit",
        starts_at="2026-06-01T15:00", ends_at="2026-06-01T18:00", place="社区食堂",
        **{f"places_{shift.needs[0].position_id}": 1},
    )  # fmt: skip
    assert of(shift, "甲").answer_by == make.hours_later(5)  # an hour before the new start
    answer(browser, shift, accounts["甲"])
    assert stands(shift, "甲") == ["confirmed"]


def test_the_law_is_asked_again_when_an_offer_is_accepted(browser, offering):
    shift, accounts = full(offering, "甲")
    give_up(browser, shift, accounts["王秀兰"])
    plan.place(plan.shift(plan.project(offering, name_en="Cleaning")), accounts["甲"].person)
    words = answer(browser, shift, accounts["甲"], status=409).words
    assert "It overlaps “Cleaning”" in words
    assert stands(shift, "甲") == ["offered"]


def test_who_waited_and_was_offered_a_place_may_still_be_given_one_by_the_office(browser, offering):
    shift, accounts = full(offering, "甲")
    give_up(browser, shift, accounts["王秀兰"])
    person = accounts["甲"].person_id
    url = f"/shifts/{shift.id}/assignment?need={shift.needs[0].id}&person={person}"
    browser.sign_in(plan.coordinator(offering)).send(url)
    assert (stands(shift, "甲"), plan.taken(shift)) == (["confirmed"], [1])


def test_who_is_passed_over_reads_why_and_the_office_too(browser, office):
    shift, accounts = full(office, "甲", "乙")
    plan.place(plan.shift(plan.project(office, name_en="Cleaning")), accounts["甲"].person)
    give_up(browser, shift, accounts["王秀兰"])
    assert stands(shift, "甲", "乙") == ["waiting", "confirmed"]
    for url in (f"/shifts/{shift.id}", "/shifts/mine"):
        words = browser.sign_in(accounts["甲"]).visit(url).words
        assert "A place was free and could not be yours: It overlaps “Cleaning”" in words
    words = browser.sign_in(plan.coordinator(office)).visit(f"/shifts/{shift.id}/roster").words
    assert "Passed over, because: It overlaps “Cleaning”" in words


def test_a_free_place_goes_to_one_who_frees_himself_later_and_the_reason_is_gone(browser, office):
    shift, accounts = full(office, "甲")
    other = plan.shift(plan.project(office, name_en="Cleaning"))
    plan.place(other, accounts["甲"].person)
    give_up(browser, shift, accounts["王秀兰"])
    run(jobs.fill_places, make.NOW)
    assert (stands(shift, "甲"), plan.taken(shift)) == (["waiting"], [0])
    assert of(shift, "甲").passed_over
    give_up(browser, other, accounts["甲"])
    assert run(jobs.fill_places, make.NOW) == "1 moved up"
    assert (stands(shift, "甲"), of(shift, "甲").passed_over) == (["confirmed"], None)


def test_the_job_writes_down_a_reason_that_changed_and_else_touches_nothing(browser, office):
    shift, accounts = full(office, "甲")
    plan.place(plan.shift(plan.project(office, name_en="Cleaning")), accounts["甲"].person)
    give_up(browser, shift, accounts["王秀兰"])
    run(jobs.fill_places, make.NOW)
    with queries() as sent:
        run(jobs.fill_places, make.NOW)
    assert not [s for s in sent if s.lstrip().upper().startswith(("INSERT", "UPDATE"))]


def test_the_job_asks_as_often_for_five_stuck_shifts_as_for_one(office):
    def stuck(hours):
        person = make.person(at=office)
        shift = plan.shift(plan.project(office), hours)
        plan.place(shift, person, state=WAITING)
        plan.place(plan.shift(plan.project(office), hours), person)

    counts = []
    for rounds in (range(1), range(1, 5)):
        for number in rounds:
            stuck(24 + number * 10)
        run(jobs.fill_places, make.NOW)  # writes down why
        with queries() as sent:
            run(jobs.fill_places, make.NOW)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_one_person_does_not_move_up_on_two_shifts_at_one_time(office):
    person = make.person(at=office)
    shifts = [plan.shift(plan.project(office)) for _ in range(2)]
    for shift in shifts:
        plan.place(shift, person, state=WAITING)
    run(jobs.fill_places, make.NOW)
    assert [plan.states(shift) for shift in shifts] == [{"confirmed": 1}, {"waiting": 1}]


@pytest.mark.parametrize("state", [RESERVE, OFFERED])
def test_whoever_puts_one_on_the_waiting_list_takes_nothing_from_him(office, state):
    shift, _ = full(office, reserve=1)
    person = make.person("甲", at=office)
    with writing():
        db.session.query(Need).filter_by(shift_id=shift.id).update({"places": 2})
    plan.place(shift, person, state=state)
    with writing():
        db.session.query(Need).filter_by(shift_id=shift.id).update(
            {"places": 1 + (state is OFFERED)}
        )
    with writing():
        held = places.held(shift.id)
        terms = places.Terms(wait=True)
        places.take(held, held.needs[0], person.id, actor=SYSTEM, now=make.NOW, terms=terms)
    need = db.session.query(Need).filter_by(shift_id=shift.id).one()
    counted = {RESERVE: (1, 1), OFFERED: (2, 0)}[state]
    assert (stands(shift, "甲"), (need.taken, need.reserved)) == ([state.value], counted)


def test_the_roster_asks_as_often_for_a_long_line_as_for_a_short_one(browser, office):
    shift, _ = full(office, "甲")
    browser.sign_in(plan.coordinator(office))
    url, counts = f"/shifts/{shift.id}/roster", []
    for names in ((), ("乙", "丙", "丁")):
        for name in names:
            plan.place(shift, make.person(name, at=office), state=WAITING)
        with queries() as sent:
            browser.visit(url)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_another_version_of_a_shift_is_agreed_to_by_accepting(browser, offering):
    shift, accounts = full(offering, "甲")
    give_up(browser, shift, accounts["王秀兰"])
    with writing():
        db.session.query(Shift).filter_by(id=shift.id).update({"version": 4})
    answer(browser, shift, accounts["甲"])
    assert of(shift, "甲").agreed_version == 4


def test_who_has_freed_himself_comes_before_whoever_signs_up_now(browser, office):
    shift, people = full(office, "李建国")
    zhao, li = make.volunteer(office, "赵云"), people["李建国"]
    other = plan.shift(plan.project(office, name="巡逻"), 48)
    plan.place(other, li.person)
    browser.sign_in(people["王秀兰"]).send(f"/shifts/{shift.id}/cancellation")
    assert plan.states(shift) == {"cancelled": 1, "waiting": 1}  # busy elsewhere
    browser.sign_in(li).send(f"/shifts/{other.id}/cancellation")
    page = browser.sign_in(zhao).send(plan.signup_url(shift), status=409)
    assert "Every place on this shift is taken." in page.words
    browser.send(plan.signup_url(shift, way="waiting"))
    assert plan.states(shift) == {"cancelled": 1, "confirmed": 1, "waiting": 1}
    line = db.session.query(Signup).filter_by(shift_id=shift.id, state=WAITING).one()
    assert line.person_id == zhao.person_id
