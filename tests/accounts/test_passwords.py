"""Passwords: forgotten, set by a link, changed."""

from datetime import timedelta

import make
import pytest
from accounts.cast import OTHER, PASSWORD, beside, come_in, holder, is_in
from argon2 import PasswordHasher
from sqlalchemy import select

from talent.accounts.models import Account, Invitation
from talent.audit import AuditEntry
from talent.db import db
from talent.messages.models import Message, MessageKind

ASKED = "If an account has this address, a link is on its way."


def mails():
    return db.session.scalars(select(Message).order_by(Message.id)).all()


def asked(browser, account):
    """The link in the mail that somebody asked for."""
    browser.send("/account/forgot", login=account.email)
    mail = mails()[-1]
    return mail.facts["path"] + mail.secret


def opened(browser, link):
    """Follow the link to the form, whose address holds no token."""
    page = browser.visit(link, 303)
    assert page.location == "/account/reset"
    return page


def test_who_forgot_the_password_sets_a_new_one_by_mail(clock, browser):
    someone = holder()
    opened(browser, asked(browser, someone))
    assert not is_in(browser)
    page = browser.send("/account/reset", password=OTHER)
    assert page.location == "/account/sign-in"
    assert "Your new password holds." in browser.visit("/account/sign-in").words
    browser.send("/account/sign-in", 422, login=someone.email, password=PASSWORD)
    come_in(browser, someone, OTHER)
    assert is_in(browser)


def test_the_mail_is_in_the_outbox_with_its_secret_sealed(clock, browser):
    someone = holder()
    asked(browser, someone)
    (mail,) = mails()
    assert (mail.kind, mail.account_id, mail.address) == (
        MessageKind.PASSWORD_RESET, someone.id, someone.email,
    )  # fmt: skip
    assert mail.useless_after == make.NOW + timedelta(minutes=60)
    kept = db.session.execute(select(Invitation.digest)).scalar_one()
    raw = db.session.connection().exec_driver_sql("SELECT secret FROM message").scalar_one()
    assert mail.secret not in (kept, raw)


def test_an_address_that_nobody_has_gets_the_same_answer_and_no_mail(clock, browser):
    someone = holder()
    known = browser.send("/account/forgot", login=someone.email)
    said = browser.visit("/account/sign-in").words
    for login in ("nobody@example.org", "13800138000", "no login at all"):
        unknown = browser.send("/account/forgot", login=login)
        assert (unknown.status, unknown.location) == (known.status, known.location)
        assert browser.visit("/account/sign-in").words == said
    assert ASKED in said
    assert len(mails()) == 1


def test_a_link_works_once(clock, browser):
    link = asked(browser, holder())
    opened(browser, link)
    browser.send("/account/reset", password=OTHER)
    opened(browser, link)
    page = browser.visit("/account/reset", 409)
    assert "This link was used before or is too old." in page.words
    browser.send("/account/reset", 409, password="a third long password")


def test_a_link_works_for_an_hour(clock, browser):
    link = asked(browser, holder())
    clock.move_to(make.NOW + timedelta(minutes=59))
    opened(browser, link)
    browser.visit("/account/reset")
    clock.move_to(make.NOW + timedelta(minutes=60))
    browser.send("/account/reset", 409, password=OTHER)


@pytest.mark.parametrize("link", ["/account/reset/false", "/account/reset/" + "x" * 300])
def test_a_false_link_is_refused(clock, browser, link):
    holder()
    opened(browser, link)
    browser.visit("/account/reset", 409)


def test_without_a_link_there_is_nothing_to_reset(clock, browser):
    holder()
    browser.visit("/account/reset", 409)


def test_a_new_password_voids_every_other_link_and_session(app, clock, browser):
    someone = holder()
    other = app.test_client().speak("en")
    come_in(other, someone)
    first, second = asked(browser, someone), asked(browser, someone)
    opened(browser, second)
    browser.send("/account/reset", password=OTHER)
    assert not is_in(other)
    opened(browser, first)
    browser.visit("/account/reset", 409)


def test_a_new_password_ends_the_wait_after_wrong_tries(clock, browser):
    someone = holder()
    for _ in range(5):
        browser.send("/account/sign-in", 422, login=someone.email, password=OTHER)
    opened(browser, asked(browser, someone))
    browser.send("/account/reset", password=OTHER)
    come_in(browser, someone, OTHER)
    assert is_in(browser)


def test_a_weak_password_is_refused_and_the_link_still_works(clock, browser):
    opened(browser, asked(browser, holder()))
    for common in ("1234567890", "terminator", "Ghostrider 2026"):
        page = browser.send("/account/reset", 422, password=common)
        assert "too easy to guess" in beside(page, "password")
    browser.send("/account/reset", password=OTHER)


def test_a_mailbox_is_not_filled_by_asking_again_and_again(clock, browser):
    someone = holder()
    for _ in range(8):
        browser.send("/account/forgot", login=someone.email)
    assert len(mails()) == 5


def test_a_closed_account_gets_no_link(clock, browser):
    someone = holder(closed_at=make.NOW)
    browser.send("/account/forgot", login=someone.email)
    assert mails() == []


def test_changing_the_password_needs_the_present_one(clock, browser):
    someone = holder()
    come_in(browser, someone)
    page = browser.send("/account/password", 422, old=OTHER, password=OTHER)
    assert "This is not your present password." in beside(page, "old")
    browser.send("/account/password", old=PASSWORD, password=OTHER)
    assert is_in(browser)
    browser.send("/account/sign-out")
    browser.send("/account/sign-in", 422, login=someone.email, password=PASSWORD)
    come_in(browser, someone, OTHER)


def test_changing_the_password_signs_out_the_other_devices(app, clock, browser):
    someone = holder()
    other = app.test_client().speak("en")
    come_in(other, someone)
    come_in(browser, someone)
    browser.send("/account/password", old=PASSWORD, password=OTHER)
    assert is_in(browser)
    assert not is_in(other)


def test_guessing_the_present_password_is_slowed_down(clock, browser):
    come_in(browser, holder())
    for _ in range(5):
        browser.send("/account/password", 422, old=OTHER, password=OTHER)
    page = browser.send("/account/password", 429, old=PASSWORD, password=OTHER)
    assert "too many tries" in page.words


def test_no_trace_holds_a_password_a_token_or_an_address(clock, browser):
    someone = holder()
    link = asked(browser, someone)
    opened(browser, link)
    browser.send("/account/reset", password=OTHER)
    browser.send("/account/sign-in", 422, login=someone.email, password=PASSWORD)
    come_in(browser, someone, OTHER)
    entries = db.session.scalars(select(AuditEntry)).all()
    text = " ".join(f"{e.subject} {e.facts}" for e in entries)
    assert len(entries) == 4
    for secret in (PASSWORD, OTHER, someone.email, link.rpartition("/")[2]):
        assert secret not in text


def test_a_hash_of_another_cost_is_renewed_at_sign_in(clock, browser):
    old = PasswordHasher(time_cost=2, memory_cost=32, parallelism=1).hash(PASSWORD)
    someone = make.account(password_hash=old)
    come_in(browser, someone)
    assert is_in(browser)
    db.session.expire_all()
    kept = db.session.get(Account, someone.id).password_hash
    assert kept != old
    assert "m=64,t=1" in kept
