"""Names of cookies over TLS: laid with their prefix, and taken with it alone."""

from __future__ import annotations

from talent.cookies import bare, full


def test_a_cookie_for_the_whole_host_is_of_this_host_alone():
    assert full("talent=x; Secure; HttpOnly; Path=/; SameSite=Lax").startswith("__Host-talent=x;")
    assert full("talent=x; Path=/").startswith("__Host-talent=x;")


def test_a_cookie_for_a_part_is_laid_over_tls_alone():
    assert full("kiosk=x; Secure; Path=/checkin/kiosk").startswith("__Secure-kiosk=x;")


def test_what_lacks_its_prefix_was_laid_by_somebody_else():
    assert bare("talent=evil; __Host-talent=own; __Secure-scan=s; lang=en") == "talent=own; scan=s"
    assert bare("__Host-a=1; b=__Host-c") == "a=1"


def test_over_tls_the_app_lays_and_reads_full_names(app, browser, monkeypatch):
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    tls = {"base_url": "https://localhost"}
    answer = browser.post("/preferences", data={"size": "large"}, **tls)
    laid = answer.headers.getlist("Set-Cookie")
    assert [each for each in laid if each.startswith("__Host-size=large; ")], laid
    assert 'data-size="large"' in browser.get("/verify", **tls).text
    browser.delete_cookie("__Host-size")
    browser.set_cookie("size", "large")
    assert 'data-size="large"' not in browser.get("/verify", **tls).text
