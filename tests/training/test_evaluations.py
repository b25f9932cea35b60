"""What participants say stays without names, and is shown only in groups."""

import make
import making
import pytest

from talent.access import SYSTEM, Role
from talent.audit import AuditEntry
from talent.db import db, writing
from talent.training.attendance import service as attendance
from talent.training.evaluations.models import SessionEvaluation, SessionEvaluator

OVER = 28  # hours


@pytest.fixture
def session(cast):
    return making.session(making.course(cast.office), cast.office)


def participants(session, office, number):
    made = [make.volunteer(office, f"王{place}") for place in range(number)]
    for account in made:
        seat = making.seat(session, account.person)
        with writing():
            attendance.mark(seat, attended=True, actor=SYSTEM, now=make.hours_later(27))
    return made


def say(browser, account, session, steps="5", said="", status=303):
    browser.sign_in(account)
    return browser.send(
        f"/training/mine/sessions/{session.id}/evaluation", status, steps=steps, words=said
    )


def test_answers_are_shown_in_groups_of_at_least_so_many(browser, clock, cast, session):
    people = participants(session, cast.office, 10)
    clock.move_to(make.hours_later(OVER))
    shown = []
    for place, account in enumerate(people):
        say(browser, account, session, steps="4" if place % 2 else "5", said=f"话{place}")
        page = browser.sign_in(cast.coordinator).visit(
            f"/training/sessions/{session.id}/evaluations"
        )
        shown.append(sum(f"话{each}" in page.words for each in range(10)))
        assert ("Not enough answers yet" in page.words) == (place < 4)
    assert shown == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10]
    assert "4.5" in page.words


def test_the_office_may_ask_for_larger_groups(browser, clock, cast, session):
    making.rule(cast.office, "rating_least", 6)
    people = participants(session, cast.office, 6)
    clock.move_to(make.hours_later(OVER))
    for account in people[:5]:
        say(browser, account, session)
    address = f"/training/sessions/{session.id}/evaluations"
    assert "Not enough answers yet" in browser.sign_in(cast.coordinator).visit(address).words
    say(browser, people[5], session)
    assert "Average" in browser.sign_in(cast.coordinator).visit(address).words


def test_no_office_reads_what_fewer_than_three_said(browser, clock, cast, session):
    administrator = make.account(Role.ADMINISTRATOR, cast.office)
    page = browser.sign_in(administrator).send(
        f"/offices/{cast.office.id}/rules/rating_least", 422, value="1",
        valid_from=make.TODAY.isoformat(),
    )  # fmt: skip
    assert "Write a number from 3 to 1000." in page.words
    make.let(cast.office, since=make.TODAY, rating_least=1)  # from before there was a least number
    people = participants(session, cast.office, 3)
    clock.move_to(make.hours_later(OVER))
    address = f"/training/sessions/{session.id}/evaluations"
    for place, account in enumerate(people):
        say(browser, account, session, said=f"话{place}")
        page = browser.sign_in(cast.coordinator).visit(address)
        assert ("Not enough answers yet" in page.words) == (place < 2)


def test_nothing_leads_from_an_answer_to_a_person(browser, clock, cast, session):
    (account,) = participants(session, cast.office, 1)
    clock.move_to(make.hours_later(OVER))
    before = db.session.query(AuditEntry).count()
    say(browser, account, session, said="讲得很好")
    answer = db.session.query(SessionEvaluation).one()
    columns = {column.name for column in SessionEvaluation.__table__.columns}
    assert columns == {"id", "session_id", "steps", "said", "shown"}
    assert len(answer.id) == 32
    assert {column.name for column in SessionEvaluator.__table__.columns} == {
        "session_id", "person_id",
    }  # fmt: skip
    signed_in = db.session.query(AuditEntry).count()
    assert signed_in == before


def test_one_says_it_once_and_only_who_was_there(browser, clock, cast, session):
    (account,) = participants(session, cast.office, 1)
    making.seat(session, cast.person)
    clock.move_to(make.hours_later(OVER))
    page = say(browser, cast.volunteer, session, status=422)
    assert "Only those evaluate a session who were there." in page.words
    say(browser, account, session)
    page = say(browser, account, session, status=422)
    assert "it cannot be changed" in page.words
    assert db.session.query(SessionEvaluation).count() == 1
    browser.sign_in(make.volunteer(cast.neighbour))
    browser.visit(f"/training/mine/sessions/{session.id}/evaluation", status=404)


def test_it_needs_a_step_and_time_passes(browser, clock, cast, session):
    (account,) = participants(session, cast.office, 1)
    clock.move_to(make.hours_later(26))
    page = say(browser, account, session, status=422)
    assert "evaluated when it is over" in page.words
    clock.move_to(make.hours_later(OVER))
    page = say(browser, account, session, steps="", said="好", status=422)
    assert "Choose one of the five steps." in page.words
    assert "好" in page.words
    clock.move_to(make.hours_later(27 + 24 * 14 + 1))
    page = say(browser, account, session, status=422)
    assert "could be evaluated until" in page.words
    assert db.session.query(SessionEvaluation).count() == 0


def test_other_offices_do_not_read_it(browser, cast, session):
    browser.sign_in(cast.stranger)
    browser.visit(f"/training/sessions/{session.id}/evaluations", status=404)
