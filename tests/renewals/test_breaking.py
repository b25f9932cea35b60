"""What a lapse breaks, and the button for each remedy."""

from datetime import date, timedelta
from decimal import Decimal

import make
import making
import pytest
from counting import queries

from talent.access import Actor, Role
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.renewals.lapses import figures
from talent.rules.signup import SignupState
from talent.rules.standards import Base, StandardKind
from talent.shifts.models import Requirement
from talent.staffing.models import Appointment, AppointmentKind, Standard
from talent.training.models import Credential, CredentialKind, Seat


def ends_in(days):
    return make.TODAY + timedelta(days=days)


def gated(office, *, code="first_aid", course=None, start=24, hours=3):
    """A shift of an office whose position asks for a credential or a course."""
    project = make.project(office)
    position = make.position(project, "急救员")
    asked = {"course_id": course.id} if course else {"credential_kind_id": making.kind(code).id}
    make.saved(Requirement(position_id=position.id, **asked))
    return make.shift(project, start=start, hours=hours, position=position)


def days(count, hours=0):
    return count * 24 + hours


def page(browser, query="", **more):
    return browser.visit(f"/renewals/?{query}", **more)


def test_a_shift_after_the_last_day_is_named_with_its_reason_and_its_remedies(browser, cast):
    making.credential(cast.person, valid_until=ends_in(10))
    on_time, late = (gated(cast.office, start=days(n)) for n in (10, 11))
    kept, broken = make.signup(on_time, cast.person), make.signup(late, cast.person)
    browser.sign_in(cast.coordinator)
    shown = page(browser)
    assert "1 booked shift asks for it:" in shown.words
    assert "is valid until Thu 11 Jun 2026, but the shift is on Fri 12 Jun 2026." in shown.words
    links = {a.get("href").split("?")[0] for a in shown.all("a")}
    assert f"/shifts/{late.id}/substitutes" in links
    assert f"/shifts/signups/{broken.id}/removal" in links
    assert f"/shifts/signups/{kept.id}/removal" not in links
    assert f"/training/people/{cast.person.id}/credentials/new" in links
    assert shown.all("form", action=f"/renewals/credentials/{the_one().id}/reminder")


def the_one():
    db.session.rollback()
    return db.session.query(Credential).one()


def test_a_shift_over_midnight_needs_it_on_both_days(browser, cast):
    making.credential(cast.person, valid_until=ends_in(10))
    make.signup(gated(cast.office, start=days(10, 13), hours=3), cast.person)  # 22:00 to 01:00
    browser.sign_in(cast.coordinator)
    assert "1 booked shift asks for it:" in page(browser).words


@pytest.mark.parametrize("state", [SignupState.WAITING, SignupState.CANCELLED, SignupState.REMOVED])
def test_only_places_that_are_held_can_break(browser, cast, state):
    making.credential(cast.person, valid_until=ends_in(10))
    make.signup(gated(cast.office, start=days(20)), cast.person, state=state)
    browser.sign_in(cast.coordinator)
    shown = page(browser)
    assert "王秀兰" in shown.words
    assert "asks for it" not in shown.words


def test_another_paper_or_another_gate_breaks_nothing(browser, cast):
    making.credential(cast.person, valid_until=ends_in(10))
    making.credential(cast.person, code="driving", valid_until=ends_in(900))
    make.signup(gated(cast.office, code="driving", start=days(20)), cast.person)
    browser.sign_in(cast.coordinator)
    assert "asks for it" not in page(browser).words


def test_training_that_lapses_breaks_the_shifts_that_ask_for_its_course(browser, cast):
    course = making.course(cast.office)
    making.learned(cast.person, cast.office, course=course, valid_until=ends_in(10))
    make.signup(gated(cast.office, course=course, start=days(30)), cast.person)
    session = making.session(course, cast.office, begins=days(5))
    browser.sign_in(cast.coordinator)
    shown = page(browser, "what=trainings")
    assert "1 booked shift asks for it:" in shown.words
    assert shown.all("form", action=f"/training/sessions/{session.id}/seats?lapse=1")
    browser.send(f"/training/sessions/{session.id}/seats", person_id=cast.person.id)
    assert db.session.query(Seat).one().person_id == cast.person.id


def test_the_courses_of_a_kind_offer_their_sessions(browser, cast):
    course = making.course(cast.street)
    kind = making.kind()
    with writing():
        db.session.get(CredentialKind, kind.id).courses = [course]
    making.credential(cast.person, valid_until=ends_in(10))
    near = making.session(course, cast.street, begins=days(3), place="街道教室")
    making.session(course, cast.neighbour, begins=days(3), place="别家教室")
    full = making.session(course, cast.street, begins=days(2), places=1, place="满员教室")
    making.seat(full, make.person("占座", at=cast.office))
    browser.sign_in(cast.coordinator)
    shown = page(browser)
    assert "街道教室" in shown.words
    assert near.id
    assert "别家教室" not in shown.words
    assert "满员教室" not in shown.words


