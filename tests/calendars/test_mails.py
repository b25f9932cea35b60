"""A mail about a place carries it as an event; a changed one replaces it, a last one ends it."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import make
import octets
import plan
import pytest

from talent.db import db, writing
from talent.messages.jobs import write
from talent.messages.models import Message, MessageState
from talent.rules.signup import SignupState
from talent.shifts import jobs
from talent.shifts.models import Shift


@pytest.fixture
def office(app, clock):
    return make.office()


def letters(kind=None):
    """The mails of the outbox in their order, each with its calendar part or None."""
    db.session.rollback()
    found = []
    told = db.session.query(Message).filter(Message.state != MessageState.DROPPED)
    for message in told.order_by(Message.id):
        mail = write(message, make.NOW).mail
        parts = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
        found.append((message.kind.value, mail, parts[0] if parts else None))
    return [each for each in found if kind in {None, each[0]}]


def event(part):
    body = part.get_content()
    body = (
        body
        if isinstance(body, bytes)
        else body.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    )
    [read] = octets.events(part.get_payload(decode=True))
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    assert calendar["METHOD"] == part.get_param("method")
    return calendar["METHOD"], read


def _revision(read):
    return int(read["SEQUENCE"]), read["DTSTAMP"]


def replay(mails):
    """What a calendar program holds after it read these mails in this order (RFC 5546)."""
    store = {}
    for _, _, part in mails:
        if part is None:
            continue
        method, read = event(part)
        known = store.get(read["UID"])
        if known is None or _revision(read) >= _revision(known):
            store[read["UID"]] = read | {"METHOD": method}
    return store


def test_taking_moving_and_calling_off_are_one_event_in_three_states(browser, office):
    wang = make.volunteer(office, name="王小明")
    shift = plan.shift(plan.project(office), 72)
    browser.sign_in(wang)
    browser.send(plan.signup_url(shift))
    [(kind, mail, part)] = letters()
    method, first = event(part)
    assert (kind, method) == ("signed_up", "REQUEST")
    assert first["STATUS"] == "CONFIRMED"
    assert first["ATTENDEE"] == f"mailto:{wang.person.email}"
    assert first["ORGANIZER"] == "mailto:talent@localhost"
    assert {p.get_filename() for p in mail.walk()} == {None, "invite.ics"}
    browser.sign_in(plan.coordinator(office))
    page = browser.visit(f"/shifts/{shift.id}/edit")
    fields = {e.get("name"): e.get("value") or "" for e in page.all("input") if e.get("name")}
    browser.send(f"/shifts/{shift.id}/edit", **(fields | {"place": "新食堂"}))
    [moved] = replay(letters()).values()
    assert (moved["LOCATION"], moved["UID"]) == ("新食堂", first["UID"])
    browser.send(f"/shifts/{shift.id}/calling-off", reason="台风")
    [gone] = replay(letters()).values()
    assert (gone["STATUS"], gone["METHOD"]) == ("CANCELLED", "CANCEL")
    assert db.session.get(Shift, shift.id).version > 1


def test_giving_up_a_place_takes_the_event_away(browser, office):
    shift = plan.shift(plan.project(office), 72)
    browser.sign_in(make.volunteer(office))
    browser.send(plan.signup_url(shift))
    browser.send(f"/shifts/{shift.id}/cancellation")
    [left] = replay(letters()).values()
    assert left["METHOD"] == "CANCEL"


def test_whoever_only_waits_gets_no_event(browser, office):
    shift = plan.shift(plan.project(office), 72, places=1)
    plan.place(shift, make.volunteer(office).person)
    waiting = make.volunteer(office)
    plan.place(shift, waiting.person, state=SignupState.WAITING)
    browser.sign_in(plan.coordinator(office))
    browser.send(f"/shifts/{shift.id}/calling-off", reason="台风")
    assert [
        part is None
        for _, mail, part in letters("shift_cancelled")
        if waiting.person.email in mail["To"]
    ] == [True]
    assert [
        part is None
        for _, mail, part in letters("shift_cancelled")
        if waiting.person.email not in mail["To"]
    ] == [False]


def test_a_reminder_carries_no_event(browser, office):
    shift = plan.shift(plan.project(office), 20)
    plan.place(shift, make.volunteer(office).person)
    with writing():
        jobs.remind(make.NOW + timedelta(minutes=1))
    assert [part for _, _, part in letters("shift_reminder")] == [None]
