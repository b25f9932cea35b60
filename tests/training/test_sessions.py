"""Sessions: places that are never exceeded, one tap of attendance, one record a seat."""

from datetime import date

import make
import making
import pytest
from counting import queries
from sqlalchemy.exc import IntegrityError
from together import together

from talent.access import SYSTEM
from talent.db import db, one, writing
from talent.errors import Refused
from talent.messages.models import Message
from talent.people.models import Person
from talent.training.models import Seat, SeatState, Session, TrainingRecord
from talent.training.seats import service as seats

PLAN = {
    "starts_at": "2026-06-05T09:00",
    "ends_at": "2026-06-05T12:00",
    "place": "二楼教室",
    "places": "20",
}


@pytest.fixture
def course(cast):
    return making.course(cast.office, valid_months=24)


@pytest.fixture
def session(course, cast):
    return making.session(course, cast.office)


def taken(session):
    db.session.rollback()
    return one(Session, session.id).taken


def test_an_office_plans_a_session_in_its_own_time(browser, cast, course):
    browser.sign_in(cast.coordinator)
    url = f"/training/courses/{course.id}/sessions/new"
    made = browser.send(url, office_id=cast.office.id, **PLAN)
    page = browser.visit(made.location)
    assert "5 Jun 2026, 09:00" in page.words
    assert "0 of 20" in page.words


def test_a_session_goes_forward(browser, cast, course):
    browser.sign_in(cast.coordinator)
    turned = PLAN | {"ends_at": "2026-06-05T08:00"}
    url = f"/training/courses/{course.id}/sessions/new"
    page = browser.send(url, 422, office_id=cast.office.id, **turned)
    assert "The end must be after the beginning." in page.words


def test_a_volunteer_takes_a_place_and_gives_it_back(browser, cast, session):
    browser.sign_in(cast.volunteer)
    assert "20 places free" in browser.visit("/training/mine").words
    card = browser.send(f"/training/sessions/{session.id}/seat", 200, htmx=True)
    assert card.all("article", id=f"session-{session.id}")
    assert "You are signed up." in card.words
    assert taken(session) == 1
    assert "Cancel my place" in browser.visit("/training/mine").words
    browser.send(f"/training/sessions/{session.id}/seat/end")
    assert taken(session) == 0
    browser.send(f"/training/sessions/{session.id}/seat")
    assert taken(session) == 1
    assert db.session.query(Seat).count() == 1


def test_nobody_takes_two_places(browser, cast, session):
    browser.sign_in(cast.volunteer)
    browser.send(f"/training/sessions/{session.id}/seat")
    page = browser.send(f"/training/sessions/{session.id}/seat", 409)
    assert "already signed up" in page.words
    assert taken(session) == 1


def test_a_full_session_says_so_before_and_after_the_click(browser, cast, course):
    full = making.session(course, cast.office, places=1)
    making.seat(full, make.person("李梅", at=cast.office))
    browser.sign_in(cast.volunteer)
    page = browser.visit("/training/mine")
    assert "Every place in this session is taken." in page.words
    assert page.all("button", disabled="", id=f"act-training-sessions-{full.id}-seat") or page.all(
        "button", aria_describedby=f"act-training-sessions-{full.id}-seat-why"
    )
    refused = browser.send(f"/training/sessions/{full.id}/seat", 409)
    assert "Every place in this session is taken." in refused.words
    assert taken(full) == 1


def test_a_session_that_has_begun_takes_nobody_and_gives_nothing_back(
    browser, clock, cast, session
):
    browser.sign_in(cast.volunteer)
    browser.send(f"/training/sessions/{session.id}/seat")
    clock.move_to(make.hours_later(25))
    browser.sign_in(cast.volunteer)
    browser.send(f"/training/sessions/{session.id}/seat/end", 409)
    assert taken(session) == 1


def test_only_people_whom_the_office_or_one_below_it_knows_are_offered_it(browser, cast, course):
    other = making.course(cast.neighbour)
    elsewhere = making.session(other, cast.neighbour, place="夏雨礼堂")
    above = making.session(making.course(cast.street), cast.street, place="街道礼堂")
    browser.sign_in(cast.volunteer)
    page = browser.visit("/training/mine")
    assert "街道礼堂" in page.words
    assert "夏雨礼堂" not in page.words
    browser.send(f"/training/sessions/{elsewhere.id}/seat", 404)
    browser.send(f"/training/sessions/{above.id}/seat")


