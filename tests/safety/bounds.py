"""What stands in the head of every answer, whatever it answers."""

from __future__ import annotations

import re

from talent.headers import PAPER

NONCE = re.compile(r"'nonce-[A-Za-z0-9_-]{20,}'")
UNSAFE = re.compile(r"unsafe-|strict-dynamic|https?:|\*|data:|blob:")
HEADERS = {
    "X-Content-Type-Options": {"nosniff"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    "Strict-Transport-Security": {"max-age=31536000; includeSubDomains"},
}
PAPERS = {"image/png", "image/jpeg", "application/pdf"}  # stand in a frame of ours


def policy(answer):
    """The content security policy, by directive."""
    said = answer.headers.get("Content-Security-Policy", "")
    words = [each.split() for each in said.split(";") if each.strip()]
    return {name: values for name, *values in words}


def faults(answer):
    """What is wrong with the head of an answer, in words."""
    found = [
        f"{name}: {answer.headers.get(name)}"
        for name, right in HEADERS.items()
        if answer.headers.get(name) not in right
    ]
    law = policy(answer)
    if law.get("default-src") != ["'none'"]:
        found.append("other things than named ones may be loaded")
    scripts = law.get("script-src", [])
    if any(UNSAFE.search(each) or not NONCE.fullmatch(each) for each in scripts):
        found.append(f"scripts: {scripts}")
    paper = answer.headers.get("Content-Security-Policy") == PAPER and answer.mimetype in PAPERS
    if any(UNSAFE.search(each) for each in law.get("style-src", [])):
        found.append("styles from elsewhere")
    shut = {"frame-ancestors": "'self'" if paper else "'none'", "base-uri": "'none'"}
    found += [f"{name}: {law.get(name)}" for name, who in shut.items() if law.get(name) != [who]]
    if law.get("form-action") not in (["'self'"], ["'none'"]):
        found.append(f"form-action: {law.get('form-action')}")
    if answer.headers.get("Access-Control-Allow-Origin"):
        found.append("other sites may read it")
    kind = answer.headers.get("Content-Type", "")
    if answer.mimetype.startswith("text/") and "charset=utf-8" not in kind.lower():
        found.append(f"of no alphabet: {kind}")
    if not kind and answer.get_data():
        found.append("of no kind")
    return found + [
        f"cookie {each}" for each in answer.headers.getlist("Set-Cookie") if _open(each)
    ]


def _open(cookie):
    """Whether a cookie travels in the open, or to other sites, or is read by scripts."""
    name = cookie.partition("=")[0]
    words = {each.strip().lower().partition("=")[0] for each in cookie.split(";")[1:]}
    prefix = (
        "__Host-"
        if "path=/;" in f"{cookie.lower()};".replace("; ", ";").replace(" ;", ";")
        else "__Secure-"
    )
    lax = re.search(r"samesite=(lax|strict)", cookie, re.IGNORECASE)
    host = "domain" not in words
    return not (
        {"secure", "httponly", "path"} <= words and lax and host and name.startswith(prefix)
    )
