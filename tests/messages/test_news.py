"""What happened to people is told by a timed job, once."""

from __future__ import annotations

from datetime import timedelta

import make

from talent.db import db, writing
from talent.messages.jobs import deliver, news_of_people
from talent.messages.models import Message, MessageKind
from talent.people.models import Claim, ClaimState, Registration, RegistrationState

LATER = make.NOW + timedelta(hours=1)


def decided(person, state, at=LATER, reason=None):
    with writing():
        row = db.session.query(Registration).filter_by(person_id=person.id).one()
        row.state, row.decided_at, row.reason = state, at, reason


def news(now=LATER):
    with writing():
        news_of_people(now)
    return [m.facts for m in db.session.query(Message).order_by(Message.id)]


def test_an_applicant_is_told_once_that_he_was_accepted_and_again_when_it_is_decided_anew(app):
    person = make.person(at=make.office(), state=RegistrationState.APPLIED)
    assert news() == []

    decided(person, RegistrationState.RETURNED, reason="请补充")
    news()
    assert [f["accepted"] for f in news()] == [False]

    decided(person, RegistrationState.ACTIVE, at=LATER + timedelta(days=1))
    assert [f["accepted"] for f in news(LATER + timedelta(days=1))] == [False, True]


def test_who_was_entered_by_the_office_gets_no_decision(app):
    person = make.person(at=make.office())
    decided(person, RegistrationState.ACTIVE, at=make.NOW)
    assert news() == []


def test_who_is_on_record_is_asked_whether_it_is_he_with_a_link_that_only_he_gets(app, server):
    office = make.office()
    person = make.person(at=office)
    asking = make.account(name="小王")
    claim = make.saved(
        Claim(
            person_id=person.id,
            account_id=asking.id,
            account_name="小王",
            state=ClaimState.OPEN,
            made_at=make.NOW,
        )
    )
    assert len(news()) == len(news()) == 1

    deliver(LATER)

    [(to, mail)] = server.accepted
    text = mail.get_body(("plain",)).get_content()
    assert to == [person.email]
    assert f"/people/claims/{claim.id}/letters/" in text
    assert "小王" in text
    [message] = db.session.query(Message).filter_by(kind=MessageKind.CLAIM)
    assert message.secret is None
