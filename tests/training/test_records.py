"""Training of other organisers, entered by the office; learning time that is never service."""

import io
import re
from datetime import date

import make
import making
from counting import queries

from talent.access import Role
from talent.db import db, writing
from talent.hours.models import ServiceRecord
from talent.people.models import Person
from talent.training import service as training
from talent.training.models import TrainingRecord
from talent.training.records import service as records

FIELDS = {
    "name": "社区消防",
    "content": "灭火器的使用",
    "minutes": "90",
    "organiser": "区消防站",
    "held_on": "2026-05-20",
}


def enter(browser, url, status=303, paper=making.PDF, **more):
    """Training held elsewhere, as its form sends it."""
    return browser.send(
        url, status, files_=True, paper=(io.BytesIO(paper), "结业证书.pdf"), **(FIELDS | more)
    )


def of_the_office(person):
    return f"/training/people/{person.id}/records/new"


def test_the_office_enters_training_with_its_five_fields(browser, cast):
    browser.sign_in(cast.coordinator)
    enter(browser, of_the_office(cast.person), office_id=cast.office.id, course_id="")
    (record,) = making.records_of(cast.person)
    assert (record.name, record.content, record.minutes) == ("社区消防", "灭火器的使用", 90)
    assert (record.organiser, record.held_on) == ("区消防站", date(2026, 5, 20))
    assert (record.valid_until, record.account_id) == (None, cast.coordinator.id)
    page = browser.visit(f"/training/people/{cast.person.id}")
    assert "Learning time: 0 h." in page.words
    assert "To be verified" in page.words
    browser.send(f"/training/records/{record.id}/verification", 409)
    browser.sign_in(cast.second)
    browser.send(f"/training/records/{record.id}/verification")
    page = browser.visit(f"/training/people/{cast.person.id}")
    assert "Learning time: 1 h 30 min." in page.words
    assert "held elsewhere" in page.words
    browser.send(f"/training/records/{record.id}/verification", 409)


def test_a_volunteer_hands_in_training_from_elsewhere_and_it_waits(browser, cast):
    browser.sign_in(cast.volunteer)
    url = "/training/mine/records/new"
    page = browser.send(url, 422, office_id=cast.office.id, course_id="", **FIELDS)
    assert "needs its evidence: please add the file." in page.words
    assert page.all("input", name="organiser", value="区消防站")
    enter(browser, url, office_id=cast.office.id, course_id="")
    (record,) = making.records_of(cast.person)
    assert records.learning_minutes(cast.person.id) == 0
    browser.sign_in(cast.coordinator)
    assert "王秀兰" in browser.visit("/training/verification?what=trainings").words
    shown = browser.get(f"/training/records/{record.id}")
    assert f"/training/records/{record.id}/evidence/shown" in shown.text
    assert browser.get(f"/training/records/{record.id}/evidence").data == making.PDF
    browser.send(f"/training/records/{record.id}/verification")
    assert records.learning_minutes(cast.person.id) == 90
    assert "王秀兰" not in browser.visit("/training/verification?what=trainings").words


def test_outside_training_is_handed_in_only_where_one_is_known(browser, cast):
    browser.sign_in(cast.volunteer)
    url = "/training/mine/records/new"
    enter(browser, url, 422, office_id=cast.neighbour.id, course_id="")
    assert making.records_of(cast.person) == []


def test_nobody_verifies_training_of_his_own(browser, cast):
    holder = make.person("李梅", at=cast.office)
    account = make.account(Role.COORDINATOR, cast.office, person=holder)
    browser.sign_in(cast.coordinator)
    enter(browser, of_the_office(holder), office_id=cast.office.id, course_id="")
    (record,) = making.records_of(holder)
    browser.sign_in(account)
    refused = browser.send(f"/training/records/{record.id}/verification", 409)
    assert "Nobody verifies training of one" in refused.words


