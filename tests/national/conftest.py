"""An office that sends records, its neighbour, and somebody of each."""

from datetime import date

import make
import pytest
from answering import identified

from talent.access import Role


@pytest.fixture
def street(app, clock):
    return make.office("和平街道", name_en="Heping Street")


@pytest.fixture
def office(street):
    return make.office(
        "春风社区", parent=street, name_en="Chunfeng", credit_code="91110105MA01ABCD0X"
    )


@pytest.fixture
def other(street):
    return make.office("星河社区", parent=street, name_en="Xinghe")


@pytest.fixture
def account(office):
    return identified(office)


@pytest.fixture
def records(account, office):
    return [
        make.record(account.person, office, 50, day=date(2026, 5, 1), activity="=1+1 菜园"),
        make.record(account.person, office, 90, day=date(2026, 5, 2), activity="陪诊"),
    ]


@pytest.fixture
def coordinator(office):
    return make.account(Role.COORDINATOR, office, name="王芳")


@pytest.fixture
def manager(office):
    return make.account(Role.MANAGER, office, name="李主任")
