"""What a guardian sees and decides for a child, and the day on which it ends."""

from __future__ import annotations

from datetime import date, timedelta

import make
import plan
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, writing
from talent.guardians import jobs
from talent.messages import service as messages
from talent.messages.models import Message, MessageKind, MessageState
from talent.people.models import VERSIONS, Consent, Person
from talent.people.permits.models import ActivityConsent
from talent.rules.consent import ConsentKind
from talent.rules.signup import SignupState
from talent.shifts.models import Signup

pytestmark = pytest.mark.usefixtures("clock")
ALL_DAYS = [str(day) for day in range(7)]


@pytest.fixture
def office(app):
    return make.office()


@pytest.fixture
def parent(office):
    return make.volunteer(office, name="李建国", email="parent@example.org")


@pytest.fixture
def child(office, parent):
    """A child of fourteen whose guardian agreed to registering."""
    born = date(2012, 3, 4)
    one = make.person("李小明", at=office, birth_date=born, guardian_id=parent.person_id)
    make.saved(
        Consent(
            person_id=one.id,
            kind=ConsentKind.GUARDIAN,
            version=VERSIONS[ConsentKind.GUARDIAN],
            given_at=make.NOW,
            given_by="李建国",
            by_guardian=True,
        )
    )
    return one


def name(browser, child, status=303, **more):
    """Name activities in the form."""
    fields = {"first_day": "2026-06-01", "weekdays": ALL_DAYS} | more
    return browser.send(f"/children/{child.id}/activities", status=status, **fields)


def seats(child):
    db.session.rollback()
    return db.session.query(Signup).filter_by(person_id=child.id).all()


def test_the_portal_shows_each_child_and_nobody_elses(browser, office, parent, child):
    other = make.person("王小红", at=office, birth_date=date(2012, 3, 4))
    browser.sign_in(parent)
    page = browser.visit("/children")
    assert "李小明" in page.words
    assert "王小红" not in page.words
    assert "4 Mar 2030" in browser.visit(f"/children/{child.id}").words.replace("March", "Mar")
    for path in ("", "/activities"):
        browser.visit(f"/children/{other.id}{path}", status=404)
        browser.visit(f"/children/{parent.person_id}{path}", status=404)
    browser.send(f"/children/{other.id}/activities", status=404, kinds="0")


def test_what_was_not_named_cannot_be_taken_and_what_was_can(browser, office, parent, child):
    elderly, traffic = make.category(), make.category("traffic", "文明交通")
    shift = make.shift(make.project(office), start=24)
    browser.sign_in(parent)
    name(browser, child, kinds=str(traffic.id))
    page = browser.visit(f"/shifts/{shift.id}/party?group=family")
    assert "The guardian has agreed to other kinds of activity" in page.words
    name(browser, child, kinds=str(elderly.id), starts="06:00", ends="08:30")
    page = browser.visit(f"/shifts/{shift.id}/party?group=family")
    assert "from 06:00 to 08:30 only" in page.words
    name(browser, child, kinds="0")
    page = browser.visit(f"/shifts/{shift.id}/party?group=family")
    assert "The guardian has agreed" not in page.words


def test_a_wrong_consent_is_refused_beside_its_field_and_keeps_what_was_typed(
    browser, parent, child
):
    browser.sign_in(parent)
    page = name(browser, child, 422, last_day="2026-05-01", starts="10:00", ends="09:00", kinds="0")
    assert "The last day is before the first." in page.words
    assert "The end of the time is not after its beginning." in page.words
    assert [one.get("value") for one in page.all("input", name="last_day")] == ["2026-05-01"]
    page = name(browser, child, 422)
    assert "Choose at least one kind of activity." in page.words
    page = name(browser, child, 422, kinds="0", first_day="2030-03-04")
    assert "nobody else gives consent" in page.words
    assert db.session.query(ActivityConsent).count() == 0


def test_a_consent_is_withdrawn_as_easily_and_marks_the_shifts_it_covered(
    browser, office, parent, child
):
    shift = make.shift(make.project(office), start=24)
    make.signup(shift, child)
    browser.sign_in(parent)
    name(browser, child, kinds="0")
    assert "other kinds of activity" not in browser.visit(f"/children/{child.id}").words
    row = db.session.query(ActivityConsent).one()
    withdrawal = f"/children/{child.id}/activities/{row.id}/withdrawal"
    browser.send(withdrawal)
    page = browser.visit(f"/children/{child.id}")
    assert "No activity is covered now." in page.words
    assert "The guardian has agreed to other kinds of activity" in page.words
    assert [one.state for one in seats(child)] == [SignupState.CONFIRMED]
    browser.send(withdrawal)  # a second time changes nothing
    assert db.session.query(ActivityConsent).one().withdrawn_at == make.NOW
    browser.send(f"/children/{child.id}/activities/999/withdrawal", status=404)


