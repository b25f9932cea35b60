"""Passkeys with Chromium's virtual authenticator: added, asked, and answers that are no good."""

from __future__ import annotations

import json
from urllib.parse import unquote_plus

import make
import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update
from visitor import PASSWORD

from talent import passwords
from talent.access import Role
from talent.accounts.factors import passkeys as service
from talent.accounts.factors.models import Passkey
from talent.accounts.sessions.models import AccountSession, Way
from talent.audit import Act, AuditEntry
from talent.db import db, writing

GOOD = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def site(guarded, address, monkeypatch):
    """A passkey belongs to a name, never to a number."""
    named = address.replace("127.0.0.1", "localhost")
    monkeypatch.setitem(guarded.config, "PUBLIC_URL", named)
    monkeypatch.setitem(guarded.config, "SECOND_FACTOR", True)
    return named


def rows(query):
    """As they are now, whatever this session saw before."""
    db.session.rollback()
    return db.session.scalars(query).all()


class Key:
    """A virtual authenticator in a visitor's window."""

    def __init__(self, visitor):
        self.wire = visitor.context.new_cdp_session(visitor.page)
        self.wire.send("WebAuthn.enable")
        made = self.wire.send("WebAuthn.addVirtualAuthenticator", {"options": GOOD})
        self.id = {"authenticatorId": made["authenticatorId"]}

    def verified(self, *, yes):
        self.wire.send("WebAuthn.setUserVerified", self.id | {"isUserVerified": yes})

    def credentials(self):
        return self.wire.send("WebAuthn.getCredentials", self.id)["credentials"]

    def counts_from(self, number):
        """As a copy of the key would count."""
        (one,) = self.credentials()
        self.wire.send("WebAuthn.clearCredentials", self.id)
        self.wire.send(
            "WebAuthn.addCredential", self.id | {"credential": one | {"signCount": number}}
        )


@pytest.fixture
def desk(opened, site):
    """A coordinator's window, signed in and led to a second step, with a key in it."""
    someone = make.account(
        Role.COORDINATOR, make.office(), password_hash=passwords.hashed(PASSWORD), name="王秀兰"
    )
    visitor = opened("en", width=320)
    visitor.context.clear_cookies()
    visitor.context.add_cookies([{"name": "lang", "value": "en", "url": site}])
    visitor.address = site
    visitor.someone = someone
    visitor.key = Key(visitor)
    return visitor


def sign_in(desk):
    desk.go(f"{desk.address}/account/sign-in")
    desk.fill(login=desk.someone.email, password=PASSWORD)
    desk.send()


def add(desk, name="my phone"):
    desk.go(f"{desk.address}/account/second-step/passkeys/new")
    desk.fill(name=name)
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Add a passkey").click()


def out(desk):
    desk.context.clear_cookies(name="talent")


def by_passkey(desk):
    """The sign-in page's button; whether one is in."""
    desk.go(f"{desk.address}/account/sign-in")
    button = desk.page.get_by_role("button", name="Sign in with a passkey")
    with desk.page.expect_navigation():
        button.click()
    return is_in(desk)


def is_in(desk):
    return (
        desk.context.request.get(f"{desk.address}/account/devices", max_redirects=0).status == 200
    )


def test_a_passkey_is_added_and_signs_in_alone_and_after_the_password(desk):
    sign_in(desk)
    assert "Set up a second step first" in desk.words
    assert desk.faults() + desk.overflow() == []
    add(desk)
    assert "These codes are shown this once" in desk.words
    codes = desk.page.locator("#codes .code").all_inner_texts()
    assert len(codes) == 10
    assert desk.faults() + desk.overflow() == []
    assert is_in(desk)
    out(desk)
    assert by_passkey(desk)
    assert rows(select(AccountSession).order_by(AccountSession.id))[-1].way is Way.PASSKEY
    out(desk)
    sign_in(desk)
    assert desk.path.startswith("/account/second-step")
    assert not is_in(desk)
    assert desk.faults() + desk.overflow() == []
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Go on with a passkey").click()
    assert is_in(desk)
    out(desk)
    sign_in(desk)
    desk.fill(code=codes[0])
    desk.send()
    assert is_in(desk)
    desk.go(f"{desk.address}/account/second-step/mine")
    assert "9 codes are left." in desk.words
    assert "my phone" in desk.words
    assert desk.faults() + desk.overflow() == []


def test_a_passkey_outlives_our_keys(desk, guarded, monkeypatch):
    sign_in(desk)
    add(desk)
    out(desk)
    opened, indexes = guarded.extensions["seal"]
    monkeypatch.setitem(guarded.extensions, "seal", (opened, [b"another", *indexes]))
    assert by_passkey(desk)


def test_a_second_passkey_is_added_and_the_same_device_is_not_added_twice(desk):
    sign_in(desk)
    add(desk)
    desk.go(f"{desk.address}/account/second-step/passkeys/new")
    desk.fill(name="again")
    desk.page.get_by_role("button", name="Add a passkey").click()
    expect(desk.page.locator("[data-passkey-lost]")).to_be_visible()
    desk.key.wire.send("WebAuthn.removeVirtualAuthenticator", desk.key.id)
    desk.key = Key(desk)
    add(desk, "key ring")
    assert len(rows(select(Passkey))) == 2
    out(desk)
    assert by_passkey(desk)


