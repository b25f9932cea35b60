"""Who was there: by the code that changes, by a tick, from paper; and the minutes that count."""

from datetime import timedelta

import make
import making
import pytest

from talent.access import SYSTEM
from talent.db import db, one, writing
from talent.training.attendance import service
from talent.training.attendance.models import Presence
from talent.training.doors import service as doors
from talent.training.models import Seat, SeatState, Session

SECOND = timedelta(seconds=1)
BEGINS = 24  # hours; the session lasts three


@pytest.fixture
def course(cast):
    return making.course(cast.office, minutes=150)


@pytest.fixture
def session(course, cast):
    return making.session(course, cast.office, begins=BEGINS)


@pytest.fixture
def seat(session, cast):
    return making.seat(session, cast.person)


def door(session, hours, seconds=0):
    now = make.hours_later(hours) + seconds * SECOND
    return f"/training/door/{session.id}/{doors.shown(session, now)}"


def settle(hours):
    with writing():
        service.settle_over(make.hours_later(hours))


def state(seat):
    db.session.rollback()
    return one(Seat, seat.id).state


def sign(browser, clock, cast, session, hours, act="in"):
    clock.move_to(make.hours_later(hours))
    browser.sign_in(cast.volunteer)
    assert browser.visit(door(session, hours), status=303).location.endswith(
        f"/training/door/{session.id}"
    )
    return browser.send(f"/training/door/{session.id}/{act}")


# ---- the code
@pytest.mark.parametrize(
    ("seen", "scanned", "status"),
    [(0, 0, 303), (0, 59, 303), (0, 60, 409), (29, 59, 303), (29, 60, 409), (30, 89, 303)],
)
def test_a_code_opens_for_its_window_and_the_next(
    browser, clock, cast, session, seat, seen, scanned, status
):
    address = door(session, BEGINS, seen)
    clock.move_to(make.hours_later(BEGINS) + scanned * SECOND)
    page = browser.sign_in(cast.volunteer).visit(address, status=status)
    if status == 409:
        assert "This code has expired. Scan the one that the screen shows now." in page.words


def test_the_trainer_shows_the_code_and_participants_sign_in(browser, clock, cast, session, seat):
    clock.move_to(make.hours_later(BEGINS))
    page = browser.sign_in(cast.coordinator).visit(f"/training/sessions/{session.id}/code")
    assert "0 / 1" in page.words
    assert "<svg" in page.text
    browser.sign_in(cast.volunteer)
    browser.visit(door(session, BEGINS), status=303)
    assert "Sign in" in browser.visit(f"/training/door/{session.id}").words
    browser.send(f"/training/door/{session.id}/in")
    assert "Signed in" in browser.visit(f"/training/door/{session.id}").words
    browser.sign_in(cast.coordinator)
    assert "1 / 1" in browser.visit(f"/training/sessions/{session.id}/code").words


def test_without_a_scan_and_with_an_old_one_nobody_signs_in(browser, clock, cast, session, seat):
    clock.move_to(make.hours_later(BEGINS))
    browser.sign_in(cast.volunteer)
    page = browser.send(f"/training/door/{session.id}/in", 409)
    assert "Scan the code that the screen shows now." in page.words
    browser.visit(door(session, BEGINS), status=303)
    clock.move_to(make.hours_later(BEGINS) + timedelta(minutes=5))
    browser.sign_in(cast.volunteer)
    browser.send(f"/training/door/{session.id}/in", 409)
    assert db.session.query(Presence).count() == 0


def test_a_scan_of_another_session_opens_nothing(browser, clock, cast, course, session, seat):
    other = making.session(course, cast.office, begins=BEGINS)
    making.seat(other, cast.person)
    clock.move_to(make.hours_later(BEGINS))
    browser.sign_in(cast.volunteer)
    code = door(session, BEGINS).rpartition("/")[2]
    browser.visit(f"/training/door/{other.id}/{code}", status=409)
    browser.visit(door(session, BEGINS), status=303)
    browser.send(f"/training/door/{other.id}/in", 409)


