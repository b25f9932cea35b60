"""Those who review are told, once a week, what is overdue."""

from __future__ import annotations

from datetime import timedelta

import make

from talent.access import Role
from talent.db import db, writing
from talent.hours.models import RecordState
from talent.hours.review.jobs import remind_overdue
from talent.messages.models import Message, MessageKind

PENDING = RecordState.PENDING
YESTERDAY = make.TODAY - timedelta(days=1)
WEEK = timedelta(days=7)


def told(now=make.NOW):
    with writing():
        remind_overdue(now)
    found = db.session.query(Message).filter_by(kind=MessageKind.RECORDS_OVERDUE)
    return sorted((m.account_id, m.office_id, m.facts["count"]) for m in found)


def test_the_reviewers_of_an_office_are_told_once_a_week_how_many_are_overdue(app):
    community = make.office()
    person = make.person(at=community)
    coordinator = make.account(Role.COORDINATOR, community)
    make.account(Role.LEADER, community)
    make.account(Role.AUDITOR, community)
    make.account(Role.COORDINATOR, make.office("别处"))
    make.record(person, community, state=PENDING, due_on=make.TODAY)
    make.record(person, community, due_on=YESTERDAY)
    assert told() == []

    for days in (1, 2):
        make.record(person, community, state=PENDING, due_on=make.TODAY - timedelta(days=days))
    once = [(coordinator.id, community.id, 2)]

    assert told() == once
    assert told(make.NOW + timedelta(days=3)) == once
    assert len(told(make.NOW + WEEK)) == 2


def test_where_nobody_reviews_the_nearest_office_above_is_told(app):
    district = make.office("区")
    street = make.office("街道", parent=district)
    community = make.office(parent=street)
    make.account(Role.MANAGER, district)
    manager = make.account(Role.MANAGER, street)
    make.record(make.person(at=community), community, state=PENDING, due_on=YESTERDAY)

    assert told() == [(manager.id, community.id, 1)]