def test_outside_training_is_refused_with_a_reason_and_never_counts(browser, cast):
    browser.sign_in(cast.volunteer)
    enter(browser, "/training/mine/records/new", office_id=cast.office.id, course_id="")
    (record,) = making.records_of(cast.person)
    browser.sign_in(cast.coordinator)
    url = f"/training/records/{record.id}/refusal"
    browser.send(url, 422, why="")
    browser.send(url, why="不是培训")
    browser.send(f"/training/records/{record.id}/verification", 409)
    assert "不是培训" in browser.visit(f"/training/people/{cast.person.id}").words
    assert records.learning_minutes(cast.person.id) == 0
    browser.sign_in(cast.stranger)
    browser.visit(f"/training/records/{record.id}", 404)
    browser.send(f"/training/records/{record.id}/verification", 404)
    assert browser.get(f"/training/records/{record.id}/evidence").status_code == 404


def test_what_waits_opens_no_gate(browser, cast):
    course = making.course(cast.office)
    browser.sign_in(cast.coordinator)
    enter(browser, of_the_office(cast.person), office_id=cast.office.id, course_id=course.id)
    assert training.trainings_of([cast.person.id]) == {}
    (record,) = making.records_of(cast.person)
    browser.sign_in(cast.second)
    browser.send(f"/training/records/{record.id}/verification")
    assert list(training.trainings_of([cast.person.id])) == [cast.person.id]


def test_training_that_counts_as_a_course_lapses_as_the_course_does(browser, cast):
    course = making.course(cast.office, valid_months=12)
    browser.sign_in(cast.coordinator)
    enter(browser, of_the_office(cast.person), office_id=cast.office.id, course_id=course.id)
    (record,) = making.records_of(cast.person)
    assert (record.course_id, record.valid_until) == (course.id, date(2027, 5, 20))


def test_training_of_tomorrow_is_not_entered(browser, cast):
    browser.sign_in(cast.coordinator)
    url = f"/training/people/{cast.person.id}/records/new"
    tomorrow = FIELDS | {"held_on": "2026-06-02"}
    page = browser.send(url, 422, office_id=cast.office.id, course_id="", **tomorrow)
    assert "This day is still to come." in page.words
    early = FIELDS | {"valid_until": "2026-05-19"}
    page = browser.send(url, 422, office_id=cast.office.id, course_id="", **early)
    assert "The last day of validity is before the day of the training." in page.words
    assert db.session.query(TrainingRecord).count() == 0


def test_a_record_is_taken_back_with_a_reason_and_stays_visible(browser, cast):
    record = making.learned(cast.person, cast.office, minutes=120)
    browser.sign_in(cast.coordinator)
    url = f"/training/records/{record.id}/withdrawal"
    browser.send(url, 422, why="")
    browser.send(url, why="人名写错了 <b>100%</b>")
    page = browser.visit(f"/training/people/{cast.person.id}")
    assert "人名写错了 <b>100%</b>" in page.words
    assert "Learning time: 0 min." in page.words or "Learning time: 0 h." in page.words
    browser.visit(url, 404)


def test_another_office_enters_and_withdraws_nothing(browser, cast):
    record = making.learned(cast.person, cast.office)
    browser.sign_in(cast.stranger)
    browser.visit(f"/training/people/{cast.person.id}", 404)
    browser.visit(f"/training/people/{cast.person.id}/records/new", 404)
    browser.send(f"/training/records/{record.id}/withdrawal", 404, why="x")
    assert making.records_of(cast.person)[0].ended_at is None


def test_my_training_shows_my_learning_time_and_nobody_elses(browser, cast):
    making.learned(cast.person, cast.office, name="急救入门", minutes=45)
    making.learned(make.person("李梅", at=cast.office), cast.office, name="法律讲座", minutes=300)
    browser.sign_in(cast.volunteer)
    page = browser.visit("/training/mine")
    assert "急救入门" in page.words
    assert "法律讲座" not in page.words
    assert "Learning time 45 min" in page.words