def test_no_user_verification_no_way_in(desk):
    sign_in(desk)
    add(desk)
    out(desk)
    desk.key.verified(yes=False)
    desk.go(f"{desk.address}/account/sign-in")
    desk.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(desk.page.locator("[data-passkey-lost]")).to_be_visible()
    assert not is_in(desk)
    # Also where the browser was told not to ask for it: the answer itself says so.
    ask_less = """() => { const form = document.querySelector("[data-passkey]");
      const asked = JSON.parse(form.dataset.asked); asked.userVerification = "discouraged";
      form.dataset.asked = JSON.stringify(asked); }"""
    desk.go(f"{desk.address}/account/sign-in")
    desk.page.evaluate(ask_less)
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Sign in with a passkey").click()
    assert "The passkey was not accepted." in desk.words
    assert not is_in(desk)
    failed = select(AuditEntry).filter_by(act=Act.FACTOR_FAILED)
    assert len(rows(failed)) == 1


def test_a_copied_key_is_noticed_by_its_count(desk):
    sign_in(desk)
    add(desk)
    out(desk)
    assert by_passkey(desk)
    out(desk)
    desk.key.counts_from(0)
    assert not by_passkey(desk)
    assert "The passkey was not accepted." in desk.words
    assert desk.faults() + desk.overflow() == []


def test_an_answer_counts_once_and_for_its_own_challenge_and_site(desk, site):
    """The answer that a browser sent is played again in every way."""
    sign_in(desk)
    add(desk)
    out(desk)
    sent = []
    desk.page.on("request", lambda r: sent.append(r) if r.method == "POST" else None)
    desk.go(f"{desk.address}/account/sign-in")
    held = desk.context.cookies()
    assert by_passkey_here(desk)
    fields = dict(pair.split("=", 1) for pair in sent[-1].post_data.split("&"))
    answer = unquote_plus(fields["credential"])
    token = unquote_plus(fields["csrf_token"])
    with writing():  # as if the key did not count, as many do not
        db.session.execute(update(Passkey).values(uses=0))
    out(desk)
    desk.context.add_cookies([each for each in held if each["name"] == "talent"])
    given = {"credential": answer, "csrf_token": token}
    again = desk.context.request.post(f"{site}/account/passkey", form=given, max_redirects=0)
    assert again.status == 422  # the same cookie, the same challenge, the same answer
    assert not is_in(desk)
    # The law of it, without a browser: another challenge, another site, broken text.
    challenge = json.loads(_client(answer))["challenge"]
    challenge = service.webauthn.base64url_to_bytes(challenge).decode()
    with writing():
        db.session.execute(service.SpentChallenge.__table__.delete())
    for wrong in (
        {"challenge": service.new_challenge()}, {"site": "https://talent.example.org"},
        {"site": site.replace("localhost", "evil.localhost")}, {"answer": "{}"},
        {"answer": "[]"}, {"answer": "not json"}, {"answer": "x" * 30_000},
        {"answer": answer.replace('"signature":"', '"signature":"AAAA')},
    ):  # fmt: skip
        given = {"answer": answer, "challenge": challenge, "site": site} | wrong
        with pytest.raises(service.Refused), writing():
            service.check(**given, now=make.clock.now())
    with writing():
        found = service.check(answer, challenge=challenge, site=site, now=make.clock.now())
    assert found.id == desk.someone.id


def by_passkey_here(desk):
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Sign in with a passkey").click()
    return is_in(desk)


def _client(answer):
    return service.webauthn.base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"])


def test_the_passkey_of_another_account_is_no_second_step_of_this_one(desk):
    sign_in(desk)
    add(desk)
    out(desk)
    thief = make.account(
        Role.LEADER, make.office(), password_hash=passwords.hashed(PASSWORD), name="别人"
    )
    make.saved(
        Passkey(
            account_id=thief.id,
            token="AAAA",
            public_key=b"",
            uses=0,
            handle="h",
            name="x",
            made_at=make.NOW,
        )
    )
    desk.someone, mine = thief, desk.someone
    sign_in(desk)
    widen = """() => { const form = document.querySelector("[data-passkey]");
      const asked = JSON.parse(form.dataset.asked); asked.allowCredentials = [];
      form.dataset.asked = JSON.stringify(asked); }"""
    desk.page.evaluate(widen)
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Go on with a passkey").click()
    assert "The passkey was not accepted." in desk.words
    assert not is_in(desk)
    assert mine.id != thief.id


def test_removing_a_passkey_asks_again_and_it_opens_nothing_any_more(desk):
    sign_in(desk)
    add(desk)
    desk.go(f"{desk.address}/account/second-step/mine")
    desk.send("/remove")
    assert "your roles need one" in desk.words  # the last one stays
    desk.key.wire.send("WebAuthn.removeVirtualAuthenticator", desk.key.id)
    desk.key = Key(desk)
    add(desk, "second")
    first, _ = rows(select(Passkey.id).order_by(Passkey.id))
    with writing():
        long_ago = make.NOW.replace(year=2020)
        db.session.execute(update(AccountSession).values(proved_at=long_ago))
    desk.go(f"{desk.address}/account/second-step/mine")
    desk.send(f"/{first}/remove")
    assert "Please show that it is you" in desk.words
    assert desk.faults() + desk.overflow() == []
    assert len(rows(select(Passkey))) == 2
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Go on with a passkey").click()
    assert [each.name for each in rows(select(Passkey))] == ["second"]


def test_without_javascript_the_page_says_so_and_the_app_is_there(opened, guarded):
    make.account(password_hash="x")
    visitor = opened("en", scripts=False, width=320)
    visitor.go("/account/sign-in")
    assert "Passkeys need JavaScript" in visitor.words
    assert not visitor.page.get_by_role("button", name="Sign in with a passkey").is_visible()