def test_the_office_types_in_a_signed_sheet(browser, office, child):
    browser.sign_in(make.account(Role.COORDINATOR, office))
    fields = {"first_day": "2026-06-01", "weekdays": ALL_DAYS, "kinds": "0", "by": "李建国"}
    browser.send(f"/people/{child.id}/activities/paper", **fields)
    assert "on paper" in browser.visit(f"/people/{child.id}/activities").words
    row = db.session.query(ActivityConsent).one()
    assert (row.on_paper, row.given_by) == (True, "李建国")
    browser.send(f"/people/{child.id}/activities/{row.id}/withdrawal")
    adult = make.person("成年人", at=office)
    browser.visit(f"/people/{adult.id}/activities/paper", status=404)
    far = make.person("远方", at=make.office("别处"), birth_date=date(2012, 3, 4))
    browser.visit(f"/people/{far.id}/activities", status=404)
    browser.send(f"/people/{far.id}/activities/paper", status=404, **fields)


def tell(person, kind=MessageKind.SHIFT_REMINDER, once="7"):
    with writing():
        return messages.tell(kind, once=once, now=make.NOW, person=person, facts={"path": "/x"})


def told(person):
    return db.session.query(Message).filter_by(person_id=person.id).order_by(Message.id).all()


def test_the_guardian_is_told_what_the_child_is_told(parent, child):
    guardian = db.session.get(Person, parent.person_id)
    with writing():
        guardian.email, child.email = "parent@example.org", "child@example.org"
    tell(child)
    tell(child)  # the same event
    (copy,) = told(guardian)
    assert (copy.address, copy.facts["ward"]) == ("parent@example.org", "李小明")
    assert copy.facts["path"] == f"/children/{child.id}"
    assert [one.address for one in told(child)] == ["child@example.org"]
    with writing():
        assert messages.drop(MessageKind.SHIFT_REMINDER, "7") == 2


def test_a_child_without_an_address_leaves_no_dead_letter(parent, child):
    guardian = db.session.get(Person, parent.person_id)
    with writing():
        guardian.email, child.email = "parent@example.org", None
    tell(child)
    assert [one.state for one in told(child)] == [MessageState.DROPPED]
    assert [one.state for one in told(guardian)] == [MessageState.WAITING]


def test_nobody_gets_anothers_way_to_sign_in(parent, child):
    guardian = db.session.get(Person, parent.person_id)
    for kind in (MessageKind.PASSWORD_RESET, MessageKind.CLAIM, MessageKind.LOGIN_CHANGED):
        tell(child, kind)
    assert told(guardian) == []


def test_on_the_day_of_coming_of_age_it_ends_and_both_are_told(browser, clock, parent, child):
    guardian = db.session.get(Person, parent.person_id)
    with writing():
        child.birth_date = date(2008, 6, 2)
    browser.sign_in(parent)
    with writing():
        assert jobs.release_grown(make.NOW) == "0 of age"
    browser.visit(f"/children/{child.id}")
    tomorrow = make.NOW + timedelta(days=1)
    tell(child)
    with writing():
        assert jobs.release_grown(tomorrow) == "1 of age"
    with writing():
        assert jobs.release_grown(tomorrow) == "0 of age"
    browser.visit(f"/children/{child.id}", status=404)
    kinds = [one.kind for one in told(guardian)]
    assert kinds.count(MessageKind.COMES_OF_AGE) == 1
    assert [one.kind for one in told(child)].count(MessageKind.COMES_OF_AGE) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_portal_of_several_children_is_one_page(browser, office, parent, child, number):
    for each in range(1, number):
        born = date(2012, 3, each)
        make.person(f"孩子{each}", at=office, birth_date=born, guardian_id=parent.person_id)
    browser.sign_in(parent)
    assert browser.visit("/children").words.count("years old") == number


def test_the_portal_asks_the_same_number_of_questions(browser, office, parent, child):
    shift = plan.shift(plan.project(office))
    counted = []
    for number in (1, 3):
        for each in range(number):
            person = make.person(
                f"孩子{number}{each}", at=office, birth_date=date(2012, 3, 1 + each),
                guardian_id=parent.person_id,
            )  # fmt: skip
            plan.place(shift, person)
        browser.sign_in(parent).visit("/children")
        with queries() as sent:
            browser.visit("/children")
        counted.append(len(sent))
    assert counted[0] == counted[1]
