"""A street, and a community in it whose bank is on."""

import make
import pytest
from banking import turn_on


@pytest.fixture
def street(clock, app):
    return make.office("清河街道")


@pytest.fixture
def community(street):
    turn_on(street)
    return make.office("春风社区", parent=street)
