"""A district with two streets and three communities, its indicators, and who manages them."""

from __future__ import annotations

from types import SimpleNamespace

import make
import pytest

from talent.access import Role
from talent.db import writing
from talent.indicators.ceilings import service as ceilings
from talent.indicators.definitions import service as definitions
from talent.offices.models import OfficeKind
from talent.staffing.standards import service as standards


@pytest.fixture
def place(app, clock):
    """The offices, by short names."""
    district = make.office("东湖区", kind=OfficeKind.DISTRICT, name_en="East Lake District")
    street = make.office("东湖街道", parent=district, kind=OfficeKind.STREET, name_en="East Lake")
    other = make.office("南山街道", parent=district, kind=OfficeKind.STREET, name_en="South Hill")
    found = {
        "one": make.office("东湖第一社区", parent=street, name_en="First"),
        "two": make.office("东湖第二社区", parent=street, name_en="Second"),
        "three": make.office("南山第一社区", parent=other, name_en="Third"),
    }
    with writing():
        standards.seed_standards(make.NOW)
        definitions.seed_indicators(make.NOW)
        ceilings.seed_work()
    return SimpleNamespace(district=district, street=street, other=other, **found)


@pytest.fixture
def manager(place):
    """An account that manages the whole district."""
    return make.account(Role.MANAGER, place.district)