def test_what_has_lapsed_still_shows_what_it_breaks(browser, cast):
    making.credential(cast.person, valid_until=ends_in(-1))
    make.signup(gated(cast.office, start=days(3)), cast.person)
    making.credential(make.person("早过期", at=cast.office), valid_until=ends_in(-91))
    browser.sign_in(cast.coordinator)
    shown = page(browser, "lapsed=1")
    assert "1 booked shift asks for it:" in shown.words
    assert "早过期" not in shown.words
    assert "王秀兰" not in page(browser).words


def test_the_shifts_of_other_offices_are_not_named(browser, cast):
    making.credential(cast.person, valid_until=ends_in(10))
    make.signup(gated(cast.neighbour, start=days(20)), cast.person)
    browser.sign_in(cast.coordinator)
    shown = page(browser)
    assert "王秀兰" in shown.words
    assert "asks for it" not in shown.words


def test_somebody_is_reminded_once_a_day(browser, cast):
    credential = making.credential(cast.person, valid_until=ends_in(40))
    browser.sign_in(cast.coordinator)
    url = f"/renewals/credentials/{credential.id}/reminder"
    browser.send(url)
    refused = browser.send(url, 409)
    assert "was reminded of this today already" in refused.words
    messages = db.session.query(Message).filter_by(kind=MessageKind.CREDENTIAL_LAPSES).all()
    assert [(m.person_id, m.facts["until_on"]) for m in messages] == [
        (cast.person.id, ends_in(40).isoformat())
    ]
    browser.send(f"/renewals/nonsense/{credential.id}/reminder", 404)
    browser.sign_in(cast.stranger)
    browser.send(url, 404)
    browser.sign_in(make.account(Role.AUDITOR, cast.office))
    browser.send(url, 403)
    assert "Remind" not in page(browser).said("button")


def test_the_page_asks_the_same_number_of_questions(browser, cast):
    browser.sign_in(cast.coordinator)
    counted = []
    course = making.course(cast.office)
    making.session(course, cast.office, begins=days(3))
    with writing():
        db.session.get(CredentialKind, making.kind().id).courses = [course]
    for new in (1, 2):
        for _ in range(new):
            person = make.person(at=cast.office)
            making.credential(person, valid_until=ends_in(10))
            make.signup(gated(cast.office, start=days(20)), person)
        page(browser)
        with queries() as sent:
            page(browser)
        counted.append(len(sent))
    assert counted[0] == counted[1]


def worker(office, name, until, code="social_worker", **more):
    """A full-time worker of an office with a certificate that ends."""
    person = make.person(name, at=office)
    make.saved(
        Appointment(
            person_id=person.id,
            office_id=office.id,
            kind=AppointmentKind.FULL_TIME,
            starts_on=date(2020, 1, 1),
            **more,
        )
    )
    if until is not None:
        making.credential(person, code=code, valid_until=until)
    return person


@pytest.fixture
def staffed(cast):
    """Four workers, of whom two hold a certificate; certificates lapse here."""
    kind = making.kind("social_worker")
    with writing():
        db.session.get(CredentialKind, kind.id).lapses = True
    worker(cast.office, "甲到期", ends_in(20))
    worker(cast.office, "乙长期", ends_in(2000))
    worker(cast.office, "丙无证", None)
    worker(cast.office, "丁无证", None)
    cast.manager = make.account(Role.MANAGER, cast.street)
    return cast


def test_the_certificate_rate_is_told_before_and_after_for_each_office(staffed):
    actor = staffed.manager.actor
    found = figures.fallen(actor, today=make.TODAY, until=ends_in(20))
    told = [(f.office.name_zh, f.before, f.after, [p.name for p in f.people]) for f in found]
    office = ("春风社区", Decimal(50), Decimal(25), ["甲到期"])
    assert office in told
    assert all(f.standard is None for f in found)
    assert figures.fallen(actor, today=make.TODAY, until=ends_in(19)) == []
    assert figures.fallen(Actor(), today=make.TODAY, until=ends_in(20)) == []


def test_it_stands_on_the_page_and_opens_to_the_office(browser, staffed):
    browser.sign_in(staffed.manager)
    shown = page(browser)
    assert "Certificate rate 50.00 % 25.00 %" in shown.words
    assert shown.all("a", href=f"/staffing/{staffed.office.id}")


def test_a_standard_that_counts_the_certificate_is_said_to_fall(staffed):
    make.saved(
        Standard(
            office_id=staffed.street.id,
            name_zh="持证社工不少于一半",
            measure="certified",
            kind=StandardKind.SHARE,
            target=Decimal(50),
            base=Base.STAFF,
            population_kind="urban_resident",
            base_kinds=["full_time"],
            count_mode="headcount",
            kinds=["full_time"],
            credentials=["social_worker"],
            valid_from=date(2020, 1, 1),
            source="区里的文件",
        )
    )
    found = figures.fallen(staffed.manager.actor, today=make.TODAY, until=ends_in(20))
    (fallen,) = [f for f in found if f.standard and f.office.id == staffed.office.id]
    assert (fallen.before, fallen.after, fallen.required) == (2, 1, 2)
    assert (fallen.met_before, fallen.met_after) == (True, False)
