"""Continuing education: needed, done, open, by when, and which sessions would close it."""

from datetime import date

import make
import making
import pytest

from talent.access import SYSTEM
from talent.db import db, writing
from talent.rules.social_workers import Grade
from talent.training.continuing import service
from talent.training.models import CredentialKind, Seat
from talent.training.social_work import service as social_work


def registered(person, starts_on=date(2023, 7, 10), degree_on=None, grade=Grade.ASSISTANT):
    """A term; from 10 July 2023 it runs to 9 July 2026."""
    with writing():
        return social_work.register(
            person, grade=grade, starts_on=starts_on, number=None, degree_on=degree_on,
            actor=SYSTEM, now=make.NOW,
        )  # fmt: skip


def ce(office, minutes, name="督导实务"):
    return making.course(office, name, minutes=minutes, continuing_education=True)


def learned(person, office, hours, on=date(2024, 1, 1)):
    making.learned(person, office, held_on=on, minutes=hours * 60, continuing_education=True)


def found(person):
    db.session.rollback()
    return service.continuing(person, now=make.NOW)


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        (date(2023, 7, 9), False),
        (date(2023, 7, 10), True),
        (date(2026, 5, 31), True),
    ],
)
def test_hours_count_from_the_first_to_the_last_day_of_the_term(cast, on, counts):
    registered(cast.person)
    learned(cast.person, cast.office, 10, on)
    assert found(cast.person).worker.done == (600 if counts else 0)
    assert len(found(cast.person).records) == counts


def test_a_degree_in_the_term_counts_as_ninety_hours_once(cast):
    registered(cast.person, degree_on=date(2025, 6, 30))
    assert found(cast.person).worker.done == 90 * 60
    assert found(cast.person).worker.gap == 0
    assert found(cast.person).worker.degree == date(2025, 6, 30)
    other = make.person("较早毕业", at=cast.office)
    registered(other, degree_on=date(2023, 7, 9))
    assert found(other).worker.done == 0


def test_the_sessions_before_the_end_that_together_close_the_gap_are_marked(cast):
    registered(cast.person)
    learned(cast.person, cast.office, 60)
    course = ce(cast.office, 360)
    making.session(making.course(cast.office, minutes=900), cast.office, begins=20)
    near = [making.session(course, cast.office, begins=24 * n) for n in (1, 2, 3)]
    making.session(course, cast.office, begins=24 * 60)  # after 9 July
    making.session(course, cast.neighbour, begins=24)
    full = making.session(course, cast.office, begins=30, places=1)
    making.seat(full, make.person("占座", at=cast.office))
    shown = found(cast.person)
    assert shown.worker.gap == 12 * 60
    assert [o.session.id for o in shown.offers] == [s.id for s in near]
    assert [o.closes for o in shown.offers] == [True, True, False]
    assert shown.left_open == 0


def test_a_place_that_is_held_already_counts_before_others_are_marked(cast):
    registered(cast.person)
    learned(cast.person, cast.office, 66)
    course = ce(cast.office, 360)
    first = making.session(course, cast.office, begins=24)
    own = making.session(course, cast.office, begins=48, places=1)
    making.seat(own, cast.person)
    offers = {o.session.id: (o.seated, o.closes) for o in found(cast.person).offers}
    assert offers == {first.id: (False, False), own.id: (True, True)}


def test_what_even_all_sessions_leave_open_is_said(browser, cast):
    registered(cast.person)
    session = making.session(ce(cast.office, 360), cast.office, begins=24)
    browser.sign_in(cast.volunteer)
    page = browser.visit("/training/mine/continuing-education")
    assert "Even with all of them 66 h stay open." in page.words
    assert "39 days left" in page.words
    browser.send(f"/training/sessions/{session.id}/seat")
    assert db.session.query(Seat).one().person_id == cast.person.id


def test_the_office_signs_somebody_up_from_the_page(browser, cast):
    registered(cast.person)
    session = making.session(ce(cast.office, 360), cast.office, begins=24)
    browser.sign_in(cast.coordinator)
    page = browser.visit(f"/training/people/{cast.person.id}/continuing-education")
    assert page.all("form", action=f"/training/sessions/{session.id}/seats")
    browser.sign_in(cast.stranger)
    browser.visit(f"/training/people/{cast.person.id}/continuing-education", 404)


def test_who_passed_is_told_until_when_to_register(browser, cast):
    making.credential(cast.person, code="assistant_social_worker", issued_on=date(2025, 10, 1))
    browser.sign_in(cast.volunteer)
    page = browser.visit("/training/mine/continuing-education")
    assert "The first registration is possible until 1 Oct 2026" in page.words


def test_the_hours_of_the_kind_are_what_is_needed(cast):
    with writing():
        kind = db.session.get(CredentialKind, making.kind("assistant_social_worker").id)
        kind.learning_minutes = 40 * 60
    registered(cast.person)
    assert found(cast.person).worker.need == 40 * 60
    senior = make.person("高级", at=cast.office)
    registered(senior, grade=Grade.SENIOR)
    assert found(senior).worker.need == 90 * 60
