"""Guessing: counted before it is looked at, on every machine; no answer tells who is there."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from datetime import timedelta

import make
import pytest
from accounts.cast import OTHER, PASSWORD, come_in, holder, is_in
from argon2 import PasswordHasher
from sqlalchemy import select

from talent import clock as wall
from talent import passwords
from talent.access import Role
from talent.accounts import resets, signing
from talent.accounts.models import FailedSignIn, Invitation, TryCount
from talent.accounts.tries import Exhausted, Origin, TooManyTries, forget_failures, reserve
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.errors import Refused
from talent.messages.models import Message
from talent.rules.signing_in import MOST_FAILURES

DAY = timedelta(hours=25)


def shut(account, now=make.NOW):
    """As after a hundred wrong tries of strangers, some weeks long."""
    make.saved(
        TryCount(
            about=signing.login_index(account.email, account.id, Origin("")),
            failures=MOST_FAILURES,
            last_at=now,
        )
    )


def test_of_guesses_in_the_same_moment_no_more_are_looked_at_than_of_guesses_in_turn(app, clock):
    looked, start = [], threading.Barrier(12)

    def guess():
        with app.app_context():
            start.wait()
            try:
                reserve("a" * 64, None, now=make.NOW)
                looked.append(1)
            except TooManyTries:
                pass
            finally:
                db.session.remove()

    runners = [threading.Thread(target=guess) for _ in range(12)]
    for each in runners:
        each.start()
    for each in runners:
        each.join()
    assert len(looked) == 5


def test_a_guess_counts_although_its_answer_never_came(app, clock, browser):
    someone = holder()
    reserve(signing.login_index(someone.email, someone.id, Origin("")), "x", now=make.NOW)
    db.session.rollback()  # as if the machine died while it hashed
    assert len(db.session.scalars(select(FailedSignIn)).all()) == 1


def test_a_hundred_failures_one_after_the_other_are_the_most(app, clock):
    now = make.NOW
    for _ in range(MOST_FAILURES):
        reserve("b" * 64, None, most=True, now=now)
        now += DAY
    with pytest.raises(Exhausted):
        reserve("b" * 64, None, most=True, now=now)
    with make.writing():
        forget_failures("b" * 64)
    reserve("b" * 64, None, most=True, now=now)


def test_after_that_a_stranger_is_not_looked_at_and_the_holder_comes_in_on_a_known_device(
    app, clock, browser
):
    someone = holder()
    come_in(browser, someone)
    browser.send("/account/sign-out")
    shut(someone)
    stranger = app.test_client().speak("en")
    page = stranger.send("/account/sign-in", 429, login=someone.email, password=PASSWORD)
    assert "Sign in on a device on which you signed in before" in page.words
    come_in(browser, someone)
    assert is_in(browser)


def test_it_says_the_same_of_an_address_that_nobody_has(app, clock, browser):
    someone = holder()
    shut(someone)
    nobody = make.account(email="nobody@example.org")
    shut(nobody)
    with make.writing():
        db.session.delete(db.session.get(type(nobody), nobody.id))
    known = browser.send("/account/sign-in", 429, login=someone.email, password=OTHER)
    unknown = browser.send("/account/sign-in", 429, login="nobody@example.org", password=OTHER)
    assert known.words == unknown.words


@pytest.mark.parametrize("remedy", ["link", "office", "command"])
def test_nobody_is_shut_out_for_good(app, clock, browser, remedy):
    office = make.office()
    someone = holder(Role.LEADER, office)
    shut(someone)
    password = PASSWORD
    if remedy == "link":
        browser.send("/account/forgot", login=someone.email)
        mail = db.session.scalars(select(Message)).one()
        browser.visit(mail.facts["path"] + mail.secret, 303)
        browser.send("/account/reset", password=OTHER)
        password = OTHER
    elif remedy == "office":
        boss = app.test_client().speak("en").sign_in(make.account(Role.ADMINISTRATOR, office))
        assert "Too many wrong tries" in boss.visit(f"/account/{someone.id}").words
        boss.send(f"/account/{someone.id}/let-in")
        acts = db.session.scalars(select(AuditEntry.act)).all()
        assert Act.TRIES_FORGOTTEN in acts
    else:
        run = app.test_cli_runner().invoke(args=["accounts", "let-in", someone.email])
        assert "are forgotten" in run.output
    come_in(browser, someone, password)
    assert is_in(browser)


def test_a_success_ends_the_count(clock, browser):
    someone = holder()
    for _ in range(3):
        browser.send("/account/sign-in", 422, login=someone.email, password=OTHER)
    assert db.session.scalars(select(TryCount.failures)).all() == [3]
    come_in(browser, someone)
    db.session.rollback()
    assert db.session.scalars(select(TryCount)).all() == []


def test_a_sign_up_takes_as_long_and_costs_as_many_tries_whether_the_address_is_taken(
    clock, browser
):
    holder(email="taken@example.org")
    given = {"name": "王秀兰", "password": "three quiet herons"}
    for number in range(4):
        browser.send("/account/sign-up", 422, login="taken@example.org", **given)
        browser.send("/account/sign-up", login=f"new{number}@example.org", **given)
        browser.send("/account/sign-out")
    browser.send("/account/sign-up", 422, login="taken@example.org", **given)
    browser.send("/account/sign-up", 429, login="taken@example.org", **given)


# -- the time that an answer takes

COSTLY = PasswordHasher(time_cost=3, memory_cost=16384, parallelism=1)  # some 20 ms
ROUNDS = 9


@pytest.fixture
def costly(app, monkeypatch):
    """Hashing as it costs in earnest, so that leaving it out would be seen."""
    monkeypatch.setitem(app.extensions, "passwords", (COSTLY, COSTLY.hash("stand-in")))


def medians(*acts):
    """How long each of them takes in milliseconds, taken in turns."""
    took = [[] for _ in acts]
    for _ in range(ROUNDS):
        for each, times in zip(acts, took, strict=True):
            began = time.perf_counter()
            each()
            times.append((time.perf_counter() - began) * 1000)
    return [statistics.median(times) for times in took]


def alike(one, other):
    """A hash is some 20 ms: half of that is more than the noise and less than what it tells."""
    return abs(one - other) < cost() / 2


def cost():
    return medians(lambda: COSTLY.hash(PASSWORD))[0]


def tried(typed, password):
    def act():
        with contextlib.suppress(Refused), make.writing():
            signing.sign_in(typed, password, origin=Origin("203.0.113.9"), now=wall.now())
        with make.writing():
            for table in (FailedSignIn, TryCount):
                db.session.execute(table.__table__.delete())

    return act


@pytest.mark.parametrize("kind", ["unknown", "invited"])
def test_the_time_does_not_tell_whether_an_account_is_there(app, costly, kind):
    known = make.account(password_hash=COSTLY.hash(PASSWORD))
    other = "nobody@example.org" if kind == "unknown" else make.account().email
    one, two = medians(*(tried(each, OTHER) for each in (known.email, other)))
    assert alike(one, two), (one, two)


def test_the_time_of_a_sign_up_does_not_tell_it_either(app, costly):
    make.account(email="taken@example.org")
    numbers = iter(range(1000))

    def sign_up(login):
        def act():
            with contextlib.suppress(Refused), make.writing():
                signing.sign_up(
                    name="王秀兰", typed=login or f"n{next(numbers)}@example.org",
                    password=PASSWORD, language="zh", origin=Origin("x"), now=wall.now(),
                )  # fmt: skip
            with make.writing():
                db.session.execute(FailedSignIn.__table__.delete())

        return act

    one, two = medians(sign_up("taken@example.org"), sign_up(""))
    assert alike(one, two), (one, two)


def test_asking_for_a_reset_takes_as_long_for_nobody(app, costly):
    make.account(email="li.mei@example.org")

    def asked(login):
        def act():
            with make.writing():
                resets.ask_reset(login, path="/x/", now=wall.now())
            with make.writing():
                db.session.execute(Invitation.__table__.delete())

        return act

    one, two = medians(asked("li.mei@example.org"), asked("nobody@example.org"))
    assert alike(one, two), (one, two)


def test_without_the_stand_in_the_time_would_tell(app, costly):
    """That the measure can fail: an answer without a hash differs by more than it allows."""
    one, two = medians(lambda: passwords.fits(COSTLY_KEPT, OTHER), lambda: None)
    assert not alike(one, two)


COSTLY_KEPT = COSTLY.hash(PASSWORD)