def test_a_scan_lets_its_reader_in_and_nobody_else(browser, clock, cast, session, seat):
    other = make.volunteer(cast.office, "李借光")
    making.seat(session, other.person)
    clock.move_to(make.hours_later(BEGINS))
    browser.sign_in(cast.volunteer)
    browser.visit(door(session, BEGINS), status=303)
    browser.sign_in(other)  # on the same phone
    page = browser.send(f"/training/door/{session.id}/in", 409)
    assert "Scan the code that the screen shows now." in page.words
    browser.sign_in(cast.volunteer).send(f"/training/door/{session.id}/in")


def test_a_scan_before_the_sign_in_is_of_whoever_signs_in_first(
    browser, clock, cast, session, seat
):
    other = make.volunteer(cast.office, "李借光")
    making.seat(session, other.person)
    clock.move_to(make.hours_later(BEGINS))
    browser.visit(door(session, BEGINS), status=303)
    here = f"/training/door/{session.id}"
    assert browser.sign_in(cast.volunteer).visit(here).all("form", action=f"{here}/in")
    page = browser.sign_in(other).visit(here)
    assert "Scan the code that the screen shows now." in page.words
    browser.send(f"{here}/in", 409)


def test_a_scan_is_used_once(browser, clock, cast):
    session = making.session(
        making.course(cast.office, signing="in_out"), cast.office, begins=BEGINS
    )
    making.seat(session, cast.person)
    sign(browser, clock, cast, session, BEGINS)
    clock.move_to(make.hours_later(BEGINS) + 120 * SECOND)
    page = browser.sign_in(cast.volunteer).send(f"/training/door/{session.id}/out", 409)
    assert "Scan the code that the screen shows now." in page.words
    browser.visit(door(session, BEGINS, 120), status=303)
    browser.send(f"/training/door/{session.id}/out")


def test_who_is_not_signed_up_is_told_so_and_a_stranger_finds_nothing(
    browser, clock, cast, session
):
    clock.move_to(make.hours_later(BEGINS))
    browser.sign_in(cast.volunteer)
    browser.visit(door(session, BEGINS), status=303)
    page = browser.visit(f"/training/door/{session.id}")
    assert "You are not signed up for this session." in page.words
    browser.send(f"/training/door/{session.id}/in", 409)
    browser.sign_in(make.volunteer(cast.neighbour, "陌生人"))
    browser.visit(f"/training/door/{session.id}", status=404)


@pytest.mark.parametrize(("hours", "status"), [(BEGINS - 1, 409), (BEGINS - 0.5, 303), (27, 409)])
def test_signing_in_is_open_around_the_session(browser, clock, cast, session, seat, hours, status):
    clock.move_to(make.hours_later(hours))
    browser.sign_in(cast.volunteer)
    browser.visit(door(session, hours), status=303)
    browser.send(f"/training/door/{session.id}/in", status)


def test_who_signed_in_has_a_record_when_the_session_is_over(browser, clock, cast, session, seat):
    sign(browser, clock, cast, session, BEGINS)
    settle(26.9)
    assert making.records_of(cast.person) == []
    settle(27)
    (record,) = making.records_of(cast.person)
    assert record.minutes == 150
    assert state(seat) is SeatState.ATTENDED
    settle(28)
    assert len(making.records_of(cast.person)) == 1


def test_who_came_late_learned_as_much_less(browser, clock, cast, session, seat):
    sign(browser, clock, cast, session, BEGINS + 0.6)  # 36 minutes late: exactly 80 per cent
    settle(27)
    (record,) = making.records_of(cast.person)
    assert record.minutes == 120


def test_who_missed_more_than_the_course_allows_has_no_record(browser, clock, cast, session, seat):
    sign(browser, clock, cast, session, BEGINS + 37 / 60)
    settle(27)
    assert making.records_of(cast.person) == []
    assert state(seat) is SeatState.PARTLY
    browser.sign_in(cast.volunteer)
    page = browser.visit(f"/training/mine/sessions/{session.id}")
    assert "2 h 23 min of 3 h were attended; at least 80 % count." in page.words


def test_who_left_earlier_says_so(browser, clock, cast, session, seat):
    sign(browser, clock, cast, session, BEGINS)
    sign(browser, clock, cast, session, BEGINS + 2.5, act="out")
    (record,) = making.records_of(cast.person)
    assert record.minutes == 125


