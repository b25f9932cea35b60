"""The border to the browser: tokens, methods, errors, where one is sent, what a line may be."""

from __future__ import annotations

from functools import wraps

import bounds
import filled
import make
import pytest
import walks

from talent import passwords
from talent.db import db

EXEMPT = {"messages.stopped"}  # one click of a mail program, without a cookie (RFC 8058)
ELSEWHERE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
    "javascript:x",
    "/\t/evil.example", "/\n/evil.example", "/%09/evil.example", " //evil.example",
    "///evil.example",
    "http:evil.example", "/x\r\nSet-Cookie: a=b", "/x\nLocation: https://evil.example", "data:x",
    "/%0d%0aSet-Cookie:%20a=b", "/\u200b/evil.example", "https:/evil.example", "/.//evil.example",
)  # fmt: skip


@pytest.fixture
def guarded(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app


@pytest.mark.usefixtures("clock")
def test_every_unsafe_door_wants_its_token(guarded, browser):
    who, known = filled.fill("http://localhost")
    let_in = set()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for rule in walks.doors(guarded, method):
            inside = next(one for one in who.values() if one and walks.opens(guarded, rule, one))
            browser.sign_in(inside)
            answer = browser.open(walks.address(rule, known), method=method, data={"x": "1"})
            if answer.status_code != 400:
                let_in.add(rule.endpoint)
    assert let_in == EXEMPT


def test_a_token_of_somebody_else_is_none(guarded, browser):
    one, other = (make.account() for _ in range(2))
    browser.sign_in(one)
    browser.get("/account/password")
    with browser.session_transaction() as session:
        token = session["csrf_token"]
    stranger = guarded.test_client()
    stranger.sign_in(other)
    for word in (token, "", "x" * 2000):
        sent = {"theme": "dark", "csrf_token": word}
        assert stranger.post("/preferences", data=sent).status_code == 400


def test_every_error_keeps_the_bounds_of_every_answer(app, browser, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    account = make.account()
    tls = {"base_url": "https://localhost"}
    asked = [
        browser.open("/none-such", **tls),
        browser.open("/static/none-such.css", **tls),
        browser.open("/verify", method="DELETE", **tls),
        browser.open("/shifts/mine", headers={"HX-Request": "true"}, **tls),
        browser.open("/shifts/mine", **tls),
        browser.post("/preferences", data=b"x" * (11 << 20), **tls),
        browser.open("/verify/none-such", headers={"HX-Request": "true"}, **tls),
    ]
    browser.set_cookie("__Host-talent", _session(browser, account))
    asked += [browser.open("/people/", **tls), browser.open("/people/", headers=_HX, **tls)]
    views = app.view_functions
    monkeypatch.setitem(views, "certificates.verify", broken_like(views["certificates.verify"]))
    asked += [browser.open("/verify", **tls), browser.open("/verify", headers=_HX, **tls)]
    told = [answer.status_code for answer in asked]
    assert told[:4] == [404, 404, 405, 401], told
    assert {303, 413, 403, 500} <= set(told), told
    wrong = {(a.request.path, a.status_code): f for a in asked if (f := bounds.faults(a))}
    assert wrong == {}
    for answer in asked:
        assert "Traceback" not in answer.text
        assert "secret of the machine" not in answer.text


_HX = {"HX-Request": "true"}


def broken_like(view):
    """A view that breaks, and opens to whom the other one opens."""

    @wraps(view)
    def broken(**_given):
        message = "secret of the machine"
        raise RuntimeError(message)

    return broken


def _session(browser, account):
    browser.sign_in(account)
    value = browser.get_cookie("talent").value
    browser.delete_cookie("talent")
    return value


def test_what_is_looked_for_in_a_head_would_be_found(app):
    loose = app.response_class("x", mimetype="text/html")
    loose.headers["Content-Security-Policy"] = (
        "default-src 'self'; script-src 'nonce-abcdefghijklmnopqrstu' 'strict-dynamic'; "
        "style-src 'unsafe-inline'"
    )
    loose.headers["Access-Control-Allow-Origin"] = "*"
    loose.headers["Content-Type"] = "text/html"
    loose.set_cookie("talent", "x")
    assert len(bounds.faults(loose)) >= 12


def test_trace_and_unknown_methods_are_refused(app, browser):
    for method in ("TRACE", "TRACK", "CONNECT", "PROPFIND", "X"):
        for path in ("/", "/verify", "/healthz", "/none-such"):
            answer = browser.open(path, method=method, headers={"X-Planted": "echoed"})
            assert answer.status_code in {404, 405}, (method, path)
            assert "echoed" not in answer.text


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere(app, browser, target):
    account = make.account(password_hash=_password())
    for path, sent in (
        ("/account/sign-in", {"login": account.email, "password": "three-quiet-herons"}),
        ("/preferences", {"theme": "dark", "next": target}),
    ):
        answer = browser.post(path, query_string={"next": target}, data={"next": target, **sent})
        to = answer.headers.get("Location", "/")
        assert to.startswith("/"), (path, to)
        assert not to.startswith(("//", "/\\")), (path, to)
        assert not set("\r\n\t\\") & set(to), (path, to)
        assert not [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("a=")]


def _password():
    return passwords.hashed("three-quiet-herons")


@pytest.mark.parametrize("path", ["/shifts", "//shifts", "//shifts//"])
def test_whoever_writes_an_address_in_another_way_is_sent_to_no_other_name(browser, path):
    """The router answers with the name that it was called by, which anybody may write."""
    asked = {"PATH_INFO": path, "QUERY_STRING": "next=//x"}
    answer = browser.get(base_url="http://evil.example", environ_overrides=asked)
    assert answer.status_code == 308
    assert answer.headers["Location"] == "/shifts/?next=//x"
    assert "evil.example" not in answer.text


@pytest.mark.usefixtures("clock")
def test_a_forwarded_address_is_believed_from_the_proxy_alone(app, browser):
    """Without a proxy that was named, X-Forwarded-* is what anybody may write."""
    answer = browser.get(
        "/shifts/mine",
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    )
    assert "evil.example" not in answer.headers["Location"]
    assert "evil.example" not in browser.get("/verify", headers={"Host": "localhost"}).text
    db.session.rollback()
