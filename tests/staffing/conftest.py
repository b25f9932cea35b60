"""A district with two streets and three communities, and a manager who sees it whole."""

from __future__ import annotations

import make
import pytest
import village

from talent.access import Role
from talent.db import writing
from talent.staffing.forecasts import ages
from talent.staffing.standards import service as standards


@pytest.fixture
def place(app, clock):
    """The offices, by short names."""
    return village.offices()


@pytest.fixture
def national(app, clock):
    """The standard of the plan is in force."""
    with writing():
        standards.seed_standards(make.NOW)


@pytest.fixture
def manager(place):
    """An account that manages the whole district."""
    return make.account(Role.MANAGER, place.district)


@pytest.fixture
def decided(app, clock):
    """The ages of the decision of 2024 hold."""
    with writing():
        ages.seed_ages(make.NOW)
