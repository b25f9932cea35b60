"""The second step: an app, recovery codes, half in, and who may not do without."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from accounts.cast import OTHER, PASSWORD, beside, come_in, holder, is_in
from sqlalchemy import select

from talent.access import Role
from talent.accounts.factors.models import CodeApp, RecoveryCode
from talent.accounts.models import Account, FailedSignIn
from talent.accounts.sessions.models import AccountSession, Way
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.messages.models import Message, MessageKind
from talent.rules import one_time

STEP = timedelta(seconds=one_time.STEP)
WRONG = "This code is not right, or it was used before."


@pytest.fixture
def needed(app, monkeypatch):
    """As in production: staff need a second step."""
    monkeypatch.setitem(app.config, "SECOND_FACTOR", True)


def shown(secret, now=make.NOW):
    """What the app shows."""
    return one_time.code_of(secret, one_time.step_at(now))


def key_on(page):
    """The key that the page shows for typing."""
    (text,) = page.said("span", id="secret")
    text = text.replace(" ", "")
    return one_time.base64.b32decode(text + "=" * (-len(text) % 8))


def set_up(browser):
    """Switch an app on; its secret, and the recovery codes that were shown."""
    secret = key_on(browser.visit("/account/second-step/app"))
    page = browser.send("/account/second-step/app", code=shown(secret))
    return secret, browser.visit(page.location).said("span", class_="code")


def with_app(browser, clock, role=None, office=None, **more):
    """Somebody with an app who is out again, a while later so that a new code is shown."""
    someone = holder(role, office, **more)
    come_in(browser, someone)
    secret, codes = set_up(browser)
    browser.send("/account/sign-out")
    clock.move_to(make.NOW + 2 * STEP)
    return someone, secret, codes


def later(steps):
    return make.NOW + steps * STEP


def test_an_app_is_set_up_by_a_picture_or_a_key_and_its_first_code(clock, browser):
    come_in(browser, holder())
    page = browser.visit("/account/second-step/app")
    assert "<svg" in page.text
    secret = key_on(page)
    assert key_on(browser.visit("/account/second-step/app")) == secret  # also after a reload
    wrong = browser.send("/account/second-step/app", 422, code="000000")
    assert WRONG in beside(wrong, "code")
    assert key_on(wrong) == secret
    page = browser.send(
        "/account/second-step/app", code=f" {shown(secret)[:3]} {shown(secret)[3:]}"
    )
    codes = browser.visit(page.location).said("span", class_="code")
    assert len(codes) == len(set(codes)) == 10
    assert browser.visit("/account/second-step/codes").said("span", class_="code") == []
    assert "10 codes are left." in browser.visit("/account/second-step/mine").words


def test_the_secret_is_sealed_and_the_codes_are_hashed_at_rest(clock, browser):
    come_in(browser, holder())
    secret, codes = set_up(browser)
    raw = db.session.connection().exec_driver_sql("SELECT secret FROM code_app").scalar_one()
    kept = db.session.scalars(select(RecoveryCode.secret)).all()
    assert secret.hex() not in raw
    assert all(each.startswith("$argon2id$") for each in kept)
    text = " ".join(f"{e.subject} {e.facts}" for e in db.session.scalars(select(AuditEntry)))
    told = " ".join(str(m.facts) for m in db.session.scalars(select(Message)))
    for each in (secret.hex(), one_time.shown_secret(secret), *codes):
        assert each not in text + told


def test_with_the_password_alone_one_is_half_in_and_no_door_opens(clock, browser):
    someone, secret, _ = with_app(browser, clock)
    page = come_in(browser, someone)
    assert page.location == "/account/second-step?next=/"
    assert not is_in(browser)
    assert browser.get("/shifts/mine").location.startswith("/account/sign-in")
    page = browser.send("/account/second-step?next=/account/password", code=shown(secret, later(2)))
    assert page.location == "/account/password"
    assert is_in(browser)
    (row,) = db.session.scalars(select(AccountSession).filter_by(ended_at=None))
    assert row.way is Way.APP


def test_each_step_of_signing_in_has_a_session_of_its_own(clock, browser):
    someone, secret, _ = with_app(browser, clock)
    keys = []
    for act in (
        lambda: browser.visit("/account/sign-in"),
        lambda: come_in(browser, someone),
        lambda: browser.send("/account/second-step", code=shown(secret, later(2))),
    ):
        act()
        with browser.session_transaction() as session:
            keys.append((session.get("key"), str(session.get("half"))))
            session["planted"] = "yes"
    assert [bool(key) for key, _ in keys] == [False, False, True]
    with browser.session_transaction() as session:
        del session["planted"]
        assert "half" not in session
    browser.send("/account/sign-out")
    with browser.session_transaction() as session:
        assert "planted" not in session


def test_half_in_lasts_ten_minutes(clock, browser):
    someone, secret, _ = with_app(browser, clock)
    come_in(browser, someone)
    now = later(2) + timedelta(minutes=10, seconds=1)
    clock.move_to(now)
    page = browser.send("/account/second-step", code=shown(secret, now))
    assert page.location.startswith("/account/sign-in")
    assert not is_in(browser)


def test_half_in_ends_when_the_password_changes(clock, browser):
    someone, secret, _ = with_app(browser, clock)
    come_in(browser, someone)
    with make.writing():
        db.session.get(Account, someone.id).epoch += 1
    browser.send("/account/second-step", code=shown(secret, later(2)))
    assert not is_in(browser)


def test_a_code_works_once_also_on_another_machine(app, clock, browser):
    someone, secret, _ = with_app(browser, clock)
    other = app.test_client().speak("en")
    for each in (browser, other):
        come_in(each, someone)
    browser.send("/account/second-step", code=shown(secret, later(2)))
    page = other.send("/account/second-step", 422, code=shown(secret, later(2)))
    assert WRONG in beside(page, "code")
    page = other.send("/account/second-step", 422, code=shown(secret, later(1)))  # nor an older one
    other.send("/account/second-step", code=shown(secret, later(3)))
    assert is_in(other)


@pytest.mark.parametrize(
    ("drift", "works"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_wrong(clock, browser, drift, works):
    someone, secret, _ = with_app(browser, clock)
    clock.move_to(later(10))
    come_in(browser, someone)
    browser.send(
        "/account/second-step", 303 if works else 422, code=shown(secret, later(10 + drift))
    )
    assert is_in(browser) is works


def test_a_recovery_code_works_once_and_its_holder_is_told(clock, browser):
    someone, _, codes = with_app(browser, clock)
    come_in(browser, someone)
    browser.send("/account/second-step", code=codes[3].lower().replace("-", " "))
    assert is_in(browser)
    assert "9 codes are left." in browser.visit("/account/second-step/mine").words
    told = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert told.kind is MessageKind.SIGNING_CHANGED
    assert "recovery code" in told.facts["what"]
    browser.send("/account/sign-out")
    come_in(browser, someone)
    browser.send("/account/second-step", 422, code=codes[3])
    browser.send("/account/second-step", code=codes[4])


def test_new_recovery_codes_void_the_old_ones(clock, browser):
    come_in(browser, holder())
    _, old = set_up(browser)
    new = browser.visit(browser.send("/account/second-step/codes/new").location)
    new = new.said("span", class_="code")
    browser.send("/account/sign-out")
    come_in(browser, db.session.scalars(select(Account)).one())
    browser.send("/account/second-step", 422, code=old[0])
    browser.send("/account/second-step", code=new[0])


def test_guessing_codes_is_slowed_down_and_ends_after_a_hundred(app, clock, browser):
    someone, secret, _ = with_app(browser, clock)
    stranger = app.test_client().speak("en")
    come_in(stranger, someone)
    for _ in range(5):
        stranger.send("/account/second-step", 422, code="000000")
    page = stranger.send("/account/second-step", 429, code=shown(secret, later(2)))
    assert "in 15 seconds" in page.words
    acts = [e.act for e in db.session.scalars(select(AuditEntry))]
    assert acts.count(Act.FACTOR_FAILED) == 5
    come_in(browser, someone)  # the holder's own device is counted apart
    browser.send("/account/second-step", code=shown(secret, later(2)))
    assert is_in(browser)


def test_a_reset_of_the_password_leaves_the_second_step(clock, browser):
    someone, secret, _ = with_app(browser, clock)
    browser.send("/account/forgot", login=someone.email)
    mail = db.session.scalars(select(Message).filter_by(kind=MessageKind.PASSWORD_RESET)).one()
    browser.visit(mail.facts["path"] + mail.secret, 303)
    browser.send("/account/reset", password=OTHER)
    assert not is_in(browser)
    come_in(browser, someone, OTHER)
    assert not is_in(browser)
    browser.send("/account/second-step", code=shown(secret, later(2)))
    assert is_in(browser)


def test_without_password_there_is_no_second_step(clock, browser):
    someone, secret, _ = with_app(browser, clock)
    page = browser.visit("/account/second-step", 303)
    assert page.location.startswith("/account/sign-in")
    browser.send("/account/second-step", code=shown(secret, later(2)))
    assert not is_in(browser)
    with browser.session_transaction() as session:
        session["half"] = [someone.id, someone.epoch + 1, int(later(2).timestamp()), "x"]
    browser.send("/account/second-step", code=shown(secret, later(2)))
    assert not is_in(browser)


def test_a_volunteer_switches_it_on_and_off(needed, clock, browser):
    come_in(browser, make_volunteer())
    set_up(browser)
    browser.send("/account/second-step/app/end")
    assert db.session.scalars(select(CodeApp)).all() == []
    assert db.session.scalars(select(RecoveryCode)).all() == []


def make_volunteer():
    return holder(person=make.person("王秀兰", at=make.office()))


STAFF = [role for role in Role if role is not Role.VOLUNTEER]


@pytest.mark.parametrize("role", STAFF)
def test_staff_without_one_are_led_to_it_and_reach_nothing_else(needed, clock, browser, role):
    someone = holder(role, make.office())
    page = come_in(browser, someone)
    assert page.location == "/account/second-step/set-up?next=/"
    assert "My account" not in browser.visit("/").words  # as a stranger sees it
    for door in ("/account/", "/people/", "/account/devices", "/account/second-step/mine"):
        assert browser.get(door).location.startswith("/account/sign-in?next="), door
    page = browser.visit("/account/sign-in?next=/people/", 303)
    assert page.location == "/account/second-step/set-up?next=/people/"
    assert "Set up a second step first" in browser.visit(page.location).words
    assert browser.get("/people/", headers={"HX-Request": "true"}).status_code == 401
    set_up(browser)
    assert is_in(browser)
    browser.visit("/")


def test_a_volunteer_is_not_led_there(needed, clock, browser):
    come_in(browser, make_volunteer())
    assert is_in(browser)


def test_outside_production_staff_come_in_with_the_password_alone(clock, browser):
    come_in(browser, holder(Role.ADMINISTRATOR, make.office()))
    assert is_in(browser)


def test_staff_keep_their_last_second_step(needed, clock, browser):
    come_in(browser, holder(Role.LEADER, make.office()))
    set_up(browser)
    page = browser.send("/account/second-step/app/end", 409)
    assert "your roles need one" in page.words
    assert len(db.session.scalars(select(CodeApp)).all()) == 1


def test_a_role_that_is_granted_asks_for_the_second_step_from_the_next_request_on(
    needed, app, clock, browser
):
    office = make.office()
    someone = holder()
    come_in(browser, someone)
    boss = app.test_client().speak("en")
    boss.bear(*strong(make.account(Role.ADMINISTRATOR, office)))
    with make.writing():
        db.session.get(Account, someone.id).person_id = make_person_at(office)
    boss.send(f"/account/{someone.id}/grant", office_id=office.id, role="leader")
    assert not is_in(browser)
    assert come_in(browser, someone).location.startswith("/account/second-step/set-up")


def make_person_at(office):
    return make.person("李四", at=office).id


def strong(account):
    return account.get_id(), make.session(account.id, Way.APP)


def test_the_pages_speak_chinese(clock, browser):
    someone, _, _ = with_app(browser, clock)
    browser.speak("zh")
    come_in(browser, someone)
    assert "第二步" in browser.visit("/account/second-step").words


def test_with_an_app_the_proof_asks_for_password_and_code_and_the_code_is_spent(clock, browser):
    someone, secret, _ = with_app(browser, clock)
    come_in(browser, someone)
    browser.send("/account/second-step", code=shown(secret, later(2)))
    clock.move_to(later(30))
    door, code = "/account/second-step/codes/new", shown(secret, later(30))
    page = browser.send(door, 200)
    assert {"proof_password", "proof_code"} <= page.fields()
    page = browser.send(door, 422, proof="POST", proof_password=PASSWORD, proof_code="000000")
    assert WRONG in beside(page, "proof_code")
    browser.send(door, 422, proof="POST", proof_password=OTHER, proof_code=code)
    browser.send(door, proof="POST", proof_password=PASSWORD, proof_code=code)
    clock.move_to(later(60))
    browser.send(door, 422, proof="POST", proof_password=PASSWORD, proof_code=code)
    assert db.session.scalars(select(FailedSignIn)).all() != []
    browser.send(door, proof="POST", proof_password=PASSWORD, proof_code=shown(secret, later(60)))
    assert db.session.scalars(select(FailedSignIn)).all() == []


def test_setting_up_leaves_no_failed_try_behind(clock, browser):
    come_in(browser, holder())
    set_up(browser)
    assert db.session.scalars(select(FailedSignIn)).all() == []
