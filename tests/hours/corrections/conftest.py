"""A street with a community: a volunteer, the coordinator who answers, the manager above."""

from __future__ import annotations

import make
import pytest

from talent.access import Role


@pytest.fixture
def street(app):
    return make.office("清河街道")


@pytest.fixture
def community(street):
    return make.office("春风社区", parent=street)


@pytest.fixture
def account(community):
    return make.volunteer(community)


@pytest.fixture
def coordinator(community):
    return make.account(Role.COORDINATOR, community, name="陈干事")


@pytest.fixture
def manager(street):
    return make.account(Role.MANAGER, street, name="街道主任")
