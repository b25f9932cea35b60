"""A district with two streets and three communities, its indicators, and who manages them."""

from __future__ import annotations

import make
import pytest
import village

from talent.access import Role
from talent.db import writing
from talent.indicators.ceilings import service as ceilings
from talent.indicators.definitions import service as definitions
from talent.staffing.standards import service as standards


@pytest.fixture
def place(app, clock):
    """The offices, by short names."""
    found = village.offices()
    with writing():
        standards.seed_standards(make.NOW)
        definitions.seed_indicators(make.NOW)
        ceilings.seed_work()
    return found


@pytest.fixture
def manager(place):
    """An account that manages the whole district."""
    return make.account(Role.MANAGER, place.district)
