"""What an office sees of a person, writes down and changes; the whole number only with a reason."""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO
from pathlib import Path

import make
import pytest
from sqlalchemy import event, func, insert, select
from test_registering import GUARDIAN, filled

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.people.models import VERSIONS, Consent, Person, RegistrationState
from talent.people.particulars.service import document_index
from talent.rules.identity import DocumentKind

NUMBER = make.resident_id()
KIND = DocumentKind.RESIDENT_ID


@pytest.fixture
def here(app, clock):
    make.category()
    return make.office("春风社区")


@pytest.fixture
def clerk(here, browser):
    browser.sign_in(make.account(Role.COORDINATOR, here))
    return browser


def identified(office):
    index = document_index(KIND, NUMBER)
    born = date(1990, 3, 14)
    more = {"document_kind": KIND, "document": NUMBER, "document_index": index}
    return make.person(at=office, birth_date=born, **more)


def seen():
    return db.session.scalars(select(AuditEntry).filter_by(act=Act.IDENTITY_SEEN)).all()


def test_the_number_is_masked_wherever_it_is_shown(here, browser):
    person = identified(here)
    browser.sign_in(make.account(Role.MANAGER, here))
    for url in ("/people/", f"/people/{person.id}", f"/people/{person.id}/edit"):
        assert NUMBER not in browser.visit(url).text
    assert "110105********" in browser.visit(f"/people/{person.id}").words


def test_the_whole_number_is_shown_for_a_reason_and_the_look_is_kept(here, browser):
    person = identified(here)
    browser.sign_in(make.account(Role.MANAGER, here))
    url = f"/people/{person.id}/identity"
    browser.visit(url, status=405)
    refused = browser.send(url, status=422)
    assert NUMBER not in refused.text
    assert seen() == []
    page = browser.send(url, status=200, reason="Insurance asks")
    assert NUMBER in page.words
    (look,) = seen()
    assert look.facts == {"reason": "Insurance asks"}
    assert (look.subject, look.at) == (f"person:{person.id}", make.NOW)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR, Role.LEADER])
def test_who_may_not_see_numbers_does_not(here, browser, role):
    person = identified(here)
    browser.sign_in(make.account(role, here))
    browser.send(f"/people/{person.id}/identity", status=403, reason="x")
    assert seen() == []


def test_a_manager_of_another_office_does_not_see_the_number(here, browser):
    person = identified(here)
    browser.sign_in(make.account(Role.MANAGER, make.office("别处")))
    browser.send(f"/people/{person.id}/identity", status=404, reason="x")
    assert seen() == []


def test_an_office_enters_a_person_with_the_consent_on_paper(clerk, here):
    fields = filled(here, paper="y")
    sheet = (BytesIO(b"%PDF-1.7 signed"), "consent.pdf")
    clerk.send("/people/new", files_=True, **fields, evidence=sheet)
    person = db.session.scalars(select(Person)).one()
    consent = db.session.scalars(select(Consent)).one()
    assert person.entered_by is not None
    assert consent.on_paper
    assert consent.evidence_id is not None
    assert person.registrations[0].state is RegistrationState.ACTIVE


def test_without_the_consent_on_paper_nobody_is_entered(clerk, here):
    page = clerk.send("/people/new", status=422, **filled(here))
    assert page.all("p", id="paper-error")
    assert db.session.scalar(select(func.count(Person.id))) == 0


def test_a_minor_entered_without_the_guardian_waits(clerk, here):
    fields = filled(here, document=make.resident_id(date(2010, 1, 1)), paper="y")
    clerk.send("/people/new", **fields)
    person = db.session.scalars(select(Person)).one()
    assert person.registrations[0].state is RegistrationState.APPLIED


def test_a_minor_entered_with_the_guardian_is_active(clerk, here):
    fields = filled(here, document=make.resident_id(date(2010, 1, 1)), paper="y", **GUARDIAN)
    clerk.send("/people/new", **fields)
    (registration,) = db.session.scalars(select(Person)).one().registrations
    assert registration.state is RegistrationState.ACTIVE


def test_a_document_on_record_is_not_entered_twice(clerk, here):
    identified(make.office("别处"))
    page = clerk.send("/people/new", status=422, **filled(here, paper="y"))
    assert page.all("p", id="document-error")


def test_the_second_of_two_tabs_reads_a_sentence(clerk, here):
    fields = filled(here, document=NUMBER, paper="y")

    written = []

    def other_tab(connection, _cursor, statement, *_rest):
        if not written and statement.startswith("INSERT INTO person "):
            written.append(True)
            row = {"name": "王秀兰", "sort_key": "wang", "volunteer_no": "V1", "language": "zh"}
            index = document_index(KIND, NUMBER)
            row |= {"document_kind": KIND, "document": NUMBER, "document_index": index}
            row |= {"made_at": make.NOW, "changed_at": make.NOW}
            connection.execute(insert(Person).values(**row))

    event.listen(db.engine, "before_cursor_execute", other_tab)
    try:
        page = clerk.send("/people/new", status=422, **fields)
    finally:
        event.remove(db.engine, "before_cursor_execute", other_tab)
    assert "belongs to a person who is on record already" in page.words


def test_an_office_above_does_not_enter_at_an_office_beside(clerk, here):
    other = make.office("秋水社区")
    page = clerk.send("/people/new", status=422, **filled(other, paper="y"))
    assert page.all("p", id="office-error")


def test_an_edit_keeps_the_number_when_none_is_typed_and_finds_the_new_name(clerk, here):
    person = identified(here)
    fields = filled(here, name="王绣兰", document="")
    clerk.send(f"/people/{person.id}/edit", **fields)
    db.session.expire_all()
    changed = db.session.get(Person, person.id)
    assert (changed.name, changed.document) == ("王绣兰", NUMBER)
    assert "王绣兰" in clerk.visit("/people/?q=绣").words
    assert "王秀兰" not in clerk.visit("/people/?q=王秀").words


def test_a_wrong_edit_is_refused_beside_the_field_and_changes_nothing(clerk, here):
    person = identified(here)
    fields = filled(here, name="王绣兰", document="110105194912310021")
    page = clerk.send(f"/people/{person.id}/edit", status=422, **fields)
    assert page.all("p", id="document-error")
    assert NUMBER not in page.text
    assert db.session.get(Person, person.id).name == "王秀兰"


@pytest.mark.parametrize("url", ["/people/new", "/people/imports", "/people/applications"])
def test_an_auditor_reads_and_writes_nothing(here, browser, url):
    browser.sign_in(make.account(Role.AUDITOR, here))
    browser.visit("/people/")
    browser.visit(url, status=403)


NOTICES = {
    "privacy": "2026-06 79fea28e742d66d2",
    "guardian": "2026-06 5ed45924bf47f899",
    "child": "2026-06 db7a2d4eb5fa0cd0",
    "honour_roll": "2026-06 17797c8598def67b",
    "location": "2026-11 068bcaf7c3cf4b4c",
    "photograph": "2026-11 a125d50f6b3a1515",
}


def test_other_words_of_a_notice_are_another_version():
    """Who changes a notice gives it a new version, and this list the new digest."""
    folder = Path(__file__).parents[2] / "templates" / "people" / "notices"
    now = {
        kind.value: f"{version} {_digest(folder / f'{kind.value}.html')}"
        for kind, version in VERSIONS.items()
    }
    assert now == NOTICES


def _digest(file):
    words = " ".join(file.read_text(encoding="utf-8").split())
    return hashlib.sha256(words.encode()).hexdigest()[:16]
