"""A new account: by mail address or phone, with a password that is not easy to guess."""

import make
import pytest
from accounts.cast import PASSWORD, beside, holder, is_in
from sqlalchemy import select

from talent.accounts.models import Account
from talent.db import db
from talent.seal import blind_index


def sign_up(browser, status=303, **fields):
    given = {"name": "王秀兰", "login": "wang@example.org", "password": PASSWORD}
    return browser.send("/account/sign-up", status, **given | fields)


@pytest.fixture(autouse=True)
def first(app):
    """Who set Talent up; before that nobody signs up."""
    return make.account(name="第一人", email="first@example.org")


def accounts():
    """All but the first."""
    query = select(Account).where(Account.email.is_distinct_from("first@example.org"))
    return db.session.scalars(query).all()


def test_whoever_signs_up_is_in_and_registers_next(clock, browser):
    page = sign_up(browser)
    assert page.location == "/people/register"
    assert is_in(browser)
    (account,) = accounts()
    assert (account.email, account.name, account.language) == ("wang@example.org", "王秀兰", "en")
    assert account.password_hash.startswith("$argon2id$")
    assert account.actor.held == ()


def test_a_phone_number_is_kept_only_as_a_blind_index(clock, browser):
    sign_up(browser, login="+86 138-0013-8000")
    (account,) = accounts()
    assert account.email is None
    assert account.phone_index == blind_index("phone", "+8613800138000")


@pytest.mark.parametrize(
    "login", ["11010519491231002X", "110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_an_identity_number_is_never_a_login(clock, browser, login):
    page = sign_up(browser, 422, login=login)
    assert "An identity number is never a login." in beside(page, "login")
    assert page.all("input", name="name")[0].get("value") == "王秀兰"
    assert accounts() == []


@pytest.mark.parametrize("login", ["wang", "wang@", "12345", "@", "王@例", "a b@example.org"])
def test_what_is_neither_mail_address_nor_phone_is_refused(clock, browser, login):
    page = sign_up(browser, 422, login=login)
    assert "neither a mail address nor a phone number" in beside(page, "login")
    assert page.all("input", name="login")[0].get("value") == login


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "Use at least 10 characters."),
        ("1234567890", "too easy to guess"),
        ("password2026", "too easy to guess"),
        ("王秀兰王秀兰王秀兰1", "what others know about you"),
        ("wang@example.org", "what others know about you"),
        ("x" * 201, "Use at most 200 characters."),
    ],
)
def test_a_weak_password_is_refused_beside_the_field(clock, browser, password, sentence):
    page = sign_up(browser, 422, password=password)
    assert sentence in beside(page, "password")
    assert page.all("input", name="password")[0].get("value") in {None, ""}
    assert accounts() == []


@pytest.mark.parametrize(
    "password",
    ["春天里的小河在唱歌真好听", "a  b  c  d  e  f", "ѳ⁂☃ moon river", "k" + "xyzzy-" * 30],
)
def test_any_characters_make_a_password(app, clock, browser, password):
    sign_up(browser, password=password)
    elsewhere = app.test_client().speak("en")
    elsewhere.send("/account/sign-in", login="wang@example.org", password=password)
    assert is_in(elsewhere)


def test_a_login_that_is_taken_is_refused_and_trying_many_is_slowed_down(clock, browser):
    holder(email="wang@example.org")
    for _ in range(5):
        page = sign_up(browser, 422, login="WANG@example.org")
        assert "This cannot be used for a new account." in beside(page, "login")
    page = sign_up(browser, 429, login="wang@example.org")
    assert "too many tries" in page.words
    assert len(accounts()) == 1


def test_signing_up_does_not_take_what_it_is_not_asked_for(clock, browser):
    office = make.office()
    sign_up(browser, role="administrator", office_id=office.id, person_id=1, epoch=9)
    (account,) = accounts()
    assert (account.person_id, account.epoch, account.grants) == (None, 1, [])
