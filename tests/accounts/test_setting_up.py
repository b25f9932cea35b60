"""The first start: one root office, one administrator, once."""

import make
import pytest
from accounts.cast import PASSWORD, beside, holder, is_in
from sqlalchemy import select

from talent.access import Role
from talent.accounts import service
from talent.accounts.models import Account, Grant
from talent.db import db, writing
from talent.errors import NotFound
from talent.offices.models import Office, OfficeKind, ServiceCategory
from talent.offices.tree import Particulars

FIRST = {
    "office_name": "某某区", "office_kind": "district", "name": "李主任",
    "login": "li@example.org", "password": PASSWORD,
}  # fmt: skip


def test_without_an_account_the_sign_in_page_leads_to_the_first_start(clock, browser):
    assert browser.visit("/account/sign-in", 303).location == "/account/first-start"
    page = browser.visit("/account/first-start")
    assert "code" not in page.fields()
    page = browser.send("/account/first-start", **FIRST)
    assert page.location == "/offices/"
    assert is_in(browser)
    office = db.session.scalars(select(Office)).one()
    grant = db.session.scalars(select(Grant)).one()
    assert (office.name_zh, office.path, office.kind.value) == (
        "某某区",
        f"/{office.id}/",
        "district",
    )
    assert (grant.role, grant.office_id) == (Role.ADMINISTRATOR, office.id)
    assert len(db.session.scalars(select(ServiceCategory)).all()) == 7


@pytest.mark.parametrize("url", ["/", "/account/sign-up"])
def test_every_way_in_leads_to_the_first_start_until_there_is_an_account(clock, browser, url):
    assert browser.visit(url, 303).location == "/account/first-start"
    browser.send("/account/sign-up", name="路人", login="first@example.org", password=PASSWORD)
    assert db.session.scalars(select(Account)).all() == []
    holder()
    browser.visit(url)


def test_with_an_account_it_is_as_if_it_had_never_been(clock, browser):
    holder()
    browser.visit("/account/first-start", 404)
    browser.send("/account/first-start", 404, **FIRST)
    assert db.session.scalars(select(Office)).all() == []


def test_what_was_typed_stays_when_something_is_wrong(clock, browser):
    page = browser.send("/account/first-start", 422, **FIRST | {"password": "某某区某某区某某区1"})
    assert "what others know" in beside(page, "password")
    assert page.all("input", name="office_name")[0].get("value") == "某某区"
    assert db.session.scalars(select(Office)).all() == []


@pytest.fixture
def production(app, monkeypatch):
    monkeypatch.setitem(app.config, "ENV", "production")


def test_in_production_it_takes_the_code_that_the_server_prints(app, production, clock, browser):
    page = browser.send("/account/first-start", 422, **FIRST, code="123456789012")
    assert "not the code" in beside(page, "code")
    printed = app.test_cli_runner().invoke(args=["setup", "--code"]).output.strip()
    assert len(printed) == 12
    browser.send("/account/first-start", **FIRST, code=printed)
    assert is_in(browser)


def test_guessing_the_code_is_slowed_down(production, clock, browser):
    for number in range(5):
        browser.send("/account/first-start", 422, **FIRST, code=f"{number:012}")
    browser.send("/account/first-start", 429, **FIRST, code=service.setup_code())
    assert db.session.scalars(select(Account)).all() == []


def test_of_two_who_set_up_at_once_the_second_finds_it_done(clock, app):
    # Both saw the open page: what counts is what stands when the write begins.
    first = {"name": "李主任", "password": PASSWORD, "language": "zh", "now": make.NOW}
    office = Particulars(kind=OfficeKind.DISTRICT, name_zh="某某区")
    with writing():
        service.set_up(office=office, typed="li@example.org", **first)
    with pytest.raises(NotFound), writing():
        service.set_up(office=office, typed="other@example.org", **first)
    assert len(db.session.scalars(select(Office)).all()) == 1


COMMAND = [
    "setup", "--office", "某某街道", "--kind", "street", "--name", "李主任",
    "--login", "13800138000", "--password", PASSWORD,
]  # fmt: skip


def test_the_command_does_the_same_once(app, clock, browser):
    run = app.test_cli_runner()
    assert run.invoke(args=COMMAND).exit_code == 0
    again = run.invoke(args=COMMAND)
    assert again.exit_code == 1
    assert "There is an account already" in again.output
    browser.send("/account/sign-in", login="13800138000", password=PASSWORD)
    assert "某某街道" in browser.speak("zh").visit("/offices/").words


def test_the_command_says_what_is_wrong_and_leaves_nothing(app, clock):
    told = app.test_cli_runner().invoke(args=[*COMMAND[:-1], "1234567890"])
    assert told.exit_code == 1
    assert "Error" in told.output
    assert db.session.scalars(select(Office)).all() == []


def test_the_command_asks_for_what_is_not_said(app, clock, browser):
    typed = f"某某区\n李主任\nli@example.org\n{PASSWORD}\n{PASSWORD}\n"
    told = app.test_cli_runner().invoke(args=["setup"], input=typed)
    assert told.exit_code == 0, told.output
    assert PASSWORD not in told.output
    browser.send("/account/sign-in", login="li@example.org", password=PASSWORD)
