"""The history of a person: who changed what and when, with numbers masked."""

from __future__ import annotations

from datetime import date

import make
import pytest
from counting import queries
from sqlalchemy import text
from test_registering import filled

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.people.history.models import PersonChange
from talent.people.models import Person

pytestmark = pytest.mark.usefixtures("clock")
OLD, NEW = "13800138000", "13900139000"


@pytest.fixture
def here(app):
    make.category()
    return make.office("春风社区")


def contact(**more):
    return {"area": "春风", "phone": OLD, "skills": "", **more}


def changes():
    rows = db.session.query(PersonChange).order_by(PersonChange.id)
    return [(row.field, row.was, row.became) for row in rows]


def test_a_person_sees_what_was_changed_by_whom_with_the_phone_masked(browser, here):
    account = make.volunteer(here, phone=f"+86{OLD}", area="春风", skills="")
    browser.sign_in(account)
    browser.send("/people/me/change", **contact(phone=NEW, area="夏荷"))
    words = browser.visit(f"/people/{account.person_id}/history").words
    assert "Changed a person's details" in words
    assert "Area of residence: 春风 → 夏荷" in words
    assert "Phone: **********8000 → **********9000" in words
    assert NEW not in words
    assert account.name in words


def test_what_is_kept_is_encrypted_and_holds_no_whole_number(browser, here):
    born = date(1990, 3, 14)
    person = make.person(at=here, phone=f"+86{OLD}", birth_date=born)
    browser.sign_in(make.account(Role.COORDINATOR, here))
    number = make.resident_id(serial=7)
    fields = filled(here, document=number, phone=NEW, name=person.name)
    browser.send(f"/people/{person.id}/edit", **fields)
    kept = {field: (was, became) for field, was, became in changes()}
    assert kept["document"][1] == number[:6] + "********" + number[-4:]
    assert kept["phone"] == ("**********8000", "**********9000")
    raw = " ".join(str(row) for row in db.session.execute(text("SELECT * FROM person_change")))
    assert "********" not in raw
    entry = db.session.query(AuditEntry).filter_by(act=Act.PERSON_CHANGED).one()
    assert "phone" in entry.facts["fields"]
    assert NEW not in str(entry.facts)


def test_registrations_looks_and_consents_stand_in_the_history_too(browser, here):
    person = make.person(at=here, document=make.resident_id())
    browser.sign_in(make.account(Role.MANAGER, here, name="李主任"))
    browser.send(f"/people/{person.id}/identity", status=200, reason="投保")
    browser.send(f"/people/registrations/{person.registrations[0].id}/pause")
    words = browser.visit(f"/people/{person.id}/history").words
    assert "Looked at an identity number" in words
    assert "投保" in words
    assert "Moved a registration" in words
    assert "李主任" in words
    assert words.index("Moved a registration") < words.index("Looked at an identity number")


def test_only_who_may_see_the_person_and_the_person_read_it(browser, here):
    person = make.person(at=here)
    url = f"/people/{person.id}/history"
    browser.visit(url, status=303)
    browser.sign_in(make.account(Role.MANAGER, make.office("别处")))
    browser.visit(url, status=404)
    browser.sign_in(make.volunteer(here, "陌生人"))
    browser.visit(url, status=404)
    browser.sign_in(make.account(Role.LEADER, here))
    browser.visit(url, status=404)
    browser.sign_in(make.account(Role.AUDITOR, here))
    browser.visit(url)


def test_a_guardian_reads_the_history_of_the_child(browser, here):
    account = make.volunteer(here)
    child = make.person("小明", at=here, guardian_id=account.person_id)
    browser.sign_in(account).visit(f"/people/{child.id}/history")


def test_the_history_goes_on_page_by_page_in_as_many_questions(browser, here):
    person = make.person(at=here)
    clerk = make.account(Role.COORDINATOR, here)
    subject = f"person:{person.id}"

    def act(number):
        entry = AuditEntry(
            at=make.NOW, account_id=clerk.id, act=Act.PERSON_CHANGED, subject=subject, facts={}
        )
        change = PersonChange(
            person_id=person.id, entry=entry, field="area", was=None, became=f"第{number}",
            at=make.NOW, account_id=clerk.id,
        )  # fmt: skip
        make.saved(entry, change)

    browser.sign_in(clerk)
    act(0)
    with queries() as one:
        browser.visit(f"/people/{person.id}/history")
    for number in range(1, 35):
        act(number)
    with queries() as many:
        page = browser.visit(f"/people/{person.id}/history")
    assert len(many) == len(one)
    assert "第34" in page.words
    assert "第0" not in page.words
    following = page.all("a", rel="next")[0].get("href")
    assert "第0" in browser.visit(following).words


def test_the_times_that_suit_stand_in_it_by_their_days(browser, here):
    account = make.volunteer(here)
    browser.sign_in(account)
    line = {"lines-0-weekday": "5", "lines-0-starts": "09:00", "lines-0-ends": "12:00"}
    browser.send("/people/me/times", **line)
    browser.send("/people/me/times", **{**line, "lines-0-weekday": "6"})
    words = browser.visit(f"/people/{account.person_id}/history").words
    assert "Times that suit: Saturday 09:00–12:00 → Sunday 09:00–12:00" in words


def test_nothing_changed_leaves_no_trace(browser, here):
    account = make.volunteer(here, phone=f"+86{OLD}", area="春风", skills="")
    email = db.session.get(Person, account.person_id).email
    browser.sign_in(account)
    browser.send("/people/me/change", **contact(email=email))
    assert changes() == []
