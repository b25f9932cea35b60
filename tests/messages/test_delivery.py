"""How messages leave: once, at a decent hour, come what may."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from telling import CORRECTED, LAPSES, RESET, state, told

from talent.db import db, writing
from talent.messages import outbox, service
from talent.messages.jobs import deliver
from talent.messages.models import Message, MessageState, Stopped, Trouble

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SOON = timedelta(seconds=30)  # a run takes a while


def test_a_message_is_sent_once_and_a_second_one_for_the_same_event_is_not_written(app, server):
    person = make.person()
    number = told(person)

    assert told(person) is None
    deliver(make.NOW)
    deliver(make.NOW + HOUR)

    assert [to for to, _ in server.accepted] == [[person.email]]
    assert state(number) == (MessageState.SENT, None)


def test_the_secret_ends_the_link_and_is_wiped_once_sent(app, server):
    number = told(make.person(), RESET, secret="s3cret")
    raw = db.session.connection().exec_driver_sql("SELECT secret FROM message").scalar()
    assert "s3cret" not in raw

    deliver(make.NOW)

    [(_, mail)] = server.accepted
    assert "/accounts/reset/s3cret" in mail.get_body(("plain",)).get_content()
    db.session.rollback()
    assert db.session.get(Message, number, populate_existing=True).secret is None


def test_what_the_server_puts_off_is_tried_again_later_and_later(app, server):
    number = told(make.person())
    server.script["RCPT"] = ["450 mailbox busy"] * 6
    now = make.NOW
    tries = []
    for wait in (*outbox.BACK_OFF, HOUR):
        deliver(now)
        deliver(now + wait - SOON)
        tries.append(6 - len(server.script["RCPT"]))
        now += wait + SOON

    assert tries == [1, 2, 3, 4, 5, 6]
    assert server.accepted == []
    assert state(number) == (MessageState.DEAD, Trouble.REFUSED)
    deliver(now + 24 * HOUR)
    assert server.accepted == []


def test_after_a_hiccup_the_message_goes_out_once(app, server):
    number = told(make.person())
    server.script["DATA"] = ["451 try later"]

    deliver(make.NOW)
    deliver(make.NOW + MINUTE + SOON)

    assert len(server.accepted) == 1
    assert state(number) == (MessageState.SENT, None)


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_lasting_refusal_is_a_dead_letter_at_once(app, server, command):
    number = told(make.person())
    server.script[command] = ["550 no such user"]

    deliver(make.NOW)

    assert state(number) == (MessageState.DEAD, Trouble.REFUSED)
    message = db.session.get(Message, number)
    assert message.answer == "550 no such user"


def test_one_refused_letter_does_not_hold_up_the_next(app, server):
    told(make.person(), once="1")
    other = make.person()
    told(other, once="2")
    server.script["RCPT"] = ["550 no such user"]

    deliver(make.NOW)

    assert [to for to, _ in server.accepted] == [[other.email]]


def test_a_server_that_is_away_leaves_everything_for_later(app, server, monkeypatch):
    numbers = [told(make.person(), once=str(n)) for n in range(3)]
    monkeypatch.setitem(app.config, "MAIL_PORT", 1)

    deliver(make.NOW)
    assert {state(n) for n in numbers} == {(MessageState.WAITING, Trouble.UNREACHABLE)}

    monkeypatch.setitem(app.config, "MAIL_PORT", server.port)
    deliver(make.NOW + MINUTE + SOON)
    assert len(server.accepted) == 3


def test_a_server_that_accepts_and_never_answers_leaves_a_doubt_and_no_second_mail(app, mute):
    number = told(make.person())

    deliver(make.NOW)
    deliver(make.NOW + 24 * HOUR)

    assert state(number) == (MessageState.HANDED, Trouble.NOT_CONFIRMED)
    assert mute.letters == 1


def test_a_worker_that_died_before_handing_over_is_replaced_when_its_lease_ends(app, server):
    number = told(make.person())
    with writing():
        assert outbox.claim("dead worker", now=make.NOW, most=5) == [number]

    deliver(make.NOW + MINUTE + SOON)
    assert server.accepted == []
    deliver(make.NOW + outbox.LEASE)

    assert len(server.accepted) == 1


def test_a_worker_that_died_after_handing_over_is_never_repeated_and_the_office_sees_it(
    app, server, browser
):
    office = make.office()
    number = told(make.person(at=office), office_id=office.id)
    with writing():
        outbox.claim("dead worker", now=make.NOW, most=5)
    with writing():
        assert outbox.hand(number, "dead worker", now=make.NOW)

    deliver(make.NOW + 24 * HOUR)

    assert server.accepted == []
    assert state(number) == (MessageState.HANDED, Trouble.NOT_CONFIRMED)


def test_a_worker_whose_lease_was_taken_over_does_not_hand_over(app):
    number = told(make.person())
    with writing():
        outbox.claim("slow", now=make.NOW, most=5)
    with writing():
        assert outbox.claim("quick", now=make.NOW + outbox.LEASE, most=5) == [number]
    with writing():
        assert not outbox.hand(number, "slow", now=make.NOW + outbox.LEASE)
        assert outbox.hand(number, "quick", now=make.NOW + outbox.LEASE)


def test_after_six_hours_of_rest_what_is_due_goes_out_once_and_what_is_useless_does_not(
    app, server
):
    due = [told(make.person(), once=str(n), due_at=make.NOW + n * HOUR) for n in range(1, 4)]
    late = told(make.person(), once="late", useless_after=make.NOW + 5 * HOUR)
    future = told(make.person(), once="future", due_at=make.NOW + 7 * HOUR)

    deliver(make.NOW + 6 * HOUR)
    deliver(make.NOW + 6 * HOUR)

    assert len(server.accepted) == 3
    assert {state(n) for n in due} == {(MessageState.SENT, None)}
    assert state(late) == (MessageState.DROPPED, Trouble.TOO_LATE)
    assert state(future) == (MessageState.WAITING, None)


def test_at_night_only_what_somebody_waits_for_goes_out(app, server):
    office = make.office()
    night = make.NOW + 14 * HOUR  # eleven in the evening in Shanghai
    quiet = told(make.person(at=office), once="1", office_id=office.id)
    told(make.person(at=office), RESET, once="2", secret="x", office_id=office.id)
    urgent = told(
        make.person(at=office), once="3", office_id=office.id, useless_after=night + 3 * HOUR
    )

    deliver(night)

    assert len(server.accepted) == 2
    assert state(quiet) == (MessageState.WAITING, None)
    assert state(urgent) == (MessageState.SENT, None)
    deliver(night + 9 * HOUR - MINUTE)
    assert state(quiet) == (MessageState.WAITING, None)
    deliver(night + 9 * HOUR + SOON)
    assert state(quiet) == (MessageState.SENT, None)


def test_the_night_is_that_of_the_office(app, server):
    office = make.office(zone="Europe/London")
    number = told(make.person(at=office), office_id=office.id)

    deliver(make.NOW)  # two in the morning in London

    assert state(number) == (MessageState.WAITING, None)


def test_what_was_taken_back_does_not_go_out(app, server):
    first, second, other = (told(make.person(), once=o) for o in ("12", "12:1440", "123"))
    with writing():
        assert service.drop(CORRECTED, "12") == 2

    deliver(make.NOW)

    assert len(server.accepted) == 1
    assert state(other) == (MessageState.SENT, None)
    assert state(first) == state(second) == (MessageState.DROPPED, Trouble.WITHDRAWN)


def test_what_was_taken_back_while_a_worker_held_it_does_not_go_out(app):
    number = told(make.person())
    with writing():
        outbox.claim("worker", now=make.NOW, most=5)
    with writing():
        service.drop(CORRECTED, "1")
    with writing():
        assert not outbox.hand(number, "worker", now=make.NOW)


def test_who_stopped_a_kind_gets_no_more_of_it_but_all_else(app, server):
    person = make.person()
    waiting = told(person, LAPSES, once="1")
    make.saved(Stopped(person_id=person.id, kind=LAPSES, at=make.NOW))

    assert told(person, LAPSES, once="2") is None
    told(person, CORRECTED)
    deliver(make.NOW)

    assert len(server.accepted) == 1
    assert state(waiting) == (MessageState.DROPPED, Trouble.STOPPED)
