"""What is given by itself is given exactly once, whoever runs the job and however often."""

from datetime import date, timedelta

import make
import pytest
from counting import queries
from honours import automatic, hours, scheme
from together import together

from talent.access import SYSTEM
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.people.models import Registration, RegistrationState
from talent.recognition import service as recognition
from talent.recognition.granting import jobs, service
from talent.recognition.models import StarGrant
from talent.recognition.stars import service as stars_
from talent.rules.stars import StarPeriod

pytestmark = pytest.mark.usefixtures("clock")


def grants():
    db.session.rollback()
    return sorted((g.person_id, g.level.hours, g.period) for g in db.session.query(StarGrant))


def test_what_is_reached_is_given_once_and_told_once(community):
    scheme(community, automatic(10), automatic(20))
    reached, short = make.person("甲", at=community), make.person("乙", at=community)
    hours(reached, community, 20)
    hours(short, community, 9, minutes=59)
    assert jobs.give_stars(make.NOW) == "2 given, 0 doubts moved"
    assert jobs.give_stars(make.NOW) == "0 given, 0 doubts moved"
    assert grants() == [(reached.id, 10, "all"), (reached.id, 20, "all")]
    assert db.session.query(Message).filter_by(kind=MessageKind.STAR_GRANTED).count() == 2
    make.record(short, community, 1)
    jobs.give_stars(make.NOW)
    assert (short.id, 10, "all") in grants()


def test_it_is_for_active_volunteers_of_offices_under_the_scheme(street, community):
    other = make.office("秋月社区", parent=street)
    scheme(community, automatic(10))
    for person in (
        make.person("丙", at=other),
        make.person("丁", at=community, state=RegistrationState.PAUSED),
        make.person("戊"),
    ):
        hours(person, community, 10)
    jobs.give_stars(make.NOW)
    assert grants() == []
    with writing():
        db.session.query(Registration).update({"state": RegistrationState.ACTIVE})
    jobs.give_stars(make.NOW)
    assert len(grants()) == 1


def test_levels_on_application_are_left_alone(community):
    scheme(community, 10, automatic(20))
    hours(make.person("甲", at=community), community, 20)
    jobs.give_stars(make.NOW)
    assert [hours_ for _, hours_, _ in grants()] == [20]


def test_each_year_has_its_own(community):
    scheme(community, automatic(10), period=StarPeriod.YEAR, first_day=date(2025, 1, 1))
    person = make.person("甲", at=community)
    for day in (date(2024, 12, 31), date(2025, 12, 31), date(2026, 1, 1)):
        hours(person, community, 10, day=day)
    jobs.give_stars(make.NOW)
    assert grants() == [(person.id, 10, "2025"), (person.id, 10, "2026")]


def test_what_was_withdrawn_is_not_given_by_itself_again(community, manager):
    scheme(community, automatic(10))
    hours(make.person("甲", at=community), community, 10)
    jobs.give_stars(make.NOW)
    with writing():
        stars_.withdraw(db.session.query(StarGrant).one(), why="查实", actor=SYSTEM, now=make.NOW)
    assert jobs.give_stars(make.NOW).startswith("0 given")
    assert db.session.query(StarGrant).count() == 1


def test_what_was_due_and_no_longer_is_is_not_given(community):
    level = scheme(community, automatic(10)).levels[0]
    person = make.person("甲", at=community)
    hours(person, community, 9)
    with writing():
        assert service.give(person.id, level.id, "all", now=make.NOW) is None
    assert grants() == []


def test_the_job_asks_as_much_for_many_as_for_one_when_nothing_is_new(community, app):
    scheme(community, automatic(10))

    def fill(name):
        hours(make.person(name, at=community), community, 10)
        jobs.give_stars(make.NOW)

    fill("甲")
    with queries() as once:
        jobs.give_stars(make.NOW)
    fill("乙")
    fill("丙")
    with queries() as thrice:
        jobs.give_stars(make.NOW)
    assert len(thrice) == len(once)


def give(start):
    start()
    return jobs.give_stars(make.NOW)


def test_two_processes_at_once_give_each_level_once(app, settings, community):
    scheme(community, automatic(10), automatic(20))
    for name in "甲乙丙丁":
        hours(make.person(name, at=community), community, 20)
    db.session.remove()
    said = together(settings, *[(give,)] * 2)
    given = [int(told.split()[0]) for told in said]
    assert sum(given) == 8, said
    assert len(grants()) == len(set(grants())) == 8
    assert db.session.query(Message).filter_by(kind=MessageKind.STAR_GRANTED).count() == 8


def test_what_was_withdrawn_is_not_given_again_for_the_same_rolling_hours(community):
    level = scheme(community, automatic(10), period=StarPeriod.ROLLING).levels[0]
    person = make.person("甲", at=community)
    hours(person, community, 10)
    jobs.give_stars(make.NOW)
    with writing():
        stars_.withdraw(db.session.query(StarGrant).one(), why="查实", actor=SYSTEM, now=make.NOW)
    tomorrow = make.NOW + timedelta(days=1)
    assert jobs.give_stars(tomorrow) == "0 given, 0 doubts moved"
    (course,) = recognition.courses(person, today=make.TODAY + timedelta(days=1))
    assert course.rung(level.id).refusals == []  # so he may ask for it
