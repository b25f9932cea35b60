"""Who and what most tests of shifts begin with."""

import make
import plan
import pytest


@pytest.fixture
def office(app):
    return make.office()


@pytest.fixture
def free(office):
    """Places may be handed on to whoever may take them, unasked."""
    make.let(office, stand_ins="free")


@pytest.fixture
def wang(office):
    return make.volunteer(office, "王秀兰")


@pytest.fixture
def li(office):
    return make.volunteer(office, "李建国")


@pytest.fixture
def boss(browser, office):
    return browser.sign_in(plan.coordinator(office))


@pytest.fixture
def project(office):
    return plan.project(office)


@pytest.fixture
def shift(office):
    """Ten to one in Shanghai; the clock stands at nine."""
    return plan.shift(plan.project(office), starts=1, places=6)


@pytest.fixture
def leader(office):
    return plan.leader(office)
