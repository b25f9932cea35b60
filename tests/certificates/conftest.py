"""A volunteer with records at two offices, and people of the office that recorded most."""

from datetime import date

import make
import pytest

from talent.access import Role


@pytest.fixture
def street(app):
    return make.office("和平街道", name_en="Heping Street")


@pytest.fixture
def office(street):
    return make.office(
        "春风社区居民委员会", parent=street, name_en="Chunfeng Residents' Committee",
        credit_code="91110105MA01ABCD0X",
    )  # fmt: skip


@pytest.fixture
def other(street):
    return make.office("星河社会工作站", parent=street, name_en="Xinghe Station")


@pytest.fixture
def offices(office, other):
    return office, other


@pytest.fixture
def account(clock, office):
    return make.volunteer(office, document="11010519491231002X", document_kind="resident_id")


@pytest.fixture
def records(account, office, other):
    """Three times 50 minutes at the office, 61 at another one, and some that do not count."""
    person = account.person
    kept = [
        make.record(person, office, 50, day=date(2026, 3, 1), activity="周末菜园"),
        make.record(person, office, 50, day=date(2026, 4, 1)),
        make.record(person, office, 50, day=date(2026, 5, 31)),
        make.record(person, other, 61, day=date(2026, 5, 2), activity="陪诊"),
    ]
    make.record(person, office, 500, state="pending", activity="待定的活动")
    make.record(make.person("李四", at=office), office, 333)
    return kept


@pytest.fixture
def coordinator(office):
    return make.account(Role.COORDINATOR, office, name="王芳")


@pytest.fixture
def manager(office):
    return make.account(Role.MANAGER, office)
