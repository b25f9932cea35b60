"""The mail server is away while people go on; their letters come later, once, in order."""

from __future__ import annotations

from datetime import timedelta

import make
import plan

from talent.db import db
from talent.messages import jobs as messages
from talent.messages.models import Message, MessageState, Trouble


def test_an_hour_without_a_mail_server_loses_no_letter_and_keeps_their_order(
    browser, clock, server, app, monkeypatch
):
    office = make.office()
    shifts = [plan.shift(plan.project(office), starts=48 + 4 * n) for n in range(3)]
    wang = make.volunteer(office)
    browser.sign_in(wang)
    with monkeypatch.context() as away:
        away.setitem(app.config, "MAIL_PORT", 1)
        for number, shift in enumerate(shifts):
            clock.move_to(make.NOW + number * timedelta(minutes=20))
            browser.send(plan.signup_url(shift))
            messages.deliver(make.NOW + number * timedelta(minutes=20))
    waiting = db.session.query(Message).order_by(Message.id).all()
    assert {(each.state, each.trouble) for each in waiting} <= {
        (MessageState.WAITING, Trouble.UNREACHABLE),
        (MessageState.WAITING, None),
    }
    numbers = [each.id for each in waiting]
    assert len(numbers) == len(shifts)
    for _ in range(2):
        messages.deliver(make.NOW + timedelta(hours=6))
    names = [mail["Message-ID"] for _to, mail in server.accepted]
    assert [int(name[1:].split(".")[0]) for name in names] == numbers
