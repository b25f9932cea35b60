"""In and out: by mail address or phone, slowly after wrong tries, in a session that is new."""

from datetime import timedelta

import make
import pytest
from accounts.cast import OTHER, PASSWORD, beside, come_in, holder, is_in
from sqlalchemy import select

from talent.access import Role
from talent.accounts.models import FailedSignIn
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.seal import blind_index

WRONG = "The login or the password is not right."


def tries():
    return len(db.session.scalars(select(FailedSignIn)).all())


def acts():
    return [e.act for e in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_one_comes_in_by_mail_address_and_goes_where_one_wanted(clock, browser):
    holder(email="li.mei@example.org")
    page = browser.send(
        "/account/sign-in?next=/account/password", login=" Li.Mei@Example.ORG ", password=PASSWORD
    )
    assert page.location == "/account/password"
    assert is_in(browser)
    assert acts() == [Act.SIGNED_IN]


def test_one_comes_in_by_phone_however_it_is_written(clock, browser):
    holder(email=None, phone_index=blind_index("phone", "+8613800138000"))
    browser.send("/account/sign-in", login="138 0013 8000", password=PASSWORD)
    assert is_in(browser)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_a_foreign_address(clock, browser, target):
    someone = holder()
    page = browser.send(f"/account/sign-in?next={target}", login=someone.email, password=PASSWORD)
    assert page.location == "/"


def test_unknown_login_and_wrong_password_get_the_same_answer(clock, browser):
    someone = holder()
    known = browser.send("/account/sign-in", 422, login=someone.email, password=OTHER)
    unknown = browser.send("/account/sign-in", 422, login="nobody@example.org", password=OTHER)
    assert WRONG in known.words
    assert known.words == unknown.words
    assert known.all("input", name="login")[0].get("value") == someone.email
    assert known.all("input", name="password")[0].get("value") in {None, ""}
    assert not is_in(browser)


def test_an_account_without_a_password_and_a_closed_one_let_nobody_in(clock, browser):
    invited = make.account()
    closed = holder(closed_at=make.NOW)
    for login in (invited.email, closed.email):
        page = browser.send("/account/sign-in", 422, login=login, password=PASSWORD)
        assert WRONG in page.words


def test_a_failed_try_is_kept_although_it_was_refused(clock, browser):
    holder()
    browser.send("/account/sign-in", 422, login="x@example.org", password=OTHER)
    assert tries() == 1
    assert acts() == [Act.SIGN_IN_FAILED]


def test_after_five_wrong_tries_one_waits_longer_and_longer_but_never_for_good(clock, browser):
    someone = holder()
    for _ in range(5):
        browser.send("/account/sign-in", 422, login=someone.email, password=OTHER)
    page = browser.send("/account/sign-in", 429, login=someone.email, password=PASSWORD)
    assert "Please try again in 15 seconds." in page.words
    assert page.response.headers["Retry-After"] == "15"
    assert tries() == 5  # a try that was not looked at does not lengthen the wait
    clock.move_to(make.NOW + timedelta(seconds=15))
    browser.send("/account/sign-in", 422, login=someone.email, password=OTHER)
    page = browser.send("/account/sign-in", 429, login=someone.email, password=PASSWORD)
    assert "in 30 seconds" in page.words
    clock.move_to(make.NOW + timedelta(seconds=45))
    come_in(browser, someone)
    assert is_in(browser)
    assert tries() == 0


def test_a_strangers_tries_do_not_keep_the_holder_out_of_a_known_device(app, clock, browser):
    someone = holder()
    come_in(browser, someone)
    browser.send("/account/sign-out")
    stranger = app.test_client().speak("en")
    for _ in range(5):
        stranger.send("/account/sign-in", 422, login=someone.email, password=OTHER)
    stranger.send("/account/sign-in", 429, login=someone.email, password=PASSWORD)
    come_in(browser, someone)
    assert is_in(browser)
    stranger.send("/account/sign-in", 429, login=someone.email, password=PASSWORD)


def test_a_device_cookie_that_was_written_by_hand_is_worth_nothing(clock, browser):
    someone = holder()
    browser.set_cookie("device", f'["x",[{someone.id}]]')
    for _ in range(5):
        browser.send("/account/sign-in", 422, login=someone.email, password=OTHER)
    browser.send("/account/sign-in", 429, login=someone.email, password=PASSWORD)


def test_many_logins_from_one_address_are_slowed_down_too(clock, browser):
    someone = holder()
    for number in range(30):
        browser.send("/account/sign-in", 422, login=f"n{number}@example.org", password=OTHER)
    browser.send("/account/sign-in", 429, login=someone.email, password=PASSWORD)


def test_tries_of_yesterday_are_forgotten(clock, browser):
    someone = holder()
    for _ in range(5):
        browser.send("/account/sign-in", 422, login=someone.email, password=OTHER)
    clock.move_to(make.NOW + timedelta(hours=25))
    browser.send("/account/sign-in", 422, login=someone.email, password=OTHER)
    assert tries() == 1


def test_neither_login_nor_address_stands_in_the_list_of_tries(clock, browser):
    holder()
    browser.send("/account/sign-in", 422, login="li.mei@example.org", password=OTHER)
    row = db.session.scalars(select(FailedSignIn)).one()
    assert {len(row.login_index), len(row.address_index)} == {64}
    assert "li.mei" not in row.login_index
    assert "127.0.0.1" not in row.address_index


def test_a_session_that_was_planted_before_is_not_the_one_that_comes_in(clock, browser):
    someone = holder()
    with browser.session_transaction() as session:
        session["planted"] = "yes"
        session["key"] = "known to the attacker"
    before = browser.get_cookie("talent").value
    come_in(browser, someone)
    assert browser.get_cookie("talent").value != before
    with browser.session_transaction() as session:
        assert "planted" not in session
        assert session["key"] != "known to the attacker"


def test_a_copied_cookie_is_dead_after_signing_out(app, clock, browser):
    someone = holder()
    come_in(browser, someone)
    thief = app.test_client().speak("en")
    thief.set_cookie("talent", browser.get_cookie("talent").value)
    assert is_in(thief)
    page = browser.send("/account/sign-out")
    assert page.response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(browser)
    assert not is_in(thief)


def test_signing_out_of_one_device_leaves_the_other_alone(app, clock, browser):
    someone = holder()
    other = app.test_client().speak("en")
    come_in(browser, someone)
    come_in(other, someone)
    browser.send("/account/sign-out")
    assert is_in(other)


def test_nobody_is_signed_out_by_a_link(clock, browser):
    come_in(browser, holder())
    assert browser.get("/account/sign-out").status_code == 405
    assert is_in(browser)


def test_signing_out_everywhere_ends_every_session(app, clock, browser):
    someone = holder()
    other = app.test_client().speak("en")
    come_in(browser, someone)
    come_in(other, someone)
    page = browser.send("/account/everywhere")
    assert page.location == "/account/sign-in"
    assert not is_in(browser)
    assert not is_in(other)
    assert acts()[-1] is Act.SIGNED_OUT_EVERYWHERE


def test_a_closed_account_is_out_at_its_next_request(clock, browser):
    office = make.office()
    someone = holder(Role.LEADER, office)
    come_in(browser, someone)
    with make.writing():
        db.session.get(type(someone), someone.id).closed_at = make.NOW
    assert not is_in(browser)


def test_empty_fields_are_named(clock, browser):
    holder()
    page = browser.send("/account/sign-in", 422, login="", password="")
    assert "Please fill in this field." in beside(page, "login")
    assert "Please fill in this field." in beside(page, "password")


def test_the_page_speaks_chinese(clock, browser):
    holder()
    page = browser.speak("zh").send("/account/sign-in", 422, login="x", password=OTHER)
    assert "登录名或密码不正确" in page.words