def test_training_never_becomes_service(cast):
    making.learned(cast.person, cast.office)
    assert db.session.query(ServiceRecord).count() == 0


def test_an_account_without_a_person_is_told_what_to_do(browser, cast):
    browser.sign_in(make.account())
    page = browser.visit("/training/mine")
    assert page.all("a", href="/people/register")
    browser.visit("/training/mine/credentials/new", 404)


def test_the_pages_of_one_person_ask_the_same_number_of_questions(browser, cast):
    counted = {}
    for new in (1, 2):
        for _ in range(new):
            course = making.course(cast.office)
            making.learned(cast.person, cast.office, course=course)
            making.credential(cast.person, verified=False)
            making.seat(making.session(course, cast.office), cast.person)
            making.session(course, cast.office)
        for url, account in (
            ("/training/mine", cast.volunteer),
            (f"/training/people/{cast.person.id}", cast.coordinator),
        ):
            browser.sign_in(account)
            browser.visit(url)
            with queries() as sent:
                browser.visit(url)
            counted.setdefault(url, []).append(len(sent))
    assert all(few == many for few, many in counted.values()), counted


def test_records_follow_each_other_from_page_to_page(browser, cast):
    for _ in range(32):
        making.learned(cast.person, cast.office)
    browser.sign_in(cast.volunteer)
    first = browser.visit("/training/mine")
    (link,) = first.all("a", rel="next")
    second = browser.visit(link.get("href"))
    assert (first.words.count("区消防站"), second.words.count("区消防站")) == (30, 2)


def test_every_page_of_training_reads_in_chinese(browser, cast):
    course = making.course(cast.office, valid_months=12)
    session = making.session(course, cast.office)
    making.seat(session, cast.person)
    making.learned(cast.person, cast.office, course=course)
    row = making.credential(cast.person, code="social_worker", verified=False)
    browser.sign_in(cast.coordinator).speak("zh")
    texts = [
        browser.visit(f"/training{path}").words
        for path in (
            "/",
            "/courses/new",
            f"/courses/{course.id}",
            f"/courses/{course.id}/sessions/new",
            "/sessions",
            f"/sessions/{session.id}",
            "/credentials",
            f"/credentials/{row.id}",
            "/kinds",
            "/verification",
            f"/people/{cast.person.id}/continuing-education",
            "/social-workers",
            f"/people/{cast.person.id}",
            f"/people/{cast.person.id}/records/new",
            f"/people/{cast.person.id}/credentials/new",
            f"/people/{cast.person.id}/registrations/new",
        )
    ]
    browser.sign_in(cast.volunteer)
    texts += [
        browser.visit(f"/training{path}").words
        for path in (
            "/mine",
            "/mine/credentials/new",
            "/mine/records/new",
            "/mine/continuing-education",
        )
    ]
    foreign = {word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text)}
    assert foreign - {"Talent", "English", "PDF", "PNG", "JPEG"} == set()


def test_nobody_verifies_training_or_a_credential_of_a_child_of_his_own(browser, cast):
    parent = make.person("周瑜", at=cast.office)
    guardian = make.account(Role.COORDINATOR, cast.office, person=parent)
    with writing():
        child = db.session.get(Person, cast.person.id)
        child.guardian_id, child.birth_date = parent.id, date(2012, 5, 17)
    credential = making.credential(cast.person, verified=False, by=cast.second)
    browser.sign_in(cast.coordinator)
    enter(browser, of_the_office(cast.person), office_id=cast.office.id, course_id="")
    (record,) = making.records_of(cast.person)
    browser.sign_in(guardian)
    browser.send(f"/training/records/{record.id}/verification", 409)
    browser.send(f"/training/records/{record.id}/refusal", 409, why="x")
    browser.send(f"/training/credentials/{credential.id}/verification", 409)
    browser.sign_in(cast.second)
    browser.send(f"/training/records/{record.id}/verification")
