"""A street and a community of it."""

from __future__ import annotations

import make
import pytest

from talent.access import Role


@pytest.fixture
def street(app):
    return make.office("清河街道")


@pytest.fixture
def community(street):
    return make.office("春风社区", parent=street)


@pytest.fixture
def here(app):
    office = make.office()
    return office, make.project(office), make.person(at=office)


@pytest.fixture
def clerk(here, browser, clock):
    return browser.sign_in(make.account(Role.COORDINATOR, here[0]))


@pytest.fixture
def reader(here, browser, clock):
    """The volunteer's own browser."""
    _, _, person = here
    return browser.sign_in(make.account(Role.VOLUNTEER, here[0], person=person))
