"""The same document twice: “this may be you: claim it”, and nothing about the other."""

from __future__ import annotations

from datetime import date

import make
import pytest
from sqlalchemy import select
from test_registering import filled

from talent.access import Role
from talent.accounts.models import Account
from talent.db import db
from talent.people.claims import service
from talent.people.models import Claim, ClaimState, Person
from talent.people.particulars.service import document_index
from talent.rules.identity import DocumentKind


@pytest.fixture
def here(app, clock):
    return make.office("春风社区")


def on_record(office, **more):
    number = make.resident_id(more.get("birth_date", date(1990, 3, 14)))
    kind = DocumentKind.RESIDENT_ID
    index = document_index(kind, number)
    return make.person(
        "真名字", at=office, document_kind=kind, document=number, document_index=index, **more
    )


def claimed(browser, here, **more):
    """Type the document of somebody on record, then press the button."""
    page = browser.send("/people/register", status=409, **filled(here, **more))
    who = page.all("input", name="who")[0].get("value")
    browser.send("/people/claims", who=who)
    return page, db.session.scalars(select(Claim)).one()


def test_the_same_document_leads_to_a_claim_and_tells_nothing(here, browser):
    person = on_record(make.office("秋水社区", name_en="Autumn"), email="secret@example.org")
    browser.sign_in(make.account())
    page, claim = claimed(browser, here)
    for known in ("真名字", "secret", "Autumn", person.volunteer_no, f'"{person.id}"'):
        assert known not in page.text
    assert claim.person_id == person.id
    me = browser.visit("/people/me")
    assert "真名字" not in me.text
    assert "secret" not in me.text


def test_the_letter_proves_it(here, browser):
    person = on_record(here)
    account = make.account()
    browser.sign_in(account)
    _page, claim = claimed(browser, here)
    code = service.code_of(claim)
    browser.visit(f"/people/claims/{claim.id}/letters/{code[:-1]}x", status=404)
    browser.send(f"/people/claims/{claim.id}/taking", status=409)
    browser.send(f"/people/claims/{claim.id}/taking", status=404, code="x")
    browser.visit(f"/people/claims/{claim.id}/letters/{code}")
    browser.send(f"/people/claims/{claim.id}/taking", code=code)
    assert db.session.get(Account, account.id).person_id == person.id
    assert "真名字" in browser.visit("/people/me").words
    browser.send(f"/people/claims/{claim.id}/taking", status=409, code=code)


def test_the_letter_is_for_the_account_that_asked_and_for_seven_days(here, browser, clock):
    on_record(here)
    browser.sign_in(make.account())
    _page, claim = claimed(browser, here)
    url = f"/people/claims/{claim.id}/letters/{service.code_of(claim)}"
    browser.sign_in(make.account())
    browser.visit(url, status=409)
    clock.move_to(make.hours_later(24 * 7 + 1))
    browser.sign_in(db.session.get(Account, claim.account_id))
    browser.visit(url, status=409)


def test_the_office_confirms_on_the_page_of_the_person(here, browser):
    person = on_record(here, email=None)
    account = make.account(name="新账号")
    browser.sign_in(account)
    _page, claim = claimed(browser, here)
    browser.sign_in(make.account(Role.COORDINATOR, make.office("别处")))
    browser.send(f"/people/claims/{claim.id}/approval", status=404)
    browser.sign_in(make.account(Role.COORDINATOR, here))
    assert "真名字" in browser.visit("/people/applications").words
    assert "新账号" in browser.visit(f"/people/{person.id}").words
    browser.send(f"/people/claims/{claim.id}/approval")
    browser.sign_in(account)
    assert "The office has confirmed" in browser.visit("/people/me").words
    browser.send(f"/people/claims/{claim.id}/taking")
    assert db.session.get(Account, account.id).person_id == person.id


def test_a_refused_claim_may_be_asked_again(here, browser):
    on_record(here)
    account = make.account()
    browser.sign_in(account)
    _page, claim = claimed(browser, here)
    browser.sign_in(make.account(Role.COORDINATOR, here))
    browser.send(f"/people/claims/{claim.id}/refusal")
    browser.sign_in(account)
    assert "could not confirm" in browser.visit("/people/me").words
    browser.send(f"/people/claims/{claim.id}/taking", status=409)
    _page, again = claimed(browser, here)
    assert (again.id, again.state) == (claim.id, ClaimState.OPEN)


def test_a_person_has_one_account(here, browser):
    person = on_record(here)
    make.account(person=person)
    browser.sign_in(make.account())
    _page, claim = claimed(browser, here)
    page = browser.send(
        f"/people/claims/{claim.id}/taking", status=409, code=service.code_of(claim)
    )
    assert "belongs to another account" in page.words


def test_a_guardian_claims_a_child(here, browser):
    child = on_record(here, birth_date=date(2014, 1, 1))
    parent = make.volunteer(here, "王建国")
    browser.sign_in(parent)
    fields = filled(here, document=make.resident_id(date(2014, 1, 1)))
    page = browser.send("/people/register?for=child", status=409, **fields)
    browser.send("/people/claims", who=page.all("input", name="who")[0].get("value"))
    claim = db.session.scalars(select(Claim)).one()
    browser.send(f"/people/claims/{claim.id}/taking", code=service.code_of(claim))
    assert db.session.get(Person, child.id).guardian_id == parent.person_id


def test_what_was_sealed_for_one_account_is_worth_nothing_to_another(here, browser):
    on_record(here)
    browser.sign_in(make.account())
    page = browser.send("/people/register", status=409, **filled(here))
    who = page.all("input", name="who")[0].get("value")
    browser.sign_in(make.account())
    browser.send("/people/claims", status=404, who=who)
    browser.send("/people/claims", status=404, who="nonsense")
    browser.send("/people/claims", status=404)
    assert db.session.scalars(select(Claim)).all() == []
