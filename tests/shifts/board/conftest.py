"""An office with a project of one position, and its coordinator who looks."""

from __future__ import annotations

import plan
import pytest

from talent.shifts.models import Position


@pytest.fixture
def office(clock, office):
    return office


@pytest.fixture
def project(office):
    return plan.project(office, positions=(Position(name="送餐员", name_en="Carrier"),))
