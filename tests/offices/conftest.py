"""A street and a community in it."""

import make
import pytest

from talent.offices.models import OfficeKind


@pytest.fixture
def street(app):
    return make.office("清河街道", name_en="Clear River", kind=OfficeKind.STREET)


@pytest.fixture
def community(street):
    return make.office("春风社区", name_en="Spring Breeze", parent=street)
