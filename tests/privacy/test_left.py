"""Who has no name any more is found by nobody; who left is told nothing, by way of nobody."""

from __future__ import annotations

from datetime import date

import make
import pytest

from talent.access import SYSTEM, Permission, Role
from talent.db import db, writing
from talent.messages import service as messages
from talent.messages.models import Message, MessageKind
from talent.people import service as people
from talent.people.models import Person
from talent.privacy import ending

pytestmark = pytest.mark.usefixtures("clock")
LAST = date(2016, 5, 1)


@pytest.fixture
def office(app):
    return make.office()


@pytest.fixture
def nameless(office):
    person = make.person("钱多多", at=office, phone="13800000009")
    with writing():
        ending.anonymise(db.session.get(Person, person.id), LAST, now=make.NOW)
    return db.session.get(Person, person.id)


@pytest.mark.parametrize("asked", ["", "?order=new", "?state=active"])
def test_a_file_without_a_name_stands_in_no_list(browser, office, nameless, asked):
    make.person("李敏", at=office)
    browser.sign_in(make.account(Role.MANAGER, office))
    page = browser.visit(f"/people/{asked}")
    assert "李敏" in page.words
    assert nameless.volunteer_no not in page.words


def test_a_file_without_a_name_is_found_by_no_number(browser, office, nameless):
    browser.sign_in(make.account(Role.MANAGER, office))
    number = nameless.volunteer_no
    assert f"/people/{nameless.id}" not in browser.visit(f"/people/?q={number}").response.text
    answer = browser.visit(f"/people/acts/new?kind=set_language&person={nameless.id}")
    assert answer.response.status_code == 200
    page = browser.send(
        f"/people/acts/new?kind=set_language&person={nameless.id}", status=200, language="en"
    )
    assert "There is nobody" in page.words


def test_a_file_without_a_name_is_offered_to_nobody_who_chooses(office, nameless):
    assert people.found(SYSTEM, Permission.SEE_PEOPLE, nameless.volunteer_no) == []


def test_the_guardian_of_a_child_who_left_is_left_in_peace_too(office):
    guardian = make.person("钱多多", at=office, email="qian@example.org")
    child = make.person(
        "小明", at=office, birth_date=date(2014, 1, 1), guardian_id=guardian.id,
        restricted_at=make.NOW,
    )  # fmt: skip
    with writing():
        child = db.session.get(Person, child.id)
        facts = {"subject": "停水", "text": "明天", "path": "/people/me"}
        kind = MessageKind.OFFICE_NOTICE
        messages.tell(kind, once="1", now=make.NOW, person=child, facts=facts)
    assert db.session.query(Message).all() == []
