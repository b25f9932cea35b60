"""Sessions: seen, ended one by one, and over after a while; who sits there is asked again."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from accounts.cast import OTHER, PASSWORD, beside, come_in, holder, is_in
from sqlalchemy import event, select

from talent.access import Role
from talent.accounts.models import Account
from talent.accounts.sessions.models import AccountSession
from talent.accounts.sessions.service import device_named, digest
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.merging import rows
from talent.privacy.taking import rows_of

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
LATER = make.NOW + timedelta(minutes=10, seconds=1)


def kept():
    return db.session.scalars(select(AccountSession).order_by(AccountSession.id)).all()


def key_of(browser):
    with browser.session_transaction() as session:
        return session["key"]


def two(app, browser, account):
    """The account on this device and on another one."""
    other = app.test_client().speak("en")
    come_in(browser, account)
    come_in(other, account)
    return other


def test_a_session_has_at_least_128_random_bits_and_is_kept_as_a_digest(app, clock, browser):
    other = two(app, browser, holder())
    keys = [key_of(browser), key_of(other)]
    assert len(set(keys)) == 2
    assert all(len(key) * 6 >= 128 for key in keys)
    assert [row.digest for row in kept()] == [digest(key) for key in keys]


def test_a_cookie_without_a_session_in_the_database_opens_nothing(clock, browser):
    someone = holder()
    come_in(browser, someone)
    for key in (None, "", "made up", 7):
        with browser.session_transaction() as session:
            session["key"] = key
        assert not is_in(browser), key


def test_one_sees_where_one_is_signed_in_and_nothing_of_others(app, clock, browser):
    come_in(app.test_client(), holder(email="other@example.org"))
    someone = holder()
    other = app.test_client().speak("en")
    other.post(
        "/account/sign-in",
        data={"login": someone.email, "password": PASSWORD},
        headers={"User-Agent": PHONE},
    )
    come_in(browser, someone)
    page = browser.visit("/account/devices")
    names = page.said("strong")
    assert len(names) == 2
    assert "Chrome · Android" in names
    assert page.words.count("This device") == 1
    assert page.words.count("Signed in 1 Jun 2026, 09:00") == 2
    assert len(page.all("form", action=f"/account/devices/{kept()[1].id}/end")) == 1


@pytest.mark.parametrize(
    ("told", "named"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) MicroMessenger/8.0",
            "WeChat · iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
            "Firefox · Linux",
        ),
        ("<script>alert(1)</script>" + "x" * 500, "scriptalert1scriptxxxxxxxxxxxx"),
        ("", "?"),
    ],
)
def test_a_device_is_called_by_words_that_people_know(told, named):
    assert device_named(told) == named


def test_one_device_is_signed_out_from_another(app, clock, browser):
    other = two(app, browser, holder())
    browser.send(f"/account/devices/{kept()[1].id}/end")
    assert [is_in(browser), is_in(other)] == [True, False]
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.act is Act.SESSION_ENDED


def test_all_other_devices_are_signed_out_at_once(app, clock, browser):
    someone = holder()
    others = [two(app, browser, someone), app.test_client().speak("en")]
    come_in(others[1], someone)
    browser.send("/account/devices/others/end")
    assert is_in(browser)
    assert not any(is_in(other) for other in others)


def test_anothers_session_is_not_there(app, clock, browser):
    stranger = app.test_client()
    come_in(stranger, holder(email="other@example.org"))
    come_in(browser, holder())
    browser.send(f"/account/devices/{kept()[0].id}/end", 404)
    browser.send("/account/devices/999999/end", 404)
    assert is_in(stranger)


@pytest.mark.parametrize(
    ("role", "gone", "still"),
    [
        (Role.LEADER, timedelta(minutes=179), True),
        (Role.LEADER, timedelta(minutes=181), False),
        (None, timedelta(days=6, hours=23), True),
        (None, timedelta(days=7, minutes=1), False),
    ],
)
def test_a_session_that_lies_idle_is_over(clock, browser, role, gone, still):
    come_in(browser, holder(role, make.office() if role else None))
    clock.move_to(make.NOW + gone)
    assert is_in(browser) is still


@pytest.mark.parametrize(
    ("role", "step", "longest"),
    [
        (Role.LEADER, timedelta(hours=2), timedelta(hours=12)),
        (None, timedelta(days=6), timedelta(days=30)),
    ],
)
def test_a_session_that_is_used_is_over_all_the_same_in_the_end(
    clock, browser, role, step, longest
):
    come_in(browser, holder(role, make.office() if role else None))
    gone = timedelta()
    while gone + step < longest:
        gone += step
        clock.move_to(make.NOW + gone)
        assert is_in(browser), gone
    clock.move_to(make.NOW + longest - timedelta(seconds=1))
    assert is_in(browser)
    clock.move_to(make.NOW + longest + timedelta(seconds=1))
    assert not is_in(browser)


def test_a_page_that_is_read_writes_that_it_was_at_most_every_few_minutes(clock, browser):
    come_in(browser, holder())
    written = []
    event.listen(
        db.engine, "before_cursor_execute",
        lambda *given: written.append(given[2]) if given[2].startswith("UPDATE") else None,
    )  # fmt: skip
    seen = []
    for minutes in (0, 1, 4, 6, 7, 10, 12):
        clock.move_to(make.NOW + timedelta(minutes=minutes))
        assert is_in(browser)
        seen.append(len(written))
    assert seen == [0, 0, 0, 1, 1, 1, 2]


def test_to_know_who_asks_costs_one_query_with_the_session_in_it(clock, browser):
    come_in(browser, holder())
    asked = []
    event.listen(
        db.engine, "before_cursor_execute",
        lambda *given: asked.append(given[2]) if "account_session" in given[2] else None,
    )  # fmt: skip
    assert is_in(browser)
    assert len(asked) == 1
    assert "FROM account" in asked[0]


# -- who sits there is asked again

ACTS = {
    "/account/login": {"login": "new@example.org", "old": PASSWORD},
    "/account/password": {"old": PASSWORD, "password": OTHER},
    "/account/second-step/app": {"code": "123456"},
    "/account/second-step/codes/new": {},
    "/account/second-step/app/end": {},
    "/account/second-step/passkeys/new": {"name": "my phone"},
    "/account/second-step/passkeys/1/remove": {},
    "/account/devices/others/end": {},
    "/account/devices/1/end": {},
}
ASKED = "Please show that it is you"


@pytest.mark.parametrize("door", ACTS)
def test_after_ten_minutes_who_sits_there_is_asked_again(clock, browser, door):
    come_in(browser, holder())
    before = [tuple(sorted(row.items(), key=str)) for row in rows.read(Account.__table__)]
    clock.move_to(LATER)
    page = browser.send(door, 200, **ACTS[door])
    assert ASKED in page.words
    assert {"proof", "proof_password"} <= page.fields()
    db.session.rollback()
    assert [tuple(sorted(row.items(), key=str)) for row in rows.read(Account.__table__)] == before


def test_ones_own_data_is_given_out_after_it_was_asked_again(clock, browser):
    person = make.person("王秀兰", at=make.office())
    come_in(browser, holder(person=person))
    door = f"/privacy/{person.id}/archive"
    assert browser.send(door, 200).response.mimetype == "application/zip"
    clock.move_to(LATER)
    assert ASKED in browser.send(door, 200).words
    page = browser.send(door, 200, proof="POST", proof_password=PASSWORD)
    assert page.response.mimetype == "application/zip"


def test_what_was_typed_is_kept_but_no_password(clock, browser):
    come_in(browser, holder())
    clock.move_to(LATER)
    page = browser.send("/account/login", 200, login="new@example.org", old=PASSWORD)
    assert page.all("input", name="login")[0].get("value") == "new@example.org"
    assert PASSWORD not in page.text
    page = browser.send(
        "/account/login", 422, login="new@example.org", proof="POST", proof_password=PASSWORD
    )
    assert page.all("input", name="login")[0].get("value") == "new@example.org"
    browser.send("/account/login", login="new@example.org", old=PASSWORD)
    assert db.session.scalars(select(Account.email)).all() == ["new@example.org"]


def test_a_form_that_is_opened_late_asks_before_and_then_shows_itself(clock, browser):
    come_in(browser, holder())
    clock.move_to(LATER)
    page = browser.visit("/account/password?from=menu")
    assert ASKED in page.words
    page = browser.send("/account/password?from=menu", proof="GET", proof_password=PASSWORD)
    assert page.location == "/account/password?from=menu"
    assert ASKED not in browser.visit(page.location).words


def test_a_wrong_password_opens_nothing_and_is_counted(clock, browser):
    come_in(browser, holder())
    clock.move_to(LATER)
    for _ in range(5):
        page = browser.send("/account/devices/others/end", 422, proof="POST", proof_password=OTHER)
    assert "not your present password" in beside(page, "proof_password")
    page = browser.send("/account/devices/others/end", 429, proof="POST", proof_password=PASSWORD)
    assert "too many tries" in page.words


def test_the_proof_gives_a_new_session_and_the_old_cookie_is_dead(app, clock, browser):
    come_in(browser, holder())
    thief = app.test_client().speak("en")
    thief.set_cookie("talent", browser.get_cookie("talent").value)
    assert is_in(thief)
    clock.move_to(LATER)
    browser.send("/account/devices/others/end", proof="POST", proof_password=PASSWORD)
    assert is_in(browser)
    assert not is_in(thief)
    acts = [e.act for e in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts[-2:] == [Act.PROVED_AGAIN, Act.SESSION_ENDED]


@pytest.mark.parametrize("change", ["granted", "ended", "closed", "password"])
def test_what_changes_an_account_ends_its_sessions(app, clock, browser, change):
    office = make.office()
    someone = holder(Role.LEADER, office)
    other = two(app, browser, someone)
    boss = app.test_client().speak("en").sign_in(make.account(Role.ADMINISTRATOR, office))
    if change == "granted":
        boss.send(f"/account/{someone.id}/grant", office_id=office.id, role="coordinator")
    elif change == "ended":
        boss.send(f"/account/{someone.id}/grants/{someone.grants[0].id}/end")
    elif change == "closed":
        boss.send(f"/account/{someone.id}/close")
    else:
        browser.send("/account/password", old=PASSWORD, password=OTHER)
    assert not is_in(other)
    assert is_in(browser) is (change == "password")


def test_sessions_and_factors_are_given_to_their_holder_without_secrets(clock, browser):
    person = make.person("王秀兰", at=make.office())
    come_in(browser, holder(person=person))
    given = rows_of(person)
    (row,) = given["account_session"]
    assert row["device"]
    assert "digest" not in row