def test_where_one_signs_out_as_well_a_missing_sign_out_waits_for_the_trainer(browser, clock, cast):
    course = making.course(cast.office, minutes=180, signing="in_out")
    session = making.session(course, cast.office, begins=BEGINS)
    seat = making.seat(session, cast.person)
    sign(browser, clock, cast, session, BEGINS)
    settle(28)
    assert making.records_of(cast.person) == []
    assert state(seat) is SeatState.PARTLY
    clock.move_to(make.hours_later(29))
    browser.sign_in(cast.coordinator)
    address = f"/training/sessions/{session.id}/seats/{seat.id}"
    page = browser.visit(address)
    assert "A sign-out is missing." in page.words
    part = making.parts(session)[0]
    times = {"came_at": "2026-06-02T09:00", "left_at": "2026-06-02T12:00", "source": "list"}
    browser.send(address, part_id=part.id, **times)
    (record,) = making.records_of(cast.person)
    assert record.minutes == 180
    wrong = times | {"left_at": "2026-06-02T12:01"}
    page = browser.send(address, 422, part_id=part.id, **wrong)
    assert "Give times between" in page.words
    assert 'value="2026-06-02T12:01"' in page.text
    browser.send(address, 422, part_id=part.id, source="list", came_at="", left_at="")
    browser.send(address, part_id=part.id, source="list", absent="y")
    assert db.session.query(Presence).count() == 0


# ---- lists and paper
@pytest.fixture
def two_days(course, cast):
    session = making.session(course, cast.office, begins=BEGINS)
    making.part(session, begins=48)
    return session


def test_the_whole_list_is_ticked_at_once_and_half_is_attended_in_part(
    browser, clock, cast, two_days
):
    seats = [making.seat(two_days, make.person(n, at=cast.office)) for n in ("甲", "乙", "丙")]
    clock.move_to(make.hours_later(53))
    browser.sign_in(cast.coordinator)
    address = f"/training/sessions/{two_days.id}/list"
    assert len(browser.visit(address).all("input", type="checkbox")) == 6
    first, second = making.parts(two_days)
    there = {
        f"there-{seats[0].id}-{first.id}": "1",
        f"there-{seats[0].id}-{second.id}": "1",
        f"there-{seats[1].id}-{first.id}": "1",
    }
    browser.send(address, source="paper", **there)
    assert [state(seat) for seat in seats] == [
        SeatState.ATTENDED, SeatState.PARTLY, SeatState.MISSED,
    ]  # fmt: skip
    assert [record.minutes for record in making.records_of(seats[0].person)] == [150]
    assert making.records_of(seats[1].person) == []
    assert "Keyed in from a sheet of paper" in browser.visit(address).words
    browser.send(address, source="paper", **there | {f"there-{seats[1].id}-{second.id}": "1"})
    assert state(seats[1]) is SeatState.ATTENDED


def test_a_date_to_come_is_not_on_the_list_yet(browser, clock, cast, two_days):
    seat = making.seat(two_days, cast.person)
    clock.move_to(make.hours_later(BEGINS + 4))
    browser.sign_in(cast.coordinator)
    first, second = making.parts(two_days)
    browser.send(
        f"/training/sessions/{two_days.id}/list",
        source="list",
        **{f"there-{seat.id}-{first.id}": "1", f"there-{seat.id}-{second.id}": "1"},
    )
    assert [one_.part_id for one_ in db.session.query(Presence)] == [first.id]
    assert state(seat) is SeatState.TAKEN
    assert making.records_of(cast.person) == []


def test_what_the_code_took_keeps_its_times_on_the_list(browser, clock, cast, session, seat):
    sign(browser, clock, cast, session, BEGINS + 0.25)
    clock.move_to(make.hours_later(28))
    browser.sign_in(cast.coordinator)
    part = making.parts(session)[0]
    tick = {f"there-{seat.id}-{part.id}": "1"}
    browser.send(f"/training/sessions/{session.id}/list", source="paper", **tick)
    presence = db.session.query(Presence).one()
    assert presence.source.value == "code"
    assert presence.came_at == make.hours_later(BEGINS + 0.25)


