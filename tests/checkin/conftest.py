"""An office, and a shift of it that begins in an hour."""

import desk
import make
import pytest


@pytest.fixture
def office(app):
    return make.office()


@pytest.fixture
def shift(office):
    return desk.shift(office)
