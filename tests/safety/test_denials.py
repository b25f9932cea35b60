"""Who was turned away stands in the trail; nobody fills it by asking over and over."""

from __future__ import annotations

from datetime import timedelta

import make
from sqlalchemy import select

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db


def told():
    query = select(AuditEntry).where(AuditEntry.act == Act.TURNED_AWAY).order_by(AuditEntry.id)
    return [(each.account_id, *each.facts.values()) for each in db.session.scalars(query)]


def test_a_closed_door_is_noted_at_the_first_the_tenth_and_the_hundredth_time(clock, browser):
    someone = make.account()
    browser.sign_in(someone)
    for _ in range(101):
        browser.visit("/people/", 403)
    who = someone.id
    assert told() == [(who, "people.index", 403, times) for times in (1, 10, 100)]
    clock.shift(timedelta(hours=1))
    browser.visit("/people/", 403)
    assert told()[-1] == (who, "people.index", 403, 1)


def test_who_tries_one_number_after_another_is_noted(clock, browser):
    office = make.office()
    someone = make.account(Role.COORDINATOR, office)
    browser.sign_in(someone)
    for number in range(900_000, 900_009):
        browser.visit(f"/people/{number}", 404)
    browser.visit("/no-such-page", 404)
    assert told() == []
    browser.visit("/people/900009", 404)
    assert told() == [(someone.id, "people.show", 404, 10)]


def test_an_act_that_is_refused_is_noted_without_what_it_would_have_done(clock, browser):
    someone = make.account()
    browser.sign_in(someone)
    browser.send("/offices/new", 403, name_zh="x")
    assert told() == [(someone.id, "offices.new", 403, 1)]


def test_of_strangers_there_is_no_end_and_no_note(clock, browser):
    for _ in range(11):
        browser.visit("/people/", 303)
    assert told() == []
