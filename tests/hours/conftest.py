"""A street and a community of it."""

from __future__ import annotations

import make
import pytest


@pytest.fixture
def street(app):
    return make.office("清河街道")


@pytest.fixture
def community(street):
    return make.office("春风社区", parent=street)
