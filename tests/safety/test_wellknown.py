"""Whom to tell of a hole, and what search engines leave alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import make


def test_whom_to_tell_of_a_hole_is_said_as_the_rfc_wants_it(app, browser, clock):
    answer = browser.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert lines["Contact"].startswith(("mailto:", "https:", "tel:"))
    expires = datetime.strptime(lines["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=90) < expires - make.NOW < timedelta(days=365)
    assert lines["Canonical"] == app.config["PUBLIC_URL"] + "/.well-known/security.txt"
    assert lines["Preferred-Languages"] == "zh, en"


def test_the_operator_names_another_contact(app, browser, monkeypatch):
    monkeypatch.setitem(app.config, "SECURITY_CONTACT", "https://example.org/report")
    said = browser.get("/.well-known/security.txt").text
    assert said.startswith("Contact: https://example.org/report\r\n")


def test_search_engines_index_what_is_everybodys(browser):
    said = browser.get("/robots.txt").text.splitlines()
    assert said[0] == "User-agent: *"
    assert "Disallow: /" in said
    assert "Allow: /verify" in said
