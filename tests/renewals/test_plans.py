"""The training plan of a year: what will be needed, what covers it, what stays open."""

import io
from datetime import date

import make
import making
import openpyxl
from asking import ask
from counting import queries

from talent.access import SYSTEM, Role
from talent.db import db, one, writing
from talent.renewals.plans import service
from talent.renewals.plans.models import PlanLine, TrainingPlan
from talent.renewals.plans.service import Ground, Lesson
from talent.rules.social_workers import Grade
from talent.training.models import CredentialKind
from talent.training.social_work import service as social_work

LINE = {"month": "9", "sessions": "2", "places": "20", "hours": "6", "note": ""}


def plan(office, year=2026):
    with writing():
        return service.begin(office, year, note=None, actor=SYSTEM, now=make.NOW)


def planned(row, course, *, month=9, sessions=1, places=10, minutes=180):
    lesson = Lesson(month=month, sessions=sessions, places=places, minutes=minutes)
    with writing():
        return service.add_line(
            one(TrainingPlan, row.id), course, lesson, actor=SYSTEM, now=make.NOW
        )


def wanted(row):
    db.session.rollback()
    outlook = service.outlook(one(TrainingPlan, row.id))
    return {w.ground: (w.people, w.cover.needed, w.cover.covered) for w in outlook.wanted}


def test_a_plan_is_begun_once_for_an_office_and_year(browser, cast):
    browser.sign_in(cast.coordinator)
    browser.send("/renewals/plans/new", office_id=cast.office.id, year="2026")
    page = browser.send("/renewals/plans/new", 422, office_id=cast.office.id, year="2026")
    assert "has a plan for this year already" in page.words
    browser.send("/renewals/plans/new", 422, office_id=cast.office.id, year="1000")
    assert db.session.query(TrainingPlan).count() == 1
    assert "2026" in browser.visit("/renewals/plans").words


def test_sessions_are_planned_and_taken_out_with_their_hours(browser, cast):
    course, row = making.course(cast.office), plan(cast.office)
    making.session(course, cast.office, begins=24 * 100)  # in September
    browser.sign_in(cast.coordinator)
    url = f"/renewals/plans/{row.id}"
    browser.send(f"{url}/lines/new", 422, course_id=course.id, **(LINE | {"places": "0"}))
    browser.send(f"{url}/lines/new", course_id=course.id, **LINE)
    page = browser.visit(url)
    assert "2 × 20 = 40" in page.words
    assert "Hours set aside 6 h" in page.words
    line_id = db.session.query(PlanLine).one().id
    assert service.outlook(one(TrainingPlan, row.id)).planned[0].scheduled == 1
    browser.send(f"{url}/lines/{line_id}/end")
    browser.send(f"{url}/lines/{line_id}/end")
    assert db.session.query(PlanLine).count() == 0


def test_what_is_asked_and_not_done_by_the_end_of_the_year_is_needed(cast):
    course = making.course(cast.office, minutes=120)
    ask(cast.office, course_id=course.id, minutes=None, times=1)
    make.volunteer(cast.office, "钱学完")
    row = plan(cast.office)
    assert wanted(row) == {Ground.REQUIREMENT: (2, 2, 0)}
    planned(row, course, places=1)
    assert wanted(row) == {Ground.REQUIREMENT: (2, 2, 1)}
    planned(row, course, places=10)
    assert wanted(row) == {Ground.REQUIREMENT: (2, 2, 2)}


def test_hours_of_any_course_are_needed_in_minutes_and_covered_by_whole_places(cast):
    course = making.course(cast.office, minutes=150)
    ask(cast.office, minutes=240)
    making.learned(cast.person, cast.office, minutes=40, held_on=date(2026, 2, 1))
    row = plan(cast.office)
    assert wanted(row) == {Ground.REQUIREMENT: (1, 200, 0)}
    planned(row, course, places=1)
    assert wanted(row) == {Ground.REQUIREMENT: (1, 200, 150)}
    planned(row, course, places=1)
    assert wanted(row) == {Ground.REQUIREMENT: (1, 200, 200)}


