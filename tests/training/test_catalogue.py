"""What a course asks for beforehand, and what it is learned from."""

import io
from datetime import date

import make
import making
import pytest
from counting import queries

from talent.db import db
from talent.training.courses.models import Material, Prerequisite


@pytest.fixture
def course(cast):
    return making.course(cast.office, "急救提高", outcome="能独立处置外伤")


@pytest.fixture
def session(course, cast):
    return making.session(course, cast.office)


def test_a_course_says_what_one_can_do_afterwards(browser, cast, course):
    page = browser.sign_in(cast.coordinator).visit(f"/training/courses/{course.id}")
    assert "能独立处置外伤" in page.words
    assert "80 %" in page.words


def test_what_is_missing_is_said_before_and_after_the_click(browser, cast, course, session):
    needed = making.course(cast.office, "急救入门")
    kind = making.kind("first_aid")
    browser.sign_in(cast.coordinator)
    address = f"/training/courses/{course.id}/prerequisites"
    browser.send(address, course_id=needed.id, kind_id="")
    browser.send(address, course_id="", kind_id=kind.id)
    browser.sign_in(cast.volunteer)
    page = browser.visit("/training/mine")
    assert "“急救入门” must have been attended before." in page.words
    assert "“First aid certificate” must be held." in page.words
    refused = browser.send(f"/training/sessions/{session.id}/seat", 409)
    assert "“急救入门” must have been attended before." in refused.words
    making.learned(cast.person, cast.office, course=needed, valid_until=date(2026, 6, 1))
    making.credential(cast.person)
    refused = browser.send(f"/training/sessions/{session.id}/seat", 409)
    assert "“急救入门” is not valid on" in refused.words
    making.learned(cast.person, cast.office, course=needed)
    browser.send(f"/training/sessions/{session.id}/seat")


def test_the_office_signs_nobody_up_past_it_either(browser, cast, course, session):
    making.asks(course, making.course(cast.office, "急救入门"))
    browser.sign_in(cast.coordinator)
    page = browser.send(f"/training/sessions/{session.id}/seats", 422, person_id=cast.person.id)
    assert "must have been attended before" in page.words


def test_circles_are_refused_in_words(browser, cast, course):
    first = making.course(cast.office, "甲")
    second = making.course(cast.office, "乙")
    making.asks(first, second)
    making.asks(second, course)
    browser.sign_in(cast.coordinator)
    address = f"/training/courses/{course.id}/prerequisites"
    page = browser.send(address, 422, course_id=first.id, kind_id="")
    assert "“甲” asks for this course" in page.words
    page = browser.send(address, 422, course_id=course.id, kind_id="")
    assert "A course cannot ask for itself." in page.words
    page = browser.send(address, 422, course_id="", kind_id="")
    assert "Choose a course or a credential" in page.words
    assert db.session.query(Prerequisite).count() == 2


def test_what_is_asked_for_is_taken_off_again(browser, cast, course):
    asked = making.asks(course, making.course(cast.office, "甲"))
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/courses/{course.id}/prerequisites/{asked.id}/end")
    assert db.session.query(Prerequisite).count() == 0


def test_a_list_of_offers_asks_the_same_number_of_questions(browser, cast, course):
    making.asks(course, making.course(cast.office, "甲"))
    browser.sign_in(cast.volunteer)
    counts = []
    for place in range(1, 4):
        making.session(course, cast.office, begins=24 + place)
        with queries() as asked:
            browser.visit("/training/mine")
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_materials_are_for_those_who_are_signed_up(browser, cast, course, session):
    browser.sign_in(cast.coordinator)
    address = f"/training/courses/{course.id}/materials"
    browser.send(address, title="急救手册", link="https://example.org/manual")
    file = (io.BytesIO(making.PDF), "手册.pdf")
    browser.send(address, files_=True, title="讲义", file=file)
    link, paper = db.session.query(Material).order_by(Material.id)
    assert "急救手册" in browser.visit(f"/training/courses/{course.id}").words
    browser.sign_in(cast.volunteer)
    assert browser.get(f"{address}/{paper.id}").status_code == 404
    assert "讲义" not in browser.visit(f"/training/mine/sessions/{session.id}").words
    browser.send(f"/training/sessions/{session.id}/seat")
    assert "讲义" in browser.visit(f"/training/mine/sessions/{session.id}").words
    assert browser.get(f"{address}/{paper.id}").data == making.PDF
    assert browser.get(f"{address}/{link.id}").location == "https://example.org/manual"
    browser.sign_in(make.volunteer(cast.office, "李梅"))
    assert browser.get(f"{address}/{paper.id}").status_code == 404
    browser.sign_in(cast.coordinator)
    browser.send(f"{address}/{paper.id}/end")
    browser.sign_in(cast.volunteer)
    assert browser.get(f"{address}/{paper.id}").status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": "x", "link": ""}, "Give a link or a file"),
        ({"title": "x", "link": "javascript:alert(1)"}, "A link begins with https://"),
        ({"title": "x", "link": "www.example.org"}, "A link begins with https://"),
        ({"title": "", "link": "https://example.org"}, "Please fill in this field."),
        ({"title": "x", "file": (io.BytesIO(b"<html>"), "a.html")}, "Only PDF, PNG and JPEG"),
    ],
)
def test_what_is_no_material_is_refused_beside_its_field(browser, cast, course, given, said):
    browser.sign_in(cast.coordinator)
    page = browser.send(f"/training/courses/{course.id}/materials", 422, files_=True, **given)
    assert said in page.words
    assert db.session.query(Material).count() == 0
