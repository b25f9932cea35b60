"""The waiting list of a session: fair, told, and never a jump over what must be held."""

import make
import making
import pytest

from talent.access import SYSTEM
from talent.db import db, one, writing
from talent.messages.models import Message
from talent.training.models import Seat, SeatState, Session
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions


@pytest.fixture
def full(cast):
    session = making.session(making.course(cast.office), cast.office, places=1)
    making.seat(session, make.person("李梅", at=cast.office))
    return session


def wait(session, person, hours=0):
    with writing():
        return seats.wait(session, person, actor=SYSTEM, now=make.hours_later(hours))


def states(session):
    db.session.rollback()
    found = db.session.query(Seat).filter_by(session_id=session.id).order_by(Seat.id)
    return [(seat.person.name, seat.state.value) for seat in found]


def told():
    db.session.rollback()
    found = db.session.query(Message).order_by(Message.id)
    return [(message.kind.value, message.person_id) for message in found]


def test_a_full_session_offers_the_waiting_list_and_says_the_place_in_it(browser, cast, full):
    wait(full, make.person("赵远", at=cast.office))
    browser.sign_in(cast.volunteer)
    page = browser.visit("/training/mine")
    assert "Join the waiting list" in page.words
    card = browser.send(f"/training/sessions/{full.id}/waiting", 200, htmx=True)
    assert "You are number 2 on the waiting list." in card.words
    assert "You are number 2 on the waiting list." in browser.visit("/training/mine").words
    again = browser.send(f"/training/sessions/{full.id}/waiting", 409)
    assert "on the waiting list already" in again.words
    assert one(Session, full.id).taken == 1
    browser.sign_in(cast.coordinator)
    page = browser.visit(f"/training/sessions/{full.id}")
    assert "1 赵远" in page.words
    assert "2 王秀兰" in page.words


def test_nobody_waits_while_there_is_a_place(browser, cast):
    session = making.session(making.course(cast.office), cast.office, places=1)
    browser.sign_in(cast.volunteer)
    assert "Join the waiting list" not in browser.visit("/training/mine").words
    page = browser.send(f"/training/sessions/{session.id}/waiting", 409)
    assert "nobody has to wait" in page.words


def test_a_freed_place_goes_to_who_waited_longest_and_he_is_told(browser, cast, full):
    first, second = (make.person(name, at=cast.office) for name in ("赵远", "周宁"))
    wait(full, second, hours=2)
    wait(full, first, hours=1)
    holder = db.session.query(Seat).filter_by(state=SeatState.TAKEN).one().person_id
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/sessions/{full.id}/seats/of/{holder}/end")
    assert states(full) == [("李梅", "cancelled"), ("周宁", "waiting"), ("赵远", "taken")]
    assert told() == [("session_promoted", first.id)]
    assert one(Session, full.id).taken == 1


def test_who_gave_up_stands_at_the_end_when_he_comes_back(cast, full):
    early, late = (make.person(name, at=cast.office) for name in ("赵远", "周宁"))
    wait(full, early)
    wait(full, late, hours=1)
    with writing():
        seats.give_back(full, early.id, actor=SYSTEM, now=make.hours_later(2))
    wait(full, early, hours=3)
    session = one(Session, full.id)
    assert [seat.person.name for seat in seats.waiting_for(session)] == ["周宁", "赵远"]
    assert one(Session, full.id).taken == 1


def test_more_places_move_as_many_up(browser, cast, full):
    for place, name in enumerate(("赵远", "周宁", "吴越")):
        wait(full, make.person(name, at=cast.office), hours=place)
    browser.sign_in(cast.coordinator)
    form = {"starts_at": "2026-06-02T09:00", "ends_at": "2026-06-02T12:00", "place": "二楼教室"}
    browser.send(f"/training/sessions/{full.id}/edit", places="3", **form)
    assert [state for _, state in states(full)] == ["taken", "taken", "taken", "waiting"]
    assert one(Session, full.id).taken == 3


def test_who_lacks_something_meanwhile_is_passed_over_and_keeps_his_place(cast, full):
    needed = making.course(cast.office, "入门")
    lacking, ready = (make.person(name, at=cast.office) for name in ("赵远", "周宁"))
    wait(full, lacking)
    wait(full, ready, hours=1)
    making.asks(full.course, needed)
    making.learned(ready, cast.office, course=needed)
    with writing():
        holder = db.session.query(Seat).filter_by(state=SeatState.TAKEN).one().person_id
        seats.give_back(full, holder, actor=SYSTEM, now=make.hours_later(2))
    assert states(full)[1:] == [("赵远", "waiting"), ("周宁", "taken")]


def test_nobody_moves_up_once_it_has_begun(cast, full):
    wait(full, make.person("赵远", at=cast.office))
    with writing():
        session = one(Session, full.id)
        session.places = 2
        assert seats.promote(session, actor=SYSTEM, now=session.starts_at) == 0
        assert seats.promote(session, actor=SYSTEM, now=make.hours_later(23)) == 1


def test_a_cancelled_session_is_told_to_those_who_wait_too(cast, full):
    waiting = make.person("赵远", at=cast.office)
    wait(full, waiting)
    with writing():
        sessions.cancel(full, actor=SYSTEM, now=make.hours_later(1))
    assert ("session_cancelled", waiting.id) in told()


def test_each_date_is_reminded_of_once_as_long_before_as_the_office_says(cast):
    session = making.session(making.course(cast.office), cast.office, begins=48)
    making.part(session, begins=96)
    making.seat(session, cast.person)

    def remind(hours):
        with writing():
            return sessions.remind(make.hours_later(hours))

    assert remind(23) == 0
    assert remind(24) == 1
    assert remind(25) == 0
    assert remind(73) == 1
    assert told() == [("session_reminder", cast.person.id)] * 2


def test_an_office_that_wants_no_reminders_has_none(cast):
    making.rule(cast.office, "training_reminder", 0)
    making.seat(making.session(making.course(cast.office), cast.office), cast.person)
    with writing():
        assert sessions.remind(make.hours_later(23)) == 0
