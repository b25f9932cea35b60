"""Courses: written by an office, shared with all below it."""

import make
import making
from counting import queries

from talent.access import Role
from talent.db import db
from talent.training.models import Course

FIELDS = {
    "kind": "skills",
    "signing": "in_only",
    "least_share": "80",
    "name_zh": "儿童安全",
    "name_en": "Child safety",
    "content": "看护要点",
    "minutes": "90",
    "valid_months": "24",
    "open": "y",
}


def test_an_office_writes_a_course_and_changes_it(browser, cast):
    browser.sign_in(cast.coordinator)
    empty = browser.visit("/training/")
    assert "No courses yet" in empty.words
    made = browser.send("/training/courses/new", office_id=cast.office.id, **FIELDS)
    page = browser.visit(made.location)
    assert page.said("h1") == ["Child safety"]
    assert "1 h 30 min" in page.words
    assert "24 months" in page.words
    changed = FIELDS | {"minutes": "120", "valid_months": ""}
    again = browser.send(f"{made.location}/edit", **changed)
    assert "2 h" in browser.visit(again.location).words
    course = db.session.query(Course).one()
    assert (course.minutes, course.valid_months, course.office_id) == (120, None, cast.office.id)


def test_what_was_typed_stays_beside_what_is_wrong(browser, cast):
    browser.sign_in(cast.coordinator)
    wrong = FIELDS | {"minutes": "0", "name_zh": " "}
    page = browser.send("/training/courses/new", 422, office_id=cast.office.id, **wrong)
    assert "Please enter a whole number from 1 to 60000." in page.words
    assert "Please fill in this field." in page.words
    assert page.said("textarea", name="content") == ["看护要点"]
    assert db.session.query(Course).count() == 0


def test_a_course_is_never_written_for_an_office_of_others(browser, cast):
    browser.sign_in(cast.coordinator)
    browser.send("/training/courses/new", 422, office_id=cast.neighbour.id, **FIELDS)
    assert db.session.query(Course).count() == 0


def test_another_office_sees_neither_course_nor_session(browser, cast):
    course = making.course(cast.office)
    session = making.session(course, cast.office)
    browser.sign_in(cast.stranger)
    assert "心肺复苏" not in browser.visit("/training/").words
    for url in (
        f"/training/courses/{course.id}",
        f"/training/courses/{course.id}/edit",
        f"/training/courses/{course.id}/sessions/new",
        f"/training/sessions/{session.id}",
        f"/training/sessions/{session.id}/edit",
    ):
        browser.visit(url, 404)
    browser.send(f"/training/sessions/{session.id}/cancellation", 404)


def test_a_course_of_the_street_is_held_by_its_communities_but_not_changed(browser, cast):
    course = making.course(cast.street)
    browser.sign_in(cast.coordinator)
    assert "心肺复苏" in browser.visit("/training/").words
    page = browser.visit(f"/training/courses/{course.id}")
    assert page.all("a", href=f"/training/courses/{course.id}/sessions/new")
    assert not page.all("a", href=f"/training/courses/{course.id}/edit")
    browser.visit(f"/training/courses/{course.id}/edit", 404)
    form = browser.visit(f"/training/courses/{course.id}/sessions/new")
    assert len(form.all("option")) == 1


def test_a_closed_course_is_listed_apart(browser, cast):
    making.course(cast.office, open=False)
    browser.sign_in(cast.coordinator)
    assert "心肺复苏" not in browser.visit("/training/").words
    assert "心肺复苏" in browser.visit("/training/?closed=1").words


def test_an_auditor_reads_and_is_offered_no_act(browser, cast):
    course = making.course(cast.office)
    browser.sign_in(make.account(Role.AUDITOR, cast.office))
    page = browser.visit(f"/training/courses/{course.id}")
    assert "New session" not in page.words
    browser.visit(f"/training/courses/{course.id}/edit", 403)


def test_lists_of_courses_and_sessions_ask_the_same_number_of_questions(browser, cast):
    browser.sign_in(cast.coordinator)
    counted = {}
    urls = ("/training/", "/training/sessions", "/training/sessions?all=1")
    for rows in (1, 3):
        while db.session.query(Course).count() < rows:
            course = making.course(cast.street)
            making.session(course, cast.office)
        for url in urls:
            browser.visit(url)
            with queries() as sent:
                browser.visit(url)
            counted.setdefault(url, []).append(len(sent))
    assert all(few == many for few, many in counted.values()), counted


def test_pages_follow_each_other_without_a_gap(browser, cast):
    course = making.course(cast.office)
    for day in range(35):
        making.session(course, cast.office, begins=24 * (day // 2 + 1))
    browser.sign_in(cast.coordinator)
    url, seen = "/training/sessions", []
    while url:
        page = browser.visit(url)
        seen += [a.get("href") for a in page.all("a") if "/training/sessions/" in a.get("href")]
        url = next((a.get("href") for a in page.all("a", rel="next")), None)
    assert len(seen) == len(set(seen)) == 35