def test_a_credential_that_a_course_renews_needs_a_place(cast):
    course = making.course(cast.office)
    with writing():
        db.session.get(CredentialKind, making.kind().id).courses = [course]
    making.credential(cast.person, valid_until=date(2026, 12, 31))
    making.credential(make.person(at=cast.office), valid_until=date(2027, 1, 1))
    making.credential(make.person(at=cast.neighbour), valid_until=date(2026, 12, 31))
    making.credential(make.person(at=cast.office), code="driving", valid_until=date(2026, 8, 1))
    assert wanted(plan(cast.office)) == {Ground.CREDENTIAL: (1, 1, 0)}
    assert wanted(plan(cast.street)) == {Ground.CREDENTIAL: (2, 2, 0)}  # and all below it
    assert wanted(plan(cast.street, 2027)) == {Ground.CREDENTIAL: (1, 1, 0)}


def test_training_and_registrations_that_end_in_the_year_are_needed(cast):
    course = making.course(cast.office, minutes=360, continuing_education=True)
    making.learned(cast.person, cast.office, course=course, valid_until=date(2026, 10, 1))
    worker = make.person("社工", at=cast.office)
    with writing():
        social_work.register(
            worker, grade=Grade.ASSISTANT, starts_on=date(2023, 10, 10), number=None,
            degree_on=None, actor=SYSTEM, now=make.NOW,
        )  # fmt: skip
    row = plan(cast.office)
    assert wanted(row) == {
        Ground.TRAINING: (1, 1, 0),
        Ground.REGISTRATION: (1, 72 * 60, 0),
    }
    planned(row, course, places=3)
    assert wanted(row) == {
        Ground.TRAINING: (1, 1, 1),
        Ground.REGISTRATION: (1, 72 * 60, 2 * 360),
    }


def test_both_spreadsheets_carry_the_digits_of_the_page(browser, cast):
    course = making.course(cast.office, minutes=120)
    ask(cast.office, course_id=course.id, minutes=None, times=1)
    row = plan(cast.office)
    planned(row, course, sessions=2, places=15, minutes=600)
    browser.sign_in(cast.coordinator)

    def cells(part):
        answer = browser.get(f"/renewals/plans/{row.id}/{part}.xlsx")
        assert answer.status_code == 200
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        return [list(line) for line in sheet.iter_rows(min_row=2, values_only=True)]

    assert [line[2:7] for line in cells("demand")] == [[1, "places", 1, 1, 0]]
    assert [line[2:7] for line in cells("sessions")] == [[2, 15, 30, 10, 0]]
    browser.visit(f"/renewals/plans/{row.id}/rubbish.xlsx", 404)


def test_another_office_reaches_no_plan(browser, cast):
    row = plan(cast.office)
    browser.sign_in(cast.stranger)
    for url in ("", "/lines/new", "/demand.xlsx"):
        browser.visit(f"/renewals/plans/{row.id}{url}", 404)
    browser.send(f"/renewals/plans/{row.id}/lines/1/end", 404)
    browser.sign_in(make.account(Role.AUDITOR, cast.office))
    browser.visit(f"/renewals/plans/{row.id}")
    browser.visit(f"/renewals/plans/{row.id}/lines/new", 403)


def test_the_plan_asks_the_same_number_of_questions(browser, cast):
    course, row = making.course(cast.office), plan(cast.office)
    ask(cast.office)
    browser.sign_in(cast.coordinator)
    counted = {}
    for new in (1, 2):
        for _ in range(new):
            planned(row, course)
            make.volunteer(cast.office)
            making.credential(make.person(at=cast.office), valid_until=date(2026, 9, 1))
        for url in (f"/renewals/plans/{row.id}", "/renewals/plans"):
            browser.visit(url)
            with queries() as sent:
                browser.visit(url)
            counted.setdefault(url, []).append(len(sent))
    assert all(few == many for few, many in counted.values()), counted