def test_the_sheet_for_signatures_has_a_line_for_each(browser, cast, two_days):
    making.seat(two_days, cast.person)
    browser.sign_in(cast.coordinator)
    page = browser.visit(f"/training/sessions/{two_days.id}/paper")
    assert len(page.all("table")) == 2
    assert page.words.count("王秀兰") == 2


def test_dates_are_added_and_removed_but_not_the_last_and_not_a_used_one(
    browser, clock, cast, session, seat
):
    browser.sign_in(cast.coordinator)
    address = f"/training/sessions/{session.id}/dates"
    browser.send(address, starts_at="2026-06-03T09:00", ends_at="2026-06-03T12:00")
    held = one(Session, session.id)
    assert held.ends_at == make.hours_later(51)
    page = browser.send(address, 422, starts_at="2026-06-03T11:00", ends_at="2026-06-03T13:00")
    assert "overlaps another one" in page.words
    first, second = making.parts(session)
    clock.move_to(make.hours_later(28))
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/sessions/{session.id}/seats/{seat.id}/attended")
    page = browser.send(f"{address}/{first.id}/end", 409)
    assert "Somebody was there on this date already." in page.words
    browser.send(f"{address}/{second.id}/end")
    page = browser.send(f"{address}/{first.id}/end", 409)
    assert "at least one date" in page.words


def test_other_offices_and_auditors_take_no_attendance(browser, cast, session, seat):
    browser.sign_in(cast.stranger)
    for page in ("code", "list", "dates", f"seats/{seat.id}"):
        browser.visit(f"/training/sessions/{session.id}/{page}", status=404)
    browser.sign_in(cast.volunteer)
    browser.visit(f"/training/sessions/{session.id}/code", status=403)


def test_a_tap_for_who_did_not_come_takes_the_record_back(browser, clock, cast, session, seat):
    sign(browser, clock, cast, session, BEGINS)
    settle(27)
    clock.move_to(make.hours_later(28))
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/sessions/{session.id}/seats/{seat.id}/missed")
    assert [bool(record.ended_at) for record in making.records_of(cast.person)] == [True]
    with writing():
        service.mark(one(Seat, seat.id), attended=True, actor=SYSTEM, now=make.hours_later(29))
    assert [bool(record.ended_at) for record in making.records_of(cast.person)] == [False]


def test_a_record_that_was_withdrawn_stays_withdrawn_until_attendance_is_taken_anew(
    browser, clock, cast, session, seat
):
    clock.move_to(make.hours_later(BEGINS + 1))
    browser.sign_in(cast.coordinator)
    tap = f"/training/sessions/{session.id}/seats/{seat.id}/attended"
    browser.send(tap)
    (record,) = making.records_of(cast.person)
    browser.send(f"/training/records/{record.id}/withdrawal", why="替人签到")
    settle(28)
    (record,) = making.records_of(cast.person)
    assert record.ended_why == "替人签到"
    clock.move_to(make.hours_later(28))
    browser.sign_in(cast.coordinator).send(tap)
    assert making.records_of(cast.person)[0].ended_at is None


def test_who_signs_in_while_the_list_is_open_stays_on_it(browser, clock, cast, session, seat):
    late = making.seat(session, make.person("周瑜", at=cast.office))
    clock.move_to(make.hours_later(BEGINS))
    address = f"/training/sessions/{session.id}/list"
    page = browser.sign_in(cast.coordinator).visit(address)
    shown = {e.get("name"): e.get("value") for e in page.all("input", type="hidden")}
    sign(browser, clock, cast, session, BEGINS)
    (part,) = making.parts(session)
    browser.sign_in(cast.coordinator)
    browser.send(address, source="list", **shown, **{f"there-{late.id}-{part.id}": "1"})
    sources = [each.source.value for each in db.session.query(Presence).order_by(Presence.id)]
    assert sources == ["code", "list"]
    page = browser.visit(address)
    shown = {e.get("name"): e.get("value") for e in page.all("input", type="hidden")}
    browser.send(address, source="list", **shown)
    assert db.session.query(Presence).count() == 0