def test_the_office_signs_up_by_number_or_by_choice(browser, cast, session):
    named = make.person("李梅", at=cast.office)
    unknown = make.person("赵远", at=cast.neighbour)
    browser.sign_in(cast.coordinator)
    url = f"/training/sessions/{session.id}/seats"
    browser.send(url, person=named.volunteer_no)
    page = browser.send(url, 422, person=unknown.volunteer_no)
    assert "Nobody of your offices matches." in page.words
    browser.send(url, 404, person_id=unknown.id)
    browser.send(url, person_id=cast.person.id)
    again = browser.send(url, 422, person_id=cast.person.id)
    assert "already signed up" in again.words
    assert taken(session) == 2
    browser.send(f"/training/sessions/{session.id}/seats/of/{named.id}/end")
    assert taken(session) == 1


def test_places_do_not_shrink_below_those_who_are_signed_up(browser, cast, session):
    making.seat(session, cast.person)
    making.seat(session, make.person("李梅", at=cast.office))
    browser.sign_in(cast.coordinator)
    url = f"/training/sessions/{session.id}/edit"
    page = browser.send(url, 422, **(PLAN | {"places": "1"}))
    assert "2 people are signed up already." in page.words
    browser.send(url, **(PLAN | {"places": "2"}))
    assert one(Session, session.id).places == 2


def test_a_cancelled_session_is_told_to_those_who_were_signed_up(browser, cast, session):
    making.seat(session, cast.person)
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/sessions/{session.id}/cancellation")
    browser.send(f"/training/sessions/{session.id}/cancellation", 409)
    browser.sign_in(cast.volunteer)
    page = browser.visit("/training/mine")
    assert "Cancelled" in page.words
    assert "Cancel my place" not in page.words
    browser.send(f"/training/sessions/{session.id}/seat", 409)


def told(session):
    db.session.rollback()
    rows = db.session.query(Message).order_by(Message.id)
    return [(row.kind.value, row.person_id, row.facts["where"]) for row in rows]


def test_who_has_a_seat_is_told_by_mail_that_the_session_is_cancelled(browser, cast, session):
    making.seat(session, cast.person)
    gone = make.person("孙退出", at=cast.office)
    making.seat(session, gone)
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/sessions/{session.id}/seats/of/{gone.id}/end")
    page = browser.send(f"/training/sessions/{session.id}/cancellation")
    assert "Those who were signed up are told." in browser.visit(page.location).words
    assert told(session) == [("session_cancelled", cast.person.id, "二楼教室")]


def test_another_time_or_place_is_told_and_another_teacher_is_not(browser, cast, session):
    making.seat(session, cast.person)
    browser.sign_in(cast.coordinator)
    url = f"/training/sessions/{session.id}/edit"
    same = {"starts_at": "2026-06-02T09:00", "ends_at": "2026-06-02T12:00", "places": "20"}
    browser.send(url, **same, place="二楼教室", teacher="李老师")
    assert told(session) == []
    browser.send(url, **same, place="三楼教室", teacher="李老师")
    assert told(session) == [("session_changed", cast.person.id, "三楼教室")]


def test_one_tap_makes_one_record_with_the_five_fields(browser, clock, cast, session):
    seat = making.seat(session, cast.person)
    clock.move_to(make.hours_later(24))
    browser.sign_in(cast.coordinator)
    url = f"/training/sessions/{session.id}/seats/{seat.id}"
    line = browser.send(f"{url}/attended", 200, htmx=True)
    assert line.all("li", id=f"seat-{seat.id}")
    assert "Attended" in line.words
    browser.send(f"{url}/attended")
    (record,) = making.records_of(cast.person)
    assert (record.name, record.content, record.minutes) == ("心肺复苏", "胸外按压，人工呼吸", 150)
    assert (record.organiser, record.held_on) == ("春风社区", date(2026, 6, 2))
    assert record.valid_until == date(2028, 6, 2)


