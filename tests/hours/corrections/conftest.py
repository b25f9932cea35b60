"""A volunteer, the coordinator who answers, and the manager above."""

from __future__ import annotations

import make
import pytest

from talent.access import Role


@pytest.fixture
def account(community):
    return make.volunteer(community)


@pytest.fixture
def coordinator(community):
    return make.account(Role.COORDINATOR, community, name="陈干事")


@pytest.fixture
def manager(street):
    return make.account(Role.MANAGER, street, name="街道主任")
