"""Who manages one street, and two communities of it: three too many here, two too few there."""

from __future__ import annotations

import make
import pytest
from village import populate, staff

from talent.access import Role


@pytest.fixture
def own(place):
    """An account that manages one street."""
    return make.account(Role.MANAGER, place.street, name="街道主管")


@pytest.fixture
def scene(place):
    """One community has three too many, its neighbour two too few."""
    populate(place.one, 10_000)
    staff(place.one, 21)
    populate(place.two, 10_000)
    staff(place.two, 16)
    return place
