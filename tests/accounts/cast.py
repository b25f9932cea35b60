"""The cast of these tests: passwords, and people who have one."""

from __future__ import annotations

import make

from talent import passwords

PASSWORD = "three quiet herons"
OTHER = "seven loud magpies"


def holder(role=None, office=None, **more):
    """An account that signs in with PASSWORD."""
    return make.account(role, office, password_hash=passwords.hashed(PASSWORD), **more)


def come_in(browser, account, password=PASSWORD, **more):
    """Through the sign-in page."""
    return browser.send("/account/sign-in", login=account.email, password=password, **more)


def is_in(browser):
    """Whether the browser is signed in."""
    return browser.get("/account/").status_code == 200


def beside(page, name):
    """What is said beside a field."""
    return " ".join(page.said("p", id=f"{name}-error"))
