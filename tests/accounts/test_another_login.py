"""Another mail address or phone number for one's own account."""

from __future__ import annotations

import make
import pytest
from accounts.cast import PASSWORD, beside, come_in, holder, is_in

from talent.accounts.models import Account
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.messages.models import Message, MessageKind


def send(browser, login, status=303, password=PASSWORD):
    return browser.send("/account/login", status, login=login, old=password)


def kept(account):
    db.session.rollback()
    return db.session.get(Account, account.id, populate_existing=True)


def test_a_new_mail_address_signs_in_and_the_old_one_does_not(app, browser, clock):
    wang = holder(email="old@example.org", email_proved_at=make.NOW)
    come_in(browser, wang)
    send(browser, "New@Example.org")
    assert is_in(browser)
    assert (kept(wang).email, kept(wang).email_proved_at) == ("new@example.org", None)
    other = app.test_client()
    other.send("/account/sign-in", 422, login="old@example.org", password=PASSWORD)
    other.send("/account/sign-in", login="new@example.org", password=PASSWORD)


def test_a_phone_number_is_added_beside_the_mail_address(app, browser, clock):
    wang = holder(email="old@example.org")
    come_in(browser, wang)
    send(browser, "138 0013 8000")
    for login in ("old@example.org", "+86 13800138000"):
        app.test_client().send("/account/sign-in", login=login, password=PASSWORD)


def test_other_devices_are_signed_out_and_the_old_address_is_told(app, browser, clock):
    wang = holder(email="old@example.org")
    other = app.test_client()
    come_in(other, wang)
    come_in(browser, wang)
    send(browser, "new@example.org")
    assert [is_in(other), is_in(browser)] == [False, True]
    [told] = db.session.query(Message).filter_by(kind=MessageKind.LOGIN_CHANGED)
    assert told.address == "old@example.org"
    [entry] = db.session.query(AuditEntry).filter_by(act=Act.ACCOUNT_CHANGED)
    assert (entry.account_id, entry.facts) == (wang.id, {"login": True})


def test_a_wrong_password_changes_nothing_and_is_counted(app, browser, clock):
    wang = holder(email="old@example.org")
    come_in(browser, wang)
    for _ in range(5):
        page = send(browser, "new@example.org", 422, password="not my password")
    assert "not your present password" in beside(page, "old")
    assert page.all("input", name="login")[0].get("value") == "new@example.org"
    send(browser, "new@example.org", 429)
    assert kept(wang).email == "old@example.org"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("taken@example.org", "cannot be used"),
        ("nothing of the kind", "neither a mail address nor a phone number"),
        ("11010519491231002X", "never a login"),
        ("", "Please fill in this field"),
    ],
)
def test_what_is_no_login_or_another_ones_is_refused_in_words(app, browser, clock, typed, said):
    make.account(email="taken@example.org")
    wang = holder(email="old@example.org")
    come_in(browser, wang)
    assert said in beside(send(browser, typed, 422), "login")
    assert kept(wang).email == "old@example.org"


def test_ones_own_present_address_changes_nothing(app, browser, clock):
    wang = holder(email="old@example.org")
    come_in(browser, wang)
    send(browser, "OLD@example.org")
    assert (kept(wang).epoch, db.session.query(Message).count()) == (1, 0)


def test_the_way_there_is_on_the_page_of_the_account(browser, clock):
    browser.sign_in(holder())
    found = browser.visit("/account/").said("a", href="/account/login")
    assert found == ["Change the mail address or phone number"]