def test_a_wrong_tap_is_taken_back_and_made_good(browser, clock, cast, session):
    seat = making.seat(session, cast.person)
    clock.move_to(make.hours_later(24))
    browser.sign_in(cast.coordinator)
    url = f"/training/sessions/{session.id}/seats/{seat.id}"
    browser.send(f"{url}/attended")
    browser.send(f"{url}/missed")
    (record,) = making.records_of(cast.person)
    assert record.ended_at is not None
    browser.send(f"{url}/attended")
    (record,) = making.records_of(cast.person)
    assert record.ended_at is None


def test_attendance_is_not_taken_before_the_day(browser, cast, session):
    seat = making.seat(session, cast.person)
    browser.sign_in(cast.coordinator)
    page = browser.visit(f"/training/sessions/{session.id}")
    assert "Attendance is taken from Tue 2 Jun 2026 on." in page.words
    browser.send(f"/training/sessions/{session.id}/seats/{seat.id}/attended", 409)
    assert making.records_of(cast.person) == []


def test_a_seat_answers_only_in_its_own_session(browser, clock, cast, course, session):
    seat = making.seat(session, cast.person)
    other = making.session(course, cast.office)
    clock.move_to(make.hours_later(24))
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/sessions/{other.id}/seats/{seat.id}/attended", 404)
    browser.sign_in(cast.stranger)
    browser.send(f"/training/sessions/{session.id}/seats/{seat.id}/attended", 404)
    assert db.session.query(TrainingRecord).count() == 0


def test_the_attendance_list_asks_the_same_number_of_questions(browser, cast, session):
    browser.sign_in(cast.coordinator)
    counted = []
    for new in (1, 2):
        for _ in range(new):
            making.seat(session, make.person(at=cast.office))
        browser.visit(f"/training/sessions/{session.id}")
        with queries() as sent:
            browser.visit(f"/training/sessions/{session.id}")
        counted.append(len(sent))
    assert counted[0] == counted[1]


def race(start, session_id, person_id, act):
    held, person = one(Session, session_id), one(Person, person_id)
    start()
    try:
        with writing():
            if act == "leave":
                seats.give_back(held, person_id, actor=SYSTEM, now=make.NOW)
                return "left"
            seats.take_seat(held, person, actor=SYSTEM, now=make.NOW)
    except Refused:
        return "refused"
    return "seat"


def test_processes_that_come_at_once_never_get_more_than_the_places(app, cast, course, settings):
    session = making.session(course, cast.office, places=1)
    people = [make.person(at=cast.office) for _ in range(4)]
    answers = together(settings, *((race, session.id, one_.id, "take") for one_ in people))
    assert sorted(answers) == ["refused"] * 3 + ["seat"]
    assert taken(session) == 1


def test_a_place_given_back_in_a_rush_is_who_waits_not_who_is_fastest(app, cast, course, settings):
    session = making.session(course, cast.office, places=1)
    holder, waiting, *fast = [make.person(at=cast.office) for _ in range(5)]
    making.seat(session, holder)
    with writing():
        seats.wait(session, waiting, actor=SYSTEM, now=make.NOW)
    acts = [(holder, "leave"), *((one_, "take") for one_ in fast)]
    answers = together(settings, *((race, session.id, one_.id, act) for one_, act in acts))
    assert sorted(answers) == ["left", "refused", "refused", "refused"]
    assert taken(session) == 1
    assert db.session.query(Seat).filter_by(state=SeatState.TAKEN).one().person_id == waiting.id


def test_the_database_itself_holds_no_more_seats_than_places(cast, course):
    session = making.session(course, cast.office, places=1)
    making.seat(session, cast.person)
    with writing():
        one(Session, session.id).taken = 2
        with pytest.raises(IntegrityError, match="within_places"):
            db.session.flush()
        db.session.rollback()


def test_a_seat_is_refused_when_nothing_is_free(cast, course):
    session = making.session(course, cast.office, places=1)
    making.seat(session, cast.person)
    with writing(), pytest.raises(Refused):
        seats.take_seat(session, make.person(), actor=SYSTEM, now=make.NOW)
    assert db.session.query(Seat).filter_by(state=SeatState.TAKEN).count() == 1
